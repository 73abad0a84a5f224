//! What every test stands on.

use std::path::Path;

use export::{Assets, Broken, Error, Imported, Which, import, json_lines};
use history::{History, Whole};
use protocol::{Picture, Video};
use serde_json::{Value, json};

/// Waits for a call that needs no timer and no network.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(work)
}

/// What begins as a PNG does, and is another for each number.
pub fn png(number: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend([number; 40]);
    bytes
}

/// What begins as an MP4 does.
pub fn mp4() -> Vec<u8> {
    b"\0\0\0\x18ftypmp42\0\0\0\0mp42isomfree".to_vec()
}

/// A picture with the bytes of this number, kept; its master is that of the next.
pub fn picture(history: &History, number: u8) -> Picture {
    let facts = |number: u8| Picture {
        hash: drawing::hash(&png(number)),
        name: format!("p{number}.png"),
        mime: "image/png".into(),
        width: 4,
        height: 3,
        bytes: 48,
        original_width: 40,
        original_height: 30,
        original_bytes: 480,
        ..Picture::default()
    };
    let master = facts(number ^ 1);
    let picture = Picture {
        master: master.hash.clone(),
        tokens: Some(number.into()),
        ..facts(number)
    };
    for (one, bytes) in [(&master, png(number ^ 1)), (&picture, png(number))] {
        wait(history.put_picture(one.clone(), bytes)).unwrap();
    }
    picture
}

/// A video, kept.
pub fn video(history: &History) -> Video {
    let video = Video {
        hash: drawing::hash(&mp4()),
        name: "v.mp4".into(),
        mime: "video/mp4".into(),
        bytes: u32::try_from(mp4().len()).unwrap(),
    };
    wait(history.put_video(video.clone(), mp4())).unwrap();
    video
}

/// All as JSON Lines.
pub fn exported(history: &History, assets: &Assets) -> String {
    let mut out = Vec::new();
    json_lines(history, &Which::All, assets, 1_795_872_720_000, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Imports a text; what came of it, and what is broken.
pub fn imported(
    history: &History,
    text: &str,
    beside: Option<&Path>,
) -> Result<(Imported, Vec<Broken>), Error> {
    let mut broken = Vec::new();
    let done = wait(import(history, text.as_bytes(), beside, |one| {
        broken.push(one.clone());
    }));
    done.map(|imported| (imported, broken))
}

/// All that is kept, in the order of their ids.
pub fn all(history: &History) -> Vec<Whole> {
    let ids = history.read(|r| r.conversation_ids("", 10_000)).wait();
    let ids = ids.unwrap().into_iter();
    ids.map(|id| history.read(move |r| r.whole(&id)).wait().unwrap())
        .collect()
}

/// Is it kept?
pub fn is_kept(history: &History, hash: &str) -> bool {
    wait(history.picture(hash)).unwrap().is_some()
}

/// The first line.
pub fn head() -> Value {
    json!({"type": "head", "format": "dragoman", "version": 1, "app": "0.1.0", "exportedAt": 0})
}

/// The last line.
pub fn end() -> Value {
    json!({"type": "end", "conversations": 0, "messages": 0})
}

/// A conversation that shows its last message.
pub fn conversation(id: &str, shown: &str, messages: usize) -> Value {
    json!({"type": "conversation", "id": id, "title": format!("About {id}"),
        "createdAt": 1_795_872_720_000_u64, "updatedAt": 1_795_872_780_000_u64,
        "shown": shown, "messages": messages})
}

/// A question.
pub fn question(id: &str, text: &str) -> Value {
    json!({"type": "message", "id": id, "role": "user", "state": "complete",
        "createdAt": 1_795_872_720_000_u64, "text": text})
}

/// An answer to it.
pub fn answer(id: &str, parent: &str, text: &str) -> Value {
    json!({"type": "message", "id": id, "parent": parent, "role": "assistant",
        "state": "complete", "createdAt": 1_795_872_780_000_u64, "text": text,
        "answer": {"provider": "p", "providerName": "Provider", "model": "model_v1"}})
}

/// A picture's line, and the part that shows it.
pub fn asset(number: u8) -> (Value, Value) {
    use base64::Engine;
    let bytes = png(number);
    let hash = drawing::hash(&bytes);
    let data = base64::engine::general_purpose::STANDARD.encode(&bytes);
    let line = json!({"type": "asset", "hash": hash, "mime": "image/png", "width": 4,
        "height": 3, "bytes": bytes.len(), "data": data});
    let part = json!({"type": "picture", "hash": hash, "name": "p.png", "mime": "image/png",
        "width": 4, "height": 3, "bytes": bytes.len(), "originalWidth": 4,
        "originalHeight": 3, "originalBytes": 48});
    (line, part)
}

/// Lines as a file has them.
pub fn lines(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
