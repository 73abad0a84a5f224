use protocol::{
    Answer, ChatParams, EditDraft, ErrorCode, IpcError, Link, MessageState, Millis, Picture, Role,
    Usage, Video,
};
use rusqlite::Row;

use stores::Part;

use crate::columns::{Named, known_of};

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMessage {
    /// Its id, a UUID of version 7.
    pub id: String,
    /// The conversation it belongs to.
    pub conversation: String,
    /// The message it follows.
    pub parent: Option<String>,
    /// Who wrote it.
    pub role: Role,
    /// How far it is.
    pub state: MessageState,
    /// What the person typed, or the answer's markdown.
    pub text: String,
    /// The reasoning's markdown.
    pub reasoning: String,
    /// What a person's message holds beside its text, in order.
    pub parts: Vec<Part>,
    /// Who answered; of every answer, also one that failed.
    pub answer: Option<Answer>,
    /// Why it failed.
    pub error: Option<IpcError>,
    /// When it was made.
    pub created_at: Millis,
    /// While it streams: the run of the app that writes it.
    pub run: Option<String>,
    /// The ids of all that stand in its place, it among them, oldest first; empty where
    /// it stands there alone.
    pub versions: Vec<String>,
}

/// A conversation, its newest branch.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredConversation {
    /// Its id, a UUID of version 7.
    pub id: String,
    /// Its title, the person's own or that of the first question.
    pub title: String,
    /// The last messages of the newest branch, oldest first.
    pub messages: Vec<StoredMessage>,
    /// There are messages before the first of these.
    pub earlier: bool,
    /// What is typed in it and not sent.
    pub draft: String,
    /// Its questions that are being changed.
    pub edits: Vec<EditDraft>,
    /// Parameters of its next request.
    pub params: ChatParams,
    /// Name of the preset that it began with.
    pub preset: Option<String>,
    /// Provider and model that were asked last.
    pub asked: Option<(String, String)>,
}

impl StoredMessage {
    /// Its pictures, those that were fetched from a link among them.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.parts.iter().filter_map(|part| match part {
            Part::Picture(picture)
            | Part::Link {
                picture: Some(picture),
                ..
            } => Some(picture),
            _ => None,
        })
    }

    /// Its videos.
    pub fn videos(&self) -> impl Iterator<Item = &Video> {
        self.parts.iter().filter_map(|part| match part {
            Part::Video(video) => Some(video),
            _ => None,
        })
    }

    /// Its links that nothing was fetched from.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.parts.iter().filter_map(|part| match part {
            Part::Link {
                link,
                picture: None,
            } => Some(link),
            _ => None,
        })
    }
}

/// What [`message`] reads, of a table or subquery `m`.
pub(crate) const MESSAGE: &str = "m.seq, m.run, m.id, m.conversation, m.parent, m.role, m.state, m.text, \
    m.reasoning, m.created_at, m.error, m.provider, m.provider_name, m.model, m.answered_by, \
    m.key_label, m.key_last4, m.finish_reason, m.prompt_tokens, m.completion_tokens, \
    m.total_tokens, m.reasoning_tokens, m.first_token_ms, m.reasoning_ms, m.total_ms, m.request_id, m.notes";

/// A message without what stands in other tables, and its row number.
pub(crate) fn message(row: &Row<'_>) -> rusqlite::Result<(i64, StoredMessage)> {
    let Named(role) = row.get("role")?;
    let Named(state) = row.get("state")?;
    let error: Option<String> = row.get("error")?;
    let message = StoredMessage {
        id: row.get("id")?,
        conversation: row.get("conversation")?,
        parent: row.get("parent")?,
        role,
        state,
        text: row.get("text")?,
        reasoning: row.get("reasoning")?,
        parts: Vec::new(),
        answer: if role == Role::Assistant {
            Some(answer(row)?)
        } else {
            None
        },
        error: error.map(|json| error_from(&json)),
        created_at: row.get("created_at")?,
        run: row.get("run")?,
        versions: Vec::new(),
    };
    Ok((row.get("seq")?, message))
}

fn answer(row: &Row<'_>) -> rusqlite::Result<Answer> {
    let usage = Usage {
        prompt_tokens: row.get("prompt_tokens")?,
        completion_tokens: row.get("completion_tokens")?,
        total_tokens: row.get("total_tokens")?,
        reasoning_tokens: row.get("reasoning_tokens")?,
    };
    let text =
        |name| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(name)?.unwrap_or_default());
    let notes: Option<String> = row.get("notes")?;
    Ok(Answer {
        provider: text("provider")?,
        provider_name: text("provider_name")?,
        model: text("model")?,
        answered_by: row.get("answered_by")?,
        key_label: row.get("key_label")?,
        key_last4: row.get("key_last4")?,
        finish_reason: row.get("finish_reason")?,
        usage: (usage != Usage::default()).then_some(usage),
        first_token_ms: row.get("first_token_ms")?,
        reasoning_ms: row.get("reasoning_ms")?,
        total_ms: row.get("total_ms")?,
        request_id: row.get("request_id")?,
        notes: notes.map(|json| known_of(&json)).unwrap_or_default(),
    })
}

/// An error that was kept; one with a code that is no longer known keeps its words.
fn error_from(json: &str) -> IpcError {
    serde_json::from_str(json).unwrap_or_else(|_| {
        let value: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
        let words = value.get("message").and_then(|words| words.as_str());
        IpcError::new(
            ErrorCode::Internal,
            words.unwrap_or("What went wrong can no longer be read."),
        )
    })
}
