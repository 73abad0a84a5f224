//! How a model wants to be asked, as its refusals taught: known for this run.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

/// How a model wants to be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habits {
    /// It gives no streams.
    pub no_stream: bool,
    /// Its provider does not count tokens in a stream, and refuses to be asked for it.
    pub without_usage: bool,
    /// The limit of tokens goes by the other of its two names.
    pub other_limit: bool,
    /// It takes no instructions of the system: they go into the first question.
    pub no_system: bool,
    /// It takes no two messages of one role in a row.
    pub alternating_roles: bool,
    /// It wants the reasoning of its answers back.
    pub reasoning_content: bool,
    /// It takes so many pictures.
    pub pictures: Option<u32>,
}

/// The habits of models.
#[derive(Default)]
pub(crate) struct Known(Mutex<All>);

#[derive(Default)]
struct All {
    /// By provider and id.
    models: HashMap<(String, String), Habits>,
    /// Providers that do not count tokens in a stream.
    without_usage: HashSet<String>,
}

impl Known {
    /// Those of a model.
    pub fn of(&self, provider: &str, model: &str) -> Habits {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = (provider.to_owned(), model.to_owned());
        Habits {
            without_usage: known.without_usage.contains(provider),
            ..known.models.get(&of).copied().unwrap_or_default()
        }
    }

    /// Keeps what was learned.
    pub fn keep(&self, provider: &str, model: &str, habits: Habits) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if habits.without_usage {
            known.without_usage.insert(provider.to_owned());
        }
        let of = (provider.to_owned(), model.to_owned());
        known.models.insert(of, habits);
    }
}
