//! `settings.json`, its last good copy, and the lock that its writers hold.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};
use std::{fs, thread};

use protocol::Settings;
use serde_json::{Map, Value, json};

/// The one value in the file.
const KEY: &str = "settings";

/// How long others may hold the lock before this one gives up: a write takes
/// milliseconds, a process that was stopped amid one has it for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// The file of the preferences.
pub(crate) struct SettingsFile(PathBuf);

/// Why a file gives no settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// There is none, or nothing was set in it.
    Missing,
    /// What is in it are no settings of this version.
    Broken,
}

impl SettingsFile {
    /// The file in this folder; neither need be there.
    pub fn new(folder: &Path) -> Self {
        Self(folder.join("settings.json"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What is in it.
    pub fn read(&self) -> Result<Settings, Unreadable> {
        read(&self.0)
    }

    /// Keeps other writers out until the value is dropped. Where the file system has
    /// no locks there is none.
    ///
    /// # Errors
    /// The system's, or that another process holds it for longer than a write takes.
    pub fn lock(&self) -> io::Result<Option<File>> {
        lock(&self.beside("lock"))
    }

    /// Writes the settings, and what was in the file before as the last good copy.
    ///
    /// # Errors
    /// The system's; the file is as it was then.
    pub fn write(&self, settings: &Settings, before: Option<&Settings>) -> io::Result<()> {
        if let Some(before) = before {
            replace(&self.last_good(), &json!({ KEY: before }))?;
        }
        replace(&self.0, &json!({ KEY: settings }))
    }

    /// Moves a file that is broken aside and puts the last good copy in its place.
    /// Where the broken one is now, and what the copy held.
    pub fn set_aside(&self) -> (PathBuf, Option<Settings>) {
        let since = UNIX_EPOCH.elapsed().map_or(0, |time| time.as_millis());
        let aside = self.beside(&format!("corrupt-{since}"));
        let good = read(&self.last_good()).ok();
        if fs::rename(&self.0, &aside).is_ok()
            && let Some(good) = &good
        {
            // When this fails the settings still hold in memory, and the next change writes them.
            let _ = replace(&self.0, &json!({ KEY: good }));
        }
        (aside, good)
    }

    fn last_good(&self) -> PathBuf {
        self.beside("last-good")
    }

    /// A file beside it, of the same name and another ending.
    fn beside(&self, ending: &str) -> PathBuf {
        self.0.with_extension(format!("json.{ending}"))
    }
}

fn read(path: &Path) -> Result<Settings, Unreadable> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => Unreadable::Broken,
        _ => Unreadable::Missing,
    })?;
    let mut stored: Map<String, Value> =
        serde_json::from_str(&text).map_err(|_| Unreadable::Broken)?;
    match stored.remove(KEY) {
        Some(value) => serde_json::from_value(value).map_err(|_| Unreadable::Broken),
        // An earlier version left `{}` at its end when nothing had been set.
        None if stored.is_empty() => Err(Unreadable::Missing),
        None => Err(Unreadable::Broken),
    }
}

/// Holds the lock of this file until the value is dropped. Where the file system has no
/// locks there is none.
///
/// # Errors
/// The system's, or that another process holds it for longer than a write takes.
pub(crate) fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    let patience = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if Instant::now() > patience => {
                return Err(io::Error::other("another Dragoman is writing them"));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// Writes under another name, to the disk, and renames: an end amid it leaves the
/// file as it was.
pub(crate) fn replace(path: &Path, value: &Value) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new()
        .prefix(".settings-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    new.write_all(format!("{value:#}\n").as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    Ok(())
}
