use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::dialect::Dialect;
use crate::error::Rows;

/// Where to send requests, what goes along with each, and how they are put.
#[derive(Clone)]
pub struct Endpoint {
    /// The base URL, such as `https://api.chenyu.cn/v1`.
    pub base_url: String,
    /// Headers, that of the key among them (marked sensitive).
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// How it is spoken to.
    pub dialect: &'static dyn Dialect,
    /// What its provider adds to the tables of errors and of tags.
    pub rows: Arc<Rows>,
}

/// Names the headers, never their values.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url)
            .field("headers", &names)
            .field("dialect", &self.dialect)
            .finish()
    }
}

impl Endpoint {
    /// The values of sensitive headers, without the scheme that some begin with.
    pub(crate) fn keys(&self) -> Vec<Zeroizing<String>> {
        let secret = self.headers.iter().filter(|(_, v)| v.is_sensitive());
        secret
            .map(|(_, value)| {
                let value = Zeroizing::new(String::from_utf8_lossy(value.as_bytes()).into_owned());
                match value.split_once(' ') {
                    Some((scheme, key)) if scheme.bytes().all(|b| b.is_ascii_alphabetic()) => {
                        Zeroizing::new(key.trim().to_owned())
                    }
                    _ => value,
                }
            })
            .collect()
    }
}

/// The base URL of `endpoint` and `path`, with one slash between them. A base that
/// names the place of questions itself is taken, too.
pub(crate) fn join(endpoint: &Endpoint, path: &str) -> String {
    let base = endpoint.base_url.trim().trim_end_matches('/');
    let base = base
        .strip_suffix(endpoint.dialect.path())
        .filter(|base| base.ends_with('/'))
        .unwrap_or(base);
    format!(
        "{}/{}",
        base.trim_end_matches('/'),
        path.trim_start_matches('/')
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CHAT_COMPLETIONS;

    #[test]
    fn one_slash_joins_base_and_path() {
        for base in [
            "https://a.example/v1",
            "https://a.example/v1/",
            " https://a.example/v1// ",
            "https://a.example/v1/chat/completions",
        ] {
            let endpoint = Endpoint {
                base_url: base.into(),
                headers: Vec::new(),
                dialect: CHAT_COMPLETIONS,
                rows: Default::default(),
            };
            assert_eq!(join(&endpoint, "models"), "https://a.example/v1/models");
        }
    }

    #[test]
    fn an_endpoint_never_shows_its_headers() {
        let mut key = HeaderValue::from_static("Bearer sk-1");
        key.set_sensitive(true);
        let endpoint = Endpoint {
            base_url: "https://a.example".into(),
            headers: vec![(http::header::AUTHORIZATION, key)],
            dialect: CHAT_COMPLETIONS,
            rows: Default::default(),
        };
        let shown = format!("{endpoint:?}");
        assert!(
            shown.contains("authorization") && !shown.contains("sk-1"),
            "{shown}"
        );
    }
}
