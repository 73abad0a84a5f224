use protocol::{ChatParams, ConversationSummary, Role};
use rusqlite::{Connection, OptionalExtension};

use crate::error::Inner;
use crate::pictures::sweep;
use crate::rows::{self, MESSAGE, json};
use crate::{Error, History, StoredConversation, StoredMessage, parts};

impl History {
    /// Every conversation, the one with the newest message first. `answering`
    /// is false here: who answers knows.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn conversations(&self) -> Result<Vec<ConversationSummary>, Error> {
        self.with(|state| {
            let list = state
                .connection
                .prepare_cached(
                    "SELECT c.id, coalesce(c.own_title, c.title) AS title, c.updated_at,
                        (SELECT part.picture FROM message m JOIN part ON part.message = m.id
                         WHERE m.conversation = c.id AND part.picture IS NOT NULL
                         ORDER BY m.seq, part.position LIMIT 1) AS thumbnail
                     FROM conversation c ORDER BY c.updated_at DESC, c.id DESC",
                )?
                .query_map([], |row| {
                    Ok(ConversationSummary {
                        id: row.get("id")?,
                        title: row.get("title")?,
                        updated_at: row.get("updated_at")?,
                        thumbnail: row.get("thumbnail")?,
                        answering: false,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(list)
        })
    }

    /// A conversation with the messages of its newest branch.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn conversation(&self, id: &str) -> Result<StoredConversation, Error> {
        self.with(|state| {
            let (title, head, params): (String, Option<String>, Option<String>) = state
                .connection
                .prepare_cached(
                    "SELECT coalesce(own_title, title), head, params FROM conversation
                     WHERE id = ?",
                )?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?
                .ok_or_else(|| Error::not_found("conversation", id))?;
            let messages = match head {
                Some(head) => path(&state.connection, &head)?,
                None => Vec::new(),
            };
            Ok(StoredConversation {
                id: id.to_owned(),
                title,
                asked: asked_last(&state.connection, id)?,
                messages,
                // What a newer version wrote and this one cannot read is not used.
                params: params
                    .and_then(|json| serde_json::from_str(&json).ok())
                    .unwrap_or_default(),
            })
        })
    }

    /// The messages from the conversation's first to this one, it included.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn path_to(&self, message: &str) -> Result<Vec<StoredMessage>, Error> {
        self.with(|state| {
            let messages = path(&state.connection, message)?;
            if messages.is_empty() {
                return Err(Error::not_found("message", message).into());
            }
            Ok(messages)
        })
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn message(&self, id: &str) -> Result<StoredMessage, Error> {
        self.with(|state| find(&state.connection, id))
    }

    /// Gives a conversation a title of the person's own; an empty one takes the
    /// first question's again.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn rename(&self, id: &str, own: &str) -> Result<(), Error> {
        self.with(|state| {
            let own = own.split_whitespace().collect::<Vec<_>>().join(" ");
            let changed = state.connection.execute(
                "UPDATE conversation SET own_title = nullif(?2, '') WHERE id = ?1",
                [id, &own],
            )?;
            found(changed, "conversation", id)
        })
    }

    /// Keeps the parameters of a conversation's next request.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn set_params(&self, id: &str, params: &ChatParams) -> Result<(), Error> {
        self.with(|state| {
            let changed = state.connection.execute(
                "UPDATE conversation SET params = ?2 WHERE id = ?1",
                [id, &json(params)?],
            )?;
            found(changed, "conversation", id)
        })
    }

    /// Removes a conversation, all its branches, and the pictures and videos that
    /// nothing else holds.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            let held: Vec<String> = transaction
                .prepare_cached(
                    "WITH held AS (
                        SELECT part.* FROM message m JOIN part ON part.message = m.id
                        WHERE m.conversation = ?
                     )
                     SELECT picture FROM held WHERE picture IS NOT NULL
                     UNION SELECT video FROM held WHERE video IS NOT NULL
                     UNION SELECT master FROM held WHERE master IS NOT NULL",
                )?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let changed = transaction.execute("DELETE FROM conversation WHERE id = ?", [id])?;
            found(changed, "conversation", id)?;
            transaction.commit()?;
            sweep(state, &held)
        })
    }
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
pub(crate) fn find(connection: &Connection, id: &str) -> Result<StoredMessage, Inner> {
    let sql = format!("SELECT {MESSAGE} FROM message m WHERE m.id = ?");
    let mut message = connection
        .prepare_cached(&sql)?
        .query_row([id], rows::message)
        .optional()?
        .ok_or_else(|| Error::not_found("message", id))?;
    add_parts(connection, &mut message)?;
    Ok(message)
}

/// From the first message to this one; empty when it is not there.
fn path(connection: &Connection, leaf: &str) -> Result<Vec<StoredMessage>, Inner> {
    // A parent is always older: `seq` falls, so a broken tree cannot go round.
    let sql = format!(
        "WITH RECURSIVE up (seq, parent) AS (
            SELECT seq, parent FROM message WHERE id = ?
            UNION ALL
            SELECT p.seq, p.parent FROM up JOIN message p ON p.id = up.parent AND p.seq < up.seq
         )
         SELECT {MESSAGE} FROM up JOIN message m ON m.seq = up.seq ORDER BY m.seq"
    );
    let mut messages: Vec<StoredMessage> = connection
        .prepare_cached(&sql)?
        .query_map([leaf], rows::message)?
        .collect::<Result<_, _>>()?;
    for message in &mut messages {
        add_parts(connection, message)?;
    }
    Ok(messages)
}

fn add_parts(connection: &Connection, message: &mut StoredMessage) -> Result<(), Inner> {
    if message.role == Role::User {
        message.parts = parts::of(connection, &message.id)?;
    }
    Ok(())
}
