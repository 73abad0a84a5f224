//! Whether there is a newer version: told, and nothing more. Nothing is asked before the
//! person wants it, and nothing is believed that is not signed by who built this.

mod manifest;
mod seen;

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use accounts::Accounts;
use base64::{Engine, prelude::BASE64_STANDARD};
use protocol::{ErrorCode, IpcError, NewVersion};
use serde_json::Value;
use wire::FetchLimits;

use self::manifest::{Number, Refused};
use self::seen::Seen;

/// How much is fetched, and how long it may take.
const FETCHED: FetchLimits = FetchLimits {
    accept: "application/json",
    bytes: 64 * 1024,
    time: Duration::from_secs(15),
};

/// The same, of the program itself.
const DOWNLOADED: FetchLimits = FetchLimits {
    accept: "application/octet-stream",
    bytes: 256 * 1024 * 1024,
    time: Duration::from_secs(60 * 60),
};

/// How long after one check the next is due that nobody pressed for, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// Where newer versions are told of, and by whose key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    url: String,
    key: Vec<u8>,
}

impl Source {
    /// `key` is the public half of an Ed25519 pair, in base64. `None` where it is none.
    pub fn new(url: &str, key: &str) -> Option<Self> {
        let key = BASE64_STANDARD.decode(key).ok()?;
        (key.len() == 32 && !url.is_empty()).then(|| Self {
            url: url.to_owned(),
            key,
        })
    }

    /// The one that this was built with, if it was with any: what a distribution builds
    /// asks nobody, its packages are told of newer versions by other means.
    pub fn built_in() -> Option<Self> {
        Self::new(
            option_env!("DRAGOMAN_UPDATES_URL")?,
            option_env!("DRAGOMAN_UPDATES_KEY")?,
        )
    }
}

/// A newer version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    /// What the person is told.
    pub told: NewVersion,
    /// What each platform downloads, in the form of Tauri's updater; `None` where this
    /// version is told of only.
    pub release: Option<Value>,
}

/// The check for newer versions.
#[derive(Debug)]
pub struct Updates {
    source: Option<Source>,
    running: Number,
    seen: Seen,
}

impl Updates {
    /// What was seen before is kept in the folder `data`; `running` is the number of this
    /// version.
    pub fn open(data: &Path, source: Option<Source>, running: &str) -> Self {
        Self {
            source,
            // One that has no number is older than all that have one.
            running: Number::read(running).unwrap_or_default(),
            seen: Seen::open(data),
        }
    }

    /// Is it known where to ask?
    pub fn is_known(&self) -> bool {
        self.source.is_some()
    }

    /// Is it time to ask without being pressed for it?
    pub fn is_due(&self) -> bool {
        let asked = self.seen.asked();
        // A clock that was set back makes no day longer.
        self.is_known() && !(asked..asked.saturating_add(DAY)).contains(&now())
    }

    /// Asks, and says which version is newer than this one, if one is.
    ///
    /// # Errors
    /// [`ErrorCode::UpdateUnknown`].
    pub async fn check(&self, accounts: &Accounts) -> Result<Option<NewVersion>, IpcError> {
        Ok(self.newer(accounts).await?.map(|newer| newer.told))
    }

    /// As [`Updates::check`], with what each platform downloads of it.
    ///
    /// # Errors
    /// [`ErrorCode::UpdateUnknown`].
    pub async fn newer(&self, accounts: &Accounts) -> Result<Option<Newer>, IpcError> {
        let Some(source) = &self.source else {
            return Err(unknown("malformed", "this build knows nobody to ask"));
        };
        let moment = now();
        self.seen.ask(moment);
        let unreached = |reason: String| unknown("unreached", &reason);
        let settled = accounts.settle(&source.url).await;
        settled.map_err(|error| unreached(error.message))?;
        let fetched = accounts.client().fetch(&source.url, FETCHED).await;
        let fetched = fetched.map_err(|error| unreached(error.to_string()))?;
        let manifest = manifest::read(&fetched, &source.key, moment, self.seen.issued());
        let manifest = manifest.map_err(|refused| unknown(refused.name(), refused.reason()))?;
        self.seen.believe(manifest.issued);
        Ok((manifest.number > self.running).then_some(Newer {
            told: NewVersion {
                version: manifest.version,
                page: manifest.page,
            },
            release: manifest.release,
        }))
    }

    /// Downloads what [`Newer::release`] names for this platform. It is believed by who
    /// installs it, and by its own signature.
    ///
    /// # Errors
    /// [`ErrorCode::UpdateUnknown`].
    pub async fn download(&self, accounts: &Accounts, url: &str) -> Result<Vec<u8>, IpcError> {
        let unreached = |reason: String| unknown("unreached", &reason);
        let settled = accounts.settle(url).await;
        settled.map_err(|error| unreached(error.message))?;
        let fetched = accounts.client().fetch(url, DOWNLOADED).await;
        fetched.map_err(|error| unreached(error.to_string()))
    }
}

fn unknown(why: &str, reason: &str) -> IpcError {
    let message = format!(
        "It could not be learned whether there is a newer version: {reason}. Try again later."
    );
    IpcError::new(ErrorCode::UpdateUnknown, message)
        .arg("why", why)
        .arg("reason", reason)
}

impl Refused {
    /// Its name for the page.
    fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Malformed => "malformed",
            Self::Expired => "expired",
            Self::Older => "older",
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Unsigned => "the answer is not signed by the makers of this app",
            Self::Malformed => "the answer cannot be read",
            Self::Expired => "the answer has expired, or the clock of this computer is wrong",
            Self::Older => "the answer is older than one that came before",
        }
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::UNIX_EPOCH.elapsed();
    since.map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}
