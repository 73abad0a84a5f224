//! Turns that run: found, followed, stopped, and ended with the app.

use std::{
    collections::{HashMap, HashSet},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ask::Ready;
use futures_util::{FutureExt, StreamExt};
use protocol::{ChatEvent, ChatSent, ErrorCode, IpcError, MessageState};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Chat,
    live::{Ear, Live, Sink},
    progress::{Ended, Progress},
    turn::{Asked, Stop, Turn},
    view,
};

/// How long the end of the app waits for its turns to be kept.
const LAST: Duration = Duration::from_secs(5);

/// Between two looks at an answer that another process writes.
const ELSEWHERE: Duration = Duration::from_millis(500);

/// The turns that run, and the conversations in which one begins.
#[derive(Default)]
pub(crate) struct Running {
    state: Arc<Mutex<State>>,
    tasks: TaskTracker,
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
    conversation: String,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        lock(&self.state).beginning.remove(&self.conversation);
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

    /// Stops what is written in a conversation.
    pub fn stop_all(&self, conversation: &str) {
        let state = lock(&self.state);
        let turns = state.turns.values();
        for turn in turns.filter(|turn| turn.conversation == conversation) {
            turn.stopped.cancel();
        }
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

/// A turn that is kept and can be asked.
pub(crate) struct Begun {
    pub turn: history::Turn,
    pub ready: Ready,
    /// Ids of the messages that are asked with, oldest first.
    pub messages: Vec<String>,
    /// Its place in the conversation, until it runs.
    pub reserved: Option<Reserved>,
}

impl Chat {
    /// Runs a turn to its end, on its own.
    pub(crate) async fn run(&self, begun: Begun, sink: Sink, ear: Option<Ear>) -> ChatSent {
        let Begun {
            turn,
            ready,
            messages,
            reserved: _reserved,
        } = begun;
        let conversation = turn.conversation;
        let sent = ChatSent {
            conversation: conversation.clone(),
            user: view::message(turn.user),
            assistant: view::message(turn.assistant),
        };
        let id = sent.assistant.id.clone();
        let live = Arc::new(Live::new(sent.assistant.clone(), sink));
        let stop = Stop {
            stopped: CancellationToken::new(),
            interrupted: self.0.running.ending.clone(),
        };
        let one = One {
            conversation: conversation.clone(),
            live: Arc::clone(&live),
            stopped: stop.stopped.clone(),
        };
        lock(&self.0.running.state).turns.insert(id.clone(), one);
        let hearing = self.0.ask.send(ready, self.0.listener.language());
        let asked = Asked {
            hearing: match ear {
                Some(ear) => Box::pin(hearing.inspect(ear)),
                None => hearing,
            },
            accounts: self.0.ask.accounts().clone(),
            messages,
        };
        let progress = Arc::new(Mutex::new(Progress {
            answer: sent.assistant.answer.clone().unwrap_or_default(),
            ..Progress::default()
        }));
        let (chat, told) = (self.clone(), self.clone());
        let turn = Turn::new(
            self.0.history.clone(),
            Arc::clone(&live),
            id.clone(),
            Arc::clone(&progress),
            Box::new(move |error| told.0.listener.troubled(error)),
        );
        // The highlighter's grammars take a while to load and some memory to
        // keep: not at start, and not when the first code is on the screen.
        tokio::task::spawn_blocking(markdown::warm);
        self.0.running.tasks.spawn(async move {
            let run = AssertUnwindSafe(turn.run(asked, stop)).catch_unwind();
            let ended = run.await;
            let ended = ended.unwrap_or_else(|_| Ended::panicked(id, &progress));
            chat.settle(ended, &live, conversation).await;
        });
        self.tell(&sent.conversation).await;
        sent
    }

    /// Keeps a turn that has ended, and tells of it. One that cannot be kept stays in
    /// memory and on the screen, says so, and is kept as soon as it can be.
    async fn settle(&self, ended: Ended, live: &Live, conversation: String) {
        let mut shown = ended.clone();
        if let Err(error) = ended.keep(&self.0.history).await {
            shown = ended.clone().unkept(error.into());
            let (chat, of) = (self.clone(), conversation.clone());
            let kept = move || {
                tokio::spawn(async move { chat.kept_late(&of).await });
            };
            self.0
                .unkept
                .hold(&self.0.history, ended, shown.clone(), kept);
        }
        lock(&self.0.running.state).turns.remove(&shown.id);
        self.tell(&conversation).await;
        live.end(&shown);
    }

    /// Follows an answer: `sink` gets the whole of it so far, then the rest. An
    /// answer that has ended comes as it was kept.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub async fn attach(&self, message: &str, sink: Sink) -> Result<(), IpcError> {
        let live = lock(&self.0.running.state)
            .turns
            .get(message)
            .map(|turn| Arc::clone(&turn.live));
        match live {
            Some(live) => live.attach(sink),
            None => {
                let now = self.message(message).await?;
                let elsewhere = now.state == MessageState::Streaming;
                let goes_on = sink(ChatEvent::Snapshot {
                    message: Box::new(now),
                });
                if elsewhere && goes_on {
                    let (chat, id) = (self.clone(), message.to_owned());
                    tokio::spawn(async move { chat.watch(&id, sink).await });
                }
            }
        }
        Ok(())
    }

    /// Shows an answer that another process writes, as it is kept, until it ends.
    async fn watch(&self, id: &str, sink: Sink) {
        loop {
            tokio::time::sleep(ELSEWHERE).await;
            let Ok(now) = self.message(id).await else {
                return;
            };
            let ended = now.state != MessageState::Streaming;
            let goes_on = sink(ChatEvent::Snapshot {
                message: Box::new(now),
            });
            if ended || !goes_on {
                return;
            }
        }
    }

    /// Stops an answer; what has come is kept. One that has ended stays as it is.
    pub fn stop(&self, message: &str) {
        if let Some(turn) = lock(&self.0.running.state).turns.get(message) {
            turn.stopped.cancel();
        }
    }

    /// Ends every turn as interrupted, with all its text, and closes the history: the
    /// app ends. Nothing can be asked after it.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`] when the history could not be closed.
    pub async fn end(&self) -> Result<(), IpcError> {
        self.0.running.ending.cancel();
        self.0.running.tasks.close();
        // A turn whose write hangs is found at the next start.
        let _ = tokio::time::timeout(LAST, self.0.running.tasks.wait()).await;
        self.0.unkept.keep_all(&self.0.history).await;
        Ok(self.0.history.close().await?)
    }
}
