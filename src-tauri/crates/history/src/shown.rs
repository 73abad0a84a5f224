//! Which of several versions is shown, and what of a conversation by that.

use rusqlite::{Connection, params};

use crate::error::Inner;
use crate::place::{Place, Writer};
use crate::read::{complete_all, find};
use crate::rows::{self, MESSAGE};
use crate::{Error, StoredMessage};

/// From a message to the one that is shown last under it. A child is always newer than
/// its parent, so a broken tree cannot go round.
const DOWN: &str = "WITH RECURSIVE down (seq, id) AS (
        SELECT seq, id FROM message WHERE id = ?1
        UNION ALL
        SELECT c.seq, c.id FROM down JOIN message p ON p.seq = down.seq JOIN message c
        ON c.seq > p.seq AND c.seq = coalesce(
            (SELECT s.seq FROM message s
             WHERE s.seq = p.shown AND s.parent = p.id AND s.removed_at IS NULL),
            (SELECT max(s.seq) FROM message s WHERE s.parent = p.id AND s.removed_at IS NULL)
        )
    )";

impl Writer<'_> {
    /// Shows the branch that this message is on, as it was last shown. Answers its
    /// messages from this one on.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn show(&self, message: &str) -> Result<Vec<StoredMessage>, Error> {
        self.with(|connection| {
            let found = find(connection, self.place, message)?;
            show(connection, &found)?;
            follow(connection, self.place, message)
        })
    }
}

/// Shows the branch that this message is on.
pub(crate) fn show(connection: &Connection, message: &StoredMessage) -> Result<(), Inner> {
    // What is shown now is found again.
    mark(connection, &message.conversation)?;
    let leaf: String = connection
        .prepare_cached(&format!(
            "{DOWN} SELECT id FROM down ORDER BY seq DESC LIMIT 1"
        ))?
        .query_row([&message.id], |row| row.get(0))?;
    set_head(connection, &message.conversation, Some(&leaf))
}

/// Makes this the last message that a conversation shows.
pub(crate) fn set_head(
    connection: &Connection,
    conversation: &str,
    leaf: Option<&str>,
) -> Result<(), Inner> {
    connection
        .prepare_cached("UPDATE conversation SET head = ?2 WHERE id = ?1")?
        .execute(params![conversation, leaf])?;
    mark(connection, conversation)
}

/// Remembers what a conversation shows, in each message that something follows.
pub(crate) fn mark(connection: &Connection, conversation: &str) -> Result<(), Inner> {
    connection
        .prepare_cached(
            "WITH RECURSIVE up (seq, parent) AS (
                SELECT m.seq, m.parent FROM conversation c JOIN message m ON m.id = c.head
                WHERE c.id = ?
                UNION ALL
                SELECT p.seq, p.parent FROM up JOIN message p
                ON p.id = up.parent AND p.seq < up.seq
             )
             UPDATE message SET shown = up.seq FROM up
             WHERE message.id = up.parent AND message.shown IS NOT up.seq",
        )?
        .execute([conversation])?;
    Ok(())
}

/// The messages from this one on, as they are shown.
pub(crate) fn follow(
    connection: &Connection,
    place: &Place,
    message: &str,
) -> Result<Vec<StoredMessage>, Inner> {
    let sql = format!(
        "{DOWN} SELECT {MESSAGE} FROM down JOIN message m ON m.seq = down.seq ORDER BY m.seq"
    );
    let found = connection
        .prepare_cached(&sql)?
        .query_map([message], rows::message)?
        .collect::<Result<Vec<_>, _>>()?;
    complete_all(connection, place, found)
}
