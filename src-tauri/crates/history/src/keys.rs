use protocol::{ErrorCode, Keep, Millis};
use rusqlite::{Connection, params};
use stores::KeyRow;

use crate::Error;
use crate::columns::Named;
use crate::place::{Reader, Writer};
use crate::read::found;

impl Reader<'_> {
    /// Every key, by provider, each provider's in the order they are tried.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keys(&self) -> Result<Vec<KeyRow>, Error> {
        self.with(|connection| Ok(keys_where(connection, self.place.runs.own(), "1", &[])?))
    }

    /// The keys of a provider in the order they are tried, whether they rest or
    /// not.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keys_of(&self, provider: &str) -> Result<Vec<KeyRow>, Error> {
        let own = self.place.runs.own();
        self.with(|connection| Ok(keys_where(connection, own, "provider = ?", &[provider])?))
    }
}

impl Writer<'_> {
    /// Adds a key, which becomes the first of its provider's.
    ///
    /// # Errors
    /// [`Error::Storage`], also for an id that is there already.
    pub fn add_key(&self, key: &KeyRow) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO key (id, provider, origin, label, last4, kept, created_at, used_at, run,
                     position)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                         (SELECT coalesce(min(position), 0) - 1 FROM key WHERE provider = ?2))",
                params![
                    key.id,
                    key.provider,
                    key.origin,
                    key.label,
                    key.last4,
                    Named(key.kept),
                    key.created_at,
                    key.used_at,
                    // Only in the memory of this run.
                    (key.kept == Keep::Session).then_some(self.place.runs.own()),
                ],
            )?;
            Ok(())
        })
    }

    /// Puts a key before its provider's others.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn choose_key(&self, id: &str) -> Result<(), Error> {
        self.with(|connection| {
            let sql = "UPDATE key SET position = (
                           SELECT min(other.position) - (other.id <> key.id) FROM key other
                           WHERE other.provider = key.provider
                       ) WHERE id = ?";
            found(connection.execute(sql, [id])?, "key", id)
        })
    }

    /// Puts a provider's keys in this order; those that are not named stay
    /// behind them, in the order they have.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an id that is none of this provider's: nothing
    /// changes then; [`Error::Storage`].
    pub fn order_keys(&self, provider: &str, ids: &[String]) -> Result<(), Error> {
        self.with(|connection| {
            let own = self.place.runs.own();
            let mut keys = keys_where(connection, own, "provider = ?", &[provider])?;
            for id in ids {
                found(usize::from(keys.iter().any(|key| key.id == *id)), "key", id)?;
            }
            let place = |key: &KeyRow| ids.iter().position(|id| *id == key.id);
            keys.sort_by_key(|key| place(key).unwrap_or(ids.len()));
            for (position, key) in keys.iter().enumerate() {
                let position = i64::try_from(position).unwrap_or(i64::MAX);
                connection
                    .prepare_cached("UPDATE key SET position = ?2 WHERE id = ?1")?
                    .execute(params![key.id, position])?;
            }
            Ok(())
        })
    }

    /// Gives a key another label.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn rename_key(&self, id: &str, label: &str) -> Result<(), Error> {
        self.with(|connection| {
            let sql = "UPDATE key SET label = ?2 WHERE id = ?1";
            found(connection.execute(sql, [id, label])?, "key", id)
        })
    }

    /// Notes that a key was taken: it rests no longer. One that is gone is no
    /// error.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn key_used(&self, id: &str, at: Millis) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE key SET used_at = ?2, rests_until = NULL, rests_because = NULL
                 WHERE id = ?1",
                params![id, at],
            )?;
            Ok(())
        })
    }

    /// Notes that a key was given up, why, and until when it is tried last. One
    /// that is gone is no error.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn rest_key(&self, id: &str, until: Millis, because: ErrorCode) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "UPDATE key SET rests_until = ?2, rests_because = ?3 WHERE id = ?1",
                params![id, until, Named(because)],
            )?;
            Ok(())
        })
    }

    /// Removes what is known of a key, and answers it so that the caller takes
    /// it out of the keyring; `None` when it is not there.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn remove_key(&self, id: &str) -> Result<Option<KeyRow>, Error> {
        self.with(|connection| {
            let key = keys_where(connection, self.place.runs.own(), "id = ?", &[id])?.pop();
            connection.execute("DELETE FROM key WHERE id = ?", [id])?;
            Ok(key)
        })
    }
}

/// Keys whose rows match `filter`, by provider and in order; not those in the memory
/// of another run.
pub(crate) fn keys_where(
    connection: &Connection,
    run: &str,
    filter: &str,
    values: &[&str],
) -> rusqlite::Result<Vec<KeyRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT * FROM key WHERE {filter} AND (kept <> 'session' OR run = ?)
             ORDER BY provider, position, seq"
        ))?
        .query_map(
            rusqlite::params_from_iter(values.iter().chain([&run])),
            |row| {
                let Named(kept) = row.get("kept")?;
                Ok(KeyRow {
                    id: row.get("id")?,
                    provider: row.get("provider")?,
                    origin: row.get("origin")?,
                    label: row.get("label")?,
                    last4: row.get("last4")?,
                    kept,
                    created_at: row.get("created_at")?,
                    used_at: row.get("used_at")?,
                    rests_until: row.get("rests_until")?,
                    // A code that is no longer known is none.
                    rests_because: row.get("rests_because").ok().map(|Named(code)| code),
                })
            },
        )?
        .collect()
}
