//! What was found in an error body, and the typed error that it makes.

use std::time::SystemTime;

use protocol::{ErrorCode, ErrorDetail};

use super::classify::{Seen, classify};
use super::form::Form;
use super::parameter;
use crate::answer::{Facts, in_words};
use crate::error::{Error, Refusal};

/// What was found in an error body.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub message: Option<String>,
    pub code: Option<String>,
    pub kind: Option<String>,
    pub parameter: Option<String>,
    pub request_id: Option<String>,
    /// Milliseconds until the next try.
    pub wait_ms: Option<u64>,
    /// Codes, types and reasons from all over the body.
    pub codes: Vec<String>,
    /// What kind of body it is.
    pub form: Form,
}

impl Words {
    pub(super) fn or(self, other: Words) -> Words {
        Words {
            message: self.message.or(other.message),
            code: self.code.or(other.code),
            kind: self.kind.or(other.kind),
            parameter: self.parameter.or(other.parameter),
            request_id: self.request_id.or(other.request_id),
            wait_ms: self.wait_ms.or(other.wait_ms),
            ..self
        }
    }

    /// The error of a web page where an API was expected.
    pub fn not_an_api(self, facts: &Facts) -> Error {
        Error::NotAnApi {
            url: String::new(),
            suggestion: None,
            detail: Box::new(self.detail(facts)),
        }
    }

    fn detail(self, facts: &Facts) -> ErrorDetail {
        let request_id = (facts.request_id.clone())
            .or(self.request_id)
            .or_else(|| self.message.as_deref().and_then(id_in))
            .or_else(|| facts.answer_id.clone());
        ErrorDetail {
            status: Some(facts.status),
            message: self.message,
            code: self.code.or(self.kind),
            request_id,
        }
    }

    /// The typed error.
    pub fn refuse(self, facts: &Facts) -> Error {
        let message = self.message.as_deref().unwrap_or("");
        let seen = Seen {
            status: facts.status,
            codes: &self.codes,
            parameter: self.parameter.as_deref(),
            message,
            form: self.form,
        };
        let told = classify(&seen, &facts.rows.errors);
        let mut class = told.class;
        let mut parameter = self.parameter.clone();
        let asked_wrong = matches!(facts.status, 400 | 422)
            || (facts.status < 400 && class != ErrorCode::ProviderDown);
        if asked_wrong && !told.by_code && told.about.is_none() {
            let telling = parameter::by_code(&self.codes)
                .or_else(|| parameter::named(self.parameter.as_deref(), message, class));
            if let Some(name) = telling {
                class = ErrorCode::ParameterRefused;
                parameter = Some(name);
            }
        }
        if class == ErrorCode::NotAnApi {
            return self.not_an_api(facts);
        }
        let waits = match class {
            ErrorCode::RateLimit | ErrorCode::ProviderDown | ErrorCode::NoBalance => {
                (self.wait_ms).or_else(|| in_words(message, SystemTime::now()))
            }
            _ => None,
        };
        let reset = facts.reset_ms.filter(|_| class == ErrorCode::RateLimit);
        let retry_after_ms = facts.retry_after_ms.or(waits).or(reset);
        Error::Provider(Box::new(Refusal {
            class,
            about: told.about,
            detail: self.detail(facts),
            parameter,
            retry_after_ms,
            should_retry: facts.should_retry,
            sent: None,
        }))
    }
}

/// A request id within a message: "… (request id: 2026…)", "Request id: 02…".
fn id_in(message: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    [
        "request id",
        "request_id",
        "request-id",
        "requestid",
        "请求id",
        "请求 id",
    ]
    .iter()
    .find_map(|name| {
        let after = message.get(lower.find(name)? + name.len()..)?;
        let after = after.trim_start_matches([' ', ':', '=', '：', '"', '\'', '[']);
        let id: String = after
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .take(128)
            .collect();
        // Not the next word of a sentence.
        id.bytes().any(|b| b.is_ascii_digit()).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_found_in_messages() {
        assert_eq!(
            id_in("无效的令牌 (request id: 20260101)").as_deref(),
            Some("20260101")
        );
        assert_eq!(id_in("Bad. Request id: 02-a_b.").as_deref(), Some("02-a_b"));
        assert_eq!(id_in("no id here"), None);
    }
}
