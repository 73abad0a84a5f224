//! The index for full-text search, filled beside the work in slices: first what shall
//! not be in it any more, then titles, then messages, newest first.

use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Inner;
use crate::place::Writer;
use crate::words::indexed;
use crate::{Error, schema};

/// So long a slice may take; what waits to be written waits as long.
const SLICE: Duration = Duration::from_millis(8);

/// Rows that are looked up at once.
const ROWS: i64 = 64;

impl Writer<'_> {
    /// Brings a slice of what changed into the index, in some milliseconds; tending
    /// does, slice by slice. False when there was nothing to do.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn index_some(&self) -> Result<bool, Error> {
        self.with(|connection| {
            let until = Instant::now() + SLICE;
            let (removed, all) = remove_stale(connection, until)?;
            let mut added = 0;
            // What stands in it with an old text goes before it comes with its new one.
            while all && Instant::now() < until {
                let some = add_some(connection, until)?;
                added += some;
                if some == 0 {
                    break;
                }
            }
            Ok(removed + added > 0)
        })
    }

    /// Writes the index anew, page by page, where something was removed from it: what
    /// SQLite leaves of a row between others when it moves them is gone then. False when
    /// nothing was.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) fn purge_index(&self) -> Result<bool, Error> {
        self.with(|connection| {
            let due = connection
                .prepare_cached("SELECT 1 FROM search_purge")?
                .exists([])?;
            if due {
                // Its tables are closed to all but FTS5.
                let closed = DbConfig::SQLITE_DBCONFIG_DEFENSIVE;
                let before = connection.set_db_config(closed, false);
                let purged = before.and_then(|_| purge(connection));
                connection.set_db_config(closed, true)?;
                purged?;
            }
            Ok(due)
        })
    }

    /// Makes the index anew, empty; it is filled from then on.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) fn index_anew(&self) -> Result<(), Error> {
        self.with(|connection| Ok(connection.execute_batch(schema::SEARCH)?))
    }
}

/// Makes the index where it is missing: in a file that was restored from a copy, or was
/// damaged when it should have been made.
pub(crate) fn ensure(connection: &Connection) -> rusqlite::Result<()> {
    let there = connection
        .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'search_title_goes'")?
        .exists([])?;
    if there {
        return Ok(());
    }
    let transaction = connection.unchecked_transaction()?;
    match transaction.execute_batch(schema::SEARCH) {
        Err(error) if schema::is_damage(&error) => transaction.rollback(),
        made => made.and_then(|()| transaction.commit()),
    }
}

/// Removes some of what shall go: how many, and whether that is all.
fn remove_stale(connection: &Connection, until: Instant) -> Result<(usize, bool), Inner> {
    let mut removed = 0;
    loop {
        let next: Option<(i64, String, String)> = connection
            .prepare_cached("SELECT number, text, names FROM search_stale LIMIT 1")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .next()
            .transpose()?;
        let Some((number, text, names)) = next else {
            if removed > 0 {
                // Emptied at once it keeps nothing of what stood in it.
                connection.execute_batch(
                    "DELETE FROM search_stale;
                     INSERT INTO search_purge VALUES (1) ON CONFLICT DO NOTHING",
                )?;
            }
            return Ok((removed, true));
        };
        if removed > 0 && Instant::now() > until {
            return Ok((removed, false));
        }
        connection
            .prepare_cached(
                "INSERT INTO search (search, rowid, text, names, seen)
                 VALUES ('delete', ?, ?, ?, '')",
            )?
            .execute(params![number, indexed(&text), indexed(&names)])?;
        connection
            .prepare_cached("DELETE FROM search_stale WHERE number = ?")?
            .execute([number])?;
        removed += 1;
    }
}

/// A table that is emptied at once is overwritten whole, slack and all.
fn purge(connection: &Connection) -> rusqlite::Result<()> {
    let data: Vec<(i64, Vec<u8>)> = connection
        .prepare("SELECT id, block FROM search_data ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    connection.execute_batch("DELETE FROM search_data")?;
    let mut put = connection.prepare("INSERT INTO search_data (id, block) VALUES (?, ?)")?;
    for row in data {
        put.execute(row)?;
    }
    let terms: Vec<(i64, Value, i64)> = connection
        .prepare("SELECT segid, term, pgno FROM search_idx ORDER BY segid, term")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    connection.execute_batch("DELETE FROM search_idx")?;
    let mut put = connection.prepare("INSERT INTO search_idx VALUES (?, ?, ?)")?;
    for row in terms {
        put.execute(row)?;
    }
    connection.execute_batch("DELETE FROM search_purge")
}

/// Adds a few rows; how many.
fn add_some(connection: &Connection, until: Instant) -> Result<usize, Inner> {
    let mut rows = due(connection, "number < 0 ORDER BY number")?;
    if rows.is_empty() {
        rows = due(connection, "number > 0 ORDER BY number DESC")?;
    }
    let mut added = 0;
    for number in rows {
        if added > 0 && Instant::now() > until {
            break;
        }
        if let Some((text, names)) = texts(connection, number)? {
            let sql = "INSERT INTO search (rowid, text, names, seen) VALUES (?, ?, ?, '')";
            connection.prepare_cached(sql)?.execute(params![
                number,
                indexed(&text),
                indexed(&names)
            ])?;
        }
        connection
            .prepare_cached("DELETE FROM search_todo WHERE number = ?")?
            .execute([number])?;
        added += 1;
    }
    Ok(added)
}

fn due(connection: &Connection, which: &str) -> rusqlite::Result<Vec<i64>> {
    let sql = format!("SELECT number FROM search_todo WHERE {which} LIMIT {ROWS}");
    connection
        .prepare_cached(&sql)?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// Text and names of a row as they are now.
fn texts(connection: &Connection, number: i64) -> rusqlite::Result<Option<(String, String)>> {
    let (sql, number) = if number < 0 {
        (
            "SELECT coalesce(c.own_title, c.title), '' FROM search_title t
             JOIN conversation c ON c.id = t.conversation WHERE t.number = ?",
            -number,
        )
    } else {
        (
            "SELECT text, (SELECT coalesce(group_concat(name, ' '), '') FROM part
                WHERE message = m.id)
             FROM message m WHERE seq = ?",
            number,
        )
    };
    connection
        .prepare_cached(sql)?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}
