//! What a person changes of a conversation.

use protocol::ChatParams;
use rusqlite::params;

use crate::Error;
use crate::columns::json;
use crate::hold::let_go;
use crate::place::Writer;
use crate::read::found;

impl Writer<'_> {
    /// Gives a conversation a title of the person's own; an empty one takes the
    /// first question's again.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn rename(&self, id: &str, own: &str) -> Result<(), Error> {
        self.with(|connection| {
            let own = own.split_whitespace().collect::<Vec<_>>().join(" ");
            let changed = connection.execute(
                "UPDATE conversation SET own_title = nullif(?2, '') WHERE id = ?1",
                [id, &own],
            )?;
            found(changed, "conversation", id)
        })
    }

    /// Keeps the parameters of a conversation's next request.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn set_params(&self, id: &str, params: &ChatParams) -> Result<(), Error> {
        self.with(|connection| {
            let changed = connection.execute(
                "UPDATE conversation SET params = ?2 WHERE id = ?1",
                [id, &json(params)?],
            )?;
            found(changed, "conversation", id)
        })
    }

    /// Removes a conversation, all its branches, and the pictures and videos that
    /// nothing else holds. Its rows are gone with this; what lies elsewhere (files,
    /// copies, `-wal`) is removed by [`tending`](crate::History::tend).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        self.with(|connection| {
            let held: Vec<String> = connection
                .prepare_cached(
                    "WITH held AS (
                        SELECT part.* FROM message m JOIN part ON part.message = m.id
                        WHERE m.conversation = ?
                     )
                     SELECT picture FROM held WHERE picture IS NOT NULL
                     UNION SELECT video FROM held WHERE video IS NOT NULL
                     UNION SELECT master FROM held WHERE master IS NOT NULL",
                )?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let changed = connection.execute("DELETE FROM conversation WHERE id = ?", [id])?;
            found(changed, "conversation", id)?;
            connection.execute(
                "INSERT OR IGNORE INTO gone VALUES ('conversation', ?)",
                params![id],
            )?;
            Ok(let_go(connection, held.iter().map(String::as_str))?)
        })
    }
}
