use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{IpcError, Millis};

/// Where backups go, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BackupSettings {
    /// The folder. Chosen with `backup|choose` only: `settings|set` does not change it.
    pub folder: Option<String>,
    /// How often one is made by itself.
    pub schedule: BackupSchedule,
}

/// How often a backup is made by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum BackupSchedule {
    /// Never.
    #[default]
    Off,
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
}

/// How the backups stand: the answer of `backup|state`, and an event as it changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupState {
    /// The last that was made.
    pub last: Option<BackupDone>,
    /// Why the last that was tried was not made; none where it was.
    pub failure: Option<BackupFailure>,
    /// What goes on.
    pub running: Option<BackupProgress>,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupDone {
    /// When.
    #[ts(type = "number")]
    pub at: Millis,
    /// Where to.
    pub folder: String,
    /// What it takes brought back, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// What was written for it, in bytes.
    #[ts(type = "number")]
    pub written: u64,
    /// Pictures that the home itself had lost or that were damaged there: in no backup.
    #[ts(type = "number")]
    pub lost: u64,
}

/// One that was not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupFailure {
    /// When.
    #[ts(type = "number")]
    pub at: Millis,
    /// Why.
    pub error: IpcError,
}

/// How far a backup is, or a set that is brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupProgress {
    /// A set is brought back.
    pub restoring: bool,
    /// Bytes that are done.
    #[ts(type = "number")]
    pub done: u64,
    /// All of them; 0 while it is not known.
    #[ts(type = "number")]
    pub total: u64,
}

/// `backup|look`: which folder to look into.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupLookParams {
    /// The one where backups go; else one that the person chooses in a dialog.
    pub own: bool,
}

/// Answer of `backup|look`: the backups in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupFolder {
    /// The folder.
    pub folder: String,
    /// Newest first.
    pub sets: Vec<BackupSet>,
}

/// `backup|set`, `backup|restore`: one of the backups that `backup|look` found last.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupSetParams {
    /// Its name.
    pub name: String,
}

/// A backup. Of one in a list it is not told what is missing of its pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupSet {
    /// Its name.
    pub name: String,
    /// When it was made.
    #[ts(type = "number")]
    pub at: Millis,
    /// Version of the app that made it; empty where nothing is known of it.
    pub app: String,
    #[allow(missing_docs)]
    #[ts(type = "number")]
    pub conversations: u64,
    #[allow(missing_docs)]
    #[ts(type = "number")]
    pub messages: u64,
    /// Pictures and videos.
    #[ts(type = "number")]
    pub pictures: u64,
    /// What it takes brought back, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Pictures that the home had lost when it was made: in no backup.
    #[ts(type = "number")]
    pub lost: u64,
    /// Files of it that are missing, or not what they were.
    pub faults: Vec<BackupFault>,
    /// Keys that there were and that this home has not: they are to be entered again.
    pub keys: Vec<KeyToEnter>,
}

/// A file of a backup that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupFault {
    /// Its name in the folder.
    pub file: String,
    /// It is not there; else it is not what it was.
    pub missing: bool,
}

/// A key that is to be entered again: none is ever in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyToEnter {
    /// The id of its provider.
    pub provider: String,
    /// Its name; the id where it is not known here.
    pub name: String,
    /// The person's name for the key; empty where it had none.
    pub label: String,
    /// The provider's page of keys.
    pub url: Option<String>,
}
