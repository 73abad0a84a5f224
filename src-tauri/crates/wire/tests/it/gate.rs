//! No key leaves, wherever and however a provider repeats it; and nothing else is
//! changed.

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use http::header::AUTHORIZATION;
use proptest::prelude::*;
use protocol::{ErrorCode, IpcError};
use serde_json::{Value, json};
use wire::{
    Client, Endpoint, Error, Event, Gate, Listing, ListingKind, ManualProxy, Network, Outcome,
    Password, Proxy, Response, Retry, Timeouts, decode,
};

use crate::spell::{forms, shows};
use crate::support::{answer, ask, cut, http, listen, serve, take};

/// As long as OpenAI's are, with characters of every kind that keys have.
const KEY: &str = "sk-proj-T3_vB/9xQ+7mK.zL0wR~2cYhJ8uN5dG4fA6sE1pIoXq=";

fn to(base_url: &str, key: &str) -> Endpoint {
    let mut value: http::HeaderValue = format!("Bearer {key}").parse().unwrap();
    value.set_sensitive(true);
    Endpoint {
        base_url: base_url.to_owned(),
        headers: vec![(AUTHORIZATION, value)],
        dialect: wire::CHAT_COMPLETIONS,
    }
}

fn gate(key: &str) -> Gate {
    Gate::new(&to("https://a.example/v1", key))
}

/// The events of a body that comes in these pieces.
async fn events(gate: &Gate, status: u16, pieces: Vec<Bytes>) -> Vec<Result<Event, Error>> {
    let head = Response {
        status,
        ..Response::default()
    };
    let body = stream::iter(pieces.into_iter().map(Ok));
    gate.clone().events(decode(head, body)).collect().await
}

/// What needs no waiting.
fn now<T>(ready: impl Future<Output = T>) -> T {
    ready.now_or_never().unwrap()
}

/// What is shown at the end: all text, and all reasoning.
fn joined(events: &[Result<Event, Error>]) -> (String, String) {
    let (mut text, mut reasoning) = (String::new(), String::new());
    for event in events.iter().flatten() {
        match event {
            Event::Text(more) => text.push_str(more),
            Event::Reasoning(more) => reasoning.push_str(more),
            Event::TextWasReasoning => {
                reasoning.push_str(std::mem::take(&mut text).trim_end());
            }
            _ => {}
        }
    }
    (text, reasoning)
}

/// Everything that may be shown, kept or logged of these events.
fn all_of(events: &[Result<Event, Error>]) -> Vec<String> {
    let (text, reasoning) = joined(events);
    let mut all = vec![text, reasoning];
    for event in events {
        all.push(format!("{event:?}"));
        let error = match event {
            Ok(Event::Retrying { error, .. }) => Some((**error).clone()),
            Err(error) => Some(error.clone()),
            Ok(_) => None,
        };
        if let Some(error) = error {
            all.push(error.to_string());
            all.push(serde_json::to_string(&IpcError::from(error)).unwrap());
        }
    }
    all
}

fn assert_hidden(events: &[Result<Event, Error>], key: &str) {
    for said in all_of(events) {
        assert!(!shows(&said, key), "{said}");
    }
}

/// A key of printable characters, as a header takes them; without a backslash, which a
/// server that does not escape it turns into another character.
fn keys() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "sk-[A-Za-z0-9_-]{13,60}",
        1 => "[0-9a-f]{32}\\.[A-Za-z0-9]{16}",
        1 => r"[!-\[\]-~]{16,64}",
    ]
}

/// Words that are no part of a key.
fn words() -> impl Strategy<Value = String> {
    "[ 豆，\n]{0,8}"
}

/// The parts of an answer: in which field each comes, and what it says.
fn said() -> impl Strategy<Value = Vec<(bool, String, prop::sample::Index)>> {
    prop::collection::vec((any::<bool>(), words(), any::<prop::sample::Index>()), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_stream_shows_a_key(
        key in keys(),
        parts in said(),
        steps in prop::collection::vec(1_usize..12, 1..8),
        sizes in prop::collection::vec(1_usize..90, 1..8),
        end in any::<prop::sample::Index>(),
    ) {
        let forms = forms(&key);
        let told = end.get(&forms);
        let mut body = String::new();
        let chunk = |delta: Value, reason: Value| {
            let payload = json!({
                "id": told, "model": told,
                "choices": [{"delta": delta, "finish_reason": reason}],
            });
            format!("data: {payload}\n\n")
        };
        let mut steps = steps.iter().cycle();
        for (thought, before, form) in &parts {
            let field = if *thought { "reasoning_content" } else { "content" };
            let text: Vec<char> = format!("{before}{} ", form.get(&forms)).chars().collect();
            let mut rest = text.as_slice();
            while !rest.is_empty() {
                let (now, later) = rest.split_at((*steps.next().unwrap()).min(rest.len()));
                body += &chunk(json!({field: now.iter().collect::<String>()}), Value::Null);
                rest = later;
            }
        }
        body += &chunk(json!({}), json!(told));
        let pieces = cut(body.as_bytes(), &sizes);
        let events = now(events(&gate(&key), 200, pieces));
        assert_hidden(&events, &key);
        // What is no key is all there, in its order.
        let (text, reasoning) = joined(&events);
        for (shown, thought) in [(text, false), (reasoning, true)] {
            let mut rest = shown.as_str();
            for (_, before, _) in parts.iter().filter(|part| part.0 == thought) {
                let at = rest.find(before.trim());
                prop_assert!(at.is_some(), "{before:?} is not in {rest:?}");
                rest = &rest[at.unwrap() + before.trim().len()..];
            }
        }
        let ended = matches!(events.last(), Some(Ok(Event::End { .. })));
        prop_assert!(ended);
    }

    #[test]
    fn no_json_body_shows_a_key(key in keys(), form in any::<prop::sample::Index>()) {
        let forms = forms(&key);
        let form = form.get(&forms);
        let bodies = [
            json!({"id": form, "model": form, "choices": [{
                "message": {"content": form, "reasoning_content": form}, "finish_reason": form,
            }]}),
            json!({"choices": [{"message": {"content": [
                {"type": "thinking", "thinking": form}, {"type": "text", "text": form},
            ]}, "finish_reason": "stop"}]}),
            json!({"choices": [{"message": {"content": format!("<think>{form}</think>{form}")}}]}),
            json!({"choices": [{"message": {"content": format!("{form}</think>{form}")}}]}),
            json!({"choices": [{"text": form, "message": {"refusal": form}}]}),
        ];
        for body in bodies {
            let pieces = vec![Bytes::from(body.to_string())];
            let events = now(events(&gate(&key), 200, pieces));
            assert_hidden(&events, &key);
        }
    }

    #[test]
    fn no_error_shows_a_key(
        key in r"[!-\[\]-~]{6,15}|sk-[A-Za-z0-9_-]{3,60}|[!-\[\]-~]{16,64}",
        form in any::<prop::sample::Index>(),
        status in prop::sample::select(vec![200_u16, 400, 401, 404, 422, 429, 500, 503]),
        long in 0_usize..2100,
    ) {
        let forms = forms(&key);
        let form = form.get(&forms);
        for body in errors(form, long) {
            let pieces = vec![Bytes::from(body)];
            let events = now(events(&gate(&key), status, pieces));
            assert_hidden(&events, &key);
        }
    }

    #[test]
    fn what_holds_no_key_is_not_changed(
        key in keys(),
        parts in prop::collection::vec(
            (any::<bool>(), prop_oneof![
                "[a-z %\\\\&#;0-9豆\n]{0,20}",
                Just("%41\\u0041\\/&#65;".to_owned()),
                Just("<redacted>".to_owned()),
                Just("KEY".to_owned()),
            ]), 1..20),
        part in 1_usize..16,
    ) {
        let mut body = String::new();
        let (mut text, mut reasoning) = (String::new(), String::new());
        for (thought, word) in &parts {
            // The beginning of a key is none.
            let word = word.replace("KEY", &key[..part]);
            let field = if *thought { "reasoning_content" } else { "content" };
            body += &format!("data: {}\n\n", json!({"choices": [{"delta": {field: word}}]}));
            if *thought { reasoning += &word } else { text += &word }
        }
        prop_assume!(!shows(&text, &key) && !shows(&reasoning, &key));
        let plain = gate("none");
        let body = vec![Bytes::from(body)];
        let expected = now(events(&plain, 200, body.clone()));
        let got = now(events(&gate(&key), 200, body));
        prop_assert_eq!(joined(&got), joined(&expected));
    }
}

#[test]
fn the_forms_are_forms() {
    for key in [KEY, "hunter2-pass-0815", "ollama"] {
        for form in forms(key) {
            assert!(shows(&form, key), "{form}");
        }
    }
}

/// Bodies that say `form` wherever an error may.
fn errors(form: &str, long: usize) -> Vec<String> {
    let far = format!("{}{form} and so on", "x".repeat(long));
    let coded = |error: Value| json!({"error": error}).to_string();
    vec![
        coded(json!({"message": form, "code": form, "type": form, "param": form})),
        coded(json!({"message": format!("unknown parameter: '{form}'")})),
        coded(
            json!({"message": format!("no (request id: {form})"), "param": format!("body.{form}")}),
        ),
        coded(json!({"message": far, "request_id": far, "code": far})),
        coded(json!(form)),
        json!({"detail": [{"loc": ["body", form], "msg": form, "type": form}]}).to_string(),
        json!({"base_resp": {"status_code": 1004, "status_msg": form}}).to_string(),
        json!({"code": form, "message": form, "data": null, "requestId": form}).to_string(),
        json!({"error": {"message": json!({"error": {"message": form}}).to_string()}}).to_string(),
        json!({"success": false, "reason": form, "trace_id": form}).to_string(),
        json!({"choices": null, "msg": form}).to_string(),
        format!(
            "data: {}\n\n",
            coded(json!({"message": form, "code": form}))
        ),
        format!("event: error\ndata: {form}\n\n"),
        format!("<html><title>{far}</title>{form}"),
        format!("<html><h1>{form}"),
        far,
        form.to_owned(),
        format!("\"{form}\""),
    ]
}

#[tokio::test]
async fn heads_redirects_and_broken_answers_show_no_key() {
    let retry = Retry::default();
    let client = Client::new(Timeouts::default()).unwrap();
    for form in forms(KEY).into_iter().step_by(7) {
        if !form.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            continue;
        }
        let head = format!("x-request-id: {form}\r\nretry-after-ms: 1\r\n");
        let body = json!({"error": {"message": form, "code": form}}).to_string();
        let answers = [
            vec![http(429, &head, &body), http(401, &head, &body)],
            vec![http(
                200,
                &head,
                "data: {\"choices\":[{\"delta\":{}}]}\n\ndata: [DONE]\n\n",
            )],
            vec![http(302, &format!("location: /{form}\r\n"), "")],
            vec![http(
                302,
                &format!("location: https://b.example/?key={form}\r\n"),
                "",
            )],
            vec![http(200, "", &form)],
            vec![http(200, "", &format!("{}{form}", "x".repeat(180)))],
            vec![http(404, "", &form)],
        ];
        for answers in answers {
            let (listener, base_url) = listen().await;
            let chat = client.chat(&to(&base_url, KEY), ask(), retry);
            let (events, _) = tokio::join!(chat.collect::<Vec<_>>(), serve(&listener, &answers));
            assert_hidden(&events, KEY);
        }
    }
}

#[tokio::test]
async fn no_list_of_models_shows_a_key() {
    let client = Client::new(Timeouts::default()).unwrap();
    for form in forms(KEY).into_iter().step_by(5) {
        let row = json!({"id": "a", "name": form, "display_name": form, "owned_by": form});
        for body in [
            json!({"data": [row, {"id": form, "name": "b"}, {"id": format!("models/{form}")}]}),
            json!({"models": [{"key": form}, {"model": form}, row]}),
            json!([row, form]),
            json!({"error": {"message": form, "param": form}}),
        ] {
            for kind in [ListingKind::OpenAi, ListingKind::LmStudio] {
                let (listener, base_url) = listen().await;
                let listing = Listing {
                    path: "/models".into(),
                    kind,
                };
                let endpoint = to(&base_url, KEY);
                let mut answers = vec![http(200, "", &body.to_string())];
                if kind == ListingKind::LmStudio && body["error"].is_object() {
                    answers.push(http(401, "", &form));
                }
                let (listed, _) = tokio::join!(
                    client.models(&endpoint, &listing),
                    serve(&listener, &answers)
                );
                assert!(!shows(&format!("{listed:?}"), KEY), "{form} {listed:?}");
                match listed {
                    Ok(rows) => {
                        // What cannot be asked under its name is not offered.
                        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                        assert_eq!(ids, ["a"], "{form}");
                    }
                    Err(error) => {
                        let shown = serde_json::to_string(&IpcError::from(error)).unwrap();
                        assert!(!shows(&shown, KEY), "{shown}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_proxy_shows_neither_its_password_nor_a_key() {
    const PASSWORD: &str = "hunter2-pass-0815";
    for secret in [PASSWORD, KEY] {
        for form in forms(secret).into_iter().step_by(9) {
            if !form.bytes().all(|b| (b' '..=b'~').contains(&b)) {
                continue;
            }
            let (listener, proxy) = listen().await;
            let client = Client::new(Timeouts::default()).unwrap();
            let network = Network {
                proxy: Proxy::Manual(ManualProxy {
                    url: proxy.trim_end_matches("/v1").to_owned(),
                    user: Some("me".into()),
                    password: Some(Password::new(PASSWORD)),
                }),
                ca: None,
            };
            client.configure(Timeouts::default(), network).unwrap();
            let chat = client.chat(&to("http://provider.example/v1", KEY), ask(), Retry::none());
            let body = json!({"error": {"message": form, "code": form}}).to_string();
            let answers = [http(502, &format!("x-request-id: {form}\r\n"), &body)];
            let (events, _) = tokio::join!(chat.collect::<Vec<_>>(), serve(&listener, &answers));
            assert!(
                matches!(events[..], [Err(Error::Provider(_))]),
                "{events:?}"
            );
            assert_hidden(&events, secret);
        }
    }
}

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
