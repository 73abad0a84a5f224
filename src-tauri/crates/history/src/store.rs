//! The bytes of pictures and videos: files named by their hash, in one folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::basics::{locked, new_id};

/// Ends the name of a file that is not whole yet.
const PART: &str = ".part";

/// Where the bytes are.
pub(crate) enum Store {
    /// Files, for a history that is kept.
    Folder(Folder),
    /// Memory, for one that is not.
    Memory(Mutex<BTreeMap<String, Vec<u8>>>),
}

pub(crate) struct Folder {
    path: PathBuf,
    /// Names changed that are not on the disk for certain.
    changed: AtomicBool,
}

/// Bytes that are on the disk under a name of their own; removed again when they
/// are not taken.
pub(crate) enum Staged {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Self::File(path) = self {
            // Taken ones have another name already.
            let _ = fs::remove_file(path);
        }
    }
}

impl Staged {
    /// What was written, read back.
    ///
    /// # Errors
    /// The system's.
    pub fn read(&self) -> std::io::Result<Vec<u8>> {
        match self {
            Self::File(path) => fs::read(path),
            Self::Bytes(bytes) => Ok(bytes.clone()),
        }
    }
}

impl Store {
    /// Files in this folder, which is made when the first comes.
    pub fn folder(path: PathBuf) -> Self {
        Self::Folder(Folder {
            path,
            changed: AtomicBool::new(false),
        })
    }

    /// Nothing yet, in memory.
    pub fn memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Writes bytes for this run and waits until they are on the disk. Blocks.
    ///
    /// # Errors
    /// The system's.
    pub fn stage(&self, run: &str, bytes: &[u8]) -> std::io::Result<Staged> {
        let Self::Folder(folder) = self else {
            return Ok(Staged::Bytes(bytes.to_owned()));
        };
        let path = folder.path.join(format!("{run}_{}{PART}", new_id()));
        let mut file = match begin(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make_private_folder(&folder.path)?;
                begin(&path)?
            }
            file => file?,
        };
        let staged = Staged::File(path);
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(staged)
    }

    /// Gives staged bytes their name. What has it already is the same.
    ///
    /// # Errors
    /// The system's; `InvalidInput` for a hash that is no file's name.
    pub fn take(&self, staged: &mut Staged, hash: &str) -> std::io::Result<()> {
        match (self, staged) {
            (Self::Folder(folder), Staged::File(path)) => {
                fs::rename(path, folder.of(hash)?)?;
                folder.changed.store(true, Ordering::Relaxed);
            }
            (Self::Memory(map), Staged::Bytes(bytes)) => {
                locked(map).insert(hash.to_owned(), std::mem::take(bytes));
            }
            _ => return Err(ErrorKind::InvalidInput.into()),
        }
        Ok(())
    }

    /// The bytes of a picture or video, `None` where there are none. Blocks.
    ///
    /// # Errors
    /// The system's.
    pub fn read(&self, hash: &str) -> std::io::Result<Option<Vec<u8>>> {
        let folder = match self {
            Self::Memory(map) => return Ok(locked(map).get(hash).cloned()),
            Self::Folder(folder) => folder,
        };
        match folder.of(hash).and_then(fs::read) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes it, if it is there.
    ///
    /// # Errors
    /// The system's.
    pub fn remove(&self, hash: &str) -> std::io::Result<()> {
        let folder = match self {
            Self::Memory(map) => {
                locked(map).remove(hash);
                return Ok(());
            }
            Self::Folder(folder) => folder,
        };
        match folder.of(hash).and_then(fs::remove_file) {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// Waits until the names that were given are on the disk, too.
    ///
    /// # Errors
    /// The system's.
    pub fn sync(&self) -> std::io::Result<()> {
        if let Self::Folder(folder) = self
            && folder.changed.swap(false, Ordering::Relaxed)
        {
            let synced = sync_folder(&folder.path);
            folder.changed.fetch_or(synced.is_err(), Ordering::Relaxed);
            synced?;
        }
        Ok(())
    }

    /// The names of all files: hashes, and files that never became whole.
    ///
    /// # Errors
    /// The system's.
    pub fn names(&self) -> std::io::Result<BTreeSet<String>> {
        let folder = match self {
            Self::Memory(map) => return Ok(locked(map).keys().cloned().collect()),
            Self::Folder(folder) => folder,
        };
        let entries = match fs::read_dir(&folder.path) {
            Err(error) if is_missing(&error) => return Ok(BTreeSet::new()),
            entries => entries?,
        };
        entries
            .filter_map(|entry| match entry {
                Ok(entry) => entry.file_name().into_string().ok().map(Ok),
                Err(error) => Some(Err(error)),
            })
            .collect()
    }

    /// Removes a file that never became whole, of a run that has ended.
    pub fn remove_part(&self, name: &str) {
        if let Self::Folder(folder) = self
            && run_of_part(name).is_some()
        {
            // One that stays harms nobody.
            let _ = fs::remove_file(folder.path.join(name));
        }
    }
}

/// The run that was writing a file which is not whole; `None` of all others.
pub(crate) fn run_of_part(name: &str) -> Option<&str> {
    let (run, id) = name.strip_suffix(PART)?.split_once('_')?;
    (is_name(run) && is_name(id)).then_some(run)
}

impl Folder {
    /// Hashes may come from the page: only what can be one becomes a path.
    fn of(&self, hash: &str) -> std::io::Result<PathBuf> {
        if is_name(hash) {
            Ok(self.path.join(hash))
        } else {
            Err(ErrorKind::InvalidInput.into())
        }
    }
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.len() <= 128 && text.bytes().all(plain)
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput)
}

fn begin(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// On Windows a folder cannot be opened to be synced; its names are journalled.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}
