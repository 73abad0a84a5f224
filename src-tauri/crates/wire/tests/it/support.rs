//! What the tests of this crate share: the cases, an answer taken whole, and a
//! provider on a loopback port that says what it is told to.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use protocol::{ErrorCode, IpcError, Usage};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wire::{Body, Error, Event, Outcome, Response};

/// One case of `quirks.json`.
#[derive(Debug, Deserialize)]
pub struct Quirk {
    pub name: String,
    pub status: u16,
    pub content_type: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    pub expect: Expect,
}

/// What a case wants; what it does not name is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Expect {
    pub text: String,
    pub reasoning: String,
    pub state: String,
    pub usage: Option<u32>,
    pub error: Option<String>,
    pub bad: Option<u32>,
    pub done: Option<bool>,
    pub models: Option<usize>,
    pub chat: Option<usize>,
}

/// All cases.
pub fn quirks() -> Vec<Quirk> {
    serde_json::from_str(include_str!("../quirks.json")).unwrap()
}

impl Quirk {
    /// The head of its answer.
    pub fn head(&self) -> Response {
        let mut head = Response {
            status: self.status,
            content_type: Some(self.content_type.clone()),
            ..Response::default()
        };
        for (name, value) in &self.headers {
            let name: http::HeaderName = name.parse().unwrap();
            head.headers.insert(name, value.parse().unwrap());
        }
        head
    }

    /// Its answer as HTTP/1.1, closed at the end.
    pub fn http(&self) -> String {
        let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", self.status);
        if !self.content_type.is_empty() {
            head += &format!("content-type: {}\r\n", self.content_type);
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        format!("{head}\r\n{}", self.body)
    }
}

/// A question that no test looks at.
pub fn ask() -> Body {
    Body::new("{}", true)
}

/// An answer, taken whole.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Taken {
    pub request_id: Option<String>,
    pub model: String,
    pub text: String,
    pub reasoning: String,
    pub usage: Option<Usage>,
    pub state: String,
    pub finish_reason: Option<String>,
    pub bad: u32,
    pub done: bool,
    pub error: Option<IpcError>,
    /// Retries, as told: which, of how many, the wait in milliseconds, the class.
    pub retries: Vec<(u32, u32, u64, ErrorCode)>,
}

/// Takes an answer whole, and checks what holds for all: `Open` first and once,
/// the end last, no empty piece.
pub async fn take(events: impl Stream<Item = Result<Event, Error>>) -> Taken {
    let mut events = std::pin::pin!(events);
    let mut taken = Taken::default();
    let mut opened = false;
    while let Some(event) = events.next().await {
        assert!(
            taken.state.is_empty(),
            "something follows the end: {event:?}"
        );
        match event {
            Ok(Event::Retrying {
                attempt,
                of,
                wait_ms,
                error,
            }) => {
                assert!(!opened, "retried after the opening");
                taken.retries.push((attempt, of, wait_ms, error.code()));
                continue;
            }
            Ok(Event::Open { request_id }) => {
                assert!(!opened, "opened twice");
                opened = true;
                taken.request_id = request_id;
                continue;
            }
            Ok(Event::Model(model)) => taken.model = model,
            Ok(Event::Text(text)) => {
                assert!(!text.is_empty());
                taken.text += &text;
            }
            Ok(Event::Reasoning(text)) => {
                assert!(!text.is_empty());
                taken.reasoning += &text;
            }
            Ok(Event::TextWasReasoning) => {
                taken.reasoning += std::mem::take(&mut taken.text).trim_end();
            }
            Ok(Event::Usage(usage)) => taken.usage = Some(usage),
            Ok(Event::End {
                finish_reason,
                outcome,
                bad,
                done,
            }) => {
                taken.state = match outcome {
                    Outcome::Complete => "complete".into(),
                    Outcome::Cut => "cut".into(),
                    Outcome::Stopped(reason) => format!("stopped:{reason}"),
                    Outcome::Unterminated => "unterminated".into(),
                };
                (taken.finish_reason, taken.bad, taken.done) = (finish_reason, bad, done);
            }
            Err(error) => {
                taken.state = "error".into();
                taken.error = Some(error.into());
                continue;
            }
        }
        assert!(opened, "something comes before the opening");
    }
    assert!(!taken.state.is_empty(), "the answer has no end");
    taken
}

/// Reads a body that comes in these pieces.
pub fn decode(
    head: Response,
    pieces: Vec<Bytes>,
) -> impl Stream<Item = Result<Event, Error>> + Send {
    wire::decode(head, futures_util::stream::iter(pieces.into_iter().map(Ok)))
}

/// Reads a body of status 200, whole.
pub async fn read(body: &str) -> Taken {
    let head = Response {
        status: 200,
        ..Response::default()
    };
    take(decode(head, vec![Bytes::copy_from_slice(body.as_bytes())])).await
}

/// Cuts `bytes` after each length, again and again.
pub fn cut(bytes: &[u8], lengths: &[usize]) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    for length in lengths.iter().cycle() {
        if rest.is_empty() || lengths.iter().all(|l| *l == 0) {
            break;
        }
        let (piece, tail) = rest.split_at((*length).min(rest.len()));
        pieces.push(Bytes::copy_from_slice(piece));
        rest = tail;
    }
    pieces
}

/// Numbers that look random and are the same in each run.
pub fn lengths(seed: u64, most: u64) -> Vec<usize> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..97)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (1 + state % most) as usize
        })
        .collect()
}

/// A loopback port to answer on, and the base URL that leads there.
pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    (listener, url)
}

/// Reads one request: its head and its body.
pub async fn request(socket: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        assert_ne!(
            socket.read_buf(&mut bytes).await.unwrap(),
            0,
            "no request came"
        );
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    while bytes.len() < end + length {
        assert_ne!(
            socket.read_buf(&mut bytes).await.unwrap(),
            0,
            "the request broke off"
        );
    }
    (head, bytes.split_off(end))
}

/// Takes one request and answers with these bytes, in these pieces, then closes.
pub async fn answer(listener: &TcpListener, pieces: Vec<Bytes>) -> (String, Vec<u8>) {
    let (mut socket, _) = listener.accept().await.unwrap();
    socket.set_nodelay(true).unwrap();
    let got = request(&mut socket).await;
    for piece in pieces {
        // The client may have read enough and gone.
        if socket.write_all(&piece).await.is_err() {
            return got;
        }
        tokio::task::yield_now().await;
    }
    let _ = socket.shutdown().await;
    got
}
