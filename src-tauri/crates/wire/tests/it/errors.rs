//! What providers answer instead of an answer, and what is made of it. The bodies
//! are other ones than those of `quirks.json`, of the same kinds.

use bytes::Bytes;
use protocol::{ErrorCode, ErrorCode::*, IpcError};
use wire::Response;

use crate::support::{decode, take};

/// The error of an answer of this status with this body.
pub async fn error(status: u16, headers: &[(&'static str, &str)], body: &str) -> IpcError {
    let mut head = Response {
        status,
        ..Response::default()
    };
    for (name, value) in headers {
        head.headers.insert(*name, value.parse().unwrap());
    }
    let body = vec![Bytes::copy_from_slice(body.as_bytes())];
    let taken = take(decode(head, body)).await;
    taken.error.unwrap_or_else(|| panic!("{status}: no error"))
}

async fn classes(cases: &[(u16, &str, ErrorCode)]) {
    for (status, body, code) in cases {
        let error = error(*status, &[], body).await;
        assert_eq!(error.code, *code, "{status} {body}");
        assert!(!error.message.is_empty());
    }
}

#[tokio::test]
async fn the_key_the_money_and_the_model_are_told_apart() {
    classes(&[
        (401, "", KeyRefused),
        (401, "<html><title>401 Authorization Required</title>", KeyRefused),
        (401, r#"{"message":"No API key found in request"}"#, KeyRefused),
        (401, r#"{"detail":"Not authenticated"}"#, KeyRefused),
        (403, r#"{"error":{"code":"invalid_api_key","message":"x"}}"#, KeyRefused),
        (400, r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]"#, KeyRefused),
        (401, r#"{"error":{"message":"该令牌额度已用尽 TokenStatusExhausted[sk-x***y] (request id: 2026)","type":"new_api_error"}}"#, NoBalance),
        (402, "", NoBalance),
        (402, r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#, NoBalance),
        (403, r#"{"error":{"message":"用户额度不足, 剩余额度: $0.00 (request id: 1)","type":"new_api_error","code":"insufficient_user_quota"}}"#, NoBalance),
        (403, r#"{"error":{"message":"user quota is not enough","type":"one_api_error"}}"#, NoBalance),
        (403, r#"{"error":{"message":"预扣费额度失败, 用户[3]剩余额度: ＄0.01","type":"new_api_error"}}"#, NoBalance),
        (403, r#"{"code":30001,"message":"Sorry, your account balance is insufficient","data":null}"#, NoBalance),
        (400, r#"{"error":{"message":"Your credit balance is too low to access the API.","type":"invalid_request_error"}}"#, NoBalance),
        (429, r#"{"error":{"code":"QuotaExceeded","message":"x"}}"#, NoBalance),
        (429, r#"{"error":{"code":"SetLimitExceeded","message":"x"}}"#, NoBalance),
        (429, r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#, NoBalance),
        (429, r#"{"error":{"code":1113,"message":"x"}}"#, NoBalance),
        (403, r#"{"error":{"code":"AccountOverdueError","message":"x"}}"#, NoBalance),
        (503, r#"{"error":{"code":"model_not_found","message":"x"}}"#, ModelNotFound),
        (503, r#"{"error":{"message":"分组 vip 下模型 y 无可用渠道（distributor）"}}"#, ModelNotFound),
        (404, r#"{"error":{"message":"model \"llava\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#, ModelNotFound),
        (404, r#"{"error":{"message":"No endpoints found for foo/bar.","code":404}}"#, ModelNotFound),
        (400, r#"{"error":{"message":"Model Not Exist","type":"invalid_request_error"}}"#, ModelNotFound),
        (400, r#"{"error":{"code":"1211","message":"模型不存在，请检查模型代码。"}}"#, ModelNotFound),
        (404, r#"{"error":{"message":"Not found the model kimi-x or Permission denied","type":"resource_not_found_error"}}"#, ModelNotFound),
        (403, r#"{"message":"forbidden"}"#, Forbidden),
        (403, "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", Forbidden),
        (404, "404 page not found", NotAnApi),
        (404, r#"{"detail":"Not Found"}"#, NotAnApi),
        (404, r#"{"error":{"message":"Invalid URL (POST /chat/completions)","type":"invalid_request_error"}}"#, NotAnApi),
    ])
    .await;
}

#[tokio::test]
async fn limits_sizes_pictures_and_moderation_are_told_apart() {
    classes(&[
        (429, "", RateLimit),
        (429, "error code: 1015", RateLimit),
        (429, r#"{"message":"您已达到请求数限制：1分钟内最多请求60次"}"#, RateLimit),
        (429, r#"{"error":{"code":"RateLimitExceeded.EndpointTPMExceeded","message":"x"}}"#, RateLimit),
        (429, r#"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED"}}]"#, RateLimit),
        (429, r#"{"error":{"message":"当前分组上游负载已饱和，请稍后再试"}}"#, ProviderDown),
        (429, r#"{"error":{"code":"ServerOverloaded","message":"x"}}"#, ProviderDown),
        (413, "", TooLarge),
        (413, "<html><head><title>413 Request Entity Too Large</title></head></html>", TooLarge),
        (413, r#"{"error":{"message":"image exceeds the limit"}}"#, TooLarge),
        (413, r#"{"error":{"code":"read_request_body_failed","message":"http: request body too large","type":"new_api_error"}}"#, TooLarge),
        (400, r#"{"error":{"message":"http: request body too large","type":"invalid_request_error"}}"#, TooLarge),
        (500, r#"{"error":{"message":"read request body failed: http: request body too large"}}"#, TooLarge),
        (400, r#"[{"error":{"code":400,"message":"Request payload size exceeds the limit: 20971520 bytes.","status":"INVALID_ARGUMENT"}}]"#, TooLarge),
        (413, r#"{"error":{"message":"Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000","type":"tokens","code":"rate_limit_exceeded"}}"#, TooLong),
        (400, r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (1000 in the messages, 8000 in the completion).","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#, TooLong),
        (400, r#"{"error":{"code":"OutofContextError","message":"x","param":"messages"}}"#, TooLong),
        (400, r#"{"error":{"code":"InvalidParameter","message":"Range of input length should be [1, 30720]"}}"#, TooLong),
        (400, r#"{"error":{"message":"messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6 bytes > 5 bytes","type":"invalid_request_error"}}"#, PictureRefused),
        (400, r#"{"error":{"code":"invalid_image_url","message":"x","param":"url"}}"#, PictureRefused),
        (400, r#"{"error":{"code":"InvalidImageURL.InvalidFormat","message":"x","param":"image_url"}}"#, PictureRefused),
        (404, r#"{"error":{"message":"No endpoints found that support image input","code":404}}"#, PictureRefused),
        (422, "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text` at line 1 column 99", PictureRefused),
        (400, r#"{"error":{"message":"'messages.0' : for 'role:user' the following must be satisfied[('messages.0.content' : value must be a string)]","type":"invalid_request_error"}}"#, PictureRefused),
        (400, r#"{"error":{"code":"1210","message":"图片输入格式/解析错误"}}"#, PictureRefused),
        (400, r#"{"error":{"code":"1301","message":"系统检测到输入或生成内容可能包含不安全或敏感内容"}}"#, Moderated),
        (400, r#"{"error":{"message":"输入内容包含违规信息"}}"#, Moderated),
        (400, r#"{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}}"#, Moderated),
        (400, r#"{"error":{"message":"The request was rejected because it was considered high risk","type":"content_filter"}}"#, Moderated),
        (403, r#"{"code":"The caller does not have permission","error":"Content violates usage guidelines."}"#, Moderated),
        (500, "", ProviderDown),
        (502, "<html><head><title>502 Bad Gateway</title></head></html>", ProviderDown),
        (520, "<html><head><title>example.com | 520: Web server is returning an unknown error</title></head></html>", ProviderDown),
        (524, "error code: 524", ProviderDown),
        (529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, ProviderDown),
        (504, "upstream request timeout", ProviderDown),
        (400, "", BadRequest),
        (400, r#"{"error":{"code":"1210","message":"API 调用参数有误，请检查文档。"}}"#, BadRequest),
        (409, r#"{"error":"conflict"}"#, BadRequest),
        (418, "teapot", BadRequest),
    ])
    .await;
}

#[tokio::test]
async fn an_error_at_status_200_is_an_error() {
    let bodies = [
        (
            r#"{"error":"quota","code":"insufficient_quota"}"#,
            NoBalance,
        ),
        (r#"{"error":{"message":"bad key","code":401}}"#, KeyRefused),
        (
            r#"{"error":{"message":"bad key","code":401.0}}"#,
            KeyRefused,
        ),
        (
            r#"{"success":false,"code":"429","message":"slow"}"#,
            RateLimit,
        ),
        (
            r#"{"object":"error","message":"The model `y` does not exist.","type":"NotFoundError","code":404}"#,
            ModelNotFound,
        ),
        (
            r#"{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"},"choices":null}"#,
            NoBalance,
        ),
        (
            r#"{"base_resp":{"status_code":2013,"status_msg":"invalid params"}}"#,
            BadRequest,
        ),
        (
            r#"{"detail":[{"loc":["body"],"msg":"gone","type":"missing"}]}"#,
            ProviderDown,
        ),
        (
            r#"{"error_code":17,"error_msg":"Open api daily request limit reached"}"#,
            ProviderDown,
        ),
        (r#"{"status":"error","message":"gone"}"#, ProviderDown),
        (
            r#"{"ResponseMetadata":{"RequestId":"2026a","Error":{"Code":"AccessDenied","Message":"no"}}}"#,
            Forbidden,
        ),
        (
            r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow"},"RequestId":"7-b"}}"#,
            RateLimit,
        ),
        (
            r#"[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]"#,
            ProviderDown,
        ),
        (r#"{"errors":["rate limit"]}"#, RateLimit),
        (
            r#"{"type":"error","error":{"type":"authentication_error","message":"x"}}"#,
            KeyRefused,
        ),
    ];
    for (body, code) in bodies {
        let framed = format!("data: {body}\n\ndata: [DONE]\n\n");
        let event = format!("event: error\ndata: {body}\n\n");
        for body in [
            body.to_owned(),
            format!("\n\n: PING\n\n{body}"),
            framed,
            event,
        ] {
            assert_eq!(error(200, &[], &body).await.code, code, "{body}");
        }
    }
}

#[tokio::test]
async fn the_parameter_that_is_refused_is_named() {
    let said = |message: &str| serde_json::json!({"error": {"message": message}}).to_string();
    let cases = [
        ("max_tokens", r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#.to_owned()),
        ("temperature", r#"{"error":{"message":"x","param":"temperature","code":"unsupported_value"}}"#.to_owned()),
        ("top_p", r#"{"error":{"code":"InvalidParameter","message":"The parameter `top_p` specified in the request is not valid. Request id: 02a","param":"top_p","type":"BadRequest"}}"#.to_owned()),
        ("n", r#"{"error":{"message":"x","param":"n"}}"#.to_owned()),
        ("logit_bias", r#"{"detail":[{"loc":["body","logit_bias"],"msg":"extra fields not permitted","type":"value_error.extra"}]}"#.to_owned()),
        ("detail", r#"{"error":{"message":"x","param":"messages[0].content[1].image_url.detail"}}"#.to_owned()),
        ("fps", r#"{"error":{"message":"x","param":"messages.content.video_url.fps"}}"#.to_owned()),
        ("detail", r#"{"error":{"code":"InvalidArgumentError.InvalidImageDetail","message":"x","param":"image_url"}}"#.to_owned()),
        ("top_p", r#"[{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"generation_config.top_p"}]}]}}]"#.to_owned()),
        ("thinking", said("thinking is not supported by this model")),
        ("thinking", said("Model x does not support thinking")),
        ("reasoning_effort", said("Unrecognized request argument supplied: reasoning_effort")),
        ("enable_thinking", said("parameter.enable_thinking must be set to false for non-streaming calls")),
        ("stop", said("Argument not supported on this model: stop")),
        ("presence_penalty", said("Argument not supported on this model: presencePenalty")),
        ("temperature", said("Invalid value for temperature: must be between 0 and 1")),
        ("temperature", said("invalid temperature: only 1 is allowed for this model")),
        ("temperature", said("temperature 参数非法，取值范围 (0,1]")),
        ("temperature", said("参数 temperature 超出范围")),
        ("top_p", said("top_p 取值范围为 (0, 1)")),
        ("stop", said("该模型不支持 stop 参数")),
        ("stop", said("当前模型不支持stop")),
        ("n", said("`n` must be 1")),
        ("detail", said("Invalid image_url.detail: must be one of auto, low, high")),
        ("frobnicate", said("Unknown parameter: 'frobnicate'.")),
        ("frobnicate", said("Invalid JSON payload received. Unknown name \"frobnicate\": Cannot find field.")),
        ("frobnicate", said("property 'frobnicate' is unsupported")),
        ("frobnicate", said("不支持的参数：frobnicate")),
        ("foo_bar", said("Completions.create() got an unexpected keyword argument 'foo_bar'")),
        ("max_tokens", said("'max_tokens' or 'max_completion_tokens' is too large: 100000. This model's maximum context length is 4096 tokens and your request has 10 input tokens")),
        ("max_completion_tokens", said("max_completion_tokens is too large: 5000. This model supports at most 4096")),
    ];
    for status in [400, 422] {
        for (name, body) in &cases {
            let error = error(status, &[], body).await;
            assert_eq!(error.code, ParameterRefused, "{body}");
            assert_eq!(error.args["parameter"], *name, "{body}");
            assert!(error.message.contains(name), "{}", error.message);
        }
    }
}

#[tokio::test]
async fn what_is_no_parameter_is_not_named_one() {
    let said = |message: &str| serde_json::json!({"error": {"message": message}}).to_string();
    let cases = [
        (400, r#"{"error":{"message":"x","param":"messages"}}"#.to_owned(), BadRequest),
        (400, r#"{"error":{"message":"x","param":"model"}}"#.to_owned(), BadRequest),
        (400, r#"{"error":{"message":"Invalid value: 'tool'","param":"messages[1].role","code":"invalid_value"}}"#.to_owned(), BadRequest),
        (400, r#"{"error":{"message":"x","param":""}}"#.to_owned(), BadRequest),
        (400, said("messages 参数非法。请检查文档"), BadRequest),
        (400, said("Invalid value at 'contents[0].parts'"), BadRequest),
        (400, said("Please stop sending the user prompt in detail"), BadRequest),
        (400, said("This model's maximum context length is 8192 tokens, however you requested 9000 (8000 for the completion via max_tokens)"), TooLong),
        (400, said("Invalid image: could not process it; try another temperature"), PictureRefused),
        (401, r#"{"error":{"message":"x","param":"temperature"}}"#.to_owned(), KeyRefused),
        (500, r#"{"error":{"message":"temperature is not supported","param":"temperature"}}"#.to_owned(), ProviderDown),
        (429, said("max_tokens is too high for your rate limit"), RateLimit),
    ];
    for (status, body, code) in cases {
        assert_eq!(error(status, &[], &body).await.code, code, "{body}");
    }
}

#[tokio::test]
async fn the_request_id_is_found_in_headers_and_words() {
    let id = |error: IpcError| error.detail.unwrap().request_id.unwrap_or_default();
    for (header, value) in [
        ("x-oneapi-request-id", "2026-1"),
        ("x-request-id", "req_1"),
        ("x-generation-id", "gen-1"),
        ("cf-ray", "8f-AMS"),
        ("x-siliconcloud-trace-id", "t1"),
        ("x-ds-trace-id", "d1"),
    ] {
        assert_eq!(id(error(500, &[(header, value)], "x").await), value);
    }
    let both = [("cf-ray", "8f-AMS"), ("x-request-id", "req_1")];
    assert_eq!(id(error(500, &both, "x").await), "req_1");
    for (body, wanted) in [
        (
            r#"{"error":{"message":"x (request id: 20261122041)"}}"#,
            "20261122041",
        ),
        (
            r#"{"error":{"message":"x. Request id: 0217abc-d"}}"#,
            "0217abc-d",
        ),
        (
            r#"{"error":{"message":"include the request ID req_4f in your message"}}"#,
            "req_4f",
        ),
        (r#"{"error":{"message":"出错了，请求ID：20261"}}"#, "20261"),
        (r#"{"code":1,"message":"x","request_id":"r-9"}"#, "r-9"),
        (
            r#"{"error":{"message":"please name the request id when you write"}}"#,
            "",
        ),
        (
            r#"{"ResponseMetadata":{"RequestId":"2026a","Error":{"Code":"x","Message":"no"}}}"#,
            "2026a",
        ),
    ] {
        assert_eq!(id(error(400, &[], body).await), wanted, "{body}");
    }
}

#[tokio::test]
async fn an_error_within_an_answer_names_the_answer() {
    let begun = r#"data: {"id":"chatcmpl-7","choices":[{"delta":{"content":"Hel"}}]}"#;
    for (error, wanted) in [
        (r#"{"error":{"message":"gone"}}"#, "chatcmpl-7"),
        (r#"{"error":{"message":"gone (request id: 2026)"}}"#, "2026"),
    ] {
        let body = format!("{begun}\n\ndata: {error}\n\n");
        let detail = self::error(200, &[], &body).await.detail.unwrap();
        assert_eq!(detail.request_id.as_deref(), Some(wanted));
    }
}

#[tokio::test]
async fn the_time_to_wait_is_read_from_header_or_body() {
    let wait = |error: IpcError| error.retry_after_ms;
    let header = |name, value| [(name, value)];
    for (name, value, ms) in [
        ("retry-after", "2", Some(2000)),
        ("retry-after", " 1.5 ", Some(1500)),
        ("retry-after", "86400", Some(86_400_000)),
        ("retry-after-ms", "20.4", Some(21)),
        ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
        ("retry-after", "Sunday, 06-Nov-94 08:49:37 GMT", Some(0)),
        ("retry-after", "soon", None),
    ] {
        assert_eq!(
            wait(error(429, &header(name, value), "x").await),
            ms,
            "{value}"
        );
    }
    for (body, ms) in [
        (
            r#"[{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"@type":"a"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"36s"}]}}]"#,
            Some(36_000),
        ),
        (r#"{"message":"x","retry_after":0.25}"#, Some(250)),
        (
            r#"{"error":{"message":"x","retry_after":3600}}"#,
            Some(3_600_000),
        ),
        (r#"{"error":{"message":"x","retry_after":"later"}}"#, None),
    ] {
        assert_eq!(wait(error(429, &[], body).await), ms, "{body}");
    }
    let asked = header("retry-after", "30");
    let in_band = "data: {\"error\":{\"message\":\"x\",\"code\":429}}\n\n";
    assert_eq!(wait(error(200, &asked, in_band).await), None);
}
