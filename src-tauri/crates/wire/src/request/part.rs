use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;

/// One message of a conversation.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Content,
    /// What the model thought before it said it, for one that wants that back.
    pub reasoning: Option<String>,
}

impl Message {
    /// A message of nothing but text.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            content: Content::Text(text.into()),
            reasoning: None,
        }
    }

    /// A message of parts.
    pub fn parts(role: Role, parts: Vec<Part>) -> Self {
        Self {
            role,
            content: Content::Parts(parts),
            reasoning: None,
        }
    }
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum Content {
    /// Nothing but text.
    Text(String),
    /// Videos, pictures and text; sent in an order of the dialect's, each kind in its
    /// own.
    Parts(Vec<Part>),
}

/// A part of a message.
#[derive(Debug, Clone)]
pub enum Part {
    /// Text.
    Text(String),
    /// A picture.
    Image {
        /// Its bytes or its address.
        source: Source,
        /// How closely to look; the provider's own choice when `None`.
        detail: Option<Detail>,
    },
    /// A video.
    Video {
        /// Its bytes or its address.
        source: Source,
        /// Frames looked at a second, 0.2 to 5; the provider's own choice when
        /// `None`.
        fps: Option<f64>,
    },
}

/// Where a picture or a video comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A data URL or a link, sent as it is.
    Url(String),
    /// The bytes of a file. Cheaper than a ready data URL: the base64 is written
    /// once, into the body itself.
    Bytes {
        /// MIME type, such as `image/jpeg` or `video/mp4`.
        mime: String,
        /// The file.
        bytes: Bytes,
    },
}

/// How closely a model looks at a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// The provider decides.
    Auto,
    /// Coarsely, for few tokens.
    Low,
    /// Closely.
    High,
}

impl std::str::FromStr for Detail {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "auto" => Ok(Self::Auto),
            "low" => Ok(Self::Low),
            "high" => Ok(Self::High),
            _ => Err(Error::parameter("detail", "auto, low or high")),
        }
    }
}
