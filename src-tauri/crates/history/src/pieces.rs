//! An answer while it is written: pieces in the order they came, folded into its
//! message when it ends.

use rusqlite::{Connection, params};

use crate::Error;
use crate::place::Writer;

/// What an answer grew by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// More of its text.
    Text(String),
    /// More of its reasoning.
    Reasoning(String),
    /// All text so far was reasoning: it belongs there, its end trimmed.
    TextWasReasoning,
}

impl Piece {
    fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Text(text) => ("text", text),
            Self::Reasoning(text) => ("reasoning", text),
            Self::TextWasReasoning => ("moved", ""),
        }
    }
}

impl Writer<'_> {
    /// Keeps what an answer grew by since the last flush: what it costs does not
    /// depend on how long the answer is. False, and nothing is kept, when it is
    /// closed already or was removed.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn flush(&self, message: &str, pieces: &[Piece]) -> Result<bool, Error> {
        self.with(|connection| {
            let seq = connection
                .prepare_cached("SELECT seq FROM message WHERE id = ? AND state = 'streaming'")?
                .query_map([message], |row| row.get::<_, i64>(0))?
                .next()
                .transpose()?;
            let Some(seq) = seq else { return Ok(false) };
            let mut insert = connection
                .prepare_cached("INSERT INTO piece (message, kind, text) VALUES (?, ?, ?)")?;
            for piece in pieces {
                let (kind, text) = piece.columns();
                insert.execute(params![seq, kind, text])?;
            }
            Ok(true)
        })
    }
}

/// Adds the pieces of the message with this row number to its text and reasoning.
pub(crate) fn join(
    connection: &Connection,
    seq: i64,
    text: &mut String,
    reasoning: &mut String,
) -> rusqlite::Result<()> {
    let mut pieces =
        connection.prepare_cached("SELECT kind, text FROM piece WHERE message = ? ORDER BY id")?;
    let mut pieces = pieces.query([seq])?;
    while let Some(piece) = pieces.next()? {
        let more = piece.get_ref(1)?.as_str()?;
        match piece.get_ref(0)?.as_str()? {
            "text" => text.push_str(more),
            "reasoning" => reasoning.push_str(more),
            _ => reasoning.push_str(std::mem::take(text).trim_end()),
        }
    }
    Ok(())
}

/// Ends the answers that a run left open: their pieces become their text. Answers how
/// many there were. `None` for those of versions that named no run.
pub(crate) fn fold_open(connection: &Connection, run: Option<&str>) -> rusqlite::Result<usize> {
    let open: Vec<(i64, String, String)> = connection
        .prepare_cached(
            "SELECT seq, text, reasoning FROM message WHERE state = 'streaming' AND run IS ?",
        )?
        .query_map([run], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let count = open.len();
    for (seq, mut text, mut reasoning) in open {
        join(connection, seq, &mut text, &mut reasoning)?;
        connection
            .prepare_cached(
                "UPDATE message SET state = 'interrupted', text = ?2, reasoning = ?3, run = NULL
                 WHERE seq = ?1",
            )?
            .execute(params![seq, text, reasoning])?;
        forget(connection, seq)?;
    }
    Ok(count)
}

/// Removes the pieces of a message whose text is whole.
pub(crate) fn forget(connection: &Connection, seq: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM piece WHERE message = ?")?
        .execute([seq])?;
    Ok(())
}
