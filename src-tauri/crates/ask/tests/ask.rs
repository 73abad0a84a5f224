//! A prompt is asked without a history: rows and bytes in a plain map, a provider on
//! loopback.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use accounts::Accounts;
use ask::{Ask, Heard, Lesson, Line, Prompt};
use consent::Consent;
use drawing::{Draw, Limits};
use futures_util::StreamExt;
use keys::Keys;
use protocol::*;
use renditions::Renditions;
use stores::{Blobs, Memory, Part};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wire::{Client, Event, Timeouts};

struct Desk {
    ask: Ask,
    accounts: Accounts,
    memory: Memory,
}

fn desk() -> Desk {
    desk_with(None)
}

/// One that keeps provider files in this folder.
fn desk_with(plugins: Option<std::path::PathBuf>) -> Desk {
    let memory = Memory::default();
    let client = Client::new(Timeouts::default()).unwrap();
    let keys = Keys::open("dev.dragoman.test");
    let accounts = Accounts::with_plugins(memory.clone(), keys, client, plugins, Consent::nobody());
    let renditions = Renditions::new(memory.clone(), Draw::beside(), Limits::default());
    Desk {
        ask: Ask::new(accounts.clone(), renditions),
        accounts,
        memory,
    }
}

/// A provider that gives these answers one after the other, one a connection; its
/// bodies come out as they were asked.
async fn scripted(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let mut all = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            loop {
                let mut chunk = [0; 4096];
                let read = socket.read(&mut chunk).await.unwrap();
                bytes.extend_from_slice(&chunk[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head.to_lowercase();
                let length = length
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0usize) {
                    all.push(text);
                    break;
                }
            }
            socket.write_all(answer.as_bytes()).await.unwrap();
            socket.shutdown().await.unwrap();
        }
        all
    });
    (url, asked)
}

fn says(text: &str) -> String {
    let delta = serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]});
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
         data: {delta}\n\ndata: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
    )
}

fn refuses(status: u16, message: &str) -> String {
    let body = serde_json::json!({"error": {"message": message}}).to_string();
    format!(
        "HTTP/1.1 {status} No\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn custom(desk: &Desk, base_url: &str) -> String {
    let params = ProviderAddParams {
        name: "Loopback".into(),
        base_url: base_url.into(),
        allow_private: false,
    };
    desk.accounts.add_provider(&params).await.unwrap().id
}

async fn key(desk: &Desk, provider: &str, key: &str) -> String {
    let params = KeySetParams {
        provider: provider.into(),
        label: key.into(),
        key: key.into(),
        keep: Keep::Session,
    };
    desk.accounts.set_key(params).await.unwrap().id
}

/// Asks, keeps what is of the accounts, and gives all that was heard.
async fn hear(desk: &Desk, provider: &str, prompt: Prompt) -> Vec<Result<Heard, IpcError>> {
    hear_with(desk, provider, prompt, ChatParams::default()).await
}

async fn hear_with(
    desk: &Desk,
    provider: &str,
    prompt: Prompt,
    params: ChatParams,
) -> Vec<Result<Heard, IpcError>> {
    hear_from(desk, provider, "m", prompt, params).await
}

async fn hear_from(
    desk: &Desk,
    provider: &str,
    model: &str,
    prompt: Prompt,
    params: ChatParams,
) -> Vec<Result<Heard, IpcError>> {
    let account = desk.accounts.account(provider).unwrap();
    let asked = desk.ask.asked(&account.manifest, model, &params);
    let ready = desk.ask.prepare(account, asked, &prompt).await.unwrap();
    let heard = desk.ask.send(ready, Language::English);
    let heard: Vec<_> = heard.collect().await;
    for one in &heard {
        if let Ok(Heard::Lesson(Lesson::Account(lesson))) = one {
            desk.accounts.learn(lesson);
        }
    }
    heard
}

fn text(heard: &[Result<Heard, IpcError>]) -> String {
    let text = heard.iter().filter_map(|one| match one {
        Ok(Heard::Event(Event::Text(text))) => Some(text.as_str()),
        _ => None,
    });
    text.collect()
}

/// A picture whose bytes are kept in the map.
async fn kept_picture(desk: &Desk) -> Part {
    let picture = Picture {
        hash: "h1".into(),
        name: "sea.png".into(),
        mime: "image/png".into(),
        width: 4,
        height: 4,
        bytes: 3,
        ..Picture::default()
    };
    let put = desk.memory.put_picture(picture.clone(), b"PNG".to_vec());
    put.await.unwrap();
    Part::Picture(picture)
}

#[tokio::test]
async fn a_prompt_goes_out_and_an_answer_is_heard_to_its_one_end() {
    let desk = desk();
    let (url, asked) = scripted(vec![says("Blue.")]).await;
    let id = custom(&desk, &url).await;
    let part = kept_picture(&desk).await;
    let mut prompt = Prompt::question("What colour?", vec![part.clone()]);
    let earlier = Line {
        role: Role::Assistant,
        ..Line::question("Hello.", Vec::new())
    };
    prompt.lines.insert(0, Line::question("Hi", Vec::new()));
    prompt.lines.insert(1, earlier);
    let heard = hear(&desk, &id, prompt).await;
    assert_eq!(text(&heard), "Blue.");
    let ends = heard
        .iter()
        .filter(|one| matches!(one, Ok(Heard::Event(Event::End { .. })) | Err(_)));
    assert_eq!(ends.count(), 1);
    assert!(matches!(
        heard.last(),
        Some(Ok(Heard::Event(Event::End { .. })))
    ));
    let body = asked.await.unwrap().remove(0);
    for sent in ["Hi", "Hello.", "What colour?", "data:image/png;base64,UE5H"] {
        assert!(body.contains(sent), "{sent} in {body}");
    }
    // The model that was asked is the person's from now on.
    let models = desk.accounts.provider(&id).unwrap().models;
    assert!(
        models
            .iter()
            .any(|one| one.id == "m" && one.used_at.is_some())
    );
}

#[tokio::test]
async fn the_next_key_takes_over_and_the_first_rests() {
    let desk = desk();
    let (url, _) = scripted(vec![refuses(401, "Incorrect API key"), says("Yes.")]).await;
    let id = custom(&desk, &url).await;
    key(&desk, &id, "sk-second-0123456789").await;
    let first = key(&desk, &id, "sk-first-0123456789").await;
    let heard = hear(&desk, &id, Prompt::question("?", Vec::new())).await;
    assert_eq!(text(&heard), "Yes.");
    let note = heard.iter().find_map(|one| match one {
        Ok(Heard::Note(AnswerNote::OtherKey { label, .. })) => Some(label.as_str()),
        _ => None,
    });
    assert_eq!(note, Some("sk-second-0123456789"));
    let keys = desk.accounts.keys().unwrap();
    let rests = keys.iter().find(|key| key.id == first).unwrap();
    assert_eq!(rests.rests_because, Some(ErrorCode::KeyRefused));
}

#[tokio::test]
async fn what_a_refusal_teaches_comes_out_for_the_caller_to_keep() {
    let blind = "The model does not support image input";
    // The second is about a number, but names none.
    for bad in [
        "Could not process image: unsupported image format",
        "Too many images in the request",
    ] {
        learns_of_a_picture_and_of_the_model(bad, blind).await;
    }
}

/// The first refusal marks the picture, the second the model.
async fn learns_of_a_picture_and_of_the_model(bad: &str, blind: &str) {
    let desk = desk();
    let (url, _) = scripted(vec![refuses(400, bad), refuses(400, blind)]).await;
    let id = custom(&desk, &url).await;
    let part = kept_picture(&desk).await;
    let prompt = || Prompt {
        lines: vec![
            Line::question("Before", Vec::new()),
            Line::question("What?", vec![part.clone()]),
        ],
    };
    let heard = hear(&desk, &id, prompt()).await;
    let refused = heard.iter().find_map(|one| match one {
        Ok(Heard::Lesson(Lesson::Refused {
            line,
            parts,
            refused,
        })) => Some((*line, parts.clone(), *refused)),
        _ => None,
    });
    assert_eq!(refused, Some((1, vec![0], true)), "{heard:?}");
    assert!(matches!(heard.last(), Some(Err(_))));

    hear(&desk, &id, prompt()).await;
    let models = desk.accounts.provider(&id).unwrap().models;
    let model = models.iter().find(|one| one.id == "m").unwrap();
    assert_eq!(model.image, Some(false), "learned, and kept in the map");
}

#[tokio::test]
async fn demo_answers_without_a_network() {
    let desk = desk();
    let heard = hear(&desk, "demo", Prompt::question("Hello?", Vec::new())).await;
    assert!(text(&heard).contains("Demo"), "{heard:?}");
}

fn body(asked: &str) -> serde_json::Value {
    serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_stream_that_is_refused_is_not_asked_for_again() {
    let whole = r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    let whole = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{whole}",
        whole.len()
    );
    let refused = "Unsupported value: 'stream' does not support true with this model. Only the default (false) value is supported.";
    let (url, asked) = scripted(vec![refuses(400, refused), whole.clone(), whole]).await;
    let desk = desk();
    let id = custom(&desk, &url).await;
    let _key = key(&desk, &id, "sk-habits-1234").await;
    for _ in 0..2 {
        let heard = hear(&desk, &id, Prompt::question("Q", Vec::new())).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
    }
    let asked = asked.await.unwrap();
    let streams: Vec<_> = asked
        .iter()
        .map(|one| body(one)["stream"].clone())
        .collect();
    assert_eq!(streams, [true, false, false]);
}

#[tokio::test]
async fn the_other_name_of_the_limit_and_a_system_that_is_refused_are_tried_once() {
    let limit = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    let (url, asked) = scripted(vec![
        refuses(400, limit),
        refuses(400, "System role not supported"),
        says("Hi"),
        says("Hi"),
    ])
    .await;
    let desk = desk();
    let id = custom(&desk, &url).await;
    let _key = key(&desk, &id, "sk-habits-1234").await;
    let params = ChatParams {
        max_tokens: Some(7),
        system: Some("Be brief.".into()),
        ..ChatParams::default()
    };
    for _ in 0..2 {
        let prompt = Prompt::question("Q", Vec::new());
        let heard = hear_with(&desk, &id, prompt, params.clone()).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
    }
    let asked = asked_bodies(&asked.await.unwrap());
    assert_eq!(asked[0]["max_tokens"], 7);
    assert_eq!(asked[1]["max_completion_tokens"], 7);
    assert_eq!(asked[1]["messages"][0]["role"], "system");
    for last in &asked[2..] {
        assert!(last.get("max_tokens").is_none());
        assert_eq!(last["messages"][0]["role"], "user");
        assert_eq!(last["messages"][0]["content"], "Be brief.\n\nQ");
    }
}

#[tokio::test]
async fn a_row_of_a_plugin_says_what_an_error_means() {
    let (url, _asked) = scripted(vec![refuses(400, "The beans are gone"); 2]).await;
    let folder = tempfile::tempdir().unwrap();
    let desk = desk_with(Some(folder.path().join("plugins")));
    let mut told = Vec::new();
    for (id, errors) in [
        ("plain", serde_json::json!([])),
        (
            "rows",
            serde_json::json!([{"class": "no_balance", "status": ["asked"], "words": ["beans * gone"]}]),
        ),
    ] {
        let file = folder.path().join("plugin.json");
        let plugin = serde_json::json!({"id": id, "name": id, "base_url": url, "auth": "none",
            "models": [{"id": "m"}], "errors": errors});
        std::fs::write(&file, plugin.to_string()).unwrap();
        desk.accounts.add_plugin_file(&file).await.unwrap();
        let heard = hear(&desk, id, Prompt::question("Q", Vec::new())).await;
        match heard.last() {
            Some(Err(error)) => told.push(error.code),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told, [ErrorCode::BadRequest, ErrorCode::NoBalance]);
}

fn asked_bodies(asked: &[String]) -> Vec<serde_json::Value> {
    asked.iter().map(|one| body(one)).collect()
}

#[tokio::test]
async fn a_provider_that_counts_no_tokens_is_not_asked_to_again() {
    let refused = "Unrecognized request argument supplied: stream_options";
    let (url, asked) = scripted(vec![
        refuses(400, refused),
        says("Hi"),
        says("Hi"),
        says("Hi"),
    ])
    .await;
    let desk = desk();
    let id = custom(&desk, &url).await;
    let _key = key(&desk, &id, "sk-habits-1234").await;
    // What one model was refused, the provider is not asked for another.
    for model in ["m", "m", "n"] {
        let params = ChatParams::default();
        let prompt = Prompt::question("Q", Vec::new());
        let heard = hear_from(&desk, &id, model, prompt, params).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        let notes = heard.iter().any(|one| matches!(one, Ok(Heard::Note(_))));
        assert!(!notes, "it is nobody's concern");
    }
    let asked = asked_bodies(&asked.await.unwrap());
    let usage = asked.iter().map(|one| one.get("stream_options").is_some());
    assert_eq!(usage.collect::<Vec<_>>(), [true, false, false, false]);
}

/// A conversation whose second question was left without an answer, and of whose
/// answers one was thought about.
fn conversation() -> Prompt {
    let line = |role, text: &str, reasoning: &str| Line {
        role,
        reasoning: reasoning.into(),
        ..Line::question(text, Vec::new())
    };
    Prompt {
        lines: vec![
            line(Role::User, "One", ""),
            line(Role::Assistant, "Two", "hm"),
            line(Role::User, "Three", ""),
            line(Role::Assistant, "", "so"),
            line(Role::User, "Four", ""),
        ],
    }
}

#[tokio::test]
async fn a_provider_that_wants_turns_or_reasoning_is_asked_so_from_its_refusal_on() {
    for (refused, messages) in [
        (
            "Conversation roles must alternate user/assistant/user/assistant/...",
            serde_json::json!([
                {"role": "user", "content": "One"},
                {"role": "assistant", "content": "Two"},
                {"role": "user", "content": "Three\n\nFour"},
            ]),
        ),
        (
            "The `reasoning_content` in the thinking mode must be passed back to the API.",
            serde_json::json!([
                {"role": "user", "content": "One"},
                {"role": "assistant", "content": "Two", "reasoning_content": "hm"},
                {"role": "user", "content": "Three"},
                {"role": "user", "content": "Four"},
            ]),
        ),
    ] {
        let (url, asked) = scripted(vec![refuses(400, refused), says("Hi"), says("Hi")]).await;
        let desk = desk();
        let id = custom(&desk, &url).await;
        let _key = key(&desk, &id, "sk-habits-1234").await;
        for _ in 0..2 {
            let heard = hear(&desk, &id, conversation()).await;
            assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        }
        let asked = asked_bodies(&asked.await.unwrap());
        assert_eq!(asked[0]["messages"].as_array().unwrap().len(), 4);
        assert!(!asked[0].to_string().contains("reasoning_content"));
        for again in &asked[1..] {
            assert_eq!(again["messages"], messages, "{refused}");
        }
    }
}

#[tokio::test]
async fn a_plugin_says_how_messages_are_sent_and_which_tags_are_thoughts() {
    let says = says("<thinking>hm</thinking>Hi");
    let (url, asked) = scripted(vec![says; 3]).await;
    let folder = tempfile::tempdir().unwrap();
    let desk = desk_with(Some(folder.path().join("plugins")));
    let mut told = Vec::new();
    for (id, own, pattern) in [
        ("plain", serde_json::json!({}), serde_json::json!({})),
        (
            "strict",
            serde_json::json!({"alternating_roles": true, "reasoning_content": true,
                "thought_tags": [{"open": "<thinking>", "close": "</thinking>"}]}),
            serde_json::json!({}),
        ),
        (
            "mixed",
            serde_json::json!({"alternating_roles": true}),
            serde_json::json!({"alternating_roles": false, "reasoning_content": true}),
        ),
    ] {
        let file = folder.path().join("plugin.json");
        let mut plugin = serde_json::json!({"id": id, "name": id, "base_url": url, "auth": "none",
            "models": [{"id": "m"}], "patterns": [{"id": "*"}]});
        let whole = plugin.as_object_mut().unwrap();
        whole.extend(own.as_object().unwrap().clone());
        let of = plugin["patterns"][0].as_object_mut().unwrap();
        of.extend(pattern.as_object().unwrap().clone());
        std::fs::write(&file, plugin.to_string()).unwrap();
        desk.accounts.add_plugin_file(&file).await.unwrap();
        told.push(text(&hear(&desk, id, conversation()).await));
    }
    let asked = asked_bodies(&asked.await.unwrap());
    let sent = asked.iter().map(|one| {
        let messages = one["messages"].as_array().unwrap();
        (messages.len(), messages[1]["reasoning_content"].as_str())
    });
    assert_eq!(
        sent.collect::<Vec<_>>(),
        [(4, None), (3, Some("hm")), (4, Some("hm"))]
    );
    let untold = "<thinking>hm</thinking>Hi";
    assert_eq!(told, [untold, "Hi", untold]);
}
