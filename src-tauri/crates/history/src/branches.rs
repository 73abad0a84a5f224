//! How branches are made: a question that is changed, an answer that is gone on with, a
//! conversation that begins as another went.

use protocol::{Answer, ChatParams, Role};
use rusqlite::{Connection, params};

use crate::basics::new_id;
use crate::error::Inner;
use crate::place::{Reader, Writer};
use crate::read::{find, found};
use crate::turns::{latest, question_of};
use crate::{Error, NewTurn, StoredMessage, Turn, parts, pieces, shown};

/// What a message is copied with, beside its place and its state.
const COPIED: &str = "role, state, text, reasoning, created_at, provider, provider_name, model, \
    answered_by, key_label, key_last4, finish_reason, prompt_tokens, completion_tokens, \
    total_tokens, reasoning_tokens, first_token_ms, reasoning_ms, total_ms, error, request_id, \
    notes, alone";

impl Reader<'_> {
    /// Was a question asked without what was said before it?
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn is_alone(&self, question: &str) -> Result<bool, Error> {
        self.with(|connection| {
            Ok(connection
                .prepare_cached("SELECT 1 FROM message WHERE id = ? AND alone")?
                .exists([question])?)
        })
    }
}

impl Writer<'_> {
    /// Notes that a question is asked without what was said before it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn set_alone(&self, question: &str) -> Result<(), Error> {
        self.with(|connection| {
            let changed = connection
                .prepare_cached("UPDATE message SET alone = 1 WHERE id = ?")?
                .execute([question])?;
            found(changed, "question", question)
        })
    }

    /// Keeps a question in the place of another, beside it, with an empty answer for each
    /// that is asked; its branch is shown. The turn's conversation is that of the other.
    ///
    /// # Errors
    /// As [`begin_turn`](Writer::begin_turn), and [`Error::NotFound`] where there is no
    /// such question.
    pub fn begin_beside(&self, question: &str, turn: NewTurn) -> Result<Turn, Error> {
        self.with(|connection| {
            let other = find(connection, self.place, question)?;
            if other.role != Role::User {
                return Err(Error::not_found("question", question).into());
            }
            shown::mark(connection, &other.conversation)?;
            let begun = self.turn_after(connection, other.conversation, other.parent, turn)?;
            shown::mark(connection, &begun.conversation)?;
            Ok(begun)
        })
    }

    /// Keeps an answer that goes on from another: beside it, with its words, and
    /// `streaming`. It is to take the other's place, so that is none of its versions, unless
    /// something follows it; with the turn come the versions of one that stands beside it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such answer; [`Error::Storage`].
    pub fn begin_going_on(
        &self,
        message: &str,
        answer: Answer,
        params: &ChatParams,
    ) -> Result<(Turn, Vec<String>), Error> {
        self.with(|connection| {
            let before = find(connection, self.place, message)?;
            if before.role != Role::Assistant {
                return Err(Error::not_found("answer", message).into());
            }
            let user = question_of(connection, self.place, message)?;
            let mut turn = self.answer_beside(connection, user, answer, params)?;
            let followed = connection
                .prepare_cached("SELECT 1 FROM message WHERE parent = ?")?
                .exists([message])?;
            let mut beside = Vec::new();
            for answer in &mut turn.answers {
                beside.clone_from(&answer.versions);
                if !followed {
                    answer.versions.retain(|id| id != message);
                }
                if answer.versions.len() < 2 {
                    answer.versions.clear();
                }
                connection
                    .prepare_cached("UPDATE message SET text = ?2, reasoning = ?3 WHERE id = ?1")?
                    .execute([&answer.id, &before.text, &before.reasoning])?;
                parts::insert(connection, &answer.id, &before.parts)?;
                answer.text.clone_from(&before.text);
                answer.reasoning.clone_from(&before.reasoning);
                answer.parts.clone_from(&before.parts);
            }
            Ok((turn, beside))
        })
    }

    /// An answer does not go on from another after all: what it began with is not its
    /// own. Nothing is changed when it is closed already.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn begin_anew(&self, message: &str) -> Result<(), Error> {
        self.with(|connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE message SET text = '' WHERE id = ? AND state = 'streaming'",
                )?
                .execute([message])?;
            if changed > 0 {
                connection
                    .prepare_cached("DELETE FROM part WHERE message = ?")?
                    .execute([message])?;
            }
            Ok(())
        })
    }

    /// An answer has gone on from another to its end, and stands in its place: the other
    /// goes, unless something follows it.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn went_on_from(&self, other: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "DELETE FROM message WHERE id = ?1 AND state <> 'streaming'
                     AND NOT EXISTS (SELECT 1 FROM message WHERE parent = ?1)
                     AND NOT EXISTS (SELECT 1 FROM conversation WHERE head = ?1)",
                )?
                .execute([other])?;
            Ok(())
        })
    }

    /// Begins a conversation with all that led to this message, it included. Answers its
    /// id. An answer that is being written is copied as far as it is kept.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn fork(&self, message: &str) -> Result<String, Error> {
        let path = self.path_to(message)?;
        self.with(|connection| {
            let of = path
                .last()
                .ok_or_else(|| Error::not_found("message", message))?;
            let conversation = new_id();
            let now = latest(connection)?;
            connection.execute(
                "INSERT INTO conversation
                    (id, title, own_title, params, preset, created_at, updated_at)
                 SELECT ?1, title, own_title, params, preset, ?3, ?3
                 FROM conversation WHERE id = ?2",
                params![conversation, of.conversation, now],
            )?;
            let mut last = None;
            for one in &path {
                last = Some(copy(connection, one, &conversation, last.as_deref())?);
            }
            shown::set_head(connection, &conversation, last.as_deref())?;
            thumbnail(connection, &conversation)?;
            Ok(conversation)
        })
    }
}

/// Copies a message with its parts, after another. Answers its id.
fn copy(
    connection: &Connection,
    message: &StoredMessage,
    conversation: &str,
    parent: Option<&str>,
) -> Result<String, Inner> {
    let id = new_id();
    let sql = format!(
        "INSERT INTO message (id, conversation, parent, {COPIED})
         SELECT ?1, ?2, ?3, {COPIED} FROM message WHERE id = ?4"
    );
    connection
        .prepare_cached(&sql)?
        .execute(params![id, conversation, parent, message.id])?;
    let seq = connection.last_insert_rowid();
    // Of one that is written, or was when its run ended, the pieces stay where they are.
    connection
        .prepare_cached(
            "UPDATE message SET state = 'interrupted', text = ?2, reasoning = ?3
             WHERE seq = ?1 AND state = 'streaming'",
        )?
        .execute(params![seq, message.text, message.reasoning])?;
    pieces::forget(connection, seq)?;
    parts::insert(connection, &id, &message.parts)?;
    Ok(id)
}

/// The first picture of all that a conversation holds stands for it in lists.
pub(crate) fn thumbnail(connection: &Connection, conversation: &str) -> Result<(), Inner> {
    connection
        .prepare_cached(
            "UPDATE conversation SET thumbnail = (
                SELECT part.picture FROM message m JOIN part ON part.message = m.id
                WHERE m.conversation = ?1 AND part.picture IS NOT NULL
                ORDER BY m.seq, part.position LIMIT 1
             ) WHERE id = ?1",
        )?
        .execute([conversation])?;
    Ok(())
}
