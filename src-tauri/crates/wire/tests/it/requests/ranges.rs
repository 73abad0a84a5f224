//! What is refused before it is sent.

use protocol::ErrorCode;
use serde_json::json;
use wire::{Detail, Request};

use super::asked::{ask, refused, sent};

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
