//! Gateways: Chenyu and AnyFast as of the new-api family, OpenRouter, SiliconFlow.

use protocol::ErrorCode;

use crate::cases::{Answer, Case, THINKING, TOKENS, Takes, UNKNOWN};

const EFFORT: Takes = Takes::Words(&["minimal", "low", "medium", "high"]);

/// Ark's stream as new-api hands it on: pings, one event late, usage made up at
/// the end with keys of its own.
const NEW_API: &str = concat!(
    ": PING\n\n",
    r#"data: {"id":"021","object":"chat.completion.chunk","created":1742632436,"model":"doubao-seed","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning_content":"Red, it is."}}],"usage":null}"#,
    "\n\n: PING\n\n",
    r#"data: {"id":"021","object":"chat.completion.chunk","created":1742632436,"model":"doubao-seed","choices":[{"index":0,"delta":{"role":"assistant","content":"A red "}}],"usage":null}"#,
    "\n\n",
    r#"data: {"id":"021","object":"chat.completion.chunk","created":1742632436,"model":"doubao-seed","choices":[{"index":0,"delta":{"role":"assistant","content":"square."}}],"usage":null}"#,
    "\n\n",
    r#"data: {"id":"021","object":"chat.completion.chunk","created":1742632436,"model":"doubao-seed","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}],"usage":null}"#,
    "\n\n",
    r#"data: {"id":"021","object":"chat.completion.chunk","created":1742632436,"model":"doubao-seed","choices":[],"usage":{"prompt_tokens":1355,"completion_tokens":87,"total_tokens":1442,"input_tokens":0,"output_tokens":0,"input_tokens_details":null,"claude_cache_creation_5_m_tokens":0,"completion_tokens_details":{"reasoning_tokens":53}}}"#,
    "\n\ndata: [DONE]\n\n",
);

const NEW_API_401: Answer = Answer::fixed(
    401,
    "x-oneapi-request-id: 2025\r\n",
    r#"{"error":{"code":"","message":"无效的令牌 (request id: 2025)","type":"new_api_error"}}"#,
);

pub const CASES: &[Case] = &[
    Case {
        id: "chenyu",
        model: "doubao-seed-2-0-lite-260428",
        sees: true,
        keyed: true,
        list_path: "/v1/models",
        list: r#"{"success":true,"object":"list","data":[
            {"id":"doubao-seed-2-0-lite-260428","object":"model","created":1626777600,"owned_by":"custom","supported_endpoint_types":["openai"]},
            {"id":"doubao-seed-1-6-vision-250815","object":"model","created":1626777600,"owned_by":"custom","supported_endpoint_types":["openai","anthropic"]},
            {"id":"doubao-seedream-4-0","object":"model","created":1626777600,"owned_by":"custom","supported_endpoint_types":["image-generation"]},
            {"id":"glm-4.7","object":"model","created":1626777600,"owned_by":"custom","supported_endpoint_types":["openai"]},
            {"id":"house-model","object":"model","created":1626777600,"owned_by":"custom","supported_endpoint_types":[]}]}"#,
        other: None,
        models: &[
            ("doubao-seed-2-0-lite-260428", Some(true)),
            ("doubao-seed-1-6-vision-250815", Some(true)),
            ("glm-4.7", Some(false)),
            ("house-model", None),
        ],
        fields: &[
            ("max_tokens", TOKENS),
            ("thinking", THINKING),
            ("reasoning_effort", EFFORT),
        ],
        data_urls: &["image/png", "image/jpeg"],
        links: true,
        details: &["low", "high", "auto"],
        asks: r#"{"thinking":{"type":"enabled"},"reasoning_effort":"high","max_tokens":256}"#,
        stream: NEW_API,
        reasoning: "Red, it is.",
        total: 1442,
        bad_key: NEW_API_401,
        busy: Answer::fixed(
            503,
            "x-oneapi-request-id: 2025\r\n",
            r#"{"error":{"code":"model_not_found","message":"分组 default 下模型 busy 无可用渠道（distributor） (request id: 2025)","type":"new_api_error"}}"#,
        ),
        busy_code: ErrorCode::ModelNotFound,
        unknown: UNKNOWN,
    },
    Case {
        id: "anyfast",
        model: "doubao-seed-1-6-251015",
        sees: true,
        keyed: true,
        list_path: "/v1/models",
        list: r#"{"success":true,"object":"list","data":[
            {"id":"doubao-seed-2.0-pro","object":"model","owned_by":"custom","supported_endpoint_types":["openai","openai-response"]},
            {"id":"glm-4-7-251222","object":"model","owned_by":"custom","supported_endpoint_types":["openai"]},
            {"id":"veo3","object":"model","owned_by":"custom","supported_endpoint_types":["openai-video"]}]}"#,
        other: None,
        models: &[
            ("doubao-seed-2.0-pro", Some(true)),
            ("glm-4-7-251222", Some(false)),
        ],
        fields: &[
            ("max_tokens", TOKENS),
            ("temperature", Takes::Number(0.0, 2.0)),
            ("top_p", Takes::Number(0.0, 1.0)),
            ("stop", Takes::Items(4)),
            ("thinking", THINKING),
            ("reasoning_effort", EFFORT),
        ],
        data_urls: &["image/png", "image/jpeg"],
        links: true,
        details: &["low", "high", "auto"],
        asks: r#"{"thinking":{"type":"enabled"},"reasoning_effort":"high","temperature":2.0,"top_p":1.0,"max_tokens":256}"#,
        stream: NEW_API,
        reasoning: "Red, it is.",
        total: 1442,
        bad_key: NEW_API_401,
        busy: Answer::fixed(
            403,
            "x-oneapi-request-id: 2025\r\n",
            r#"{"error":{"code":"insufficient_user_quota","message":"用户额度不足, 剩余额度: ＄0.00 (request id: 2025)","type":"new_api_error"}}"#,
        ),
        busy_code: ErrorCode::NoBalance,
        unknown: UNKNOWN,
    },
    Case {
        id: "openrouter",
        model: "anthropic/claude-sonnet-4",
        sees: true,
        keyed: true,
        list_path: "/api/v1/models",
        list: r#"{"data":[
            {"id":"anthropic/claude-sonnet-4","name":"Anthropic: Claude Sonnet 4","context_length":200000,"architecture":{"modality":"text+image->text","input_modalities":["text","image"],"output_modalities":["text"],"tokenizer":"Claude"},"pricing":{"prompt":"0.000003","completion":"0.000015"},"supported_parameters":["max_tokens","reasoning"]},
            {"id":"z-ai/glm-4.7","name":"GLM 4.7","context_length":200000,"architecture":{"input_modalities":["text"],"output_modalities":["text"]},"pricing":{"prompt":"0","completion":"0"},"supported_parameters":["max_tokens"]}]}"#,
        other: None,
        models: &[
            ("anthropic/claude-sonnet-4", Some(true)),
            ("z-ai/glm-4.7", Some(false)),
        ],
        fields: &[
            ("max_tokens", TOKENS),
            ("temperature", Takes::Number(0.0, 2.0)),
            ("top_p", Takes::Number(0.0, 1.0)),
            (
                "reasoning",
                Takes::Json(r#"{"enabled":true,"effort":"xhigh"}"#),
            ),
        ],
        data_urls: &["image/png", "image/jpeg"],
        links: true,
        details: &[],
        asks: r#"{"reasoning":{"enabled":true,"effort":"xhigh"},"max_tokens":256}"#,
        stream: concat!(
            ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n",
            r#"data: {"id":"gen-1","provider":"Anthropic","model":"anthropic/claude-sonnet-4","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":"Red, it is.","reasoning_details":[{"type":"reasoning.text","text":"Red, it is."}]},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}"#,
            "\n\n",
            r#"data: {"id":"gen-1","provider":"Anthropic","model":"anthropic/claude-sonnet-4","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":"A red square."},"finish_reason":null,"native_finish_reason":null}]}"#,
            "\n\n",
            r#"data: {"id":"gen-1","provider":"Anthropic","model":"anthropic/claude-sonnet-4","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop","native_finish_reason":"end_turn"}]}"#,
            "\n\n",
            r#"data: {"id":"gen-1","provider":"Anthropic","model":"anthropic/claude-sonnet-4","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"native_finish_reason":null}],"usage":{"prompt_tokens":90,"completion_tokens":10,"total_tokens":100,"cost":0.0004}}"#,
            "\n\ndata: [DONE]\n\n",
        ),
        reasoning: "Red, it is.",
        total: 100,
        bad_key: Answer::fixed(
            401,
            "",
            r#"{"error":{"message":"No auth credentials found","code":401}}"#,
        ),
        busy: Answer::fixed(
            429,
            "retry-after: 1\r\nx-generation-id: gen-2\r\n",
            r#"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"anthropic/claude-sonnet-4 is temporarily rate-limited upstream. Please retry shortly.","provider_name":"Anthropic"}},"user_id":"user_1"}"#,
        ),
        busy_code: ErrorCode::RateLimit,
        unknown: UNKNOWN,
    },
    Case {
        id: "siliconflow",
        model: "zai-org/GLM-4.5V",
        sees: true,
        keyed: true,
        list_path: "/v1/models",
        list: r#"{"object":"list","data":[
            {"id":"Qwen/Qwen3-VL-32B-Instruct","object":"model","created":0,"owned_by":""},
            {"id":"deepseek-ai/DeepSeek-V4-Flash","object":"model","created":0,"owned_by":""},
            {"id":"BAAI/bge-m3","object":"model","created":0,"owned_by":""}]}"#,
        other: None,
        models: &[
            ("Qwen/Qwen3-VL-32B-Instruct", Some(true)),
            ("deepseek-ai/DeepSeek-V4-Flash", Some(false)),
        ],
        fields: &[
            ("max_tokens", TOKENS),
            ("temperature", Takes::Number(0.0, 2.0)),
            ("top_p", Takes::Number(0.0, 1.0)),
            ("stop", Takes::Items(4)),
            ("enable_thinking", Takes::OneOf(&["true", "false"])),
        ],
        data_urls: &["image/png", "image/jpeg"],
        links: true,
        details: &["auto", "low", "high"],
        asks: r#"{"enable_thinking":true,"max_tokens":256}"#,
        stream: concat!(
            r#"data: {"id":"019","object":"chat.completion.chunk","created":1,"model":"zai-org/GLM-4.5V","choices":[{"index":0,"delta":{"content":null,"reasoning_content":"Red, it is.","role":"assistant"},"finish_reason":null}],"system_fingerprint":"","usage":{"prompt_tokens":40,"completion_tokens":2,"total_tokens":42}}"#,
            "\n\n",
            r#"data: {"id":"019","object":"chat.completion.chunk","created":1,"model":"zai-org/GLM-4.5V","choices":[{"index":0,"delta":{"content":"A red square.","reasoning_content":null},"finish_reason":null}],"usage":{"prompt_tokens":40,"completion_tokens":5,"total_tokens":45}}"#,
            "\n\n",
            r#"data: {"id":"019","object":"chat.completion.chunk","created":1,"model":"zai-org/GLM-4.5V","choices":[{"index":0,"delta":{"content":"","reasoning_content":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":40,"completion_tokens":6,"total_tokens":46}}"#,
            "\n\ndata: [DONE]\n\n",
        ),
        reasoning: "Red, it is.",
        total: 46,
        bad_key: Answer::fixed(401, "", r#""Invalid token""#),
        busy: Answer::fixed(
            400,
            "",
            r#"{"code":20012,"message":"Model does not exist. Please check it carefully.","data":null}"#,
        ),
        busy_code: ErrorCode::ModelNotFound,
        unknown: UNKNOWN,
    },
];
