//! Servers of this machine: Ollama, LM Studio, llama.cpp.

use protocol::ErrorCode;

use crate::cases::{Answer, Case, TOKENS, Takes, UNKNOWN};

fn show(model: &str) -> &'static str {
    match model {
        "qwen3-vl:8b" => {
            r#"{"details":{"family":"qwen3vl"},"model_info":{"general.architecture":"qwen3vl","qwen3vl.context_length":262144},"capabilities":["completion","vision","thinking"]}"#
        }
        "nomic-embed-text:latest" => r#"{"capabilities":["embedding"]}"#,
        _ => r#"{"capabilities":["completion"]}"#,
    }
}

pub const CASES: &[Case] = &[
    Case {
        id: "ollama",
        model: "qwen3-vl:8b",
        sees: true,
        keyed: false,
        list_path: "/v1/models",
        list: r#"{"object":"list","data":[
            {"id":"qwen3-vl:8b","object":"model","created":1,"owned_by":"library"},
            {"id":"llama3.2:latest","object":"model","created":1,"owned_by":"library"},
            {"id":"nomic-embed-text:latest","object":"model","created":1,"owned_by":"library"}]}"#,
        other: Some(("/api/show", show)),
        models: &[
            ("qwen3-vl:8b", Some(true)),
            ("llama3.2:latest", Some(false)),
        ],
        fields: &[
            ("max_tokens", TOKENS),
            (
                "reasoning_effort",
                Takes::Words(&["none", "low", "medium", "high"]),
            ),
        ],
        data_urls: &["image/jpeg;", "image/jpg;", "image/png;", "image/webp;"],
        links: false,
        details: &[],
        asks: r#"{"max_tokens":256,"reasoning_effort":"high"}"#,
        stream: concat!(
            r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"qwen3-vl:8b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Red, it is."},"finish_reason":null}]}"#,
            "\n\n",
            r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"qwen3-vl:8b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"content":"A red square."},"finish_reason":null}]}"#,
            "\n\n",
            r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"qwen3-vl:8b","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}]}"#,
            "\n\n",
            r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"qwen3-vl:8b","system_fingerprint":"fp_ollama","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":12,"total_tokens":32}}"#,
            "\n\ndata: [DONE]\n\n",
        ),
        reasoning: "Red, it is.",
        total: 32,
        bad_key: Answer::fixed(400, "", ""),
        busy: Answer::fixed(
            404,
            "",
            r#"{"error":{"message":"model \"busy\" not found, try pulling it first","type":"not_found_error","param":null,"code":null}}"#,
        ),
        busy_code: ErrorCode::ModelNotFound,
        unknown: UNKNOWN,
    },
    Case {
        id: "lmstudio",
        model: "qwen2-vl-7b-instruct",
        sees: true,
        keyed: false,
        list_path: "/api/v0/models",
        list: r#"{"object":"list","data":[
            {"id":"qwen2-vl-7b-instruct","object":"model","type":"vlm","publisher":"mlx-community","arch":"qwen2_vl","compatibility_type":"mlx","quantization":"4bit","state":"not-loaded","max_context_length":32768},
            {"id":"meta-llama-3.1-8b-instruct","object":"model","type":"llm","state":"loaded","max_context_length":131072},
            {"id":"text-embedding-nomic-embed-text-v1.5","object":"model","type":"embeddings","state":"not-loaded","max_context_length":2048}]}"#,
        other: None,
        models: &[
            ("qwen2-vl-7b-instruct", Some(true)),
            ("meta-llama-3.1-8b-instruct", Some(false)),
        ],
        fields: &[("max_tokens", TOKENS)],
        data_urls: &["image/jpeg;", "image/png;", "image/webp;"],
        links: false,
        details: &[],
        asks: r#"{"max_tokens":256}"#,
        stream: concat!(
            r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"qwen2-vl-7b-instruct","system_fingerprint":"qwen2-vl-7b-instruct","choices":[{"index":0,"delta":{"role":"assistant","content":"A red square."},"logprobs":null,"finish_reason":null}]}"#,
            "\n\n",
            r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"qwen2-vl-7b-instruct","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}"#,
            "\n\n",
            r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"qwen2-vl-7b-instruct","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25}}"#,
            "\n\ndata: [DONE]\n\n",
        ),
        reasoning: "",
        total: 25,
        bad_key: Answer::fixed(400, "", ""),
        busy: Answer {
            status: 200,
            kind: "text/event-stream",
            headers: "",
            body: std::borrow::Cow::Borrowed(
                "event: error\ndata: {\"error\":{\"message\":\"Trying to keep the first 6269 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens\"},\"message\":\"context length of only 4096 tokens\"}\n\n",
            ),
        },
        busy_code: ErrorCode::TooLong,
        unknown: UNKNOWN,
    },
    Case {
        id: "llamacpp",
        model: "gemma-3-4b-it-Q4_K_M.gguf",
        sees: true,
        keyed: false,
        list_path: "/v1/models",
        list: r#"{"models":[{"name":"gemma-3-4b-it-Q4_K_M.gguf","model":"gemma-3-4b-it-Q4_K_M.gguf","type":"model","capabilities":["completion","multimodal"],"details":{"format":"gguf"}}],
            "object":"list","data":[{"id":"gemma-3-4b-it-Q4_K_M.gguf","object":"model","created":1,"owned_by":"llamacpp","meta":{"n_ctx_train":131072,"n_params":3880099328}}]}"#,
        other: None,
        models: &[("gemma-3-4b-it-Q4_K_M.gguf", Some(true))],
        fields: &[
            ("max_tokens", TOKENS),
            (
                "chat_template_kwargs",
                Takes::OneOf(&[r#"{"enable_thinking":true}"#]),
            ),
        ],
        data_urls: &["image/jpeg;", "image/png;"],
        links: false,
        details: &[],
        asks: r#"{"max_tokens":256,"chat_template_kwargs":{"enable_thinking":true}}"#,
        stream: concat!(
            ":\n\n",
            r#"data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"id":"chatcmpl-1","model":"gemma","system_fingerprint":"b1","object":"chat.completion.chunk"}"#,
            "\n\n:\n\n",
            r#"data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"A red square."}}],"created":1,"id":"chatcmpl-1","model":"gemma","object":"chat.completion.chunk"}"#,
            "\n\n",
            r#"data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":1,"id":"chatcmpl-1","model":"gemma","object":"chat.completion.chunk","timings":{"prompt_n":20}}"#,
            "\n\n",
            r#"data: {"choices":[],"created":1,"id":"chatcmpl-1","model":"gemma","object":"chat.completion.chunk","usage":{"completion_tokens":5,"prompt_tokens":20,"total_tokens":25}}"#,
            "\n\ndata: [DONE]\n",
        ),
        reasoning: "",
        total: 25,
        bad_key: Answer::fixed(400, "", ""),
        busy: Answer::fixed(
            400,
            "",
            r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}"#,
        ),
        busy_code: ErrorCode::TooLong,
        unknown: UNKNOWN,
    },
];
