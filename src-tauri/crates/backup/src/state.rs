//! How the backups of a home stand, in a file of the home.

use std::path::{Path, PathBuf};

use protocol::{IpcError, Millis};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::disk::replace;
use crate::make::Made;

/// The file, in a home.
pub(crate) const STATE: &str = "backup.json";

/// How they stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Which home this is: a number without a meaning.
    pub home: String,
    /// The last that was made.
    pub last: Option<Last>,
    /// Why the last that was tried was not made; none where it was.
    pub failure: Option<Failure>,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Last {
    /// When.
    pub at: Millis,
    /// Where to.
    pub folder: PathBuf,
    /// What it takes brought back, in bytes.
    pub bytes: u64,
    /// What was written for it, in bytes.
    pub written: u64,
    /// Pictures that the home had lost: in no backup.
    #[serde(default)]
    pub lost: u64,
}

/// One that was not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// When.
    pub at: Millis,
    /// Why.
    pub error: IpcError,
}

impl State {
    /// Reads how they stand; a home without the file has made none.
    pub fn read(home: &Path) -> Self {
        let text = std::fs::read(home.join(STATE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_else(|_| Self {
            home: uuid::Uuid::now_v7().to_string(),
            last: None,
            failure: None,
        })
    }

    /// Keeps how they stand.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&self, home: &Path) -> Result<(), Error> {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        replace(&home.join(STATE), &text)
    }

    /// One was made.
    pub fn made(&mut self, made: &Made, folder: &Path) {
        self.failure = None;
        self.last = Some(Last {
            at: made.at,
            folder: folder.to_owned(),
            bytes: made.bytes,
            written: made.written,
            lost: made.lost,
        });
    }

    /// One was not.
    pub fn failed(&mut self, at: Millis, error: IpcError) {
        self.failure = Some(Failure { at, error });
    }
}
