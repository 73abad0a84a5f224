//! The folder of backups: whether it can be used, and what is where in it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::disk::{make_folder, names, remove};
use crate::{Error, Why};

/// A folder for each set.
const SETS: &str = "dragoman-sets";

/// Pictures and videos of all sets, in folders by the first two digits of their hash.
const PICTURES: &str = "dragoman-pictures";

/// Ends the name of a set that is not whole: one that is made, or removed.
pub(crate) const PART: &str = ".part";

/// Held by who changes something in it.
const LOCK: &str = "lock";

/// A folder with backups, or for them.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// One that holds backups already.
    ///
    /// # Errors
    /// [`Why::Gone`], [`Why::NoFolder`], [`Why::ReadOnly`].
    pub fn of(path: &Path) -> Result<Self, Error> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => Ok(Self(path)),
            Ok(_) => Err(Error::new(&path, Why::NoFolder)),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::new(&path, Why::Gone)),
            Err(error) => Err(Error::io(&path, &error)),
        }
    }

    /// One that is to hold those of a home.
    ///
    /// # Errors
    /// As [`Folder::of`], and [`Why::InsideHome`].
    pub fn for_home(path: &Path, home: &Path) -> Result<Self, Error> {
        let folder = Self::of(path)?;
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if real(&folder.0).starts_with(real(home)) {
            return Err(Error::new(&folder.0, Why::InsideHome));
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn sets(&self) -> PathBuf {
        self.0.join(SETS)
    }

    pub(crate) fn set(&self, name: &str) -> PathBuf {
        self.sets().join(name)
    }

    pub(crate) fn pictures(&self) -> PathBuf {
        self.0.join(PICTURES)
    }

    /// Where a picture is, or would be.
    pub(crate) fn picture(&self, hash: &str) -> PathBuf {
        let start = hash.get(..2).unwrap_or(hash);
        self.pictures().join(start).join(hash)
    }

    /// A path in it as the person finds it there.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.0).unwrap_or(path);
        let names = path.iter().map(|name| name.to_string_lossy());
        names.collect::<Vec<_>>().join("/")
    }

    /// Names of what could be sets, in the order they were made.
    pub(crate) fn set_names(&self) -> Result<Vec<String>, Error> {
        let mut all = names(&self.sets())?;
        all.retain(|name| is_set_name(name));
        Ok(all)
    }

    /// Begins to change something in it: its own folders are made, and what was left half
    /// made or half removed goes. Whether something was left.
    ///
    /// # Errors
    /// [`Why::Busy`], [`Why::ReadOnly`], [`Why::Full`], the system's.
    pub(crate) fn hold(&self) -> Result<(Held, bool), Error> {
        make_folder(&self.sets()).map_err(|error| self.named(error))?;
        let lock = self.sets().join(LOCK);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock)
            .map_err(|error| self.named(Error::io(&lock, &error)))?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(Error::new(&self.0, Why::Busy));
        }
        let mut left = false;
        for name in names(&self.sets())? {
            if name.strip_suffix(PART).is_some_and(is_set_name) {
                remove(&self.sets().join(name))?;
                left = true;
            }
        }
        Ok((Held { _file: file }, left))
    }

    /// Of the folder that the person knows, where that is what cannot be used.
    fn named(&self, error: Error) -> Error {
        match error.why {
            Why::ReadOnly | Why::Full => Error::new(&self.0, error.why),
            _ => error,
        }
    }
}

/// Nobody else changes something in the folder until it is dropped.
pub(crate) struct Held {
    _file: File,
}

/// Is it what a set may be called: a time, and a number where there were several?
pub(crate) fn is_set_name(name: &str) -> bool {
    let form = b"0000-00-00T00-00-00Z";
    let plain = |(byte, form): (u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        _ => byte == *form,
    };
    let (time, more) = name.split_at_checked(form.len()).unwrap_or((name, ""));
    let is_more = match more.strip_prefix('-') {
        Some(number) => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
        None => more.is_empty(),
    };
    time.len() == form.len() && time.bytes().zip(form).all(plain) && is_more
}

/// Is it a picture's name there?
pub(crate) fn is_hash(name: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    name.len() == 64 && name.bytes().all(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_set_is_left_alone() {
        for name in ["2026-11-28T16-30-05Z", "2026-11-28T16-30-05Z-2"] {
            assert!(is_set_name(name), "{name}");
        }
        for name in [
            "",
            "lock",
            "2026-11-28T16-30-05",
            "2026-11-28T16-30-05Z-",
            "..",
            "2026-11-28T16-30-05Zé",
        ] {
            assert!(!is_set_name(name), "{name}");
        }
    }
}
