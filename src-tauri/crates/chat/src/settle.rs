//! The end of a turn: kept in the history, told to the page, and where the history
//! cannot keep it now, held until it can.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use history::{History, Writer};
use protocol::{Answer, ErrorCode, IpcError, Message, MessageState};

use crate::turn::{End, Progress, forget_retries, locked};

/// Between two tries to keep what could not be kept.
const AGAIN: Duration = Duration::from_secs(2);

/// A turn that has ended, as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    pub id: String,
    pub state: MessageState,
    pub text: String,
    pub reasoning: String,
    pub answer: Answer,
    pub error: Option<IpcError>,
}

impl Ended {
    /// What a turn came to.
    pub fn new(id: String, end: End, progress: &Mutex<Progress>) -> Self {
        let mut progress = locked(progress);
        let (state, error) = match end {
            End::Finished { state, reason } => {
                progress.answer.finish_reason = reason;
                forget_retries(&mut progress.answer);
                (state, None)
            }
            End::Failed(error) => (MessageState::Failed, Some(error)),
        };
        Self {
            id,
            state,
            text: progress.said.text.all.clone(),
            reasoning: progress.said.reasoning.all.clone(),
            answer: progress.answer.clone(),
            error,
        }
    }

    /// A turn that stopped unexpectedly: all that it said stays.
    pub fn panicked(id: String, progress: &Mutex<Progress>) -> Self {
        let message =
            "This answer stopped unexpectedly in Dragoman itself; what had come is kept. Retry.";
        let error = IpcError::new(ErrorCode::Internal, message);
        Self::new(id, End::Failed(error), progress)
    }

    /// Keeps it. What is closed already, or was removed, stays as it is.
    ///
    /// # Errors
    /// The history's.
    pub async fn keep(&self, history: &History) -> Result<(), history::Error> {
        let ended = self.clone();
        let close = move |writer: &Writer<'_>| {
            let Self {
                id,
                state,
                text,
                reasoning,
                answer,
                error,
            } = &ended;
            writer.close(id, *state, text, reasoning, answer, error.as_ref())
        };
        history.write(close).await.map(|_| ())
    }

    /// As it is shown while the history cannot keep it: failed, and why.
    pub fn unkept(mut self, unkept: IpcError) -> Self {
        self.state = MessageState::Failed;
        self.error.get_or_insert(unkept);
        self
    }
}

/// Ended turns that the history could not keep, by the id of their answer. They are
/// shown from here, and tried again until they are kept.
#[derive(Clone, Default)]
pub(crate) struct Unkept(Arc<Mutex<HashMap<String, Ended>>>);

impl Unkept {
    /// Holds one as it is `shown`, and keeps it as it `ended` as soon as that is
    /// possible; `kept` is told then.
    pub fn hold(
        &self,
        history: &History,
        ended: Ended,
        shown: Ended,
        kept: impl FnOnce() + Send + 'static,
    ) {
        self.lock().insert(ended.id.clone(), shown);
        let (held, history) = (self.clone(), history.clone());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(AGAIN).await;
                if ended.keep(&history).await.is_ok() {
                    break;
                }
            }
            held.lock().remove(&ended.id);
            kept();
        });
    }

    /// What is held of a message stands in its place.
    pub fn shown(&self, message: &mut Message) {
        let held = self.lock().get(&message.id).cloned();
        if let Some(ended) = held {
            message.state = ended.state;
            message.blocks = markdown::render(&ended.text);
            message.reasoning = markdown::render(&ended.reasoning);
            message.text = ended.text;
            message.answer = Some(ended.answer);
            message.error = ended.error;
        }
    }

    /// The markdown of one that is held.
    pub fn source(&self, message: &str) -> Option<String> {
        self.lock().get(message).map(|ended| ended.text.clone())
    }

    /// Tries all of them once more, as they are shown: the app ends. What cannot be
    /// kept now is lost but for what was flushed of it, which the next start finds.
    pub async fn keep_all(&self, history: &History) {
        let all: Vec<Ended> = self.lock().values().cloned().collect();
        for ended in all {
            if ended.keep(history).await.is_ok() {
                self.lock().remove(&ended.id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Ended>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
