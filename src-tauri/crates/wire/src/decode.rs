//! Which kind of body this is, and its bytes turned into events.
//!
//! The content type is not looked at: gateways send errors as event streams and
//! streams as JSON. The first byte that is no blank tells.

use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http::HeaderMap;

use crate::error::words::{Words, cap, web_page, words_in};
use crate::fold::{Fold, words_of_body};
use crate::headers::Facts;
use crate::sse::{self, EVENT_LIMIT, TooBig};
use crate::{Error, Event, Outcome};

/// Bytes kept of an error body or a web page.
pub(crate) const ERROR_LIMIT: usize = 64 * 1024;
/// Bytes of an answer in one JSON body.
const JSON_LIMIT: usize = 64 * 1024 * 1024;
/// Bytes of text and reasoning that an answer may have.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;
/// Bytes that an answer may have, unpacked, whatever they hold.
const BYTES_LIMIT: usize = 256 * 1024 * 1024;
/// The finish reason of an answer that was ended here for its size.
pub const SIZE_LIMIT: &str = "size_limit";
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The head of a provider's answer.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Content type. A hint only: the body itself tells what it is.
    pub content_type: Option<String>,
    /// All headers.
    pub headers: HeaderMap,
}

/// Reads an answer as it comes: an event stream, one JSON body, an error at any
/// status, a web page. The stream ends with [`Event::End`] or with an error;
/// text that came before an error is given out before it. Dropping it drops
/// `body`.
///
/// An answer of more than 16 MiB of text and reasoning ends there as
/// [`Outcome::Cut`] with the finish reason [`SIZE_LIMIT`]; one of more than 256 MiB of
/// anything is [`Error::BadAnswer`].
pub fn decode<S>(response: Response, body: S) -> Decoded<S>
where
    S: Stream<Item = Result<Bytes, Error>>,
{
    Decoded {
        body: Some(Box::pin(body)),
        decoder: Decoder::new(&response),
        failed: None,
        came: 0,
        said: 0,
    }
}

/// The events of a body.
#[derive(Debug)]
pub struct Decoded<S> {
    /// Dropped as soon as the answer is whole, which frees the connection.
    body: Option<Pin<Box<S>>>,
    decoder: Decoder,
    failed: Option<Error>,
    /// Bytes that came in.
    came: usize,
    /// Bytes of text and reasoning that were given out.
    said: usize,
}

impl<S> Decoded<S> {
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
            self.decoder.fold.out.clear();
            self.decoder.fold.out.push_back(Event::End {
                finish_reason: Some(SIZE_LIMIT.to_owned()),
                outcome: Outcome::Cut,
                bad: 0,
                done: false,
            });
        }
        self.said += text.len();
    }

    /// Bytes held at this moment: what has come in and not been given out. Bounded
    /// by the limits of an event (8 MiB) and of an answer in one JSON body (64 MiB).
    pub fn held(&self) -> usize {
        let decoder = &self.decoder;
        let held = match &decoder.mode {
            Mode::Events(events) => events.held(),
            Mode::Blank(held) | Mode::Json(held) | Mode::Page(held) | Mode::Failed(held) => {
                held.capacity()
            }
        };
        held + decoder.head.capacity() + decoder.fold.held()
    }
}

impl<S: Stream<Item = Result<Bytes, Error>>> Stream for Decoded<S> {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(mut event) = this.decoder.fold.out.pop_front() {
                this.count(&mut event);
                return Poll::Ready(Some(Ok(event)));
            }
            if let Some(error) = this.failed.take() {
                return Poll::Ready(Some(Err(error)));
            }
            let Some(body) = &mut this.body else {
                return Poll::Ready(None);
            };
            let step = match std::task::ready!(body.as_mut().poll_next(cx)) {
                Some(Ok(bytes)) => {
                    this.came = this.came.saturating_add(bytes.len());
                    if this.came > BYTES_LIMIT {
                        Err(Error::BadAnswer {
                            reason: "it is larger than 256 MiB".into(),
                        })
                    } else {
                        this.decoder.feed(&bytes)
                    }
                }
                Some(Err(error)) => this.decoder.broken(error),
                None => this.decoder.finish().map(|()| ControlFlow::Break(())),
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

#[derive(Debug)]
enum Mode {
    /// Only blanks so far; holds the part of a byte order mark.
    Blank(Vec<u8>),
    Events(sse::Decoder),
    Json(Vec<u8>),
    Page(Vec<u8>),
    /// An error by its status, whatever the body.
    Failed(Vec<u8>),
}

/// Bytes in, events out, without any waiting.
#[derive(Debug)]
struct Decoder {
    facts: Facts,
    mode: Mode,
    fold: Fold,
    /// The start of an event stream, in case it turns out to be none.
    head: Vec<u8>,
}

impl Decoder {
    fn new(response: &Response) -> Self {
        let facts = Facts::of(response.status, &response.headers);
        let mode = if response.status >= 400 {
            Mode::Failed(Vec::new())
        } else {
            Mode::Blank(Vec::new())
        };
        Self {
            fold: Fold::new(facts.clone()),
            facts,
            mode,
            head: Vec::new(),
        }
    }

    /// Takes the next bytes. Breaks when the answer is whole.
    fn feed(&mut self, bytes: &[u8]) -> Result<ControlFlow<()>, Error> {
        match &mut self.mode {
            Mode::Blank(held) => {
                held.extend_from_slice(bytes);
                let held = std::mem::take(held);
                self.sniff(&held)
            }
            Mode::Events(events) => {
                if self.head.len() < 512 && !events.recognised() {
                    self.head.extend(bytes.iter().take(512));
                }
                feed_events(events, &mut self.fold, bytes)
            }
            Mode::Json(body) => {
                if body.len() + bytes.len() > JSON_LIMIT {
                    return Err(too_big(JSON_LIMIT));
                }
                body.extend_from_slice(bytes);
                Ok(ControlFlow::Continue(()))
            }
            Mode::Page(body) | Mode::Failed(body) => {
                let room = ERROR_LIMIT.saturating_sub(body.len());
                body.extend(bytes.iter().take(room));
                if body.len() < ERROR_LIMIT {
                    return Ok(ControlFlow::Continue(()));
                }
                self.finish().map(|()| ControlFlow::Break(()))
            }
        }
    }

    fn sniff(&mut self, held: &[u8]) -> Result<ControlFlow<()>, Error> {
        let mut bytes = held.trim_ascii_start();
        while let Some(rest) = bytes.strip_prefix(BOM) {
            bytes = rest.trim_ascii_start();
        }
        self.mode = match bytes.first() {
            Some(b'<') => Mode::Page(Vec::new()),
            Some(b'{' | b'[') => Mode::Json(Vec::new()),
            Some(_) if BOM.starts_with(bytes) => {
                self.mode = Mode::Blank(bytes.to_vec());
                return Ok(ControlFlow::Continue(()));
            }
            Some(_) => Mode::Events(sse::Decoder::lenient()),
            None => return Ok(ControlFlow::Continue(())),
        };
        self.feed(bytes)
    }

    /// The body ended.
    fn finish(&mut self) -> Result<(), Error> {
        let mode = std::mem::replace(&mut self.mode, Mode::Blank(Vec::new()));
        match mode {
            Mode::Blank(_) => self.fold.end(),
            Mode::Events(mut events) => {
                let mut failed = None;
                let flow = events.finish(|frame| step(&mut self.fold, frame, &mut failed));
                if let Some(error) = failed {
                    return Err(error);
                }
                self.flushed(flow)?;
                if !events.recognised() {
                    let text = String::from_utf8_lossy(&self.head);
                    return Err(Error::BadAnswer {
                        reason: format!("it begins with “{}”", cap(text.trim(), 200)),
                    });
                }
                self.fold.end();
            }
            Mode::Json(body) => self.json(&String::from_utf8_lossy(&body))?,
            Mode::Page(body) => {
                let words = Words {
                    message: Some(web_page(&String::from_utf8_lossy(&body))),
                    ..Words::default()
                };
                return Err(words.not_an_api(&self.facts));
            }
            Mode::Failed(body) => return Err(self.failed(&String::from_utf8_lossy(&body))),
        }
        Ok(())
    }

    fn flushed(&mut self, flow: Result<ControlFlow<()>, TooBig>) -> Result<(), Error> {
        match flow {
            Ok(_) => Ok(()),
            Err(TooBig { limit }) => {
                self.fold.flush();
                Err(too_big(limit))
            }
        }
    }

    /// The whole answer in one JSON body, or several JSON values.
    fn json(&mut self, body: &str) -> Result<(), Error> {
        let _ = self.fold.payload(body)?;
        if !self.fold.answered {
            let reason = match words_of_body(body) {
                Some(said) => format!("it holds no choices, but “{}”", cap(&said, 200)),
                None if serde_json::from_str::<serde::de::IgnoredAny>(body).is_err() => {
                    "its JSON is broken or ends too early".to_owned()
                }
                None => "it holds no choices".to_owned(),
            };
            self.fold.out.clear();
            return Err(Error::BadAnswer { reason });
        }
        self.fold.end();
        Ok(())
    }

    /// The error of a body with an error status: JSON, a page, text, or even an
    /// event stream.
    fn failed(&self, body: &str) -> Error {
        let start = body.trim_start();
        if ["data:", "event:", "error:", ":"]
            .iter()
            .any(|name| start.starts_with(name))
        {
            let mut fold = Fold::new(self.facts.clone());
            let mut failed = None;
            let mut events = sse::Decoder::lenient();
            let mut words = None;
            let mut look = |frame: sse::Frame<'_>| {
                words.get_or_insert_with(|| words_in(frame.data));
                step(&mut fold, frame, &mut failed)
            };
            let flow = events.push(start.as_bytes(), &mut look);
            if matches!(flow, Ok(ControlFlow::Continue(()))) {
                let _ = events.finish(&mut look);
            }
            if let Some(error) = failed {
                return error;
            }
            if let Some(words) = words {
                return words.refuse(&self.facts);
            }
        }
        words_in(body).refuse(&self.facts)
    }

    /// The body broke off. After a finish reason the answer is whole all the same.
    fn broken(&mut self, error: Error) -> Result<ControlFlow<()>, Error> {
        if let Mode::Failed(body) = &self.mode {
            return Err(self.failed(&String::from_utf8_lossy(body)));
        }
        if self.fold.finished() {
            self.fold.end();
            return Ok(ControlFlow::Break(()));
        }
        self.fold.flush();
        Err(error)
    }
}

fn feed_events(
    events: &mut sse::Decoder,
    fold: &mut Fold,
    bytes: &[u8],
) -> Result<ControlFlow<()>, Error> {
    let mut failed = None;
    let flow = events.push(bytes, |frame| step(fold, frame, &mut failed));
    if let Some(error) = failed {
        return Err(error);
    }
    match flow {
        Ok(ControlFlow::Break(())) => fold.end(),
        Ok(ControlFlow::Continue(())) => {}
        Err(TooBig { limit }) => {
            fold.flush();
            return Err(too_big(limit));
        }
    }
    flow.map_err(|TooBig { limit }| too_big(limit))
}

fn step(fold: &mut Fold, frame: sse::Frame<'_>, failed: &mut Option<Error>) -> ControlFlow<()> {
    match fold.frame(frame) {
        Ok(flow) => flow,
        Err(error) => {
            *failed = Some(error);
            ControlFlow::Break(())
        }
    }
}

fn too_big(limit: usize) -> Error {
    Error::BadAnswer {
        reason: format!("a part of it is larger than {} MiB", limit / (1024 * 1024)),
    }
}

const _: () = assert!(EVENT_LIMIT < JSON_LIMIT);
