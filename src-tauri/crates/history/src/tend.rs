//! What is seen to beside the work: what dead runs left, bytes that nothing holds,
//! pictures that still lie in the database, what is not in the index for search yet, room to
//! give back. In slices, so that
//! nothing that is written waits for long; killed anywhere, the next run goes on.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::basics::locked;
use crate::history::{History, Shared};
use crate::sweep::{self, Sweep};
use crate::worker::{Signal, Worker};
use crate::{Error, old};

/// Between two looks when there is nothing to do.
const REST: Duration = Duration::from_secs(1);

/// Between two slices of work.
const BREATH: Duration = Duration::from_millis(2);

/// What can wait is done when nothing was written for so long.
const IDLE: Duration = Duration::from_millis(300);

/// After an error the same is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// So long after it begins the index for search is not filled: what opens the history
/// has the machine first.
const OPENING: Duration = Duration::from_secs(3);

/// Something to know of what happens beside the work.
#[derive(Debug, Clone)]
pub enum Told {
    /// Another process changed the history.
    Elsewhere,
    /// Something could not be done; it is tried again. Each is told once.
    Trouble(Error),
}

impl History {
    /// Begins to tend the history on a thread of its own, until it is closed.
    pub fn tend(&self, told: impl Fn(Told) + Send + 'static) {
        let (of, unclean) = (Arc::downgrade(self.shared()), self.shared().unclean);
        let worker = Worker::start("history-tend", move |signal| {
            run(&of, signal, unclean, &told)
        });
        *locked(&self.shared().tending) = Some(worker);
    }

    /// Does at once all that tending would do over time. Blocks.
    ///
    /// # Errors
    /// The first that something met; the rest was done all the same.
    pub fn settle(&self) -> Result<(), Error> {
        let mut rounds = Rounds::new(true);
        let mut first = Ok(());
        loop {
            let told = |error| {
                if first.is_ok() {
                    first = Err(error);
                }
            };
            if !rounds.round(self, true, told) {
                return first;
            }
        }
    }
}

fn run(of: &Weak<Shared>, signal: &Signal, unclean: bool, told: &dyn Fn(Told)) {
    let mut rounds = Rounds::new(unclean);
    rounds.put_off.push((Task::Index, Instant::now() + OPENING));
    let mut told_before = BTreeSet::new();
    let mut version = None;
    loop {
        let Some(shared) = of.upgrade() else { return };
        let history = History::of(shared);
        let did = rounds.round(&history, history.is_idle(IDLE), |error| {
            if told_before.insert(error.to_string()) {
                told(Told::Trouble(error));
            }
        });
        let now = history.data_version().wait().ok();
        if let Some(now) = now
            && version.replace(now).is_some_and(|before| before != now)
        {
            told(Told::Elsewhere);
        }
        drop(history);
        let rest = if did { BREATH } else { REST };
        if signal.rest(rest) {
            return;
        }
    }
}

/// What is looked at in each round, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Runs,
    Removed,
    Gone,
    Messages,
    Conversations,
    Copies,
    Index,
    Wal,
    Files,
    Renditions,
    Move,
    Vacuum,
}

const TASKS: [Task; 12] = [
    Task::Runs,
    Task::Removed,
    Task::Gone,
    Task::Messages,
    Task::Conversations,
    Task::Copies,
    Task::Index,
    Task::Wal,
    Task::Files,
    Task::Renditions,
    Task::Move,
    Task::Vacuum,
];

struct Rounds {
    sweep: Sweep,
    mover: old::Mover,
    put_off: Vec<(Task, Instant)>,
}

impl Rounds {
    fn new(unclean: bool) -> Self {
        Self {
            sweep: Sweep::new(unclean),
            mover: old::Mover::default(),
            put_off: Vec::new(),
        }
    }

    /// One slice of each task; true when something was done.
    fn round(&mut self, history: &History, idle: bool, mut told: impl FnMut(Error)) -> bool {
        let now = Instant::now();
        self.put_off.retain(|(_, until)| *until > now);
        let mut did = false;
        for task in TASKS {
            let waits = matches!(task, Task::Move | Task::Vacuum) && !idle;
            if waits || self.put_off.iter().any(|(put_off, _)| *put_off == task) {
                continue;
            }
            let done = match task {
                Task::Move => move_one(&mut self.mover, history, &mut told),
                _ => self.slice(task, history, idle),
            };
            match done {
                Ok(more) => did |= more,
                Err(error) => {
                    self.put_off.push((task, now + AGAIN));
                    told(error);
                }
            }
        }
        did
    }

    fn slice(&mut self, task: Task, history: &History, idle: bool) -> Result<bool, Error> {
        match task {
            Task::Runs => self.sweep.runs(history),
            Task::Removed => self.sweep.removed(history),
            Task::Gone => self.sweep.gone(history),
            Task::Messages => self.sweep.messages(history),
            Task::Conversations => self.sweep.conversations(history),
            Task::Copies => sweep::copies(history),
            Task::Index => self.sweep.index(history, idle),
            Task::Wal => self.sweep.wal(history),
            Task::Files => self.sweep.files(history),
            Task::Renditions => self.sweep.renditions(history),
            Task::Vacuum => sweep::vacuum(history),
            Task::Move => Ok(false),
        }
    }
}

/// Moves one picture or video out of the database into a file. A damaged one is told
/// and stays; where it cannot be written the mover stays, too.
fn move_one(
    mover: &mut old::Mover,
    history: &History,
    told: &mut dyn FnMut(Error),
) -> Result<bool, Error> {
    let mut at = *mover;
    let read = history.read(move |reader| {
        let next = at.next(reader);
        Ok((at, next))
    });
    let (at, next) = read.wait()?;
    let next = match next {
        Ok(None) => return Ok(false),
        Ok(Some(next)) => next,
        Err(error) => {
            *mover = at;
            told(error);
            return Ok(true);
        }
    };
    let (place, path) = (Arc::clone(history.place()), history.path().to_owned());
    let staging = history.read(move |_| {
        let staged = place.store.stage(place.runs.own(), &next.bytes);
        Ok((next, staged.map_err(|error| Error::storage(&path, error))?))
    });
    let (next, mut staged) = staging.wait()?;
    if !next.is_whole(&staged) {
        *mover = at;
        let what = format!(
            "the picture {} is damaged; it was left where it is",
            next.hash
        );
        told(Error::storage(history.path(), what));
        return Ok(true);
    }
    let moved = history.write_beside(move |writer| {
        writer.take(&mut staged, &next.hash)?;
        next.moved(writer)
    });
    moved.wait()?;
    *mover = at;
    Ok(true)
}
