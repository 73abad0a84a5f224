use std::sync::Arc;

use http::HeaderMap;

use crate::error::Rows;

/// Bytes kept of an error body or a web page.
pub(crate) const ERROR_LIMIT: usize = 64 * 1024;

/// The head of a provider's answer.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Content type. A hint only: the body itself tells what it is.
    pub content_type: Option<String>,
    /// All headers.
    pub headers: HeaderMap,
    /// What its provider adds to the tables of errors and of tags.
    pub rows: Arc<Rows>,
}
