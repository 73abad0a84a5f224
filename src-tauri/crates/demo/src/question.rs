//! A chat-completions request as a provider reads it.

use serde_json::Value;
use url::Url;

/// What was asked.
pub(super) struct Asked {
    /// As a stream, or in one piece.
    pub stream: bool,
    /// The text of the last question, its parts joined by line breaks.
    pub text: String,
    /// The pictures of the last question, in order.
    pub pictures: Vec<Sent>,
    /// How many pictures came with earlier messages.
    pub earlier: usize,
    /// How many parts of the last question were neither text nor picture.
    pub others: usize,
    /// The beginning of the answer, which is to be gone on with; else empty.
    pub begun: String,
}

/// A picture as it was sent.
pub(super) enum Sent {
    /// A data URL, not yet decoded.
    Data(String),
    /// An address, which Demo cannot follow.
    Link {
        /// Its host.
        host: String,
    },
}

/// One part of a message.
enum Part {
    Text(String),
    Picture(Sent),
    Other,
}

impl Asked {
    /// Reads a request body.
    ///
    /// # Errors
    /// Why it is none, in English.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let mut request: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let stream = request
            .get("stream")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let Some(Value::Array(mut messages)) = request.get_mut("messages").map(Value::take) else {
            return Err("`messages` is missing".to_owned());
        };
        let is_user = |message: &Value| message.get("role").and_then(Value::as_str) == Some("user");
        let Some(last) = messages.iter().rposition(is_user) else {
            return Err("`messages` holds no message of the user".to_owned());
        };
        let after = messages.split_off(last);
        let earlier = messages
            .into_iter()
            .flat_map(parts)
            .filter(|part| matches!(part, Part::Picture(_)))
            .count();
        let mut asked = Self {
            stream,
            text: String::new(),
            pictures: Vec::new(),
            earlier,
            others: 0,
            begun: String::new(),
        };
        let mut after = after.into_iter();
        let question = after.next().map(parts).unwrap_or_default();
        for part in after.next_back().map(parts).unwrap_or_default() {
            if let Part::Text(text) = part {
                asked.begun.push_str(&text);
            }
        }
        for part in question {
            match part {
                Part::Text(text) => {
                    if !asked.text.is_empty() {
                        asked.text.push('\n');
                    }
                    asked.text.push_str(&text);
                }
                Part::Picture(sent) => asked.pictures.push(sent),
                Part::Other => asked.others += 1,
            }
        }
        Ok(asked)
    }
}

/// The parts of a message; its content is a string or a list.
fn parts(mut message: Value) -> Vec<Part> {
    match message.get_mut("content").map(Value::take) {
        Some(Value::String(text)) => vec![Part::Text(text)],
        Some(Value::Array(parts)) => parts.into_iter().map(part).collect(),
        _ => Vec::new(),
    }
}

fn part(mut part: Value) -> Part {
    let kind = part
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let value = match kind.as_str() {
        "text" => part.get_mut("text").map(Value::take),
        "image_url" => part.get_mut("image_url").map(|image| match image {
            Value::Object(fields) => fields.get_mut("url").map(Value::take).unwrap_or_default(),
            other => other.take(),
        }),
        _ => None,
    };
    match (kind.as_str(), value) {
        ("text", Some(Value::String(text))) => Part::Text(text),
        ("image_url", Some(Value::String(url))) => Part::Picture(sent(url)),
        // A picture part without an address is a data URL that does not decode.
        ("image_url", _) => Part::Picture(Sent::Data(String::new())),
        _ => Part::Other,
    }
}

fn sent(url: String) -> Sent {
    // Parsing a data URL would copy its megabytes.
    let scheme = url
        .trim_start()
        .get(..8)
        .unwrap_or_default()
        .to_ascii_lowercase();
    if scheme.starts_with("http://") || scheme == "https://" {
        let link = Url::parse(&url).ok();
        let host = link.as_ref().and_then(Url::host_str).unwrap_or_default();
        return Sent::Link {
            host: host.to_owned(),
        };
    }
    Sent::Data(url)
}
