use protocol::{ConversationSummary, Role};
use rusqlite::{Connection, OptionalExtension};

use crate::error::Inner;
use crate::pictures::sweep;
use crate::rows::{self, MESSAGE, pictures_of};
use crate::{Error, History, StoredConversation, StoredMessage};

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
                         WHERE m.conversation = c.id AND part.kind = 'picture'
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
            let (title, head): (String, Option<String>) = state
                .connection
                .prepare_cached(
                    "SELECT coalesce(own_title, title), head FROM conversation WHERE id = ?",
                )?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?
                .ok_or_else(|| Error::not_found("conversation", id))?;
            let messages = match head {
                Some(head) => path(&state.connection, &head)?,
                None => Vec::new(),
            };
            Ok(StoredConversation {
                id: id.to_owned(),
                title,
                messages,
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

    /// Removes a conversation, all its branches, and the pictures that nothing
    /// else holds.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            let pictures: Vec<String> = transaction
                .prepare_cached(
                    "SELECT DISTINCT part.picture FROM message m JOIN part ON part.message = m.id
                     WHERE m.conversation = ? AND part.picture IS NOT NULL",
                )?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let changed = transaction.execute("DELETE FROM conversation WHERE id = ?", [id])?;
            found(changed, "conversation", id)?;
            transaction.commit()?;
            sweep(state, &pictures)
        })
    }
}

pub(crate) fn found(changed: usize, what: &'static str, id: &str) -> Result<(), Inner> {
    if changed == 0 {
        return Err(Error::not_found(what, id).into());
    }
    Ok(())
}

/// One message, with its pictures.
pub(crate) fn find(connection: &Connection, id: &str) -> Result<StoredMessage, Inner> {
    let sql = format!("SELECT {MESSAGE} FROM message m WHERE m.id = ?");
    let mut message = connection
        .prepare_cached(&sql)?
        .query_row([id], rows::message)
        .optional()?
        .ok_or_else(|| Error::not_found("message", id))?;
    add_pictures(connection, &mut message)?;
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
        add_pictures(connection, message)?;
    }
    Ok(messages)
}

fn add_pictures(connection: &Connection, message: &mut StoredMessage) -> Result<(), Inner> {
    if message.role == Role::User {
        message.pictures = pictures_of(connection, &message.id)?;
    }
    Ok(())
}
