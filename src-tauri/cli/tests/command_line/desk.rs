//! What every test stands on.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A request that a provider saw.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The key it came with, without `Bearer`.
    pub key: String,
    pub body: Value,
}

/// A provider on the loopback; each request is answered on a thread of its own.
pub struct Provider {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Provider {
    /// Answers as `answer` writes.
    pub fn start(answer: impl Fn(&mut TcpStream, &Seen) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for mut socket in listener.incoming().map_while(Result::ok) {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || {
                    let one = request(&mut socket);
                    log.lock().unwrap().push(one.clone());
                    answer(&mut socket, &one);
                });
            }
        });
        Self { url, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The only request there was.
    pub fn only(&self) -> Value {
        let seen = self.seen();
        assert_eq!(seen.len(), 1);
        seen[0].body.clone()
    }
}

fn request(socket: &mut TcpStream) -> Seen {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 256 * 1024];
    let mut head = None;
    loop {
        let read = socket.read(&mut chunk).unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        if head.is_none() {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
            head = end.map(|end| (String::from_utf8_lossy(&bytes[..end]).into_owned(), end + 4));
        }
        if let Some((head, start)) = &head {
            let field = |name: &str| {
                head.lines().find_map(|line| {
                    let (known, value) = line.split_once(": ")?;
                    known.eq_ignore_ascii_case(name).then(|| value.to_owned())
                })
            };
            let length = field("content-length").map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= start + length {
                let key = field("authorization").unwrap_or_default();
                return Seen {
                    key: key.trim_start_matches("Bearer ").to_owned(),
                    body: serde_json::from_slice(&bytes[*start..]).unwrap_or_default(),
                };
            }
        }
        assert!(read > 0, "the request ended early");
    }
}

/// The head of a stream.
pub const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// The end of a stream.
pub const DONE: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// A delta of text.
pub fn delta(text: &str) -> String {
    data(json!({"content": text}))
}

/// A delta of anything.
pub fn data(delta: Value) -> String {
    format!(
        "data: {}\n\n",
        json!({"choices": [{"index": 0, "delta": delta}]})
    )
}

/// Writes and flushes; a client that has left is no failure of the test.
pub fn send(socket: &mut TcpStream, text: &str) {
    let _ = socket.write_all(text.as_bytes());
}

/// A provider whose answer to all is this text.
pub fn says(text: &'static str) -> Provider {
    Provider::start(move |socket, _| send(socket, &format!("{HEAD}{}{DONE}", delta(text))))
}

/// An error in the shape of OpenAI's.
pub fn error(status: u16, code: &str, message: &str) -> String {
    let body = json!({"error": {"message": message, "code": code}}).to_string();
    format!(
        "HTTP/1.1 {status} No\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A home in which `loop` is this provider, without a key, and `keyed` the same with one.
pub fn home(provider: &Provider) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let plugins = home.path().join("plugins");
    std::fs::create_dir(&plugins).unwrap();
    for (id, auth) in [("loop", "none"), ("keyed", "bearer")] {
        let manifest = json!({"id": id, "name": id, "base_url": provider.url, "auth": auth});
        std::fs::write(plugins.join(format!("{id}.json")), manifest.to_string()).unwrap();
    }
    home
}

/// The command line on a home, in English, away from whoever's keyring.
pub fn cli(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dragoman-cli"));
    command
        .env("DRAGOMAN_HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it with this on its standard input.
pub fn run_with(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().unwrap()
    })
}

/// What came of it: code, stdout, stderr.
pub fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// Runs it to its end.
pub fn run(command: &mut Command) -> (i32, String, String) {
    told(&command.output().unwrap())
}

/// A picture.
pub fn png(rgb: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb(rgb));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// The pictures in a request.
pub fn pictures(body: &Value) -> Vec<String> {
    let messages = body["messages"].as_array().unwrap().iter();
    let parts = messages.filter_map(|message| message["content"].as_array());
    let pictures = parts
        .flatten()
        .filter(|part| part["type"] == "image_url")
        .map(|part| part["image_url"]["url"].as_str().unwrap().to_owned());
    pictures.collect()
}

/// What is kept on a home: each conversation, newest first, its messages as state and
/// text.
pub fn kept(home: &Path) -> Vec<Vec<(protocol::MessageState, String)>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let opened = history::History::open(&home.join("dragoman.db")).unwrap();
        let history = opened.history;
        let (list, _) = history.read(|r| r.conversations(None, 100)).await.unwrap();
        let mut all = Vec::new();
        for one in list {
            let read = history.read(move |r| r.branch(&one.id));
            let messages = read.await.unwrap().into_iter();
            all.push(messages.map(|one| (one.state, one.text)).collect());
        }
        history.close().await.unwrap();
        all
    })
}
