//! What was seen of earlier checks, in `updates.json`: so that an answer that was good
//! once is not passed off as today's.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Kept {
    /// When was last asked, in seconds since 1970.
    asked: i64,
    /// When the newest answer that was believed had been issued.
    issued: i64,
}

#[derive(Debug)]
pub(crate) struct Seen {
    file: PathBuf,
    kept: Mutex<Kept>,
}

impl Seen {
    /// Reads it; what cannot be read was never seen.
    pub fn open(data: &Path) -> Self {
        let file = data.join("updates.json");
        let text = fs::read(&file).unwrap_or_default();
        Self {
            kept: Mutex::new(serde_json::from_slice(&text).unwrap_or_default()),
            file,
        }
    }

    pub fn asked(&self) -> i64 {
        self.lock().asked
    }

    pub fn issued(&self) -> i64 {
        self.lock().issued
    }

    /// It is asked now.
    pub fn ask(&self, now: i64) {
        self.change(|kept| kept.asked = now);
    }

    /// An answer was believed.
    pub fn believe(&self, issued: i64) {
        self.change(|kept| kept.issued = issued);
    }

    /// What cannot be written holds for this run.
    fn change(&self, how: impl FnOnce(&mut Kept)) {
        let mut kept = self.lock();
        how(&mut kept);
        let _ = write(&self.file, *kept);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Under another name first: an end amid it leaves the file as it was.
fn write(file: &Path, kept: Kept) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let new = tempfile::Builder::new()
        .prefix("updates.json.")
        .tempfile_in(folder)?;
    serde_json::to_writer(new.as_file(), &kept)?;
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}
