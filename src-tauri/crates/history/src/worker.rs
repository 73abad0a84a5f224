//! A thread that works until it is dropped.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::basics::locked;

/// Tells a worker to end, and wakes it.
#[derive(Default)]
pub(crate) struct Signal {
    stop: Mutex<bool>,
    woken: Condvar,
}

impl Signal {
    /// Rests for so long, or until it is told to end: true then.
    pub fn rest(&self, long: Duration) -> bool {
        let rested = self
            .woken
            .wait_timeout_while(locked(&self.stop), long, |stop| !*stop);
        rested.map_or(true, |(stop, _)| *stop)
    }
}

/// The thread; dropping it ends it.
pub(crate) struct Worker {
    signal: Arc<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread that works until its signal says to end. None where the system
    /// has no more threads.
    pub fn start(name: &str, work: impl FnOnce(&Signal) + Send + 'static) -> Self {
        let signal = Arc::new(Signal::default());
        let told = Arc::clone(&signal);
        let thread = thread::Builder::new().name(name.to_owned());
        Self {
            signal,
            thread: thread.spawn(move || work(&told)).ok(),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        *locked(&self.signal.stop) = true;
        self.signal.woken.notify_all();
        // What it works for may be dropped last on this very thread.
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}
