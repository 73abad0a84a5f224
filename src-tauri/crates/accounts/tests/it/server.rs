//! A server on loopback that answers as a test says.

use std::sync::{Arc, Mutex};

use base64::Engine;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What was asked.
#[derive(Clone, Default)]
pub struct Asked {
    /// Its `authorization`.
    pub key: Option<String>,
    pub body: Vec<u8>,
}

impl Asked {
    /// The colour of the picture's middle, in Chinese.
    pub fn colour(&self) -> &'static str {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let url = &body["messages"][0]["content"][0]["image_url"]["url"];
        let data = url.as_str().unwrap().strip_prefix("data:image/png;base64,");
        let png = base64::prelude::BASE64_STANDARD
            .decode(data.unwrap())
            .unwrap();
        let picture = image::load_from_memory(&png).unwrap().to_rgb8();
        let [r, g, b] = picture.get_pixel(32, 32).0;
        match (r > 128, g > 128, b > 128) {
            (true, false, false) => "是红色的。",
            (false, true, false) => "绿色",
            (false, false, true) => "蓝色",
            (true, true, false) => "黄色",
            other => panic!("{other:?}"),
        }
    }
}

/// What is answered.
pub struct Reply(String);

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string();
        Self(format!(
            "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        ))
    }
}

type Answer = Box<dyn Fn(&Asked) -> Reply + Send>;

pub struct Server {
    base_url: String,
    answer: Arc<Mutex<Answer>>,
    last: Arc<Mutex<Asked>>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let silent: Answer = Box::new(|_| Reply::json(500, &Value::Null));
        let server = Self {
            base_url,
            answer: Arc::new(Mutex::new(silent)),
            last: Arc::default(),
        };
        let (answer, last) = (server.answer.clone(), server.last.clone());
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let Some(asked) = asked(&mut socket).await else {
                    continue;
                };
                *last.lock().unwrap() = asked.clone();
                let Reply(text) = answer.lock().unwrap()(&asked);
                let _ = socket.write_all(text.as_bytes()).await;
            }
        });
        server
    }

    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    pub fn answer(&self, answer: impl Fn(&Asked) -> Reply + Send + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// The JSON of the last request.
    pub fn last_body(&self) -> Value {
        serde_json::from_slice(&self.last.lock().unwrap().body).unwrap()
    }
}

async fn asked(socket: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = socket
            .read(&mut chunk)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.to_owned())
        };
        let length = header("content-length").map_or(0, |text| text.parse().unwrap());
        let body = &bytes[end + 4..];
        if body.len() >= length {
            return Some(Asked {
                key: header("authorization"),
                body: body.to_vec(),
            });
        }
    }
}
