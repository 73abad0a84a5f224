use protocol::{About, ErrorCode, ErrorDetail};

/// An error that a provider answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its class; one of the provider section of [`ErrorCode`].
    pub class: ErrorCode,
    /// What it is about, where the class leaves that open.
    pub about: Option<About>,
    /// Status, and the provider's own words.
    pub detail: ErrorDetail,
    /// The parameter it names.
    pub parameter: Option<String>,
    /// How long to wait before the next try, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// What the provider says about trying again (`x-should-retry`).
    pub should_retry: Option<bool>,
    /// How many bytes were sent, where they were too many.
    pub sent: Option<usize>,
}

impl Refusal {
    /// True when the same request with the same key will be refused again.
    pub fn is_permanent(&self) -> bool {
        !matches!(self.class, ErrorCode::RateLimit | ErrorCode::ProviderDown) && !self.may_pass()
    }

    /// True when trying again unasked is right: where the provider says when, at 429 and
    /// 503, and does not say no (`x-should-retry`). At any other status the request was taken and may have
    /// been billed, by the provider or by one behind it: that is the person's to
    /// decide. Never without money and for a model that is not there, which gateways
    /// answer with 429 and 503 (new-api, Ark, GLM).
    pub(super) fn may_pass(&self) -> bool {
        if matches!(self.class, ErrorCode::NoBalance | ErrorCode::ModelNotFound) {
            return false;
        }
        if self.should_retry == Some(false) {
            return false;
        }
        let says_when = self.retry_after_ms.is_some_and(|ms| ms > 0);
        says_when
            && match self.detail.status {
                Some(429 | 503) => {
                    matches!(self.class, ErrorCode::RateLimit | ErrorCode::ProviderDown)
                }
                Some(400..) => false,
                // Within an answer there is no status to go by: only a limit costs nothing.
                _ => self.class == ErrorCode::RateLimit,
            }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, then) = match self.class {
            ErrorCode::KeyRefused => (
                "The provider refused the key",
                "Check it in Settings, or enter another.",
            ),
            ErrorCode::NoBalance => (
                "The account of this key has no balance or quota left",
                "Top it up at the provider, or choose another key.",
            ),
            ErrorCode::ModelNotFound => (
                "The provider has no such model for this key",
                "Choose another model.",
            ),
            ErrorCode::RateLimit => (
                "The provider takes no more requests just now",
                "Wait a little, then retry.",
            ),
            ErrorCode::TooLarge => (
                "The request has more bytes than the provider takes",
                "Send fewer or smaller pictures.",
            ),
            ErrorCode::ParameterRefused => {
                let name = self.parameter.as_deref().unwrap_or("a parameter");
                let status = Status(self.detail.status);
                return write!(
                    f,
                    "The provider refused {name}{status}. Change it, or send without it."
                );
            }
            ErrorCode::TooLong => (
                "The request is too long for this model",
                "Leave out pictures, or start a new conversation.",
            ),
            ErrorCode::PictureRefused => (
                "The provider refused a picture",
                "Leave it out, send a smaller one, or choose a model that takes pictures.",
            ),
            ErrorCode::Moderated => (
                "The provider's moderation refused this",
                "Change the question or the picture.",
            ),
            ErrorCode::Forbidden => (
                "This key is not allowed to do that",
                "Check its rights at the provider, or choose another key.",
            ),
            ErrorCode::ProviderDown => (
                "The provider is overloaded or failed",
                "Retry in a while, or choose another model.",
            ),
            _ => (
                "The provider refused the request",
                "Change what it names, then send again.",
            ),
        };
        write!(f, "{what}{}. {then}", Status(self.detail.status))
    }
}

/// ` (HTTP 429)`, or nothing.
struct Status(Option<u16>);

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(status) if status >= 400 => write!(f, " (HTTP {status})"),
            _ => Ok(()),
        }
    }
}
