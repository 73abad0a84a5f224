//! Conversations that are pinned, archived, or removed: into the bin, from where they can
//! be brought back for thirty days, then for good.

use protocol::Millis;
use rusqlite::{Connection, params};

use crate::basics::now;
use crate::error::Inner;
use crate::hold::let_go;
use crate::place::{Reader, Writer};
use crate::{Error, read};

/// So long a removed conversation can be brought back, in milliseconds.
const KEPT: Millis = 30 * 86_400_000;

impl Writer<'_> {
    /// Removes conversations into the bin. Those that are there no more are left out;
    /// answers the others.
    ///
    /// # Errors
    /// [`Error::NotFound`] where none is there, [`Error::Storage`].
    pub fn remove(&self, ids: &[String]) -> Result<Vec<String>, Error> {
        self.mark("removed_at", true, ids)
    }

    /// Brings conversations back from the bin, to where they were.
    ///
    /// # Errors
    /// As [`remove`](Writer::remove).
    pub fn restore(&self, ids: &[String]) -> Result<Vec<String>, Error> {
        self.mark("removed_at", false, ids)
    }

    /// Pins conversations, or lets them stand among the others.
    ///
    /// # Errors
    /// As [`remove`](Writer::remove).
    pub fn pin(&self, ids: &[String], pinned: bool) -> Result<Vec<String>, Error> {
        self.mark("pinned_at", pinned, ids)
    }

    /// Takes conversations out of the list, or back into it.
    ///
    /// # Errors
    /// As [`remove`](Writer::remove).
    pub fn archive(&self, ids: &[String], archived: bool) -> Result<Vec<String>, Error> {
        self.mark("archived_at", archived, ids)
    }

    fn mark(&self, column: &str, on: bool, ids: &[String]) -> Result<Vec<String>, Error> {
        let from_bin = column == "removed_at" && !on;
        let there = if from_bin {
            "TRUE"
        } else {
            "removed_at IS NULL"
        };
        self.with(|connection| {
            let mut change = connection.prepare_cached(&format!(
                "UPDATE conversation SET {column} = ?2 WHERE id = ?1 AND {there}"
            ))?;
            let at = on.then(now);
            let mut changed = Vec::new();
            for id in ids {
                if change.execute(params![id, at])? > 0 {
                    changed.push(id.clone());
                }
            }
            let id = ids.first().map(String::as_str).unwrap_or_default();
            read::found(changed.len(), "conversation", id)?;
            Ok(changed)
        })
    }

    /// Removes a conversation of the bin for good, all its branches, and the pictures and
    /// videos that nothing else holds. Its rows are gone with this; what lies elsewhere
    /// (files, copies, `-wal`) is removed by [`tending`](crate::History::tend).
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not in the bin, [`Error::Storage`].
    pub fn erase(&self, id: &str) -> Result<(), Error> {
        self.with(|connection| {
            let held = held(connection, id)?;
            let changed = connection.execute(
                "DELETE FROM conversation WHERE id = ? AND removed_at IS NOT NULL",
                [id],
            )?;
            read::found(changed, "conversation", id)?;
            connection.execute(
                "INSERT OR IGNORE INTO gone VALUES ('conversation', ?)",
                params![id],
            )?;
            Ok(let_go(connection, held.iter().map(String::as_str))?)
        })
    }

    /// Removes a conversation for good whose time in the bin is over. One that a clock
    /// that was ahead removed is in the bin from now on.
    pub(crate) fn erase_late(&self, id: &str) -> Result<(), Error> {
        let ahead = self.with(|connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE conversation SET removed_at = ?2 WHERE id = ?1 AND removed_at > ?2",
                )?
                .execute(params![id, now()])?;
            Ok(changed > 0)
        })?;
        if ahead {
            return Ok(());
        }
        match self.erase(id) {
            // It was brought back meanwhile.
            Err(Error::NotFound { .. }) => Ok(()),
            erased => erased,
        }
    }
}

impl Reader<'_> {
    /// What is in the bin.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn in_bin(&self) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached("SELECT id FROM conversation WHERE removed_at IS NOT NULL")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }

    /// What is in the bin and should not be any more, or be from a later time.
    pub(crate) fn late_in_bin(&self) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            let now = now();
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM conversation
                     WHERE removed_at IS NOT NULL AND removed_at NOT BETWEEN ? AND ?",
                )?
                .query_map([now - KEPT, now], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }
}

/// Hashes of what a conversation holds.
fn held(connection: &Connection, id: &str) -> Result<Vec<String>, Inner> {
    Ok(connection
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
        .collect::<Result<_, _>>()?)
}
