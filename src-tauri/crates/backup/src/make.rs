//! A backup is made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use history::{Contents, History, contents};
use protocol::dates::{file_name, millis};
use protocol::{Millis, Settings};
use serde_json::json;

use crate::disk::{Hashed, copy, hash, make_folder, names, remove, rename, sync_folder, write_new};
use crate::folder::{Folder, PART, is_hash};
use crate::keep::{sweep, thin};
use crate::list::{self, List, PictureOf};
use crate::manifest::{
    DATABASE, FileOf, KeyOf, MANIFEST, Manifest, PICTURES, PLUGINS, SETTINGS, VERSION,
};
use crate::sets::{Read, is_file_name};
use crate::{Error, GoesOn, Progress, Why};

/// The folder of pictures and videos, in a home.
pub(crate) const HOME_PICTURES: &str = "pictures";

/// Bytes of a page of the history's file, for how far its copy is.
const PAGE: u64 = 4096;

/// What a backup is made of.
pub struct Source<'a> {
    /// The history, open.
    pub history: &'a History,
    /// The folder of the home.
    pub home: &'a Path,
    /// The settings; what belongs to this machine is left out.
    pub settings: &'a Settings,
    /// Version of the app.
    pub app: &'a str,
    /// Which home it is, of its [`State`](crate::State).
    pub id: &'a str,
}

/// A backup that was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Name of the set.
    pub name: String,
    /// When it was made.
    pub at: Millis,
    /// Conversations in it.
    pub conversations: u64,
    /// Messages in it.
    pub messages: u64,
    /// Pictures and videos in it.
    pub pictures: u64,
    /// Those that were not in the folder before.
    pub new_pictures: u64,
    /// What it takes brought back, in bytes.
    pub bytes: u64,
    /// What was written for it, in bytes.
    pub written: u64,
    /// Pictures that the home has lost, or that are damaged in it: in no backup.
    pub lost: u64,
    /// Old sets that were removed.
    pub removed: usize,
}

/// Makes a set in a folder. Where that fails nothing of the earlier ones has changed, and
/// what is left of this one goes next time.
///
/// # Errors
/// [`Why::Busy`], [`Why::ReadOnly`], [`Why::Full`], [`Why::History`], [`Why::Stopped`],
/// the system's.
pub fn make(
    folder: &Folder,
    source: &Source<'_>,
    at: Millis,
    goes_on: GoesOn<'_>,
) -> Result<Made, Error> {
    let (held, left) = folder.hold()?;
    let name = free_name(folder, at)?;
    let part = folder.set(&format!("{name}{PART}"));
    make_folder(&part)?;
    let made = Making {
        folder,
        source,
        part,
        goes_on,
        done: 0,
        total: 0,
        starts: BTreeSet::new(),
    };
    let part = made.part.clone();
    let mut made = made.run(&name, at).map_err(|error| {
        // What cannot be removed now goes next time.
        let _ = remove(&part);
        match error.why {
            Why::Full => Error::new(folder.path(), Why::Full),
            _ => error,
        }
    })?;
    // It is made, whatever comes of what is older: that is tried again with the next.
    made.removed = thin(folder, source.id).unwrap_or_default();
    if left || made.removed > 0 {
        let _ = sweep(folder);
    }
    drop(held);
    Ok(made)
}

/// A name that no set has: sets of one second are numbered.
fn free_name(folder: &Folder, at: Millis) -> Result<String, Error> {
    let (time, taken) = (file_name(at), folder.set_names()?);
    let numbered = (2..).map(|number: u32| format!("{time}-{number}"));
    let mut names = std::iter::once(time.clone()).chain(numbered);
    Ok(names.find(|name| !taken.contains(name)).unwrap_or(time))
}

struct Making<'a> {
    folder: &'a Folder,
    source: &'a Source<'a>,
    part: PathBuf,
    goes_on: GoesOn<'a>,
    done: u64,
    total: u64,
    /// Folders of pictures that came.
    starts: BTreeSet<PathBuf>,
}

impl Making<'_> {
    fn run(mut self, name: &str, at: Millis) -> Result<Made, Error> {
        let mut files = BTreeMap::new();
        let found = self.database(&mut files)?;
        let mut made = Made {
            name: name.to_owned(),
            at,
            conversations: found.conversations,
            messages: found.messages,
            ..Made::default()
        };
        let list = self.pictures(&found, &mut made)?;
        made.pictures = u64::try_from(list.len()).unwrap_or_default();
        let picture_bytes = list.values().map(|of| of.bytes).sum();
        self.settings(&mut files)?;
        self.plugins(&mut files)?;
        self.write(PICTURES, list::write(&list).as_bytes(), &mut files)?;
        let of_files: u64 = files.values().map(|file: &FileOf| file.bytes).sum();
        made.bytes = picture_bytes + of_files;
        made.written += of_files;
        let manifest = Manifest {
            version: VERSION,
            app: self.source.app.to_owned(),
            at,
            home: self.source.id.to_owned(),
            conversations: made.conversations,
            messages: made.messages,
            pictures: made.pictures,
            picture_bytes,
            lost: made.lost,
            keys: found
                .keys
                .into_iter()
                .map(|key| KeyOf {
                    id: key.id,
                    provider: key.provider,
                    label: key.label,
                })
                .collect(),
            files,
        };
        let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        write_new(&self.part.join(MANIFEST), &text)?;
        self.step(0)?;
        sync_folder(&self.part.join(PLUGINS));
        sync_folder(&self.part);
        rename(&self.part, &self.folder.set(name))?;
        sync_folder(&self.folder.sets());
        Ok(made)
    }

    /// So many bytes more are done.
    fn step(&mut self, bytes: u64) -> Result<(), Error> {
        self.done += bytes;
        let (done, total) = (self.done.min(self.total), self.total);
        match (self.goes_on)(Progress { done, total }) {
            true => Ok(()),
            false => Err(self.stopped()),
        }
    }

    fn stopped(&self) -> Error {
        Error::new(self.folder.path(), Why::Stopped)
    }

    /// Copies the history's file, and says what is in it.
    fn database(&mut self, files: &mut BTreeMap<String, FileOf>) -> Result<Contents, Error> {
        let copy = self.part.join(DATABASE);
        let of_copy = |error| Error::history(&copy, error);
        let goes_on = &mut self.goes_on;
        let mut copied = |done: u64, total: u64| {
            let (done, total) = (done * PAGE, total * PAGE);
            goes_on(Progress { done, total })
        };
        let history = self.source.history;
        history.copy_to(&copy, &mut copied).map_err(of_copy)?;
        let found = contents(&copy).map_err(of_copy)?;
        let hashed = hash(&copy, &mut |_| true);
        let hashed = hashed.map_err(|error| Error::io(&copy, &error))?;
        fs::File::open(&copy)
            .and_then(|file| file.sync_all())
            .map_err(|error| Error::io(&copy, &error))?;
        let hashed = hashed.ok_or_else(|| self.stopped())?;
        self.done = hashed.bytes;
        self.total = hashed.bytes;
        files.insert(DATABASE.to_owned(), hashed.into());
        Ok(found)
    }

    /// Brings the pictures into the folder that are not there.
    fn pictures(&mut self, found: &Contents, made: &mut Made) -> Result<List, Error> {
        let known = self.known();
        let mut list = List::new();
        let mut new = Vec::new();
        for (hash, bytes) in &found.pictures {
            // Something else is no file's name: an old history may hold anything.
            if !is_hash(hash) {
                made.lost += 1;
                continue;
            }
            match self.there(hash, known.get(hash))? {
                Some(of) => {
                    list.insert(hash.clone(), of);
                }
                None => new.push((hash, *bytes)),
            }
        }
        self.total += new.iter().map(|(_, bytes)| bytes).sum::<u64>();
        for (hash, _) in new {
            match self.picture(hash)? {
                Some(of) => {
                    made.written += of.bytes;
                    made.new_pictures += 1;
                    list.insert(hash.clone(), of);
                }
                // Removed in the app since the copy was made, or lost there.
                None => made.lost += u64::from(self.is_kept(hash)),
            }
            self.step(0)?;
        }
        for start in &self.starts {
            sync_folder(start);
        }
        Ok(list)
    }

    /// What the newest set that can be read says of its pictures.
    fn known(&self) -> List {
        let names = self.folder.set_names().unwrap_or_default();
        let mut read = names.iter().rev().map(|name| Read::of(self.folder, name));
        let newest = read.find_map(Result::ok);
        newest.map(|read| read.list).unwrap_or_default()
    }

    /// A picture that is in the folder already: of the size and time it had, else by its
    /// hash. One that is not what it was goes.
    fn there(&mut self, name: &str, known: Option<&PictureOf>) -> Result<Option<PictureOf>, Error> {
        let path = self.folder.picture(name);
        let Some(now) = of_file(&path) else {
            return Ok(None);
        };
        if known == Some(&now) {
            return Ok(Some(now));
        }
        let goes_on = &mut self.goes_on;
        let (done, total) = (self.done, self.total);
        let hashed = hash(&path, &mut |_| goes_on(Progress { done, total }));
        match hashed {
            Ok(Some(hashed)) if hashed.sha256 == name => Ok(Some(now)),
            Ok(None) => Err(self.stopped()),
            _ => remove(&path).map(|()| None),
        }
    }

    /// Copies a picture; `None` where the home has none that is whole.
    fn picture(&mut self, name: &str) -> Result<Option<PictureOf>, Error> {
        let from = self.source.home.join(HOME_PICTURES).join(name);
        let (part, to) = (self.part.join(name), self.folder.picture(name));
        if !fs::metadata(&from).is_ok_and(|found| found.is_file()) {
            return Ok(None);
        }
        let (goes_on, total) = (&mut self.goes_on, self.total);
        let done = &mut self.done;
        let copied = copy(&from, &part, &mut |bytes| {
            *done += bytes;
            let done = (*done).min(total);
            goes_on(Progress { done, total })
        });
        let hashed = match copied {
            Ok(hashed) => hashed.ok_or_else(|| self.stopped())?,
            // It went meanwhile, or its place on the disk cannot be read.
            Err(error) if error.path == from => {
                remove(&part)?;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if hashed.sha256 != name {
            remove(&part)?;
            return Ok(None);
        }
        if let Some(start) = to.parent() {
            make_folder(start)?;
            rename(&part, &to)?;
            self.starts.insert(start.to_owned());
        }
        Ok(of_file(&to))
    }

    /// Does the history hold it still?
    fn is_kept(&self, hash: &str) -> bool {
        let hash = hash.to_owned();
        let asked = self.source.history.read(move |r| r.keeps(&hash));
        asked.wait().unwrap_or(true)
    }

    /// Writes the settings but for what belongs to this machine.
    fn settings(&mut self, files: &mut BTreeMap<String, FileOf>) -> Result<(), Error> {
        let settings = Settings {
            network: Settings::default().network,
            backup: Settings::default().backup,
            ..self.source.settings.clone()
        };
        let text = format!("{:#}\n", json!({ "settings": settings }));
        self.write(SETTINGS, text.as_bytes(), files)
    }

    /// Copies the providers that were added as files.
    fn plugins(&mut self, files: &mut BTreeMap<String, FileOf>) -> Result<(), Error> {
        let from = self.source.home.join(PLUGINS);
        for name in names(&from)?.into_iter().filter(|name| is_file_name(name)) {
            let text = match fs::read(from.join(&name)) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                text => text.map_err(|error| Error::io(&from.join(&name), &error))?,
            };
            make_folder(&self.part.join(PLUGINS))?;
            self.write(&format!("{PLUGINS}/{name}"), &text, files)?;
        }
        Ok(())
    }

    fn write(
        &mut self,
        name: &str,
        bytes: &[u8],
        files: &mut BTreeMap<String, FileOf>,
    ) -> Result<(), Error> {
        let hashed = write_new(&self.part.join(name), bytes)?;
        files.insert(name.to_owned(), hashed.into());
        self.step(0)
    }
}

impl From<Hashed> for FileOf {
    fn from(Hashed { bytes, sha256 }: Hashed) -> Self {
        Self { bytes, sha256 }
    }
}

/// Size and time of a file that is there.
fn of_file(path: &Path) -> Option<PictureOf> {
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(PictureOf {
        bytes: found.len(),
        at: millis(found.modified().ok()?),
    })
}
