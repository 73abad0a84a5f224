//! A conversation as a whole, with all its branches: read for a file outside, and kept
//! from one.

use std::collections::HashSet;

use protocol::{ChatParams, MessageState, Millis, Role};
use rusqlite::{Connection, OptionalExtension, Row, params};
use stores::Part;

use crate::branches::thumbnail;
use crate::columns::json;
use crate::error::Inner;
use crate::hold::is_known;
use crate::place::{Place, Reader, Writer};
use crate::read::fill;
use crate::rows::{self, MESSAGE};
use crate::turns::{insert, write_end};
use crate::{Error, StoredMessage, parts};

/// A conversation with all its branches. What is typed in it and not sent, and whether
/// it was read, is no part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// Its id.
    pub id: String,
    /// The title that the first question gave it.
    pub title: String,
    /// The person's own title.
    pub own_title: Option<String>,
    /// Parameters of its next request.
    pub params: Option<ChatParams>,
    /// The last message that is shown.
    pub shown: Option<String>,
    /// When it began.
    pub created_at: Millis,
    /// When a message last came.
    pub updated_at: Millis,
    /// All messages that are not removed, each after its parent.
    pub messages: Vec<WholeMessage>,
}

/// A message of a whole conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeMessage {
    /// The message; its `versions` are not read.
    pub message: StoredMessage,
    /// Which of those that follow it was shown last.
    pub shown: Option<String>,
    /// It was asked without what was said before it.
    pub alone: bool,
}

/// Bytes that are kept, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Width and height in pixels; `None` of a video.
    pub size: Option<(u32, u32)>,
    /// Their MIME type.
    pub mime: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What became of a conversation that was to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is kept.
    New {
        /// How many pictures and videos stayed out: their bytes are not kept here.
        without: usize,
    },
    /// One of its id is here already; nothing was changed.
    Known,
    /// This message stands in another conversation; nothing was changed.
    Elsewhere(String),
}

impl Reader<'_> {
    /// Ids of conversations after this one (all when empty), in the order of their ids; of
    /// none in the bin.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn conversation_ids(&self, after: &str, limit: u32) -> Result<Vec<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM conversation WHERE id > ? AND removed_at IS NULL
                     ORDER BY id LIMIT ?",
                )?
                .query_map(params![after, limit], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }

    /// A conversation with all its branches, as it was at one moment.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn whole(&self, id: &str) -> Result<Whole, Error> {
        self.with(|connection| {
            let alone = connection.is_autocommit();
            let moment = alone.then(|| connection.unchecked_transaction());
            let moment = moment.transpose()?;
            let whole = read(connection, self.place, id);
            drop(moment);
            whole
        })
    }

    /// The bytes of a picture or video; `None` when they are not kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn held(&self, hash: &str) -> Result<Option<Held>, Error> {
        if let Some((mime, bytes)) = self.bytes(hash, "picture")? {
            let size = self.with(|connection| {
                let mut size = connection
                    .prepare_cached("SELECT width, height FROM picture WHERE hash = ?")?;
                Ok(size.query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))?)
            })?;
            let size = Some(size);
            return Ok(Some(Held { size, mime, bytes }));
        }
        let video = self.bytes(hash, "video")?;
        Ok(video.map(|(mime, bytes)| Held {
            size: None,
            mime,
            bytes,
        }))
    }
}

fn read(connection: &Connection, place: &Place, id: &str) -> Result<Whole, Inner> {
    let mut whole = connection
        .prepare_cached(
            "SELECT id, title, own_title, params, head, created_at, updated_at
             FROM conversation WHERE id = ?",
        )?
        .query_row([id], conversation)
        .optional()?
        .ok_or_else(|| Error::not_found("conversation", id))?;
    // The plus: the few that are removed are found by their own index.
    let sql = format!(
        "WITH RECURSIVE gone (id) AS (
            SELECT id FROM message WHERE removed_at IS NOT NULL AND +conversation = ?1
            UNION SELECT c.id FROM gone JOIN message c ON c.parent = gone.id
         )
         SELECT {MESSAGE}, (
            SELECT s.id FROM message s
            WHERE s.seq = m.shown AND s.parent = m.id AND s.removed_at IS NULL
         ) AS shown_id, m.alone
         FROM message m WHERE m.conversation = ?1 AND m.id NOT IN (SELECT id FROM gone)
         ORDER BY m.seq"
    );
    // Most messages hold text alone: they are not asked one by one.
    let with_parts = connection
        .prepare_cached(
            "SELECT DISTINCT p.message FROM message m JOIN part p ON p.message = m.id
             WHERE m.conversation = ?",
        )?
        .query_map([id], |row| row.get(0))?
        .collect::<Result<HashSet<String>, _>>()?;
    let mut messages = connection.prepare_cached(&sql)?;
    let found = messages.query_map([id], |row| {
        Ok((
            rows::message(row)?,
            row.get::<_, Option<String>>("shown_id")?,
            row.get("alone")?,
        ))
    })?;
    for one in found {
        let ((seq, mut message), shown, alone) = one?;
        if message.state == MessageState::Streaming || with_parts.contains(&message.id) {
            fill(connection, place, seq, &mut message)?;
        }
        whole.messages.push(WholeMessage {
            message,
            shown,
            alone,
        });
    }
    Ok(whole)
}

fn conversation(row: &Row<'_>) -> rusqlite::Result<Whole> {
    let params: Option<String> = row.get("params")?;
    Ok(Whole {
        id: row.get("id")?,
        title: row.get("title")?,
        own_title: row.get("own_title")?,
        params: params.and_then(|json| serde_json::from_str(&json).ok()),
        shown: row.get("head")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        messages: Vec::new(),
    })
}

impl Writer<'_> {
    /// Keeps a whole conversation that was read elsewhere, under its own ids. Each
    /// message stands after its parent, and what is shown is among them. Pictures and
    /// videos whose bytes are not kept here stay out.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn take_whole(&self, whole: &Whole) -> Result<Taken, Error> {
        self.with(|connection| {
            if exists(
                connection,
                "SELECT 1 FROM conversation WHERE id = ?",
                &whole.id,
            )? {
                return Ok(Taken::Known);
            }
            for WholeMessage { message, .. } in &whole.messages {
                if exists(
                    connection,
                    "SELECT 1 FROM message WHERE id = ?",
                    &message.id,
                )? {
                    return Ok(Taken::Elsewhere(message.id.clone()));
                }
            }
            connection
                .prepare_cached(
                    "INSERT INTO conversation
                        (id, title, own_title, params, created_at, updated_at)
                     VALUES (?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    whole.id,
                    whole.title,
                    whole.own_title,
                    whole.params.as_ref().map(json).transpose()?,
                    whole.created_at,
                    whole.updated_at,
                ])?;
            let mut without = 0;
            for one in &whole.messages {
                without += keep(connection, &whole.id, &one.message)?;
            }
            let mut shown = connection.prepare_cached(
                "UPDATE message SET alone = ?3,
                    shown = (SELECT s.seq FROM message s WHERE s.id = ?2)
                 WHERE id = ?1",
            )?;
            for one in &whole.messages {
                shown.execute(params![one.message.id, one.shown, one.alone])?;
            }
            connection
                .prepare_cached("UPDATE conversation SET head = ?2 WHERE id = ?1")?
                .execute(params![whole.id, whole.shown])?;
            thumbnail(connection, &whole.id)?;
            Ok(Taken::New { without })
        })
    }
}

fn exists(connection: &Connection, sql: &str, id: &str) -> rusqlite::Result<bool> {
    connection.prepare_cached(sql)?.exists([id])
}

/// Keeps one message; the number of its parts whose bytes stayed out.
fn keep(
    connection: &Connection,
    conversation: &str,
    message: &StoredMessage,
) -> Result<usize, Inner> {
    let is_answer = message.role == Role::Assistant;
    let mut parts_here = Vec::with_capacity(message.parts.len());
    let mut without = 0;
    for part in &message.parts {
        let (here, whole) = as_kept(connection, part)?;
        without += usize::from(!whole);
        parts_here.extend(here);
    }
    let begun = StoredMessage {
        conversation: conversation.to_owned(),
        state: if is_answer {
            MessageState::Streaming
        } else {
            message.state
        },
        run: None,
        ..message.clone()
    };
    insert(connection, &begun)?;
    parts::insert(connection, &message.id, &parts_here)?;
    if is_answer {
        write_end(
            connection,
            &message.id,
            message.state,
            &message.text,
            &message.reasoning,
            &message.answer.clone().unwrap_or_default(),
            message.error.as_ref(),
        )?;
    }
    Ok(without)
}

/// A part with what of its bytes is kept here, and whether that is all.
fn as_kept(connection: &Connection, part: &Part) -> Result<(Option<Part>, bool), Inner> {
    let mut missing = Vec::new();
    for hash in part.hashes() {
        if !is_known(connection, hash)? {
            missing.push(hash);
        }
    }
    if missing.is_empty() {
        return Ok((Some(part.clone()), true));
    }
    let is_missing = |hash: &String| missing.contains(&hash.as_str());
    let here = match part {
        // What was sent is there, what it was made of is not.
        Part::Picture(picture) if !is_missing(&picture.hash) => {
            let master = String::new();
            Some(Part::Picture(protocol::Picture {
                master,
                ..picture.clone()
            }))
        }
        Part::Link { link, picture } => {
            let picture = picture.as_ref().filter(|one| !is_missing(&one.hash));
            let picture = picture.map(|one| protocol::Picture {
                master: String::new(),
                ..one.clone()
            });
            let link = link.clone();
            Some(Part::Link { link, picture })
        }
        Part::Picture(_) | Part::Video(_) => None,
    };
    Ok((here, false))
}
