//! Which branch of a conversation is shown.

use rusqlite::{Connection, OptionalExtension};

use crate::Error;
use crate::error::Inner;
use crate::place::Writer;

impl Writer<'_> {
    /// Makes the branch that is shown one that holds this message: the newest of those,
    /// where the one that is shown does not. Answers the message's conversation, and
    /// whether another branch is shown now.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn show_message(&self, message: &str) -> Result<(String, bool), Error> {
        self.with(|connection| {
            let conversation: String = connection
                .prepare_cached("SELECT conversation FROM message WHERE id = ?")?
                .query_row([message], |row| row.get(0))
                .optional()?
                .ok_or_else(|| Error::not_found("message", message))?;
            let changes = !is_shown(connection, &conversation, message)?;
            if changes {
                let leaf = newest_leaf(connection, message)?;
                connection.execute(
                    "UPDATE conversation SET head = ?2 WHERE id = ?1",
                    [&conversation, &leaf],
                )?;
            }
            Ok((conversation, changes))
        })
    }
}

fn is_shown(connection: &Connection, conversation: &str, message: &str) -> rusqlite::Result<bool> {
    // A parent is always older: a broken tree cannot go round.
    connection
        .prepare_cached(
            "WITH RECURSIVE up (seq, id, parent) AS (
                SELECT m.seq, m.id, m.parent FROM conversation c JOIN message m ON m.id = c.head
                WHERE c.id = ?
                UNION ALL
                SELECT p.seq, p.id, p.parent FROM up
                JOIN message p ON p.id = up.parent AND p.seq < up.seq
             )
             SELECT 1 FROM up WHERE id = ?",
        )?
        .exists([conversation, message])
}

fn newest_leaf(connection: &Connection, message: &str) -> Result<String, Inner> {
    let mut child = connection.prepare_cached(
        "SELECT c.id FROM message m JOIN message c ON c.parent = m.id AND c.seq > m.seq
         WHERE m.id = ? ORDER BY c.seq DESC LIMIT 1",
    )?;
    let mut leaf = message.to_owned();
    while let Some(next) = child.query_row([&leaf], |row| row.get(0)).optional()? {
        leaf = next;
    }
    Ok(leaf)
}
