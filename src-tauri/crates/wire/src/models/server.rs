//! A server that is asked for JSON.

use std::pin::pin;

use bytes::Bytes;
use futures_util::StreamExt;
use http::Method;
use serde_json::Value;

use super::row::ModelRow;
use crate::answer::ERROR_LIMIT;
use crate::error::Error;
use crate::transport::{Answer, Endpoint, Pools, join, send};

/// Bytes of a list of models.
const LIST_LIMIT: usize = 32 * 1024 * 1024;

/// A server, and the way to it.
#[derive(Clone, Copy)]
pub(super) struct Server<'a> {
    pub pools: &'a Pools,
    pub endpoint: &'a Endpoint,
}

impl Server<'_> {
    /// The address of what lies below the base URL.
    pub fn under_base(&self, path: &str) -> String {
        join(self.endpoint, path)
    }

    /// The address of what lies below the server's root: the base URL less its
    /// version.
    pub fn under_root(&self, path: &str) -> String {
        let base = self.under_base("");
        let base = base.trim_end_matches('/');
        let root = base.strip_suffix("/v1").unwrap_or(base);
        format!("{root}/{}", path.trim_start_matches('/'))
    }

    /// The models that are listed at `url`.
    pub async fn models(&self, url: &str) -> Result<Vec<ModelRow>, Error> {
        let value = self.json(Method::GET, url, None).await?;
        let rows = self.endpoint.dialect.models(&value);
        rows.ok_or_else(|| Error::BadAnswer {
            reason: "it holds no list of models".into(),
        })
    }

    /// Asks, and reads the answer as JSON that is no error.
    pub async fn json(
        &self,
        method: Method,
        url: &str,
        body: Option<Bytes>,
    ) -> Result<Value, Error> {
        let Self { pools, endpoint } = self;
        let answer = send(pools, method, url, endpoint, body, "application/json").await?;
        self.read(answer).await
    }

    async fn read(&self, answer: Answer) -> Result<Value, Error> {
        let dialect = self.endpoint.dialect;
        let head = answer.head();
        let failed = head.status >= 400;
        let mut body = pin!(answer.body());
        let mut bytes = Vec::new();
        while let Some(more) = body.next().await {
            match more {
                Ok(more) => bytes.extend_from_slice(&more),
                // What came of an error still tells more than how it broke off.
                Err(_) if failed => break,
                Err(error) => return Err(error),
            }
            if failed && bytes.len() >= ERROR_LIMIT {
                bytes.truncate(ERROR_LIMIT);
                break;
            }
            if bytes.len() > LIST_LIMIT {
                return Err(Error::BadAnswer {
                    reason: "the list of models is larger than 32 MiB".into(),
                });
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let bare = text.trim_start_matches('\u{feff}').trim();
        if failed || bare.starts_with('<') {
            return Err(dialect.refusal(&head, &text));
        }
        let value: Value = serde_json::from_str(bare).map_err(|error| Error::BadAnswer {
            reason: format!("the list of models is no JSON: {error}"),
        })?;
        match dialect.error_in(&head, &value) {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CHAT_COMPLETIONS;
    use crate::transport::{Network, Timeouts};

    #[test]
    fn the_root_is_the_base_less_its_version() {
        let pools = Pools::new(Timeouts::default(), Network::default()).unwrap();
        let root = |base: &str| {
            let endpoint = Endpoint {
                base_url: base.into(),
                headers: Vec::new(),
                dialect: CHAT_COMPLETIONS,
                rows: Default::default(),
            };
            let server = Server {
                pools: &pools,
                endpoint: &endpoint,
            };
            server.under_root("/api/show")
        };
        let at = |host: &str| format!("{host}/api/show");
        assert_eq!(
            root("http://localhost:11434/v1/"),
            at("http://localhost:11434")
        );
        assert_eq!(root("http://localhost:1234"), at("http://localhost:1234"));
        assert_eq!(
            root("https://a.example/ollama/v1/chat/completions"),
            at("https://a.example/ollama")
        );
    }
}
