//! The answers that are being written: found, stopped, and ended with the app.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::{ErrorCode, IpcError};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::live::Live;

/// How long the end of the app, or of a conversation, waits for its turns to be kept.
const LAST: Duration = Duration::from_secs(5);

/// What ends a turn early.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// The person stopped it.
    pub stopped: CancellationToken,
    /// The app ends.
    pub interrupted: CancellationToken,
}

/// The turns that run, and the conversations in which one begins.
#[derive(Default)]
pub(crate) struct Running {
    state: Arc<Mutex<State>>,
    tasks: TaskTracker,
    /// A turn has begun or ended.
    changed: Arc<Notify>,
    /// The app ends.
    ending: CancellationToken,
}

#[derive(Default)]
struct State {
    /// By the id of their answer.
    turns: HashMap<String, One>,
    beginning: HashSet<String>,
}

struct One {
    conversation: String,
    live: Arc<Live>,
    stopped: CancellationToken,
}

/// A conversation answers one question at a time: this one is the next.
pub(crate) struct Reserved {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
    conversation: String,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        lock(&self.state).beginning.remove(&self.conversation);
        self.changed.notify_waiters();
    }
}

impl Running {
    /// Keeps a conversation for a turn that begins; nobody else waits for it.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`] while another answer is written in it, or begins.
    pub fn reserve(&self, conversation: &str) -> Result<Reserved, IpcError> {
        let mut state = lock(&self.state);
        if state.answers(conversation) || !state.beginning.insert(conversation.to_owned()) {
            return Err(IpcError::new(
                ErrorCode::Busy,
                "An answer is still being written here. Wait for it, or stop it first.",
            ));
        }
        Ok(Reserved {
            state: Arc::clone(&self.state),
            changed: Arc::clone(&self.changed),
            conversation: conversation.to_owned(),
        })
    }

    /// Is an answer being written in this conversation?
    pub fn answers(&self, conversation: &str) -> bool {
        lock(&self.state).answers(conversation)
    }

    /// Is this answer being written?
    pub fn writes(&self, message: &str) -> bool {
        lock(&self.state).turns.contains_key(message)
    }

    /// An answer begins to be written.
    pub fn begin(&self, message: &str, conversation: &str, live: &Arc<Live>) -> Stop {
        let stop = Stop {
            stopped: CancellationToken::new(),
            interrupted: self.ending.clone(),
        };
        let one = One {
            conversation: conversation.to_owned(),
            live: Arc::clone(live),
            stopped: stop.stopped.clone(),
        };
        lock(&self.state).turns.insert(message.to_owned(), one);
        stop
    }

    /// Writes an answer to its end.
    pub fn spawn(&self, answer: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(answer);
    }

    /// An answer is written no longer.
    pub fn ended(&self, message: &str) {
        lock(&self.state).turns.remove(message);
        self.changed.notify_waiters();
    }

    /// An answer that is being written.
    pub fn live(&self, message: &str) -> Option<Arc<Live>> {
        let state = lock(&self.state);
        let turn = state.turns.get(message);
        turn.map(|turn| Arc::clone(&turn.live))
    }

    /// Stops one answer.
    pub fn stop(&self, message: &str) {
        if let Some(turn) = lock(&self.state).turns.get(message) {
            turn.stopped.cancel();
        }
    }

    /// Interrupts all of them, and waits for their ends for some seconds at most.
    pub async fn end(&self) {
        self.ending.cancel();
        self.tasks.close();
        // A turn whose write hangs is found at the next start.
        let _ = tokio::time::timeout(LAST, self.tasks.wait()).await;
    }

    /// Stops what is written in a conversation, and waits for some seconds at most until
    /// it is kept. Nothing begins in it as long as the answer is held.
    pub async fn stop_all(&self, conversation: &str) -> Option<Reserved> {
        let stopped = async {
            loop {
                let changed = self.changed.notified();
                let mut changed = std::pin::pin!(changed);
                // What changes from here on is heard.
                changed.as_mut().enable();
                if let Ok(reserved) = self.reserve(conversation) {
                    return reserved;
                }
                for turn in lock(&self.state).turns.values() {
                    if turn.conversation == conversation {
                        turn.stopped.cancel();
                    }
                }
                changed.await;
            }
        };
        tokio::time::timeout(LAST, stopped).await.ok()
    }
}

impl State {
    fn answers(&self, conversation: &str) -> bool {
        let mut turns = self.turns.values();
        turns.any(|turn| turn.conversation == conversation)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
