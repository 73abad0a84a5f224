use protocol::ErrorCode;

mod tables;

use tables::{CODES, WORDS};

/// The class of an error that a provider answered: by its code or type, else by
/// its status where that says enough, else by its words. Within an answer of
/// status 200 a code that is a status number counts as the status.
pub(super) fn classify(status: u16, codes: &[&str], message: &str) -> ErrorCode {
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
    if status == 413 {
        return match worded {
            // Groq: more tokens than it takes in a minute, under a rate limit's code.
            Some(ErrorCode::TooLong) => ErrorCode::TooLong,
            _ if message.contains("tokens per minute") => ErrorCode::TooLong,
            _ => ErrorCode::TooLarge,
        };
    }
    if let Some(class) = by_code(codes) {
        return class;
    }
    match status {
        401 => match worded {
            // new-api: a key whose own quota is used up.
            Some(ErrorCode::NoBalance) => ErrorCode::NoBalance,
            _ => ErrorCode::KeyRefused,
        },
        402 => ErrorCode::NoBalance,
        403 => worded.unwrap_or(ErrorCode::Forbidden),
        404 | 405 => worded.unwrap_or(ErrorCode::NotAnApi),
        429 => match worded {
            Some(class @ (ErrorCode::NoBalance | ErrorCode::ProviderDown)) => class,
            _ => ErrorCode::RateLimit,
        },
        451 => ErrorCode::Moderated,
        408 => ErrorCode::ProviderDown,
        400..=499 => worded.unwrap_or(ErrorCode::BadRequest),
        500..=599 => match worded {
            Some(
                class @ (ErrorCode::NoBalance
                | ErrorCode::ModelNotFound
                | ErrorCode::TooLong
                | ErrorCode::TooLarge),
            ) => class,
            _ => ErrorCode::ProviderDown,
        },
        _ => worded.unwrap_or_else(|| {
            // Within a stream, with no number: only the type is left.
            let asked_wrong = codes
                .iter()
                .any(|code| code.to_ascii_lowercase().starts_with("invalid"));
            if asked_wrong {
                ErrorCode::BadRequest
            } else {
                ErrorCode::ProviderDown
            }
        }),
    }
}

/// The class that a code or a type alone tells.
pub(super) fn by_code(codes: &[&str]) -> Option<ErrorCode> {
    let codes: Vec<String> = codes.iter().map(|code| code.to_ascii_lowercase()).collect();
    CODES
        .iter()
        .find(|(_, known)| {
            let one = |code: &String| known.iter().any(|k| matches(code, k));
            codes.iter().any(one)
        })
        .map(|(class, _)| *class)
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
            (413, &[], "", ErrorCode::TooLarge),
            (
                413,
                &["rate_limit_exceeded"],
                "Request too large for model x on tokens per minute (TPM): Limit 6000",
                ErrorCode::TooLong,
            ),
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
