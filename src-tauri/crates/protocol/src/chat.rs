use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Answer, AnswerNote, ChatParams, IpcError, Message, MessageState, Patch, Picture, Usage,
};

/// `chat|size`: how large the next request would be. Same fields as a send.
/// Answer: [`RequestSize`].
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestSizeParams {
    /// Which conversation; a new one when `None`.
    pub conversation: Option<String>,
    /// What is typed so far.
    pub text: String,
    /// Ids of the attachments that are ready, in order.
    pub attachments: Vec<String>,
    /// Provider that would be asked.
    pub provider: String,
    /// Model that would be asked for.
    pub model: String,
    /// Parameters of the request.
    pub params: ChatParams,
}

/// Answer of `chat|size`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestSize {
    /// Bytes of the request body, pictures as base64 included.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Most bytes the provider takes, where known.
    #[ts(type = "number | null")]
    pub limit: Option<u64>,
    /// Pictures that go along, those of earlier turns included.
    pub pictures: u32,
    /// Most pictures the provider takes, where known.
    pub pictures_limit: Option<u32>,
    /// Earlier pictures that stay out: refused before, or beyond `keep_pictures`.
    pub left_out: u32,
    /// Videos that go along.
    pub videos: u32,
}

/// `chat|send`: a new message of the person, and the answer to it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatSendParams {
    /// Which conversation; a new one when `None`.
    pub conversation: Option<String>,
    /// What the person typed.
    pub text: String,
    /// Ids of the attachments, in order.
    pub attachments: Vec<String>,
    /// Provider to ask.
    pub provider: String,
    /// Model to ask for.
    pub model: String,
    /// Parameters of the request.
    pub params: ChatParams,
    /// Name of the preset that a new conversation begins with.
    pub preset: Option<String>,
    /// Is it asked without what was said before it?
    pub alone: bool,
    /// An answer: what its prompt took from the clipboard is taken again.
    pub copied_of: Option<String>,
}

/// `chat|edit`: a question in the place of another, beside it, and the answer to it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatEditParams {
    /// The question that it stands beside.
    pub message: String,
    /// What the person typed.
    pub text: String,
    /// Ids of the attachments, in order.
    pub attachments: Vec<String>,
    /// Provider to ask.
    pub provider: String,
    /// Model to ask for.
    pub model: String,
    /// Parameters of the request.
    pub params: ChatParams,
}

/// `chat|retry`: another answer to the same question, beside the first; and
/// `chat|go_on`: one that goes on from an answer that ended early.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatRetryParams {
    /// The answer to replace on the screen; of a retry also a question without one.
    pub message: String,
    /// Provider to ask.
    pub provider: String,
    /// Model to ask for.
    pub model: String,
    /// Parameters of the request.
    pub params: ChatParams,
}

/// Answer of `chat|send`, `chat|edit`, `chat|retry` and `chat|go_on`; what follows comes over the channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatSent {
    /// The conversation, perhaps new.
    pub conversation: String,
    /// The person's message, saved.
    pub user: Message,
    /// The answers, one for each that is asked, saved empty, streaming.
    pub answers: Vec<Message>,
}

/// `chat|attach`: follow an answer that is being written, after a reload or on
/// opening its conversation. The first event is `snapshot`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatAttachParams {
    /// The answer.
    pub message: String,
}

/// `chat|stop`. Stopping what has ended already is no error.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatStopParams {
    /// The answer.
    pub message: String,
}

/// `chat|load_picture`: loads a picture that the text of an answer names, and keeps it
/// with the answer. Answer: [`Picture`].
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LoadPictureParams {
    /// Id of the answer.
    pub message: String,
    /// The address, as the picture's card names it.
    pub url: String,
}

/// What comes over a channel while an answer is written. Exactly one of
/// `finished` and `failed` comes, and it comes last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ChatEvent {
    /// The whole answer as it is now; the first event after `chat|attach` and
    /// `chat|go_on`.
    Snapshot {
        /// The answer.
        message: Box<Message>,
    },
    /// The provider answered; text follows.
    Started {
        /// Who answers.
        answer: Answer,
    },
    /// More of the answer. Under 8 KiB.
    Chunk {
        /// Change of the answer's blocks.
        text: Option<Patch>,
        /// Change of the reasoning's blocks.
        reasoning: Option<Patch>,
    },
    /// The answer has one more picture: its bytes are fetched by its hash.
    Picture {
        /// Which.
        picture: Box<Picture>,
    },
    /// Something to know, said as it happens; it also stands in the answer.
    Note {
        /// What.
        note: AnswerNote,
    },
    /// Tokens counted so far.
    Usage {
        /// As the provider counts.
        usage: Usage,
    },
    /// The answer ended by itself, or was stopped.
    Finished {
        /// `complete`, `cut` or `stopped`.
        state: MessageState,
        /// Who answered, and what it took.
        answer: Answer,
    },
    /// The answer ended by an error; what had come is kept.
    Failed {
        /// What went wrong.
        error: IpcError,
        /// Who answered, and what it took.
        answer: Answer,
    },
}
