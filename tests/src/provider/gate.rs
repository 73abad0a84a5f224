use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::patience::LOOK;

/// Holds an answer back until the test opens it. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets everything through, now and later.
    pub fn open(&self) {
        let (open, changed) = &*self.0;
        *open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Waits until it is open, or until `abandoned`. True when it is open.
    pub(crate) fn pass(&self, abandoned: &dyn Fn() -> bool) -> bool {
        let (open, changed) = &*self.0;
        let mut guard = open.lock().unwrap_or_else(PoisonError::into_inner);
        while !*guard {
            if abandoned() {
                return false;
            }
            guard = changed
                .wait_timeout(guard, LOOK)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(guard, _)| guard);
        }
        true
    }
}
