//! Files that are there whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::Error;

/// What is read at once, in bytes.
const BUFFER: usize = 256 * 1024;

/// Size and SHA-256 of what was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    pub bytes: u64,
    pub sha256: String,
}

/// Copies a file to a new one, and waits until it is on the disk. `goes_on` hears how
/// many bytes came, and ends it with false: `None` then.
///
/// # Errors
/// Of reading first, of writing second.
pub fn copy(
    from: &Path,
    to: &Path,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<Hashed>, Error> {
    let of_from = |error: io::Error| Error::io(from, &error);
    let of_to = |error: io::Error| Error::io(to, &error);
    let mut source = File::open(from).map_err(of_from)?;
    let mut target = create(to).map_err(of_to)?;
    let mut read = |buffer: &mut [u8]| source.read(buffer).map_err(of_from);
    let mut write = |bytes: &[u8]| target.write_all(bytes).map_err(of_to);
    let Some(hashed) = run(&mut read, &mut write, goes_on)? else {
        return Ok(None);
    };
    target.sync_all().map_err(of_to)?;
    Ok(Some(hashed))
}

/// Hashes a file; `goes_on` as of [`copy`].
pub fn hash(path: &Path, goes_on: &mut dyn FnMut(u64) -> bool) -> io::Result<Option<Hashed>> {
    let mut file = File::open(path)?;
    run(&mut |buffer| file.read(buffer), &mut |_| Ok(()), goes_on)
}

fn run<E>(
    read: &mut dyn FnMut(&mut [u8]) -> Result<usize, E>,
    write: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    goes_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<Hashed>, E> {
    let (mut buffer, mut digest, mut bytes) = (vec![0; BUFFER], Sha256::new(), 0);
    loop {
        let count = read(&mut buffer)?;
        let some = buffer.get(..count).unwrap_or_default();
        if some.is_empty() {
            let sha256 = hex(&digest.finalize());
            return Ok(Some(Hashed { bytes, sha256 }));
        }
        digest.update(some);
        write(some)?;
        let count = u64::try_from(count).unwrap_or_default();
        bytes += count;
        if !goes_on(count) {
            return Ok(None);
        }
    }
}

/// SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a new file, and waits until it is on the disk.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<Hashed, Error> {
    let write = || {
        let mut file = create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error: io::Error| Error::io(path, &error))?;
    Ok(Hashed {
        bytes: u64::try_from(bytes.len()).unwrap_or_default(),
        sha256: sha256(bytes),
    })
}

/// Writes a file whole under another name beside its own, and gives it its own.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", uuid::Uuid::now_v7().simple()));
    let part = Path::new(&name);
    let written = write_new(part, bytes).and_then(|_| rename(part, path));
    if written.is_err() {
        let _ = fs::remove_file(part);
    }
    written
}

/// A new file that only its owner can read.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A folder that only its owner can look into, and those it lies in, where they are not
/// there.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path).map_err(|error| Error::io(path, &error))
}

/// Renames.
pub fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|error| Error::io(to, &error))
}

/// Waits until the names in a folder are on the disk. On Windows a folder cannot be
/// opened for it, and on some network drives it cannot be synced: names are then as
/// lasting as the drive makes them.
pub fn sync_folder(path: &Path) {
    if cfg!(unix) {
        let _ = File::open(path).and_then(|folder| folder.sync_all());
    }
}

/// Removes a file or folder; one that is not there is no error.
pub fn remove(path: &Path) -> Result<(), Error> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path, &error)),
        _ => Ok(()),
    }
}

/// The names in a folder; none of one that is not there.
pub fn names(path: &Path) -> Result<Vec<String>, Error> {
    let read = || -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            // What is not Unicode is not ours.
            names.extend(entry?.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    };
    match read() {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path, &error)),
        names => Ok(names.unwrap_or_default()),
    }
}
