use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{IpcError, KeyToEnter, Millis, Provider, Settings};

/// `desktop|open`: opens a link of an answer, or a provider's page, in the
/// system's browser. https, http and mailto only.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenParams {
    /// The link.
    pub url: String,
}

/// `desktop|copy`: puts text on the clipboard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyParams {
    /// The text.
    pub text: String,
}

/// Something that happened, at start or later, and that the person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Notice {
    /// The settings file could not be read; it was set aside.
    SettingsRestored {
        /// Where the broken file is now.
        set_aside: String,
        /// The last good copy was restored; else the defaults stand.
        from_copy: bool,
    },
    /// The data folder cannot be written: nothing of this run is kept.
    NotKept {
        /// What went wrong.
        error: IpcError,
    },
    /// The history could not be read; it was set aside and a new one begun.
    HistorySetAside {
        /// Where the broken file is now.
        set_aside: String,
        /// What was wrong with it, in the system's words.
        reason: String,
    },
    /// Part of the care of the history failed: what a dead run left, freed room,
    /// pictures that are moved. Nothing is lost; it is tried again.
    HistoryTrouble {
        /// What went wrong.
        error: IpcError,
    },
    /// A provider that the person added can no longer be read; its keys are kept.
    ProviderUnreadable {
        /// Its id.
        provider: String,
        /// What is wrong with its manifest.
        error: IpcError,
    },
    /// The page's process ended, and the page was loaded again. Nothing that was asked
    /// or answered is lost.
    PageRestarted {
        /// It needed more memory than it may have; else it crashed.
        out_of_memory: bool,
    },
    /// A backup was brought back.
    Restored {
        /// When it was made.
        #[ts(type = "number")]
        at: Millis,
        /// Where what was there before is now; `None` where nothing was.
        aside: Option<String>,
        /// Keys that are to be entered again.
        keys: Vec<KeyToEnter>,
    },
    /// A backup was to be brought back and was not; nothing was changed.
    NotRestored {
        /// Why.
        error: IpcError,
    },
    /// There is a newer version.
    NewVersion {
        /// Which, and where it is.
        newer: NewVersion,
    },
    /// A link that another program opened with this app asked for more than it may.
    LinkRefused {
        /// What it asked for.
        error: IpcError,
    },
}

/// Answer of `desktop|arrived`: what was opened with this app, or named on its command
/// line. It is told once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Arrived {
    /// The question, or its beginning; empty where there is none.
    pub text: String,
    /// How many files wait for `images|take_arrived`.
    pub files: u32,
    /// Links that were refused: [`ErrorCode::LinkRefused`](crate::ErrorCode::LinkRefused).
    pub refused: Vec<IpcError>,
}

/// A version that is newer than this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewVersion {
    /// Its number.
    pub version: String,
    /// The page that tells of it.
    pub page: String,
}

/// Answer of `desktop|check_updates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCheck {
    /// The newer version; `None` where this is the newest.
    pub newer: Option<NewVersion>,
}

/// Answer of `desktop|data_folder`: where the app keeps what it keeps.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DataFolder {
    /// The folder; it need not be there.
    pub path: String,
    /// What it holds, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// Answer of `desktop|hello`, the page's first call.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// Version of the app.
    pub version: String,
    /// The system's language, as a BCP 47 tag.
    pub locale: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    /// Is it known where newer versions are told of? Nothing is shown of them else.
    pub updates: bool,
    /// Can a newer version take the place of this one by itself? Else the page of that
    /// version is where to get it.
    pub installs_updates: bool,
    /// What happened at start.
    pub notices: Vec<Notice>,
}

/// What the page is given before its first call, so that it shows itself at
/// once: the first answer of the shell comes a tenth of a second later. As it
/// was when the window opened; a page that is loaded again asks anew.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Boot {
    /// As `desktop|hello` answers.
    pub hello: Hello,
    /// As `settings|get` answers.
    pub settings: Settings,
    /// As `providers|list` answers.
    pub providers: Vec<Provider>,
}
