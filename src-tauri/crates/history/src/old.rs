//! Pictures and videos of formats 1 to 3, which lay in the file itself: their facts
//! are taken over at once, their bytes moved out one after the other, later.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::error::Inner;
use crate::hold::let_go;
use crate::place::{Reader, Writer};
use crate::store::Staged;

/// The format in which they lie in files.
pub(crate) const FORMAT: i64 = 4;

/// Where the bytes of a picture or a video were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Old {
    blobs: &'static str,
    facts: &'static str,
    columns: &'static str,
}

const OLD: [Old; 2] = [
    Old {
        blobs: "picture_blob",
        facts: "picture",
        columns: "hash, mime, width, height, bytes, created_at",
    },
    Old {
        blobs: "video_blob",
        facts: "video",
        columns: "hash, mime, bytes, created_at",
    },
];

/// Which of the tables that held bytes, or hold those not yet moved, cannot be read to
/// their end.
pub(crate) fn damaged(connection: &Connection) -> Vec<&'static str> {
    let is_damaged = |table: &&str| {
        let sql = format!("SELECT count(*) FROM {table} NOT INDEXED");
        // One that is not there is not damaged.
        let counted = connection.query_row(&sql, [], |row| row.get::<_, i64>(0));
        counted.is_err_and(|error| {
            error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt)
        })
    };
    let tables = OLD.iter().flat_map(|old| [old.facts, old.blobs]);
    tables.filter(is_damaged).collect()
}

/// What is known of each picture and video of an old file, read before anything is
/// changed: a damaged page costs what stood on it, and nothing else.
pub(crate) struct Facts(Vec<(&'static Old, Vec<Vec<Value>>)>);

impl Facts {
    /// Reads them; none of a file that is no longer, or not yet, of that kind.
    pub fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let damaged = damaged(connection);
        let mut all = Vec::new();
        for old in &OLD {
            let Old { facts, columns, .. } = old;
            let sql = format!("SELECT {columns} FROM {facts}");
            let rows = if damaged.contains(facts) {
                // The hashes stand in an index, whose pages may be whole where those of
                // the table are not.
                let mut hashes = connection.prepare(&format!(
                    "SELECT hash FROM {facts} INDEXED BY sqlite_autoindex_{facts}_1"
                ))?;
                let hashes = hashes.query_map([], |row| row.get::<_, String>(0))?;
                let mut one = connection.prepare(&format!("{sql} WHERE hash = ?"))?;
                hashes
                    .map_while(Result::ok)
                    .filter_map(|hash| one.query_row([hash], values).ok())
                    .collect()
            } else {
                let mut rows = connection.prepare(&sql)?;
                let rows = rows.query_map([], values)?;
                rows.collect::<Result<_, _>>()?
            };
            all.push((old, rows));
        }
        Ok(Self(all))
    }
}

fn values(row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    let count = row.as_ref().column_count();
    (0..count).map(|column| row.get(column)).collect()
}

/// Keeps what is known of each, without its bytes.
pub(crate) fn take_over(connection: &Connection, facts: Facts) -> rusqlite::Result<()> {
    for (old, rows) in facts.0 {
        let Old { facts, columns, .. } = old;
        let places = vec!["?"; columns.split(',').count()].join(", ");
        let sql = format!("INSERT INTO {facts} ({columns}) VALUES ({places})");
        let mut insert = connection.prepare(&sql)?;
        for row in rows {
            insert.execute(params_from_iter(row))?;
        }
    }
    // What waited in the composer of a run that has ended, and what was made of it.
    let unheld: Vec<String> = connection
        .prepare(
            "SELECT hash FROM picture
             WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.picture = hash)
               AND NOT EXISTS (SELECT 1 FROM part WHERE part.master = hash)
             UNION ALL
             SELECT hash FROM video WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.video = hash)",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let_go(connection, unheld.iter().map(String::as_str))
}

/// The bytes of a picture or video that is not moved yet.
pub(crate) fn read(connection: &Connection, hash: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    for Old { blobs, .. } in OLD {
        let sql = format!("SELECT data FROM {blobs} WHERE hash = ?");
        let mut data = connection.prepare_cached(&sql)?;
        let data = data.query_row([hash], |row| row.get(0)).optional()?;
        if data.is_some() {
            return Ok(data);
        }
    }
    Ok(None)
}

/// Removes bytes that are not moved yet.
pub(crate) fn remove(connection: &Connection, hash: &str) -> rusqlite::Result<()> {
    for Old { blobs, .. } in OLD {
        let sql = format!("DELETE FROM {blobs} WHERE hash = ?");
        connection.prepare_cached(&sql)?.execute([hash])?;
    }
    Ok(())
}

/// One that is to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Next {
    of: Old,
    row: i64,
    pub hash: String,
    pub bytes: Vec<u8>,
}

/// Where the mover is: what it has looked at stays behind it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mover {
    table: usize,
    after: i64,
}

impl Mover {
    /// The next one that lies in the file still; `None` when there is none.
    ///
    /// # Errors
    /// A damaged page; the mover is behind it then, or behind its table.
    pub fn next(&mut self, reader: &Reader<'_>) -> Result<Option<Next>, Error> {
        while let Some(old) = OLD.get(self.table) {
            let next = reader.with(|connection| {
                let sql = format!("SELECT min(rowid) FROM {} WHERE rowid > ?", old.blobs);
                let row: Option<i64> = connection
                    .prepare_cached(&sql)?
                    .query_row([self.after], |row| row.get(0))?;
                Ok(row)
            });
            let Ok(Some(row)) = next else {
                self.table += 1;
                self.after = 0;
                next?;
                continue;
            };
            self.after = row;
            return reader.with(|connection| {
                let sql = format!("SELECT hash, data FROM {} WHERE rowid = ?", old.blobs);
                let next = connection.query_row(&sql, [row], |found| {
                    Ok(Next {
                        of: *old,
                        row,
                        hash: found.get(0)?,
                        bytes: found.get(1)?,
                    })
                });
                Ok(Some(next?))
            });
        }
        Ok(None)
    }
}

impl Next {
    /// Are what was staged the bytes that were kept, by their hash? A damaged one is
    /// left where it is.
    pub fn is_whole(&self, staged: &Staged) -> bool {
        let Ok(bytes) = staged.read() else {
            return false;
        };
        let digest = Sha256::digest(&bytes);
        let hex = digest.iter().flat_map(|byte| {
            let digit = |four: u8| char::from_digit(u32::from(four), 16);
            [digit(byte >> 4), digit(byte & 15)]
        });
        hex.flatten().eq(self.hash.chars())
    }

    /// Its file is there: it goes out of the database. What nothing holds any more is
    /// noted as gone, so that its file goes, too.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn moved(&self, writer: &Writer<'_>) -> Result<(), Error> {
        let Old { blobs, facts, .. } = self.of;
        writer.with(|connection| {
            connection
                .prepare_cached(&format!("DELETE FROM {blobs} WHERE rowid = ? AND hash = ?"))?
                .execute(params![self.row, self.hash])?;
            connection
                .prepare_cached(&format!(
                    "INSERT OR IGNORE INTO gone SELECT 'picture', ?1
                     WHERE NOT EXISTS (SELECT 1 FROM {facts} WHERE hash = ?1)"
                ))?
                .execute([&self.hash])?;
            Ok::<_, Inner>(())
        })
    }
}
