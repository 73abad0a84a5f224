//! How the lists of models stand in this run.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use protocol::ModelsState;

/// A list is not asked for again before.
const AGAIN: Duration = Duration::from_secs(5);

/// How the lists stand, by provider.
#[derive(Default)]
pub(crate) struct States(Mutex<HashMap<String, Standing>>);

struct Standing {
    state: ModelsState,
    /// When it was last asked unasked.
    asked: Option<Instant>,
}

impl States {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, Standing>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn of(&self, provider: &str) -> ModelsState {
        let state = self.with(|all| all.get(provider).map(|one| one.state.clone()));
        state.unwrap_or_default()
    }

    pub fn set(&self, provider: &str, state: ModelsState) {
        self.with(|all| match all.get_mut(provider) {
            Some(one) => one.state = state,
            None => {
                let asked = None;
                all.insert(provider.to_owned(), Standing { state, asked });
            }
        });
    }

    /// Takes the turn to ask, where none was taken lately; `anew` whenever that was.
    pub fn take(&self, provider: &str, anew: bool) -> bool {
        self.with(|all| {
            let now = Instant::now();
            let standing = all.entry(provider.to_owned()).or_insert(Standing {
                state: ModelsState::default(),
                asked: None,
            });
            let lately = standing.asked.is_some_and(|at| now - at < AGAIN);
            if lately && !anew {
                return false;
            }
            standing.asked = Some(now);
            standing.state = ModelsState::Listing;
            true
        })
    }
}
