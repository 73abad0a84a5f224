use std::ops::Range;

use bytes::Bytes;

/// A request body, ready to be sent; made by [`Dialect::body`](crate::Dialect::body).
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    bytes: Bytes,
    stream: bool,
    /// A field that the answer can do without.
    spare: Option<Spare>,
}

impl Body {
    /// A body made elsewhere: JSON, and whether it asks for an event stream.
    pub fn new(bytes: impl Into<Bytes>, stream: bool) -> Self {
        Self {
            bytes: bytes.into(),
            stream,
            spare: None,
        }
    }

    /// The same, of which the answer can do without a field: its name, and where it
    /// stands with its comma. Some providers refuse what others need.
    pub fn with_spare(mut self, name: &'static str, at: Range<usize>) -> Self {
        self.spare = Some(Spare { name, at });
        self
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

    /// The name of the field that the answer can do without, if there is one.
    pub fn spare(&self) -> Option<&'static str> {
        self.spare.as_ref().map(|spare| spare.name)
    }

    /// The same without that field, for a provider that refuses it; `None` when there
    /// is none. Copies the bytes.
    pub fn without_spare(&self) -> Option<Self> {
        let at = self.spare.as_ref()?.at.clone();
        let before = self.bytes.get(..at.start)?;
        let after = self.bytes.get(at.end..)?;
        Some(Self::new([before, after].concat(), self.stream))
    }
}

/// A field that an answer can do without.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spare {
    name: &'static str,
    at: Range<usize>,
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
