//! How far a turn is, and what it came to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use history::{History, Writer};
use protocol::{Answer, AnswerNote, ErrorCode, IpcError, MessageState};

use crate::said::Said;

/// How far an answer is.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub answer: Answer,
    pub said: Said,
    /// The answer that it goes on from.
    pub went_on_from: Option<String>,
}

/// How far an answer is; a turn that panicked leaves it whole.
pub(crate) fn locked(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a turn ended.
pub(crate) enum End {
    Finished {
        state: MessageState,
        reason: Option<String>,
    },
    Failed(IpcError),
}

/// A turn that has ended, as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    pub id: String,
    pub state: MessageState,
    pub text: String,
    pub reasoning: String,
    pub answer: Answer,
    pub error: Option<IpcError>,
    /// The answer that it went on from, whose place it takes.
    pub went_on_from: Option<String>,
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
            went_on_from: progress.went_on_from.clone(),
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
                went_on_from,
            } = &ended;
            let closed = writer.close(id, *state, text, reasoning, answer, error.as_ref())?;
            match went_on_from {
                Some(other) if closed => writer.went_on_from(other),
                _ => Ok(()),
            }
        };
        history.write(close).await
    }

    /// As it is shown while the history cannot keep it: failed, and why.
    pub fn unkept(mut self, unkept: IpcError) -> Self {
        self.state = MessageState::Failed;
        self.error.get_or_insert(unkept);
        self
    }
}

/// Tries that led to an answer are nothing to know of it.
pub(crate) fn forget_retries(answer: &mut Answer) {
    let notes = &mut answer.notes;
    notes.retain(|note| !matches!(note, AnswerNote::Retrying { .. }));
}
