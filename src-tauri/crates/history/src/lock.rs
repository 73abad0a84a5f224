//! Who uses a history: everybody a little, one alone for a moment.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;
use crate::files::beside;

/// How long another process may have the history alone before this one gives up: a
/// migration takes less, a version that shares it with nobody has it to its end.
const PATIENCE: Duration = Duration::from_secs(2);

/// A file that every process which uses the history holds: shared while it is
/// used, exclusive to migrate it, to check it, or to set it aside.
pub(crate) struct Lock(File);

/// How it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// Nobody else uses the history, until [`Lock::share`].
    Alone,
    /// Others may.
    Shared,
}

impl Lock {
    /// Takes `<file>.lock`, alone where that is possible. Without locks in the file
    /// system there is none, and the caller counts as alone.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process has it alone for longer than a
    /// migration takes, [`Error::Storage`].
    pub fn take(path: &Path) -> Result<(Option<Self>, Held), Error> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(path, ".lock"))
            .map_err(|error| Error::storage(path, error))?;
        let patience = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok((Some(Self(file)), Held::Alone)),
                Err(TryLockError::Error(_)) => return Ok((None, Held::Alone)),
                Err(TryLockError::WouldBlock) => {}
            }
            if file.try_lock_shared().is_ok() {
                return Ok((Some(Self(file)), Held::Shared));
            }
            if Instant::now() > patience {
                let path = path.to_owned();
                return Err(Error::InUse { path });
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Lets others in.
    ///
    /// # Errors
    /// The system's.
    pub fn share(&self) -> std::io::Result<()> {
        // On Unix one lock becomes the other, not in one step: another process may
        // come between and find nothing to do. On Windows the first must go.
        #[cfg(windows)]
        self.0.unlock()?;
        self.0.lock_shared()
    }
}
