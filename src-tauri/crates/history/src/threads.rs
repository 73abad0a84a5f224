//! The threads that touch the file: one that writes, and a few that read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::Error;
use crate::answer;
use crate::basics::locked;
use crate::error::Inner;
use crate::place::{Place, Reader, Writer};
use rusqlite::{Connection, InterruptHandle};

/// Calls that share one transaction, at most.
const GROUP: usize = 64;

/// Was another search asked for meanwhile?
pub(crate) type Overtaken<'a> = &'a dyn Fn() -> bool;

pub(crate) type Read = Box<dyn FnOnce(&Reader<'_>) + Send>;
pub(crate) type Search = Box<dyn FnOnce(&Reader<'_>, Overtaken<'_>) + Send>;
pub(crate) type Alone = Box<dyn FnOnce(&Connection) + Send>;

/// Tells its caller how a call ended, once its transaction has.
type Reply = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// A call that writes.
trait Change: Send {
    /// Does it; false when it failed and nothing of it may stay.
    fn run(self: Box<Self>, writer: &Writer<'_>) -> (bool, Reply);

    /// It cannot be done.
    fn fail(self: Box<Self>, error: Error);
}

struct Call<T, F> {
    work: F,
    sender: answer::Sender<T>,
}

impl<T, F> Change for Call<T, F>
where
    T: Send + 'static,
    F: FnOnce(&Writer<'_>) -> Result<T, Error> + Send,
{
    fn run(self: Box<Self>, writer: &Writer<'_>) -> (bool, Reply) {
        let Self { work, sender } = *self;
        let outcome = work(writer);
        let kept = outcome.is_ok();
        let reply = move |committed: Result<(), Error>| {
            sender.send(outcome.and_then(|value| committed.map(|()| value)));
        };
        (kept, Box::new(reply))
    }

    fn fail(self: Box<Self>, error: Error) {
        self.sender.send(Err(error));
    }
}

enum Job {
    Change(Box<dyn Change>),
    Alone(Alone),
}

/// The way to the thread that searches: the last one that asked is answered.
struct Searches {
    jobs: Sender<Read>,
    running: InterruptHandle,
    /// Counts the searches.
    turn: Arc<AtomicU64>,
}

/// The running threads, and the ways to them.
pub(crate) struct Threads {
    writes: Sender<Job>,
    /// `None` where there is only one connection, which reads too.
    reads: Option<Sender<Read>>,
    /// `None` there, too.
    searches: Option<Searches>,
    running: Vec<JoinHandle<()>>,
    place: Arc<Place>,
}

impl Threads {
    /// Starts one thread for each connection.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(
        place: &Arc<Place>,
        writer: Connection,
        readers: Vec<Connection>,
        searcher: Option<Connection>,
    ) -> std::io::Result<Self> {
        let (writes, jobs) = channel();
        let mut running = Vec::with_capacity(1 + readers.len());
        let of = Arc::clone(place);
        let thread = thread::Builder::new().name("history-write".into());
        running.push(thread.spawn(move || write(&writer, &of, &jobs))?);
        let reads = if readers.is_empty() {
            None
        } else {
            let (reads, jobs) = channel::<Read>();
            let jobs = Arc::new(Mutex::new(jobs));
            for connection in readers {
                let (of, jobs) = (Arc::clone(place), Arc::clone(&jobs));
                let thread = thread::Builder::new().name("history-read".into());
                running.push(thread.spawn(move || read(&connection, &of, &jobs))?);
            }
            Some(reads)
        };
        let mut searches = None;
        if let Some(connection) = searcher {
            let (jobs, asked) = channel::<Read>();
            searches = Some(Searches {
                jobs,
                running: connection.get_interrupt_handle(),
                turn: Arc::default(),
            });
            let of = Arc::clone(place);
            let thread = thread::Builder::new().name("history-search".into());
            running.push(thread.spawn(move || read(&connection, &of, &Mutex::new(asked)))?);
        }
        Ok(Self {
            writes,
            reads,
            searches,
            running,
            place: Arc::clone(place),
        })
    }

    // A thread that is gone drops what it is sent, and with it the answer's sender:
    // whoever waits for it is told.

    pub fn read(&self, work: Read) {
        match &self.reads {
            Some(reads) => {
                let _ = reads.send(work);
            }
            None => {
                let place = Arc::clone(&self.place);
                self.alone(Box::new(move |connection| {
                    work(&Reader {
                        connection,
                        place: &place,
                    });
                }));
            }
        }
    }

    /// Gives up the search that goes on, if one does, and begins this one.
    pub fn search(&self, work: Search) {
        let Some(searches) = &self.searches else {
            self.read(Box::new(move |reader| work(reader, &|| false)));
            return;
        };
        let turn = searches.turn.fetch_add(1, Ordering::SeqCst) + 1;
        // Before the new one is on its way: it would be interrupted itself.
        searches.running.interrupt();
        let now = Arc::clone(&searches.turn);
        let _ = searches.jobs.send(Box::new(move |reader| {
            work(reader, &|| now.load(Ordering::SeqCst) != turn);
        }));
    }

    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, Error> + Send + 'static,
        sender: answer::Sender<T>,
    ) {
        let _ = self
            .writes
            .send(Job::Change(Box::new(Call { work, sender })));
    }

    pub fn alone(&self, work: Alone) {
        let _ = self.writes.send(Job::Alone(work));
    }

    /// Waits for what is queued, empties `-wal`, and ends.
    pub fn close(self) -> Result<(), Inner> {
        drop(self.reads);
        if let Some(searches) = self.searches {
            searches.turn.fetch_add(1, Ordering::SeqCst);
            searches.running.interrupt();
        }
        let (sender, emptied) = channel();
        let _ = self.writes.send(Job::Alone(Box::new(move |connection| {
            let _ = sender.send(empty_wal(connection));
        })));
        drop(self.writes);
        for thread in self.running {
            // One that panicked has ended, too.
            let _ = thread.join();
        }
        emptied.recv().unwrap_or(Ok(())).map_err(Inner::from)
    }
}

/// Puts what is in `-wal` into the file and cuts it to nothing. Another process
/// that reads just now may keep it from being cut.
pub(crate) fn empty_wal(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn read(connection: &Connection, place: &Place, jobs: &Mutex<Receiver<Read>>) {
    loop {
        // The lock is held while it waits: the next job wakes one thread.
        let job = locked(jobs).recv();
        let Ok(job) = job else { return };
        let reader = Reader { connection, place };
        // A call that panics drops its sender; the next one meets a whole connection.
        let _ = catch_unwind(AssertUnwindSafe(|| job(&reader)));
    }
}

fn write(connection: &Connection, place: &Place, jobs: &Receiver<Job>) {
    let mut next = jobs.recv().ok();
    while let Some(job) = next.take() {
        match job {
            Job::Alone(work) => {
                let _ = catch_unwind(AssertUnwindSafe(|| work(connection)));
            }
            Job::Change(change) => next = group(connection, place, jobs, change),
        }
        next = next.or_else(|| jobs.recv().ok());
    }
}

/// Runs a change and those that wait behind it in one transaction, and answers the
/// job that does not belong to it, if one came.
fn group(
    connection: &Connection,
    place: &Place,
    jobs: &Receiver<Job>,
    first: Box<dyn Change>,
) -> Option<Job> {
    let storage = |error: rusqlite::Error| Error::sqlite(&place.path, &error);
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        first.fail(storage(error));
        return None;
    }
    let writer = Writer(Reader { connection, place });
    let mut replies = Vec::new();
    let mut next = Some(first);
    let mut other = None;
    let mut outcome = Ok(());
    while let Some(change) = next.take() {
        match one(&writer, change) {
            Ok(reply) => replies.extend(reply),
            Err(error) => {
                outcome = Err(storage(error));
                break;
            }
        }
        if replies.len() < GROUP {
            match jobs.try_recv() {
                Ok(Job::Change(change)) => next = Some(change),
                Ok(job) => other = Some(job),
                Err(_) => {}
            }
        }
    }
    let outcome = outcome
        .and_then(|()| {
            place
                .store
                .sync()
                .map_err(|error| Error::storage(&place.path, error))
        })
        .and_then(|()| connection.execute_batch("COMMIT").map_err(storage));
    if outcome.is_err() && !connection.is_autocommit() {
        // What cannot be undone now is undone when the file is opened next.
        let _ = connection.execute_batch("ROLLBACK");
    }
    for reply in replies {
        reply(outcome.clone());
    }
    other
}

/// Runs one change of a group; one that fails or panics leaves nothing behind.
/// `None` when it panicked.
fn one(writer: &Writer<'_>, change: Box<dyn Change>) -> rusqlite::Result<Option<Reply>> {
    let connection = writer.connection;
    connection.execute_batch("SAVEPOINT one")?;
    let ran = catch_unwind(AssertUnwindSafe(|| change.run(writer)));
    let (kept, reply) = match ran {
        Ok((kept, reply)) => (kept, Some(reply)),
        Err(_) => (false, None),
    };
    // Some errors end the whole transaction; then there is nothing to go back to.
    if connection.is_autocommit() {
        let ended = || {
            rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT),
                Some("another change of the same moment failed, and this one with it".to_owned()),
            )
        };
        if let Some(reply) = reply {
            let path = &writer.place.path;
            reply(if kept {
                Err(Error::sqlite(path, &ended()))
            } else {
                Ok(())
            });
        }
        return Err(ended());
    }
    if !kept {
        connection.execute_batch("ROLLBACK TO one")?;
    }
    connection.execute_batch("RELEASE one")?;
    Ok(reply)
}
