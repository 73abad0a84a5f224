use protocol::{Keep, Millis};
use rusqlite::{Connection, params};

use crate::Error;
use crate::history::History;
use crate::read::found;
use crate::rows::Named;

/// What is known of a key. Nothing here is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// Provider it belongs to.
    pub provider: String,
    /// Scheme, host and port it may be sent to.
    pub origin: String,
    /// The person's name for it.
    pub label: String,
    /// Its last characters, four at most.
    pub last4: String,
    /// Where it is kept.
    pub kept: Keep,
    /// Is it the one in use for its provider?
    pub chosen: bool,
    /// When it was entered.
    pub created_at: Millis,
    /// When it was last used.
    pub used_at: Option<Millis>,
}

impl History {
    /// Every key, in order of entry.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keys(&self) -> Result<Vec<KeyRow>, Error> {
        self.with(|state| Ok(keys_where(&state.connection, "1", &[])?))
    }

    /// The key in use for a provider; `None` when it has none.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn chosen_key(&self, provider: &str) -> Result<Option<KeyRow>, Error> {
        self.with(|state| {
            let filter = "provider = ? AND chosen = 1";
            Ok(keys_where(&state.connection, filter, &[provider])?.pop())
        })
    }

    /// Adds a key, which becomes its provider's chosen one, whatever
    /// `key.chosen` says.
    ///
    /// # Errors
    /// [`Error::Storage`], also for an id that is there already.
    pub fn add_key(&self, key: &KeyRow) -> Result<(), Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            transaction.execute(
                "UPDATE key SET chosen = 0 WHERE provider = ? AND chosen = 1",
                [&key.provider],
            )?;
            transaction.execute(
                "INSERT INTO key (id, provider, origin, label, last4, kept, chosen, created_at, used_at)
                 VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
                params![
                    key.id,
                    key.provider,
                    key.origin,
                    key.label,
                    key.last4,
                    Named(key.kept),
                    key.created_at,
                    key.used_at
                ],
            )?;
            transaction.commit()?;
            Ok(())
        })
    }

    /// Chooses a key for its provider.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn choose_key(&self, id: &str) -> Result<(), Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            transaction.execute(
                "UPDATE key SET chosen = 0 WHERE chosen = 1
                 AND provider = (SELECT provider FROM key WHERE id = ?)",
                [id],
            )?;
            let changed = transaction.execute("UPDATE key SET chosen = 1 WHERE id = ?", [id])?;
            found(changed, "key", id)?;
            transaction.commit()?;
            Ok(())
        })
    }

    /// Gives a key another label.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn rename_key(&self, id: &str, label: &str) -> Result<(), Error> {
        self.with(|state| {
            let sql = "UPDATE key SET label = ?2 WHERE id = ?1";
            found(state.connection.execute(sql, [id, label])?, "key", id)
        })
    }

    /// Notes that a key was used; one that is gone is no error.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn key_used(&self, id: &str, at: Millis) -> Result<(), Error> {
        self.with(|state| {
            state
                .connection
                .execute("UPDATE key SET used_at = ?2 WHERE id = ?1", params![id, at])?;
            Ok(())
        })
    }

    /// Removes what is known of a key, and answers it so that the caller takes
    /// it out of the keyring; `None` when it is not there. Where it was the
    /// chosen one, the newest of its provider's others is.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn remove_key(&self, id: &str) -> Result<Option<KeyRow>, Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            let Some(key) = keys_where(&transaction, "id = ?", &[id])?.pop() else {
                return Ok(None);
            };
            transaction.execute("DELETE FROM key WHERE id = ?", [id])?;
            choose_where_none_is(&transaction)?;
            transaction.commit()?;
            Ok(Some(key))
        })
    }
}

/// Keys whose rows match `filter`, in order of entry.
pub(crate) fn keys_where(
    connection: &Connection,
    filter: &str,
    values: &[&str],
) -> rusqlite::Result<Vec<KeyRow>> {
    connection
        .prepare_cached(&format!("SELECT * FROM key WHERE {filter} ORDER BY seq"))?
        .query_map(rusqlite::params_from_iter(values), |row| {
            let Named(kept) = row.get("kept")?;
            Ok(KeyRow {
                id: row.get("id")?,
                provider: row.get("provider")?,
                origin: row.get("origin")?,
                label: row.get("label")?,
                last4: row.get("last4")?,
                kept,
                chosen: row.get("chosen")?,
                created_at: row.get("created_at")?,
                used_at: row.get("used_at")?,
            })
        })?
        .collect()
}

/// Keys that were kept for one run only: that run is over.
pub(crate) fn remove_session_keys(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM key WHERE kept = 'session'", [])?;
    choose_where_none_is(connection)
}

fn choose_where_none_is(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE key SET chosen = 1 WHERE seq IN (
            SELECT max(seq) FROM key GROUP BY provider HAVING max(chosen) = 0
         )",
        [],
    )?;
    Ok(())
}
