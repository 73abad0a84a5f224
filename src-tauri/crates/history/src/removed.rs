//! Messages that are removed with all that follows them: brought back for a while, then
//! forgotten for good.

use std::ops::Range;

use protocol::Millis;
use rusqlite::{Connection, OptionalExtension, params};

use crate::basics::now;
use crate::branches::thumbnail;
use crate::error::Inner;
use crate::hold::let_go;
use crate::place::{Reader, Writer};
use crate::read::{find, found};
use crate::{Error, StoredMessage, copies, shown, versions};

/// So long a removed message can be brought back, in milliseconds.
const KEPT: Millis = 60_000;

/// All that follows a message, it included, whatever is shown of it.
const UNDER: &str = "WITH RECURSIVE under (seq, id) AS (
        SELECT seq, id FROM message WHERE id = ?1
        UNION ALL
        SELECT c.seq, c.id FROM under JOIN message c ON c.parent = under.id AND c.seq > under.seq
    )";

impl Writer<'_> {
    /// Removes a message with all that follows it. Answers what is shown in its place,
    /// from there on: another version, or nothing. For a minute it can be brought back;
    /// then [`tending`](crate::History::tend) forgets it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn remove_message(&self, message: &str) -> Result<Vec<StoredMessage>, Error> {
        self.with(|connection| {
            let gone = find(connection, self.place, message)?;
            let shown = is_shown(connection, &gone)?;
            let next = next_version(connection, &gone)?;
            let changed = connection
                .prepare_cached(
                    "UPDATE message SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL",
                )?
                .execute(params![message, now()])?;
            found(changed, "message", message)?;
            if shown {
                match &next {
                    Some(next) => shown::show(connection, &find(connection, self.place, next)?)?,
                    None => {
                        let parent = gone.parent.as_deref();
                        shown::set_head(connection, &gone.conversation, parent)?;
                    }
                }
            }
            match next {
                Some(next) => shown::follow(connection, self.place, &next),
                None => Ok(Vec::new()),
            }
        })
    }

    /// Brings a removed message back, with all that followed it, and shows it. Answers
    /// the messages from it on.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is forgotten, [`Error::Storage`].
    pub fn restore_message(&self, message: &str) -> Result<Vec<StoredMessage>, Error> {
        self.with(|connection| {
            let changed = connection
                .prepare_cached("UPDATE message SET removed_at = NULL WHERE id = ?")?
                .execute([message])?;
            found(changed, "message", message)?;
            shown::show(connection, &find(connection, self.place, message)?)?;
            shown::follow(connection, self.place, message)
        })
    }

    /// Forgets a removed message and all that followed it, with the pictures and videos
    /// that nothing else holds. Nothing is done to one that was brought back.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) fn forget(&self, message: &str) -> Result<(), Error> {
        let has_copies = !copies::all(&self.place.path).is_empty();
        self.with(|connection| {
            let conversation: Option<String> = connection
                .prepare_cached(
                    "SELECT conversation FROM message WHERE id = ? AND removed_at IS NOT NULL",
                )?
                .query_row([message], |row| row.get(0))
                .optional()?;
            let Some(conversation) = conversation else {
                return Ok(());
            };
            let held = held(connection, message)?;
            if has_copies {
                let sql =
                    format!("{UNDER} INSERT OR IGNORE INTO gone SELECT 'message', id FROM under");
                connection.prepare_cached(&sql)?.execute([message])?;
            }
            let sql = format!("{UNDER} DELETE FROM message WHERE seq IN (SELECT seq FROM under)");
            connection.prepare_cached(&sql)?.execute([message])?;
            thumbnail(connection, &conversation)?;
            // The title was made of what is gone.
            connection
                .prepare_cached(
                    "UPDATE conversation SET title = '' WHERE id = ?1
                     AND NOT EXISTS (SELECT 1 FROM message WHERE conversation = ?1)",
                )?
                .execute([&conversation])?;
            Ok(let_go(connection, held.iter().map(String::as_str))?)
        })
    }
}

impl Reader<'_> {
    /// Removed messages that cannot be brought back any more.
    pub(crate) fn past_return(&self) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            // One of the future was removed before the clock went back.
            let Range { start, end } = now() - KEPT..now() + KEPT;
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM message
                     WHERE removed_at IS NOT NULL AND removed_at NOT BETWEEN ? AND ?",
                )?
                .query_map([start, end], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }
}

/// Hashes of what a message and all that follows it hold.
fn held(connection: &Connection, message: &str) -> rusqlite::Result<Vec<String>> {
    let sql = format!(
        "{UNDER}, held AS (SELECT part.* FROM under JOIN part ON part.message = under.id)
         SELECT picture FROM held WHERE picture IS NOT NULL
         UNION SELECT video FROM held WHERE video IS NOT NULL
         UNION SELECT master FROM held WHERE master IS NOT NULL"
    );
    connection
        .prepare_cached(&sql)?
        .query_map([message], |row| row.get(0))?
        .collect()
}

/// Are there messages that were removed and can be brought back?
pub(crate) fn are_removed(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM message WHERE removed_at IS NOT NULL LIMIT 1")?
        .exists([])
}

/// Was it removed, or something that it follows, or its conversation?
pub(crate) fn is_removed(connection: &Connection, message: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "WITH RECURSIVE up (seq, parent, removed_at) AS (
                SELECT seq, parent, removed_at FROM message WHERE id = ?1
                UNION ALL
                SELECT p.seq, p.parent, p.removed_at FROM up
                JOIN message p ON p.id = up.parent AND p.seq < up.seq
             )
             SELECT 1 FROM up WHERE removed_at IS NOT NULL
             UNION ALL
             SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation
             WHERE m.id = ?1 AND c.removed_at IS NOT NULL",
        )?
        .exists([message])
}

/// Is it on the branch that its conversation shows?
pub(crate) fn is_shown(connection: &Connection, message: &StoredMessage) -> rusqlite::Result<bool> {
    let sql = format!(
        "{UNDER} SELECT 1 FROM under JOIN conversation c ON c.head = under.id WHERE c.id = ?2"
    );
    connection
        .prepare_cached(&sql)?
        .exists([&message.id, &message.conversation])
}

/// What is shown where a message goes: the version before it, else that after it.
fn next_version(connection: &Connection, gone: &StoredMessage) -> Result<Option<String>, Inner> {
    let all = versions::of(connection, gone)?;
    let at = all.iter().position(|id| *id == gone.id).unwrap_or_default();
    let next = if at > 0 { at - 1 } else { at + 1 };
    Ok(all.into_iter().nth(next))
}
