use rusqlite::params;

use crate::history::now;
use crate::keys::keys_where;
use crate::{Error, History, KeyRow};

impl History {
    /// Id and manifest (JSON) of each provider that was added, in order of entry.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn providers(&self) -> Result<Vec<(String, String)>, Error> {
        self.with(|state| {
            let list = state
                .connection
                .prepare_cached("SELECT id, manifest FROM provider ORDER BY position")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            Ok(list)
        })
    }

    /// Adds a provider, or changes the one of this id in its place. `manifest`
    /// is JSON.
    ///
    /// # Errors
    /// [`Error::Storage`], also for a manifest that is no JSON.
    pub fn put_provider(&self, id: &str, manifest: &str) -> Result<(), Error> {
        self.with(|state| {
            state
                .connection
                .prepare_cached(
                    "INSERT INTO provider (id, position, manifest, created_at)
                     VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM provider), ?2, ?3)
                     ON CONFLICT (id) DO UPDATE SET manifest = excluded.manifest",
                )?
                .execute(params![id, manifest, now()])?;
            Ok(())
        })
    }

    /// Removes a provider and what is known of its keys, which are answered so
    /// that the caller takes them out of the keyring. Of one that was not
    /// added, a built-in one, only the keys go.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn remove_provider(&self, id: &str) -> Result<Vec<KeyRow>, Error> {
        self.with(|state| {
            let transaction = state.begin()?;
            let keys = keys_where(&transaction, "provider = ?", &[id])?;
            transaction.execute("DELETE FROM key WHERE provider = ?", [id])?;
            transaction.execute("DELETE FROM provider WHERE id = ?", [id])?;
            transaction.commit()?;
            Ok(keys)
        })
    }
}
