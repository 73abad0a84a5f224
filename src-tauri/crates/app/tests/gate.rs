//! A key that a provider repeats is nowhere: not in what the page is told, and in no
//! file under the data folder.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

// Both hold more than is needed here.
#[allow(dead_code)]
#[path = "turns/desk.rs"]
mod desk;
#[path = "../../wire/tests/common/spell.rs"]
mod spell;

use std::path::Path;

use desk::*;
use proptest::prelude::*;
use protocol::*;
use serde_json::json;
use spell::{forms, shows};

/// Every file under `folder`, as text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            all.push((path.display().to_string(), text));
        }
    }
    all
}

fn http(status: u16, head: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{head}\r\n{body}")
}

/// Answers to a question that say `form` wherever they can, its text cut into pieces
/// of `step` characters.
fn answers(form: &str, step: usize, status: u16) -> Vec<String> {
    let chunk = |payload: serde_json::Value| format!("data: {payload}\n\n");
    let letters: Vec<char> = format!("{form} ").chars().collect();
    let mut stream = String::new();
    for field in ["reasoning_content", "content"] {
        for piece in letters.chunks(step) {
            let piece: String = piece.iter().collect();
            stream += &chunk(json!({
                "id": form, "model": form, "choices": [{"delta": {field: piece}}],
            }));
        }
    }
    let broken = stream.clone();
    let refused = chunk(json!({"error": {"message": form, "code": form, "param": form}}));
    stream += &chunk(json!({"choices": [{"delta": {}, "finish_reason": form}]}));
    let head = format!("x-request-id: {}\r\n", form.replace(['\r', '\n'], " "));
    let whole = json!({"id": form, "model": form, "choices": [{
        "message": {"content": format!("<think>{form}</think>{form}")}, "finish_reason": form,
    }]});
    vec![
        http(200, &head, &stream),
        http(200, &head, &format!("{broken}{refused}")),
        http(200, &head, &broken),
        http(200, &head, &whole.to_string()),
        http(status, &head, &refused["data: ".len()..]),
        http(status, &head, form),
        http(status, &head, &format!("<html><title>{form}</title>")),
        http(status, &head, &format!("{}{form}", "x".repeat(480))),
    ]
}

#[derive(Debug, Clone)]
struct Case {
    key: String,
    form: prop::sample::Index,
    step: usize,
    status: u16,
}

fn cases() -> impl Strategy<Value = Case> {
    let status = prop::sample::select(vec![400_u16, 401, 403, 404, 422, 429, 500, 503]);
    let key = prop_oneof!["sk-[A-Za-z0-9_-]{13,60}", r"[!-\[\]-~]{16,64}"];
    (key, any::<prop::sample::Index>(), 1_usize..20, status).prop_map(
        |(key, form, step, status)| Case {
            key,
            form,
            step,
            status,
        },
    )
}

async fn hides(case: Case) {
    let desk = desk();
    let forms = forms(&case.key);
    let form = case.form.get(&forms);
    let mut told = Vec::new();
    for answer in answers(form, case.step, case.status) {
        let (url, _) = scripted([answer]).await;
        let id = with_key(&desk, &url, &case.key).await;
        let (_, events) = ask(&desk, question(&id, "What is it?")).await;
        for event in &events {
            told.push(format!("{event:?}"));
            told.push(serde_json::to_string(event).unwrap());
        }
        told.push(shown(&events));
    }
    let row = json!({"id": "a", "name": form, "display_name": form});
    for list in [
        http(
            200,
            "",
            &json!({"data": [row, {"id": form}, {"id": "b"}]}).to_string(),
        ),
        http(
            200,
            "",
            &json!({"error": {"message": form, "param": form}}).to_string(),
        ),
        http(case.status, "", form),
    ] {
        let (url, _) = scripted([list.clone()]).await;
        let id = with_key(&desk, &url, &case.key).await;
        told.push(format!("{:?}", desk.accounts.models(&id).await));
        let (url, _) = scripted([list.clone(), list]).await;
        let id = with_key(&desk, &url, &case.key).await;
        let params = KeyTestParams {
            provider: id,
            id: None,
            key: Some(case.key.clone()),
        };
        told.push(format!("{:?}", desk.accounts.test_key(params).await));
    }
    let files = files(desk.folder.path());
    assert!(files.iter().any(|(path, _)| path.ends_with("dragoman.db")));
    let shown = files
        .into_iter()
        .chain(told.into_iter().map(|said| ("told".into(), said)));
    let shown = shown.filter(|(_, text)| shows(text, &case.key));
    let places: Vec<String> = shown.map(|(place, _)| place).collect();
    assert_eq!(places, [""; 0], "these hold the key");
}

/// A provider at `url` with this key.
async fn with_key(desk: &Desk, url: &str, key: &str) -> String {
    let id = custom(desk, url).await;
    let params = KeySetParams {
        provider: id.clone(),
        label: "mine".into(),
        key: key.to_owned(),
        keep: Keep::Session,
    };
    desk.accounts.set_key(params).await.unwrap();
    id
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_key_that_is_repeated_is_neither_told_nor_kept(case in cases()) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(hides(case));
    }
}

#[tokio::test]
async fn an_answer_that_holds_a_short_key_is_kept_as_it_came() {
    for key in ["ollama", "EMPTY", "sk"] {
        let desk = desk();
        let text = format!("Run {key} with {key}/llava.");
        let (url, _) = scripted([says(&text)]).await;
        let id = with_key(&desk, &url, key).await;
        let (_, events) = ask(&desk, question(&id, "How?")).await;
        assert_eq!(
            shown(&events),
            markdown::to_html(&markdown::render(&text)),
            "{key}"
        );
    }
}
