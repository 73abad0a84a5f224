//! What is sent, field by field.

mod asked;
mod ranges;
mod videos;

use self::asked::{ask, mp4, refused, sent, video};
use bytes::Bytes;
use protocol::ErrorCode;
use serde_json::{Value, json};
use wire::{CHAT_COMPLETIONS, Detail, Message, Part, Request, Role, Source};

#[test]
fn only_what_is_set_is_sent() {
    let wanted = json!({
        "model": "m",
        "messages": [{"role": "user", "content": "你好 \"you\"\n"}],
        "stream": false,
    });
    assert_eq!(sent(&ask()), wanted);
}

#[test]
fn all_that_is_set_is_sent() {
    let mut request = Request {
        stream: true,
        temperature: Some(0.0),
        top_p: Some(1.0),
        max_tokens: Some(1),
        stop: vec!["a".into(), "b".into()],
        ..ask()
    };
    request
        .messages
        .insert(0, Message::text(Role::System, "be brief"));
    request
        .messages
        .insert(1, Message::text(Role::Assistant, "yes"));
    request
        .extra
        .insert("thinking".into(), json!({"type": "disabled"}));
    let wanted = json!({
        "model": "m",
        "messages": [
            {"role": "system", "content": "be brief"},
            {"role": "assistant", "content": "yes"},
            {"role": "user", "content": "你好 \"you\"\n"},
        ],
        "stream": true,
        "stream_options": {"include_usage": true},
        "temperature": 0.0,
        "top_p": 1.0,
        "max_tokens": 1,
        "stop": ["a", "b"],
        "thinking": {"type": "disabled"},
    });
    assert_eq!(sent(&request), wanted);
}

#[test]
fn pictures_go_before_the_text() {
    let picture = |bytes: &'static [u8], detail| Part::Image {
        source: Source::Bytes {
            mime: "image/png".into(),
            bytes: Bytes::from_static(bytes),
        },
        detail,
    };
    let link = Part::Image {
        source: Source::Url("https://a.example/p.png".into()),
        detail: Some(Detail::Low),
    };
    let parts = vec![
        Part::Text("What is this?".into()),
        picture(b"\x00\x01\x02\x03", Some(Detail::High)),
        picture(b"\xff\xfe", None),
        link,
    ];
    let request = Request {
        messages: vec![Message::parts(Role::User, parts)],
        ..ask()
    };
    let wanted = json!([{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAECAw==", "detail": "high"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,//4="}},
        {"type": "image_url", "image_url": {"url": "https://a.example/p.png", "detail": "low"}},
        {"type": "text", "text": "What is this?"},
    ]}]);
    assert_eq!(sent(&request)["messages"], wanted);
}

#[test]
fn a_request_takes_one_limit_of_tokens() {
    let request = Request {
        max_completion_tokens: Some(7),
        ..ask()
    };
    assert_eq!(sent(&request)["max_completion_tokens"], 7);
    assert!(sent(&request).get("max_tokens").is_none());
    let none = Request {
        max_completion_tokens: Some(0),
        ..ask()
    };
    assert_eq!(refused(none).args["parameter"], "max_completion_tokens");
    let both = Request {
        max_tokens: Some(1),
        ..request.clone()
    };
    assert_eq!(refused(both).code, ErrorCode::Parameter);
    for name in ["max_tokens", "max_completion_tokens"] {
        let mut twice = request.clone();
        twice.extra.insert(name.into(), json!(1));
        assert_eq!(refused(twice).code, ErrorCode::Parameter, "{name}");
    }
}

#[test]
fn the_size_is_told_without_building_the_body() {
    let mut requests = vec![
        ask(),
        Request {
            stream: true,
            ..ask()
        },
        video(mp4("video/mp4"), Some(0.5)),
        video(Source::Url("https://a.example/\u{1}\"v".into()), Some(1.0)),
    ];
    for length in 0..8usize {
        let picture = Part::Image {
            source: Source::Bytes {
                mime: "image/webp".into(),
                bytes: Bytes::from(vec![7; length]),
            },
            detail: Some(Detail::High),
        };
        let mut request = Request {
            stream: length % 2 == 0,
            temperature: Some(0.1),
            stop: vec!["\n".into(), "🛑".into()],
            max_tokens: Some(length as u64 + 1),
            ..ask()
        };
        request
            .extra
            .insert("thinking".into(), json!({"type": "auto", "é": [1, null]}));
        let text = Part::Text("\t\u{7f}\u{2028}图".repeat(length));
        request
            .messages
            .push(Message::parts(Role::User, vec![text, picture]));
        request.messages.push(Message::parts(Role::User, vec![]));
        requests.push(request);
    }
    for request in requests {
        let body = CHAT_COMPLETIONS.body(&request).unwrap();
        assert_eq!(CHAT_COMPLETIONS.size(&request), body.len(), "{request:?}");
        assert_eq!(body.stream(), request.stream);
        serde_json::from_slice::<Value>(&body.bytes()).unwrap();
    }
}

#[test]
fn messages_of_one_role_in_a_row_are_one_where_that_is_asked_for() {
    let picture = |bytes: &'static [u8]| Part::Image {
        source: Source::Bytes {
            mime: "image/png".into(),
            bytes: Bytes::from_static(bytes),
        },
        detail: None,
    };
    let shown = |bytes, text: &str| {
        Message::parts(Role::User, vec![Part::Text(text.into()), picture(bytes)])
    };
    let thought = |text: &str, thought: &str| Message {
        reasoning: Some(thought.into()),
        ..Message::text(Role::Assistant, text)
    };
    let request = Request {
        messages: vec![
            Message::text(Role::System, "S"),
            Message::text(Role::System, "T"),
            Message::text(Role::User, "a"),
            Message::text(Role::User, "b"),
            thought("c", "hm"),
            Message::text(Role::Assistant, "d"),
            thought("e", "so"),
            shown(b"1", "f"),
            Message::text(Role::User, "g"),
            shown(b"2", "h"),
        ],
        alternating_roles: true,
        ..ask()
    };
    let url = |data: &str| json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{data}")}});
    let text = |text: &str| json!({"type": "text", "text": text});
    assert_eq!(
        sent(&request)["messages"],
        json!([
            {"role": "system", "content": "S"},
            {"role": "system", "content": "T"},
            {"role": "user", "content": "a\n\nb"},
            {"role": "assistant", "content": "c\n\nd\n\ne", "reasoning_content": "hm\n\nso"},
            {"role": "user", "content": [url("MQ=="), text("f"), text("g"), url("Mg=="), text("h")]},
        ])
    );
    let size = CHAT_COMPLETIONS.size(&request);
    assert_eq!(size, CHAT_COMPLETIONS.body(&request).unwrap().len());
    let apart = Request {
        alternating_roles: false,
        ..request
    };
    assert_eq!(sent(&apart)["messages"].as_array().unwrap().len(), 10);
}

#[test]
fn a_stream_need_not_be_asked_for_its_usage() {
    let request = Request {
        stream: true,
        without_usage: true,
        ..ask()
    };
    let sent = sent(&request);
    assert_eq!(sent["stream"], true);
    assert!(sent.get("stream_options").is_none(), "{sent}");
    let body = CHAT_COMPLETIONS.body(&request).unwrap();
    assert!(body.stream() && body.spare().is_none());
}

#[test]
fn stream_options_can_be_taken_out() {
    let request = Request {
        stream: true,
        top_p: Some(0.5),
        ..ask()
    };
    let body = CHAT_COMPLETIONS.body(&request).unwrap();
    let without = body.without_spare().unwrap();
    let mut wanted: Value = serde_json::from_slice(&body.bytes()).unwrap();
    assert!(
        wanted
            .as_object_mut()
            .unwrap()
            .remove("stream_options")
            .is_some()
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&without.bytes()).unwrap(),
        wanted
    );
    assert!(without.stream() && without.without_spare().is_none());
    assert!(
        CHAT_COMPLETIONS
            .body(&ask())
            .unwrap()
            .without_spare()
            .is_none()
    );
    let shown = format!("{body:?}");
    assert!(!shown.contains("you"), "{shown}");
}
