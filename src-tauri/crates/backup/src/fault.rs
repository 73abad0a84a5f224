use std::path::Path;

use crate::folder::Folder;
use crate::{Error, Why};

/// A file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Its name in the folder.
    pub file: String,
    /// It is not there; else it is there and not what it was.
    pub is_missing: bool,
}

impl Fault {
    pub(crate) fn missing(folder: &Folder, path: &Path) -> Self {
        Self {
            file: folder.shown(path),
            is_missing: true,
        }
    }

    pub(crate) fn altered(folder: &Folder, path: &Path) -> Self {
        Self {
            file: folder.shown(path),
            is_missing: false,
        }
    }

    /// What an error says of a file.
    pub(crate) fn of(folder: &Folder, path: &Path, error: &Error) -> Self {
        match &error.why {
            Why::Missing(file) => Self {
                file: file.clone(),
                is_missing: true,
            },
            Why::Altered(file) => Self {
                file: file.clone(),
                is_missing: false,
            },
            _ => Self::altered(folder, path),
        }
    }
}
