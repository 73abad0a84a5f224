//! The sets in a folder, and what each holds.

use std::fs;
use std::path::{Path, PathBuf};

use protocol::Millis;

use crate::disk::sha256;
use crate::fault::Fault;
use crate::folder::{Folder, is_set_name};
use crate::list::{self, List};
use crate::manifest::{
    DATABASE, FileOf, KeyOf, MANIFEST, Manifest, PICTURES, PLUGINS, SETTINGS, VERSION,
};
use crate::{Error, Why};

/// What is read of a manifest at most, in bytes.
const MANIFEST_LIMIT: u64 = 16 << 20;

/// A set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Its name: the time it was made.
    pub name: String,
    /// When it was made.
    pub at: Millis,
    /// Version of the app that made it.
    pub app: String,
    /// Conversations in it, those in the bin among them.
    pub conversations: u64,
    /// Messages in it.
    pub messages: u64,
    /// Pictures and videos in it.
    pub pictures: u64,
    /// What it takes brought back, in bytes.
    pub bytes: u64,
    /// Pictures that the home had lost before it was made: in no backup.
    pub lost: u64,
    /// Which keys there were. None is in it.
    pub keys: Vec<KeyOf>,
    /// What is missing, or not of the size it was: in a list of sets only what its
    /// manifest cannot do without.
    pub faults: Vec<Fault>,
}

/// The sets in a folder, newest first; their pictures are not looked at.
///
/// # Errors
/// The system's.
pub fn sets(folder: &Folder) -> Result<Vec<Set>, Error> {
    let names = folder.set_names()?;
    Ok(names
        .iter()
        .rev()
        .map(|name| summary(folder, name))
        .collect())
}

/// One of them, each of its files looked for; the newest where none is named.
///
/// # Errors
/// [`Why::NoSet`], the system's.
pub fn set(folder: &Folder, name: Option<&str>) -> Result<Set, Error> {
    let name = name_of(folder, name)?;
    let mut set = summary(folder, &name);
    if set.faults.is_empty()
        && let Ok(whole) = Read::of(folder, &name)
    {
        let missing = |path: &Path, bytes: u64| match fs::metadata(path) {
            Ok(found) if found.len() == bytes => None,
            Ok(_) => Some(Fault::altered(folder, path)),
            Err(_) => Some(Fault::missing(folder, path)),
        };
        let files = whole
            .files()
            .filter_map(|(path, file)| missing(&path, file.bytes));
        let pictures = whole.list.iter();
        let pictures = pictures.filter_map(|(hash, of)| missing(&folder.picture(hash), of.bytes));
        set.faults = files.chain(pictures).collect();
    }
    Ok(set)
}

/// The name of a set that is there.
pub(crate) fn name_of(folder: &Folder, name: Option<&str>) -> Result<String, Error> {
    let names = folder.set_names()?;
    let found = match name {
        None => names.last(),
        Some(name) => names.iter().find(|one| one.as_str() == name),
    };
    let none = || Error::new(folder.path(), Why::NoSet);
    found.cloned().ok_or_else(none)
}

fn summary(folder: &Folder, name: &str) -> Set {
    let read = manifest(folder, name);
    let faults = match &read {
        Ok(_) => Vec::new(),
        Err(error) => vec![Fault::of(folder, &folder.set(name).join(MANIFEST), error)],
    };
    let known = read.ok();
    let count = |of: fn(&Manifest) -> u64| known.as_ref().map_or(0, of);
    let files = |of: &Manifest| of.files.values().map(|file| file.bytes).sum::<u64>();
    Set {
        name: name.to_owned(),
        at: known.as_ref().map_or(0, |of| of.at),
        app: known.as_ref().map_or(String::new(), |of| of.app.clone()),
        conversations: count(|of| of.conversations),
        messages: count(|of| of.messages),
        pictures: count(|of| of.pictures),
        bytes: count(|of| of.picture_bytes) + count(files),
        lost: count(|of| of.lost),
        faults,
        keys: known.map(|of| of.keys).unwrap_or_default(),
    }
}

/// Reads a manifest.
///
/// # Errors
/// [`Why::Missing`], [`Why::Altered`], [`Why::Newer`].
pub(crate) fn manifest(folder: &Folder, name: &str) -> Result<Manifest, Error> {
    let path = folder.set(name).join(MANIFEST);
    let of = |why: fn(String) -> Why| Error::new(folder.path(), why(folder.shown(&path)));
    let found = fs::metadata(&path).map_err(|_| of(Why::Missing))?;
    if found.len() > MANIFEST_LIMIT {
        return Err(of(Why::Altered));
    }
    let text = fs::read(&path).map_err(|error| Error::io(&path, &error))?;
    // Of a newer form only that is known.
    #[derive(serde::Deserialize)]
    struct Form {
        version: u32,
    }
    let form: Form = serde_json::from_slice(&text).map_err(|_| of(Why::Altered))?;
    if form.version > VERSION {
        return Err(Error::new(&folder.set(name), Why::Newer));
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| of(Why::Altered))?;
    let is_ours = |name: &String| {
        let plugin = name
            .strip_prefix(PLUGINS)
            .and_then(|name| name.strip_prefix('/'));
        [DATABASE, SETTINGS, PICTURES].contains(&name.as_str()) || plugin.is_some_and(is_file_name)
    };
    let has = |name| manifest.files.contains_key(name);
    if has(DATABASE) && has(PICTURES) && manifest.files.keys().all(is_ours) {
        Ok(manifest)
    } else {
        Err(of(Why::Altered))
    }
}

/// A name that leads nowhere else: of a file of a provider.
pub(crate) fn is_file_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.ends_with(".json") && !name.starts_with('.') && name.chars().all(plain)
}

/// A set whose manifest and list were read.
pub(crate) struct Read {
    pub manifest: Manifest,
    pub list: List,
    folder: PathBuf,
}

impl Read {
    /// Reads them; the list is held against its hash.
    ///
    /// # Errors
    /// As of [`manifest`].
    pub fn of(folder: &Folder, name: &str) -> Result<Self, Error> {
        debug_assert!(is_set_name(name));
        let manifest = manifest(folder, name)?;
        let set = folder.set(name);
        let path = set.join(PICTURES);
        let of = |why: fn(String) -> Why| Error::new(folder.path(), why(folder.shown(&path)));
        let text = fs::read_to_string(&path).map_err(|_| of(Why::Missing))?;
        let wanted = manifest.files.get(PICTURES).map(|file| &file.sha256);
        let list = Some(text)
            .filter(|text| wanted == Some(&sha256(text.as_bytes())))
            .and_then(|text| list::read(&text));
        Ok(Self {
            list: list.ok_or_else(|| of(Why::Altered))?,
            manifest,
            folder: set,
        })
    }

    /// Its files but the manifest, and what they should be.
    pub fn files(&self) -> impl Iterator<Item = (PathBuf, &FileOf)> {
        let files = self.manifest.files.iter();
        files.map(|(name, file)| (self.folder.join(name), file))
    }
}
