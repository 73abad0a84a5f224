//! Chenyu and AnyFast as their own pages describe them, field by field, in the
//! real window. Each is its built-in manifest under another id, dropped on the
//! window as a plugin file whose address is the scripted provider.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tests::desktop::Keyring;
use tests::pictures::{save_png, two_colours};
use tests::provider::{Provider, Reply};
use tests::stage::{Stage, play};
use tests::steps::{
    answer, answer_part, ask, choose_model, close_settings, open_settings, provider_card, save_key,
    wait_answer, wait_attachments,
};
use tests::window::Window;

const KEY: &str = "sk-seed-0123456789abcdef";

/// The window with the plugin dropped on it, its key entered and a model chosen.
fn with_seed(stage: &Stage, provider: &Provider, seed: &str, model: &str) -> Result<Rc<Window>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../src-tauri/providers")
        .join(format!("{seed}.json"));
    let mut manifest: Value = serde_json::from_slice(&fs::read(&file).context("manifest")?)?;
    let id = format!("{seed}-here");
    manifest["id"] = json!(id);
    // The name of one that comes with the app is refused elsewhere.
    manifest["name"] = json!("Seed");
    manifest["base_url"] = json!(provider.base_url());
    let fields = manifest.as_object_mut().context("an object")?;
    fields.remove("$schema");
    fields.remove("names");
    let plugin = stage.desktop.path(&format!("{id}.json"));
    fs::write(&plugin, serde_json::to_string_pretty(&manifest)?)?;

    let window = stage.open()?;
    stage.drop_files(&window, &[plugin])?;
    window.part("notice").wait_shown()?;
    open_settings(&window)?;
    provider_card(&window, &id).wait_shown()?;
    save_key(&window, &id, KEY, seed)?;
    close_settings(&window)?;
    choose_model(&window, &id, model)?;
    Ok(window)
}

/// Sets parameters in the composer's popover.
fn set(window: &Window, parameters: &[(&str, &str)]) -> Result<()> {
    window.part("parameters").click()?;
    for (name, value) in parameters {
        window.part(&format!("param-{name}")).fill(value)?;
    }
    window.part("parameters").click()
}

fn no_stream(window: &Window) -> Result<()> {
    window.part("parameters").click()?;
    window.part("param-stream").click()?;
    window.part("parameters").click()
}

fn pictures(stage: &Stage, window: &Window, names: &[&str]) -> Result<()> {
    for (n, name) in names.iter().enumerate() {
        let path = stage.desktop.path(name);
        save_png(
            &two_colours(60 + 10 * n as u32, 60, [10, 100, 200], [250, 200, 20]),
            &path,
        )?;
        stage.drop_files(window, &[path])?;
        wait_attachments(window, "ready", n + 1)?;
    }
    Ok(())
}

/// The smallest file that is told for an MP4 by its first bytes.
fn video(stage: &Stage) -> Result<std::path::PathBuf> {
    let path = stage.desktop.path("短 片.mp4");
    let mut bytes = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    bytes.extend_from_slice(b"\0\0\0\x08mdat");
    fs::write(&path, bytes)?;
    Ok(path)
}

/// What a chunk of doubao holds, as the pages show it.
fn chunk(delta: Value, finish: Option<&str>) -> Value {
    let mut choice = json!({"delta": delta, "index": 0});
    if let Some(finish) = finish {
        choice["finish_reason"] = json!(finish);
    }
    json!({
        "choices": [choice], "created": 1_774_236_644, "id": "chatcmpl-abc123",
        "model": "doubao-seed-1-6-251015", "service_tier": "default",
        "object": "chat.completion.chunk", "usage": null
    })
}

fn user_parts(body: &Value) -> Vec<Value> {
    body["messages"].as_array().unwrap().last().unwrap()["content"]
        .as_array()
        .unwrap()
        .clone()
}

#[test]
fn anyfast_streams_with_parameters_pictures_and_reasoning_tokens() -> Result<()> {
    play("anyfast_streams", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(
            Reply::stream()
                .event(&chunk(json!({"content": "", "reasoning_content": "看看图片", "role": "assistant"}), None))
                .event(&chunk(json!({"content": "图片里有3个模型:", "role": "assistant"}), None))
                .event(&chunk(json!({"content": "Doubao-Seed-1.8、DeepSeek-V3.2、GLM-4.7。", "role": "assistant"}), None))
                .event(&chunk(json!({"content": "", "role": "assistant"}), Some("stop")))
                .event(&json!({
                    "choices": [], "created": 1_774_236_644, "id": "chatcmpl-abc123",
                    "model": "doubao-seed-1-6-251015", "object": "chat.completion.chunk",
                    "usage": {
                        "prompt_tokens": 1355, "completion_tokens": 87, "total_tokens": 1442,
                        "completion_tokens_details": {"reasoning_tokens": 53}
                    }
                }))
                .done(),
        );
        let window = with_seed(stage, &provider, "anyfast", "doubao-seed-1-6-251015")?;
        set(
            &window,
            &[
                ("maxTokens", "1024"),
                ("temperature", "1"),
                ("topP", "0.5"),
                ("stop", "END"),
            ],
        )?;
        pictures(stage, &window, &["one.png", "two.png"])?;
        ask(&window, "图片里有什么?")?;
        wait_answer(&window, "complete")?;

        let text = answer_part(&window, "message-text").text()?;
        assert_eq!(
            text.trim(),
            "图片里有3个模型:Doubao-Seed-1.8、DeepSeek-V3.2、GLM-4.7。"
        );
        let usage = answer_part(&window, "message-usage").text()?;
        for number in ["1355", "87", "53"] {
            assert!(
                usage.replace([',', ' '], "").contains(number),
                "no {number} in {usage}"
            );
        }
        let request = provider.chat_request(0)?;
        assert_eq!(
            request.header("authorization"),
            Some(format!("Bearer {KEY}").as_str())
        );
        assert_eq!(request.header("content-type"), Some("application/json"));
        let body = request.json()?;
        assert_eq!(body["model"], "doubao-seed-1-6-251015");
        assert_eq!(body["max_tokens"], 1024);
        assert_eq!(body["temperature"].as_f64(), Some(1.0));
        assert_eq!(body["top_p"].as_f64(), Some(0.5));
        assert_eq!(body["stop"], json!(["END"]));
        assert_eq!(body["stream"], true);
        let parts = user_parts(&body);
        let kinds: Vec<_> = parts
            .iter()
            .map(|part| part["type"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["image_url", "image_url", "text"]);
        for part in &parts[..2] {
            let url = part["image_url"]["url"].as_str().unwrap();
            assert!(url.starts_with("data:image/png;base64,"), "{url:.40}");
        }
        assert_eq!(parts[2], json!({"type": "text", "text": "图片里有什么?"}));
        window.screenshot(&stage.kept("anyfast.png"))
    })
}

#[test]
fn anyfast_answers_a_video_in_one_piece() -> Result<()> {
    play("anyfast_answers_a_video", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::json(200, &json!({
            "id": "chatcmpl-abc123", "object": "chat.completion", "created": 1_774_236_644,
            "model": "doubao-seed-1-6-251015",
            "choices": [{
                "index": 123,
                "message": {"role": "assistant", "content": "一段短片。", "reasoning_content": "先看看。"},
                "finish_reason": "stop"
            }],
            "usage": {
                "prompt_tokens": 1355, "completion_tokens": 87, "total_tokens": 1442,
                "completion_tokens_details": {"reasoning_tokens": 53}
            }
        })));
        let window = with_seed(stage, &provider, "anyfast", "doubao-seed-1-6-251015")?;
        let path = video(stage)?;
        stage.drop_files(&window, &[&path])?;
        wait_attachments(&window, "ready", 1)?;
        set(&window, &[("fps", "2")])?;
        no_stream(&window)?;
        ask(&window, "短片里有什么?")?;
        wait_answer(&window, "complete")?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "一段短片。"
        );
        answer_part(&window, "message-reasoning").wait()?;
        let usage = answer_part(&window, "message-usage").text()?;
        assert!(usage.contains("53"), "{usage}");

        let body = provider.chat_request(0)?.json()?;
        assert_eq!(body["stream"], false);
        let parts = user_parts(&body);
        assert_eq!(parts[0]["type"], "video_url");
        let url = parts[0]["video_url"]["url"].as_str().unwrap();
        assert!(url.starts_with("data:video/mp4;base64,"), "{url:.40}");
        assert_eq!(parts[0]["video_url"]["fps"].as_f64(), Some(2.0));
        assert_eq!(parts[1], json!({"type": "text", "text": "短片里有什么?"}));
        window.screenshot(&stage.kept("video.png"))
    })
}

#[test]
fn chenyu_streams_about_several_pictures() -> Result<()> {
    play("chenyu_streams", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let piece = |content: &str| {
            json!({
                "id": "chatcmpl_xxx", "object": "chat.completion.chunk", "created": 1_780_000_000,
                "model": "doubao-seed-2-0-lite-260428",
                "choices": [{"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": null}]
            })
        };
        provider.chat(
            Reply::stream()
                .event(&piece("你好,"))
                .event(&piece("我是晨羽智云大模型服务。"))
                .finish("stop")
                .usage(20, 12, 0)
                .done(),
        );
        let window = with_seed(stage, &provider, "chenyu", "doubao-seed-2-0-lite-260428")?;
        set(&window, &[("temperature", "0.7"), ("maxTokens", "2048")])?;
        pictures(stage, &window, &["一.png", "二.png", "三.png"])?;
        ask(&window, "这张图片里有什么？")?;
        wait_answer(&window, "complete")?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "你好,我是晨羽智云大模型服务。"
        );

        let body = provider.chat_request(0)?.json()?;
        let mut fields: Vec<_> = body
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        fields.sort_unstable();
        assert_eq!(
            fields,
            [
                "max_tokens",
                "messages",
                "model",
                "stream",
                "stream_options",
                "temperature"
            ]
        );
        let parts = user_parts(&body);
        assert_eq!(parts.len(), 4);
        assert_eq!(
            parts[3],
            json!({"type": "text", "text": "这张图片里有什么？"})
        );
        window.screenshot(&stage.kept("chenyu.png"))
    })
}

#[test]
fn chenyu_answers_in_one_piece_and_says_what_is_wrong() -> Result<()> {
    play("chenyu_answers_in_one_piece", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::json(
            200,
            &json!({
                "id": "chatcmpl_xxx", "object": "chat.completion", "created": 1_780_000_000,
                "model": "doubao-seed-2-0-lite-260428",
                "choices": [{
                    "index": 0,
                    "message": {"role": "assistant", "content": "你好,我是晨羽智云大模型服务。"},
                    "finish_reason": "stop"
                }],
                "usage": {"prompt_tokens": 20, "completion_tokens": 12, "total_tokens": 32}
            }),
        ));
        let words = "用户额度不足 (request id: 20260101120000abc)";
        provider.chat(Reply::error(403, words, "insufficient_user_quota"));
        let window = with_seed(stage, &provider, "chenyu", "doubao-seed-2-0-lite-260428")?;
        no_stream(&window)?;
        ask(&window, "你好,简单介绍一下你自己")?;
        wait_answer(&window, "complete")?;
        assert_eq!(
            answer_part(&window, "message-text").text()?.trim(),
            "你好,我是晨羽智云大模型服务。"
        );
        let usage = answer_part(&window, "message-usage").text()?;
        assert!(usage.contains("20") && usage.contains("12"), "{usage}");
        let body = provider.chat_request(0)?.json()?;
        assert_eq!(body["stream"], false);
        assert_eq!(
            body["messages"],
            json!([{"role": "user", "content": "你好,简单介绍一下你自己"}])
        );

        ask(&window, "还在吗?")?;
        wait_answer(&window, "failed")?;
        let error = answer(&window).part("message-error");
        error.wait_attribute("data-code", "no_balance")?;
        let shown = error.text()?;
        assert!(
            shown.contains("用户额度不足") && shown.contains("20260101120000abc"),
            "{shown}"
        );
        // No money is no reason to try again.
        assert_eq!(provider.requests(tests::provider::CHAT).len(), 2);
        window.screenshot(&stage.kept("chenyu.png"))
    })
}
