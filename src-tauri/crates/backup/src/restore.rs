//! A set is brought back: gathered in the home, and checked, before anything moves.

use std::collections::BTreeSet;
use std::path::Path;

use history::contents;
use protocol::Settings;
use serde::{Deserialize, Serialize};

use crate::disk::{copy, make_folder, remove, write_new};
use crate::folder::Folder;
use crate::make::HOME_PICTURES;
use crate::manifest::{DATABASE, KeyOf, PICTURES, SETTINGS};
use crate::pending::{Pending, Phase, pending, staging, write};
use crate::sets::{Read, name_of};
use crate::state::STATE;
use crate::{Error, GoesOn, Progress, Why};

/// What is to be brought back.
pub struct Wanted<'a> {
    /// The folder of backups.
    pub folder: &'a Folder,
    /// The set; the newest where none is named.
    pub set: Option<&'a str>,
    /// Pictures that are missing or altered are left out; else nothing is brought back.
    pub without_broken: bool,
}

/// Gathers a set in a home and holds every file against its hash. Nothing else in the home
/// is changed: [`finish`](crate::finish) moves it to its place, when no process uses the
/// home. How many pictures were left out.
///
/// # Errors
/// [`Why::NoSet`], [`Why::Altered`], [`Why::Missing`], [`Why::Newer`], [`Why::Full`],
/// [`Why::Stopped`], the system's. Nothing is left in the home then.
pub fn prepare(wanted: &Wanted<'_>, home: &Path, goes_on: GoesOn<'_>) -> Result<u64, Error> {
    if let Some(Pending { phase, .. }) = pending(home)
        && phase != Phase::Ready
    {
        // One that stopped amid moving is seen to at the next start.
        return Err(Error::new(home, Why::HomeInUse));
    }
    crate::pending::end(home)?;
    let gathered = gather(wanted, home, goes_on);
    if gathered.is_err() {
        let _ = remove(&staging(home));
    }
    gathered
}

fn gather(wanted: &Wanted<'_>, home: &Path, goes_on: GoesOn<'_>) -> Result<u64, Error> {
    let folder = wanted.folder;
    let set = Read::of(folder, &name_of(folder, wanted.set)?)?;
    let into = staging(home);
    make_folder(&into)?;
    let of_pictures = set.list.values().map(|of| of.bytes).sum::<u64>();
    let mut gathering = Gathering {
        folder,
        goes_on,
        done: 0,
        total: of_pictures
            + set
                .manifest
                .files
                .values()
                .map(|file| file.bytes)
                .sum::<u64>(),
    };
    for ((from, file), name) in set.files().zip(set.manifest.files.keys()) {
        if name == PICTURES {
            continue;
        }
        let to = into.join(name);
        to.parent().map_or(Ok(()), make_folder)?;
        gathering.file(&from, &to, &file.sha256)?;
    }
    // A history that this version cannot read is not brought back.
    let database = into.join(DATABASE);
    let found = contents(&database).map_err(|error| Error::history(&database, error))?;
    let pictures = into.join(HOME_PICTURES);
    make_folder(&pictures)?;
    let mut without = 0;
    for hash in set.list.keys() {
        let to = pictures.join(hash);
        match gathering.file(&folder.picture(hash), &to, hash) {
            Err(Error {
                why: Why::Altered(_) | Why::Missing(_),
                ..
            }) if wanted.without_broken => {
                remove(&to)?;
                without += 1;
            }
            done => done?,
        }
    }
    settings(&into, home)?;
    let state = home.join(STATE);
    if state.exists() {
        let text = std::fs::read(&state).map_err(|error| Error::io(&state, &error))?;
        write_new(&into.join(STATE), &text)?;
    }
    let here = contents(&home.join(DATABASE)).unwrap_or_default().keys;
    let here: BTreeSet<_> = here.into_iter().map(|key| key.id).collect();
    let keys = found.keys.into_iter().filter(|key| !here.contains(&key.id));
    let ready = Pending {
        at: set.manifest.at,
        keys: keys
            .map(|key| KeyOf {
                id: key.id,
                provider: key.provider,
                label: key.label,
            })
            .collect(),
        phase: Phase::Ready,
    };
    write(home, &ready)?;
    Ok(without)
}

struct Gathering<'a> {
    folder: &'a Folder,
    goes_on: GoesOn<'a>,
    done: u64,
    total: u64,
}

impl Gathering<'_> {
    /// Copies a file that should have this hash.
    fn file(&mut self, from: &Path, to: &Path, sha256: &str) -> Result<(), Error> {
        let of =
            |why: fn(String) -> Why| Error::new(self.folder.path(), why(self.folder.shown(from)));
        if !from.is_file() {
            return Err(of(Why::Missing));
        }
        let (goes_on, done, total) = (&mut self.goes_on, &mut self.done, self.total);
        let copied = copy(from, to, &mut |bytes| {
            *done += bytes;
            let done = (*done).min(total);
            goes_on(Progress { done, total })
        });
        match copied {
            Ok(Some(hashed)) if hashed.sha256 == sha256 => Ok(()),
            Ok(None) => Err(Error::new(self.folder.path(), Why::Stopped)),
            Ok(Some(_)) => Err(of(Why::Altered)),
            // What cannot be read is no more what it was.
            Err(error) if error.path == from => Err(of(Why::Altered)),
            Err(error) => Err(error),
        }
    }
}

/// The form of `settings.json`.
#[derive(Serialize, Deserialize)]
struct File {
    settings: Settings,
}

/// What belongs to this machine stays as it is in its home: how requests leave it, and
/// where its backups go. Settings that this version does not know are left out.
fn settings(into: &Path, home: &Path) -> Result<(), Error> {
    let path = into.join(SETTINGS);
    let read = |path: &Path| -> Option<File> {
        let text = std::fs::read(path).ok()?;
        serde_json::from_slice(&text).ok()
    };
    let here = read(&home.join(SETTINGS)).map(|file| file.settings);
    let here = here.unwrap_or_default();
    let brought = read(&path).map_or_else(|| here.clone(), |file| file.settings);
    let settings = Settings {
        network: here.network,
        backup: here.backup,
        ..brought
    };
    remove(&path)?;
    let text = serde_json::to_vec_pretty(&File { settings }).unwrap_or_default();
    write_new(&path, &text).map(drop)
}
