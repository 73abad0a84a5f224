use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::Error;

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
    /// At least 1.
    pub max_tokens: Option<u64>,
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
    /// Sent as an array, pictures before text (Anthropic and InternVL advise it).
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
        source: ImageSource,
        /// How closely to look; the provider's own choice when `None`.
        detail: Option<Detail>,
    },
}

/// Where a picture comes from.
#[derive(Debug, Clone)]
pub enum ImageSource {
    /// A data URL or a link, sent as it is.
    Url(String),
    /// The bytes of a file, sent as a data URL. Cheaper than a ready data URL:
    /// the base64 is written once, into the body itself.
    Bytes {
        /// MIME type, such as `image/jpeg`.
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
    pub fn body(&self) -> Result<Bytes, Error> {
        self.check()?;
        if self.messages.is_empty() {
            return Err(Error::NothingToSend);
        }
        let mut out = Vec::with_capacity(self.size());
        out.push(b'{');
        field(&mut out, "model", &self.model)?;
        key(&mut out, "messages")?;
        out.push(b'[');
        for message in &self.messages {
            comma(&mut out);
            write_message(&mut out, message)?;
        }
        out.push(b']');
        field(&mut out, "stream", &self.stream)?;
        if self.stream {
            // Without it new-api drops the chunk that holds usage and finish reason.
            field(
                &mut out,
                "stream_options",
                &serde_json::json!({"include_usage": true}),
            )?;
        }
        if let Some(temperature) = self.temperature {
            field(&mut out, "temperature", &temperature)?;
        }
        if let Some(top_p) = self.top_p {
            field(&mut out, "top_p", &top_p)?;
        }
        if let Some(max_tokens) = self.max_tokens {
            field(&mut out, "max_tokens", &max_tokens)?;
        }
        if !self.stop.is_empty() {
            field(&mut out, "stop", &self.stop)?;
        }
        for (name, value) in &self.extra {
            field(&mut out, name, value)?;
        }
        out.push(b'}');
        Ok(Bytes::from(out))
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
        if self.stop.len() > 4 || self.stop.iter().any(String::is_empty) {
            return Err(range("stop", "at most 4 texts, none of them empty"));
        }
        for name in self.extra.keys() {
            let set = match name.as_str() {
                "model" | "messages" | "stream" | "stream_options" | "n" => true,
                "temperature" => self.temperature.is_some(),
                "top_p" => self.top_p.is_some(),
                "max_tokens" => self.max_tokens.is_some(),
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

    /// About how many bytes the body takes; enough, unless text needs escapes.
    fn size(&self) -> usize {
        let part = |part: &Part| match part {
            Part::Text(text) => text.len(),
            Part::Image { source, .. } => match source {
                ImageSource::Url(url) => url.len(),
                ImageSource::Bytes { bytes, .. } => bytes.len().div_ceil(3) * 4,
            },
        };
        let messages: usize = (self.messages.iter())
            .map(|message| match &message.content {
                Content::Text(text) => text.len() + 64,
                Content::Parts(parts) => parts.iter().map(|p| part(p) + 128).sum(),
            })
            .sum();
        messages + messages / 64 + 512
    }
}

fn write_message(out: &mut Vec<u8>, message: &Message) -> Result<(), Error> {
    out.push(b'{');
    field(out, "role", &message.role)?;
    match &message.content {
        Content::Text(text) => field(out, "content", text)?,
        Content::Parts(parts) => {
            key(out, "content")?;
            out.push(b'[');
            let (pictures, texts): (Vec<&Part>, Vec<&Part>) =
                (parts.iter()).partition(|part| matches!(part, Part::Image { .. }));
            for part in pictures.into_iter().chain(texts) {
                comma(out);
                write_part(out, part)?;
            }
            out.push(b']');
        }
    }
    out.push(b'}');
    Ok(())
}

fn write_part(out: &mut Vec<u8>, part: &Part) -> Result<(), Error> {
    out.push(b'{');
    match part {
        Part::Text(text) => {
            field(out, "type", "text")?;
            field(out, "text", text)?;
        }
        Part::Image { source, detail } => {
            field(out, "type", "image_url")?;
            key(out, "image_url")?;
            out.push(b'{');
            match source {
                ImageSource::Url(url) => field(out, "url", url)?,
                ImageSource::Bytes { mime, bytes } => {
                    key(out, "url")?;
                    write_data_url(out, mime, bytes)?;
                }
            }
            if let Some(detail) = detail {
                field(out, "detail", detail)?;
            }
            out.push(b'}');
        }
    }
    out.push(b'}');
    Ok(())
}

fn write_data_url(out: &mut Vec<u8>, mime: &str, bytes: &[u8]) -> Result<(), Error> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/+-.".contains(&b);
    if mime.is_empty() || !mime.bytes().all(plain) {
        return Err(range(
            "image_url",
            "a picture with a MIME type such as image/jpeg",
        ));
    }
    out.extend_from_slice(b"\"data:");
    out.extend_from_slice(mime.as_bytes());
    out.extend_from_slice(b";base64,");
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let (_, room) = out.split_at_mut(start);
    (STANDARD.encode_slice(bytes, room)).map_err(|error| Error::Setup {
        reason: format!("base64: {error}"),
    })?;
    out.push(b'"');
    Ok(())
}

fn field(out: &mut Vec<u8>, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
    key(out, name)?;
    write(out, value)
}

fn key(out: &mut Vec<u8>, name: &str) -> Result<(), Error> {
    comma(out);
    write(out, name)?;
    out.push(b':');
    Ok(())
}

fn comma(out: &mut Vec<u8>) {
    if !matches!(out.last(), Some(b'{' | b'[')) {
        out.push(b',');
    }
}

fn write(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
    serde_json::to_writer(out, value).map_err(|error| Error::Setup {
        reason: format!("the request is no JSON: {error}"),
    })
}

fn range(parameter: &str, range: &str) -> Error {
    Error::Parameter {
        parameter: parameter.to_owned(),
        range: range.to_owned(),
    }
}
