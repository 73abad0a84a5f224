use protocol::{ErrorCode, ErrorDetail, IpcError};

mod refusal;

pub use protocol::{About, ErrorRow, Rows, StatusOf, Statuses, ThoughtTags};
pub use refusal::Refusal;

/// Everything that can go wrong between a request and the end of its answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A parameter out of its range; nothing was sent.
    #[error("{parameter} must be {range}. Change it and send again.")]
    Parameter {
        /// Its name in the request.
        parameter: String,
        /// What it may be.
        range: String,
    },
    /// The request names no model; nothing was sent.
    #[error("No model is chosen. Choose one and send again.")]
    ModelMissing,
    /// The request holds no message; nothing was sent.
    #[error("There is nothing to send. Type a question or add a picture.")]
    NothingToSend,
    /// The base URL cannot be used.
    #[error("The address {url} cannot be used: {reason}. Correct it in Settings.")]
    BaseUrl {
        /// The base URL.
        url: String,
        /// Why.
        reason: String,
    },
    /// The provider answered with an error, at whatever status.
    #[error("{0}")]
    Provider(Box<Refusal>),
    /// No API at the address: a web page, or nothing at the endpoint.
    #[error("{}", not_an_api(url, suggestion))]
    NotAnApi {
        /// The base URL; empty where it is not known.
        url: String,
        /// A base URL that may work.
        suggestion: Option<String>,
        /// What the provider said; of a web page, its title.
        detail: Box<ErrorDetail>,
    },
    /// DNS, connect, reset.
    #[error("{}", network(.host, .reason, *.sent))]
    Network {
        /// The host; "The provider" where it is not known.
        host: String,
        /// Why: in a sentence of ours where it is known, else in the system's own words.
        reason: String,
        /// The app's name for why, where it has one: `slept`, `closed`.
        why: Option<&'static str>,
        /// The whole request had been sent: it may have been answered, and billed.
        sent: bool,
    },
    /// The proxy cannot be reached, or refuses.
    #[error("The proxy {host} was of no use: {reason}. Check it in Settings, under Network.")]
    Proxy {
        /// Host and port of the proxy.
        host: String,
        /// Why.
        reason: String,
        /// It refused user or password: trying again changes nothing.
        refused: bool,
    },
    /// The certificate was not accepted.
    #[error(
        "The certificate of {host} was not accepted: {reason}. Check the address and the clock."
    )]
    Certificate {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// Nothing arrived for too long.
    #[error("Nothing arrived for {seconds} seconds. The model may be overloaded: retry.")]
    Timeout {
        /// How long was waited.
        seconds: u64,
    },
    /// A redirect, which is not followed: it could carry the key away.
    #[error(
        "The provider answered with a redirect to {url} (HTTP {status}), which is not followed. If you trust that address, enter it in Settings."
    )]
    Redirect {
        /// HTTP status.
        status: u16,
        /// Where to; empty where it does not say.
        url: String,
    },
    /// The answer cannot be read as one.
    #[error("The answer cannot be read: {reason}. Check the provider's address, or retry.")]
    BadAnswer {
        /// What is wrong with it.
        reason: String,
    },
    /// The HTTP client cannot be set up here.
    #[error("The network client cannot start: {reason}.")]
    Setup {
        /// Why.
        reason: String,
    },
}

fn not_an_api(url: &str, suggestion: &Option<String>) -> String {
    let url = if url.is_empty() { "The address" } else { url };
    match suggestion {
        Some(other) => format!("{url} is not the address of an API. Try {other} in Settings."),
        None => format!("{url} is not the address of an API. Correct it in Settings."),
    }
}

/// What a failed connection means for the person.
fn network(host: &str, reason: &str, sent: bool) -> String {
    if sent {
        format!(
            "The connection to {host} broke off after the request had been sent: {reason}. It may have been answered and billed, so it was not sent again by itself. Retry if you want that."
        )
    } else {
        format!("{host} cannot be reached: {reason}. Check the network, then retry.")
    }
}

impl Error {
    /// A parameter that is out of its range.
    pub fn parameter(parameter: &str, range: &str) -> Self {
        Self::Parameter {
            parameter: parameter.to_owned(),
            range: range.to_owned(),
        }
    }

    /// The class of the error, as the page acts on it.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Parameter { .. } => ErrorCode::Parameter,
            Self::ModelMissing => ErrorCode::ModelMissing,
            Self::NothingToSend => ErrorCode::NothingToSend,
            Self::BaseUrl { .. } => ErrorCode::BaseUrl,
            Self::Provider(refusal) => refusal.class,
            Self::NotAnApi { .. } => ErrorCode::NotAnApi,
            Self::Network { .. } => ErrorCode::Network,
            Self::Proxy { .. } => ErrorCode::Proxy,
            Self::Certificate { .. } => ErrorCode::Certificate,
            Self::Timeout { .. } => ErrorCode::Timeout,
            Self::Redirect { .. } => ErrorCode::Redirect,
            Self::BadAnswer { .. } => ErrorCode::BadAnswer,
            Self::Setup { .. } => ErrorCode::Internal,
        }
    }

    /// What the provider said, where it said anything.
    pub fn detail(&self) -> Option<&ErrorDetail> {
        match self {
            Self::Provider(refusal) => Some(&refusal.detail),
            Self::NotAnApi { detail, .. } => Some(detail),
            _ => None,
        }
    }

    /// How long the provider asks to wait, in milliseconds.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Provider(refusal) => refusal.retry_after_ms,
            _ => None,
        }
    }

    /// True for a rate limit, which goes away by itself.
    pub fn is_rate_limit(&self) -> bool {
        self.code() == ErrorCode::RateLimit
    }

    /// True when the body has more bytes than the provider takes: the same with
    /// smaller pictures may pass.
    pub fn is_too_large(&self) -> bool {
        self.code() == ErrorCode::TooLarge
    }

    /// True when it is the key, or the account behind it, that was refused: another
    /// key may do. A rate limit is one, too, but not told here.
    pub fn is_of_the_key(&self) -> bool {
        matches!(self.code(), ErrorCode::KeyRefused | ErrorCode::NoBalance)
    }

    /// True when the same request to the same provider with the same key will fail
    /// again, however often it is sent.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Network { .. } | Self::Timeout { .. } | Self::BadAnswer { .. } => false,
            Self::Proxy { refused, .. } => *refused,
            Self::Provider(refusal) => refusal.is_permanent(),
            _ => true,
        }
    }

    /// True when it is right to send the same again, unasked: it may pass, and
    /// nothing can have been billed.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Network { sent, .. } => !sent,
            Self::Proxy { refused, .. } => !refused,
            Self::Provider(refusal) => refusal.may_pass(),
            _ => false,
        }
    }

    /// A failure of a connection over which the whole request had been sent, or not.
    pub(crate) fn after(self, whole: bool) -> Self {
        match self {
            Self::Network {
                host, reason, why, ..
            } => Self::Network {
                host,
                reason,
                why,
                sent: whole,
            },
            other => other,
        }
    }

    /// True when the provider refuses the parameter `name`.
    pub(crate) fn names_parameter(&self, name: &str) -> bool {
        let Self::Provider(refusal) = self else {
            return false;
        };
        let asked_wrong = matches!(
            refusal.class,
            ErrorCode::BadRequest | ErrorCode::ParameterRefused
        );
        let param = refusal.parameter.as_deref();
        let said = refusal.detail.message.as_deref();
        asked_wrong && [param, said].iter().flatten().any(|t| t.contains(name))
    }

    /// Puts in what only the caller knows: the base URL of the request.
    pub(crate) fn at(mut self, base_url: &str) -> Self {
        if let Self::NotAnApi {
            url, suggestion, ..
        } = &mut self
        {
            base_url.clone_into(url);
            *suggestion = suggest(base_url);
        }
        self
    }
}

/// The base URL with `/v1`, where it has no version in its path.
fn suggest(base_url: &str) -> Option<String> {
    let base = base_url.trim_end_matches('/');
    let path = base.split_once("://").map_or(base, |(_, rest)| rest);
    let versioned = path.split('/').skip(1).any(|part| {
        part.strip_prefix('v')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    (!versioned && !base.is_empty()).then(|| format!("{base}/v1"))
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let mut out = Self::new(error.code(), error.to_string());
        out.detail = error.detail().cloned().map(Box::new);
        match error {
            Error::Parameter { parameter, range } => {
                out.arg("parameter", parameter).arg("range", range)
            }
            Error::BaseUrl { url, reason } => out.arg("url", url).arg("reason", reason),
            Error::Provider(refusal) => {
                out.retry_after_ms = refusal.retry_after_ms;
                if let (ErrorCode::TooLarge, Some(sent)) = (refusal.class, refusal.sent) {
                    out = out.arg("bytes", sent);
                }
                if let Some(about) = refusal.about {
                    out = out.arg("about", about.name());
                }
                match refusal.parameter {
                    Some(parameter) => out.arg("parameter", parameter),
                    None => out,
                }
            }
            Error::NotAnApi {
                url, suggestion, ..
            } => out
                .arg("url", url)
                .arg("suggestion", suggestion.unwrap_or_default()),
            Error::Network {
                host,
                reason,
                why,
                sent,
            } => {
                let out = out.arg("host", host).arg("reason", reason);
                let out = match why {
                    Some(why) => out.arg("why", why),
                    None => out,
                };
                if sent { out.arg("sent", "whole") } else { out }
            }
            Error::Proxy { host, reason, .. } | Error::Certificate { host, reason } => {
                out.arg("host", host).arg("reason", reason)
            }
            Error::Timeout { seconds } => out.arg("seconds", seconds),
            Error::Redirect { url, status } => {
                let detail = ErrorDetail {
                    status: Some(status),
                    ..ErrorDetail::default()
                };
                out.with_detail(detail).arg("url", url)
            }
            Error::BadAnswer { reason } | Error::Setup { reason } => out.arg("reason", reason),
            Error::ModelMissing | Error::NothingToSend => out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_without_a_version_gets_a_suggestion() {
        let of = |url: &str| suggest(url);
        assert_eq!(
            of("https://a.example").as_deref(),
            Some("https://a.example/v1")
        );
        assert_eq!(
            of("https://a.example/").as_deref(),
            Some("https://a.example/v1")
        );
        assert_eq!(
            of("https://v2.example").as_deref(),
            Some("https://v2.example/v1")
        );
        assert_eq!(of("https://a.example/v1/"), None);
        assert_eq!(of("https://a.example/api/v3"), None);
        assert_eq!(of("https://a.example/v1beta/openai"), None);
    }
}
