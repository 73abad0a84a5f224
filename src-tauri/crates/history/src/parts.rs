//! What a message holds beside its text, in order.

use protocol::{Link, Picture, Video};
use rusqlite::{Connection, Row, params};
use stores::Part;

use crate::Error;
use crate::columns::{json, known_of};
use crate::error::Inner;
use crate::history::History;
use crate::hold::{keep_picture, no_longer_waiting};
use crate::place::Writer;

impl History {
    /// Keeps the picture that was fetched from the link at this place of a
    /// message (0 is the first of its parts). False, and nothing is kept, when
    /// there is no such link (any more).
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn keep_fetched(
        &self,
        message: &str,
        position: usize,
        picture: Picture,
        bytes: Vec<u8>,
    ) -> Result<bool, Error> {
        let message = message.to_owned();
        let mut staged = self.stage(bytes).await?;
        self.write(move |writer| {
            let is_there = writer.fetched(&message, position, &picture)?;
            // Without its link the picture would be kept for nobody.
            if is_there {
                writer.take(&mut staged, &picture.hash)?;
            }
            Ok(is_there)
        })
        .await
    }
}

impl Writer<'_> {
    /// Keeps one more part of an answer that is being written, after those it has; this
    /// run holds it no longer for anything else. False, and nothing is kept, when the
    /// answer is closed already or was removed.
    ///
    /// # Errors
    /// [`Error::Storage`], [`Error::NotFound`] for bytes that are not kept.
    pub fn add_part(&self, message: &str, part: &Part) -> Result<bool, Error> {
        self.append(message, "state = 'streaming'", part)
    }

    /// Keeps a picture that was loaded from the text of an answer, as
    /// [`add_part`](Self::add_part), whatever the answer's state. False, too, when it has
    /// the picture of that address already.
    ///
    /// # Errors
    /// [`Error::Storage`], [`Error::NotFound`] for bytes that are not kept.
    pub fn add_loaded(&self, message: &str, link: Link, picture: Picture) -> Result<bool, Error> {
        let has = self.with(|connection| {
            let mut has = connection.prepare_cached(
                "SELECT 1 FROM part WHERE message = ? AND kind = 'link' AND url = ?",
            )?;
            Ok(has.exists([message, &link.url])?)
        })?;
        let picture = Some(picture);
        Ok(!has && self.append(message, "role = 'assistant'", &Part::Link { link, picture })?)
    }

    fn append(&self, message: &str, which: &'static str, part: &Part) -> Result<bool, Error> {
        self.with(|connection| {
            let sql = format!(
                "SELECT (SELECT count(*) FROM part WHERE message = ?1) FROM message
                 WHERE id = ?1 AND {which}"
            );
            let place: Option<i64> = connection
                .prepare_cached(&sql)?
                .query_map([message], |row| row.get(0))?
                .next()
                .transpose()?;
            let Some(place) = place else { return Ok(false) };
            let part = std::slice::from_ref(part);
            insert_from(connection, message, place, part)?;
            sent(connection, self.place.runs.own(), part)?;
            Ok(true)
        })
    }

    fn fetched(&self, message: &str, position: usize, picture: &Picture) -> Result<bool, Error> {
        self.with(|connection| {
            let is_link = connection
                .prepare_cached(
                    "SELECT 1 FROM part WHERE message = ? AND position = ? AND kind = 'link'",
                )?
                .exists(params![message, place(position)])?;
            if !is_link {
                return Ok(false);
            }
            keep_picture(connection, picture)?;
            connection
                .prepare_cached(
                    "UPDATE conversation SET thumbnail = ?2 WHERE thumbnail IS NULL
                     AND id = (SELECT conversation FROM message WHERE id = ?1)",
                )?
                .execute([message, &picture.hash])?;
            connection
                .prepare_cached(
                    "UPDATE part SET picture = ?3, original_width = ?4, original_height = ?5,
                        original_bytes = ?6, done = ?7
                     WHERE message = ?1 AND position = ?2 AND kind = 'link'",
                )?
                .execute(params![
                    message,
                    place(position),
                    picture.hash,
                    picture.original_width,
                    picture.original_height,
                    picture.original_bytes,
                    json(&picture.done)?,
                ])?;
            Ok(true)
        })
    }

    /// Marks the parts at these places of a message as refused by a provider, or
    /// no longer so.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn mark_refused(
        &self,
        message: &str,
        positions: &[usize],
        refused: bool,
    ) -> Result<(), Error> {
        self.with(|connection| {
            for position in positions {
                connection
                    .prepare_cached(
                        "UPDATE part SET refused = ?3 WHERE message = ?1 AND position = ?2",
                    )?
                    .execute(params![message, place(*position), refused])?;
            }
            Ok(())
        })
    }
}

fn place(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// Keeps the parts of a message; the bytes of each were put already.
pub(crate) fn insert(connection: &Connection, message: &str, parts: &[Part]) -> Result<(), Inner> {
    insert_from(connection, message, 0, parts)
}

fn insert_from(
    connection: &Connection,
    message: &str,
    first: i64,
    parts: &[Part],
) -> Result<(), Inner> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO part (message, position, kind, picture, video, url, names_video, name,
            original_width, original_height, original_bytes, done, refused, master, options,
            tiles, tokens)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?)",
    )?;
    for (position, part) in (first..).zip(parts) {
        check(connection, part)?;
        let (kind, picture, video, link) = match part {
            Part::Picture(picture) => ("picture", Some(picture), None, None),
            Part::Video(video) => ("video", None, Some(video), None),
            Part::Link { link, picture } => ("link", picture.as_ref(), None, Some(link)),
        };
        let refused = link
            .map(|link| link.refused)
            .or(picture.map(|picture| picture.refused));
        insert.execute(params![
            message,
            position,
            kind,
            picture.map(|picture| &picture.hash),
            video.map(|video| &video.hash),
            link.map(|link| &link.url),
            link.is_some_and(|link| link.video),
            part.name(),
            picture.map(|picture| picture.original_width),
            picture.map(|picture| picture.original_height),
            picture.map(|picture| picture.original_bytes),
            picture.map(|picture| json(&picture.done)).transpose()?,
            refused.unwrap_or(false),
            picture.map(|picture| &picture.master),
            picture.map(|picture| json(&picture.options)).transpose()?,
            picture.map(|picture| json(&picture.tiles)).transpose()?,
            picture.and_then(|picture| picture.tokens),
        ])?;
    }
    Ok(())
}

/// Are its bytes kept?
fn check(connection: &Connection, part: &Part) -> Result<(), Inner> {
    let (what, sql) = match part {
        Part::Video(_) => ("video", "SELECT 1 FROM video WHERE hash = ?"),
        _ => ("picture", "SELECT 1 FROM picture WHERE hash = ?"),
    };
    let mut kept = connection.prepare_cached(sql)?;
    for hash in part.hashes() {
        if !kept.exists([hash])? {
            return Err(Error::not_found(what, part.name()).into());
        }
    }
    Ok(())
}

/// These were sent by this run: a message holds them now.
pub(crate) fn sent(connection: &Connection, run: &str, parts: &[Part]) -> rusqlite::Result<()> {
    for hash in parts.iter().flat_map(Part::held) {
        no_longer_waiting(connection, run, hash)?;
    }
    Ok(())
}

/// The parts of a message, in order.
pub(crate) fn of(connection: &Connection, message: &str) -> rusqlite::Result<Vec<Part>> {
    let rows: Vec<Option<Part>> = connection
        .prepare_cached(
            "SELECT part.kind, part.url, part.names_video, part.name, part.original_width,
                    part.original_height, part.original_bytes, part.done, part.refused,
                    part.master, part.options, part.tiles, part.tokens,
                    p.hash, p.mime, p.width, p.height, p.bytes,
                    v.hash AS video_hash, v.mime AS video_mime, v.bytes AS video_bytes
             FROM part LEFT JOIN picture p ON p.hash = part.picture
                       LEFT JOIN video v ON v.hash = part.video
             WHERE part.message = ? ORDER BY part.position",
        )?
        .query_map([message], part)?
        .collect::<Result<_, _>>()?;
    Ok(rows.into_iter().flatten().collect())
}

fn part(row: &Row<'_>) -> rusqlite::Result<Option<Part>> {
    let kind: String = row.get("kind")?;
    let name = row.get::<_, Option<String>>("name")?.unwrap_or_default();
    Ok(match kind.as_str() {
        "picture" => picture(row, name)?.map(Part::Picture),
        "video" => {
            let hash: Option<String> = row.get("video_hash")?;
            match hash {
                Some(hash) => Some(Part::Video(Video {
                    hash,
                    name,
                    mime: row.get("video_mime")?,
                    bytes: row.get("video_bytes")?,
                })),
                None => None,
            }
        }
        "link" => {
            let url: String = row.get("url")?;
            let picture = picture(row, file_name(&url).to_owned())?;
            let link = Link {
                url,
                host: name,
                video: row.get("names_video")?,
                refused: row.get("refused")?,
            };
            Some(Part::Link { link, picture })
        }
        _ => None,
    })
}

/// The last part of an address's path.
fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

fn picture(row: &Row<'_>, name: String) -> rusqlite::Result<Option<Picture>> {
    let Some(hash) = row.get("hash")? else {
        return Ok(None);
    };
    let done: Option<String> = row.get("done")?;
    let tiles: Option<String> = row.get("tiles")?;
    let options: Option<String> = row.get("options")?;
    let (width, height, bytes) = (row.get("width")?, row.get("height")?, row.get("bytes")?);
    Ok(Some(Picture {
        hash,
        name,
        mime: row.get("mime")?,
        width,
        height,
        bytes,
        original_width: row.get::<_, Option<_>>("original_width")?.unwrap_or(width),
        original_height: row
            .get::<_, Option<_>>("original_height")?
            .unwrap_or(height),
        original_bytes: row.get::<_, Option<_>>("original_bytes")?.unwrap_or(bytes),
        done: done.map(|json| known_of(&json)).unwrap_or_default(),
        refused: row.get("refused")?,
        master: row.get::<_, Option<_>>("master")?.unwrap_or_default(),
        tokens: row.get("tokens")?,
        tiles: tiles.map(|json| known_of(&json)).unwrap_or_default(),
        options: options
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default(),
        link: None,
    }))
}
