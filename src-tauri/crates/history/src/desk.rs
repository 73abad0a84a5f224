//! What lies on the person's desk: the conversation that is open, what is typed and not
//! sent, and which conversations have an answer that nobody saw.

use protocol::EditDraft;
use rusqlite::{OptionalExtension, params};

use crate::Error;
use crate::place::{Reader, Writer};
use crate::read::found;

impl Reader<'_> {
    /// The conversation that was open; `None` for a new one, and where it is gone.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn open_conversation(&self) -> Result<Option<String>, Error> {
        self.with(|connection| {
            let open = connection
                .prepare_cached(
                    "SELECT c.id FROM desk JOIN conversation c ON c.id = desk.conversation
                     WHERE c.removed_at IS NULL",
                )?
                .query_row([], |row| row.get(0));
            Ok(open.optional()?.flatten())
        })
    }

    /// What is typed in a conversation, or in a new one, and not sent.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn draft(&self, conversation: Option<&str>) -> Result<String, Error> {
        self.with(|connection| {
            let text = connection
                .prepare_cached("SELECT text FROM draft WHERE conversation IS ?")?
                .query_row([conversation], |row| row.get(0));
            Ok(text.optional()?.unwrap_or_default())
        })
    }
}

impl Reader<'_> {
    /// The questions of a conversation that are being changed, and what is typed.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn edits(&self, conversation: &str) -> Result<Vec<EditDraft>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT e.message, e.text FROM edit e JOIN message m ON m.id = e.message
                     WHERE m.conversation = ? ORDER BY m.seq",
                )?
                .query_map([conversation], |row| {
                    Ok(EditDraft {
                        message: row.get(0)?,
                        text: row.get(1)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
    }
}

impl Writer<'_> {
    /// Keeps what is typed in place of a question; nothing is kept of an empty text, and of
    /// a question that is gone.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keep_edit(&self, message: &str, text: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute("DELETE FROM edit WHERE message = ?", [message])?;
            if !text.is_empty() {
                connection.execute(
                    "INSERT INTO edit (message, text) SELECT id, ?2 FROM message WHERE id = ?1",
                    params![message, text],
                )?;
            }
            Ok(())
        })
    }

    /// Notes which conversation is open; `None` for a new one. Its answers are seen;
    /// true where one was not.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn set_open(&self, conversation: Option<&str>) -> Result<bool, Error> {
        self.with(|connection| {
            let unread = match conversation {
                None => false,
                Some(id) => {
                    let sql = "SELECT unread FROM conversation WHERE id = ? AND removed_at IS NULL";
                    let mut found = connection.prepare_cached(sql)?;
                    let unread = found.query_row([id], |row| row.get(0)).optional()?;
                    unread.ok_or_else(|| Error::not_found("conversation", id))?
                }
            };
            connection.execute("UPDATE desk SET conversation = ?", [conversation])?;
            connection.execute(
                "UPDATE conversation SET unread = 0 WHERE id IS ? AND unread",
                [conversation],
            )?;
            Ok(unread)
        })
    }

    /// Notes that an answer ended in a conversation that is not open.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn mark_unread(&self, conversation: &str) -> Result<(), Error> {
        self.with(|connection| {
            let changed = connection.execute(
                "UPDATE conversation SET unread = 1 WHERE id = ?",
                [conversation],
            )?;
            found(changed, "conversation", conversation)
        })
    }

    /// Keeps what is typed in a conversation, or in a new one; nothing is kept of an
    /// empty text, and of a conversation that is gone.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keep_draft(&self, conversation: Option<&str>, text: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute("DELETE FROM draft WHERE conversation IS ?", [conversation])?;
            if !text.is_empty() {
                connection.execute(
                    "INSERT INTO draft (conversation, text) SELECT ?1, ?2
                     WHERE ?1 IS NULL OR EXISTS (SELECT 1 FROM conversation WHERE id = ?1)",
                    params![conversation, text],
                )?;
            }
            Ok(())
        })
    }
}
