//! What is sent, field by field.

use bytes::Bytes;
use protocol::{ErrorCode, IpcError};
use serde_json::{Value, json};
use wire::{Detail, Message, Part, Request, Role, Source};

fn ask() -> Request {
    Request {
        model: "m".into(),
        messages: vec![Message::text(Role::User, "你好 \"you\"\n")],
        ..Request::default()
    }
}

fn sent(request: &Request) -> Value {
    serde_json::from_slice(&request.body().unwrap().bytes()).unwrap()
}

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

fn refused(request: Request) -> IpcError {
    request.body().unwrap_err().into()
}

#[test]
fn what_is_out_of_range_is_refused_with_the_range() {
    let cases = [
        (
            "temperature",
            "from 0 to 2",
            Request {
                temperature: Some(2.1),
                ..ask()
            },
        ),
        (
            "temperature",
            "from 0 to 2",
            Request {
                temperature: Some(-0.1),
                ..ask()
            },
        ),
        (
            "temperature",
            "from 0 to 2",
            Request {
                temperature: Some(f64::NAN),
                ..ask()
            },
        ),
        (
            "top_p",
            "from 0 to 1",
            Request {
                top_p: Some(1.01),
                ..ask()
            },
        ),
        (
            "top_p",
            "from 0 to 1",
            Request {
                top_p: Some(f64::INFINITY),
                ..ask()
            },
        ),
        (
            "max_tokens",
            "at least 1",
            Request {
                max_tokens: Some(0),
                ..ask()
            },
        ),
        (
            "stop",
            "at most 4",
            Request {
                stop: vec!["a".into(); 5],
                ..ask()
            },
        ),
        (
            "stop",
            "none of them empty",
            Request {
                stop: vec![String::new()],
                ..ask()
            },
        ),
    ];
    for (parameter, range, request) in cases {
        let error = refused(request);
        assert_eq!(error.code, ErrorCode::Parameter, "{parameter}");
        assert_eq!(error.args["parameter"], parameter);
        assert!(
            error.args["range"].contains(range),
            "{parameter}: {}",
            error.args["range"]
        );
        assert!(
            error.message.contains(&error.args["range"]),
            "{}",
            error.message
        );
    }
    for (parameter, ok) in [
        (
            "temperature",
            Request {
                temperature: Some(2.0),
                ..ask()
            },
        ),
        (
            "top_p",
            Request {
                top_p: Some(0.0),
                ..ask()
            },
        ),
        (
            "stop",
            Request {
                stop: vec!["a".into(); 4],
                ..ask()
            },
        ),
    ] {
        assert!(sent(&ok).get(parameter).is_some(), "{parameter}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    assert_eq!(
        refused(Request {
            model: " ".into(),
            ..ask()
        })
        .code,
        ErrorCode::ModelMissing
    );
    assert_eq!(
        refused(Request {
            messages: vec![],
            ..ask()
        })
        .code,
        ErrorCode::NothingToSend
    );
    assert_eq!(
        "huge".parse::<Detail>().unwrap_err().code(),
        ErrorCode::Parameter
    );
    for name in ["model", "stream", "temperature"] {
        let mut request = Request {
            temperature: Some(1.0),
            ..ask()
        };
        request.extra.insert(name.into(), json!(1));
        let error = refused(request);
        assert_eq!(
            (error.code, error.args["parameter"].as_str()),
            (ErrorCode::Parameter, name)
        );
    }
}
