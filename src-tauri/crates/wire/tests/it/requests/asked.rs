//! Requests to begin with, and what becomes of them.

use bytes::Bytes;
use protocol::IpcError;
use serde_json::Value;
use wire::{CHAT_COMPLETIONS, Message, Part, Request, Role, Source};

pub fn ask() -> Request {
    Request {
        model: "m".into(),
        messages: vec![Message::text(Role::User, "你好 \"you\"\n")],
        ..Request::default()
    }
}

pub fn sent(request: &Request) -> Value {
    serde_json::from_slice(&CHAT_COMPLETIONS.body(request).unwrap().bytes()).unwrap()
}

pub fn refused(request: Request) -> IpcError {
    CHAT_COMPLETIONS.body(&request).unwrap_err().into()
}

pub fn video(source: Source, fps: Option<f64>) -> Request {
    Request {
        messages: vec![Message::parts(
            Role::User,
            vec![
                Part::Text("What happens?".into()),
                Part::Image {
                    source: Source::Url("https://a.example/p.png".into()),
                    detail: None,
                },
                Part::Video { source, fps },
            ],
        )],
        ..ask()
    }
}

pub fn mp4(mime: &str) -> Source {
    Source::Bytes {
        mime: mime.into(),
        bytes: Bytes::from_static(b"\x00\x01\x02\x03"),
    }
}
