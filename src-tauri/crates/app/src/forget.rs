//! Forgetting everything: keys, home, what starts with the session. What could not be
//! removed is named, and what was not tried is not claimed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use protocol::{ErrorCode, IpcError};
use renditions::blocking::blocking;

use crate::{App, Home, IDENTIFIER};

/// How the names of what the app keeps in a home begin. A folder that a person named may
/// hold other things, which stay.
const OURS: [&str; 9] = [
    "dragoman.db",
    "settings.json",
    ".settings-",
    "allowed.json",
    "pictures",
    "updates.json",
    "backup.json",
    "restore.json",
    "before-restore-",
];

/// As above, to the end of the name.
const OUR_FOLDERS: [&str; 3] = ["plugins", "restore", WEB_VIEW];

/// What a web view keeps; it may be written as long as a window was shown.
const WEB_VIEW: &str = "webview";

impl App {
    /// Can everything be forgotten? Asked before the person is.
    ///
    /// # Errors
    /// [`ErrorCode::HomeInUse`].
    pub fn may_forget(&self) -> Result<(), IpcError> {
        // One that is not kept may be another's, or of a newer version.
        if self.history.is_kept() && !self.history.is_shared() {
            return Ok(());
        }
        Err(IpcError::new(
            ErrorCode::HomeInUse,
            "Nothing was removed: another Dragoman uses these files, a window or dragoman-cli, \
             or they cannot be opened. Close the other, start again, then try once more.",
        ))
    }

    /// Removes every key of the app's from the keyring, orphans included, and what it keeps
    /// in `home` but for what a web view holds open. Answers that are being written end, and
    /// nothing is kept any more: the process is to end, and [`remove_rest`] to follow.
    ///
    /// # Errors
    /// [`ErrorCode::HomeInUse`] and the keyring's: nothing is removed, and all goes on.
    /// [`ErrorCode::NotForgotten`]: what is left; all that is not named is gone.
    pub async fn forget_everything(&self, home: &Path) -> Result<(), IpcError> {
        self.may_forget()?;
        let entries = self.accounts.kept_keys().await?;
        // That what it wrote last cannot be kept is no reason to keep the rest.
        let _ = self.chat.end().await;
        let mut left = entries.len();
        for entry in &entries {
            if let Err(error) = self.accounts.forget_kept_key(entry).await {
                let message = format!(
                    "Of {} keys {left} are still in the keyring ({error}), and nothing else was \
                     removed. Start Dragoman again, then try once more.",
                    entries.len()
                );
                return Err(IpcError::new(ErrorCode::NotForgotten, message)
                    .arg("why", "keys")
                    .arg("keys", left)
                    .arg("reason", error));
            }
            left -= 1;
        }
        let home = home.to_owned();
        let removed = move || remove(&home, |name| name != WEB_VIEW);
        blocking("Removing the files", removed).await
    }
}

/// Removes all that is left of a home of which everything was forgotten, and the home
/// itself where nothing else lies in it. Blocking.
///
/// # Errors
/// [`ErrorCode::NotForgotten`].
pub fn remove_rest(home: &Home) -> Result<(), IpcError> {
    let Some(data) = home.data() else {
        return Ok(());
    };
    remove(&data, |_| true)?;
    remove_set_aside(&data)?;
    // What starts with the session starts the app of the usual home.
    if home.named().is_none()
        && let Some(entry) = autostart()
    {
        gone(&entry, fs::remove_file(&entry))?;
    }
    // Not where something else lies in it.
    let _ = fs::remove_dir(&data);
    Ok(())
}

/// Removes what was set aside beside a home as backups were brought back.
fn remove_set_aside(home: &Path) -> Result<(), IpcError> {
    let Some((folder, name)) = home.parent().zip(home.file_name()) else {
        return Ok(());
    };
    let start = format!("{}{}", name.to_string_lossy(), backup::ASIDE);
    let mut outcome = Ok(());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&start) {
            let path = entry.path();
            outcome = outcome.and(gone(&path, fs::remove_dir_all(&path)));
        }
    }
    outcome
}

/// Where the desktop would find the app to start it with the session.
fn autostart() -> Option<PathBuf> {
    let name = format!("{IDENTIFIER}.desktop");
    cfg!(target_os = "linux").then(|| Some(dirs::config_dir()?.join("autostart").join(name)))?
}

/// How many bytes a home holds. Blocking.
pub fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            // Of the entry itself: no link is followed.
            Ok(found) if found.is_dir() => size_of(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Removes what is ours in a folder and `wanted`; goes on where one cannot be removed.
fn remove(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<(), IpcError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return gone(folder, Err(error)),
    };
    let mut outcome = Ok(());
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours =
            OURS.iter().any(|ours| name.starts_with(ours)) || OUR_FOLDERS.contains(&name.as_ref());
        if !is_ours || !wanted(&name) {
            continue;
        }
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let removed = match is_folder {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        outcome = outcome.and(gone(&path, removed));
    }
    outcome
}

/// What is not there need not be removed.
fn gone(path: &Path, removed: io::Result<()>) -> Result<(), IpcError> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let path = path.display();
            let message = format!(
                "{path} could not be removed: {error}. The keys are gone from the keyring. Close \
                 Dragoman, then remove it yourself."
            );
            Err(IpcError::new(ErrorCode::NotForgotten, message)
                .arg("why", "files")
                .arg("path", path)
                .arg("reason", error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_goes_and_what_else_lies_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let beside = |name: &str| root.path().join(name);
        let folder = beside("home");
        for name in ["home", "home.before-restore-x", "homes"] {
            fs::create_dir(beside(name)).unwrap();
        }
        let at = |name: &str| folder.join(name);
        for name in [
            "dragoman.db",
            "dragoman.db-wal",
            "dragoman.db.run-1",
            "dragoman.db.broken-1",
            "settings.json",
            "settings.json.last-good",
            ".settings-x.tmp",
            "allowed.json",
            "backup.json",
            "restore.json",
            "restore my notes.txt",
            "holiday.jpg",
            "plugins of mine",
        ] {
            fs::write(at(name), "12345").unwrap();
        }
        for name in [
            "dragoman.db.pictures",
            "pictures",
            "plugins",
            "webview",
            "restore",
            "mine",
        ] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("x"), "12345").unwrap();
        }
        assert_eq!(size_of(&folder), 19 * 5);
        remove(&folder, |name| name != WEB_VIEW).unwrap();
        assert!(at("webview").exists());
        let home = Home::at(&folder);
        remove_rest(&home).unwrap();
        let mut left: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [
                "holiday.jpg",
                "mine",
                "plugins of mine",
                "restore my notes.txt"
            ]
        );
        for other in left {
            let path = at(&other);
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        remove_rest(&home).unwrap();
        assert!(!folder.exists());
        assert!(beside("homes").exists() && !beside("home.before-restore-x").exists());
        // Nothing is there to be removed.
        remove_rest(&home).unwrap();
    }

    #[test]
    fn what_cannot_be_removed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let no_folder = folder.path().join("home");
        fs::write(&no_folder, "not a folder").unwrap();
        let error = remove_rest(&Home::at(&no_folder)).unwrap_err();
        assert_eq!(error.code, ErrorCode::NotForgotten);
        assert_eq!(error.args["path"], no_folder.display().to_string());
        assert!(error.message.contains("remove it yourself"));
    }
}
