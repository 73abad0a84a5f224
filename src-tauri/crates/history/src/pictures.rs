//! Pictures and videos: their facts here, their bytes in the store.

use std::sync::Arc;

use protocol::{Picture, Video};
use rusqlite::{OptionalExtension, params};

use crate::basics::now;
use crate::error::Inner;
use crate::history::History;
use crate::hold::{is_known, keep_picture, let_go, no_longer_waiting, waits};
use crate::place::{Reader, Writer};
use crate::store::Staged;
use crate::{Error, old};

impl History {
    /// Keeps a picture (or a master) under its hash, and for one more attachment in
    /// the composer.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn put_picture(&self, picture: Picture, bytes: Vec<u8>) -> Result<(), Error> {
        let mut staged = self.stage(bytes).await?;
        self.write(move |writer| {
            writer.with(|connection| {
                keep_picture(connection, &picture)?;
                Ok(())
            })?;
            writer.take(&mut staged, &picture.hash)?;
            writer.wait_for(&picture.hash)
        })
        .await
    }

    /// Keeps a video under its hash, and for one more attachment in the composer.
    /// [`Writer::release`] takes it out again.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn put_video(&self, video: Video, bytes: Vec<u8>) -> Result<(), Error> {
        let mut staged = self.stage(bytes).await?;
        self.write(move |writer| {
            writer.with(|connection| {
                connection
                    .prepare_cached(
                        "INSERT INTO video (hash, mime, bytes, created_at)
                         VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
                    )?
                    .execute(params![video.hash, video.mime, video.bytes, now()])?;
                Ok(())
            })?;
            writer.take(&mut staged, &video.hash)?;
            writer.wait_for(&video.hash)
        })
        .await
    }

    /// MIME type and bytes of a picture; `None` when it is not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn picture(&self, hash: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        let hash = hash.to_owned();
        self.read(move |reader| reader.bytes(&hash, "picture"))
            .await
    }

    /// MIME type and bytes of a video; `None` when it is not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn video(&self, hash: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        let hash = hash.to_owned();
        self.read(move |reader| reader.bytes(&hash, "video")).await
    }

    /// Writes bytes to the disk, on a thread that may wait for it.
    pub(crate) async fn stage(&self, bytes: Vec<u8>) -> Result<Staged, Error> {
        let place = Arc::clone(self.place());
        self.read(move |_| {
            let staged = place.store.stage(place.runs.own(), &bytes);
            staged.map_err(|error| Error::storage(&place.path, error))
        })
        .await
    }
}

impl Reader<'_> {
    /// MIME type and bytes of what is kept in this table under this hash.
    pub(crate) fn bytes(
        &self,
        hash: &str,
        table: &'static str,
    ) -> Result<Option<(String, Vec<u8>)>, Error> {
        let mime: Option<String> = self.with(|connection| {
            let sql = format!("SELECT mime FROM {table} WHERE hash = ?");
            let mut mime = connection.prepare_cached(&sql)?;
            Ok(mime.query_row([hash], |row| row.get(0)).optional()?)
        })?;
        let Some(mime) = mime else { return Ok(None) };
        let file = || {
            let read = self.place.store.read(hash);
            read.map_err(|error| Error::storage(&self.place.path, error))
        };
        if let Some(bytes) = file()? {
            return Ok(Some((mime, bytes)));
        }
        let blob = self.with(|connection| Ok(old::read(connection, hash)?))?;
        // It may have been moved between the two looks.
        let bytes = match blob {
            Some(bytes) => Some(bytes),
            None => file()?,
        };
        Ok(bytes.map(|bytes| (mime, bytes)))
    }

    /// MIME type and size in bytes of a picture; `None` when it is not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn picture_facts(&self, hash: &str) -> Result<Option<(String, u64)>, Error> {
        self.with(|connection| {
            let mut facts =
                connection.prepare_cached("SELECT mime, bytes FROM picture WHERE hash = ?")?;
            let facts = facts.query_row([hash], |row| {
                Ok((row.get(0)?, u64::from(row.get::<_, u32>(1)?)))
            });
            Ok(facts.optional()?)
        })
    }

    /// The small picture of a picture, for lists: MIME type and bytes; `None` when
    /// it was not made yet.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn small(&self, hash: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached("SELECT mime, data FROM small WHERE picture = ?")?
                .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
    }
}

impl Writer<'_> {
    /// Gives staged bytes their name, in the transaction that keeps their row.
    pub(crate) fn take(&self, staged: &mut Staged, hash: &str) -> Result<(), Error> {
        let taken = self.place.store.take(staged, hash);
        taken.map_err(|error| Error::storage(&self.place.path, error))
    }

    /// One more attachment in this run's composer holds this hash.
    fn wait_for(&self, hash: &str) -> Result<(), Error> {
        self.with(|connection| Ok(waits(connection, self.place.runs.own(), hash)?))
    }

    /// A picture or video that is kept is held by one more attachment in the composer, until
    /// [`Writer::release`]; false when it is not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn hold(&self, hash: &str) -> Result<bool, Error> {
        let is_kept = self.with(|connection| Ok(is_known(connection, hash)?))?;
        if is_kept {
            self.wait_for(hash)?;
        }
        Ok(is_kept)
    }

    /// An attachment with the picture or video of this hash was taken out of the
    /// composer: its bytes go too when nothing else holds them.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn release(&self, hash: &str) -> Result<(), Error> {
        self.with(|connection| {
            no_longer_waiting(connection, self.place.runs.own(), hash)?;
            Ok(let_go(connection, [hash])?)
        })
    }

    /// Keeps the small picture of a picture, for lists.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn put_small(&self, hash: &str, mime: &str, bytes: &[u8]) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO small (picture, mime, data) SELECT ?1, ?2, ?3
                     WHERE EXISTS (SELECT 1 FROM picture WHERE hash = ?1)
                     ON CONFLICT (picture) DO NOTHING",
                )?
                .execute(params![hash, mime, bytes])?;
            Ok(())
        })
    }
}

/// Removes the bytes of a picture or video that was noted as gone, unless it came
/// back; in the transaction that takes the note away.
pub(crate) fn remove_bytes(writer: &Writer<'_>, hash: &str) -> Result<(), Error> {
    let is_back = writer.with(|connection| {
        connection
            .prepare_cached("DELETE FROM gone WHERE kind = 'picture' AND name = ?")?
            .execute([hash])?;
        Ok::<_, Inner>(is_known(connection, hash)?)
    })?;
    if is_back {
        return Ok(());
    }
    writer.with(|connection| Ok(old::remove(connection, hash)?))?;
    let removed = writer.place.store.remove(hash);
    removed.map_err(|error| Error::storage(&writer.place.path, error))
}
