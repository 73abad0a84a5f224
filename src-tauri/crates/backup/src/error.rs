use std::io;
use std::path::{Path, PathBuf};

use protocol::{ErrorCode, IpcError};

/// What kept a backup from being made or brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The folder is not there: a disk that is not connected, say.
    Gone,
    /// It is no folder.
    NoFolder,
    /// It lies in the home that is to be backed up.
    InsideHome,
    /// It cannot be written.
    ReadOnly,
    /// Its disk is full.
    Full,
    /// Another process makes a backup there.
    Busy,
    /// There is no set, or not this one.
    NoSet,
    /// A file of a set is not what it was, by its name there.
    Altered(String),
    /// A file of a set is not there, by its name there.
    Missing(String),
    /// A newer version made the set.
    Newer,
    /// Another process uses the home.
    HomeInUse,
    /// Nothing is kept in this home, or the history cannot be read.
    History(String),
    /// It was stopped.
    Stopped,
    /// Anything else that the system said of the file.
    System(String),
}

/// Why, and of what.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", said(.why, .path))]
pub struct Error {
    /// The folder, or the file.
    pub path: PathBuf,
    /// Why.
    pub why: Why,
}

impl Error {
    /// Of this folder or file.
    pub fn new(path: &Path, why: Why) -> Self {
        Self {
            path: path.to_owned(),
            why,
        }
    }

    /// What the system said of a file.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        let why = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Why::Full,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Why::ReadOnly,
            _ => Why::System(error.to_string()),
        };
        Self::new(path, why)
    }

    /// What the history said while a copy of it was made at `to`.
    pub(crate) fn history(to: &Path, error: history::Error) -> Self {
        let why = match error {
            history::Error::Interrupted => Why::Stopped,
            history::Error::InUse { .. } => Why::HomeInUse,
            history::Error::Newer { .. } => Why::Newer,
            history::Error::Storage {
                why: Some("full"), ..
            } => Why::Full,
            error => Why::History(error.to_string()),
        };
        Self::new(to, why)
    }
}

fn said(why: &Why, path: &Path) -> String {
    let path = path.display();
    match why {
        Why::Gone => {
            format!("The folder {path} is not there. Connect its disk, or choose another folder.")
        }
        Why::NoFolder => format!("{path} is no folder. Choose one."),
        Why::InsideHome => format!(
            "The folder {path} lies in the one that is to be backed up. Choose one elsewhere, best on another disk."
        ),
        Why::ReadOnly => format!(
            "{path} cannot be written or read with your rights. Change them, or choose another folder."
        ),
        Why::Full => {
            format!(
                "There is no room left on the disk of {path}. Make room, or choose another folder."
            )
        }
        Why::Busy => {
            format!("Another Dragoman is using the backups in {path}. Wait for it, then try again.")
        }
        Why::NoSet => format!("There is no such backup in {path}."),
        Why::Altered(name) => format!(
            "{name} in {path} is not what was written there. Nothing was changed; choose another backup."
        ),
        Why::Missing(name) => {
            format!("{name} is missing in {path}. Nothing was changed; choose another backup.")
        }
        Why::Newer => format!(
            "A newer Dragoman made the backup in {path}. Update Dragoman, then try again; nothing was changed."
        ),
        Why::HomeInUse => format!(
            "Another Dragoman uses {path}, a window or dragoman-cli. Close it, then try again; nothing was changed."
        ),
        Why::History(reason) => format!("No copy of the history could be made at {path}: {reason}"),
        Why::Stopped => "Stopped; the backups that were there are whole.".to_owned(),
        Why::System(reason) => format!("{path}: {reason}. Check the disk, then try again."),
    }
}

impl Why {
    /// The app's own name for it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::NoFolder => "no_folder",
            Self::InsideHome => "inside_home",
            Self::ReadOnly => "read_only",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::NoSet => "no_set",
            Self::Altered(_) => "altered",
            Self::Missing(_) => "missing",
            Self::Newer => "newer",
            Self::HomeInUse => "home_in_use",
            Self::History(_) => "history",
            Self::Stopped => "stopped",
            Self::System(_) => "system",
        }
    }
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let made = Self::new(ErrorCode::Backup, error.to_string())
            .arg("path", error.path.display())
            .arg("why", error.why.name());
        match error.why {
            Why::Altered(name) | Why::Missing(name) => made.arg("name", name),
            Why::History(reason) | Why::System(reason) => made.arg("reason", reason),
            _ => made,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_told_in_our_words_and_names_the_file() {
        for (kind, why) in [
            (io::ErrorKind::StorageFull, "full"),
            (io::ErrorKind::QuotaExceeded, "full"),
            (io::ErrorKind::ReadOnlyFilesystem, "read_only"),
            (io::ErrorKind::PermissionDenied, "read_only"),
            (io::ErrorKind::TimedOut, "system"),
        ] {
            let error = Error::io(Path::new("/media/disk"), &kind.into());
            let told = IpcError::from(error);
            assert_eq!(told.args["why"], why);
            assert!(told.message.contains("/media/disk"), "{told}");
        }
        let full = history::Error::Storage {
            path: "/x".into(),
            reason: "database or disk is full".into(),
            why: Some("full"),
        };
        assert_eq!(Error::history(Path::new("/x"), full).why, Why::Full);
    }
}
