//! The client's rules, beyond the recorded bodies.

use bytes::Bytes;
use futures_util::stream;
use protocol::{ErrorCode, Usage};
use wire::{Error, Response};

use crate::support::{Taken, decode, read, take};

fn chunk(json: &str) -> String {
    format!("data: {json}\n\n")
}

/// A stream of deltas with this content each, then a stop.
async fn contents(contents: &[&str]) -> Taken {
    let mut body = String::new();
    for content in contents {
        let content = serde_json::to_string(content).unwrap();
        body += &chunk(&format!(
            r#"{{"choices":[{{"delta":{{"content":{content}}}}}]}}"#
        ));
    }
    read(&(body + &chunk(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#))).await
}

#[tokio::test]
async fn reasoning_in_the_text_is_told_apart() {
    let said = |taken: Taken| (taken.text, taken.reasoning);
    let pair = |text: &str, reasoning: &str| (text.to_owned(), reasoning.to_owned());
    assert_eq!(
        said(contents(&["<think>a", "b</think>\n", "c"]).await),
        pair("c", "ab")
    );
    assert_eq!(
        said(contents(&["a b\n</th", "ink>\n\nc"]).await),
        pair("c", "a b")
    );
    assert_eq!(
        said(contents(&["I say <think>x</think>"]).await),
        pair("I say <think>x</think>", "")
    );
    assert_eq!(said(contents(&["a <"]).await), pair("a <", ""));
}

#[tokio::test]
async fn thinking_parts_are_reasoning() {
    let taken = read(
        &(chunk(r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]}"#)
            + &chunk(r#"{"choices":[{"delta":{"content":[{"type":"text","text":"Hel"},"lo"]},"finish_reason":"stop"}]}"#)),
    )
    .await;
    assert_eq!(
        (taken.text.as_str(), taken.reasoning.as_str()),
        ("Hello", "hm")
    );
}

#[tokio::test]
async fn a_field_of_the_wrong_type_does_not_lose_the_text() {
    let taken = read(&chunk(concat!(
        r#"{"id":7,"model":null,"created":1.5,"object":[],"choices":[{"index":"0","#,
        r#""delta":{"role":3,"content":"Hello","reasoning_content":{},"reasoning_details":"x","#,
        r#""refusal":false},"seed":18446744073709551615,"finish_reason":"stop"}],"#,
        r#""usage":"none","x_groq":[]}"#,
    )))
    .await;
    assert_eq!(
        (taken.text.as_str(), taken.state.as_str(), taken.bad),
        ("Hello", "complete", 0)
    );
    let twice = read(&chunk(
        r#"{"choices":[{"delta":{"content":"x","content":"Hello"},"finish_reason":"stop"}]}"#,
    ))
    .await;
    assert_eq!((twice.text.as_str(), twice.bad), ("Hello", 0));
}

#[tokio::test]
async fn whole_messages_in_a_stream_are_not_said_twice() {
    let message = |text: &str, more: &str| {
        chunk(&format!(
            r#"{{"choices":[{{"message":{{"content":"{text}"}}{more}}}]}}"#
        ))
    };
    let growing = message("Hel", "")
        + &message("Hello", "")
        + &message("Hello", r#","finish_reason":"stop""#);
    assert_eq!(read(&growing).await.text, "Hello");
}

#[tokio::test]
async fn usage_keeps_what_is_known() {
    let taken = read(
        &(chunk(r#"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":303,"completion_tokens_details":{"reasoning_tokens":290}}}"#)
            + &chunk(r#"{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}"#)
            + &chunk(r#"{"choices":[],"usage":null}"#)),
    )
    .await;
    let wanted = Usage {
        prompt_tokens: Some(12),
        completion_tokens: Some(1),
        total_tokens: Some(303),
        reasoning_tokens: Some(290),
    };
    assert_eq!(taken.usage, Some(wanted));
}

#[tokio::test]
async fn the_reason_to_finish_is_kept() {
    let reasons = |reasons: &[&str]| {
        let body: String = reasons
            .iter()
            .map(|r| {
                chunk(&format!(
                    r#"{{"choices":[{{"delta":{{"content":"a"}},"finish_reason":{r}}}]}}"#
                ))
            })
            .collect();
        async move { read(&(body + "data: [DONE]\n\n")).await.state }
    };
    assert_eq!(reasons(&["\"stop\"", "null"]).await, "complete");
    assert_eq!(reasons(&["\"length\"", "\"stop\""]).await, "cut");
    assert_eq!(reasons(&["\"MAX_TOKENS\""]).await, "cut");
    assert_eq!(reasons(&["\"tool_calls\""]).await, "complete");
    assert_eq!(
        reasons(&["\"content_filter\""]).await,
        "stopped:content_filter"
    );
    assert_eq!(reasons(&["\"\""]).await, "unterminated");
    assert_eq!(reasons(&["null"]).await, "unterminated");
}

#[tokio::test]
async fn an_error_after_the_first_words_keeps_them() {
    let start = chunk(r#"{"choices":[{"delta":{"content":"Hel"}}]}"#);
    for (error, words) in [
        ("data: {\"error\":{\"message\":\"gone\"}}\n\n", "gone"),
        ("{\"error\":{\"message\":\"gone\"}}", "gone"),
        ("error: {\"message\":\"gone\"}\n\n", "gone"),
        ("event: error\ndata: gone\n\n", "gone"),
        (
            "data: {\"base_resp\":{\"status_code\":1008,\"status_msg\":\"gone\"}}\n\n",
            "gone",
        ),
        ("data: {\"errors\":[{\"message\":\"gone\"}]}\n\n", "gone"),
        ("data: [{\"error\":{\"message\":\"gone\"}}]\n\n", "gone"),
        ("data: {\"code\":\"x\",\"message\":\"gone\"}\n\n", "gone"),
        ("\n<html><title>502 Bad Gateway</title>", "502 Bad Gateway"),
    ] {
        let taken = read(&(start.clone() + error)).await;
        assert_eq!(
            (taken.text.as_str(), taken.state.as_str()),
            ("Hel", "error"),
            "{error}"
        );
        let said = taken.error.unwrap().detail.unwrap().message.unwrap();
        assert!(said.contains(words), "{error}: {said}");
    }
}

#[tokio::test]
async fn an_error_status_is_an_error_whatever_the_body() {
    for body in [
        r#"{"error":{"message":"gone","code":"x"}}"#,
        "data: {\"error\":{\"message\":\"gone\"}}\n\ndata: [DONE]\n\n",
        "event: error\ndata: {\"message\":\"gone\"}\n\n",
        "gone",
        r#"{"detail":"gone"}"#,
        r#"{"detail":[{"loc":["body","model"],"msg":"gone","type":"missing"}]}"#,
        r#"{"choices":[],"message":"gone"}"#,
    ] {
        let head = Response {
            status: 400,
            ..Response::default()
        };
        let taken = take(decode(head, vec![Bytes::from(body)])).await;
        let error = taken.error.expect(body);
        assert_eq!(error.code, ErrorCode::BadRequest, "{body}");
        let detail = error.detail.unwrap();
        assert_eq!(
            (detail.status, detail.message.as_deref()),
            (Some(400), Some("gone")),
            "{body}"
        );
    }
}

#[tokio::test]
async fn what_is_no_answer_is_said_to_be_none() {
    for body in [
        "hello there",
        "{\"object\":\"list\"}",
        "{\"choices\":[{\"mess",
        "[1,2]",
    ] {
        let error = read(body).await.error.expect(body);
        assert_eq!(error.code, ErrorCode::BadAnswer, "{body}");
        assert!(!error.args["reason"].is_empty(), "{body}");
    }
}

#[tokio::test]
async fn an_event_without_end_is_refused() {
    let head = Response {
        status: 200,
        ..Response::default()
    };
    let start = chunk(r#"{"choices":[{"delta":{"content":"Hel"}}]}"#) + "data: ";
    let mut pieces = vec![Bytes::from(start)];
    pieces.extend(vec![Bytes::from(vec![b'a'; 1 << 20]); 33]);
    let taken = take(decode(head, pieces)).await;
    assert_eq!(taken.text, "Hel");
    let error = taken.error.unwrap();
    assert_eq!(error.code, ErrorCode::BadAnswer);
    assert!(error.message.contains("32 MiB"), "{}", error.message);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_reason_to_finish_did_no_harm() {
    let broken = || {
        Err(Error::Network {
            host: "h".into(),
            reason: "reset".into(),
            why: None,
            sent: true,
        })
    };
    let run = |body: String| {
        let head = Response {
            status: 200,
            ..Response::default()
        };
        take(wire::decode(
            head,
            stream::iter([Ok(Bytes::from(body)), broken()]),
        ))
    };
    let text = chunk(r#"{"choices":[{"delta":{"content":"Hello <"}}]}"#);
    let stop = chunk(r#"{"choices":[{"finish_reason":"stop"}]}"#);
    let whole = run(text.clone() + &stop).await;
    assert_eq!(
        (whole.text.as_str(), whole.state.as_str()),
        ("Hello <", "complete")
    );
    let cut = run(text).await;
    assert_eq!(
        (cut.text.as_str(), cut.state.as_str()),
        ("Hello <", "error")
    );
    assert_eq!(cut.error.unwrap().code, ErrorCode::Network);
}

#[tokio::test]
async fn the_request_id_comes_from_header_or_payload() {
    let body = chunk(r#"{"id":"chat-1","model":"m-1","choices":[{"delta":{"content":"a"}}]}"#);
    let taken = read(&body).await;
    assert_eq!(taken.request_id.as_deref(), Some("chat-1"));
    assert_eq!(taken.model, "m-1");
    let mut head = Response {
        status: 200,
        ..Response::default()
    };
    head.headers
        .insert("x-oneapi-request-id", "2026-1".parse().unwrap());
    let taken = take(decode(head, vec![Bytes::from(body)])).await;
    assert_eq!(taken.request_id.as_deref(), Some("2026-1"));
}

#[tokio::test]
async fn an_answer_without_end_is_cut_and_its_connection_let_go() {
    let said = "字".repeat(20_000);
    let chunk =
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{said}\"}}}}]}}\n\n");
    let (dropped, is_dropped) = std::sync::mpsc::channel();
    let endless = futures_util::stream::unfold(dropped, move |alive| {
        let bytes = bytes::Bytes::from(chunk.clone());
        async move { Some((Ok(bytes), alive)) }
    });
    let response = wire::Response {
        status: 200,
        ..wire::Response::default()
    };
    let mut events = std::pin::pin!(wire::decode(response, endless));
    let (mut bytes, mut end) = (0, None);
    while let Some(event) = futures_util::StreamExt::next(&mut events).await {
        match event.unwrap() {
            wire::Event::Text(text) => bytes += text.len(),
            wire::Event::End {
                finish_reason,
                outcome,
                ..
            } => end = Some((finish_reason, outcome)),
            _ => {}
        }
    }
    let limit = 16 * 1024 * 1024;
    assert!(bytes <= limit && bytes > limit - 4, "{bytes}");
    let reason = Some(wire::SIZE_LIMIT.to_owned());
    assert_eq!(end, Some((reason, wire::Outcome::Cut)));
    let let_go: Result<(), _> = is_dropped.try_recv();
    assert_eq!(let_go, Err(std::sync::mpsc::TryRecvError::Disconnected));
}

#[tokio::test]
async fn an_answer_in_one_body_is_cut_as_well() {
    let said = "a".repeat(20 << 20);
    let body =
        format!(r#"{{"choices":[{{"message":{{"content":"{said}"}},"finish_reason":"stop"}}]}}"#);
    let response = Response {
        status: 200,
        ..Response::default()
    };
    let taken = take(wire::decode(
        response,
        futures_util::stream::iter([Ok(bytes::Bytes::from(body))]),
    ))
    .await;
    assert_eq!(taken.text.len(), 16 << 20);
    assert_eq!(taken.error, None);
}

#[tokio::test]
async fn a_stream_of_nothing_ends_too() {
    let comment = bytes::Bytes::from(format!(": {}\n\n", "x".repeat(1_000_000)));
    let endless = futures_util::stream::repeat_with(move || Ok(comment.clone()));
    let response = wire::Response {
        status: 200,
        ..wire::Response::default()
    };
    let mut events = std::pin::pin!(wire::decode(response, endless));
    let mut last = None;
    while let Some(event) = futures_util::StreamExt::next(&mut events).await {
        last = Some(event);
    }
    assert!(
        matches!(last, Some(Err(wire::Error::BadAnswer { .. }))),
        "{last:?}"
    );
}
