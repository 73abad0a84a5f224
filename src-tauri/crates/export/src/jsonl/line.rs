//! What a line holds. Fields of their own, not those of the page's contract: that changes
//! with the app, these only with [`VERSION`].

use std::borrow::Cow;

use history::{Whole, WholeMessage};
use protocol::{
    AnswerNote, ChatParams, Done, ErrorCode, IpcError, MessageState, Millis, PictureOptions, Role,
    Tile, Usage,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What the first line calls the format.
pub const FORMAT: &str = "dragoman";

/// Its version: raised when a reader of the one before would lose or mistake something.
pub const VERSION: u32 = 1;

/// Any line, as it is written.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line<'a> {
    /// The first line.
    Head(Head<'a>),
    /// A picture or video; stands before the conversation that first has it.
    Asset(Asset<'a>),
    /// A conversation; its messages follow.
    Conversation(Box<Conversation>),
    /// A message.
    Message(Box<Message>),
    /// The last line.
    End(End),
}

/// Which kind of line it is.
#[derive(Deserialize)]
pub struct Kind<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head<'a> {
    #[serde(borrow)]
    pub format: Cow<'a, str>,
    pub version: u32,
    /// The app's version.
    #[serde(borrow)]
    pub app: Cow<'a, str>,
    pub exported_at: Millis,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asset<'a> {
    #[serde(borrow)]
    pub hash: Cow<'a, str>,
    #[serde(borrow)]
    pub mime: Cow<'a, str>,
    /// Of a picture, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    pub bytes: u32,
    /// Base64.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Data<'a>>,
    /// Relative to the file's folder.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Cow<'a, str>>,
}

/// Bytes, to be written as base64; or base64, as it was read.
#[derive(Debug)]
pub enum Data<'a> {
    Bytes(&'a [u8]),
    Base64(Cow<'a, str>),
}

impl Serialize for Data<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bytes(bytes) => to.collect_str(&crate::assets::base64(bytes)),
            Self::Base64(text) => to.serialize_str(text),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Data<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        Text::deserialize(from).map(|text| Self::Base64(text.0))
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub own_title: Option<String>,
    pub created_at: Millis,
    pub updated_at: Millis,
    #[serde(default)]
    pub shown: Option<String>,
    #[serde(default)]
    pub params: Option<ChatParams>,
    /// How many follow.
    pub messages: usize,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: String,
    #[serde(default)]
    pub parent: Option<String>,
    #[serde(default)]
    pub shown: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alone: bool,
    pub role: Role,
    pub state: MessageState,
    pub created_at: Millis,
    pub text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Lenient: a code that is not known keeps its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Part {
    Picture(Picture),
    Video {
        hash: String,
        name: String,
        mime: String,
        bytes: u32,
    },
    Link {
        url: String,
        host: String,
        video: bool,
        #[serde(default)]
        refused: bool,
        #[serde(default)]
        picture: Option<Picture>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    pub hash: String,
    /// Of what it was made; none for one of before masters were kept.
    #[serde(default)]
    pub master: Option<String>,
    pub name: String,
    pub mime: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u32,
    pub original_width: u32,
    pub original_height: u32,
    pub original_bytes: u32,
    #[serde(default)]
    pub done: Vec<Done>,
    #[serde(default)]
    pub refused: bool,
    #[serde(default)]
    pub tokens: Option<u32>,
    #[serde(default)]
    pub tiles: Vec<Tile>,
    #[serde(default)]
    pub options: PictureOptions,
}

/// Without the label and the last characters of the key that was used.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Answer {
    pub provider: String,
    pub provider_name: String,
    pub model: String,
    pub answered_by: Option<String>,
    pub finish_reason: Option<String>,
    pub usage: Option<Usage>,
    pub first_token_ms: Option<u32>,
    pub reasoning_ms: Option<u32>,
    pub total_ms: Option<u32>,
    pub request_id: Option<String>,
    /// Lenient: those that are not known are passed over.
    pub notes: Vec<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct End {
    pub conversations: u64,
    pub messages: u64,
}

impl Conversation {
    /// A conversation, and its messages.
    pub fn of(whole: Whole) -> (Self, Vec<WholeMessage>) {
        let head = Self {
            id: whole.id,
            title: whole.title,
            own_title: whole.own_title,
            created_at: whole.created_at,
            updated_at: whole.updated_at,
            shown: whole.shown,
            params: whole.params,
            messages: whole.messages.len(),
        };
        (head, whole.messages)
    }
}

impl From<Conversation> for Whole {
    fn from(line: Conversation) -> Self {
        Self {
            id: line.id,
            title: line.title,
            own_title: line.own_title,
            params: line.params,
            shown: line.shown,
            created_at: line.created_at,
            updated_at: line.updated_at,
            messages: Vec::new(),
        }
    }
}

impl TryFrom<WholeMessage> for Message {
    type Error = serde_json::Error;

    fn try_from(one: WholeMessage) -> Result<Self, serde_json::Error> {
        let message = one.message;
        let error = message.error.as_ref().map(serde_json::to_value);
        Ok(Self {
            id: message.id,
            parent: message.parent,
            shown: one.shown,
            alone: one.alone,
            role: message.role,
            // Whoever reads it finds it as far as it was written.
            state: match message.state {
                MessageState::Streaming => MessageState::Interrupted,
                state => state,
            },
            created_at: message.created_at,
            text: message.text,
            reasoning: message.reasoning,
            parts: message.parts.into_iter().map(Part::from).collect(),
            answer: message.answer.map(Answer::try_from).transpose()?,
            error: error.transpose()?,
        })
    }
}

impl Part {
    fn hashes(&self) -> impl Iterator<Item = &str> {
        let (picture, video) = match self {
            Self::Picture(picture) => (Some(picture), None),
            Self::Video { hash, .. } => (None, Some(hash.as_str())),
            Self::Link { picture, .. } => (picture.as_ref(), None),
        };
        let sent = picture.map(|picture| picture.hash.as_str());
        let master = picture.and_then(|picture| picture.master.as_deref());
        [sent, master, video].into_iter().flatten()
    }
}

impl Message {
    /// Hashes of the pictures and videos that it holds.
    pub fn hashes(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().flat_map(Part::hashes)
    }

    /// As the history keeps it.
    pub fn into_kept(self, conversation: &str) -> WholeMessage {
        let is_answer = self.role == Role::Assistant;
        let message = history::StoredMessage {
            id: self.id,
            conversation: conversation.to_owned(),
            parent: self.parent,
            role: self.role,
            state: self.state,
            text: self.text,
            reasoning: self.reasoning,
            parts: self.parts.into_iter().map(stores::Part::from).collect(),
            answer: is_answer.then(|| self.answer.unwrap_or_default().into()),
            error: self.error.filter(|_| is_answer).map(error),
            created_at: self.created_at,
            run: None,
            versions: Vec::new(),
        };
        WholeMessage {
            message,
            shown: self.shown,
            alone: self.alone,
        }
    }
}

fn error(value: Value) -> IpcError {
    let words = value.get("message").and_then(Value::as_str);
    let words = words
        .unwrap_or("What went wrong cannot be read.")
        .to_owned();
    serde_json::from_value(value).unwrap_or_else(|_| IpcError::new(ErrorCode::Internal, words))
}

impl TryFrom<protocol::Answer> for Answer {
    type Error = serde_json::Error;

    fn try_from(answer: protocol::Answer) -> Result<Self, serde_json::Error> {
        let notes = answer.notes.into_iter().map(|note| match note {
            AnswerNote::OtherKey { error, .. } => AnswerNote::OtherKey {
                error,
                label: String::new(),
                last4: String::new(),
            },
            note => note,
        });
        Ok(Self {
            notes: notes.map(serde_json::to_value).collect::<Result<_, _>>()?,
            provider: answer.provider,
            provider_name: answer.provider_name,
            model: answer.model,
            answered_by: answer.answered_by,
            finish_reason: answer.finish_reason,
            usage: answer.usage,
            first_token_ms: answer.first_token_ms,
            reasoning_ms: answer.reasoning_ms,
            total_ms: answer.total_ms,
            request_id: answer.request_id,
        })
    }
}

impl From<Answer> for protocol::Answer {
    fn from(line: Answer) -> Self {
        let notes = line.notes.into_iter();
        Self {
            provider: line.provider,
            provider_name: line.provider_name,
            model: line.model,
            answered_by: line.answered_by,
            key_label: None,
            key_last4: None,
            finish_reason: line.finish_reason,
            usage: line.usage,
            first_token_ms: line.first_token_ms,
            reasoning_ms: line.reasoning_ms,
            total_ms: line.total_ms,
            request_id: line.request_id,
            notes: notes
                .filter_map(|note| serde_json::from_value(note).ok())
                .collect(),
        }
    }
}

impl From<stores::Part> for Part {
    fn from(part: stores::Part) -> Self {
        match part {
            stores::Part::Picture(picture) => Self::Picture(picture.into()),
            stores::Part::Video(video) => Self::Video {
                hash: video.hash,
                name: video.name,
                mime: video.mime,
                bytes: video.bytes,
            },
            stores::Part::Link { link, picture } => Self::Link {
                url: link.url,
                host: link.host,
                video: link.video,
                refused: link.refused,
                picture: picture.map(Picture::from),
            },
        }
    }
}

impl From<Part> for stores::Part {
    fn from(line: Part) -> Self {
        match line {
            Part::Picture(picture) => Self::Picture(picture.into()),
            Part::Video {
                hash,
                name,
                mime,
                bytes,
            } => Self::Video(protocol::Video {
                hash,
                name,
                mime,
                bytes,
            }),
            Part::Link {
                url,
                host,
                video,
                refused,
                picture,
            } => Self::Link {
                link: protocol::Link {
                    url,
                    host,
                    video,
                    refused,
                },
                picture: picture.map(protocol::Picture::from),
            },
        }
    }
}

impl From<protocol::Picture> for Picture {
    fn from(picture: protocol::Picture) -> Self {
        Self {
            hash: picture.hash,
            master: Some(picture.master).filter(|master| !master.is_empty()),
            name: picture.name,
            mime: picture.mime,
            width: picture.width,
            height: picture.height,
            bytes: picture.bytes,
            original_width: picture.original_width,
            original_height: picture.original_height,
            original_bytes: picture.original_bytes,
            done: picture.done,
            refused: picture.refused,
            tokens: picture.tokens,
            tiles: picture.tiles,
            options: picture.options,
        }
    }
}

impl From<Picture> for protocol::Picture {
    fn from(line: Picture) -> Self {
        Self {
            hash: line.hash,
            name: line.name,
            mime: line.mime,
            width: line.width,
            height: line.height,
            bytes: line.bytes,
            original_width: line.original_width,
            original_height: line.original_height,
            original_bytes: line.original_bytes,
            done: line.done,
            refused: line.refused,
            master: line.master.unwrap_or_default(),
            tokens: line.tokens,
            tiles: line.tiles,
            link: None,
            options: line.options,
        }
    }
}
