//! A request as JSON: into bytes, or only counted.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::error::Error;
use crate::request::{Body, Content, Message, Part, Request, Role, Source};

/// What some servers refuse and others need.
const OPTIONS: &str = "stream_options";

/// What stands between texts that are sent as one.
const BETWEEN: &str = "\n\n";

/// Where JSON is written to.
trait Out: Write {
    /// The last byte written.
    fn last(&self) -> Option<u8>;
    /// Bytes written so far.
    fn len(&self) -> usize;
    /// Writes `bytes` as base64.
    fn base64(&mut self, bytes: &[u8]) -> Result<(), Error>;
}

impl Out for Vec<u8> {
    fn last(&self) -> Option<u8> {
        self.as_slice().last().copied()
    }

    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn base64(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let start = self.as_slice().len();
        self.resize(start + encoded(bytes.len()), 0);
        let (_, room) = self.split_at_mut(start);
        (STANDARD.encode_slice(bytes, room)).map_err(|error| Error::Setup {
            reason: format!("base64: {error}"),
        })?;
        Ok(())
    }
}

/// Counts what it is given, and keeps nothing of it.
#[derive(Default)]
struct Counter {
    bytes: usize,
    last: Option<u8>,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes += bytes.len();
        self.last = bytes.last().copied().or(self.last);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Out for Counter {
    fn last(&self) -> Option<u8> {
        self.last
    }

    fn len(&self) -> usize {
        self.bytes
    }

    fn base64(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if !bytes.is_empty() {
            self.last = Some(b'A');
        }
        self.bytes += encoded(bytes.len());
        Ok(())
    }
}

fn encoded(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// The bytes of the body of `request`, which is checked already.
pub(super) fn body(request: &Request) -> Result<Body, Error> {
    let mut out = Vec::with_capacity(size(request));
    let options = write_request(&mut out, request)?;
    let body = Body::new(out, request.stream);
    Ok(match options {
        Some(at) => body.with_spare(OPTIONS, at),
        None => body,
    })
}

/// How many bytes that takes.
pub(super) fn size(request: &Request) -> usize {
    let mut out = Counter::default();
    // What cannot be written has no size; `body` says what is wrong with it.
    let _ = write_request(&mut out, request);
    out.bytes
}

/// Writes all of it, and tells where `stream_options` stands.
fn write_request(
    out: &mut impl Out,
    request: &Request,
) -> Result<Option<std::ops::Range<usize>>, Error> {
    raw(out, b"{")?;
    field(out, "model", &request.model)?;
    key(out, "messages")?;
    raw(out, b"[")?;
    let together = |one: &Message, next: &Message| {
        request.alternating_roles && one.role == next.role && one.role != Role::System
    };
    let mut chunks = request.messages.chunk_by(together).peekable();
    while let Some(messages) = chunks.next() {
        comma(out)?;
        let flag = request.prefill.filter(|_| chunks.peek().is_none());
        write_messages(out, messages, flag)?;
    }
    raw(out, b"]")?;
    field(out, "stream", &request.stream)?;
    let mut options = None;
    if request.stream && !request.without_usage {
        // Without it new-api drops the chunk that holds usage and finish reason.
        let start = out.len();
        let include_usage = serde_json::json!({"include_usage": true});
        field(out, OPTIONS, &include_usage)?;
        options = Some(start..out.len());
    }
    set(out, "temperature", request.temperature)?;
    set(out, "top_p", request.top_p)?;
    set(out, "max_tokens", request.max_tokens)?;
    set(out, "max_completion_tokens", request.max_completion_tokens)?;
    if !request.stop.is_empty() {
        field(out, "stop", &request.stop)?;
    }
    for (name, value) in &request.extra {
        field(out, name, value)?;
    }
    raw(out, b"}")?;
    Ok(options)
}

/// Writes messages of one role as one, with a field that is true.
fn write_messages(
    out: &mut impl Out,
    messages: &[Message],
    flag: Option<&str>,
) -> Result<(), Error> {
    let Some(first) = messages.first() else {
        return Ok(());
    };
    raw(out, b"{")?;
    field(out, "role", &first.role)?;
    let texts: Option<Vec<&str>> = messages.iter().map(only_text).collect();
    match texts {
        Some(texts) => field(out, "content", &texts.join(BETWEEN))?,
        None => {
            key(out, "content")?;
            raw(out, b"[")?;
            for message in messages {
                write_content(out, &message.content)?;
            }
            raw(out, b"]")?;
        }
    }
    let reasoning = messages.iter().filter_map(|one| one.reasoning.as_deref());
    let reasoning: Vec<&str> = reasoning.collect();
    if !reasoning.is_empty() {
        field(out, "reasoning_content", &reasoning.join(BETWEEN))?;
    }
    if let Some(flag) = flag {
        field(out, flag, &true)?;
    }
    raw(out, b"}")
}

fn only_text(message: &Message) -> Option<&str> {
    match &message.content {
        Content::Text(text) => Some(text),
        Content::Parts(_) => None,
    }
}

/// Writes what a message says as parts.
fn write_content(out: &mut impl Out, content: &Content) -> Result<(), Error> {
    match content {
        Content::Text(text) => {
            comma(out)?;
            write_text(out, text)
        }
        Content::Parts(parts) => {
            // GLM wants a video first of all.
            let mut ordered: Vec<&Part> = parts.iter().collect();
            ordered.sort_by_key(|part| match part {
                Part::Video { .. } => 0,
                Part::Image { .. } => 1,
                Part::Text(_) => 2,
            });
            ordered.into_iter().try_for_each(|part| {
                comma(out)?;
                write_part(out, part)
            })
        }
    }
}

fn write_text(out: &mut impl Out, text: &str) -> Result<(), Error> {
    raw(out, b"{")?;
    field(out, "type", "text")?;
    field(out, "text", text)?;
    raw(out, b"}")
}

fn write_part(out: &mut impl Out, part: &Part) -> Result<(), Error> {
    match part {
        Part::Text(text) => return write_text(out, text),
        Part::Image { source, detail } => {
            raw(out, b"{")?;
            field(out, "type", "image_url")?;
            key(out, "image_url")?;
            raw(out, b"{")?;
            write_source(out, source, "image")?;
            set(out, "detail", *detail)?;
            raw(out, b"}")?;
        }
        Part::Video { source, fps } => {
            raw(out, b"{")?;
            field(out, "type", "video_url")?;
            key(out, "video_url")?;
            raw(out, b"{")?;
            write_source(out, source, "video")?;
            match fps {
                // 0.2 to 5, so nothing is lost.
                Some(fps) if fps.fract() == 0.0 => field(out, "fps", &(*fps as u8))?,
                fps => set(out, "fps", *fps)?,
            }
            raw(out, b"}")?;
        }
    }
    raw(out, b"}")
}

fn write_source(out: &mut impl Out, source: &Source, kind: &str) -> Result<(), Error> {
    match source {
        Source::Url(url) => field(out, "url", url),
        Source::Bytes { mime, bytes } => {
            key(out, "url")?;
            write_data_url(out, mime, bytes, kind)
        }
    }
}

fn write_data_url(out: &mut impl Out, mime: &str, bytes: &[u8], kind: &str) -> Result<(), Error> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    let sub = mime
        .strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix('/'));
    if !sub.is_some_and(|sub| !sub.is_empty() && sub.bytes().all(plain)) {
        let (name, example) = match kind {
            "video" => ("video_url", "a video with a MIME type such as video/mp4"),
            _ => ("image_url", "a picture with a MIME type such as image/jpeg"),
        };
        return Err(Error::parameter(name, example));
    }
    raw(out, b"\"data:")?;
    raw(out, mime.as_bytes())?;
    raw(out, b";base64,")?;
    out.base64(bytes)?;
    raw(out, b"\"")
}

/// A field that is sent only where it is set.
fn set(out: &mut impl Out, name: &str, value: Option<impl Serialize>) -> Result<(), Error> {
    match value {
        Some(value) => field(out, name, &value),
        None => Ok(()),
    }
}

fn field(out: &mut impl Out, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
    key(out, name)?;
    write(out, value)
}

fn key(out: &mut impl Out, name: &str) -> Result<(), Error> {
    comma(out)?;
    write(out, name)?;
    raw(out, b":")
}

fn comma(out: &mut impl Out) -> Result<(), Error> {
    if matches!(out.last(), Some(b'{' | b'[')) {
        return Ok(());
    }
    raw(out, b",")
}

fn raw(out: &mut impl Out, bytes: &[u8]) -> Result<(), Error> {
    out.write_all(bytes).map_err(|error| Error::Setup {
        reason: format!("the request cannot be written: {error}"),
    })
}

fn write(out: &mut impl Out, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
    serde_json::to_writer(out, value).map_err(|error| Error::Setup {
        reason: format!("the request is no JSON: {error}"),
    })
}
