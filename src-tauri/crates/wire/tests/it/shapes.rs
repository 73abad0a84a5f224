//! The documented requests and answers of AnyFast and Chenyu, field by field.

use bytes::Bytes;
use protocol::Usage;
use serde_json::{Value, json};
use wire::{
    CHAT_COMPLETIONS, Client, Endpoint, Message, Part, Request, Retry, Role, Source, Timeouts,
};

use crate::support::{Taken, answer, listen, take};

/// Sends a request to a provider that answers `body`, and gives both sides.
async fn turn(request: &Request, content_type: &str, body: &str) -> (String, Value, Taken) {
    let client = Client::new(Timeouts::default()).unwrap();
    let (listener, base_url) = listen().await;
    let mut key = http::HeaderValue::from_static("Bearer sk-test");
    key.set_sensitive(true);
    let endpoint = Endpoint {
        base_url,
        headers: vec![(http::header::AUTHORIZATION, key)],
        dialect: CHAT_COMPLETIONS,
        rows: Default::default(),
    };
    let http = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let chat = take(client.chat(
        &endpoint,
        CHAT_COMPLETIONS.body(request).unwrap(),
        Retry::none(),
    ));
    let (taken, (head, sent)) = tokio::join!(chat, answer(&listener, vec![Bytes::from(http)]));
    (
        head.to_ascii_lowercase(),
        serde_json::from_slice(&sent).unwrap(),
        taken,
    )
}

fn link(url: &str) -> Part {
    Part::Image {
        source: Source::Url(url.into()),
        detail: None,
    }
}

#[tokio::test]
async fn anyfast_answers_a_picture_whole() {
    let url = "https://ark-project.tos-cn-beijing.volces.com/doc_image/ark_demo_img_1.png";
    let request = Request {
        model: "doubao-seed-1-6-251015".into(),
        messages: vec![Message::parts(
            Role::User,
            vec![link(url), Part::Text("图片里有什么?".into())],
        )],
        max_tokens: Some(1024),
        temperature: Some(1.0),
        top_p: Some(0.5),
        stop: vec!["<string>".into()],
        ..Request::default()
    };
    let body = json!({
        "id": "chatcmpl-abc123",
        "object": "chat.completion",
        "created": 1774236644,
        "model": "doubao-seed-1-6-251015",
        "choices": [{
            "index": 123,
            "message": {
                "role": "assistant",
                "content": "图片里有3个模型:Doubao-Seed-1.8、DeepSeek-V3.2、GLM-4.7。",
                "reasoning_content": "<string>",
            },
            "finish_reason": "stop",
        }],
        "usage": {
            "prompt_tokens": 1355,
            "completion_tokens": 87,
            "total_tokens": 1442,
            "completion_tokens_details": {"reasoning_tokens": 53},
        },
    });
    let (head, sent, taken) = turn(&request, "application/json", &body.to_string()).await;
    assert!(
        head.starts_with("post /v1/chat/completions http/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.contains("\r\nauthorization: bearer sk-test\r\n"),
        "{head}"
    );
    assert!(
        head.contains("\r\ncontent-type: application/json\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nuser-agent: dragoman/"), "{head}");
    assert!(
        !head.contains("referer") && !head.contains("cookie"),
        "{head}"
    );
    let wanted = json!({
        "model": "doubao-seed-1-6-251015",
        "messages": [{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": url}},
            {"type": "text", "text": "图片里有什么?"},
        ]}],
        "max_tokens": 1024,
        "temperature": 1.0,
        "top_p": 0.5,
        "stream": false,
        "stop": ["<string>"],
    });
    assert_eq!(sent, wanted);
    let wanted = Taken {
        request_id: Some("chatcmpl-abc123".into()),
        model: "doubao-seed-1-6-251015".into(),
        text: "图片里有3个模型:Doubao-Seed-1.8、DeepSeek-V3.2、GLM-4.7。".into(),
        reasoning: "<string>".into(),
        usage: Some(Usage {
            prompt_tokens: Some(1355),
            completion_tokens: Some(87),
            total_tokens: Some(1442),
            reasoning_tokens: Some(53),
        }),
        state: "complete".into(),
        finish_reason: Some("stop".into()),
        ..Taken::default()
    };
    assert_eq!(taken, wanted);
}

#[tokio::test]
async fn anyfast_streams_reasoning_then_text() {
    let request = Request {
        model: "doubao-seed-2.0-pro".into(),
        messages: vec![Message::parts(
            Role::User,
            vec![
                Part::Text("Which one is larger?".into()),
                link("https://a.example/1.png"),
                link("https://a.example/2.png"),
            ],
        )],
        stream: true,
        ..Request::default()
    };
    let chunk = |delta: Value, finish: Value, usage: Value| {
        let chunk = json!({
            "id": "0217", "object": "chat.completion.chunk", "created": 1774236644,
            "model": "doubao-seed-2.0-pro", "service_tier": "default",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": usage,
        });
        format!("data: {chunk}\n\n")
    };
    let body = ": PING\n\n".to_owned()
        + &chunk(
            json!({"role": "assistant", "content": "", "reasoning_content": "比较"}),
            Value::Null,
            Value::Null,
        )
        + &chunk(
            json!({"role": "assistant", "content": "The first."}),
            Value::Null,
            Value::Null,
        )
        + &chunk(
            json!({"role": "assistant", "content": ""}),
            json!("stop"),
            Value::Null,
        )
        + "data: {\"choices\":[],\"id\":\"0217\",\"usage\":{\"prompt_tokens\":2700,\"completion_tokens\":9,\"total_tokens\":2709,\"completion_tokens_details\":{\"reasoning_tokens\":4}}}\n\n"
        + "data: [DONE]\n\n";
    let (head, sent, taken) = turn(&request, "text/event-stream", &body).await;
    assert!(
        head.contains("\r\naccept: text/event-stream, application/json\r\n"),
        "{head}"
    );
    assert_eq!(sent["stream"], json!(true));
    assert_eq!(sent["stream_options"], json!({"include_usage": true}));
    let kinds: Vec<&str> = sent["messages"][0]["content"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["image_url", "image_url", "text"]);
    assert_eq!(
        (taken.reasoning.as_str(), taken.text.as_str()),
        ("比较", "The first.")
    );
    assert_eq!(taken.usage.unwrap().reasoning_tokens, Some(4));
    assert_eq!((taken.state.as_str(), taken.done), ("complete", true));
}

#[tokio::test]
async fn chenyu_answers_text_whole() {
    let request = Request {
        model: "doubao-seed-2-0-lite-260428".into(),
        messages: vec![Message::text(Role::User, "你好,简单介绍一下你自己")],
        ..Request::default()
    };
    let body = json!({
        "id": "chatcmpl_xxx",
        "object": "chat.completion",
        "created": 1780000000,
        "model": "doubao-seed-2-0-lite-260428",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": "你好,我是晨羽智云大模型服务。"},
            "finish_reason": "stop",
        }],
        "usage": {"prompt_tokens": 20, "completion_tokens": 12, "total_tokens": 32},
    });
    let (_, sent, taken) = turn(&request, "application/json", &body.to_string()).await;
    let wanted = json!({
        "model": "doubao-seed-2-0-lite-260428",
        "messages": [{"role": "user", "content": "你好,简单介绍一下你自己"}],
        "stream": false,
    });
    assert_eq!(sent, wanted);
    assert_eq!(taken.text, "你好,我是晨羽智云大模型服务。");
    assert_eq!(taken.usage.unwrap().total_tokens, Some(32));
    assert_eq!(taken.request_id.as_deref(), Some("chatcmpl_xxx"));
}

#[tokio::test]
async fn chenyu_ignores_a_wish_for_a_stream() {
    let request = Request {
        model: "doubao-seed-1-6-vision-250815".into(),
        messages: vec![Message::parts(
            Role::User,
            vec![
                Part::Text("这张图片里有什么?".into()),
                link("https://example.com/image.png"),
            ],
        )],
        stream: true,
        temperature: Some(0.5),
        max_tokens: Some(100),
        ..Request::default()
    };
    let body = r#"{"id":"x","object":"chat.completion","model":"m","choices":[{"message":{"role":"assistant","content":"一只猫"},"finish_reason":"length"}],"usage":{}}"#;
    let (_, sent, taken) = turn(&request, "text/event-stream", body).await;
    assert_eq!(
        (sent["temperature"].clone(), sent["max_tokens"].clone()),
        (json!(0.5), json!(100))
    );
    assert_eq!(
        (taken.text.as_str(), taken.state.as_str()),
        ("一只猫", "cut")
    );
    assert_eq!(taken.usage, None);
}
