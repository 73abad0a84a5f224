//! What every test of a turn stands on.

use chat::{Accounts, Attachments, Chat};
use history::History;
use images::Limits;
use keys::Keys;
use protocol::*;
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};
use wire::{Client, Timeouts};

pub struct Desk {
    pub chat: Chat,
    pub accounts: Accounts,
    pub attachments: Attachments,
    pub history: History,
    pub folder: tempfile::TempDir,
}

pub fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let history = History::open(&folder.path().join("dragoman.db"))
        .unwrap()
        .history;
    let client = Client::new(Timeouts::default()).unwrap();
    let accounts = Accounts::new(history.clone(), Keys::open("dev.dragoman.test"), client);
    let attachments = Attachments::new(history.clone(), Limits::default(), |_| {});
    let chat = Chat::new(
        history.clone(),
        accounts.clone(),
        attachments.clone(),
        || {},
        || Language::English,
    );
    Desk {
        chat,
        accounts,
        attachments,
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

pub fn custom(desk: &Desk, base_url: &str) -> String {
    let params = ProviderAddParams {
        name: "Loopback".into(),
        base_url: base_url.into(),
        allow_private: false,
    };
    desk.accounts.add_provider(&params).unwrap().id
}

pub fn flat_png(width: u32, height: u32, rgb: [u8; 3]) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb(rgb));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
