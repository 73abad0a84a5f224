//! The processes that wait for work, and those that are at it.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::child::{Child, Lost};
use crate::error::Error;
use crate::format::Format;

/// Processes at most: as many as pictures are decoded at once.
const CHILDREN: usize = 2;

/// All of them, and the program that they run.
#[derive(Debug)]
pub(super) struct Desk {
    pub program: PathBuf,
    /// Longest that a job is waited for, where that is shorter than what it may take.
    pub patience: Option<Duration>,
    children: Mutex<Children>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Children {
    idle: Vec<Child>,
    /// Those at work.
    busy: usize,
}

impl Desk {
    /// Of this program.
    pub fn of(program: PathBuf, patience: Option<Duration>) -> Self {
        Self {
            program,
            patience,
            children: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Starts the processes before they are wanted, as far as that goes.
    pub fn warm(&self) {
        let mut children = self.lock();
        while children.idle.len() + children.busy < CHILDREN {
            let Ok(child) = Child::start(&self.program) else {
                return;
            };
            children.idle.push(child);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Children> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a process that is free, or for room to start one.
    pub fn lease(&self) -> Lease<'_> {
        let mut children = self.lock();
        while children.busy >= CHILDREN {
            let waited = self.freed.wait(children);
            children = waited.unwrap_or_else(PoisonError::into_inner);
        }
        children.busy += 1;
        Lease {
            desk: self,
            // One that ended while nobody looked is no file's fault.
            child: std::iter::from_fn(|| children.idle.pop()).find(Child::runs),
            keep: false,
        }
    }

    /// What is said where a process gave no answer.
    pub fn lost(&self, name: &str, format: Option<Format>, lost: Lost) -> Error {
        let name = name.to_owned();
        match (lost, format) {
            (Lost::TooLong, Some(format)) => Error::TooSlow {
                name,
                format: format.name(),
            },
            (Lost::NotStarted(reason), _) => Error::NoReader {
                name,
                program: self.program.display().to_string(),
                reason,
            },
            (Lost::TooLong | Lost::Ended, _) => Error::Crashed { name },
        }
    }
}

/// A process at work, or leave to start one.
pub(super) struct Lease<'a> {
    desk: &'a Desk,
    child: Option<Child>,
    /// It takes another job.
    pub keep: bool,
}

impl Lease<'_> {
    /// The process, started where it has to be.
    pub fn child(&mut self, program: &Path) -> Result<&mut Child, Lost> {
        let child = match self.child.take() {
            Some(child) => child,
            None => Child::start(program)?,
        };
        Ok(self.child.insert(child))
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let next = match self.child.take() {
            Some(child) if self.keep => Some(child),
            // The next file, too, is to find one that waits.
            Some(broken) => {
                drop(broken);
                Child::start(&self.desk.program).ok()
            }
            None => None,
        };
        let mut children = self.desk.lock();
        children.busy -= 1;
        children.idle.extend(next);
        self.desk.freed.notify_one();
    }
}
