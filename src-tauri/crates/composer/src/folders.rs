//! Folders that were dropped: looked through, and asked about.

use std::{
    cmp::Ordering,
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use protocol::FolderEvent;

/// Files that are taken at once.
const MOST: usize = 200;

/// Entries that are looked at: a home folder has a million.
const LOOKED_AT: usize = 50_000;

/// Folders within folders that are looked into.
const DEEP: usize = 16;

/// What pictures, PDFs and videos end in; what a file is, its bytes say.
const ENDINGS: [&str; 24] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "bmp", "tif", "tiff", "ico",
    "avif", "heic", "heif", "hif", "svg", "svgz", "pdf", "mp4", "mov", "webm", "avi", "m4v",
];

/// Folders that wait for the person's word, by id. Cheap to clone; clones are one.
#[derive(Clone, Default)]
pub struct Folders(Arc<Mutex<HashMap<String, Vec<PathBuf>>>>);

impl Folders {
    /// Looks through a folder; what of it is asked. Hidden files stay out, and no
    /// link is followed. Blocking.
    pub fn look(&self, folder: &Path) -> FolderEvent {
        let (files, more) = files(folder);
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        self.ask(name.to_string_lossy().into_owned(), files, more)
    }

    /// Asks about files that came together, where they are more than are taken at
    /// once; gives them back where they are not.
    ///
    /// # Errors
    /// The question, where there is one.
    pub fn check(&self, files: Vec<PathBuf>) -> Result<Vec<PathBuf>, FolderEvent> {
        if files.len() <= MOST {
            return Ok(files);
        }
        let folder = files.first().and_then(|file| file.parent());
        let name = folder.and_then(Path::file_name).unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let mut files = files;
        files.truncate(MOST);
        Err(self.ask(name, files, true))
    }

    fn ask(&self, name: String, files: Vec<PathBuf>, more: bool) -> FolderEvent {
        let id = uuid::Uuid::now_v7().to_string();
        let event = FolderEvent {
            id: id.clone(),
            name,
            // At most 200.
            files: u32::try_from(files.len()).unwrap_or(u32::MAX),
            more,
        };
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.insert(id, files);
        event
    }

    /// Its files, sorted as people sort; none when it was answered already. It is
    /// not asked about any more.
    pub fn take(&self, id: &str) -> Vec<PathBuf> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(id).unwrap_or_default()
    }
}

/// The pictures and videos in a folder, and whether there are more.
fn files(folder: &Path) -> (Vec<PathBuf>, bool) {
    let mut found = Vec::new();
    let mut more = false;
    let mut looked_at = 0;
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        // One that cannot be read has nothing to offer.
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            looked_at += 1;
            if looked_at > LOOKED_AT {
                more = true;
                break;
            }
            // Of the entry itself: a link is neither file nor folder.
            let (Ok(kind), name) = (entry.file_type(), entry.file_name()) else {
                continue;
            };
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                if depth < DEEP {
                    folders.push((entry.path(), depth + 1));
                } else {
                    more = true;
                }
            } else if kind.is_file() && is_listed(&entry.path()) {
                found.push(entry.path());
            }
        }
    }
    found.sort_by(|a, b| naturally(&a.to_string_lossy(), &b.to_string_lossy()));
    more |= found.len() > MOST;
    found.truncate(MOST);
    (found, more)
}

/// Does its name end as those of pictures, PDFs and videos do?
pub(crate) fn is_listed(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// As people sort: `2.png` before `10.png`, whatever the case.
fn naturally(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            // The shorter first; of two that read the same, any order that is one.
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number, after) = number(left);
            let (other, other_after) = self::number(right);
            (left, right) = (after, other_after);
            let long = number.len().cmp(&other.len());
            long.then_with(|| number.cmp(other))
        } else {
            left = left.get(x.len_utf8()..).unwrap_or_default();
            right = right.get(y.len_utf8()..).unwrap_or_default();
            x.to_lowercase().cmp(y.to_lowercase())
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The digits that a text begins with, without zeros before them; and what follows.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, after) = text.split_at(end.unwrap_or(text.len()));
    (digits.trim_start_matches('0'), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_files_than_a_folder_may_give_are_asked_about_too() {
        let folders = Folders::default();
        let files = |count: usize| -> Vec<PathBuf> {
            (0..count)
                .map(|number| PathBuf::from(format!("/home/a/Holiday/{number}.png")))
                .collect()
        };
        assert_eq!(folders.check(files(200)).unwrap(), files(200));
        let asked = folders.check(files(5000)).unwrap_err();
        assert_eq!(
            (asked.name.as_str(), asked.files, asked.more),
            ("Holiday", 200, true)
        );
        assert_eq!(folders.take(&asked.id), files(200));
    }

    #[test]
    fn a_folder_is_looked_through_as_people_would() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("Holiday");
        let elsewhere = folder.path().join("elsewhere");
        for deep in [root.join("b"), root.join(".git"), elsewhere.clone()] {
            fs::create_dir_all(deep).unwrap();
        }
        for name in [
            "10.png",
            "9.JPG",
            "a.txt",
            ".hidden.png",
            "b/1.mov",
            ".git/x.png",
            "noending",
            "B2.png",
        ] {
            fs::write(root.join(name), "x").unwrap();
        }
        fs::write(elsewhere.join("secret.png"), "x").unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&elsewhere, root.join("out")).unwrap();
            std::os::unix::fs::symlink(elsewhere.join("secret.png"), root.join("s.png")).unwrap();
            std::os::unix::fs::symlink(&root, root.join("b/round")).unwrap();
        }
        let folders = Folders::default();
        let event = folders.look(&root);
        assert_eq!(
            (event.name.as_str(), event.files, event.more),
            ("Holiday", 4, false)
        );
        let taken = folders.take(&event.id);
        let expected = ["9.JPG", "10.png", "b/1.mov", "B2.png"].map(|name| root.join(name));
        assert_eq!(taken, expected);
        assert_eq!(folders.take(&event.id), Vec::<PathBuf>::new());
        assert_eq!(folders.look(&root.join("nowhere")).files, 0);
    }

    #[test]
    fn of_many_files_the_first_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        for n in 1..=MOST + 1 {
            fs::write(folder.path().join(format!("shot {n}.png")), "x").unwrap();
        }
        let folders = Folders::default();
        let event = folders.look(folder.path());
        assert_eq!((event.files as usize, event.more), (MOST, true));
        let last = folders.take(&event.id).pop().unwrap();
        assert_eq!(last.file_name().unwrap(), "shot 200.png");
    }
}
