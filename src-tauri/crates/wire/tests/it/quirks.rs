//! Every recorded quirk, through the decoder and through the real client.

use bytes::Bytes;
use proptest::prelude::*;
use protocol::ErrorCode;
use serde_json::{Value, json};

use crate::replay::chunks::lengths;
use crate::replay::outcome::{Outcome, differences};
use crate::replay::quirks::{Quirk, Stage};
use crate::replay::{cases, name};
use crate::support::{Taken, cut, decode, take};

/// Random cuts of a case, at the decoder and through the client.
const CUTS: u64 = 40;
const CLIENT_CUTS: u64 = 4;

/// The recorded cases, and those of the same kinds that were not recorded. What a
/// case does not name is nothing here.
fn quirks() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for file in [
        include_str!("../quirks.json"),
        include_str!("../variants.json"),
        include_str!("../reports.json"),
        include_str!("../streams.json"),
    ] {
        all.extend(cases(file).unwrap());
    }
    assert!(all.len() >= 120, "the cases are there");
    let named = all.into_iter().enumerate().map(|(place, mut case)| {
        let expect = case["expect"].as_object_mut().unwrap();
        let state = expect["state"].as_str().unwrap().to_owned();
        if state != "models" {
            for key in ["text", "reasoning"] {
                expect.entry(key).or_insert_with(|| json!(""));
            }
        }
        if !["models", "error"].contains(&state.as_str()) {
            expect.entry("bad").or_insert_with(|| json!(0));
        }
        (name(&case, place), case)
    });
    named.collect()
}

fn quirk(of: &str) -> Quirk {
    let all = quirks();
    let (_, case) = all.iter().find(|(name, _)| name == of).unwrap();
    Quirk::read(case).unwrap()
}

async fn decoded(quirk: &Quirk, pieces: Vec<Bytes>) -> Taken {
    take(decode(quirk.head(), pieces)).await
}

#[tokio::test]
async fn every_quirk_however_it_is_cut() {
    for (name, case) in quirks() {
        let quirk = Quirk::read(&case).unwrap();
        if quirk.lists_models() {
            continue;
        }
        let mut ways = vec![
            ("whole".to_owned(), vec![quirk.body.clone()]),
            ("byte by byte".to_owned(), cut(&quirk.body, &[1])),
        ];
        ways.extend((0..CUTS).map(|seed| {
            let pieces = cut(&quirk.body, &lengths(seed, 40));
            (format!("seed {seed}"), pieces)
        }));
        let first = decoded(&quirk, ways[0].1.clone()).await;
        for (how, pieces) in ways {
            let taken = decoded(&quirk, pieces).await;
            assert_eq!(taken, first, "{name} {how}");
            let (outcome, mut unknown) = (Outcome::Answer(Box::new(taken)), Vec::new());
            let wrong = differences(&quirk.expect, &outcome, &mut unknown);
            assert_eq!((wrong, unknown), (vec![], vec![]), "{name} {how}");
        }
    }
}

#[tokio::test]
async fn every_quirk_through_the_client() {
    let stage = Stage::open().await.unwrap();
    for (name, case) in quirks() {
        let verdict = stage.replay(&case, 0, CLIENT_CUTS).await;
        assert_eq!(verdict.wrong, [""; 0], "{name}");
        assert_eq!(verdict.unknown, [""; 0], "{name}");
    }
}

#[tokio::test]
async fn a_case_that_falls_short_is_told_and_why() {
    let stage = Stage::open().await.unwrap();
    let body =
        "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n";
    for (expect, why) in [
        (
            json!({"text": "Ho"}),
            r#"text is "Hi", wanted "Ho" (whole)"#,
        ),
        (
            json!({"state": "cut"}),
            r#"state is "complete", wanted "cut" (whole)"#,
        ),
        (json!({"usage": 3}), "usage is null, wanted 3 (whole)"),
        (json!({"bad": 1}), "bad is 0, wanted 1 (whole)"),
        (
            json!({"error": "no"}),
            r#"error did not come, wanted "no" (whole)"#,
        ),
        (
            json!({"state": "models", "models": 1}),
            "models did not come: ",
        ),
        (json!([]), "the case has no expect object"),
    ] {
        let verdict = stage
            .replay(&json!({"body": body, "expect": expect}), 0, 1)
            .await;
        let said = verdict.wrong.concat();
        assert!(said.starts_with(why), "{expect}: {said}");
    }
    let fits = json!({"body": body, "mood": 1, "expect": {"text": "Hi", "colour": "red"}});
    let verdict = stage.replay(&fits, 0, 1).await;
    assert_eq!(verdict.wrong, [""; 0]);
    assert_eq!(verdict.unknown, ["mood", "expect.colour"]);
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
    for (name, class) in classes {
        let quirk = quirk(name);
        let error = decoded(&quirk, vec![quirk.body.clone()])
            .await
            .error
            .unwrap();
        assert_eq!(error.code, class, "{name}");
        assert_eq!(error.detail.unwrap().status, Some(quirk.status), "{name}");
    }
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
