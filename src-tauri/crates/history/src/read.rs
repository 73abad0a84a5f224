//! A conversation and its messages, read a page at a time.

use protocol::{MessageState, Role};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Inner;
use crate::place::{Place, Reader};
use crate::rows::{self, MESSAGE};
use crate::{Error, StoredConversation, StoredMessage, parts, pieces, versions};

/// A page of messages, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Messages {
    /// The messages.
    pub messages: Vec<StoredMessage>,
    /// There are messages before the first of these.
    pub earlier: bool,
}

impl Reader<'_> {
    /// A conversation with the last messages of its newest branch, at most `limit`.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for one in the bin; [`Error::Storage`].
    pub fn conversation(&self, id: &str, limit: usize) -> Result<StoredConversation, Error> {
        self.with(|connection| {
            type Row = (String, Option<String>, Option<String>, Option<String>);
            let (title, head, params, preset): Row = connection
                .prepare_cached(
                    "SELECT coalesce(own_title, title), head, params, preset FROM conversation
                     WHERE id = ? AND removed_at IS NULL",
                )?
                .query_row([id], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()?
                .ok_or_else(|| Error::not_found("conversation", id))?;
            let Messages { messages, earlier } = match head {
                Some(head) => page(connection, self.place, &head, limit)?,
                None => Messages {
                    messages: Vec::new(),
                    earlier: false,
                },
            };
            Ok(StoredConversation {
                id: id.to_owned(),
                title,
                draft: self.draft(Some(id)).unwrap_or_default(),
                edits: self.edits(id).unwrap_or_default(),
                asked: asked_last(connection, id)?,
                messages,
                earlier,
                preset,
                // What a newer version wrote and this one cannot read is not used.
                params: params
                    .and_then(|json| serde_json::from_str(&json).ok())
                    .unwrap_or_default(),
            })
        })
    }

    /// The messages of the newest branch of a conversation, all of them.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn branch(&self, conversation: &str) -> Result<Vec<StoredMessage>, Error> {
        Ok(self.conversation(conversation, usize::MAX)?.messages)
    }

    /// The messages before this one on its branch, the last of them, at most `limit`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn earlier(&self, message: &str, limit: usize) -> Result<Messages, Error> {
        let parent = self.message(message)?.parent;
        self.with(|connection| match parent {
            Some(parent) => page(connection, self.place, &parent, limit),
            None => Ok(Messages {
                messages: Vec::new(),
                earlier: false,
            }),
        })
    }

    /// The messages from the conversation's first to this one, it included.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn path_to(&self, message: &str) -> Result<Vec<StoredMessage>, Error> {
        self.with(|connection| {
            let path = page(connection, self.place, message, usize::MAX)?;
            if path.messages.is_empty() {
                return Err(Error::not_found("message", message).into());
            }
            Ok(path.messages)
        })
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn message(&self, id: &str) -> Result<StoredMessage, Error> {
        self.with(|connection| find(connection, self.place, id))
    }

    /// What a person typed, or an answer's markdown as far as it is kept.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn source(&self, message: &str) -> Result<String, Error> {
        self.with(|connection| {
            let (seq, state, mut text): (i64, String, String) = connection
                .prepare_cached("SELECT seq, state, text FROM message WHERE id = ?")?
                .query_row([message], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?
                .ok_or_else(|| Error::not_found("message", message))?;
            if state == "streaming" {
                pieces::join(connection, seq, &mut text, &mut String::new())?;
            }
            Ok(text)
        })
    }
}

/// One more than asked for tells whether there are more.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX)
}

pub(crate) fn found(changed: usize, what: &'static str, id: &str) -> Result<(), Inner> {
    if changed == 0 {
        return Err(Error::not_found(what, id).into());
    }
    Ok(())
}

/// Provider and model of the newest answer of a conversation.
fn asked_last(
    connection: &Connection,
    conversation: &str,
) -> rusqlite::Result<Option<(String, String)>> {
    connection
        .prepare_cached(
            "SELECT provider, model FROM message
             WHERE conversation = ? AND provider IS NOT NULL AND model IS NOT NULL
             ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([conversation], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// One message, with its parts.
pub(crate) fn find(
    connection: &Connection,
    place: &Place,
    id: &str,
) -> Result<StoredMessage, Inner> {
    let sql = format!("SELECT {MESSAGE} FROM message m WHERE m.id = ?");
    let (seq, mut message) = connection
        .prepare_cached(&sql)?
        .query_row([id], rows::message)
        .optional()?
        .ok_or_else(|| Error::not_found("message", id))?;
    complete(connection, place, seq, &mut message)?;
    Ok(message)
}

/// The last messages of the path from the first to this one; empty when it is not
/// there.
fn page(
    connection: &Connection,
    place: &Place,
    leaf: &str,
    limit: usize,
) -> Result<Messages, Inner> {
    // A parent is always older: `seq` falls, so a broken tree cannot go round.
    let sql = format!(
        "WITH RECURSIVE up (seq, parent) AS (
            SELECT seq, parent FROM message WHERE id = ?
            UNION ALL
            SELECT p.seq, p.parent FROM up JOIN message p ON p.id = up.parent AND p.seq < up.seq
            LIMIT ?
         )
         SELECT {MESSAGE} FROM up JOIN message m ON m.seq = up.seq ORDER BY m.seq"
    );
    let mut found: Vec<(i64, StoredMessage)> = connection
        .prepare_cached(&sql)?
        .query_map(params![leaf, one_more(limit)], rows::message)?
        .collect::<Result<_, _>>()?;
    let earlier = found.len() > limit;
    let skipped = found.len().saturating_sub(limit);
    found.drain(..skipped);
    let messages = complete_all(connection, place, found)?;
    Ok(Messages { messages, earlier })
}

/// Adds to each what stands in other tables.
pub(crate) fn complete_all(
    connection: &Connection,
    place: &Place,
    found: Vec<(i64, StoredMessage)>,
) -> Result<Vec<StoredMessage>, Inner> {
    let mut messages = Vec::with_capacity(found.len());
    for (seq, mut message) in found {
        complete(connection, place, seq, &mut message)?;
        messages.push(message);
    }
    Ok(messages)
}

/// Adds what stands in other tables.
fn complete(
    connection: &Connection,
    place: &Place,
    seq: i64,
    message: &mut StoredMessage,
) -> Result<(), Inner> {
    fill(connection, place, seq, message)?;
    message.versions = versions::of(connection, message)?;
    Ok(())
}

/// Adds what a message holds in other tables. An answer of a run that has ended is
/// interrupted, whether or not that was written down yet.
pub(crate) fn fill(
    connection: &Connection,
    place: &Place,
    seq: i64,
    message: &mut StoredMessage,
) -> Result<(), Inner> {
    if message.role != Role::System {
        message.parts = parts::of(connection, &message.id)?;
    }
    if message.state == MessageState::Streaming {
        pieces::join(connection, seq, &mut message.text, &mut message.reasoning)?;
        let run = message.run.as_deref();
        if !run.is_some_and(|run| place.runs.is_alive(run)) {
            message.state = MessageState::Interrupted;
        }
    }
    Ok(())
}
