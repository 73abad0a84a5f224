//! Whether what lies in a folder is what was written there.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::disk::hash;
use crate::fault::Fault;
use crate::folder::Folder;
use crate::sets::{Read, name_of};
use crate::{Error, GoesOn, Progress, Why};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Sets that were checked, newest first, and what is wrong with each.
    pub sets: Vec<(String, Vec<Fault>)>,
    /// Files that were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Checked {
    /// Is everything as it should be?
    pub fn is_whole(&self) -> bool {
        self.sets.iter().all(|(_, faults)| faults.is_empty())
    }
}

/// Reads every file of a set, or of all, and holds it against its hash. What several sets
/// share is read once.
///
/// # Errors
/// [`Why::NoSet`], [`Why::Stopped`], the system's.
pub fn check(folder: &Folder, name: Option<&str>, goes_on: GoesOn<'_>) -> Result<Checked, Error> {
    let newest = name_of(folder, name)?;
    let mut names = match name {
        Some(_) => vec![newest],
        None => folder.set_names()?,
    };
    names.reverse();
    let mut checked = Checked::default();
    // What every file should be; a picture's name is its hash.
    let mut wanted: BTreeMap<PathBuf, (u64, String)> = BTreeMap::new();
    let mut of_set = Vec::new();
    for name in names {
        match Read::of(folder, &name) {
            Ok(read) => {
                let files = read
                    .files()
                    .map(|(path, file)| (path, file.bytes, file.sha256.clone()));
                let pictures = read.list.iter();
                let pictures =
                    pictures.map(|(hash, of)| (folder.picture(hash), of.bytes, hash.clone()));
                let all: Vec<_> = files.chain(pictures).collect();
                let paths = all
                    .iter()
                    .map(|(path, ..)| path.clone())
                    .collect::<Vec<_>>();
                wanted.extend(
                    all.into_iter()
                        .map(|(path, bytes, hash)| (path, (bytes, hash))),
                );
                of_set.push((name, paths, Vec::new()));
            }
            Err(error) => {
                let fault = Fault::of(folder, &folder.set(&name), &error);
                of_set.push((name, Vec::new(), vec![fault]));
            }
        }
    }
    let total = wanted.values().map(|(bytes, _)| bytes).sum();
    let mut faults: BTreeMap<PathBuf, Fault> = BTreeMap::new();
    for (path, (bytes, sha256)) in &wanted {
        let before = checked.bytes;
        let mut more = |count: u64| {
            checked.bytes += count;
            let done = checked.bytes.min(total);
            goes_on(Progress { done, total })
        };
        checked.files += 1;
        let fault = match hash(path, &mut more) {
            Ok(Some(found)) if found.bytes == *bytes && found.sha256 == *sha256 => None,
            Ok(Some(_)) => Some(Fault::altered(folder, path)),
            Ok(None) => return Err(Error::new(folder.path(), Why::Stopped)),
            Err(_) if fs::symlink_metadata(path).is_err() => Some(Fault::missing(folder, path)),
            Err(_) => Some(Fault::altered(folder, path)),
        };
        if checked.bytes == before
            && !goes_on(Progress {
                done: before.min(total),
                total,
            })
        {
            return Err(Error::new(folder.path(), Why::Stopped));
        }
        faults.extend(fault.map(|fault| (path.clone(), fault)));
    }
    checked.sets = of_set
        .into_iter()
        .map(|(name, paths, mut found)| {
            found.extend(paths.iter().filter_map(|path| faults.get(path)).cloned());
            (name, found)
        })
        .collect();
    Ok(checked)
}
