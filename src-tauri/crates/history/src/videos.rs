use protocol::Video;
use rusqlite::{OptionalExtension, params};

use crate::Error;
use crate::history::{History, now};

impl History {
    /// Keeps a video under its hash, and for one more attachment in the
    /// composer. One that is there already is not written again.
    /// [`History::release`] takes it out again.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn put_video(&self, video: &Video, bytes: &[u8]) -> Result<(), Error> {
        self.with(|state| {
            state
                .connection
                .prepare_cached(
                    "INSERT INTO video (hash, mime, bytes, created_at, data)
                     VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
                )?
                .execute(params![video.hash, video.mime, video.bytes, now(), bytes])?;
            *state.waiting.entry(video.hash.clone()).or_default() += 1;
            Ok(())
        })
    }

    /// MIME type and bytes of a video; `None` when it is not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn video(&self, hash: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        self.with(|state| {
            Ok(state
                .connection
                .prepare_cached("SELECT mime, data FROM video WHERE hash = ?")?
                .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
    }
}
