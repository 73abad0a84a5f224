//! The bytes of an answer, read as they come.

use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;

use super::event::{Event, Outcome};
use super::events::Events;
use super::response::Response;
use crate::dialect::chat_completions::CHAT_COMPLETIONS;
use crate::dialect::{Decode, Dialect};
use crate::error::Error;

/// Bytes of text and reasoning that an answer may have.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;
/// Bytes that an answer may have, unpacked, whatever they hold.
const BYTES_LIMIT: usize = 256 * 1024 * 1024;
/// The finish reason of an answer that was ended here for its size.
pub const SIZE_LIMIT: &str = "size_limit";

/// Reads an answer in chat completions; [`Decoded::new`] reads one in any dialect.
pub fn decode<S>(response: Response, body: S) -> Decoded<S>
where
    S: Stream<Item = Result<Bytes, Error>>,
{
    Decoded::new(CHAT_COMPLETIONS, response, body)
}

/// The events of a body.
#[derive(Debug)]
pub struct Decoded<S> {
    /// Dropped as soon as the answer is whole, which frees the connection.
    body: Option<Pin<Box<S>>>,
    decoder: Box<dyn Decode>,
    events: Events,
    failed: Option<Error>,
    /// Bytes that came in.
    came: usize,
    /// Bytes of text and reasoning that were given out.
    said: usize,
}

impl<S> Decoded<S> {
    /// Reads an answer as it comes. The stream ends with [`Event::End`] or with an
    /// error; text that came before an error is given out before it. Dropping it
    /// drops `body`.
    ///
    /// An answer of more than 16 MiB of text and reasoning ends there as
    /// [`Outcome::Cut`] with the finish reason [`SIZE_LIMIT`]; one of more than
    /// 256 MiB of anything is [`Error::BadAnswer`].
    pub fn new(dialect: &dyn Dialect, response: Response, body: S) -> Self {
        Self {
            body: Some(Box::pin(body)),
            decoder: dialect.decoder(&response),
            events: Events::of(&response.rows),
            failed: None,
            came: 0,
            said: 0,
        }
    }

    /// Counts an event that is given out. Text beyond what an answer may have is cut
    /// off and ends it: a small body may unpack without end.
    fn count(&mut self, event: &mut Event) {
        let (Event::Text(text) | Event::Reasoning(text)) = event else {
            return;
        };
        let left = ANSWER_LIMIT - self.said;
        if text.len() > left {
            text.truncate(text.floor_char_boundary(left));
            self.body = None;
            self.failed = None;
            self.events.clear();
            self.events.push(Event::End {
                finish_reason: Some(SIZE_LIMIT.to_owned()),
                outcome: Outcome::Cut,
                bad: 0,
                done: false,
            });
        }
        self.said += text.len();
    }

    /// Bytes held at this moment: what has come in and not been given out. Bounded
    /// by the limits of the dialect; for chat completions those of an event (32 MiB)
    /// and of an answer in one JSON body (64 MiB).
    pub fn held(&self) -> usize {
        self.decoder.held() + self.events.held()
    }
}

impl<S: Stream<Item = Result<Bytes, Error>>> Stream for Decoded<S> {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(mut event) = this.events.pop() {
                this.count(&mut event);
                return Poll::Ready(Some(Ok(event)));
            }
            if let Some(error) = this.failed.take() {
                return Poll::Ready(Some(Err(error)));
            }
            let Some(body) = &mut this.body else {
                return Poll::Ready(None);
            };
            let events = &mut this.events;
            let step = match ready!(body.as_mut().poll_next(cx)) {
                Some(Ok(bytes)) => {
                    this.came = this.came.saturating_add(bytes.len());
                    if this.came > BYTES_LIMIT {
                        Err(Error::BadAnswer {
                            reason: "it is larger than 256 MiB".into(),
                        })
                    } else {
                        this.decoder.feed(&bytes, events)
                    }
                }
                Some(Err(error)) => this.decoder.broken(error, events),
                None => this.decoder.finish(events).map(|()| ControlFlow::Break(())),
            };
            match step {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => this.body = None,
                Err(error) => {
                    this.body = None;
                    this.failed = Some(error);
                }
            }
        }
    }
}
