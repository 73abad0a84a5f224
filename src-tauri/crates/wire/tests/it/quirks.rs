//! Every recorded quirk, through the decoder and through the real client.

use bytes::Bytes;
use proptest::prelude::*;
use protocol::ErrorCode;
use wire::{Client, Endpoint, Listing, Retry, Timeouts};

use crate::support::{Quirk, Taken, answer, ask, cut, decode, lengths, listen, quirks, take};

fn check(quirk: &Quirk, taken: &Taken, how: &str) {
    let name = format!("{} {how}", quirk.name);
    let expect = &quirk.expect;
    assert_eq!(taken.state, expect.state, "{name}: {taken:?}");
    assert_eq!(taken.text, expect.text, "{name}");
    assert_eq!(taken.reasoning, expect.reasoning, "{name}");
    if let Some(usage) = expect.usage {
        let total = taken.usage.as_ref().and_then(|u| u.total_tokens);
        assert_eq!(total, Some(usage), "{name}");
    }
    if expect.state != "error" {
        assert_eq!(taken.bad, expect.bad.unwrap_or(0), "{name}");
    }
    if let Some(done) = expect.done {
        assert_eq!(taken.done, done, "{name}");
    }
    if let Some(words) = &expect.error {
        let error = taken.error.as_ref().unwrap();
        let detail = error.detail.clone().unwrap();
        assert_eq!(detail.status, Some(quirk.status), "{name}");
        let said = format!("{}\n{}", error.message, detail.message.unwrap_or_default());
        assert!(said.contains(words.as_str()), "{name}: {said}");
    }
}

fn answers() -> Vec<Quirk> {
    let mut all = quirks();
    assert!(all.len() >= 70, "the cases are there");
    all.retain(|quirk| quirk.expect.state != "models");
    all
}

#[tokio::test]
async fn every_quirk_however_it_is_cut() {
    for quirk in answers() {
        let bytes = quirk.body.as_bytes();
        let mut ways = vec![
            ("whole".to_owned(), vec![Bytes::copy_from_slice(bytes)]),
            ("byte by byte".to_owned(), cut(bytes, &[1])),
        ];
        ways.extend((0..40).map(|s| (format!("seed {s}"), cut(bytes, &lengths(s, 40)))));
        let first = take(decode(quirk.head(), ways[0].1.clone())).await;
        for (how, pieces) in ways {
            let taken = take(decode(quirk.head(), pieces)).await;
            check(&quirk, &taken, &how);
            assert_eq!(taken, first, "{} {how}", quirk.name);
        }
    }
}

#[tokio::test]
async fn every_quirk_through_the_client() {
    let client = Client::new(Timeouts::default()).unwrap();
    let (listener, base_url) = listen().await;
    let endpoint = Endpoint {
        base_url,
        headers: Vec::new(),
    };
    let listing = Listing::default();
    for quirk in quirks() {
        let http = quirk.http();
        for seed in 0..3 {
            let pieces = cut(http.as_bytes(), &lengths(seed, 60));
            let how = format!("through the client, seed {seed}");
            if quirk.expect.state == "models" {
                let (rows, _) = tokio::join!(
                    client.models(&endpoint, &listing),
                    answer(&listener, pieces)
                );
                let rows = rows.unwrap();
                assert_eq!(
                    Some(rows.len()),
                    quirk.expect.models,
                    "{} {how}",
                    quirk.name
                );
                if let Some(chat) = quirk.expect.chat {
                    let chats = rows.iter().filter(|row| row.chat).count();
                    assert_eq!(chats, chat, "{} {how}", quirk.name);
                }
            } else {
                let chat = take(client.chat(&endpoint, ask(), Retry::none()));
                let (taken, _) = tokio::join!(chat, answer(&listener, pieces));
                check(&quirk, &taken, &how);
            }
        }
    }
}

#[tokio::test]
async fn the_errors_have_the_class_that_tells_what_to_do() {
    let classes = [
        ("err-openai", ErrorCode::KeyRefused),
        ("err-newapi-401", ErrorCode::KeyRefused),
        ("err-newapi-503-model", ErrorCode::ModelNotFound),
        ("err-429-empty-body", ErrorCode::RateLimit),
        ("err-glm-1113", ErrorCode::NoBalance),
        ("err-gemini-array", ErrorCode::BadRequest),
        ("err-nested-json-string", ErrorCode::RateLimit),
        ("err-openrouter-metadata", ErrorCode::RateLimit),
        ("err-siliconflow", ErrorCode::ModelNotFound),
        ("err-siliconflow-401", ErrorCode::KeyRefused),
        ("err-cloudflare", ErrorCode::KeyRefused),
        ("err-vllm-flat", ErrorCode::ModelNotFound),
        ("err-litellm-code-string", ErrorCode::ModelNotFound),
        ("err-plain-text", ErrorCode::ProviderDown),
        ("html-at-200", ErrorCode::NotAnApi),
        ("html-502", ErrorCode::ProviderDown),
        ("success-false", ErrorCode::Forbidden),
        ("lmstudio-error", ErrorCode::TooLong),
        ("llamacpp-error-field", ErrorCode::TooLong),
        ("llamacpp-error-data", ErrorCode::TooLong),
        ("openrouter-midstream", ErrorCode::TooLong),
        ("event-error-no-done", ErrorCode::BadRequest),
    ];
    let quirks = quirks();
    for (name, class) in classes {
        let quirk = quirks.iter().find(|quirk| quirk.name == name).unwrap();
        let taken = take(decode(quirk.head(), vec![Bytes::from(quirk.body.clone())])).await;
        assert_eq!(taken.error.unwrap().code, class, "{name}");
    }
    let of = |name: &str| quirks.iter().find(|quirk| quirk.name == name).unwrap();
    let quirk = of("err-newapi-401");
    let taken = take(decode(quirk.head(), vec![Bytes::from(quirk.body.clone())])).await;
    assert_eq!(
        taken.error.unwrap().detail.unwrap().request_id.as_deref(),
        Some("20260101")
    );
    let quirk = of("err-retry-after-ms");
    let taken = take(decode(quirk.head(), vec![Bytes::from(quirk.body.clone())])).await;
    assert_eq!(taken.error.unwrap().retry_after_ms, Some(250));
}

/// A body made of pieces that mean something, and of ones that do not.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let text = |t: &'static str| Just(t.as_bytes().to_vec());
    let piece = prop_oneof![
        text("data: "),
        text("\n\n"),
        text("\r\n\r\n"),
        text("data: [DONE]\n\n"),
        text("data: {\"choices\":[{\"delta\":{\"content\":\"<think>a\"}}]}\n\n"),
        text("data: {\"choices\":[{\"delta\":{\"content\":\"b</think>c\"}}]}\n\n"),
        text("data: {\"choices\":[{\"delta\":{\"content\":\"<\"}}]}\n\n"),
        text("data: {\"choices\":[{\"delta\":{\"reasoning\":\"r\"}}]}\n\n"),
        text("data: {\"choices\":[{\"message\":{\"content\":[{\"text\":\"m\"}]}}]}\n\n"),
        text(
            "data: {\"choices\":[{\"finish_reason\":\"length\"}],\"usage\":{\"total_tokens\":3}}\n\n"
        ),
        text("data: {\"error\":{\"message\":\"x\"}}\n\n"),
        text("{\"choices\":[{\"text\":\"t\"}]}"),
        text("[{\"error\":[]}]"),
        text("<html><title>x"),
        text("event: error\n"),
        text("\u{feff}"),
        proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_body_ends_once_and_the_same_however_it_is_cut(
        body in bodies(),
        sizes in proptest::collection::vec(1usize..30, 1..20),
        status in prop_oneof![Just(200u16), Just(400), Just(503)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let head = || wire::Response { status, ..wire::Response::default() };
            let whole = take(decode(head(), vec![Bytes::from(body.clone())])).await;
            let pieces = take(decode(head(), cut(&body, &sizes))).await;
            prop_assert_eq!(pieces, whole);
            Ok(())
        })?;
    }
}
