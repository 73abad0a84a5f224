//! The real window against an implementation of the wire that none of us wrote.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use anyhow::Result;
use serde_json::{Value, json};
use tests::desktop::Keyring;
use tests::mock::Mock;
use tests::pictures::{save_png, two_colours};
use tests::stage::{Stage, play};
use tests::steps::{
    add_provider, answer, answer_part, ask, choose_model, close_settings, open_settings, save_key,
    wait_answer, wait_attachments,
};
use tests::window::Window;

const LONG: &str = "This answer is long enough to be cut into several chunks by the mock.";

fn fixtures() -> Value {
    let says = |question: &str, response: Value| json!({"match": {"userMessage": question}, "response": response});
    let with = |mut fixture: Value, more: Value| {
        for (name, value) in more.as_object().unwrap() {
            fixture[name] = value.clone();
        }
        fixture
    };
    json!({ "fixtures": [
        says("plain", json!({
            "content": "It says **hello**, 你好.",
            "usage": {"prompt_tokens": 31, "completion_tokens": 12, "total_tokens": 43}
        })),
        says("picture", json!({"content": "A blue square."})),
        says("think", json!({"content": "Then the answer.", "reasoning": "First a thought."})),
        json!({
            "match": {"userMessage": "busy", "sequenceIndex": 0},
            "response": {
                "error": {"message": "Slow down, says the mock", "type": "rate_limit_error", "code": "rate_limit_exceeded"},
                "status": 429, "retryAfter": 1
            }
        }),
        says("busy", json!({"content": "Free again."})),
        with(says("truncate", json!({"content": LONG})), json!({"truncateAfterChunks": 3, "chunkSize": 8, "latency": 20})),
        with(says("disconnect", json!({"content": LONG})), json!({"disconnectAfterMs": 90, "chunkSize": 8, "latency": 30})),
        with(says("malformed", json!({"content": "never"})), json!({"chaos": {"malformedRate": 1}})),
        says("refused", json!({
            "error": {"message": "The key is wrong, says the mock", "type": "invalid_request_error", "code": "invalid_api_key"},
            "status": 401
        })),
    ]})
}

/// The app with the mock as its provider.
fn opened(stage: &Stage, mock: &Mock) -> Result<std::rc::Rc<Window>> {
    let window = stage.open()?;
    open_settings(&window)?;
    let id = add_provider(&window, &mock.base_url())?;
    save_key(&window, &id, "sk-mock-0123456789", "mock")?;
    close_settings(&window)?;
    choose_model(&window, &id, "gpt-4o")?;
    Ok(window)
}

/// Asks the `n`-th question (from 1) and waits for its answer's state.
fn ask_nth(window: &Window, n: usize, question: &str, state: &str) -> Result<()> {
    ask(window, question)?;
    let answers = window.part("message").with("data-role", "assistant");
    answers.wait_count(n)?;
    wait_answer(window, state)
}

#[test]
fn text_pictures_reasoning_and_usage_come_from_an_independent_server() -> Result<()> {
    play("independent_answers", Keyring::Unlocked, |stage| {
        let mock = Mock::start(&stage.desktop.path("mock"), &fixtures())?;
        let window = opened(stage, &mock)?;

        ask_nth(&window, 1, "plain", "complete")?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "It says hello, 你好."
        );
        let usage = answer_part(&window, "message-usage").text()?;
        assert!(usage.contains("31") && usage.contains("12"), "{usage}");

        ask_nth(&window, 2, "think", "complete")?;
        answer_part(&window, "message-reasoning").wait()?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "Then the answer."
        );

        let path = stage.desktop.path("square.png");
        save_png(&two_colours(64, 64, [10, 100, 200], [250, 200, 20]), &path)?;
        stage.drop_files(&window, &[path])?;
        wait_attachments(&window, "ready", 1)?;
        ask_nth(&window, 3, "picture", "complete")?;
        let asked = mock.requests()?;
        let parts = asked
            .iter()
            .find_map(|body| body["messages"].as_array()?.last()?["content"].as_array())
            .unwrap();
        assert_eq!(parts[0]["type"], "image_url");
        let url = parts[0]["image_url"]["url"].as_str().unwrap();
        assert!(url.starts_with("data:image/png;base64,iVBOR"), "{url:.40}");
        window.screenshot(&stage.kept("independent.png"))
    })
}

#[test]
fn failures_of_an_independent_server_are_told_apart_and_lose_nothing() -> Result<()> {
    play("independent_failures", Keyring::Unlocked, |stage| {
        let mock = Mock::start(&stage.desktop.path("mock"), &fixtures())?;
        let window = opened(stage, &mock)?;

        // A rate limit that goes away is waited for, as long as the server says.
        ask_nth(&window, 1, "busy", "complete")?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "Free again."
        );
        assert_eq!(mock.requests()?.len(), 2, "one retry");

        // What came before the end is kept, and not asked for again.
        ask_nth(&window, 2, "truncate", "failed")?;
        let text = answer_part(&window, "message-text").text()?;
        assert!(
            !text.trim().is_empty() && LONG.starts_with(text.trim()),
            "{text}"
        );
        answer_part(&window, "message-error").wait_attribute("data-code", "network")?;
        assert_eq!(
            mock.requests()?.len(),
            3,
            "never asked twice once text came"
        );

        ask_nth(&window, 3, "disconnect", "failed")?;
        let text = answer_part(&window, "message-text").text()?;
        assert!(
            !text.trim().is_empty() && LONG.starts_with(text.trim()),
            "{text}"
        );

        ask_nth(&window, 4, "malformed", "failed")?;
        answer_part(&window, "message-error").wait_attribute("data-code", "bad_answer")?;

        ask_nth(&window, 5, "refused", "failed")?;
        let error = answer(&window).part("message-error");
        error.wait_attribute("data-code", "key_refused")?;
        let words = error.text()?;
        assert!(words.contains("The key is wrong, says the mock"), "{words}");
        window.screenshot(&stage.kept("failures.png"))
    })
}
