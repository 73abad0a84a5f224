//! The lists of conversations, read a page at a time.

use protocol::{ConversationPlace, ConversationSummary, ListOf, PutAway};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::Error;
use crate::place::Reader;

/// A conversation in a list.
const SUMMARY: &str = "id, coalesce(own_title, title) AS title, thumbnail, unread,
    pinned_at IS NOT NULL AS pinned, archived_at IS NOT NULL AS archived";

const PINNED: &str = "pinned_at IS NOT NULL AND archived_at IS NULL AND removed_at IS NULL";
const OTHERS: &str = "pinned_at IS NULL AND archived_at IS NULL AND removed_at IS NULL";
const ARCHIVED: &str = "archived_at IS NOT NULL AND removed_at IS NULL";
const BIN: &str = "removed_at IS NOT NULL";

impl Reader<'_> {
    /// A page of the conversations that are listed, pinned ones first, then the one with
    /// the newest message, and whether there are more. `answering` is false here: who
    /// answers knows.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn conversations(
        &self,
        after: Option<&ConversationPlace>,
        limit: usize,
    ) -> Result<(Vec<ConversationSummary>, bool), Error> {
        self.conversations_of(ListOf::Listed, after, limit)
    }

    /// A page of one of the lists, as [`conversations`](Reader::conversations). The bin is
    /// in the order of what was removed last, and `updated_at` says when that was.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn conversations_of(
        &self,
        of: ListOf,
        after: Option<&ConversationPlace>,
        limit: usize,
    ) -> Result<(Vec<ConversationSummary>, bool), Error> {
        self.with(|connection| {
            let rows = |which, at, after: Option<&ConversationPlace>, limit| {
                rows(connection, which, at, after, limit)
            };
            let most = limit.saturating_add(1);
            let mut list = match of {
                ListOf::Archived => rows(ARCHIVED, "updated_at", after, most)?,
                ListOf::Bin => rows(BIN, "removed_at", after, most)?,
                ListOf::Listed => {
                    let pinned = after.is_none_or(|place| place.pinned);
                    let mut list = match pinned {
                        true => rows(PINNED, "updated_at", after, most)?,
                        false => Vec::new(),
                    };
                    let left = most.saturating_sub(list.len());
                    let after = after.filter(|place| !place.pinned);
                    list.extend(rows(OTHERS, "updated_at", after, left)?);
                    list
                }
            };
            let more = list.len() > limit;
            list.truncate(limit);
            Ok((list, more))
        })
    }

    /// The conversation in which a message came last, also an archived one.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn newest(&self) -> Result<Option<String>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM conversation WHERE removed_at IS NULL
                     ORDER BY updated_at DESC, id DESC LIMIT 1",
                )?
                .query_row([], |row| row.get(0))
                .optional()?)
        })
    }

    /// The first question and the first answer of a conversation that has one whole answer
    /// and no title of the person's: what a title may be made of.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn untitled(&self, id: &str) -> Result<Option<(String, String)>, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT q.text, a.text FROM conversation c
                     JOIN message a ON a.conversation = c.id
                         AND a.role = 'assistant' AND a.state = 'complete'
                     JOIN message q ON q.id = a.parent AND q.parent IS NULL
                     WHERE c.id = ?1 AND c.own_title IS NULL AND c.removed_at IS NULL
                         AND a.removed_at IS NULL AND 1 = (
                             SELECT count(*) FROM message
                             WHERE conversation = ?1 AND role = 'assistant'
                                 AND state = 'complete')",
                )?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
    }

    /// How many are in the other lists.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn put_away(&self) -> Result<PutAway, Error> {
        self.with(|connection| {
            let count = |which| {
                let sql = format!("SELECT count(*) FROM conversation WHERE {which}");
                connection
                    .prepare_cached(&sql)?
                    .query_row([], |row| row.get(0))
            };
            Ok(PutAway {
                archived: count(ARCHIVED)?,
                bin: count(BIN)?,
            })
        })
    }

    /// A conversation as it stands in the list; `None` when there is none, or it is in
    /// the bin.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn summary(&self, id: &str) -> Result<Option<ConversationSummary>, Error> {
        self.with(|connection| {
            let sql = format!(
                "SELECT {SUMMARY}, updated_at AS at FROM conversation
                 WHERE id = ? AND removed_at IS NULL"
            );
            let mut found = connection.prepare_cached(&sql)?;
            Ok(found.query_row([id], summary).optional()?)
        })
    }
}

/// Some of the rows of a list, newest first by the column `at`.
fn rows(
    connection: &Connection,
    which: &str,
    at: &str,
    after: Option<&ConversationPlace>,
    limit: usize,
) -> rusqlite::Result<Vec<ConversationSummary>> {
    let (last, id) = match after {
        Some(place) => (place.updated_at, place.id.as_str()),
        None => (i64::MAX, ""),
    };
    let sql = format!(
        "SELECT {SUMMARY}, {at} AS at FROM conversation WHERE {which} AND ({at}, id) < (?, ?)
         ORDER BY {at} DESC, id DESC LIMIT ?"
    );
    connection
        .prepare_cached(&sql)?
        .query_map(
            params![last, id, i64::try_from(limit).unwrap_or(i64::MAX)],
            summary,
        )?
        .collect()
}

fn summary(row: &Row<'_>) -> rusqlite::Result<ConversationSummary> {
    Ok(ConversationSummary {
        id: row.get("id")?,
        title: row.get("title")?,
        updated_at: row.get("at")?,
        thumbnail: row.get("thumbnail")?,
        answering: false,
        unread: row.get("unread")?,
        pinned: row.get("pinned")?,
        archived: row.get("archived")?,
    })
}
