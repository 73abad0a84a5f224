use std::collections::HashMap;

use protocol::Millis;
use rusqlite::{OptionalExtension, params};
use stores::{KeyRow, ProviderState};

use crate::Error;
use crate::basics::now;
use crate::keys::keys_where;
use crate::place::{Reader, Writer};

impl Reader<'_> {
    /// Id and manifest (JSON) of each provider that was added, in order of entry.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn providers(&self) -> Result<Vec<(String, String)>, Error> {
        self.with(|connection| {
            let list = connection
                .prepare_cached("SELECT id, manifest FROM provider ORDER BY position")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            Ok(list)
        })
    }

    /// What is kept of each provider, by its id; nothing is kept of most.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn provider_states(&self) -> Result<HashMap<String, ProviderState>, Error> {
        self.with(|connection| {
            let all = connection
                .prepare_cached("SELECT provider, share_rate_limit, models_at FROM provider_state")?
                .query_map([], |row| {
                    let state = ProviderState {
                        share_rate_limit: row.get("share_rate_limit")?,
                        models_at: row.get("models_at")?,
                    };
                    Ok((row.get("provider")?, state))
                })?
                .collect::<Result<_, _>>()?;
            Ok(all)
        })
    }

    /// The models that a provider listed, as they were kept, and when; `None`
    /// where it was never asked.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn listed_models(&self, provider: &str) -> Result<Option<(String, Millis)>, Error> {
        self.with(|connection| {
            let kept: Option<(Option<String>, Option<Millis>)> = connection
                .prepare_cached("SELECT models, models_at FROM provider_state WHERE provider = ?")?
                .query_row([provider], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            Ok(kept.and_then(|(models, at)| models.zip(at)))
        })
    }
}

impl Writer<'_> {
    /// Adds a provider, or changes the one of this id in its place. `manifest`
    /// is JSON.
    ///
    /// # Errors
    /// [`Error::Storage`], also for a manifest that is no JSON.
    pub fn put_provider(&self, id: &str, manifest: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO provider (id, position, manifest, created_at)
                     VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM provider), ?2, ?3)
                     ON CONFLICT (id) DO UPDATE SET manifest = excluded.manifest",
                )?
                .execute(params![id, manifest, now()])?;
            Ok(())
        })
    }

    /// Removes a provider and all that is known of its models and keys. The
    /// keys are answered so that the caller takes them out of the keyring. A
    /// built-in one is as new after it.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn remove_provider(&self, id: &str) -> Result<Vec<KeyRow>, Error> {
        self.with(|connection| {
            let keys = keys_where(connection, self.place.runs.own(), "provider = ?", &[id])?;
            for sql in [
                "DELETE FROM key WHERE provider = ?",
                "DELETE FROM model WHERE provider = ?",
                "DELETE FROM provider_state WHERE provider = ?",
                "DELETE FROM provider WHERE id = ?",
            ] {
                connection.execute(sql, [id])?;
            }
            Ok(keys)
        })
    }

    /// Says whether on a rate limit the provider's next key takes over, too.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn share_rate_limit(&self, provider: &str, on: bool) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO provider_state (provider, share_rate_limit) VALUES (?1, ?2)
                 ON CONFLICT (provider) DO UPDATE SET share_rate_limit = excluded.share_rate_limit",
                params![provider, on],
            )?;
            Ok(())
        })
    }

    /// Keeps the models that a provider listed, as JSON.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn put_listed_models(&self, provider: &str, models: &str, at: Millis) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO provider_state (provider, models, models_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (provider) DO UPDATE
                 SET models = excluded.models, models_at = excluded.models_at",
                params![provider, models, at],
            )?;
            Ok(())
        })
    }
}
