use std::fmt;
use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use socket2::SockRef;

use super::gate::Gate;
use super::patience::LOOK;

/// A part of a body, written and flushed at once.
#[derive(Clone)]
pub enum Piece {
    /// Bytes.
    Bytes(Vec<u8>),
    /// Waits until the test opens the gate.
    Wait(Gate),
    /// Bytes made at the moment they are written.
    Made(Arc<dyn Fn() -> Vec<u8> + Send + Sync>),
    /// A pause as a slow model makes it; for benches only.
    Pause(Duration),
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({:?})", String::from_utf8_lossy(bytes)),
            Self::Wait(_) => f.write_str("Wait"),
            Self::Made(_) => f.write_str("Made"),
            Self::Pause(pause) => write!(f, "Pause({pause:?})"),
        }
    }
}

/// How the client is told where the body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `Transfer-Encoding: chunked`, one chunk a piece.
    Chunked,
    /// Nothing: the connection closes.
    Close,
    /// `Content-Length`, true or not.
    Length(usize),
}

/// What comes after the last piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The end that the framing asks for.
    Clean,
    /// The connection closes without it.
    Early,
    /// The connection is reset.
    Reset,
    /// Nothing, until the client leaves.
    Stall,
}

/// An answer, written by the test piece by piece.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    framing: Framing,
    pieces: Vec<Piece>,
    ending: Ending,
}

impl Reply {
    /// An answer of this status and type, with an empty body.
    pub fn new(status: u16, content_type: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            framing: Framing::Close,
            pieces: Vec::new(),
            ending: Ending::Clean,
        }
    }

    /// A JSON answer of true length.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::whole(status, "application/json", &body.to_string())
    }

    /// An answer of any type, of true length.
    pub fn whole(status: u16, content_type: &str, body: &str) -> Self {
        Self::new(status, content_type)
            .framing(Framing::Length(body.len()))
            .bytes(body)
    }

    /// An error as OpenAI words it.
    pub fn error(status: u16, message: &str, code: &str) -> Self {
        let error = json!({ "message": message, "type": "error", "param": null, "code": code });
        Self::json(status, &json!({ "error": error }))
    }

    /// A list of models as OpenAI gives it.
    pub fn models(ids: &[&str]) -> Self {
        let row = |id: &&str| json!({ "id": id, "object": "model", "created": 0, "owned_by": "x" });
        let rows: Vec<Value> = ids.iter().map(row).collect();
        Self::json(200, &json!({ "object": "list", "data": rows }))
    }

    /// 404, as JSON.
    pub fn not_found() -> Self {
        Self::error(404, "Nothing is scripted for this path", "not_found")
    }

    /// The beginning of a chunked stream of events.
    pub fn stream() -> Self {
        Self::new(200, "text/event-stream").framing(Framing::Chunked)
    }

    /// A whole stream: a delta for each text, a stop, `[DONE]`.
    pub fn streamed(texts: &[&str]) -> Self {
        let stream = Self::stream();
        texts
            .iter()
            .fold(stream, |stream, text| stream.delta(text))
            .finish("stop")
            .done()
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the framing.
    #[must_use]
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets the ending.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// Adds a piece.
    #[must_use]
    pub fn piece(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// Adds bytes.
    #[must_use]
    pub fn bytes(self, bytes: impl AsRef<[u8]>) -> Self {
        self.piece(Piece::Bytes(bytes.as_ref().to_vec()))
    }

    /// Waits here until the gate is opened.
    #[must_use]
    pub fn wait(self, gate: &Gate) -> Self {
        self.piece(Piece::Wait(gate.clone()))
    }

    /// Adds an event with JSON data.
    #[must_use]
    pub fn event(self, data: &Value) -> Self {
        self.bytes(format!("data: {data}\n\n"))
    }

    /// Adds text to the answer.
    #[must_use]
    pub fn delta(self, text: &str) -> Self {
        self.event(&chunk(&json!({ "content": text }), None))
    }

    /// Adds text to the reasoning.
    #[must_use]
    pub fn reasoning(self, text: &str) -> Self {
        self.event(&chunk(&json!({ "reasoning_content": text }), None))
    }

    /// Says why the answer ended.
    #[must_use]
    pub fn finish(self, reason: &str) -> Self {
        self.event(&chunk(&json!({}), Some(reason)))
    }

    /// Counts tokens, as `stream_options.include_usage` asks for.
    #[must_use]
    pub fn usage(self, prompt: u32, completion: u32, reasoning: u32) -> Self {
        self.event(&json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0,
            "model": "scripted-2026", "choices": [],
            "usage": {
                "prompt_tokens": prompt, "completion_tokens": completion,
                "total_tokens": prompt + completion,
                "completion_tokens_details": { "reasoning_tokens": reasoning },
            },
        }))
    }

    /// Ends the stream of events.
    #[must_use]
    pub fn done(self) -> Self {
        self.bytes("data: [DONE]\n\n")
    }

    /// Cuts all bytes anew, into pieces of `size`; gates stay where they are.
    #[must_use]
    pub fn cut(mut self, size: usize) -> Self {
        let pieces = std::mem::take(&mut self.pieces);
        self.pieces = pieces
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Bytes(bytes) => bytes
                    .chunks(size.max(1))
                    .map(|cut| Piece::Bytes(cut.to_vec()))
                    .collect(),
                other => vec![other],
            })
            .collect();
        self
    }

    /// Writes head and pieces; stops early when `abandoned`.
    pub(crate) fn write(
        &self,
        mut stream: &TcpStream,
        abandoned: &dyn Fn() -> bool,
    ) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut head = format!("HTTP/1.1 {} Scripted\r\nConnection: close\r\n", self.status);
        match self.framing {
            Framing::Chunked => head.push_str("Transfer-Encoding: chunked\r\n"),
            Framing::Close => {}
            Framing::Length(length) => head.push_str(&format!("Content-Length: {length}\r\n")),
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => self.write_bytes(stream, bytes)?,
                Piece::Made(make) => self.write_bytes(stream, &make())?,
                Piece::Pause(pause) => thread::sleep(*pause),
                Piece::Wait(gate) => {
                    if !gate.pass(abandoned) {
                        return Err(io::ErrorKind::ConnectionAborted.into());
                    }
                }
            }
        }
        match self.ending {
            Ending::Clean if self.framing == Framing::Chunked => stream.write_all(b"0\r\n\r\n"),
            Ending::Stall => {
                while !abandoned() {
                    thread::sleep(LOOK);
                }
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Ending::Clean | Ending::Early | Ending::Reset => Ok(()),
        }
    }

    fn write_bytes(&self, mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
        if self.framing != Framing::Chunked {
            return stream.write_all(bytes);
        }
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        stream.write_all(&chunk)
    }

    /// Closes the connection as the ending asks. Errors: the client was faster.
    pub(crate) fn close(&self, stream: &TcpStream) {
        if self.ending == Ending::Reset {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
            // With a linger of zero the close resets. This shutdown sends nothing: it
            // only wakes the watcher, which holds the connection open too.
            let _ = stream.shutdown(Shutdown::Read);
            return;
        }
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// A chunk of a chat completion with one choice.
fn chunk(delta: &Value, finish: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0,
        "model": "scripted-2026",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }],
    })
}
