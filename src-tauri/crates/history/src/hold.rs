//! Rows of pictures and videos, and who holds them.

use protocol::Picture;
use rusqlite::{Connection, params};

use crate::basics::now;

/// Keeps what is known of a picture, if it is not there already.
pub(crate) fn keep_picture(connection: &Connection, picture: &Picture) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO picture (hash, mime, width, height, bytes, created_at)
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        )?
        .execute(params![
            picture.hash,
            picture.mime,
            picture.width,
            picture.height,
            picture.bytes,
            now()
        ])?;
    Ok(())
}

/// One more attachment of a run's composer holds this hash.
pub(crate) fn waits(connection: &Connection, run: &str, hash: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO waiting (run, hash, count) VALUES (?, ?, 1)
             ON CONFLICT (run, hash) DO UPDATE SET count = count + 1",
        )?
        .execute([run, hash])?;
    Ok(())
}

/// One attachment of a run's composer less holds this hash.
pub(crate) fn no_longer_waiting(
    connection: &Connection,
    run: &str,
    hash: &str,
) -> rusqlite::Result<()> {
    for sql in [
        "UPDATE waiting SET count = count - 1 WHERE run = ? AND hash = ?",
        "DELETE FROM waiting WHERE run = ? AND hash = ? AND count < 1",
    ] {
        connection.prepare_cached(sql)?.execute([run, hash])?;
    }
    Ok(())
}

/// Removes those of `hashes` that nothing holds, and what was made of them; their
/// bytes are noted as gone.
pub(crate) fn let_go<'a>(
    connection: &Connection,
    hashes: impl IntoIterator<Item = &'a str>,
) -> rusqlite::Result<()> {
    for hash in hashes {
        let made: Vec<String> = connection
            .prepare_cached(
                "DELETE FROM rendition WHERE master = ?1
                 AND NOT EXISTS (SELECT 1 FROM part WHERE master = ?1)
                 AND NOT EXISTS (SELECT 1 FROM waiting WHERE hash = ?1)
                 RETURNING picture",
            )?
            .query_map([hash], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for hash in made.iter().map(String::as_str).chain([hash]) {
            let_go_of_one(connection, hash)?;
        }
    }
    Ok(())
}

fn let_go_of_one(connection: &Connection, hash: &str) -> rusqlite::Result<()> {
    let mut gone = 0;
    for sql in [
        "DELETE FROM picture WHERE hash = ?1
         AND NOT EXISTS (SELECT 1 FROM waiting WHERE hash = ?1)
         AND NOT EXISTS (SELECT 1 FROM part WHERE picture = ?1)
         AND NOT EXISTS (SELECT 1 FROM part WHERE master = ?1)
         AND NOT EXISTS (SELECT 1 FROM rendition WHERE picture = ?1)
         AND NOT EXISTS (SELECT 1 FROM rendition WHERE master = ?1)",
        "DELETE FROM video WHERE hash = ?1
         AND NOT EXISTS (SELECT 1 FROM waiting WHERE hash = ?1)
         AND NOT EXISTS (SELECT 1 FROM part WHERE video = ?1)",
    ] {
        gone += connection.prepare_cached(sql)?.execute([hash])?;
    }
    if gone > 0 {
        connection
            .prepare_cached("INSERT OR IGNORE INTO gone VALUES ('picture', ?)")?
            .execute([hash])?;
    }
    Ok(())
}

/// Is there a row for it?
pub(crate) fn is_known(connection: &Connection, hash: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM picture WHERE hash = ?1)
             OR EXISTS (SELECT 1 FROM video WHERE hash = ?1)",
        )?
        .exists([hash])
}
