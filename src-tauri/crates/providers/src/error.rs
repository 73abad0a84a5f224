use protocol::{ErrorCode, IpcError, ManifestReason};
use serde_json::Value;

/// What this crate refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A base URL that cannot be used.
    #[error("The base URL {url} cannot be used: {reason}")]
    BaseUrl {
        /// What was typed, without user info, query and fragment: those may hold a key.
        url: String,
        /// Why, and what to do.
        reason: Refusal,
    },
    /// A manifest that is not valid.
    #[error("The provider file is not valid: `{field}` {reason}.")]
    Manifest {
        /// Path of the field, such as `models[0].inputs`; `file` for the whole.
        field: String,
        /// What is wrong with it, worded to follow its name.
        reason: ManifestReason,
    },
}

/// Why a base URL is refused; each says what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nothing was typed.
    #[error("it is empty. Type the provider's address, such as https://api.example.com/v1.")]
    Empty,
    /// It does not parse, or names no host.
    #[error("it is not a web address. Type it whole, such as https://api.example.com/v1.")]
    NotAnAddress,
    /// Blanks, line breaks, control characters or backslashes within.
    #[error("it holds a blank, a line break or a backslash. Take that out.")]
    Characters,
    /// Longer than 2,048 characters.
    #[error("it is longer than 2,048 characters. Type the address only.")]
    TooLong,
    /// Neither `https` nor `http`.
    #[error("{0}: is not a scheme a provider answers on. Use https://.")]
    Scheme(String),
    /// `user:password@` before the host.
    #[error(
        "it holds a user name or password. Take the part up to @ out and enter the key in its own field."
    )]
    UserInfo,
    /// A `?query`.
    #[error("it holds a query. Take the part from ? on out; a key goes into its own field.")]
    Query,
    /// A `#fragment`.
    #[error("it holds a fragment. Take the part from # on out.")]
    Fragment,
    /// `http` to a public host: the key would cross the network readable.
    #[error("http would send the key and the pictures unencrypted. Use https://.")]
    PlainHttp,
    /// `http` to a private address that was not allowed.
    #[error(
        "http to a private address is sent unencrypted. Allow private addresses for this provider if you trust this network, or use https://."
    )]
    PrivateHttp,
    /// A link-local address, where cloud machines answer with credentials.
    #[error("link-local addresses are never asked. Use the machine's own address or name.")]
    LinkLocal,
    /// An address that names no single machine: `0.0.0.0`, `::`, multicast, broadcast.
    #[error(
        "this address names no machine. Use 127.0.0.1 for this machine, or the machine's own address."
    )]
    NoMachine,
}

impl Refusal {
    /// A name for it that stays, for the page's own wording.
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAnAddress => "not_an_address",
            Self::Characters => "characters",
            Self::TooLong => "too_long",
            Self::Scheme(_) => "scheme",
            Self::UserInfo => "user_info",
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::PlainHttp => "plain_http",
            Self::PrivateHttp => "private_http",
            Self::LinkLocal => "link_local",
            Self::NoMachine => "no_machine",
        }
    }
}

/// A refused base URL has the args `url`, `reason` (a sentence) and `why` (its
/// slug); a manifest `field`, and what [`told`] adds.
impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::BaseUrl { url, reason } => Self::new(ErrorCode::BaseUrl, message)
                .arg("url", url)
                .arg("why", reason.slug())
                .arg("reason", reason),
            Error::Manifest { field, reason } => {
                let error = Self::new(ErrorCode::Manifest, message).arg("field", field);
                told(error, &reason)
            }
        }
    }
}

/// Adds a reason to an error: `reason` in words, `why` and its facts.
pub(crate) fn told(mut error: IpcError, reason: &ManifestReason) -> IpcError {
    if let Ok(Value::Object(facts)) = serde_json::to_value(reason) {
        for (name, fact) in facts {
            error = match fact {
                Value::String(text) => error.arg(&name, text),
                other => error.arg(&name, other),
            };
        }
    }
    error.arg("reason", reason)
}

/// An address that cannot be used, as the reason of a file.
pub(crate) fn address(url: String, refusal: &Refusal) -> ManifestReason {
    ManifestReason::Address {
        refusal: refusal.slug(),
        url,
        words: refusal.to_string().trim_end_matches('.').to_owned(),
    }
}
