use protocol::ErrorCode;

/// Codes and types that providers send, in lower case, and what each means. A
/// trailing `*` stands for any ending. Sources: new-api `types/error.go`, OpenAI
/// and Azure references, Volcengine Ark `错误码.md`, DashScope, GLM, Moonshot,
/// SiliconFlow and MiniMax error pages, captured bodies. MiniMax' numbers, which
/// mean other things elsewhere, carry the name of their field.
const CODES: &[(ErrorCode, &[&str])] = &[
    (
        ErrorCode::NoBalance,
        &[
            "insufficient_user_quota",
            "pre_consume_token_quota_failed",
            "insufficient_quota",
            "insufficient_balance",
            "1113",
            "30001",
            "base_resp.1008",
            "quotaexceeded*",
            "setlimitexceeded*",
            "accountoverdueerror",
            "operationdenied.serviceoverdue",
            "arrearage",
            "billing_not_active",
            "billing_hard_limit_reached",
            "exceeded_current_quota_error",
            "payment_required",
        ],
    ),
    (
        ErrorCode::ModelNotFound,
        &[
            "model_not_found*",
            "modelnotfound*",
            "modelnotopen",
            "invalidendpointormodel*",
            "model_not_exist",
            "model_not_supported",
            "1211",
            "20012",
        ],
    ),
    (
        ErrorCode::Moderated,
        &[
            "content_filter",
            "content_policy_violation",
            "image_content_policy_violation",
            "responsibleaipolicyviolation",
            "moderation_blocked",
            "sensitive_words_detected",
            "sensitivecontentdetected*",
            "inputimagesensitivecontentdetected*",
            "inputtextsensitivecontentdetected*",
            "outputtextsensitivecontentdetected*",
            "data_inspection_failed",
            "datainspectionfailed",
            "1301",
            "base_resp.1026",
            "base_resp.1027",
        ],
    ),
    (
        ErrorCode::TooLong,
        &[
            "context_length_exceeded",
            "context_window_exceeded",
            "exceed_context_size_error",
            "outofcontexterror",
            "string_above_max_length",
            "request_too_large",
            "read_request_body_failed",
            "1261",
            "base_resp.1039",
        ],
    ),
    (
        ErrorCode::PictureRefused,
        &[
            "invalidimage*",
            "invalidargumenterror.invalidimage*",
            "invalidargumenterror.invalidpixellimit",
            "invalid_image*",
            "invalid_base64_image",
            "image_too_large",
            "image_too_small",
            "image_parse_error",
            "image_file_too_large",
            "image_file_not_found",
            "unsupported_image_media_type",
            "empty_image_file",
            "failed_to_download_image",
        ],
    ),
    (
        ErrorCode::KeyRefused,
        &[
            "invalid_api_key",
            "invalidapikey",
            "incorrect_api_key",
            "api_key_invalid",
            "authenticationerror",
            "authentication_error",
            "invalid_authentication_error",
            "unauthenticated",
            "base_resp.1004",
        ],
    ),
    (
        ErrorCode::ProviderDown,
        &[
            "serveroverloaded",
            "overloaded_error",
            "engine_overloaded_error",
            "1305",
        ],
    ),
    (
        ErrorCode::RateLimit,
        &[
            "rate_limit_exceeded",
            "rate_limit_error",
            "rate_limit_reached_error",
            "ratelimitexceeded*",
            "modelaccount*",
            "throttling*",
            "resource_exhausted",
            "too_many_requests",
            "1302",
            "1303",
            "base_resp.1002",
        ],
    ),
    (
        ErrorCode::Forbidden,
        &["permission_denied", "permission_error"],
    ),
];

/// Words that give a class away where neither code nor status does, in lower
/// case; all of a row must occur. The one place that looks at a provider's text:
/// gateways answer all of these with a plain 400, or within a stream with none.
const WORDS: &[(ErrorCode, &[&str])] = &[
    (ErrorCode::KeyRefused, &["api key not valid"]),
    (ErrorCode::KeyRefused, &["incorrect api key"]),
    (ErrorCode::KeyRefused, &["无效的令牌"]),
    (ErrorCode::NoBalance, &["余额不足"]),
    (ErrorCode::NoBalance, &["额度不足"]),
    (ErrorCode::NoBalance, &["insufficient balance"]),
    (ErrorCode::NoBalance, &["insufficient credits"]),
    (ErrorCode::ModelNotFound, &["model", "does not exist"]),
    (ErrorCode::ModelNotFound, &["model", "not found"]),
    (ErrorCode::ModelNotFound, &["not found the model"]),
    (ErrorCode::ModelNotFound, &["invalid model name"]),
    (ErrorCode::ModelNotFound, &["not a valid model"]),
    (ErrorCode::ModelNotFound, &["模型", "不存在"]),
    (ErrorCode::ModelNotFound, &["模型", "无可用渠道"]),
    (ErrorCode::TooLong, &["context length"]),
    (ErrorCode::TooLong, &["context size"]),
    (ErrorCode::TooLong, &["context window"]),
    (ErrorCode::TooLong, &["exceeds context"]),
    (ErrorCode::TooLong, &["maximum context"]),
    (ErrorCode::TooLong, &["token limit"]),
    (ErrorCode::TooLong, &["prompt is too long"]),
    (ErrorCode::TooLong, &["上下文", "超"]),
    (ErrorCode::PictureRefused, &["image", "exceed"]),
    (ErrorCode::PictureRefused, &["image", "too large"]),
    (ErrorCode::PictureRefused, &["image", "unsupported"]),
    (ErrorCode::PictureRefused, &["image", "not support"]),
    (ErrorCode::PictureRefused, &["image", "only supported by"]),
    (ErrorCode::PictureRefused, &["image", "could not process"]),
    (ErrorCode::PictureRefused, &["image", "invalid"]),
    (ErrorCode::PictureRefused, &["image", "decod"]),
    (ErrorCode::PictureRefused, &["image", "download"]),
    (ErrorCode::PictureRefused, &["图片", "格式"]),
    (ErrorCode::PictureRefused, &["图片", "超"]),
    (ErrorCode::PictureRefused, &["图片", "不支持"]),
    (ErrorCode::RateLimit, &["rate limit"]),
    (ErrorCode::RateLimit, &["rate-limited"]),
    (ErrorCode::RateLimit, &["resource has been exhausted"]),
    (ErrorCode::ProviderDown, &["overloaded"]),
    (ErrorCode::Forbidden, &["无权"]),
];

/// The class of an error that a provider answered: by its code or type, else by
/// its status where that says enough, else by its words. Within an answer of
/// status 200 a code that is a status number counts as the status.
pub fn classify(status: u16, codes: &[&str], message: &str) -> ErrorCode {
    let codes: Vec<String> = codes.iter().map(|code| code.to_ascii_lowercase()).collect();
    for (class, known) in CODES {
        if codes
            .iter()
            .any(|code| known.iter().any(|k| matches(code, k)))
        {
            return *class;
        }
    }
    let status = if status >= 400 {
        status
    } else {
        let inner = codes.iter().find_map(|code| code.parse().ok());
        inner.filter(|n| (400..=599).contains(n)).unwrap_or(status)
    };
    let message = message.to_lowercase();
    let worded = WORDS
        .iter()
        .find(|(_, words)| words.iter().all(|word| message.contains(word)))
        .map(|(class, _)| *class);
    match status {
        401 => ErrorCode::KeyRefused,
        402 => ErrorCode::NoBalance,
        403 => worded.unwrap_or(ErrorCode::Forbidden),
        404 | 405 => worded.unwrap_or(ErrorCode::NotAnApi),
        413 => worded.unwrap_or(ErrorCode::TooLong),
        429 => match worded {
            Some(class @ (ErrorCode::NoBalance | ErrorCode::ProviderDown)) => class,
            _ => ErrorCode::RateLimit,
        },
        451 => ErrorCode::Moderated,
        408 => ErrorCode::ProviderDown,
        400..=499 => worded.unwrap_or(ErrorCode::BadRequest),
        500..=599 => match worded {
            Some(
                class @ (ErrorCode::NoBalance | ErrorCode::ModelNotFound | ErrorCode::TooLong),
            ) => class,
            _ => ErrorCode::ProviderDown,
        },
        _ => worded.unwrap_or_else(|| {
            // Within a stream, with no number: only the type is left.
            let asked_wrong = codes.iter().any(|code| code.starts_with("invalid"));
            if asked_wrong {
                ErrorCode::BadRequest
            } else {
                ErrorCode::ProviderDown
            }
        }),
    }
}

fn matches(code: &str, known: &str) -> bool {
    match known.strip_suffix('*') {
        Some(prefix) => code.starts_with(prefix),
        None => code == known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_beat_statuses_and_statuses_beat_words() {
        let cases = [
            (
                429,
                &["1113"][..],
                "余额不足或无可用资源包,请充值。",
                ErrorCode::NoBalance,
            ),
            (
                503,
                &["model_not_found"],
                "无可用渠道（distributor）",
                ErrorCode::ModelNotFound,
            ),
            (429, &["insufficient_quota"], "", ErrorCode::NoBalance),
            (429, &["ServerOverloaded"], "", ErrorCode::ProviderDown),
            (
                429,
                &["RateLimitExceeded.EndpointRPMExceeded"],
                "",
                ErrorCode::RateLimit,
            ),
            (429, &[], "", ErrorCode::RateLimit),
            (403, &["AccountOverdueError"], "", ErrorCode::NoBalance),
            (
                404,
                &["InvalidEndpointOrModel.NotFound"],
                "",
                ErrorCode::ModelNotFound,
            ),
            (404, &[], "Invalid URL (POST /v1/x)", ErrorCode::NotAnApi),
            (
                404,
                &["404"],
                "The model `x` does not exist.",
                ErrorCode::ModelNotFound,
            ),
            (401, &[], "", ErrorCode::KeyRefused),
            (403, &[], "", ErrorCode::Forbidden),
            (413, &[], "", ErrorCode::TooLong),
            (
                400,
                &["InvalidImageURL.InvalidFormat"],
                "",
                ErrorCode::PictureRefused,
            ),
            (
                400,
                &[],
                "image exceeds 5 MB maximum",
                ErrorCode::PictureRefused,
            ),
            (
                400,
                &["InputImageSensitiveContentDetected.X"],
                "",
                ErrorCode::Moderated,
            ),
            (400, &["OutofContextError"], "", ErrorCode::TooLong),
            (
                400,
                &["InvalidParameter", "BadRequest"],
                "top_p",
                ErrorCode::BadRequest,
            ),
            (
                400,
                &[],
                "API key not valid. Please pass one.",
                ErrorCode::KeyRefused,
            ),
            (200, &["429"], "", ErrorCode::RateLimit),
            (
                200,
                &["invalid_request_error"],
                "Tool call",
                ErrorCode::BadRequest,
            ),
            (200, &[], "upstream died", ErrorCode::ProviderDown),
            (529, &[], "", ErrorCode::ProviderDown),
        ];
        for (status, codes, message, class) in cases {
            assert_eq!(
                classify(status, codes, message),
                class,
                "{status} {codes:?} {message}"
            );
        }
    }
}
