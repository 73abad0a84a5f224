//! Parameters as the fields of a body.

use protocol::*;
use serde_json::{Value, json};

use crate::desk::*;

/// What a manifest may say of parameters.
fn manifest() -> Value {
    json!({
        "thinking": {
            "on": {"thinking": {"type": "enabled"}},
            "off": {"thinking": {"type": "disabled"}}
        },
        "effort": {"values": ["low", "high"], "field": "reasoning.effort"},
        "parameters": {
            "temperature": {"min": 0, "max": 1},
            "max_completion_tokens": {"min": 1, "default": 500},
            "stop": null,
            "seed": {"default": 7},
            "detail": {"default": "high"}
        },
        "limits": {"detail": ["low", "high"], "video_fps": {"min": 0.5, "max": 2}},
        "extra_body": {"user": "me", "options": {"a": 1, "b": 2}}
    })
}

/// The fields of the body that these parameters make, but for those of every body.
async fn fields(fields: Value, params: ChatParams) -> Value {
    let desk = desk();
    let (url, log) = scripted([says("ok")]).await;
    let id = plugin(&desk, &url, fields).await;
    let asked = ChatSendParams {
        params,
        ..question(&id, "?")
    };
    let (_, events) = ask(&desk, asked).await;
    assert_eq!(end(&events).1, None);
    let mut body = log.last();
    let body = body.as_object_mut().unwrap();
    for name in ["model", "messages", "stream", "stream_options"] {
        body.remove(name);
    }
    json!(body)
}

async fn refused(fields: Value, params: ChatParams) -> IpcError {
    let desk = desk();
    let (url, log) = scripted([]).await;
    let id = plugin(&desk, &url, fields).await;
    let asked = ChatSendParams {
        params,
        ..question(&id, "?")
    };
    let (sink, _) = watched();
    let error = desk.chat.send(asked, sink).await.unwrap_err();
    assert!(list(&desk).await.is_empty());
    assert!(log.all().is_empty());
    error
}

#[tokio::test]
async fn only_what_was_set_is_sent() {
    assert_eq!(fields(json!({}), ChatParams::default()).await, json!({}));
    let all = ChatParams {
        temperature: Some(0.5),
        top_p: Some(0.25),
        max_tokens: Some(64),
        stop: vec!["END".into()],
        extra: Some(r#" {"seed": 18446744073709551615, "nested": {"a": [1]}} "#.into()),
        ..ChatParams::default()
    };
    assert_eq!(
        fields(json!({}), all).await,
        json!({
            "temperature": 0.5, "top_p": 0.25, "max_tokens": 64, "stop": ["END"],
            "seed": 18446744073709551615_u64, "nested": {"a": [1]}
        })
    );
}

#[tokio::test]
async fn a_manifest_names_maps_and_completes_them() {
    let base = json!({
        "max_completion_tokens": 500, "seed": 7, "user": "me", "options": {"a": 1, "b": 2}
    });
    assert_eq!(fields(manifest(), ChatParams::default()).await, base);
    let set = ChatParams {
        max_tokens: Some(64),
        thinking: Some(Thinking::Off),
        effort: Some("xhigh".into()),
        extra: Some(r#"{"options": {"b": 3}, "reasoning": {"exclude": true}, "seed": 8}"#.into()),
        ..ChatParams::default()
    };
    assert_eq!(
        fields(manifest(), set).await,
        json!({
            "max_completion_tokens": 64, "seed": 8, "user": "me", "options": {"a": 1, "b": 3},
            "thinking": {"type": "disabled"},
            "reasoning": {"effort": "xhigh", "exclude": true}
        })
    );
    // The other name of the limit, by hand: never both.
    let by_hand = ChatParams {
        extra: Some(r#"{"max_tokens": 9}"#.into()),
        ..ChatParams::default()
    };
    let sent = fields(manifest(), by_hand).await;
    assert_eq!(sent["max_tokens"], 9);
    assert_eq!(sent.get("max_completion_tokens"), None);
}

#[tokio::test]
async fn what_a_provider_refused_stays_out_wherever_it_comes_from() {
    let all = ChatParams {
        temperature: Some(0.5),
        max_tokens: Some(64),
        stop: vec!["END".into()],
        thinking: Some(Thinking::On),
        effort: Some("low".into()),
        without: [
            "temperature",
            "max_tokens",
            "stop",
            "thinking.type",
            "effort",
            "seed",
            "user",
            "options",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..ChatParams::default()
    };
    let sent = fields(manifest(), all).await;
    // Its default is another parameter than the one that was refused.
    assert_eq!(sent, json!({"max_completion_tokens": 500}));
}

#[tokio::test]
async fn what_cannot_be_meant_is_said_before_anything_is_saved() {
    let extra = |json: &str| ChatParams {
        extra: Some(json.into()),
        ..ChatParams::default()
    };
    let hot = ChatParams {
        temperature: Some(1.5),
        ..ChatParams::default()
    };
    let twice = ChatParams {
        temperature: Some(0.5),
        ..extra(r#"{"temperature": 0.6}"#)
    };
    let thinks_twice = ChatParams {
        thinking: Some(Thinking::On),
        ..extra(r#"{"thinking": {"type": "disabled"}}"#)
    };
    let detail = ChatParams {
        detail: Some("auto".into()),
        ..ChatParams::default()
    };
    let fps = ChatParams {
        fps: Some(5.0),
        ..ChatParams::default()
    };
    for (params, parameter) in [
        (hot, "temperature"),
        (extra(r#"{"temperature": 1.5}"#), "temperature"),
        (extra("[1]"), "extra"),
        (extra("{"), "extra"),
        (extra(r#"{"messages": []}"#), "messages"),
        (extra(r#"{"n": 2}"#), "n"),
        (twice, "temperature"),
        (thinks_twice, "thinking.type"),
        (detail, "detail"),
        (fps, "fps"),
    ] {
        let error = refused(manifest(), params).await;
        assert_eq!(error.code, ErrorCode::Parameter, "{error}");
        assert_eq!(error.args["parameter"], parameter, "{error}");
        assert!(!error.args["range"].is_empty(), "{error}");
    }
    let auto = ChatParams {
        thinking: Some(Thinking::Auto),
        ..ChatParams::default()
    };
    let stop = ChatParams {
        stop: vec!["END".into()],
        ..ChatParams::default()
    };
    let effort = ChatParams {
        effort: Some("low".into()),
        ..ChatParams::default()
    };
    for (fields, params, parameter) in [
        (manifest(), auto, "thinking"),
        (manifest(), stop, "stop"),
        (json!({}), effort, "effort"),
    ] {
        let error = refused(fields, params).await;
        assert_eq!(error.code, ErrorCode::ParameterRefused, "{error}");
        assert_eq!(error.args["parameter"], parameter);
    }
}

#[tokio::test]
async fn detail_goes_with_each_picture() {
    for (fields, own, sent) in [
        (json!({}), None, Value::Null),
        (json!({}), Some("low"), json!("low")),
        (manifest(), None, json!("high")),
        (manifest(), Some("low"), json!("low")),
    ] {
        let desk = desk();
        let (url, log) = scripted([says("ok")]).await;
        let id = plugin(&desk, &url, fields).await;
        let picture = attach(&desk, "a.png", flat_png(40, 30, [1, 2, 3])).await;
        let asked = ChatSendParams {
            params: ChatParams {
                detail: own.map(str::to_owned),
                ..ChatParams::default()
            },
            ..about(&id, "?", &[picture])
        };
        ask(&desk, asked).await;
        assert_eq!(
            parts(&log.last(), "image_url")[0]["image_url"]["detail"],
            sent
        );
    }
}

#[tokio::test]
async fn they_stay_with_the_conversation() {
    let desk = desk();
    let (url, _) = scripted([says("one")]).await;
    let id = custom(&desk, &url).await;
    let hot = ChatParams {
        temperature: Some(1.5),
        ..ChatParams::default()
    };
    let asked = ChatSendParams {
        params: hot.clone(),
        ..question(&id, "?")
    };
    let (sent, _) = ask(&desk, asked).await;
    let kept = async || desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept().await.params, hot);
    assert_eq!(kept().await.provider.as_deref(), Some(id.as_str()));
    assert_eq!(kept().await.model.as_deref(), Some("m"));
    let cold = ChatParams::default();
    desk.chat
        .set_params(&sent.conversation, cold.clone())
        .await
        .unwrap();
    assert_eq!(kept().await.params, cold);
}
