//! Server-sent events: bytes in, frames out.
//!
//! Follows WHATWG HTML section 9.2.6 (event stream interpretation). The lenient
//! mode adds what servers of chat completions were seen to need, each named at
//! its place below. Memory is bounded by the limit of one event, and the work is
//! linear in the bytes, however they are cut.

use std::borrow::Cow;
use std::ops::ControlFlow;

/// Bytes an event may hold unless said otherwise: 32 MiB, since an event may hold a
/// picture.
pub const EVENT_LIMIT: usize = 32 * 1024 * 1024;
/// Bytes of a buffer that are kept for the next event.
const KEEP: usize = 64 * 1024;

/// An event outgrew the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {limit} bytes")]
pub struct TooBig {
    /// The limit, in bytes.
    pub limit: usize,
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its type; `message` unless the stream says otherwise.
    pub event: &'a str,
    /// Its data lines, joined by line feeds.
    pub data: &'a str,
    /// The last event id seen.
    pub id: &'a str,
}

/// The decoder of one stream.
#[derive(Debug)]
pub struct Decoder {
    lenient: bool,
    limit: usize,
    /// The start of a line whose end has not come yet.
    line: Vec<u8>,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_cr: bool,
    begun: bool,
    data: String,
    has_data: bool,
    /// The data is made of lines without any field name.
    bare: bool,
    event: String,
    id: String,
    last_id: String,
    retry: Option<u64>,
    recognised: bool,
}

impl Decoder {
    /// A decoder that does exactly what WHATWG says.
    pub fn strict() -> Self {
        Self::new(false, EVENT_LIMIT)
    }

    /// A decoder that also takes what servers really send: an unfinished last
    /// event is given out at the end (llama.cpp), a field `error:` is an event of
    /// type `error` (llama.cpp before September 2025), lines of bare JSON or
    /// HTML without a field name are an event (new-api after it pinged).
    pub fn lenient() -> Self {
        Self::new(true, EVENT_LIMIT)
    }

    /// A decoder with its own limit of bytes per event.
    pub fn new(lenient: bool, limit: usize) -> Self {
        Self {
            lenient,
            limit,
            line: Vec::new(),
            after_cr: false,
            begun: false,
            data: String::new(),
            has_data: false,
            bare: false,
            event: String::new(),
            id: String::new(),
            last_id: String::new(),
            retry: None,
            recognised: false,
        }
    }

    /// The reconnection time the stream asked for, in milliseconds. Only told:
    /// a POST is never sent again.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// The id of the last event that ended, with or without data: what a client
    /// that reconnects would send as `Last-Event-ID`.
    pub fn last_event_id(&self) -> &str {
        &self.last_id
    }

    /// Bytes set aside for what has not been given out: at most four times the limit
    /// of an event (buffers grow by doubling, and the last id is kept twice), or
    /// 320 KiB where that is more.
    pub fn held(&self) -> usize {
        let texts = [&self.data, &self.event, &self.id, &self.last_id];
        self.line.capacity() + texts.map(String::capacity).iter().sum::<usize>()
    }

    /// True once a comment, a field or bare JSON was seen: this is an event stream.
    pub fn recognised(&self) -> bool {
        self.recognised
    }

    /// Takes the next bytes and gives `on` each event they complete. Stops where
    /// `on` breaks; the rest of the bytes is dropped then.
    ///
    /// # Errors
    /// [`TooBig`] when an event outgrows the limit.
    pub fn push(
        &mut self,
        bytes: &[u8],
        mut on: impl FnMut(Frame<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, TooBig> {
        let mut rest = bytes;
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        loop {
            if self.between_events() {
                while let Some((data, next)) =
                    whole_event(rest, self.limit.saturating_sub(self.id.len()))
                {
                    rest = next;
                    self.recognised = true;
                    self.keep_id();
                    if on(self.frame(data)).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
            let Some(at) = memchr::memchr2(b'\n', b'\r', rest) else {
                break;
            };
            let (head, tail) = rest.split_at(at);
            rest = match tail {
                [b'\r', b'\n', next @ ..] => next,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, next @ ..] => next,
                [] => &[],
            };
            let flow = if self.line.is_empty() {
                self.take(head, &mut on)?
            } else {
                self.hold(head)?;
                let line = std::mem::take(&mut self.line);
                let flow = self.take(&line, &mut on);
                // The buffer is used again, without its content.
                self.line = line;
                self.line.clear();
                self.line.shrink_to(KEEP);
                flow?
            };
            if flow.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        self.hold(rest)?;
        Ok(ControlFlow::Continue(()))
    }

    /// The stream ended. The lenient decoder gives out what is pending.
    ///
    /// # Errors
    /// [`TooBig`] when the last event outgrows the limit.
    pub fn finish(
        &mut self,
        mut on: impl FnMut(Frame<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, TooBig> {
        let line = std::mem::take(&mut self.line);
        if !self.lenient {
            return Ok(ControlFlow::Continue(()));
        }
        if !line.is_empty() && self.take(&line, &mut on)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        Ok(self.dispatch(&mut on))
    }

    /// Nothing of an event has been seen yet, and no byte order mark is due.
    fn between_events(&self) -> bool {
        self.begun && self.line.is_empty() && !self.has_data && self.event.is_empty()
    }

    /// An event ended: its id is the last one.
    fn keep_id(&mut self) {
        if self.last_id != self.id {
            self.id.clone_into(&mut self.last_id);
        }
    }

    fn frame<'a>(&'a self, data: &'a str) -> Frame<'a> {
        Frame {
            event: if self.event.is_empty() {
                "message"
            } else {
                &self.event
            },
            data,
            id: &self.id,
        }
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), TooBig> {
        self.room(self.line.len() + bytes.len())?;
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn room(&self, more: usize) -> Result<(), TooBig> {
        if self.data.len() + self.event.len() + self.id.len() + more > self.limit {
            return Err(TooBig { limit: self.limit });
        }
        Ok(())
    }

    /// One whole line, without its end.
    fn take(
        &mut self,
        bytes: &[u8],
        on: &mut impl FnMut(Frame<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, TooBig> {
        self.room(bytes.len())?;
        let mut bytes = bytes;
        if !self.begun {
            self.begun = true;
            bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        }
        if bytes.is_empty() {
            return Ok(self.dispatch(on));
        }
        if bytes.first() == Some(&b':') {
            self.recognised = true;
            return Ok(ControlFlow::Continue(()));
        }
        // Checking for what is nearly always right is faster than mending it.
        let line = match std::str::from_utf8(bytes) {
            Ok(line) => Cow::Borrowed(line),
            Err(_) => String::from_utf8_lossy(bytes),
        };
        // Replacement characters are longer than the bytes they stand for.
        self.room(line.len())?;
        if self.bare {
            if !is_field(&line) {
                self.append(&line);
                return Ok(ControlFlow::Continue(()));
            }
            if self.dispatch(on).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        } else if self.lenient && !self.has_data && line.starts_with(['{', '[', '<']) {
            self.bare = true;
            self.recognised = true;
            self.append(&line);
            return Ok(ControlFlow::Continue(()));
        }
        self.field(&line);
        Ok(ControlFlow::Continue(()))
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => self.append(value),
            "event" => value.clone_into(&mut self.event),
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" => {
                if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
                    self.retry = value.parse().ok().or(self.retry);
                }
            }
            "error" if self.lenient => {
                "error".clone_into(&mut self.event);
                self.append(value);
            }
            _ => return,
        }
        self.recognised = true;
    }

    fn append(&mut self, value: &str) {
        if self.has_data {
            self.data.push('\n');
        }
        self.has_data = true;
        self.data.push_str(value);
    }

    fn dispatch(&mut self, on: &mut impl FnMut(Frame<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let flow = if self.has_data {
            on(self.frame(&self.data))
        } else {
            ControlFlow::Continue(())
        };
        self.keep_id();
        self.event.clear();
        self.event.shrink_to(KEEP);
        self.data.clear();
        self.data.shrink_to(KEEP);
        self.has_data = false;
        self.bare = false;
        flow
    }
}

/// The data of an event that begins here, is one line of data and ends within
/// `bytes`; and what follows it. By far the most are: they need no copy.
fn whole_event(bytes: &[u8], limit: usize) -> Option<(&str, &[u8])> {
    let line = bytes.strip_prefix(b"data:")?;
    let (value, end) = line.split_at(memchr::memchr2(b'\n', b'\r', line)?);
    let next = (end.strip_prefix(b"\n\n")).or_else(|| end.strip_prefix(b"\r\n\r\n"))?;
    if bytes.len() - end.len() > limit {
        return None;
    }
    let value = value.strip_prefix(b" ").unwrap_or(value);
    Some((std::str::from_utf8(value).ok()?, next))
}

fn is_field(line: &str) -> bool {
    ["data:", "event:", "id:", "retry:", "error:"]
        .iter()
        .any(|name| line.starts_with(name))
}
