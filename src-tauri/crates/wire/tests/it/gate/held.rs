//! What is held back of a text, and what is let through.

use bytes::Bytes;
use protocol::ErrorCode;
use serde_json::json;
use wire::{Client, Error, Event, Outcome, Retry, Timeouts};

use super::{KEY, assert_hidden, events, gate, joined, to};
use crate::support::{answer, ask, http, listen, take};

/// What a stream of these pieces of text comes to.
async fn text_of(key: &str, pieces: &[&str]) -> Vec<String> {
    let chunk = |text: &&str| {
        Bytes::from(format!(
            "data: {}\n\n",
            json!({"choices": [{"delta": {"content": text}}]})
        ))
    };
    let events = events(&gate(key), 200, pieces.iter().map(chunk).collect()).await;
    let text = events.into_iter().filter_map(|event| match event {
        Ok(Event::Text(text)) => Some(text),
        _ => None,
    });
    text.collect()
}

#[tokio::test]
async fn only_what_may_become_a_key_is_held_back() {
    let key = "sk-0123456789abcdef";
    // Seven characters tell nothing yet; a calm end is given out at once.
    assert_eq!(
        text_of(key, &["a sk-0123", " b"]).await,
        ["a sk-0123", " b"]
    );
    // Eight do, until the next piece tells.
    assert_eq!(
        text_of(key, &["a sk-01234", " b"]).await,
        ["a ", "sk-01234 b"]
    );
    assert_eq!(text_of(key, &["a sk-01234"]).await, ["a ", "sk-01234"]);
    let whole = text_of(key, &["a sk-01234", "56789abc", "def b"]).await;
    assert_eq!(whole, ["a ", "<redacted> b"]);
    // What began before it was telling ends masked.
    let split = text_of(key, &["a sk-", "0123456789abcdef", " b"]).await;
    assert_eq!(split.concat(), "a sk-<redacted> b");
    let by_one: Vec<String> = format!("a{key}b{key}{key}c")
        .chars()
        .map(String::from)
        .collect();
    let by_one: Vec<&str> = by_one.iter().map(String::as_str).collect();
    let shown = text_of(key, &by_one).await.concat();
    assert!(
        !shown.contains("89abcdef") && shown.starts_with('a') && shown.ends_with('c'),
        "{shown}"
    );
}

#[tokio::test]
async fn a_held_tail_comes_before_the_error_that_ends_the_stream() {
    let key = "sk-0123456789abcdef";
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"so sk-0123456\"}}]}\n\n";
    let thought = "data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm sk-0123456\"}}]}\n\n";
    let error = "data: {\"error\":{\"message\":\"gone\"}}\n\n";
    let body = vec![Bytes::from([thought, begun, error].concat())];
    let events = events(&gate(key), 200, body).await;
    assert_eq!(
        joined(&events),
        ("so sk-0123456".into(), "hm sk-0123456".into())
    );
    assert!(
        matches!(events.last(), Some(Err(Error::Provider(_)))),
        "{events:?}"
    );
    let last = events.iter().rposition(Result::is_ok).unwrap();
    assert_eq!(last + 2, events.len());
}

#[tokio::test]
async fn a_key_over_text_that_was_reasoning_after_all_is_masked() {
    let key = "sk-0123456789abcdef";
    for gap in ["", "\n ", " "] {
        for at in 1..key.len() {
            let (head, tail) = key.split_at(at);
            let body = [
                json!({"content": format!("hm {head}{gap}")}),
                json!({"content": "</think>"}),
                json!({"reasoning_content": format!("{tail} so")}),
                json!({"content": "done"}),
            ]
            .map(|delta| format!("data: {}\n\n", json!({"choices": [{"delta": delta}]})));
            let events = events(&gate(key), 200, vec![Bytes::from(body.concat())]).await;
            let (text, reasoning) = joined(&events);
            assert!(!reasoning.contains(key), "{at} {gap:?} {reasoning}");
            assert!(
                reasoning.ends_with("<redacted> so"),
                "{at} {gap:?} {reasoning}"
            );
            assert_eq!(text, "done");
        }
    }
}

#[tokio::test]
async fn a_short_key_is_a_word_in_an_answer() {
    for key in ["ollama", "EMPTY", "sk", "none", "lm-studio", "token-abc123"] {
        let said = format!("{key} runs {key}/llava; an {key} list. {}", key.repeat(3));
        let body = json!({"choices": [{"message": {"content": said, "reasoning": said}}]});
        let events = events(&gate(key), 200, vec![Bytes::from(body.to_string())]).await;
        assert_eq!(joined(&events), (said.clone(), said));
        assert!(matches!(
            events.last(),
            Some(Ok(Event::End {
                outcome: Outcome::Unterminated,
                ..
            }))
        ));
    }
    // In an error it may be nothing but the key.
    let error = events(
        &gate("token-abc123"),
        401,
        vec!["bad key token-abc123".into()],
    )
    .await;
    assert_hidden(&error, "token-abc123");
}

#[tokio::test]
async fn a_masked_parameter_is_not_offered_as_one() {
    let (listener, base_url) = listen().await;
    let client = Client::new(Timeouts::default()).unwrap();
    let chat = take(client.chat(&to(&base_url, KEY), ask(), Retry::none()));
    let body = json!({"error": {"message": "no", "param": KEY}}).to_string();
    let (taken, _) = tokio::join!(chat, answer(&listener, vec![http(400, "", &body).into()]));
    let error = taken.error.unwrap();
    assert_eq!(
        (error.code, error.args.get("parameter")),
        (ErrorCode::BadRequest, None)
    );
}

#[tokio::test]
async fn a_key_that_a_limit_cuts_off_is_masked_as_far_as_it_came() {
    for cut_off in [8, 20, KEY.len() - 1] {
        let far = format!("{}{KEY}", "x".repeat(2000 - cut_off));
        let body = json!({"error": {"message": far}}).to_string();
        let events = events(&gate(KEY), 400, vec![Bytes::from(body)]).await;
        let Some(Err(Error::Provider(refusal))) = events.last() else {
            panic!("{events:?}");
        };
        let said = refusal.detail.message.as_deref().unwrap();
        assert!(said.ends_with("x<redacted>…"), "{said}");
    }
}
