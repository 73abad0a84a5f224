use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use protocol::Millis;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::Error;
use crate::error::Inner;

/// The history file, open. All clones are one.
#[derive(Clone)]
pub struct History(Arc<Shared>);

struct Shared {
    path: PathBuf,
    state: Mutex<State>,
    /// Held while the file is open: a second process would take answers that
    /// are being written here for ones that a crash left behind.
    _lock: Option<File>,
}

pub(crate) struct State {
    pub(crate) connection: Connection,
    /// Pictures that wait in the composer, and in how many attachments: no
    /// message holds them yet, but they must not be swept.
    pub(crate) waiting: HashMap<String, u32>,
}

impl State {
    /// A transaction that holds the right to write from its first statement.
    pub(crate) fn begin(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
    }
}

impl History {
    pub(crate) fn new(path: &Path, connection: Connection, lock: Option<File>) -> Self {
        Self(Arc::new(Shared {
            path: path.to_owned(),
            state: Mutex::new(State {
                connection,
                waiting: HashMap::new(),
            }),
            _lock: lock,
        }))
    }

    /// Where the file is; `:memory:` for one that is not kept.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut State) -> Result<T, Inner>,
    ) -> Result<T, Error> {
        // A call that panicked has rolled back: its state is as good as before.
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut state).map_err(|error| error.at(&self.0.path))
    }
}

/// Shows where, not what.
impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("History").field(&self.0.path).finish()
    }
}

/// The time now, in milliseconds since the Unix epoch.
pub(crate) fn now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| Millis::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

/// A new id; later ones sort after earlier ones.
pub(crate) fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
