//! What is written of a set, in it.

use std::collections::BTreeMap;

use protocol::Millis;
use serde::{Deserialize, Serialize};

/// The form of a set. One that is newer is not read; what is only added needs no new one.
pub(crate) const VERSION: u32 = 1;

/// Its file, in the set.
pub(crate) const MANIFEST: &str = "manifest.json";

/// The copy of the history's file, in the set and in a home.
pub(crate) const DATABASE: &str = "dragoman.db";

/// The settings, in the set and in a home.
pub(crate) const SETTINGS: &str = "settings.json";

/// The list of pictures, in the set.
pub(crate) const PICTURES: &str = "pictures.txt";

/// The folder of providers that were added as files, in the set and in a home.
pub(crate) const PLUGINS: &str = "plugins";

/// A set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    /// [`VERSION`].
    pub version: u32,
    /// Version of the app that made it.
    pub app: String,
    /// When it was made.
    pub at: Millis,
    /// Which home it is of: a number without a meaning.
    pub home: String,
    pub conversations: u64,
    pub messages: u64,
    pub pictures: u64,
    /// Bytes of all pictures.
    pub picture_bytes: u64,
    /// Pictures that the home itself had lost or that were damaged there: in no backup.
    pub lost: u64,
    /// Which keys there were.
    pub keys: Vec<KeyOf>,
    /// Its files but this one, by their names in the set.
    pub files: BTreeMap<String, FileOf>,
}

/// A file of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileOf {
    pub bytes: u64,
    pub sha256: String,
}

/// A key that there was; nothing of it is here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeyOf {
    /// Its id, by which the keyring knows it.
    pub id: String,
    /// The id of its provider.
    pub provider: String,
    /// The person's name for it.
    pub label: String,
}
