//! A provider on a loopback port that behaves as one case says: it knows its own
//! paths, its own key and its own fields, and refuses everything else.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::cases::{Answer, Case, Takes};

/// The key that the stub accepts.
pub const KEY: &str = "right-key";

/// A stub that answers until it is dropped.
pub struct Stub {
    pub origin: String,
    seen: Arc<Mutex<Vec<Value>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    /// Answers as `case` says, under the path of `base`.
    pub async fn of(case: &'static Case, base: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (base, keep) = (base.to_owned(), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let (head, body) = read(&mut socket).await;
                let answer = respond(case, &base, &head, &body);
                if let Ok(body) = serde_json::from_str(&body) {
                    keep.lock().unwrap().push(body);
                }
                let _ = socket.write_all(answer.as_bytes()).await;
                let _ = socket.shutdown().await;
            }
        });
        Self { origin, seen, task }
    }

    /// The bodies it was sent, the last one last.
    pub fn seen(&self) -> Vec<Value> {
        self.seen.lock().unwrap().clone()
    }
}

/// One request: its head, lower-cased but for values, and its body.
async fn read(socket: &mut TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 16_384];
        let count = socket.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let value = line.to_lowercase();
                value.strip_prefix("content-length:")?.trim().parse().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return (head.to_owned(), body.to_owned());
            }
        }
        assert!(count > 0, "the request ended early");
    }
}

fn respond(case: &Case, base: &str, head: &str, body: &str) -> String {
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let key = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.eq_ignore_ascii_case("authorization")).then(|| value.trim().to_owned())
    });
    let right = format!("Bearer {KEY}");
    if case.keyed && key.as_deref() != Some(right.as_str()) {
        return http(&case.bad_key);
    }
    if !case.keyed && key.is_some() {
        return plain(400, "a key was sent to a server that takes none");
    }
    if (method, path) == ("GET", case.list_path) {
        return http(&Answer::json(200, case.list));
    }
    if let Some((at, answer)) = case.other
        && path == at
    {
        let named: Value = serde_json::from_str(body).unwrap();
        return http(&Answer::json(200, answer(named["model"].as_str().unwrap())));
    }
    if (method, path) == ("POST", format!("{base}/chat/completions").as_str()) {
        return match complaint(case, body) {
            None => {
                let kind = "text/event-stream;charset=UTF-8";
                format!(
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: {kind}\r\n\r\n{}",
                    case.stream
                )
            }
            Some(Refused::Asked) => http(&case.busy),
            Some(Refused::Field(name)) => http(&Answer::json(
                case.unknown.0,
                &case.unknown.1.replace("NAME", &name),
            )),
            Some(Refused::Wrong(what)) => plain(400, &what),
        };
    }
    plain(404, &format!("{method} {path} is not known here"))
}

enum Refused {
    /// The model `busy` was asked.
    Asked,
    /// A field that it does not know.
    Field(String),
    /// A value that it does not take.
    Wrong(String),
}

/// What the stub has against a body.
fn complaint(case: &Case, body: &str) -> Option<Refused> {
    let body: Value = serde_json::from_str(body).unwrap();
    if body["model"] == "busy" {
        return Some(Refused::Asked);
    }
    for (name, value) in body.as_object().unwrap() {
        let known = match name.as_str() {
            "model" | "messages" | "stream" => continue,
            "stream_options" => &Takes::Json(r#"{"include_usage":true}"#),
            _ => match case.fields.iter().find(|(known, _)| known == name) {
                Some((_, takes)) => takes,
                None => return Some(Refused::Field(name.clone())),
            },
        };
        if !takes(known, value) {
            return Some(Refused::Wrong(format!("{name} does not take {value}")));
        }
    }
    let parts = body.pointer("/messages/0/content")?.as_array()?;
    let pictures = parts.iter().filter_map(|part| part.get("image_url"));
    for picture in pictures {
        let url = picture["url"].as_str().unwrap();
        let fits = match url.strip_prefix("data:") {
            Some(data) => case.data_urls.iter().any(|mime| data.starts_with(*mime)),
            None => case.links,
        };
        if !fits {
            return Some(Refused::Wrong("that picture is not taken".to_owned()));
        }
        let detail = picture.get("detail").and_then(Value::as_str);
        if detail.is_some_and(|detail| !case.details.contains(&detail)) {
            return Some(Refused::Wrong("that detail is not taken".to_owned()));
        }
    }
    None
}

fn takes(takes: &Takes, value: &Value) -> bool {
    match takes {
        Takes::Number(min, max) => value.as_f64().is_some_and(|n| (*min..=*max).contains(&n)),
        Takes::Words(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Takes::Items(most) => value.as_array().is_some_and(|items| items.len() <= *most),
        Takes::Json(json) => serde_json::from_str::<Value>(json).unwrap() == *value,
        Takes::OneOf(all) => all
            .iter()
            .any(|json| serde_json::from_str::<Value>(json).unwrap() == *value),
    }
}

fn plain(status: u16, text: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n{text}")
}

fn http(answer: &Answer) -> String {
    format!(
        "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-type: {}\r\n{}\r\n{}",
        answer.status, answer.kind, answer.headers, answer.body
    )
}
