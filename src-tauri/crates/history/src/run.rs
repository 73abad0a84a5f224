//! Runs of the app: each holds a locked file as long as it goes on, so that others
//! can tell which rows have an owner still.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::basics::{locked, new_id};
use crate::files::beside;
use crate::files::make_private;

/// This run of the app, and how the others are found.
pub(crate) struct Runs {
    /// The history's file; `None` where there is none, and nobody else.
    path: Option<PathBuf>,
    own: String,
    /// Held locked, until the run ends.
    file: Mutex<Option<File>>,
}

impl Runs {
    /// A run that nobody else can see.
    pub fn alone() -> Self {
        Self {
            path: None,
            own: new_id(),
            file: Mutex::default(),
        }
    }

    /// Begins a run: its file is locked before it has its name, so that no other
    /// process takes it for a dead one.
    ///
    /// # Errors
    /// The system's.
    pub fn begin(path: &Path) -> std::io::Result<Self> {
        let own = new_id();
        let name = of(path, &own);
        let unnamed = beside(&name, ".new");
        make_private(&unnamed)?;
        let file = OpenOptions::new().write(true).open(&unnamed)?;
        // A file system without locks has no other process to fear.
        let _ = file.try_lock();
        std::fs::rename(&unnamed, &name)?;
        Ok(Self {
            path: Some(path.to_owned()),
            own,
            file: Mutex::new(Some(file)),
        })
    }

    /// The id of this run.
    pub fn own(&self) -> &str {
        &self.own
    }

    /// Does this run go on? Unknown is taken for alive.
    pub fn is_alive(&self, run: &str) -> bool {
        if run == self.own {
            return true;
        }
        let Some(path) = &self.path else {
            return false;
        };
        match File::open(of(path, run)) {
            // Shared, so that two who ask at once do not take each other for it.
            Ok(file) => matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)),
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        }
    }

    /// Runs that left their file behind when they ended.
    pub fn dead(&self) -> BTreeSet<String> {
        let mut named = self.named();
        named.retain(|run| !self.is_alive(run));
        named
    }

    /// Does another run go on?
    pub fn has_others(&self) -> bool {
        let mut named = self.named().into_iter();
        named.any(|run| run != self.own && self.is_alive(&run))
    }

    /// Runs that have a file.
    fn named(&self) -> BTreeSet<String> {
        let Some(path) = &self.path else {
            return BTreeSet::new();
        };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return BTreeSet::new();
        };
        let start = format!("{}{MARK}", name.to_string_lossy());
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|name| name.strip_prefix(&start).map(str::to_owned))
            .filter(|run| !run.ends_with(".new"))
            .collect()
    }

    /// Removes the file of a dead run, whose rows have been seen to.
    pub fn forget(&self, run: &str) {
        if let Some(path) = &self.path {
            // One that stays is looked at again at the next start.
            let _ = std::fs::remove_file(of(path, run));
        }
    }

    /// This run ends, and leaves nothing to see to.
    pub fn end(&self) {
        self.forget(&self.own);
        locked(&self.file).take();
    }
}

const MARK: &str = ".run-";

fn of(path: &Path, run: &str) -> PathBuf {
    beside(path, &format!("{MARK}{run}"))
}
