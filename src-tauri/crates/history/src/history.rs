use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::Error;
use crate::answer::{Pending, pending};
use crate::basics::locked;
use crate::error::Inner;
use crate::lock::Lock;
use crate::place::{Place, Reader, Writer};
use crate::store::Store;
use crate::threads::Threads;
use crate::worker::Worker;

/// The history, open. All clones are one.
///
/// One thread writes, grouping what waits into one transaction; a few read beside
/// it. Nothing that a call does runs on the thread of its caller.
#[derive(Clone)]
pub struct History(Arc<Shared>);

pub(crate) struct Shared {
    pub place: Arc<Place>,
    pub threads: Mutex<Option<Threads>>,
    pub tending: Mutex<Option<Worker>>,
    /// The last run ended without closing the history.
    pub unclean: bool,
    _lock: Option<Lock>,
}

impl History {
    pub(crate) fn new(
        place: Arc<Place>,
        threads: Threads,
        unclean: bool,
        lock: Option<Lock>,
    ) -> Self {
        Self(Arc::new(Shared {
            place,
            threads: Mutex::new(Some(threads)),
            tending: Mutex::default(),
            unclean,
            _lock: lock,
        }))
    }

    pub(crate) fn of(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    pub(crate) fn place(&self) -> &Arc<Place> {
        &self.0.place
    }

    /// Where the file is; `:memory:` for one that is not kept.
    pub fn path(&self) -> &Path {
        &self.0.place.path
    }

    /// Is it kept beyond this run?
    pub fn is_kept(&self) -> bool {
        matches!(self.0.place.store, Store::Folder(_))
    }

    /// The id of this run of the app.
    pub fn run(&self) -> &str {
        self.0.place.runs.own()
    }

    /// Is the file in use by another process? Blocking.
    pub fn is_shared(&self) -> bool {
        self.place().runs.has_others()
    }

    /// Reads, beside what is being written.
    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Pending<T> {
        let (sender, answer) = pending(self.place());
        let job = Box::new(move |reader: &Reader<'_>| {
            sender.send(work(reader));
        });
        if let Some(threads) = self.threads().as_ref() {
            threads.read(job);
        }
        answer
    }

    /// Writes, after all that was given to write before. When the answer is there
    /// the change is on the disk.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Pending<T> {
        *locked(&self.place().written) = Some(Instant::now());
        self.write_beside(work)
    }

    /// As [`History::write`], but no reason for what can wait to wait.
    pub(crate) fn write_beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Pending<T> {
        let (sender, answer) = pending(self.place());
        if let Some(threads) = self.threads().as_ref() {
            threads.write(work, sender);
        }
        answer
    }

    /// Was nothing given to write for so long?
    pub(crate) fn is_idle(&self, long: Duration) -> bool {
        locked(&self.place().written).is_none_or(|at| at.elapsed() > long)
    }

    /// Changes whenever another process has changed the file.
    pub(crate) fn data_version(&self) -> Pending<i64> {
        self.alone(|connection| {
            Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
        })
    }

    /// Runs outside of any transaction, on the connection that writes.
    pub(crate) fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Inner> + Send + 'static,
    ) -> Pending<T> {
        let (sender, answer) = pending(self.place());
        let place = Arc::clone(self.place());
        if let Some(threads) = self.threads().as_ref() {
            threads.alone(Box::new(move |connection| {
                sender.send(work(connection).map_err(|error| error.at(&place.path)));
            }));
        }
        answer
    }

    /// Closes the history: what was given to write is written, `-wal` is emptied,
    /// and every later call fails. Nothing of this run is left for the next to mend.
    pub fn close(&self) -> Pending<()> {
        let (sender, answer) = pending(self.place());
        let shared = Arc::clone(&self.0);
        let closing = std::thread::Builder::new().name("history-close".into());
        let _ = closing.spawn(move || {
            let tending = locked(&shared.tending).take();
            drop(tending);
            let threads = locked(&shared.threads).take();
            let closed = threads.map_or(Ok(()), Threads::close);
            if closed.is_ok() {
                shared.place.runs.end();
            }
            sender.send(closed.map_err(|error| error.at(&shared.place.path)));
        });
        answer
    }

    fn threads(&self) -> MutexGuard<'_, Option<Threads>> {
        locked(&self.0.threads)
    }
}

/// Shows where, not what.
impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("History").field(&self.path()).finish()
    }
}
