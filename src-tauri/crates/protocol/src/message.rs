use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Block, IpcError, Link, Millis, Picture, Video};

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions that stand before everything.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum MessageState {
    /// Being written.
    Streaming,
    /// Whole: it ended with a finish reason of its own.
    Complete,
    /// Ended by a limit (`length`) or without a finish reason: may be incomplete.
    Cut,
    /// The app ended while it was written.
    Interrupted,
    /// Ended by an error; what had come is kept.
    Failed,
    /// The user stopped it.
    Stopped,
}

/// One message, rendered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The message it follows.
    pub parent: Option<String>,
    /// Who wrote it.
    pub role: Role,
    /// How far it is.
    pub state: MessageState,
    /// The source text: what the person typed, or the answer's markdown.
    pub text: String,
    /// The answer, rendered; empty for a person's message.
    pub blocks: Vec<Block>,
    /// The reasoning, rendered.
    pub reasoning: Vec<Block>,
    /// The pictures of a person's message, and those that an answer came with.
    pub pictures: Vec<Picture>,
    /// The videos of a person's message.
    pub videos: Vec<Video>,
    /// Its links to pictures and videos.
    pub links: Vec<Link>,
    /// Who answered.
    pub answer: Option<Answer>,
    /// Why it failed.
    pub error: Option<IpcError>,
    /// When it was made.
    #[ts(type = "number")]
    pub created_at: Millis,
    /// The ids of all versions that stand in its place, it among them, oldest first;
    /// empty where it is the only one.
    pub versions: Vec<String>,
}

/// What is known of an answer beside its text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Provider that was asked.
    pub provider: String,
    /// Its name then.
    pub provider_name: String,
    /// Model that was asked for.
    pub model: String,
    /// Model that says it answered, where it differs.
    pub answered_by: Option<String>,
    /// Label of the key that was used.
    pub key_label: Option<String>,
    /// Last four characters of it.
    pub key_last4: Option<String>,
    /// The finish reason, as sent; `length` wherever a limit of tokens cut the answer.
    pub finish_reason: Option<String>,
    /// Tokens, as the provider counted them.
    pub usage: Option<Usage>,
    /// Request to first visible token (reasoning counts), in milliseconds.
    pub first_token_ms: Option<u32>,
    /// Time spent on reasoning, in milliseconds.
    pub reasoning_ms: Option<u32>,
    /// Request to end, in milliseconds.
    pub total_ms: Option<u32>,
    /// Id of the request at the provider.
    pub request_id: Option<String>,
    /// What should be known of how it came to be, in order.
    pub notes: Vec<AnswerNote>,
}

/// Tokens, as the provider counted them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens of the request.
    pub prompt_tokens: Option<u32>,
    /// Tokens of the answer, as the provider counts them.
    pub completion_tokens: Option<u32>,
    /// Both, as the provider says; never added up here.
    pub total_tokens: Option<u32>,
    /// Tokens of reasoning.
    pub reasoning_tokens: Option<u32>,
}

/// Something a person should know of how an answer came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AnswerNote {
    /// It failed and is tried again.
    Retrying {
        /// What went wrong.
        error: Box<IpcError>,
        /// Which try comes next; 1 is the first after the failed one.
        attempt: u32,
        /// How many there are at most.
        of: u32,
        /// When the next try begins.
        #[ts(type = "number")]
        at: Millis,
    },
    /// A key was refused; the next one took over.
    OtherKey {
        /// Why the key before was given up.
        error: Box<IpcError>,
        /// Label of the key that is used now.
        label: String,
        /// Its last four characters.
        last4: String,
    },
    /// The request was too large; its pictures were made smaller.
    SmallerPictures {
        /// How many.
        count: u32,
        /// Bytes of the body that is sent now.
        #[ts(type = "number")]
        bytes: u64,
    },
    /// Earlier pictures stayed out because a provider refused them.
    RefusedPicturesLeftOut {
        /// How many.
        count: u32,
    },
    /// Earlier pictures stayed out, as the person chose.
    OldPicturesLeftOut {
        /// How many.
        count: u32,
    },
    /// Pieces of the answer came damaged: something of it may be missing.
    PiecesUnread {
        /// How many.
        count: u32,
    },
    /// Pictures of the answer could not be read: they are not shown.
    PicturesUnread {
        /// How many.
        count: u32,
    },
    /// Placeholders of the prompt were filled in.
    PromptFilled {
        /// The prompt as it was sent.
        prompt: String,
        /// What of it was read from the clipboard: the same question asked again takes
        /// the same.
        clipboard: Option<String>,
    },
    /// It was to go on from another answer, and began anew instead: it stands beside it.
    BeganAnew,
    /// Earlier pictures or videos stayed out because the model takes none.
    NotTaken {
        /// How many pictures.
        pictures: u32,
        /// How many videos.
        videos: u32,
    },
}
