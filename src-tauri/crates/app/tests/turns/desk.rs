//! What every test of a turn stands on.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use accounts::Accounts;
use app::{App, DRAFT};
use chat::{Chat, Sink};
use composer::Draft;
use history::History;
use keys::Keys;
use protocol::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};
use wire::{Client, Timeouts};

pub struct Desk {
    pub app: App,
    pub chat: Asked,
    pub accounts: Accounts,
    pub attachments: Draft,
    pub history: History,
    pub folder: tempfile::TempDir,
    /// The text on the clipboard.
    pub clipboard: Arc<Mutex<String>>,
}

/// The chat of an app, asked with what its draft holds.
pub struct Asked(pub App);

impl Asked {
    pub async fn send(&self, params: ChatSendParams, sink: Sink) -> Result<ChatSent, IpcError> {
        self.0.send(params, sink).await
    }

    pub async fn size(&self, params: RequestSizeParams) -> Result<RequestSize, IpcError> {
        self.0.size(params).await
    }
}

impl Deref for Asked {
    type Target = Chat;

    fn deref(&self) -> &Chat {
        &self.0.chat
    }
}

/// Listens to nothing, and reads the clipboard of the desk.
struct Quiet(Arc<Mutex<String>>);

impl app::Ears for Quiet {
    fn attachment(&self, _: AttachmentEvent) {}

    fn conversations(&self, _: ConversationsEvent) {}

    fn trouble(&self, _: IpcError) {}

    fn keyring(&self, _: protocol::KeyringEvent) {}

    fn copied(&self) -> app::Copied {
        let text = self.0.lock().unwrap().clone();
        Box::pin(async { Ok(text) })
    }
}

/// The language of an English desktop.
pub fn english() -> app::Speaks {
    Arc::new(|| Language::English)
}

pub fn desk() -> Desk {
    let clipboard = Arc::<Mutex<String>>::default();
    Desk {
        clipboard: clipboard.clone(),
        ..desk_told(Arc::new(Quiet(clipboard)))
    }
}

/// A desk that tells what happens.
pub fn desk_told(ears: Arc<dyn app::Ears>) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let history = History::open(&folder.path().join("dragoman.db"))
        .unwrap()
        .history;
    on(history, folder, ears)
}

/// The same home, opened once more after its end.
pub async fn restarted(desk: Desk) -> Desk {
    desk.chat.end().await.unwrap();
    let Desk {
        folder, clipboard, ..
    } = desk;
    let opened = History::open(&folder.path().join("dragoman.db")).unwrap();
    let swept = opened.history.clone();
    let sweeps = tokio::task::spawn_blocking(move || swept.settle().unwrap());
    sweeps.await.unwrap();
    Desk {
        clipboard: clipboard.clone(),
        ..on(opened.history, folder, Arc::new(Quiet(clipboard)))
    }
}

fn on(history: History, folder: tempfile::TempDir, ears: Arc<dyn app::Ears>) -> Desk {
    let client = Client::new(Timeouts::default()).unwrap();
    let accounts = Accounts::new(history.clone(), Keys::open("dev.dragoman.test"), client);
    let app = App::of(history.clone(), accounts.clone(), english(), ears);
    Desk {
        clipboard: Arc::default(),
        chat: Asked(app.clone()),
        attachments: app.composer.draft(DRAFT),
        app,
        accounts,
        history,
        folder,
    }
}

/// A provider that waits for the test: the address it is at, and its requests.
pub async fn provider() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (
        format!("http://{}/v1", listener.local_addr().unwrap()),
        listener,
    )
}

/// Takes one request whole; its JSON body.
pub async fn request(listener: &TcpListener) -> (TcpStream, serde_json::Value) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = socket.read(&mut chunk).await.unwrap();
        assert!(read > 0, "the request ended early");
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        });
        if body.len() >= length.unwrap_or(0usize) {
            return (socket, serde_json::from_str(body).unwrap());
        }
    }
}

pub const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

pub fn delta(text: &str) -> String {
    format!(
        "data: {}\n\n",
        serde_json::json!({"model": "m-real", "choices": [{"index": 0, "delta": {"content": text}}]})
    )
}

pub const DONE: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

pub fn question(provider: &str, text: &str) -> ChatSendParams {
    ChatSendParams {
        conversation: None,
        text: text.into(),
        attachments: vec![],
        provider: provider.into(),
        model: "m".into(),
        params: ChatParams::default(),
        preset: None,
        alone: false,
        copied_of: None,
    }
}

pub fn watched() -> (chat::Sink, UnboundedReceiver<ChatEvent>) {
    let (sender, receiver) = unbounded_channel();
    (Box::new(move |event| sender.send(event).is_ok()), receiver)
}

/// Every event to the last; the sink is dropped after the terminal one.
pub async fn rest(mut events: UnboundedReceiver<ChatEvent>) -> Vec<ChatEvent> {
    let mut all = Vec::new();
    while let Some(event) = events.recv().await {
        all.push(event);
    }
    all
}

pub fn is_terminal(event: &ChatEvent) -> bool {
    matches!(event, ChatEvent::Finished { .. } | ChatEvent::Failed { .. })
}

/// The answer's HTML as a page would hold it after these events.
pub fn shown(events: &[ChatEvent]) -> String {
    let mut blocks = Vec::new();
    for event in events {
        match event {
            ChatEvent::Snapshot { message } => blocks = message.blocks.clone(),
            ChatEvent::Chunk {
                text: Some(patch), ..
            } => patch.apply(&mut blocks),
            _ => {}
        }
    }
    markdown::to_html(&blocks)
}

pub async fn custom(desk: &Desk, base_url: &str) -> String {
    let params = ProviderAddParams {
        name: "Loopback".into(),
        base_url: base_url.into(),
        allow_private: false,
    };
    desk.accounts.add_provider(&params).await.unwrap().id
}

pub fn flat_png(width: u32, height: u32, rgb: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(rgb));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// A request that a scripted provider saw.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The key it came with, without `Bearer`.
    pub key: String,
    /// Its JSON body.
    pub body: serde_json::Value,
    /// How long it is.
    pub bytes: usize,
}

/// What a scripted provider saw so far.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    pub fn keys(&self) -> Vec<String> {
        self.all().into_iter().map(|seen| seen.key).collect()
    }

    pub fn last(&self) -> serde_json::Value {
        self.all().pop().unwrap().body
    }
}

/// A provider that gives these answers one after the other, one a connection, and
/// whole. What it is asked beyond them it does not answer but logs.
pub async fn scripted(answers: impl IntoIterator<Item = String>) -> (String, Log) {
    let (url, listener) = provider().await;
    let log = Log::default();
    let seen = log.clone();
    let mut answers = answers.into_iter().collect::<Vec<_>>().into_iter();
    tokio::spawn(async move {
        loop {
            let (mut socket, head, body) = whole(&listener).await;
            let key = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("authorization")
                    .then(|| value.trim_start_matches("Bearer ").to_owned())
            });
            seen.0.lock().unwrap().push(Seen {
                key: key.unwrap_or_default(),
                bytes: body.len(),
                body: serde_json::from_str(&body).unwrap_or_default(),
            });
            let answer = answers.next().unwrap_or_default();
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
        }
    });
    (url, log)
}

/// Takes one request whole: its head and its body.
pub async fn whole(listener: &TcpListener) -> (TcpStream, String, String) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 256 * 1024];
    let mut need = None;
    loop {
        let read = socket.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        if need.is_none() {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
            need = end.map(|end| {
                let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("content-length")
                        .then(|| value.parse::<usize>().unwrap())
                });
                (head, end + 4, length.unwrap_or(0))
            });
        }
        if let Some((head, start, length)) = &need
            && bytes.len() >= start + length
        {
            let body = String::from_utf8_lossy(&bytes[*start..]).into_owned();
            return (socket, head.clone(), body);
        }
        assert!(read > 0, "the request ended early");
    }
}

/// A whole answer of one delta.
pub fn says(text: &str) -> String {
    format!("{HEAD}{}{DONE}", delta(text))
}

/// An error with an HTTP status, and more header lines.
pub fn refuses(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} No\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// An error in the shape of OpenAI's.
pub fn error(status: u16, code: &str, message: &str) -> String {
    let body = serde_json::json!({"error": {"message": message, "code": code}});
    refuses(status, "", &body.to_string())
}

/// A provider of a manifest: these fields beside id, name and address.
pub async fn plugin(desk: &Desk, url: &str, fields: serde_json::Value) -> String {
    let mut manifest = serde_json::json!({"id": "plugin", "name": "Plugin", "base_url": url});
    for (name, value) in fields.as_object().unwrap() {
        manifest[name] = value.clone();
    }
    let json = manifest.to_string();
    let put = desk.history.write(move |w| w.put_provider("plugin", &json));
    put.await.unwrap();
    desk.accounts.read_again().await;
    "plugin".into()
}

/// Keys for a provider, tried in this order.
pub async fn keys(desk: &Desk, provider: &str, keys: &[&str]) {
    let mut ids = Vec::new();
    for key in keys {
        let params = KeySetParams {
            provider: provider.into(),
            label: format!("label of {key}"),
            key: (*key).into(),
            keep: Keep::Session,
        };
        ids.push(desk.accounts.set_key(params).await.unwrap().id);
    }
    let params = KeyOrderParams {
        provider: provider.into(),
        ids,
    };
    desk.accounts.order_keys(params).await.unwrap();
}

/// Sends, and waits for the end: what was sent, every event, and how it ended.
pub async fn ask(desk: &Desk, question: ChatSendParams) -> (ChatSent, Vec<ChatEvent>) {
    let (sink, events) = watched();
    let sent = desk.chat.send(question, sink).await.unwrap();
    (sent, rest(events).await)
}

/// Waits until all is written that nobody waited for.
pub async fn written(desk: &Desk) {
    desk.history.write(|_| Ok(())).await.unwrap();
}

/// The conversations, newest first.
pub async fn list(desk: &Desk) -> Vec<ConversationSummary> {
    let params = ConversationListParams {
        of: ListOf::Listed,
        after: None,
        limit: 200,
    };
    desk.chat.conversations(params).await.unwrap().conversations
}

/// Asks again, and waits for the end.
pub async fn again(desk: &Desk, sent: &ChatSent, provider: &str) -> Vec<ChatEvent> {
    let (sink, events) = watched();
    let params = ChatRetryParams {
        message: sent.answers[0].id.clone(),
        provider: provider.into(),
        model: "m".into(),
        params: ChatParams::default(),
    };
    desk.chat.retry(params, sink).await.unwrap();
    rest(events).await
}

/// The answer as the last event has it, and its error.
pub fn end(events: &[ChatEvent]) -> (Answer, Option<IpcError>) {
    match events.last() {
        Some(ChatEvent::Finished { answer, .. }) => (answer.clone(), None),
        Some(ChatEvent::Failed { answer, error }) => (answer.clone(), Some(error.clone())),
        other => panic!("{other:?}"),
    }
}

/// The notes that were said as they happened.
pub fn notes(events: &[ChatEvent]) -> Vec<AnswerNote> {
    let notes = events.iter().filter_map(|event| match event {
        ChatEvent::Note { note } => Some(note.clone()),
        _ => None,
    });
    notes.collect()
}

/// Attaches a picture; its id.
pub async fn attach(desk: &Desk, name: &str, bytes: Vec<u8>) -> String {
    desk.attachments.add_bytes(name.into(), bytes).await;
    let attachment = desk.attachments.list().pop().unwrap();
    assert_eq!(attachment.state, AttachmentState::Ready, "{attachment:?}");
    attachment.id
}

/// A question with attachments.
pub fn about(provider: &str, text: &str, attachments: &[String]) -> ChatSendParams {
    ChatSendParams {
        attachments: attachments.to_vec(),
        ..question(provider, text)
    }
}

/// The next question of a conversation.
pub fn then(sent: &ChatSent, question: ChatSendParams) -> ChatSendParams {
    ChatSendParams {
        conversation: Some(sent.conversation.clone()),
        ..question
    }
}

/// How many pictures a request holds.
pub fn pictures(body: &serde_json::Value) -> usize {
    parts(body, "image_url").len()
}

/// The parts of this type that a request holds, in order.
pub fn parts(body: &serde_json::Value, kind: &str) -> Vec<serde_json::Value> {
    let messages = body["messages"].as_array().unwrap().iter();
    let parts = messages.filter_map(|message| message["content"].as_array());
    let of_kind = parts.flatten().filter(|part| part["type"] == kind);
    of_kind.cloned().collect()
}
