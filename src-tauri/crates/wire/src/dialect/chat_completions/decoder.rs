//! Which kind of body this is, and its bytes turned into events.
//!
//! The content type is not looked at: gateways send errors as event streams and
//! streams as JSON. The first byte that is no blank tells.

use std::ops::ControlFlow;

use super::errors::{refusal, words_in};
use super::fold::{Fold, words_of_body};
use crate::answer::{ERROR_LIMIT, Events, Facts, Response};
use crate::dialect::Decode;
use crate::error::Error;
use crate::sse::{self, EVENT_LIMIT, TooBig};
use crate::text::cap;

/// Bytes of an answer in one JSON body.
const JSON_LIMIT: usize = 64 * 1024 * 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

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

/// The decoder of one answer: an event stream, one JSON body, an error at any status,
/// a web page.
#[derive(Debug)]
pub(super) struct Decoder {
    facts: Facts,
    mode: Mode,
    fold: Fold,
    /// The start of an event stream, in case it turns out to be none.
    head: Vec<u8>,
}

impl Decoder {
    pub fn new(response: &Response) -> Self {
        let facts = Facts::of(response);
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

    /// Tells the kind of body by its first bytes.
    fn sniff(&mut self, held: &[u8], out: &mut Events) -> Result<ControlFlow<()>, Error> {
        let mut bytes = held.trim_ascii_start();
        while let Some(rest) = bytes.strip_prefix(BOM) {
            bytes = rest.trim_ascii_start();
        }
        self.mode = match bytes.first() {
            Some(b'<') => Mode::Page(Vec::new()),
            Some(b'{' | b'[' | b'"') => Mode::Json(Vec::new()),
            Some(_) if BOM.starts_with(bytes) => {
                self.mode = Mode::Blank(bytes.to_vec());
                return Ok(ControlFlow::Continue(()));
            }
            Some(_) => Mode::Events(sse::Decoder::lenient()),
            None => return Ok(ControlFlow::Continue(())),
        };
        self.feed(bytes, out)
    }

    /// The whole answer in one JSON body, or several JSON values.
    fn json(&mut self, body: &str, out: &mut Events) -> Result<(), Error> {
        let _ = self.fold.payload(body, out)?;
        if !self.fold.answered {
            let reason = match words_of_body(body) {
                Some(said) => format!("it holds no choices, but “{}”", cap(&said, 200)),
                None if serde_json::from_str::<serde::de::IgnoredAny>(body).is_err() => {
                    "its JSON is broken or ends too early".to_owned()
                }
                None => "it holds no choices".to_owned(),
            };
            out.clear();
            return Err(Error::BadAnswer { reason });
        }
        self.fold.end(out);
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
            let mut unheard = Events::default();
            let mut failed = None;
            let mut events = sse::Decoder::lenient();
            let mut words = None;
            let mut look = |frame: sse::Frame<'_>| {
                words.get_or_insert_with(|| words_in(frame.data));
                step(&mut fold, frame, &mut unheard, &mut failed)
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
        refusal(&self.facts, body)
    }
}

impl Decode for Decoder {
    fn feed(&mut self, bytes: &[u8], out: &mut Events) -> Result<ControlFlow<()>, Error> {
        match &mut self.mode {
            Mode::Blank(held) => {
                held.extend_from_slice(bytes);
                let held = std::mem::take(held);
                self.sniff(&held, out)
            }
            Mode::Events(events) => {
                if self.head.len() < 512 && !events.recognised() {
                    self.head.extend(bytes.iter().take(512));
                }
                feed_events(events, &mut self.fold, bytes, out)
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
                self.finish(out).map(|()| ControlFlow::Break(()))
            }
        }
    }

    fn finish(&mut self, out: &mut Events) -> Result<(), Error> {
        let mode = std::mem::replace(&mut self.mode, Mode::Blank(Vec::new()));
        match mode {
            Mode::Blank(_) => self.fold.end(out),
            Mode::Events(mut events) => {
                let mut failed = None;
                let flow = events.finish(|frame| step(&mut self.fold, frame, out, &mut failed));
                if let Some(error) = failed {
                    return Err(error);
                }
                let _ = flushed(flow, out)?;
                if !events.recognised() {
                    let text = String::from_utf8_lossy(&self.head);
                    return Err(Error::BadAnswer {
                        reason: format!("it begins with “{}”", cap(text.trim(), 200)),
                    });
                }
                self.fold.end(out);
            }
            Mode::Json(body) => self.json(&String::from_utf8_lossy(&body), out)?,
            Mode::Page(body) => {
                return Err(refusal(&self.facts, &String::from_utf8_lossy(&body)));
            }
            Mode::Failed(body) => return Err(self.failed(&String::from_utf8_lossy(&body))),
        }
        Ok(())
    }

    /// After a finish reason the answer is whole.
    fn broken(&mut self, error: Error, out: &mut Events) -> Result<ControlFlow<()>, Error> {
        if let Mode::Failed(body) = &self.mode {
            return Err(self.failed(&String::from_utf8_lossy(body)));
        }
        if self.fold.finished() {
            self.fold.end(out);
            return Ok(ControlFlow::Break(()));
        }
        out.flush();
        Err(error)
    }

    fn held(&self) -> usize {
        let held = match &self.mode {
            Mode::Events(events) => events.held(),
            Mode::Blank(held) | Mode::Json(held) | Mode::Page(held) | Mode::Failed(held) => {
                held.capacity()
            }
        };
        held + self.head.capacity() + self.fold.held()
    }
}

fn feed_events(
    events: &mut sse::Decoder,
    fold: &mut Fold,
    bytes: &[u8],
    out: &mut Events,
) -> Result<ControlFlow<()>, Error> {
    let mut failed = None;
    let flow = events.push(bytes, |frame| step(fold, frame, out, &mut failed));
    if let Some(error) = failed {
        return Err(error);
    }
    let flow = flushed(flow, out)?;
    if flow.is_break() {
        fold.end(out);
    }
    Ok(flow)
}

/// What was held back comes before the error of an event that is too large.
fn flushed(
    flow: Result<ControlFlow<()>, TooBig>,
    out: &mut Events,
) -> Result<ControlFlow<()>, Error> {
    flow.map_err(|TooBig { limit }| {
        out.flush();
        too_big(limit)
    })
}

fn step(
    fold: &mut Fold,
    frame: sse::Frame<'_>,
    out: &mut Events,
    failed: &mut Option<Error>,
) -> ControlFlow<()> {
    match fold.frame(frame, out) {
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
