//! Which models there are: the lists of every server, and what each tells of them.

use bytes::Bytes;
use protocol::ErrorCode;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use wire::{Client, Endpoint, Error, Listing, ListingKind, ModelRow, Timeouts};

use crate::support::{answer, http, listen, nobody_else, request, serve};

fn client() -> Client {
    Client::new(Timeouts::default()).unwrap()
}

fn to(base_url: &str) -> Endpoint {
    Endpoint {
        base_url: base_url.to_owned(),
        headers: Vec::new(),
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    }
}

/// The rows of a server that answers `list`.
async fn rows(list: &Value) -> Vec<ModelRow> {
    let (listener, base_url) = listen().await;
    let (client, endpoint, listing) = (client(), to(&base_url), Listing::default());
    let pieces = vec![Bytes::from(http(200, "", &list.to_string()))];
    let models = client.models(&endpoint, &listing);
    let (rows, (head, _)) = tokio::join!(models, answer(&listener, pieces));
    assert!(head.starts_with("GET /v1/models "), "{head}");
    rows.unwrap()
}

/// What a row that says nothing but its id becomes.
fn plain(id: &str) -> ModelRow {
    ModelRow {
        id: id.into(),
        chat: true,
        ..ModelRow::default()
    }
}

#[tokio::test]
async fn every_list_tells_what_it_knows() {
    let cases = [
        // OpenAI.
        (
            json!({"id": "gpt-5", "object": "model", "created": 1, "owned_by": "openai"}),
            plain("gpt-5"),
        ),
        // new-api.
        (
            json!({"id": "gpt-image-1", "supported_endpoint_types": ["image-generation"]}),
            ModelRow {
                chat: false,
                ..plain("gpt-image-1")
            },
        ),
        (
            json!({"id": "doubao", "supported_endpoint_types": ["openai", "image-generation"]}),
            plain("doubao"),
        ),
        // OpenRouter.
        (
            json!({"id": "a/b", "name": "A: B", "context_length": 262144,
                "architecture": {"modality": "text+image+video->text",
                    "input_modalities": ["text", "image", "video"], "output_modalities": ["text"]},
                "pricing": {"prompt": "0.0000025", "completion": "0.00001", "image": "0"},
                "top_provider": {"context_length": 262144, "max_completion_tokens": 65536},
                "supported_parameters": ["max_tokens", "reasoning"]}),
            ModelRow {
                name: Some("A: B".into()),
                image: Some(true),
                video: Some(true),
                reasoning: Some(true),
                context: Some(262_144),
                output: Some(65_536),
                price_in: Some(2.5),
                price_out: Some(10.0),
                ..plain("a/b")
            },
        ),
        (
            json!({"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"},
                "architecture": {"modality": "text->text"}}),
            ModelRow {
                image: Some(false),
                video: Some(false),
                ..plain("openrouter/auto")
            },
        ),
        (
            json!({"id": "flux", "architecture": {"input_modalities": ["text"], "output_modalities": ["image"]},
                "pricing": {"prompt": "0", "completion": 1e-6}}),
            ModelRow {
                image: Some(false),
                video: Some(false),
                price_in: Some(0.0),
                price_out: Some(1.0),
                chat: false,
                ..plain("flux")
            },
        ),
        // Mistral.
        (
            json!({"id": "pixtral", "name": "pixtral", "max_context_length": 131072,
                "capabilities": {"completion_chat": true, "vision": true, "reasoning": false}}),
            ModelRow {
                image: Some(true),
                reasoning: Some(false),
                context: Some(131_072),
                ..plain("pixtral")
            },
        ),
        (
            json!({"id": "embed", "capabilities": {"completion_chat": false, "vision": false}}),
            ModelRow {
                image: Some(false),
                chat: false,
                ..plain("embed")
            },
        ),
        // llama.cpp, newer and older.
        (
            json!({"id": "m.gguf", "owned_by": "llamacpp", "meta": {"n_ctx": 8192, "n_ctx_train": 32768},
                "architecture": {"input_modalities": ["text", "image"]}}),
            ModelRow {
                image: Some(true),
                video: Some(false),
                context: Some(8192),
                ..plain("m.gguf")
            },
        ),
        (
            json!({"name": "m.gguf", "model": "m.gguf", "capabilities": ["completion"]}),
            ModelRow {
                image: Some(false),
                ..plain("m.gguf")
            },
        ),
        // Some hosts, at the top.
        (
            json!({"id": "h", "input_modalities": ["TEXT", "IMAGE"], "max_model_len": "4096"}),
            ModelRow {
                image: Some(true),
                video: Some(false),
                context: Some(4096),
                ..plain("h")
            },
        ),
        // Moonshot.
        (
            json!({"id": "kimi", "supports_image_in": true, "supports_video_in": false,
                "supports_reasoning": true, "context_length": 262144}),
            ModelRow {
                image: Some(true),
                video: Some(false),
                reasoning: Some(true),
                context: Some(262_144),
                ..plain("kimi")
            },
        ),
        // Groq.
        (
            json!({"id": "llama", "context_window": 131072, "max_completion_tokens": 32768}),
            ModelRow {
                context: Some(131_072),
                output: Some(32_768),
                ..plain("llama")
            },
        ),
        // Gemini, both ways.
        (
            json!({"id": "models/gemini-2.5-flash", "object": "model", "owned_by": "google",
                "display_name": "Gemini 2.5 Flash"}),
            ModelRow {
                name: Some("Gemini 2.5 Flash".into()),
                ..plain("gemini-2.5-flash")
            },
        ),
        (
            json!({"name": "models/embedding-001", "displayName": "Embedding", "inputTokenLimit": 2048,
                "outputTokenLimit": 1, "supportedGenerationMethods": ["embedContent"]}),
            ModelRow {
                name: Some("Embedding".into()),
                context: Some(2048),
                output: Some(1),
                chat: false,
                ..plain("embedding-001")
            },
        ),
        (
            json!({"id": "models/7b.gguf", "owned_by": "llamacpp"}),
            plain("models/7b.gguf"),
        ),
        // Numbers and flags of the wrong kind say nothing.
        (
            json!({"id": "odd", "context_length": null, "pricing": "free", "capabilities": 7,
                "architecture": [], "type": {}, "name": ""}),
            plain("odd"),
        ),
        (
            json!({"id": "odd", "context_length": 0, "pricing": {"prompt": "free", "completion": null},
                "supported_endpoint_types": null}),
            plain("odd"),
        ),
    ];
    for (row, wanted) in &cases {
        let shown = row.to_string();
        assert_eq!(
            rows(&json!({"object": "list", "data": [row]})).await,
            std::slice::from_ref(wanted),
            "{shown}"
        );
    }
    // Together: a bare array, and dollars a million.
    let together = json!([
        {"id": "q", "type": "chat", "context_length": 32768, "display_name": "Q",
            "pricing": {"hourly": 0, "input": 0.2, "output": 0.6}},
        {"id": "e", "type": "embedding"},
    ]);
    let wanted = [
        ModelRow {
            name: Some("Q".into()),
            context: Some(32_768),
            price_in: Some(0.2),
            price_out: Some(0.6),
            ..plain("q")
        },
        ModelRow {
            chat: false,
            ..plain("e")
        },
    ];
    assert_eq!(rows(&together).await, wanted);
    assert_eq!(rows(&json!({"object": "list", "data": null})).await, []);
}

fn listing(kind: ListingKind, path: &str) -> Listing {
    Listing {
        path: path.into(),
        kind,
    }
}

/// Answers requests, several at a time, by what `reply` says to path and body.
async fn ollama(listener: &TcpListener, reply: impl Fn(&str, &str) -> Option<Value>) {
    let mut waiting: Vec<(TcpStream, String, String)> = Vec::new();
    loop {
        // Once nobody else comes, all that wait are answered: so many came at once.
        let next = tokio::time::timeout(std::time::Duration::from_millis(50), listener.accept());
        if let Ok(Ok((mut socket, _))) = next.await {
            let (head, body) = request(&mut socket).await;
            let path = head.split(' ').nth(1).unwrap().to_owned();
            waiting.push((socket, path, String::from_utf8(body).unwrap()));
            continue;
        }
        assert!(waiting.len() <= 8, "{} at once", waiting.len());
        for (mut socket, path, body) in waiting.drain(..) {
            let answer = match reply(&path, &body) {
                Some(value) => http(200, "", &value.to_string()),
                None => http(500, "", ""),
            };
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
        }
    }
}

#[tokio::test]
async fn ollama_tells_of_each_model_by_itself() {
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let ids: Vec<Value> = (0..20).map(|n| json!({"id": format!("m{n}")})).collect();
    let listed = json!({"object": "list", "data": ids});
    let reply = |path: &str, body: &str| {
        if path == "/v1/models" {
            return Some(listed.clone());
        }
        assert_eq!(path, "/api/show");
        let asked: Value = serde_json::from_str(body).unwrap();
        match asked["model"].as_str().unwrap() {
            "m0" => Some(json!({"capabilities": ["completion", "vision", "thinking"],
                "model_info": {"general.architecture": "qwen3vl", "clip.context_length": 7,
                    "qwen3vl.context_length": 262144}})),
            "m1" => Some(
                json!({"capabilities": ["embedding"], "model_info": {"bert.context_length": 512}}),
            ),
            "m2" => Some(json!({"details": {}})),
            "m3" => Some(json!({"error": "gone"})),
            _ => None,
        }
    };
    let listing = listing(ListingKind::Ollama, "/models");
    let rows = tokio::select! {
        rows = client.models(&endpoint, &listing) => rows.unwrap(),
        () = ollama(&listener, reply) => unreachable!(),
    };
    assert_eq!(rows.len(), 20);
    let vision = ModelRow {
        image: Some(true),
        reasoning: Some(true),
        context: Some(262_144),
        ..plain("m0")
    };
    let embedding = ModelRow {
        image: Some(false),
        reasoning: Some(false),
        context: Some(512),
        chat: false,
        ..plain("m1")
    };
    assert_eq!(rows[..2], [vision, embedding]);
    assert_eq!(rows[2..4], [plain("m2"), plain("m3")]);
    assert!(rows[4..].iter().all(|row| row.image.is_none() && row.chat));
}

#[tokio::test]
async fn ollama_is_asked_about_no_more_than_64_models() {
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let ids: Vec<Value> = (0..70).map(|n| json!({"id": format!("m{n}")})).collect();
    let asked = std::cell::Cell::new(0);
    let reply = |path: &str, _: &str| {
        if path == "/v1/models" {
            return Some(json!({"data": ids}));
        }
        asked.set(asked.get() + 1);
        Some(json!({"capabilities": ["completion"]}))
    };
    let listing = listing(ListingKind::Ollama, "models");
    let rows = tokio::select! {
        rows = client.models(&endpoint, &listing) => rows.unwrap(),
        () = ollama(&listener, reply) => unreachable!(),
    };
    assert_eq!((rows.len(), asked.get()), (70, 64));
    assert_eq!((rows[63].image, rows[64].image), (Some(false), None));
}

#[tokio::test]
async fn lm_studio_has_lists_of_its_own() {
    for (path, body) in [
        (
            "/api/v0/models",
            json!({"object": "list", "data": [
                {"id": "qwen-vl", "type": "vlm", "state": "loaded", "max_context_length": 32768, "capabilities": ["tool_use"]},
                {"id": "llama", "type": "llm", "state": "not-loaded", "max_context_length": 4096},
                {"id": "nomic", "type": "embeddings", "max_context_length": 2048}]}),
        ),
        (
            "/api/v1/models",
            json!({"models": [
                {"type": "llm", "key": "qwen-vl", "display_name": "Qwen VL", "max_context_length": 32768, "capabilities": {"vision": true, "trained_for_tool_use": true}},
                {"type": "llm", "key": "llama", "max_context_length": 4096, "capabilities": {"vision": false}},
                {"type": "embedding", "key": "nomic", "max_context_length": 2048}]}),
        ),
    ] {
        let (listener, base_url) = listen().await;
        let (client, endpoint) = (client(), to(&base_url));
        let listing = listing(ListingKind::LmStudio, path);
        let pieces = vec![Bytes::from(http(200, "", &body.to_string()))];
        let models = client.models(&endpoint, &listing);
        let (rows, (head, _)) = tokio::join!(models, answer(&listener, pieces));
        assert!(head.starts_with(&format!("GET {path} ")), "{head}");
        let rows: Vec<_> = rows
            .unwrap()
            .into_iter()
            .map(|row| {
                (
                    row.id,
                    row.image.unwrap_or(false),
                    row.context.unwrap(),
                    row.chat,
                )
            })
            .collect();
        let wanted = [
            ("qwen-vl".to_owned(), true, 32_768, true),
            ("llama".to_owned(), false, 4096, true),
            ("nomic".to_owned(), false, 2048, false),
        ];
        assert_eq!(rows, wanted);
    }
}

#[tokio::test]
async fn without_a_list_of_its_own_the_usual_one_is_asked_for() {
    let listing = listing(ListingKind::LmStudio, "/api/v0/models");
    for first in [
        http(404, "", "Not Found"),
        http(
            200,
            "",
            r#"{"error":"Unexpected endpoint or method. (GET /api/v0/models)"}"#,
        ),
        http(200, "", "<!doctype html><title>x</title>"),
    ] {
        let (listener, base_url) = listen().await;
        let (client, endpoint) = (client(), to(&base_url));
        let answers = [first, http(200, "", r#"{"data":[{"id":"a"}]}"#)];
        let models = client.models(&endpoint, &listing);
        let (rows, requests) = tokio::join!(models, serve(&listener, &answers));
        assert_eq!(rows.unwrap(), [plain("a")]);
        assert!(requests[1].0.starts_with("GET /v1/models "));
    }
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let answers = [http(401, "", "")];
    let models = client.models(&endpoint, &listing);
    let (rows, _) = tokio::join!(models, serve(&listener, &answers));
    assert_eq!(
        rows.map_err(|e: Error| e.code()),
        Err(ErrorCode::KeyRefused)
    );
    nobody_else(&listener).await;
}
