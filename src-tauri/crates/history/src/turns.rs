use protocol::{Answer, ChatParams, IpcError, MessageState, Millis, Role};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use crate::basics::{new_id, now};
use crate::columns::{Named, json};
use crate::error::Inner;
use crate::place::{Place, Writer};
use crate::read::{find, found};
use stores::Part;

use crate::{Error, StoredMessage, parts, pieces, shown, versions};

/// Longest title made from a question, in characters.
const TITLE_CHARS: usize = 80;

/// A question that is about to be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTurn {
    /// Which conversation it goes on; a new one when `None`.
    pub conversation: Option<String>,
    /// What the person typed.
    pub text: String,
    /// What it holds beside its text, in order; each was put already.
    pub parts: Vec<Part>,
    /// Who is asked: an answer each, in order.
    pub answers: Vec<Answer>,
    /// Parameters of this request, and of the conversation's next.
    pub params: ChatParams,
}

/// A question and its answers, which are empty and `streaming`.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The conversation, perhaps new.
    pub conversation: String,
    /// The question.
    pub user: StoredMessage,
    /// One for each that is asked, in order; the last is the newest branch.
    pub answers: Vec<StoredMessage>,
}

impl Writer<'_> {
    /// Keeps a question and an empty answer for each that is asked, after the newest message of
    /// the conversation's newest branch.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such conversation or picture;
    /// [`Error::Storage`]. Nothing is kept then.
    pub fn begin_turn(&self, turn: NewTurn) -> Result<Turn, Error> {
        self.with(|connection| {
            let (conversation, parent) = match &turn.conversation {
                Some(id) => (id.clone(), head(connection, id)?),
                None => {
                    let (id, now) = (new_id(), latest(connection)?);
                    connection.execute(
                        "INSERT INTO conversation (id, title, created_at, updated_at)
                         VALUES (?, '', ?2, ?2)",
                        params![id, now],
                    )?;
                    (id, None)
                }
            };
            self.turn_after(connection, conversation, parent, turn)
        })
    }

    /// Keeps a question and its empty answers after this message, or as the first.
    pub(crate) fn turn_after(
        &self,
        connection: &Connection,
        conversation: String,
        parent: Option<String>,
        turn: NewTurn,
    ) -> Result<Turn, Inner> {
        let now = latest(connection)?;
        let mut user = StoredMessage {
            id: new_id(),
            conversation,
            parent,
            role: Role::User,
            state: MessageState::Complete,
            text: turn.text,
            reasoning: String::new(),
            parts: turn.parts,
            answer: None,
            error: None,
            created_at: now,
            run: None,
            versions: Vec::new(),
        };
        insert(connection, &user)?;
        // The first question, also after all before it were removed.
        connection
            .prepare_cached("UPDATE conversation SET title = ?2 WHERE id = ?1 AND title = ''")?
            .execute([&user.conversation, &title(&user.text, &user.parts)])?;
        parts::insert(connection, &user.id, &user.parts)?;
        keep_params(connection, &user.conversation, &turn.params)?;
        let own = self.place.runs.own();
        let mut answers = Vec::with_capacity(turn.answers.len());
        for answer in turn.answers {
            answers.push(insert_answer(connection, own, &user, answer, now)?);
        }
        for answer in &mut answers {
            answer.versions = versions::of(connection, answer)?;
        }
        user.versions = versions::of(connection, &user)?;
        parts::sent(connection, own, &user.parts)?;
        keep_thumbnail(connection, &user)?;
        Ok(Turn {
            conversation: user.conversation.clone(),
            user,
            answers,
        })
    }

    /// Keeps another, empty answer beside the one of this id, to the same
    /// question; its branch is the newest from now on. The id of a question
    /// itself does too. `params` become those of the conversation.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message or it answers nothing;
    /// [`Error::Storage`].
    pub fn begin_retry(
        &self,
        message: &str,
        answer: Answer,
        params: &ChatParams,
    ) -> Result<Turn, Error> {
        self.with(|connection| {
            let user = question_of(connection, self.place, message)?;
            self.answer_beside(connection, user, answer, params)
        })
    }

    /// Keeps one more, empty answer to a question, and shows it.
    pub(crate) fn answer_beside(
        &self,
        connection: &Connection,
        user: StoredMessage,
        answer: Answer,
        params: &ChatParams,
    ) -> Result<Turn, Inner> {
        shown::mark(connection, &user.conversation)?;
        let now = latest(connection)?;
        let mut assistant = insert_answer(connection, self.place.runs.own(), &user, answer, now)?;
        shown::mark(connection, &user.conversation)?;
        assistant.versions = versions::of(connection, &assistant)?;
        keep_params(connection, &user.conversation, params)?;
        Ok(Turn {
            conversation: user.conversation.clone(),
            user,
            answers: vec![assistant],
        })
    }

    /// Ends an answer: its whole text, and what is known of it. False, and
    /// nothing is written, when it is closed already or was removed: of two
    /// that close, the first wins.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn close(
        &self,
        message: &str,
        end: MessageState,
        text: &str,
        reasoning: &str,
        answer: &Answer,
        error: Option<&IpcError>,
    ) -> Result<bool, Error> {
        self.with(|connection| {
            let changed = write_end(connection, message, end, text, reasoning, answer, error)?;
            if changed == 0 {
                return Ok(false);
            }
            let (seq, conversation): (i64, String) = connection
                .prepare_cached("SELECT seq, conversation FROM message WHERE id = ?")?
                .query_row([message], |row| Ok((row.get(0)?, row.get(1)?)))?;
            pieces::forget(connection, seq)?;
            connection
                .prepare_cached("UPDATE conversation SET updated_at = ? WHERE id = ?")?
                .execute(params![latest(connection)?, conversation])?;
            Ok(true)
        })
    }
}

/// Writes how an answer ended, and what is known of it; the number of those that were
/// streaming until then.
pub(crate) fn write_end(
    connection: &Connection,
    message: &str,
    end: MessageState,
    text: &str,
    reasoning: &str,
    answer: &Answer,
    error: Option<&IpcError>,
) -> rusqlite::Result<usize> {
    let usage = answer.usage.clone().unwrap_or_default();
    connection
        .prepare_cached(
            "UPDATE message SET state = :state, text = :text, reasoning = :reasoning,
                error = :error, provider = :provider, provider_name = :provider_name,
                model = :model, answered_by = :answered_by, key_label = :key_label,
                key_last4 = :key_last4, finish_reason = :finish_reason,
                prompt_tokens = :prompt_tokens, completion_tokens = :completion_tokens,
                total_tokens = :total_tokens, reasoning_tokens = :reasoning_tokens,
                first_token_ms = :first_token_ms, reasoning_ms = :reasoning_ms,
                total_ms = :total_ms, request_id = :request_id, notes = :notes, run = NULL
             WHERE id = :id AND state = 'streaming'",
        )?
        .execute(named_params! {
            ":id": message,
            ":state": Named(end),
            ":text": text,
            ":reasoning": reasoning,
            ":error": error.map(json).transpose()?,
            ":provider": answer.provider,
            ":provider_name": answer.provider_name,
            ":model": answer.model,
            ":answered_by": answer.answered_by,
            ":key_label": answer.key_label,
            ":key_last4": answer.key_last4,
            ":finish_reason": answer.finish_reason,
            ":prompt_tokens": usage.prompt_tokens,
            ":completion_tokens": usage.completion_tokens,
            ":total_tokens": usage.total_tokens,
            ":reasoning_tokens": usage.reasoning_tokens,
            ":first_token_ms": answer.first_token_ms,
            ":reasoning_ms": answer.reasoning_ms,
            ":total_ms": answer.total_ms,
            ":request_id": answer.request_id,
            ":notes": notes_of(Some(answer))?,
        })
}

/// What is known of how an answer came to be, as it is kept.
fn notes_of(answer: Option<&Answer>) -> rusqlite::Result<Option<String>> {
    let notes = answer.map(|answer| &answer.notes);
    let notes = notes.filter(|notes| !notes.is_empty());
    notes.map(json).transpose()
}

/// The question that a message answers, or is.
pub(crate) fn question_of(
    connection: &Connection,
    place: &Place,
    message: &str,
) -> Result<StoredMessage, Inner> {
    let mut user = find(connection, place, message)?;
    if user.role == Role::Assistant {
        let parent = user.parent.as_deref();
        user = find(connection, place, parent.unwrap_or(message))?;
    }
    if user.role != Role::User {
        return Err(Error::not_found("question of message", message).into());
    }
    Ok(user)
}

/// The newest message that a conversation shows.
///
/// # Errors
/// [`Error::NotFound`] for a conversation that is not there.
pub(crate) fn head(connection: &Connection, conversation: &str) -> Result<Option<String>, Inner> {
    connection
        .query_row(
            "SELECT head FROM conversation WHERE id = ? AND removed_at IS NULL",
            [conversation],
            |row| row.get(0),
        )
        .optional()?
        .ok_or_else(|| Error::not_found("conversation", conversation).into())
}

/// The text's first line, cut; else the name of what came first.
fn title(text: &str, parts: &[Part]) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let name = parts.first().map(Part::name);
    let whole = line.or(name).unwrap_or_default();
    if whole.chars().count() <= TITLE_CHARS {
        return whole.to_owned();
    }
    let mut cut: String = whole.chars().take(TITLE_CHARS - 1).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// Keeps a message, without its parts; it is the one that is shown after its parent.
pub(crate) fn insert(connection: &Connection, message: &StoredMessage) -> Result<(), Inner> {
    let answer = message.answer.clone();
    let of = |take: fn(Answer) -> Option<String>| answer.clone().and_then(take);
    connection
        .prepare_cached(
            "INSERT INTO message (id, conversation, parent, role, state, text, created_at,
                provider, provider_name, model, key_label, key_last4, notes, run)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            message.id,
            message.conversation,
            message.parent,
            Named(message.role),
            Named(message.state),
            message.text,
            message.created_at,
            of(|answer| Some(answer.provider)),
            of(|answer| Some(answer.provider_name)),
            of(|answer| Some(answer.model)),
            of(|answer| answer.key_label),
            of(|answer| answer.key_last4),
            notes_of(message.answer.as_ref())?,
            message.run,
        ])?;
    let seq = connection.last_insert_rowid();
    if let Some(parent) = &message.parent {
        connection
            .prepare_cached("UPDATE message SET shown = ? WHERE id = ?")?
            .execute(params![seq, parent])?;
    }
    Ok(())
}

fn keep_params(
    connection: &Connection,
    conversation: &str,
    params: &ChatParams,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE conversation SET params = ? WHERE id = ?")?
        .execute([&json(params)?, conversation])?;
    Ok(())
}

/// The time now, and never before that of any conversation: what a clock that was ahead
/// wrote does not come before what is written after it went back.
pub(crate) fn latest(connection: &Connection) -> rusqlite::Result<Millis> {
    let last: Option<Millis> = connection
        .prepare_cached("SELECT max(updated_at) FROM conversation")?
        .query_row([], |row| row.get(0))?;
    let now = now();
    Ok(last
        .filter(|last| *last > now)
        .map_or(now, |last| last.saturating_add(1)))
}

/// The first picture of a conversation stands for it in lists.
fn keep_thumbnail(connection: &Connection, message: &StoredMessage) -> rusqlite::Result<()> {
    if let Some(picture) = message.parts.iter().find_map(Part::picture) {
        connection
            .prepare_cached(
                "UPDATE conversation SET thumbnail = ? WHERE id = ? AND thumbnail IS NULL",
            )?
            .execute([&picture.hash, &message.conversation])?;
    }
    Ok(())
}

/// An empty answer to `user`, now the newest leaf.
fn insert_answer(
    connection: &Connection,
    run: &str,
    user: &StoredMessage,
    answer: Answer,
    now: Millis,
) -> Result<StoredMessage, Inner> {
    let assistant = StoredMessage {
        id: new_id(),
        conversation: user.conversation.clone(),
        parent: Some(user.id.clone()),
        role: Role::Assistant,
        state: MessageState::Streaming,
        text: String::new(),
        reasoning: String::new(),
        parts: Vec::new(),
        // What an answer took is not known before it ended.
        answer: Some(Answer {
            provider: answer.provider,
            provider_name: answer.provider_name,
            model: answer.model,
            key_label: answer.key_label,
            key_last4: answer.key_last4,
            // What was filled into its prompt is.
            notes: answer.notes,
            ..Answer::default()
        }),
        error: None,
        created_at: now,
        run: Some(run.to_owned()),
        versions: Vec::new(),
    };
    insert(connection, &assistant)?;
    // One that is gone on with is in the list again.
    let changed = connection.execute(
        "UPDATE conversation SET head = ?, updated_at = ?, archived_at = NULL
         WHERE id = ? AND removed_at IS NULL",
        params![assistant.id, now, user.conversation],
    )?;
    found(changed, "conversation", &user.conversation)?;
    Ok(assistant)
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_title_is_the_first_line_and_at_most_eighty_characters() {
        assert_eq!(title("\n  这是什么？\n第二行", &[]), "这是什么？");
        assert_eq!(title("   ", &[]), "");
        let exact = "图".repeat(80);
        assert_eq!(title(&exact, &[]), exact);
        let long = title(&"图".repeat(81), &[]);
        assert_eq!(long.chars().count(), 80);
        assert!(long.ends_with("图…"));
        let words = format!("{} and more than that", "w".repeat(78));
        assert_eq!(title(&words, &[]), format!("{}…", "w".repeat(78)));
    }
}
