//! What was made of masters, kept so that it is made once.

use protocol::{Area, Done, Picture};
use rusqlite::params;

use crate::history::History;
use crate::pictures::keep_picture;
use crate::rows::{json, known_of};
use crate::{Error, error::Inner};

/// A picture that was made of a master, or a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// Its MIME type.
    pub mime: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes.
    pub bytes: u32,
    /// Which part of the master it shows, in the master's pixels.
    pub area: Area,
    /// What was done to the master.
    pub done: Vec<Done>,
}

impl History {
    /// Keeps what was made of a master under a spec, in reading order, in the
    /// place of what was kept there. It goes when the master does.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the master is not kept (any more),
    /// [`Error::Storage`].
    pub fn put_renditions(
        &self,
        master: &str,
        spec: &str,
        made: &[(Rendition, Vec<u8>)],
    ) -> Result<(), Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            let is_kept = transaction
                .prepare_cached("SELECT 1 FROM picture WHERE hash = ?")?
                .exists([master])?;
            if !is_kept {
                return Err(Error::not_found("picture", master).into());
            }
            transaction
                .prepare_cached("DELETE FROM rendition WHERE master = ? AND spec = ?")?
                .execute([master, spec])?;
            for (position, (rendition, bytes)) in (0_i64..).zip(made) {
                let picture = Picture {
                    hash: rendition.hash.clone(),
                    mime: rendition.mime.clone(),
                    width: rendition.width,
                    height: rendition.height,
                    bytes: rendition.bytes,
                    ..Picture::default()
                };
                keep_picture(&transaction, &picture, bytes)?;
                transaction
                    .prepare_cached(
                        "INSERT INTO rendition
                            (master, spec, position, picture, x, y, width, height, done)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    )?
                    .execute(params![
                        master,
                        spec,
                        position,
                        rendition.hash,
                        rendition.area.x,
                        rendition.area.y,
                        rendition.area.width,
                        rendition.area.height,
                        json(&rendition.done)?,
                    ])?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    /// What is kept of a master under a spec, in reading order; empty when nothing
    /// is.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn renditions(&self, master: &str, spec: &str) -> Result<Vec<Rendition>, Error> {
        self.with(|state| {
            let found: Result<_, rusqlite::Error> = state
                .connection
                .prepare_cached(
                    "SELECT p.hash, p.mime, p.width, p.height, p.bytes,
                            r.x, r.y, r.width AS area_width, r.height AS area_height, r.done
                     FROM rendition r JOIN picture p ON p.hash = r.picture
                     WHERE r.master = ? AND r.spec = ? ORDER BY r.position",
                )?
                .query_map([master, spec], |row| {
                    let done: String = row.get("done")?;
                    Ok(Rendition {
                        hash: row.get("hash")?,
                        mime: row.get("mime")?,
                        width: row.get("width")?,
                        height: row.get("height")?,
                        bytes: row.get("bytes")?,
                        area: Area {
                            x: row.get("x")?,
                            y: row.get("y")?,
                            width: row.get("area_width")?,
                            height: row.get("area_height")?,
                        },
                        done: known_of(&done),
                    })
                })?
                .collect();
            found.map_err(Inner::from)
        })
    }
}
