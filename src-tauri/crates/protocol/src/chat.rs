use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Answer, IpcError, Message, MessageState, Millis, Patch, Usage};

/// Parameters of a request; only what is set is sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ChatParams {
    /// Instructions that stand before everything.
    pub system: Option<String>,
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// At least 1.
    #[ts(type = "number | null")]
    pub max_tokens: Option<u64>,
    /// At most 4.
    pub stop: Vec<String>,
    /// `detail` of each picture: `auto`, `low` or `high`.
    pub detail: Option<String>,
    /// Ask for a stream; true unless said otherwise.
    pub stream: Option<bool>,
    /// Whether the model is to think; the provider's own choice when `None`.
    pub thinking: Option<Thinking>,
    /// How hard it is to think, in the provider's word: `low`, `high`…
    pub effort: Option<String>,
    /// More fields of the request, a JSON object as the person typed it.
    pub extra: Option<String>,
    /// Only this many of the conversation's last pictures go along; all when `None`.
    pub keep_pictures: Option<u32>,
    /// Frames a second that are looked at in a video, 0.2 to 5.
    pub fps: Option<f64>,
    /// Names of parameters that are not sent, even where the provider's
    /// manifest or the model's defaults set them: a provider refused them.
    pub without: Vec<String>,
}

/// Whether a model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Thinking {
    /// Always.
    On,
    /// Never.
    Off,
    /// As the model sees fit.
    Auto,
}

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
    /// Earlier pictures or videos stayed out because the model takes none.
    NotTaken {
        /// How many pictures.
        pictures: u32,
        /// How many videos.
        videos: u32,
    },
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
}

/// `chat|retry`: another answer to the same question, beside the first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatRetryParams {
    /// The answer to replace on the screen.
    pub message: String,
    /// Provider to ask.
    pub provider: String,
    /// Model to ask for.
    pub model: String,
    /// Parameters of the request.
    pub params: ChatParams,
}

/// Answer of `chat|send` and `chat|retry`; what follows comes over the channel.
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

/// What comes over a channel while an answer is written. Exactly one of
/// `finished` and `failed` comes, and it comes last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ChatEvent {
    /// The whole answer as it is now; the first event after `chat|attach`.
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
