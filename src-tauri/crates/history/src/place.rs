//! Where a history is, and what may be asked of it and changed in it there.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rusqlite::Connection;

use crate::Error;
use crate::error::Inner;
use crate::run::Runs;
use crate::store::Store;

/// Where a history is.
pub(crate) struct Place {
    /// The file; `:memory:` for one that is not kept.
    pub path: PathBuf,
    /// The bytes of pictures and videos.
    pub store: Store,
    /// Which run this is, and which others go on.
    pub runs: Runs,
    /// When something was last given to write; `None` at first.
    pub written: Mutex<Option<Instant>>,
    /// Renditions were kept since their bound was looked at.
    pub renditions: AtomicBool,
    /// The index for search is damaged, and has to be made anew.
    pub index_damaged: AtomicBool,
}

impl Place {
    /// Notes an error of the index: one that is damaged is made anew beside the work.
    pub fn index_trouble(&self, error: &Error) {
        if error.is_damage() {
            self.index_damaged.store(true, Ordering::Relaxed);
        }
    }
}

/// What may be asked of the history.
pub struct Reader<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) place: &'a Place,
}

/// What may be changed in the history. All that one call changes is kept, or
/// nothing of it.
pub struct Writer<'a>(pub(crate) Reader<'a>);

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.0
    }
}

impl Reader<'_> {
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Inner>,
    ) -> Result<T, Error> {
        work(self.connection).map_err(|error| error.at(&self.place.path))
    }
}
