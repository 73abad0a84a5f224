use protocol::Picture;
use rusqlite::{Connection, OptionalExtension, params};

use crate::Error;
use crate::error::Inner;
use crate::history::{History, State, now};

impl History {
    /// Keeps a picture under its hash, and for one more attachment in the
    /// composer. One that is there already is not written again.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn put_picture(&self, picture: &Picture, bytes: &[u8]) -> Result<(), Error> {
        self.with(|state| {
            keep_picture(&state.connection, picture, bytes)?;
            *state.waiting.entry(picture.hash.clone()).or_default() += 1;
            Ok(())
        })
    }

    /// An attachment with the picture or video of this hash was taken out of the
    /// composer: its bytes go too when nothing else holds them.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn release(&self, hash: &str) -> Result<(), Error> {
        self.with(|state| {
            no_longer_waiting(state, hash);
            sweep(state, &[hash.to_owned()])
        })
    }

    /// MIME type and bytes of a picture; `None` when it is not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn picture(&self, hash: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        self.with(|state| {
            Ok(state
                .connection
                .prepare_cached("SELECT mime, data FROM picture WHERE hash = ?")?
                .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
    }
}

/// Keeps a picture, if it is not there already.
pub(crate) fn keep_picture(
    connection: &Connection,
    picture: &Picture,
    bytes: &[u8],
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO picture (hash, mime, width, height, bytes, created_at, data)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        )?
        .execute(params![
            picture.hash,
            picture.mime,
            picture.width,
            picture.height,
            picture.bytes,
            now(),
            bytes
        ])?;
    Ok(())
}

pub(crate) fn no_longer_waiting(state: &mut State, hash: &str) {
    if let Some(count) = state.waiting.get_mut(hash) {
        *count -= 1;
        if *count == 0 {
            state.waiting.remove(hash);
        }
    }
}

/// Removes those of `hashes` that neither a message nor the composer holds.
pub(crate) fn sweep(state: &State, hashes: &[String]) -> Result<(), Inner> {
    for hash in hashes
        .iter()
        .filter(|hash| !state.waiting.contains_key(*hash))
    {
        for sql in [
            "DELETE FROM picture WHERE hash = ?1
             AND NOT EXISTS (SELECT 1 FROM part WHERE picture = ?1)",
            "DELETE FROM video WHERE hash = ?1
             AND NOT EXISTS (SELECT 1 FROM part WHERE video = ?1)",
        ] {
            state.connection.prepare_cached(sql)?.execute([hash])?;
        }
    }
    Ok(())
}

/// Removes every picture and video that no message holds.
pub(crate) fn sweep_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM picture
         WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.picture = picture.hash);
         DELETE FROM video
         WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.video = video.hash);",
    )
}
