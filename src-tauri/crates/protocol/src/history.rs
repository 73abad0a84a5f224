use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ChatParams, Message, Millis};

/// A conversation in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationSummary {
    /// Its id.
    pub id: String,
    /// Its title: the first question's first line, or the user's own.
    pub title: String,
    /// When a message last came; in the bin, when it was removed.
    #[ts(type = "number")]
    pub updated_at: Millis,
    /// Hash of its first picture, for the address of its small picture.
    pub thumbnail: Option<String>,
    /// Is an answer being written in it?
    pub answering: bool,
    /// An answer ended in it while it was not open.
    pub unread: bool,
    /// It stands before those that are not.
    pub pinned: bool,
    /// It is out of the list, and found by search.
    pub archived: bool,
}

/// The lists that there are. A conversation is in one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListOf {
    /// That of the sidebar: pinned ones first.
    Listed,
    /// Those that were archived.
    Archived,
    /// Those that were removed and can be brought back.
    Bin,
}

/// Answer of `history|put_away`: how many conversations are in the other lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PutAway {
    /// Those that were archived.
    pub archived: u32,
    /// Those in the bin.
    pub bin: u32,
}

/// `history|list`: one page of a list, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationListParams {
    /// Which list.
    pub of: ListOf,
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
    /// Does it stand among those that are pinned? Of no concern outside of the sidebar's
    /// list.
    pub pinned: bool,
    /// By what the list is ordered: when a message last came; in the bin, when it was
    /// removed.
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
    /// Ids of those that were removed: they are in the bin, or gone.
    pub removed: Vec<String>,
    /// Another process changed the history: read the list anew.
    pub elsewhere: bool,
}

/// Names one message: `history|earlier`, `history|show`,
/// `history|remove_message`, `history|restore_message`, `history|fork`,
/// `history|show_message`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageIdParams {
    /// Id of the message.
    pub message: String,
}

/// Answer of `history|fork`: the conversation that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Forked {
    /// Its id.
    pub conversation: String,
}

/// Answer of `history|show`, `history|remove_message` and `history|restore_message`: what
/// stands in a place now, and what follows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageTail {
    /// Oldest first, to the last that is shown.
    pub messages: Vec<Message>,
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

/// Names one conversation: `history|open`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationIdParams {
    /// Id of the conversation.
    pub id: String,
}

/// Names conversations: `history|remove`, `history|restore`, `history|erase`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationIdsParams {
    /// Their ids.
    pub ids: Vec<String>,
}

/// `history|pin`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationPinParams {
    /// Ids of the conversations.
    pub ids: Vec<String>,
    /// Whether they stand before those that are not pinned.
    pub pinned: bool,
}

/// `history|archive`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationArchiveParams {
    /// Ids of the conversations.
    pub ids: Vec<String>,
    /// Whether they are out of the list.
    pub archived: bool,
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

/// How a conversation is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Markdown.
    Markdown,
    /// One HTML page.
    Html,
    /// Plain text.
    Text,
    /// JSON Lines: all that is kept of it.
    Jsonl,
}

/// What becomes of the pictures of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ExportPictures {
    /// They stand in the file.
    Embed,
    /// They are files in a folder beside it.
    Files,
    /// They are only named.
    None,
}

/// `history|export`: writes conversations to a file that the person names in a dialog;
/// several that are no JSON Lines to a file each, in a folder. True when they were written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationExportParams {
    /// Ids of the conversations.
    pub ids: Vec<String>,
    /// How they are written.
    pub format: ExportFormat,
    /// What becomes of their pictures and videos.
    pub pictures: ExportPictures,
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
    /// What is typed in it and not sent.
    pub draft: String,
    /// Its questions that are being changed.
    pub edits: Vec<EditDraft>,
    /// Parameters of its next request.
    pub params: ChatParams,
    /// Name of the preset that it began with: placeholders of its prompt are filled in.
    pub preset: Option<String>,
    /// Provider that was last asked in it.
    pub provider: Option<String>,
    /// Model that was last asked for in it.
    pub model: Option<String>,
}

/// A question that is being changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EditDraft {
    /// Id of the question.
    pub message: String,
    /// What is typed in its place.
    pub text: String,
}

/// Answer of `history|last_open`: what was open, before a reload or a restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LastOpen {
    /// The conversation that was open; `None` for a new one, and where it is gone.
    pub conversation: Option<String>,
    /// What is typed in a new one and not sent.
    pub draft: String,
}

/// `history|keep_draft`: keeps what is typed and not sent. A send forgets it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftParams {
    /// The conversation it is typed in; a new one when `None`.
    pub conversation: Option<String>,
    /// The question that it is typed in place of, wherever that stands.
    pub message: Option<String>,
    /// The text; empty for none.
    pub text: String,
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
