//! Cases of the format of `quirks.json`: an HTTP answer, and what a client must
//! make of it. Replayed by a server on a loopback port to the real client.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use wire::{Body, Client, Endpoint, Listing, Response, Retry, Timeouts};

use super::Verdict;
use super::chunks::{cut, lengths};
use super::outcome::{Outcome, differences};
use super::provider::{answer, listen};
use super::taken::{Taken, take};

/// No case needs longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest piece of a random cut, in bytes.
const LONGEST: usize = 60;

/// One case.
#[derive(Debug, Clone)]
pub struct Quirk {
    /// HTTP status.
    pub status: u16,
    /// Content type; empty for none.
    pub content_type: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body, to the byte.
    pub body: Bytes,
    /// What it wants; what it does not name is not checked.
    pub expect: Map<String, Value>,
    /// Keys of the case that mean nothing here.
    unknown: Vec<String>,
}

impl Quirk {
    /// Reads a case.
    ///
    /// # Errors
    /// What it lacks.
    pub fn read(case: &Value) -> Result<Self, String> {
        let case = case.as_object().ok_or("the case is no object")?;
        let status = case.get("status").map_or(Some(200), Value::as_u64);
        let status = status
            .and_then(|status| u16::try_from(status).ok())
            .filter(|status| (200..=999).contains(status))
            .ok_or("status is no HTTP status from 200 on")?;
        let text = |name: &str| match case.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("{name} is no string")),
        };
        let known = [
            "name",
            "status",
            "content_type",
            "headers",
            "body",
            "expect",
            "behaviour",
            "source",
        ];
        let unknown = case.keys().filter(|key| !known.contains(&key.as_str()));
        Ok(Self {
            status,
            content_type: text("content_type")?.unwrap_or_default(),
            headers: headers(case.get("headers"))?,
            body: text("body")?.ok_or("the case has no body")?.into(),
            expect: match case.get("expect") {
                Some(Value::Object(expect)) => expect.clone(),
                _ => return Err("the case has no expect object".into()),
            },
            unknown: unknown.cloned().collect(),
        })
    }

    /// The head of its answer.
    pub fn head(&self) -> Response {
        let mut head = Response {
            status: self.status,
            content_type: Some(self.content_type.clone()),
            ..Response::default()
        };
        for (name, value) in &self.headers {
            // What cannot be a header is not sent over HTTP either.
            if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) {
                head.headers.append(name, value);
            }
        }
        head
    }

    /// True for an answer to the question which models there are.
    pub fn lists_models(&self) -> bool {
        self.expect.get("state").and_then(Value::as_str) == Some("models")
    }

    /// Its answer as HTTP/1.1 in these pieces: each a chunk of its own, or, cut as a
    /// whole with the head, up to the end of the connection.
    fn http(&self, how: &Cut) -> Vec<Bytes> {
        let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", self.status);
        if !self.content_type.is_empty() {
            head += &format!("content-type: {}\r\n", self.content_type);
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let pieces = match how {
            Cut::Whole => {
                let length = self.body.len();
                let framed = self.frames_itself();
                let length = if framed {
                    String::new()
                } else {
                    format!("content-length: {length}\r\n")
                };
                return vec![
                    Bytes::from(format!("{head}{length}\r\n")),
                    self.body.clone(),
                ];
            }
            Cut::Bytes => cut(&self.body, &[1]),
            Cut::Random(seed) if seed % 2 == 0 => cut(&self.body, &lengths(*seed, LONGEST)),
            Cut::Random(seed) => {
                let whole = [format!("{head}\r\n").as_bytes(), &self.body].concat();
                return cut(&whole, &lengths(*seed, LONGEST));
            }
        };
        if self.frames_itself() {
            return std::iter::once(Bytes::from(head + "\r\n"))
                .chain(pieces)
                .collect();
        }
        let mut all = vec![Bytes::from(head + "transfer-encoding: chunked\r\n\r\n")];
        for piece in pieces {
            let size = format!("{:x}\r\n", piece.len());
            all.push(Bytes::from([size.as_bytes(), &piece, b"\r\n"].concat()));
        }
        all.push(Bytes::from_static(b"0\r\n\r\n"));
        all
    }

    /// A header of the case says how long the body is.
    fn frames_itself(&self) -> bool {
        self.headers.iter().any(|(name, _)| {
            ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str())
        })
    }
}

fn headers(value: Option<&Value>) -> Result<Vec<(String, String)>, String> {
    let map = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(map)) => map,
        Some(_) => return Err("headers is no object".into()),
    };
    let mut headers = Vec::new();
    for (name, value) in map {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let fits = name.parse::<http::HeaderName>().is_ok()
                && value.parse::<http::HeaderValue>().is_ok();
            if !fits {
                return Err(format!("the header {name:?} cannot be sent"));
            }
            headers.push((name.clone(), value));
        }
    }
    Ok(headers)
}

/// How an answer is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Not at all.
    Whole,
    /// After each byte.
    Bytes,
    /// Anywhere, the same for the same seed.
    Random(u64),
}

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole => f.write_str("whole"),
            Self::Bytes => f.write_str("byte by byte"),
            Self::Random(seed) => write!(f, "cut with seed {seed}"),
        }
    }
}

/// The client, and a server that plays the provider.
#[derive(Debug)]
pub struct Stage {
    client: Client,
    listener: TcpListener,
    endpoint: Endpoint,
}

impl Stage {
    /// Opens a port.
    ///
    /// # Errors
    /// When there is none, or the client cannot start.
    pub async fn open() -> Result<Self, String> {
        let (listener, base_url) = listen().await.map_err(|error| error.to_string())?;
        Ok(Self {
            client: Client::new(Timeouts::default()).map_err(|error| error.to_string())?,
            listener,
            endpoint: Endpoint {
                base_url,
                headers: Vec::new(),
                dialect: wire::CHAT_COMPLETIONS,
                rows: Default::default(),
            },
        })
    }

    /// Replays a case, whole, byte by byte, and at random cuts from `seed` on.
    pub async fn replay(&self, case: &Value, seed: u64, random: u64) -> Verdict {
        let quirk = match Quirk::read(case) {
            Ok(quirk) => quirk,
            Err(why) => return Verdict::broken(why),
        };
        let mut verdict = Verdict {
            unknown: quirk.unknown.clone(),
            ..Verdict::default()
        };
        let cuts = (0..random).map(|n| Cut::Random(seed.wrapping_add(n)));
        for how in [Cut::Whole, Cut::Bytes].into_iter().chain(cuts) {
            let mut unknown = Vec::new();
            let wrong = match tokio::time::timeout(PATIENCE, self.once(&quirk, &how)).await {
                Ok(Ok(outcome)) => differences(&quirk.expect, &outcome, &mut unknown),
                Ok(Err(why)) => vec![why],
                Err(_) => vec![format!("nothing came of it in {} s", PATIENCE.as_secs())],
            };
            if how == Cut::Whole {
                verdict.unknown.extend(unknown);
            }
            if !wrong.is_empty() {
                verdict.wrong.push(format!("{} ({how})", wrong.join("; ")));
                // The other cuts would say the same again.
                break;
            }
        }
        verdict
    }

    async fn once(&self, quirk: &Quirk, how: &Cut) -> Result<Outcome, String> {
        let http = quirk.http(how);
        // For as often as it is asked.
        let serve = async {
            loop {
                let _ = answer(&self.listener, &http).await;
            }
        };
        tokio::select! {
            outcome = self.ask(quirk) => outcome,
            () = serve => Err("the server ended".into()),
        }
    }

    async fn ask(&self, quirk: &Quirk) -> Result<Outcome, String> {
        if quirk.lists_models() {
            let rows = self
                .client
                .models(&self.endpoint, &Listing::default())
                .await;
            let rows = rows.map_err(|error| format!("models did not come: {error}"))?;
            let rows = rows.into_iter().map(|row| (row.id, row.chat));
            return Ok(Outcome::Models(rows.collect()));
        }
        let body = Body::new("{}", true);
        let taken: Taken = take(self.client.chat(&self.endpoint, body, Retry::none())).await?;
        Ok(Outcome::Answer(Box::new(taken)))
    }
}
