//! What was gathered takes the place of what is in the home, which is set aside. Each step
//! can be begun again: who ends amid it goes on at the next start.

use std::fs;
use std::path::{Path, PathBuf};

use history::Alone;
use protocol::Millis;
use protocol::dates::{file_name, now};

use crate::disk::{make_folder, names, remove, rename, sync_folder};
use crate::make::HOME_PICTURES;
use crate::manifest::{DATABASE, KeyOf, PLUGINS, SETTINGS};
use crate::pending::{Pending, Phase, end, pending, staging, write};
use crate::{Error, Why};

/// Where a home is set aside: beside it, its name with this and the time.
pub const ASIDE: &str = ".before-restore-";

/// A set that was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When it was made.
    pub at: Millis,
    /// Where what was in the home is now; `None` where there was nothing.
    pub aside: Option<PathBuf>,
    /// Keys that are to be entered again.
    pub keys: Vec<KeyOf>,
}

/// Ends a restore that was prepared in a home, where one was.
///
/// # Errors
/// [`Why::HomeInUse`]: nothing was moved. The system's: what was moved stays where it is,
/// and the next call goes on; until then the home is not to be used.
pub fn finish(home: &Path) -> Result<Option<Restored>, Error> {
    if pending(home).is_none() {
        return Ok(None);
    }
    let in_home = |error| match Error::history(home, error) {
        Error {
            why: Why::History(reason),
            path,
        } => Error::new(&path, Why::System(reason)),
        error => error,
    };
    let alone = Alone::take(&home.join(DATABASE)).map_err(in_home)?;
    // Another process may have done it meanwhile.
    let restored = pending(home).map(|pending| run(home, pending));
    drop(alone);
    restored.transpose()
}

/// Gives up a restore of which nothing was moved; whether it could be.
///
/// # Errors
/// The system's.
pub fn discard(home: &Path) -> Result<bool, Error> {
    match pending(home) {
        Some(Pending { phase, .. }) if phase != Phase::Ready => Ok(false),
        _ => end(home).map(|()| true),
    }
}

fn run(home: &Path, mut pending: Pending) -> Result<Restored, Error> {
    if pending.phase == Phase::Ready {
        pending.phase = Phase::Aside(place_aside(home)?);
        write(home, &pending)?;
    }
    if let Phase::Aside(aside) = &pending.phase {
        make_folder(aside)?;
        for name in names(home)?.into_iter().filter(|name| goes_aside(name)) {
            move_to(&home.join(&name), &aside.join(&name))?;
        }
        sync_folder(aside);
        // Where there was nothing the folder is empty, and goes.
        let is_empty = fs::remove_dir(aside).is_ok();
        pending.phase = Phase::Place((!is_empty).then(|| aside.clone()));
        write(home, &pending)?;
    }
    let staging = staging(home);
    for name in names(&staging)? {
        move_to(&staging.join(&name), &home.join(&name))?;
    }
    sync_folder(home);
    end(home)?;
    let aside = match pending.phase {
        Phase::Place(aside) => aside,
        Phase::Ready | Phase::Aside(_) => None,
    };
    Ok(Restored {
        at: pending.at,
        aside,
        keys: pending.keys,
    })
}

/// Moves something to where nothing should be; what is there is in the way of a second
/// try only, and is kept beside it.
fn move_to(from: &Path, to: &Path) -> Result<(), Error> {
    if to.exists() {
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{}", uuid::Uuid::now_v7().simple()));
        rename(to, Path::new(&name))?;
    }
    rename(from, to)
}

/// Does what is called so make way? Not what every process holds, nor what belongs to this
/// machine: what was allowed on it, what the web view keeps.
fn goes_aside(name: &str) -> bool {
    let is_lock = name.ends_with(".lock");
    let is_ours = name.starts_with(DATABASE) || name.starts_with(SETTINGS);
    let is_folder = name == HOME_PICTURES || name == PLUGINS;
    (is_ours && !is_lock) || is_folder || name == crate::state::STATE
}

/// A folder for what is in a home: beside it, or in it where that cannot be.
fn place_aside(home: &Path) -> Result<PathBuf, Error> {
    let name = home.file_name().unwrap_or_default().to_string_lossy();
    let time = file_name(now());
    let beside = home.with_file_name(format!("{name}{ASIDE}{time}"));
    let inside = home.join(format!("{}{time}", ASIDE.trim_start_matches('.')));
    // What is renamed stays on one disk, so it is tried.
    let probe = home.join(format!("restore-{}.part", uuid::Uuid::now_v7().simple()));
    let try_beside = || -> Result<(), Error> {
        make_folder(&beside)?;
        make_folder(&probe)?;
        rename(&probe, &beside.join("probe"))?;
        remove(&beside.join("probe"))
    };
    let tried = if home.parent().is_some() {
        try_beside()
    } else {
        Err(Error::new(home, Why::ReadOnly))
    };
    if tried.is_ok() {
        return Ok(beside);
    }
    let _ = remove(&probe);
    let _ = fs::remove_dir(&beside);
    make_folder(&inside)?;
    Ok(inside)
}
