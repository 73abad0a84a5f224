//! Full-text search over messages, titles and names of attachments.
//!
//! What stands in the index is asked for newest first and read one by one, until a page
//! is full: how common a word is costs nothing. Each hit is held against its text as it
//! is now, so that an index that is behind shows nothing that is not there.

pub(crate) mod index;
mod marks;
mod query;

use protocol::{Marked, Millis, SearchAnswer, SearchGroup, SearchHit, SearchParams, SearchPlace};
use rusqlite::{Connection, OptionalExtension, Rows, named_params, params};

use self::query::{Has, Query, Term};
use crate::answer::{Pending, pending};
use crate::columns::{Named, json};
use crate::error::Inner;
use crate::place::Reader;
use crate::removed::{are_removed, is_removed};
use crate::threads::Overtaken;
use crate::{Error, History};

/// Hits of a page.
const PAGE: usize = 50;

impl History {
    /// Searches, on a connection of its own. A search that is still going on is given
    /// up, and answered as overtaken.
    pub fn search(&self, params: SearchParams) -> Pending<SearchAnswer> {
        let (sender, answer) = pending(self.place());
        if let Some(threads) = self.threads().as_ref() {
            threads.search(Box::new(move |reader, overtaken| {
                sender.send(reader.search(&params, overtaken));
            }));
        }
        answer
    }
}

impl Reader<'_> {
    fn search(
        &self,
        params: &SearchParams,
        overtaken: Overtaken<'_>,
    ) -> Result<SearchAnswer, Error> {
        let query = Query::parse(&params.query, params.utc_offset);
        let found = self.with(|connection| {
            if overtaken() {
                return Ok(None);
            }
            // What is read belongs together.
            let transaction = connection.unchecked_transaction()?;
            let waiting = transaction
                .prepare_cached("SELECT count(*) FROM search_todo")?
                .query_row([], |row| row.get(0))?;
            let search = Search {
                connection: &transaction,
                query: &query,
                removed: are_removed(&transaction)?,
                overtaken,
            };
            let found = if query.is_empty() {
                Some(Found::default())
            } else {
                search.page(params.after.as_ref())?
            };
            Ok(found.map(|found| SearchAnswer {
                groups: found.groups,
                next: found.next,
                notes: query.notes.clone(),
                waiting,
                overtaken: false,
            }))
        });
        let overtaken = SearchAnswer {
            overtaken: true,
            ..SearchAnswer::default()
        };
        match found {
            Ok(answer) => Ok(answer.unwrap_or(overtaken)),
            Err(Error::Interrupted) => Ok(overtaken),
            Err(error) => {
                self.place.index_trouble(&error);
                Err(error)
            }
        }
    }
}

#[derive(Default)]
struct Found {
    groups: Vec<SearchGroup>,
    next: Option<SearchPlace>,
}

/// A title that was found.
struct Title {
    number: i64,
    made_at: Millis,
    group: SearchGroup,
}

/// A message that was found.
struct Message {
    seq: i64,
    conversation: String,
    hit: SearchHit,
}

struct Search<'a> {
    connection: &'a Connection,
    query: &'a Query,
    /// Are there messages that were removed and can be brought back?
    removed: bool,
    overtaken: Overtaken<'a>,
}

impl Search<'_> {
    /// A page of what is found, titles and messages in one order; `None` when it was
    /// overtaken.
    fn page(&self, after: Option<&SearchPlace>) -> Result<Option<Found>, Inner> {
        let mut place = after.cloned().unwrap_or(SearchPlace {
            message: i64::MAX,
            title: i64::MAX,
        });
        let expression = self.query.expression();
        let connection = self.connection;
        let mut titles = connection.prepare_cached(
            "SELECT -rowid FROM search WHERE search MATCH ? AND rowid < 0 AND rowid > ?
             ORDER BY rowid",
        )?;
        let mut titles = if self.query.terms.is_empty() || self.query.narrows_messages() {
            None
        } else {
            Some(titles.query(params![expression, -place.title])?)
        };
        let mut messages = if self.query.terms.is_empty() {
            connection.prepare_cached(
                "SELECT seq FROM message WHERE seq < ?2 AND ?1 = '' ORDER BY seq DESC",
            )?
        } else {
            connection.prepare_cached(
                "SELECT rowid FROM search WHERE search MATCH ? AND rowid > 0 AND rowid < ?
                 ORDER BY rowid DESC",
            )?
        };
        let mut messages = if self.query.in_title {
            None
        } else {
            Some(messages.query(params![expression, place.message])?)
        };
        let mut found = Found::default();
        let mut title = self.title(titles.as_mut())?;
        let mut message = self.message(messages.as_mut())?;
        for _ in 0..PAGE {
            if (self.overtaken)() {
                return Ok(None);
            }
            let first = match (&title, &message) {
                (None, None) => break,
                (Some(title), Some(message)) => title.made_at >= message.hit.created_at,
                (title, _) => title.is_some(),
            };
            if let Some(one) = title.take_if(|_| first) {
                place.title = one.number;
                found.add_title(one);
                title = self.title(titles.as_mut())?;
            } else if let Some(one) = message.take() {
                place.message = one.seq;
                found.add(self, one)?;
                message = self.message(messages.as_mut())?;
            }
        }
        let more = title.is_some() || message.is_some();
        found.next = more.then_some(place);
        Ok(Some(found).filter(|_| !(self.overtaken)()))
    }

    /// The next title that holds all words.
    fn title(&self, rows: Option<&mut Rows<'_>>) -> Result<Option<Title>, Inner> {
        let Some(rows) = rows else { return Ok(None) };
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            let title = self
                .connection
                .prepare_cached(
                    "SELECT c.id, coalesce(c.own_title, c.title), c.thumbnail, c.updated_at,
                            c.archived_at IS NOT NULL, c.created_at
                     FROM search_title t JOIN conversation c ON c.id = t.conversation
                     WHERE t.number = :number AND c.removed_at IS NULL
                         AND (:before IS NULL OR c.created_at < :before)
                         AND (:after IS NULL OR c.created_at >= :after)",
                )?
                .query_row(
                    named_params! {
                        ":number": number,
                        ":before": self.query.before,
                        ":after": self.query.after,
                    },
                    |row| Ok((group(row, &self.query.terms)?, row.get(5)?)),
                )
                .optional()?;
            if let Some(((group, true), made_at)) = title {
                return Ok(Some(Title {
                    number,
                    made_at,
                    group,
                }));
            }
            if (self.overtaken)() {
                break;
            }
        }
        Ok(None)
    }

    /// The next message that holds all words and is as the filters want it.
    fn message(&self, rows: Option<&mut Rows<'_>>) -> Result<Option<Message>, Inner> {
        let Some(rows) = rows else { return Ok(None) };
        let mut read = self.connection.prepare_cached(MESSAGE)?;
        let query = self.query;
        let list = |values: &[String]| (!values.is_empty()).then(|| json(values)).transpose();
        let (models, providers) = (list(&query.models)?, list(&query.providers)?);
        let has = |has: Has| query.has.contains(&has);
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let message = read
                .query_row(
                    named_params! {
                        ":seq": seq,
                        ":before": query.before,
                        ":after": query.after,
                        ":models": models,
                        ":providers": providers,
                        ":picture": has(Has::Picture),
                        ":video": has(Has::Video),
                        ":link": has(Has::Link),
                    },
                    |row| message(row, seq, &query.terms),
                )
                .optional()?;
            // What was removed can be brought back, and is not found until it is.
            if let Some(message) = message.flatten()
                && !(self.removed && is_removed(self.connection, &message.hit.message)?)
            {
                return Ok(Some(message));
            }
            if (self.overtaken)() {
                break;
            }
        }
        Ok(None)
    }
}

/// One message, where the filters let it through. A question and its answers are one to
/// them: who answered it, and what was attached to it.
const MESSAGE: &str = "
    SELECT m.id, m.conversation, m.role, m.created_at, m.model, m.text,
        (SELECT coalesce(group_concat(name, ', '), '') FROM part WHERE message = m.id)
    FROM message m JOIN conversation c ON c.id = m.conversation AND c.removed_at IS NULL
    WHERE m.seq = :seq AND m.state <> 'streaming' AND m.role <> 'system'
        AND (:before IS NULL OR m.created_at < :before)
        AND (:after IS NULL OR m.created_at >= :after)
        AND (:models IS NULL OR EXISTS (
            SELECT 1 FROM message a, json_each(:models) name
            WHERE a.seq IN (SELECT m.seq UNION ALL SELECT seq FROM message WHERE parent = m.id)
                AND a.role = 'assistant'
                AND instr(lower(coalesce(a.model, '') || ' ' || coalesce(a.answered_by, '')), name.value)))
        AND (:providers IS NULL OR EXISTS (
            SELECT 1 FROM message a, json_each(:providers) name
            WHERE a.seq IN (SELECT m.seq UNION ALL SELECT seq FROM message WHERE parent = m.id)
                AND a.role = 'assistant'
                AND instr(lower(coalesce(a.provider, '') || ' ' || coalesce(a.provider_name, '')), name.value)))
        AND (NOT :picture OR EXISTS (
            SELECT 1 FROM part WHERE picture IS NOT NULL
                AND (message = m.id OR m.role = 'assistant' AND message = m.parent)))
        AND (NOT :video OR EXISTS (
            SELECT 1 FROM part WHERE (video IS NOT NULL OR names_video)
                AND (message = m.id OR m.role = 'assistant' AND message = m.parent)))
        AND (NOT :link OR EXISTS (
            SELECT 1 FROM part WHERE kind = 'link'
                AND (message = m.id OR m.role = 'assistant' AND message = m.parent)))";

fn message(row: &rusqlite::Row<'_>, seq: i64, terms: &[Term]) -> rusqlite::Result<Option<Message>> {
    let text = row.get_ref(5)?.as_str()?;
    let names = row.get_ref(6)?.as_str()?;
    let Some(text) = marks::piece(text, names, terms) else {
        return Ok(None);
    };
    let (names, _) = marks::whole(names, terms);
    let Named(role) = row.get(2)?;
    Ok(Some(Message {
        seq,
        conversation: row.get(1)?,
        hit: SearchHit {
            message: row.get(0)?,
            role,
            created_at: row.get(3)?,
            model: row.get(4)?,
            text,
            names: Some(names).filter(|names| !names.marks.is_empty()),
        },
    }))
}

/// A conversation without hits, and whether its title holds all words.
fn group(row: &rusqlite::Row<'_>, terms: &[Term]) -> rusqlite::Result<(SearchGroup, bool)> {
    let title: String = row.get(1)?;
    let (title, all): (Marked, bool) = marks::whole(&title, terms);
    let group = SearchGroup {
        conversation: row.get(0)?,
        title,
        thumbnail: row.get(2)?,
        updated_at: row.get(3)?,
        archived: row.get(4)?,
        titled: false,
        hits: Vec::new(),
    };
    Ok((group, all))
}

impl Found {
    fn add_title(&mut self, title: Title) {
        let id = &title.group.conversation;
        match self.groups.iter_mut().find(|one| one.conversation == *id) {
            Some(group) => group.titled = true,
            None => self.groups.push(SearchGroup {
                titled: true,
                ..title.group
            }),
        }
    }

    fn add(&mut self, search: &Search<'_>, message: Message) -> Result<(), Inner> {
        let id = &message.conversation;
        let at = self.groups.iter().position(|one| one.conversation == *id);
        let at = match at {
            Some(at) => at,
            None => {
                let (group, _) = search
                    .connection
                    .prepare_cached(
                        "SELECT id, coalesce(own_title, title), thumbnail, updated_at,
                            archived_at IS NOT NULL
                         FROM conversation WHERE id = ?",
                    )?
                    .query_row([id], |row| group(row, &search.query.terms))?;
                self.groups.push(group);
                self.groups.len() - 1
            }
        };
        if let Some(group) = self.groups.get_mut(at) {
            group.hits.push(message.hit);
        }
        Ok(())
    }
}
