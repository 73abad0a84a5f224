//! What was made of masters, kept so that it is made once: a cache with a bound.

use std::sync::atomic::Ordering;

use protocol::{Area, Picture};
use rusqlite::params;
use stores::Rendition;

use crate::basics::now;
use crate::columns::{json, known_of};
use crate::history::History;
use crate::hold::{keep_picture, let_go};
use crate::place::{Reader, Writer};
use crate::{Error, error::Inner};

impl History {
    /// Keeps what was made of a master under a spec, in reading order, in the
    /// place of what was kept there. It goes when the master does.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the master is not kept (any more),
    /// [`Error::Storage`].
    pub async fn put_renditions(
        &self,
        master: &str,
        spec: &str,
        made: Vec<(Rendition, Vec<u8>)>,
    ) -> Result<(), Error> {
        let (master, spec) = (master.to_owned(), spec.to_owned());
        let mut all = Vec::with_capacity(made.len());
        for (rendition, bytes) in made {
            let staged = self.stage(bytes).await?;
            all.push((rendition, staged));
        }
        self.write(move |writer| {
            writer.keep_renditions(&master, &spec, all.iter().map(|(rendition, _)| rendition))?;
            for (rendition, staged) in &mut all {
                writer.take(staged, &rendition.hash)?;
            }
            writer.place.renditions.store(true, Ordering::Relaxed);
            Ok(())
        })
        .await
    }
}

impl Writer<'_> {
    fn keep_renditions<'r>(
        &self,
        master: &str,
        spec: &str,
        made: impl Iterator<Item = &'r Rendition>,
    ) -> Result<(), Error> {
        self.with(|connection| {
            let is_kept = connection
                .prepare_cached("SELECT 1 FROM picture WHERE hash = ?")?
                .exists([master])?;
            if !is_kept {
                return Err(Error::not_found("picture", master).into());
            }
            connection
                .prepare_cached("DELETE FROM rendition WHERE master = ? AND spec = ?")?
                .execute([master, spec])?;
            for (position, rendition) in (0_i64..).zip(made) {
                let picture = Picture {
                    hash: rendition.hash.clone(),
                    mime: rendition.mime.clone(),
                    width: rendition.width,
                    height: rendition.height,
                    bytes: rendition.bytes,
                    ..Picture::default()
                };
                keep_picture(connection, &picture)?;
                connection
                    .prepare_cached(
                        "INSERT INTO rendition
                            (master, spec, position, picture, x, y, width, height, done,
                             used_at)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                        now(),
                    ])?;
            }
            Ok(())
        })
    }

    /// Notes that what is kept of a master under a spec was used just now.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn renditions_used(&self, master: &str, spec: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .prepare_cached("UPDATE rendition SET used_at = ? WHERE master = ? AND spec = ?")?
                .execute(params![now(), master, spec])?;
            Ok(())
        })
    }

    /// Removes what was not used for longest, until the rest takes at most this many
    /// bytes. What a message shows does not count, and stays. Answers whether
    /// something was removed.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn bound_renditions(&self, most: i64) -> Result<bool, Error> {
        self.with(|connection| {
            let rows: Vec<(String, String, i64)> = connection
                .prepare_cached(
                    "SELECT r.master, r.spec, sum(p.bytes) FROM rendition r
                     JOIN picture p ON p.hash = r.picture
                     WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.picture = r.picture)
                       AND r.picture <> r.master
                     GROUP BY r.master, r.spec ORDER BY max(r.used_at) DESC",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<Result<_, _>>()?;
            let (mut kept, mut removed) = (0_i64, false);
            for (master, spec, bytes) in rows {
                kept = kept.saturating_add(bytes);
                if kept <= most {
                    continue;
                }
                let pictures: Vec<String> = connection
                    .prepare_cached(
                        "DELETE FROM rendition WHERE master = ? AND spec = ? RETURNING picture",
                    )?
                    .query_map([master, spec], |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                let_go(connection, pictures.iter().map(String::as_str))?;
                removed = true;
            }
            Ok(removed)
        })
    }
}

impl Reader<'_> {
    /// What is kept of a master under a spec, in reading order; empty when nothing
    /// is.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn renditions(&self, master: &str, spec: &str) -> Result<Vec<Rendition>, Error> {
        self.with(|connection| {
            let found: Result<_, rusqlite::Error> = connection
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
