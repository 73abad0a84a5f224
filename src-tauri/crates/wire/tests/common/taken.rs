//! An answer, taken whole.

use std::pin::pin;

use futures_util::{Stream, StreamExt};
use protocol::{ErrorCode, IpcError, Usage};
use wire::{Error, Event, Outcome};

/// All that an answer said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Taken {
    pub request_id: Option<String>,
    pub model: String,
    pub text: String,
    pub reasoning: String,
    /// The files of its pictures.
    pub pictures: Vec<bytes::Bytes>,
    /// Those of them that were none.
    pub pictures_unread: u32,
    pub usage: Option<Usage>,
    /// `complete`, `cut`, `stopped:` and the reason, `unterminated` or `error`.
    pub state: String,
    pub finish_reason: Option<String>,
    pub bad: u32,
    pub done: bool,
    pub error: Option<IpcError>,
    /// Retries, as told: which, of how many, the wait in milliseconds, the class.
    pub retries: Vec<(u32, u32, u64, ErrorCode)>,
    /// Fields that were left out for it.
    pub without: Vec<&'static str>,
}

/// An answer that is being taken.
#[derive(Debug, Default)]
pub struct Taking {
    taken: Taken,
    opened: bool,
}

impl Taking {
    /// Takes the next event.
    ///
    /// # Errors
    /// What is wrong with its place: `Open` comes first and once, the end last, and
    /// no piece is empty.
    pub fn add(&mut self, event: Result<Event, Error>) -> Result<(), String> {
        if !self.taken.state.is_empty() {
            return Err(format!("something follows the end: {event:?}"));
        }
        let first = matches!(
            event,
            Ok(Event::Open { .. } | Event::Retrying { .. } | Event::Without(_)) | Err(_)
        );
        if !first && !self.opened {
            return Err(format!("something comes before the opening: {event:?}"));
        }
        match event {
            Ok(event) => self.event(event),
            Err(error) => {
                self.taken.state = "error".into();
                self.taken.error = Some(error.into());
                Ok(())
            }
        }
    }

    fn event(&mut self, event: Event) -> Result<(), String> {
        let taken = &mut self.taken;
        match event {
            Event::Retrying { .. } | Event::Open { .. } if self.opened => {
                return Err("opened twice".into());
            }
            Event::Text(text) | Event::Reasoning(text) if text.is_empty() => {
                return Err("a piece is empty".into());
            }
            Event::Retrying {
                attempt,
                of,
                wait_ms,
                error,
            } => taken.retries.push((attempt, of, wait_ms, error.code())),
            Event::Without(field) => taken.without.push(field),
            Event::Open { request_id } => {
                self.opened = true;
                taken.request_id = request_id;
            }
            Event::Model(model) => taken.model = model,
            Event::Text(text) => taken.text += &text,
            Event::Reasoning(text) => taken.reasoning += &text,
            Event::TextWasReasoning => {
                taken.reasoning += std::mem::take(&mut taken.text).trim_end();
            }
            Event::Picture(bytes) => taken.pictures.push(bytes),
            Event::PictureUnread => taken.pictures_unread += 1,
            Event::Usage(usage) => taken.usage = Some(usage),
            Event::End {
                finish_reason,
                outcome,
                bad,
                done,
            } => {
                taken.state = match outcome {
                    Outcome::Complete => "complete".into(),
                    Outcome::Cut => "cut".into(),
                    Outcome::Stopped(reason) => format!("stopped:{reason}"),
                    Outcome::Unterminated => "unterminated".into(),
                };
                (taken.finish_reason, taken.bad, taken.done) = (finish_reason, bad, done);
            }
        }
        Ok(())
    }

    /// All of it was taken.
    ///
    /// # Errors
    /// When the end has not come.
    pub fn whole(self) -> Result<Taken, String> {
        if self.taken.state.is_empty() {
            return Err("the answer has no end".into());
        }
        Ok(self.taken)
    }
}

/// Takes an answer whole.
///
/// # Errors
/// What is wrong with the order of its events.
pub async fn take(events: impl Stream<Item = Result<Event, Error>>) -> Result<Taken, String> {
    let mut events = pin!(events);
    let mut taking = Taking::default();
    while let Some(event) = events.next().await {
        taking.add(event)?;
    }
    taking.whole()
}
