//! How a model wants to be asked, as its refusals taught: known for this run.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How a model wants to be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habits {
    /// It gives no streams.
    pub no_stream: bool,
    /// The limit of tokens goes by the other of its two names.
    pub other_limit: bool,
    /// It takes no instructions of the system: they go into the first question.
    pub no_system: bool,
    /// It takes so many pictures.
    pub pictures: Option<u32>,
}

/// The habits of models, by provider and id.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<(String, String), Habits>>);

impl Known {
    /// Those of a model.
    pub fn of(&self, provider: &str, model: &str) -> Habits {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = (provider.to_owned(), model.to_owned());
        known.get(&of).copied().unwrap_or_default()
    }

    /// Keeps what was learned.
    pub fn keep(&self, provider: &str, model: &str, habits: Habits) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((provider.to_owned(), model.to_owned()), habits);
    }
}
