use std::ops::Range;

use bytes::Bytes;

/// A request body, ready to be sent; made by [`Request::body`](crate::Request::body).
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    bytes: Bytes,
    stream: bool,
    /// Where `,"stream_options":{…}` stands.
    options: Option<Range<usize>>,
}

impl Body {
    /// A body made elsewhere: JSON, and whether it asks for an event stream.
    pub fn new(bytes: impl Into<Bytes>, stream: bool) -> Self {
        Self {
            bytes: bytes.into(),
            stream,
            options: None,
        }
    }

    pub(crate) fn with_options(
        bytes: Vec<u8>,
        stream: bool,
        options: Option<Range<usize>>,
    ) -> Self {
        Self {
            bytes: bytes.into(),
            stream,
            options,
        }
    }

    /// The JSON as it is sent.
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// It asks for an event stream.
    pub fn stream(&self) -> bool {
        self.stream
    }

    /// How many bytes are sent.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// True when there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The same without `stream_options`, for a provider that refuses it; `None`
    /// when it holds none. Copies the bytes.
    pub fn without_stream_options(&self) -> Option<Self> {
        let options = self.options.clone()?;
        let before = self.bytes.get(..options.start)?;
        let after = self.bytes.get(options.end..)?;
        Some(Self::new([before, after].concat(), self.stream))
    }
}

/// Tells the size, never the content.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body")
            .field("bytes", &self.bytes.len())
            .field("stream", &self.stream)
            .finish()
    }
}
