//! Answers in the real window, from a scripted provider on a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use anyhow::Result;
use pretty_assertions::assert_eq;
use serde_json::json;
use tests::desktop::Keyring;
use tests::provider::{CHAT, End, Ending, Gate, Provider, Reply};
use tests::screen::Key;
use tests::stage::play;
use tests::steps::{
    add_provider, answer, answer_part, ask, choose_model, close_settings, open_settings, save_key,
    use_provider, wait_answer,
};
use tests::wait;

const KEY: &str = "sk-test-0123456789abcdef";

#[test]
fn an_answer_streams_with_reasoning_and_usage() -> Result<()> {
    play("an_answer_streams", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let (thinking, answering) = (Gate::new(), Gate::new());
        provider.chat(
            Reply::stream()
                .reasoning("Let me look. ")
                .wait(&thinking)
                .delta("A **bold** an")
                .wait(&answering)
                .delta("swer, 好的.")
                .finish("stop")
                .usage(31, 12, 7)
                .done()
                .cut(3),
        );
        let window = stage.open()?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "What do you see?")?;
        answer_part(&window, "message-reasoning").wait_shown()?;
        assert_eq!(
            answer(&window).attribute("data-state")?.as_deref(),
            Some("streaming")
        );
        thinking.open();
        // Text is shown while the answer is still held back.
        answer_part(&window, "message-text").wait_text(|text| text.contains("bold an"))?;
        assert_eq!(
            answer(&window).attribute("data-state")?.as_deref(),
            Some("streaming")
        );
        answering.open();
        wait_answer(&window, "complete")?;
        let text = answer_part(&window, "message-text").text()?;
        assert_eq!(text.trim(), "A bold answer, 好的.");
        assert_eq!(window.part("message-text").css("strong").text()?, "bold");
        let usage = answer_part(&window, "message-usage").text()?;
        for number in ["31", "12", "7"] {
            assert!(usage.contains(number), "no {number} in {usage:?}");
        }
        let shown = answer(&window).text()?;
        assert!(
            shown.contains("scripted-2026"),
            "the model that answered is not in {shown:?}"
        );
        let request = provider.chat_request(0)?;
        assert_eq!(
            request.header("authorization"),
            Some(format!("Bearer {KEY}").as_str())
        );
        let body = request.json()?;
        assert_eq!(body["model"], json!("scripted"));
        assert_eq!(body["stream"], json!(true));
        assert_eq!(body["stream_options"]["include_usage"], json!(true));
        window.screenshot(&stage.kept("answer.png"))
    })
}

#[test]
fn stop_ends_the_request_and_keeps_what_came() -> Result<()> {
    play("stop_ends_the_request", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(
            Reply::stream()
                .delta("Half of an answer")
                .ending(Ending::Stall),
        );
        provider.chat(Reply::streamed(&["Whole."]));
        let window = stage.open()?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "Go on")?;
        answer_part(&window, "message-text").wait_text(|text| text.contains("Half"))?;
        window.part("stop").click()?;
        assert_eq!(provider.end(CHAT, 0)?, End::ClientLeft);
        wait_answer(&window, "stopped")?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "Half of an answer"
        );
        ask(&window, "Again")?;
        wait_answer(&window, "complete")
    })
}

#[test]
fn an_error_shows_the_providers_own_words() -> Result<()> {
    play(
        "an_error_shows_the_providers_own_words",
        Keyring::Unlocked,
        |stage| {
            let provider = Provider::start()?;
            let words = "您的额度不足 (quota exceeded for sk-test)";
            let refusal = Reply::error(402, words, "insufficient_user_quota");
            provider.chat(refusal.header("X-Oneapi-Request-Id", "20260101-abc"));
            provider.chat(Reply::streamed(&["Now it works."]));
            let window = stage.open()?;
            use_provider(&window, &provider, KEY)?;
            ask(&window, "Hello?")?;
            wait_answer(&window, "failed")?;
            let error = answer_part(&window, "message-error").text()?;
            for part in [words, "402", "20260101-abc"] {
                assert!(error.contains(part), "no {part:?} in {error:?}");
            }
            window.screenshot(&stage.kept("error.png"))?;
            answer_part(&window, "retry").click()?;
            answer_part(&window, "message-text")
                .wait_text(|text| text.contains("Now it works."))?;
            wait_answer(&window, "complete")
        },
    )
}

#[test]
fn a_reset_mid_answer_keeps_the_text_and_says_so() -> Result<()> {
    play("a_reset_mid_answer", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let gate = Gate::new();
        let start = Reply::stream().delta("The first half").wait(&gate);
        provider.chat(start.ending(Ending::Reset));
        let window = stage.open()?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "Go")?;
        answer_part(&window, "message-text").wait_text(|text| text.contains("The first half"))?;
        gate.open();
        wait_answer(&window, "failed")?;
        answer_part(&window, "message-error").wait_shown()?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "The first half"
        );
        Ok(())
    })
}

#[test]
fn a_stream_without_a_finish_reason_is_not_complete() -> Result<()> {
    play(
        "a_stream_without_a_finish_reason",
        Keyring::Unlocked,
        |stage| {
            let provider = Provider::start()?;
            provider.chat(Reply::stream().delta("Perhaps all").done());
            let window = stage.open()?;
            use_provider(&window, &provider, KEY)?;
            ask(&window, "Go")?;
            wait_answer(&window, "cut")
        },
    )
}

#[test]
fn a_restart_shows_the_conversation() -> Result<()> {
    play(
        "a_restart_shows_the_conversation",
        Keyring::Unlocked,
        |stage| {
            let provider = Provider::start()?;
            provider.chat(Reply::streamed(&["Remember ", "this."]));
            provider.chat(Reply::streamed(&["Still here."]));
            let window = stage.open()?;
            use_provider(&window, &provider, KEY)?;
            ask(&window, "问题 number one")?;
            wait_answer(&window, "complete")?;
            window.close()?;

            let window = stage.open()?;
            window.part("conversation").wait_count(1)?;
            window.part("conversation").css("button").click()?;
            wait_answer(&window, "complete")?;
            assert_eq!(
                answer_part(&window, "message-text").text()?.trim(),
                "Remember this."
            );
            let question = window
                .part("message")
                .with("data-role", "user")
                .part("message-text");
            assert_eq!(question.text()?, "问题 number one");
            // The key and the chosen model are still there too.
            ask(&window, "And now?")?;
            answer_part(&window, "message-text").wait_text(|text| text.contains("Still here."))?;
            let bearer = format!("Bearer {KEY}");
            assert_eq!(
                provider.chat_request(1)?.header("authorization"),
                Some(bearer.as_str())
            );
            Ok(())
        },
    )
}

#[test]
fn a_crash_mid_answer_loses_nothing_that_was_shown() -> Result<()> {
    play("a_crash_mid_answer", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let gate = Gate::new();
        let start = Reply::stream()
            .delta("Shown before the crash. ")
            .wait(&gate);
        provider.chat(start.delta("More.").ending(Ending::Stall));
        let window = stage.open()?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "Tell me")?;
        answer_part(&window, "message-text").wait_text(|text| text.contains("Shown before"))?;
        gate.open();
        answer_part(&window, "message-text").wait_text(|text| text.contains("More."))?;
        // The text is flushed within 250 ms of being shown; the file says when it is.
        wait::until("the flush", || {
            let kept = std::fs::read_dir(stage.home())?.flatten().any(|entry| {
                let bytes = std::fs::read(entry.path()).unwrap_or_default();
                bytes.windows(5).any(|window| window == b"More.")
            });
            Ok(kept.then_some(()))
        })?;
        window.kill()?;

        let window = stage.open()?;
        window.part("conversation").css("button").click()?;
        wait_answer(&window, "interrupted")?;
        let text = answer_part(&window, "message-text").text()?;
        assert_eq!(text.trim(), "Shown before the crash. More.");
        Ok(())
    })
}

#[test]
fn a_reload_mid_answer_attaches_again() -> Result<()> {
    play("a_reload_mid_answer", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let gate = Gate::new();
        let start = Reply::stream().delta("Before, ").wait(&gate);
        provider.chat(start.delta("and after.").finish("stop").done());
        let window = stage.open()?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "Tell me")?;
        answer_part(&window, "message-text").wait_text(|text| text.contains("Before,"))?;
        window.reload()?;
        window.part("composer-input").wait_shown()?;
        if answer(&window).count()? == 0 {
            window.part("conversation").css("button").click()?;
        }
        answer_part(&window, "message-text").wait_text(|text| text.contains("Before,"))?;
        wait_answer(&window, "streaming")?;
        gate.open();
        wait_answer(&window, "complete")?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "Before, and after."
        );
        assert_eq!(provider.requests(CHAT).len(), 1);
        Ok(())
    })
}

#[test]
fn enter_sends_and_shift_enter_breaks_the_line() -> Result<()> {
    play("enter_sends", Keyring::Unlocked, |stage| {
        let window = stage.open()?;
        let input = window.part("composer-input");
        input.click()?;
        input.type_keys("one")?;
        window.keys(&[Key::Shift, Key::Enter])?;
        wait::until("a second line", || {
            Ok((input.value()? == "one\n").then_some(()))
        })?;
        input.type_keys("二")?;
        assert_eq!(input.value()?, "one\n二");
        window.keys(&[Key::Enter])?;
        let question = window
            .part("message")
            .with("data-role", "user")
            .part("message-text");
        assert_eq!(question.wait_text(|text| !text.is_empty())?, "one\n二");
        wait::until("an empty composer", || {
            Ok(input.value()?.is_empty().then_some(()))
        })?;
        wait_answer(&window, "complete")
    })
}

#[test]
fn a_base_url_that_answers_with_a_web_page_is_said_and_mended() -> Result<()> {
    play(
        "a_base_url_that_answers_with_a_web_page",
        Keyring::Unlocked,
        |stage| {
            let provider = Provider::start()?;
            let page = "<!doctype html><title>Welcome</title>";
            // As gateways do: a page at every path but those of the API.
            for path in ["/chat/completions", "/models"] {
                provider.always(path, Reply::whole(200, "text/html; charset=utf-8", page));
            }
            provider.always(CHAT, Reply::streamed(&["Found it."]));
            let window = stage.open()?;
            open_settings(&window)?;
            // Without the `/v1`.
            let id = add_provider(&window, &provider.origin())?;
            save_key(&window, &id, KEY, "")?;
            close_settings(&window)?;
            choose_model(&window, &id, "some-model")?;
            ask(&window, "Anyone there?")?;
            wait_answer(&window, "failed")?;
            let error = answer_part(&window, "message-error");
            assert_eq!(error.attribute("data-code")?.as_deref(), Some("not_an_api"));
            let suggested = provider.base_url();
            let said = error.text()?;
            assert!(said.contains(&suggested), "no {suggested} in {said:?}");
            // The offered address is one click away.
            window.css("[data-testid=message-error] button").click()?;
            answer_part(&window, "message-text").wait_text(|text| text.contains("Found it."))?;
            wait_answer(&window, "complete")
        },
    )
}
