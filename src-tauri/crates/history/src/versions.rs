//! Versions: the messages that stand in one place.

use protocol::Role;
use rusqlite::Connection;

use crate::StoredMessage;
use crate::error::Inner;

/// Ids of all that stand in the place of a message, itself among them, oldest first;
/// none where it stands there alone. An answer that ended without a word and without a
/// picture is no version beside others.
pub(crate) fn of(connection: &Connection, message: &StoredMessage) -> Result<Vec<String>, Inner> {
    let place = match (&message.parent, message.role) {
        (_, Role::System) => return Ok(Vec::new()),
        (Some(parent), _) => ("v.parent = ?1", parent),
        (None, _) => (
            "v.parent IS NULL AND v.conversation = ?1",
            &message.conversation,
        ),
    };
    let sql = format!(
        "SELECT v.id FROM message v
         WHERE {} AND v.removed_at IS NULL
         AND (v.id = ?2 OR v.role = 'user' OR v.state = 'streaming'
              OR v.text <> '' OR v.reasoning <> ''
              OR EXISTS (SELECT 1 FROM part WHERE part.message = v.id))
         ORDER BY v.seq",
        place.0
    );
    let mut ids: Vec<String> = connection
        .prepare_cached(&sql)?
        .query_map([place.1, &message.id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if ids.len() < 2 {
        ids.clear();
    }
    Ok(ids)
}
