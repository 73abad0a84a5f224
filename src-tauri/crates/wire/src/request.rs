use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Body, Error};

mod write;

/// A request for one answer. Only what is set is sent.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Id of the model.
    pub model: String,
    /// The conversation so far, oldest first.
    pub messages: Vec<Message>,
    /// Ask for an event stream; `stream_options.include_usage` goes along.
    pub stream: bool,
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// At least 1. Not together with `max_completion_tokens`.
    pub max_tokens: Option<u64>,
    /// At least 1, reasoning included. Not together with `max_tokens`.
    pub max_completion_tokens: Option<u64>,
    /// At most 4, none empty.
    pub stop: Vec<String>,
    /// More fields of the body. None that is set above.
    pub extra: Map<String, Value>,
}

/// One message of a conversation.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: Content,
}

impl Message {
    /// A message of nothing but text.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            content: Content::Text(text.into()),
        }
    }

    /// A message of parts.
    pub fn parts(role: Role, parts: Vec<Part>) -> Self {
        Self {
            role,
            content: Content::Parts(parts),
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
    /// Sent as a string.
    Text(String),
    /// Sent as an array: videos (GLM wants them first), pictures, text (Anthropic
    /// and InternVL advise it last), each kind in its own order.
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
        /// `None`. Sent inside `video_url` (Ark's SDK, AnyFast's pages).
        fps: Option<f64>,
    },
}

/// Where a picture or a video comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A data URL or a link, sent as it is.
    Url(String),
    /// The bytes of a file, sent as a data URL. Cheaper than a ready data URL:
    /// the base64 is written once, into the body itself.
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
            _ => Err(range("detail", "auto, low or high")),
        }
    }
}

impl Request {
    /// The body of the request, checked.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a parameter out of its range, [`Error::ModelMissing`],
    /// [`Error::NothingToSend`].
    pub fn body(&self) -> Result<Body, Error> {
        self.check()?;
        if self.messages.is_empty() {
            return Err(Error::NothingToSend);
        }
        self.check_videos()?;
        write::body(self)
    }

    /// How many bytes [`body`](Self::body) takes, without building it: text is
    /// counted, the base64 of pictures and videos is reckoned. Exact for a request
    /// that `body` takes.
    pub fn size(&self) -> usize {
        write::size(self)
    }

    /// Checks the model and the parameters, not the messages.
    ///
    /// # Errors
    /// [`Error::ModelMissing`], or [`Error::Parameter`] for one out of its range.
    pub fn check(&self) -> Result<(), Error> {
        if self.model.trim().is_empty() {
            return Err(Error::ModelMissing);
        }
        if self.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
            return Err(range("temperature", "from 0 to 2"));
        }
        if self.top_p.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Err(range("top_p", "from 0 to 1"));
        }
        if self.max_tokens == Some(0) {
            return Err(range("max_tokens", "at least 1"));
        }
        if self.max_completion_tokens == Some(0) {
            return Err(range("max_completion_tokens", "at least 1"));
        }
        let both = |name: &str| self.extra.contains_key(name);
        if (self.max_tokens.is_some() || both("max_tokens"))
            && (self.max_completion_tokens.is_some() || both("max_completion_tokens"))
        {
            return Err(range(
                "max_completion_tokens",
                "left out where max_tokens is set: a request takes one of the two",
            ));
        }
        if self.stop.len() > 4 || self.stop.iter().any(String::is_empty) {
            return Err(range("stop", "at most 4 texts, none of them empty"));
        }
        for name in self.extra.keys() {
            let set = match name.as_str() {
                "model" | "messages" | "stream" | "stream_options" | "n" => true,
                "temperature" => self.temperature.is_some(),
                "top_p" => self.top_p.is_some(),
                "max_tokens" => self.max_tokens.is_some(),
                "max_completion_tokens" => self.max_completion_tokens.is_some(),
                "stop" => !self.stop.is_empty(),
                _ => false,
            };
            if set {
                return Err(range(
                    name,
                    "left out of the extra fields: it is set already",
                ));
            }
        }
        Ok(())
    }

    fn check_videos(&self) -> Result<(), Error> {
        let parts = self.messages.iter().flat_map(|m| match &m.content {
            Content::Parts(parts) => parts.as_slice(),
            Content::Text(_) => &[],
        });
        for part in parts {
            if let Part::Video { fps: Some(fps), .. } = part
                && !(0.2..=5.0).contains(fps)
            {
                return Err(range("fps", "from 0.2 to 5"));
            }
        }
        Ok(())
    }
}

fn range(parameter: &str, range: &str) -> Error {
    Error::Parameter {
        parameter: parameter.to_owned(),
        range: range.to_owned(),
    }
}
