use protocol::Picture;
use rusqlite::{Connection, OptionalExtension, params};

use crate::Error;
use crate::error::Inner;
use crate::history::{History, State, now};

impl History {
    /// Keeps a picture (or a master) under its hash, and for one more attachment in
    /// the composer. One that is there already is not written again.
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

    /// A picture that is kept is held by one more attachment in the composer, until
    /// [`History::release`]; false when it is not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn hold(&self, hash: &str) -> Result<bool, Error> {
        self.with(|state| {
            let is_kept = state
                .connection
                .prepare_cached("SELECT 1 FROM picture WHERE hash = ?")?
                .exists([hash])?;
            if is_kept {
                *state.waiting.entry(hash.to_owned()).or_default() += 1;
            }
            Ok(is_kept)
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

/// Removes those of `hashes` that neither a message nor the composer holds, and
/// what was made of them.
pub(crate) fn sweep(state: &State, hashes: &[String]) -> Result<(), Inner> {
    for hash in hashes {
        if state.waiting.contains_key(hash) {
            continue;
        }
        let made: Vec<String> = state
            .connection
            .prepare_cached(
                "DELETE FROM rendition WHERE master = ?1
                 AND NOT EXISTS (SELECT 1 FROM part WHERE master = ?1) RETURNING picture",
            )?
            .query_map([hash], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for hash in made.iter().chain([hash]) {
            if !state.waiting.contains_key(hash) {
                remove(&state.connection, hash)?;
            }
        }
    }
    Ok(())
}

fn remove(connection: &Connection, hash: &str) -> Result<(), Inner> {
    for sql in [
        "DELETE FROM picture WHERE hash = ?1
         AND NOT EXISTS (SELECT 1 FROM part WHERE picture = ?1)
         AND NOT EXISTS (SELECT 1 FROM part WHERE master = ?1)
         AND NOT EXISTS (SELECT 1 FROM rendition WHERE picture = ?1)
         AND NOT EXISTS (SELECT 1 FROM rendition WHERE master = ?1)",
        "DELETE FROM video WHERE hash = ?1
         AND NOT EXISTS (SELECT 1 FROM part WHERE video = ?1)",
    ] {
        connection.prepare_cached(sql)?.execute([hash])?;
    }
    Ok(())
}

/// Removes every picture and video that no message holds, and what was made of
/// them.
pub(crate) fn sweep_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM rendition
         WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.master = rendition.master);
         DELETE FROM picture
         WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.picture = picture.hash)
           AND NOT EXISTS (SELECT 1 FROM part WHERE part.master = picture.hash)
           AND NOT EXISTS (SELECT 1 FROM rendition r WHERE r.picture = picture.hash);
         DELETE FROM video
         WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.video = video.hash);",
    )
}
