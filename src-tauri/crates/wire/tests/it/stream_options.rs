//! A provider that refuses to be asked for its usage.

use wire::{CHAT_COMPLETIONS, Message, Request, Retry, Role};

use crate::retries::{client, to};
use crate::support::{http, listen, nobody_else, says, serve, take};

fn streamed() -> Request {
    Request {
        model: "m".into(),
        messages: vec![Message::text(Role::User, "x")],
        stream: true,
        ..Request::default()
    }
}

#[tokio::test]
async fn a_refused_stream_options_is_left_out_once_and_told() {
    let refusals = [
        (
            400,
            r#"{"error":{"message":"Unrecognized request argument supplied: stream_options"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"x","param":"stream_options.include_usage"}}"#,
        ),
        (
            422,
            r#"{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"#,
        ),
        (400, "unknown field `stream_options`"),
    ];
    for (status, body) in refusals {
        let (listener, base_url) = listen().await;
        let answers = [http(status, "", body), says("Hi")];
        let chat = take(client().chat(
            &to(&base_url),
            CHAT_COMPLETIONS.body(&streamed()).unwrap(),
            Retry::none(),
        ));
        let (taken, requests) = tokio::join!(chat, serve(&listener, &answers));
        assert_eq!(
            (taken.text.as_str(), &taken.without[..]),
            ("Hi", &["stream_options"][..]),
            "{body}"
        );
        let mut sent: Vec<serde_json::Value> = requests
            .iter()
            .map(|(_, body)| serde_json::from_slice(body).unwrap())
            .collect();
        let whole = sent[0].as_object_mut().unwrap();
        assert_eq!(
            whole.remove("stream_options"),
            Some(serde_json::json!({"include_usage": true}))
        );
        assert_eq!(sent[0], sent[1]);
    }
}

#[tokio::test]
async fn stream_options_are_not_left_out_twice_nor_for_another_reason() {
    let refusal = http(
        400,
        "",
        r#"{"error":{"message":"x","param":"stream_options"}}"#,
    );
    for answers in [
        vec![refusal.clone(), refusal],
        vec![http(
            400,
            "",
            r#"{"error":{"message":"x","param":"temperature"}}"#,
        )],
        vec![http(401, "", "stream_options")],
    ] {
        let (listener, base_url) = listen().await;
        let chat = take(client().chat(
            &to(&base_url),
            CHAT_COMPLETIONS.body(&streamed()).unwrap(),
            Retry::default(),
        ));
        let (taken, _) = tokio::join!(chat, serve(&listener, &answers));
        assert!(taken.error.is_some() && taken.retries.is_empty());
        nobody_else(&listener).await;
    }
}
