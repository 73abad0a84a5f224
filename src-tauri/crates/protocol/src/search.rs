use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Millis, Role};

/// `history|search`: messages and titles that hold what is typed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchParams {
    /// As it was typed; any text is a query.
    pub query: String,
    /// Where the page before ended; the first page when `None`.
    pub after: Option<SearchPlace>,
    /// How far the person's clock is ahead of UTC, in minutes: days begin by it.
    pub utc_offset: i32,
}

/// Where a page of a search ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchPlace {
    /// Messages of smaller numbers are left.
    #[ts(type = "number")]
    pub message: i64,
    /// Titles of smaller numbers are left.
    #[ts(type = "number")]
    pub title: i64,
}

/// Answer of `history|search`: at most 50 hits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchAnswer {
    /// By conversation, that of the newest hit first.
    pub groups: Vec<SearchGroup>,
    /// Where the next page begins; `None` where there is none.
    pub next: Option<SearchPlace>,
    /// What of the query was not understood, or left out.
    pub notes: Vec<SearchNote>,
    /// Messages and titles that are not in the index yet.
    pub waiting: u32,
    /// Another search came before this one was answered: nothing was found out.
    pub overtaken: bool,
}

/// What was found in one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchGroup {
    /// Id of the conversation.
    pub conversation: String,
    /// Its title.
    pub title: Marked,
    /// Hash of its first picture.
    pub thumbnail: Option<String>,
    /// When a message last came.
    #[ts(type = "number")]
    pub updated_at: Millis,
    /// It is archived.
    pub archived: bool,
    /// The title is a hit itself.
    pub titled: bool,
    /// Newest first.
    pub hits: Vec<SearchHit>,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// Its id.
    pub message: String,
    /// Who wrote it.
    pub role: Role,
    /// When.
    #[ts(type = "number")]
    pub created_at: Millis,
    /// The model that answered.
    pub model: Option<String>,
    /// A piece of its text, as one line.
    pub text: Marked,
    /// Names of its attachments, where something was found in them.
    pub names: Option<Marked>,
}

/// A text with marks on what was found in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Marked {
    /// The text.
    pub text: String,
    /// In order, none over another.
    pub marks: Vec<TextRange>,
}

/// A range of a text, in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextRange {
    /// Where it begins.
    pub start: u32,
    /// Where it has ended.
    pub end: u32,
}

/// What of a query was not understood, or left out; the rest was searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SearchNote {
    /// `before:` or `after:` with what is no date.
    BadDate {
        /// `before` or `after`.
        filter: String,
        /// What stands behind it.
        value: String,
    },
    /// `has:` with what messages do not have.
    UnknownHas {
        /// What stands behind it.
        value: String,
    },
    /// More words than are looked for.
    TooLong {
        /// So many are.
        words: u32,
    },
}

/// `history|find`: where a text stands in a conversation, as it is shown.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindParams {
    /// Id of the conversation.
    pub conversation: String,
    /// What is looked for: any part of a text.
    pub text: String,
}

/// Answer of `history|find`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindAnswer {
    /// Messages of the branch that is shown which hold it, oldest first.
    pub found: Vec<FoundIn>,
}

/// A message that holds what was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundIn {
    /// Its id.
    pub message: String,
    /// How many times.
    pub count: u32,
}

/// Answer of `history|show_message`: where a message is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownMessage {
    /// Id of its conversation, whose branch now is one that holds it.
    pub conversation: String,
    /// Another branch was shown before.
    pub changed: bool,
}
