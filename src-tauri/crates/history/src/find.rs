//! What find in a conversation looks through.

use protocol::Role;

use crate::Error;
use crate::columns::Named;
use crate::place::Reader;
use crate::{pieces, words};

/// A message's text, for who looks something up in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Id of the message.
    pub message: String,
    /// Who wrote it.
    pub role: Role,
    /// What the person typed, or the answer's markdown as far as it is kept.
    pub text: String,
}

impl Reader<'_> {
    /// The texts of a conversation's branch that is shown, oldest first; none where
    /// there is no such conversation.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn texts(&self, conversation: &str) -> Result<Vec<Text>, Error> {
        self.with(|connection| {
            let mut read = connection.prepare_cached(
                "WITH RECURSIVE up (seq, parent) AS (
                    SELECT m.seq, m.parent FROM conversation c JOIN message m ON m.id = c.head
                    WHERE c.id = ?
                    UNION ALL
                    SELECT p.seq, p.parent FROM up
                    JOIN message p ON p.id = up.parent AND p.seq < up.seq
                 )
                 SELECT m.seq, m.id, m.role, m.state = 'streaming', m.text
                 FROM up JOIN message m ON m.seq = up.seq ORDER BY m.seq",
            )?;
            let mut rows = read.query([conversation])?;
            let mut texts = Vec::new();
            while let Some(row) = rows.next()? {
                let Named(role) = row.get(2)?;
                let mut text: String = row.get(4)?;
                if row.get(3)? {
                    pieces::join(connection, row.get(0)?, &mut text, &mut String::new())?;
                }
                texts.push(Text {
                    message: row.get(1)?,
                    role,
                    text,
                });
            }
            Ok(texts)
        })
    }
}

/// How many times a text stands in another, both folded: case, accents, width and the
/// number of blanks are the same.
pub fn count(text: &str, sought: &str) -> usize {
    let sought = words::folded(sought);
    let sought = sought.trim();
    if sought.is_empty() {
        return 0;
    }
    words::folded(text).matches(sought).count()
}
