//! Provider plugins of the user's: files of the folder `plugins/`.
//!
//! A file is read if it is a regular file named `*.json` of at most
//! [`MOST_BYTES`]; links are not followed. Its name is the user's own: what
//! counts is the id within.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use protocol::{ErrorCode, IpcError, ManifestReason};

use crate::error::{address, told};
use crate::{Error, Manifest};

/// Most bytes of one file.
pub const MOST_BYTES: u64 = 1024 * 1024;

/// Most files of one folder.
const MOST_FILES: usize = 1_000;

/// A plugin that was read, and its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What it says.
    pub manifest: Manifest,
    /// Where it lies.
    pub path: PathBuf,
}

/// Why a plugin file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "The provider file {file} is not taken: `{field}` {reason}. Correct the file and add it again."
)]
pub struct PluginError {
    /// Name of the file.
    pub file: String,
    /// Path of the field, such as `models[0].inputs`; `file` for the whole.
    pub field: String,
    /// What is wrong with it, worded to follow its name.
    pub reason: ManifestReason,
}

impl PluginError {
    fn of(path: &Path, reason: ManifestReason) -> Self {
        Self {
            file: shown(path),
            field: "file".to_owned(),
            reason,
        }
    }

    fn unread(path: &Path, error: &std::io::Error) -> Self {
        let error = error.to_string();
        Self::of(path, ManifestReason::NotRead { error })
    }

    fn unwritten(path: &Path, error: &std::io::Error) -> Self {
        let error = error.to_string();
        Self::of(path, ManifestReason::NotWritten { error })
    }

    fn unremoved(path: &Path, error: &std::io::Error) -> Self {
        let error = error.to_string();
        Self::of(path, ManifestReason::NotRemoved { error })
    }

    fn refused(path: &Path, error: Error) -> Self {
        match error {
            Error::Manifest { field, reason } => Self {
                file: shown(path),
                field,
                reason,
            },
            Error::BaseUrl { url, reason } => Self::of(path, address(url, &reason)),
        }
    }
}

/// Args `file` and `field`, and what [`told`] adds.
impl From<PluginError> for IpcError {
    fn from(error: PluginError) -> Self {
        let made = Self::new(ErrorCode::Manifest, error.to_string());
        // Its own facts first: the file is this one whatever they name.
        told(made, &error.reason)
            .arg("file", error.file)
            .arg("field", error.field)
    }
}

/// Name of a file as an error shows it: on one line.
fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().replace(char::is_control, "\u{fffd}")
}

/// Reads one file: a dropped or chosen one.
///
/// # Errors
/// [`PluginError`] with the file, the field and the reason.
pub fn read(path: &Path) -> Result<Manifest, PluginError> {
    let text = text_of(path)?;
    Manifest::from_file(&text).map_err(|error| PluginError::refused(path, error))
}

fn text_of(path: &Path) -> Result<String, PluginError> {
    let unread = |error: &std::io::Error| PluginError::unread(path, error);
    let kind = fs::symlink_metadata(path).map_err(|error| unread(&error))?;
    if kind.is_symlink() {
        return Err(PluginError::of(path, ManifestReason::FileLink));
    }
    if !kind.is_file() {
        return Err(PluginError::of(path, ManifestReason::NoFile));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unread(&error))?;
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unread(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > MOST_BYTES) {
        return Err(PluginError::of(
            path,
            ManifestReason::FileSize { limit: "1 MiB" },
        ));
    }
    String::from_utf8(bytes).map_err(|_| PluginError::of(path, ManifestReason::NotText))
}

/// Reads every plugin of a folder, in the order of the files' names. A folder
/// that is not there holds none. Of several files with one id the first counts.
pub fn load_dir(folder: &Path) -> Vec<Result<Loaded, PluginError>> {
    let paths = match paths(folder) {
        Ok(paths) => paths,
        Err(error) => return vec![Err(error)],
    };
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut all = Vec::new();
    for path in paths {
        all.push(read(&path).and_then(|manifest| {
            let id = manifest.id.clone();
            if let Some(first) = seen.get(&id) {
                return Err(PluginError {
                    file: shown(&path),
                    field: "id".to_owned(),
                    reason: ManifestReason::IdInFile {
                        id,
                        first: first.clone(),
                    },
                });
            }
            seen.insert(id, shown(&path));
            Ok(Loaded { manifest, path })
        }));
    }
    all
}

/// The plugin files of a folder, by name.
fn paths(folder: &Path) -> Result<Vec<PathBuf>, PluginError> {
    let unread = |error: &std::io::Error| PluginError::unread(folder, error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unread(&error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unread(&error))?.path();
        // A dot before the name marks files of editors and of `save`.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') && name.to_ascii_lowercase().ends_with(".json") {
            paths.push(path);
        }
    }
    if paths.len() > MOST_FILES {
        let reason = ManifestReason::TooMany { limit: MOST_FILES };
        return Err(PluginError::of(folder, reason));
    }
    paths.sort();
    Ok(paths)
}

/// Writes a plugin into a folder, in place of the file that holds its id. The
/// file is whole or not there: it is written beside, brought to the disk, and
/// then renamed. A file of the same name that could not be read is kept under
/// another name. Answers where it lies.
///
/// # Errors
/// [`PluginError`] when the manifest is not one that a file may hold, or the
/// file cannot be written.
pub fn save(folder: &Path, manifest: &Manifest) -> Result<PathBuf, PluginError> {
    let named = folder.join(format!("{}.json", manifest.id));
    let text = export(manifest);
    let kept = Manifest::from_file(&text).and_then(|_| crate::check::file(manifest));
    kept.map_err(|error| PluginError::refused(&named, error))?;
    let unwritten = |error: &std::io::Error| PluginError::unwritten(&named, error);
    fs::create_dir_all(folder).map_err(|error| unwritten(&error))?;
    let path = match holders(folder, &manifest.id)?.into_iter().next() {
        Some(path) => path,
        None => {
            set_aside(&named).map_err(|error| unwritten(&error))?;
            named.clone()
        }
    };
    write(folder, &path, &text).map_err(|error| unwritten(&error))?;
    Ok(path)
}

/// The files that hold this id.
fn holders(folder: &Path, id: &str) -> Result<Vec<PathBuf>, PluginError> {
    let mut paths = paths(folder)?;
    paths.retain(|path| read(path).is_ok_and(|manifest| manifest.id == id));
    Ok(paths)
}

/// Renames what lies here to a name that is free and is not loaded.
fn set_aside(path: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let free = (1..)
        .map(|count: u32| path.with_extension(format!("json.{count}.bak")))
        .find(|aside| fs::symlink_metadata(aside).is_err());
    free.map_or(Ok(()), |aside| fs::rename(path, aside))
}

fn write(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(".plugin-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync(folder)
}

/// Brings a folder's entries to the disk; only Unix lets a folder be opened.
fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Removes every file of a folder that holds this id; answers how many there were.
///
/// # Errors
/// [`PluginError`] when one cannot be removed.
pub fn remove(folder: &Path, id: &str) -> Result<usize, PluginError> {
    let paths = holders(folder, id)?;
    for path in &paths {
        fs::remove_file(path).map_err(|error| PluginError::unremoved(path, &error))?;
    }
    if !paths.is_empty() {
        sync(folder).map_err(|error| PluginError::unwritten(folder, &error))?;
    }
    Ok(paths.len())
}

/// A copy to edit: the same but for its id and name.
pub fn copy_of(manifest: &Manifest, id: &str, name: &str) -> Manifest {
    Manifest {
        schema: None,
        id: id.to_owned(),
        name: name.to_owned(),
        // They name the one that was copied.
        names: BTreeMap::new(),
        ..manifest.clone()
    }
}

/// An id for a provider of this name, other than those that are taken.
pub fn free_id(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut id = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(56);
    let id = match id.trim_end_matches('-') {
        "" => "provider",
        id => id,
    };
    let taken = |id: &str| crate::is_builtin(id) || taken(id);
    if !taken(id) {
        return id.to_owned();
    }
    let numbered = (2..u32::MAX).map(|count| format!("{id}-{count}"));
    numbered
        .into_iter()
        .find(|id| !taken(id))
        .unwrap_or_default()
}

/// A provider as a file to share: pretty JSON, without what only this app knows.
pub fn export(manifest: &Manifest) -> String {
    let shared = Manifest {
        schema: None,
        allow_private: false,
        ..manifest.clone()
    };
    shared.to_json()
}
