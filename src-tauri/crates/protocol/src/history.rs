use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AnswerNote, Block, ChatParams, IpcError, Link, Millis, Picture, Video};

/// A conversation in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationSummary {
    /// Its id.
    pub id: String,
    /// Its title: the first question's first line, or the user's own.
    pub title: String,
    /// When a message last came.
    #[ts(type = "number")]
    pub updated_at: Millis,
    /// Hash of its first picture, for the address of its small picture.
    pub thumbnail: Option<String>,
    /// Is an answer being written in it?
    pub answering: bool,
}

/// `history|list`: one page of the list, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationListParams {
    /// Those after this one, which is the last of the page before; the first
    /// page when `None`.
    pub after: Option<ConversationPlace>,
    /// How many at most, 1 to 200.
    pub limit: u32,
}

/// Where a conversation stands in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationPlace {
    /// When a message last came.
    #[ts(type = "number")]
    pub updated_at: Millis,
    /// Its id.
    pub id: String,
}

/// Answer of `history|list`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationList {
    /// Newest first.
    pub conversations: Vec<ConversationSummary>,
    /// There are older ones.
    pub more: bool,
}

/// What changed in the list of conversations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationsEvent {
    /// As they are now: new ones, and those of which something changed.
    pub upserted: Vec<ConversationSummary>,
    /// Ids of those that are gone.
    pub removed: Vec<String>,
    /// Another process changed the history: read the list anew.
    pub elsewhere: bool,
}

/// Names one message: `history|earlier`, `history|source`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageIdParams {
    /// Id of the message.
    pub message: String,
}

/// Answer of `history|earlier`: a page of the messages before one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageList {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// There are messages before the first of these.
    pub earlier: bool,
}

/// Answer of `history|source`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageSource {
    /// What the person typed, or the answer's markdown, as far as it is written.
    pub text: String,
}

/// Names one conversation: `history|open`, `history|remove`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationIdParams {
    /// Id of the conversation.
    pub id: String,
}

/// `history|rename`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRenameParams {
    /// Id of the conversation.
    pub id: String,
    /// Its new title; empty takes the first question's again.
    pub title: String,
}

/// Answer of `history|open`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The last messages of the newest branch, oldest first; the page asks for
    /// those before them as one scrolls up.
    pub messages: Vec<Message>,
    /// There are messages before the first of these.
    pub earlier: bool,
    /// Parameters of its next request.
    pub params: ChatParams,
    /// Provider that was last asked in it.
    pub provider: Option<String>,
    /// Model that was last asked for in it.
    pub model: Option<String>,
}

/// `history|set_params`: the parameters of a conversation's next request.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationParamsParams {
    /// Id of the conversation.
    pub id: String,
    /// All of them.
    pub params: ChatParams,
}

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
    /// The pictures of a person's message.
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
    /// The finish reason, as sent.
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
