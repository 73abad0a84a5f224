//! Presets: named beginnings of conversations, in the person's order.

use protocol::Preset;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::Error;
use crate::basics::new_id;
use crate::columns::json;
use crate::error::Inner;
use crate::place::{Reader, Writer};
use crate::read::found;

impl Reader<'_> {
    /// All presets, in the person's order.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn presets(&self) -> Result<Vec<Preset>, Error> {
        self.with(|connection| Ok(all(connection)?))
    }

    /// The name of the preset that a conversation began with; `None` also where it is gone.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn preset_of(&self, conversation: &str) -> Result<Option<String>, Error> {
        self.with(|connection| {
            let preset = connection
                .prepare_cached("SELECT preset FROM conversation WHERE id = ?")?
                .query_row([conversation], |row| row.get(0));
            Ok(preset.optional()?.flatten())
        })
    }

    /// The day that it is on this machine, as `2026-11-28`.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn today(&self) -> Result<String, Error> {
        self.with(|connection| {
            let today = "SELECT date('now', 'localtime')";
            Ok(connection.query_row(today, [], |row| row.get(0))?)
        })
    }
}

impl Writer<'_> {
    /// Keeps a preset, as it is answered: a new one last and with an id of its own, one
    /// that is known where it stands. A name that another has gets a number. Where it is
    /// pinned, no other is.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn save_preset(&self, mut preset: Preset) -> Result<Preset, Error> {
        self.with(|connection| {
            if preset.id.is_empty() {
                preset.id = new_id();
            }
            preset.name = free_name(connection, &preset)?;
            if preset.pinned {
                connection.execute("UPDATE preset SET pinned = 0 WHERE pinned", [])?;
            }
            connection.execute(
                "INSERT INTO preset (id, position, name, params, provider, model, pinned)
                 VALUES (?1, (SELECT coalesce(max(position), -1) + 1 FROM preset),
                    ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET name = ?2, params = ?3, provider = ?4,
                    model = ?5, pinned = ?6",
                params![
                    preset.id,
                    preset.name,
                    json(&preset.params)?,
                    preset.provider,
                    preset.model,
                    preset.pinned,
                ],
            )?;
            Ok(preset)
        })
    }

    /// Removes a preset; conversations that began with it stay as they are. One that is
    /// not there is no error.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn remove_preset(&self, id: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute("DELETE FROM preset WHERE id = ?", [id])?;
            Ok(())
        })
    }

    /// Puts the presets into this order; those that are not named come last.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn order_presets(&self, ids: &[String]) -> Result<(), Error> {
        self.with(|connection| {
            let mut presets = all(connection)?;
            let place = |preset: &Preset| ids.iter().position(|id| *id == preset.id);
            presets.sort_by_key(|preset| place(preset).unwrap_or(ids.len()));
            for (position, preset) in (0_i64..).zip(&presets) {
                connection
                    .prepare_cached("UPDATE preset SET position = ?2 WHERE id = ?1")?
                    .execute(params![preset.id, position])?;
            }
            Ok(())
        })
    }

    /// Notes the preset that a conversation began with.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn begun_with(&self, conversation: &str, preset: &str) -> Result<(), Error> {
        self.with(|connection| {
            let changed = connection
                .prepare_cached("UPDATE conversation SET preset = ?2 WHERE id = ?1")?
                .execute([conversation, preset])?;
            found(changed, "conversation", conversation)
        })
    }
}

fn all(connection: &Connection) -> rusqlite::Result<Vec<Preset>> {
    connection
        .prepare_cached(
            "SELECT id, name, params, provider, model, pinned FROM preset ORDER BY position, id",
        )?
        .query_map([], preset)?
        .collect()
}

fn preset(row: &Row<'_>) -> rusqlite::Result<Preset> {
    let params: String = row.get("params")?;
    Ok(Preset {
        id: row.get("id")?,
        name: row.get("name")?,
        // What a newer version wrote and this one cannot read is not used.
        params: serde_json::from_str(&params).unwrap_or_default(),
        provider: row.get("provider")?,
        model: row.get("model")?,
        pinned: row.get("pinned")?,
    })
}

/// The name of a preset, with the first number that makes it the only one of its name;
/// large and small letters are alike.
fn free_name(connection: &Connection, preset: &Preset) -> Result<String, Inner> {
    let folded: Vec<String> = all(connection)?
        .iter()
        .filter(|other| other.id != preset.id)
        .map(|other| other.name.to_lowercase())
        .collect();
    let is_free = |name: &String| !folded.contains(&name.to_lowercase());
    let numbered = (2..).map(|number: u64| format!("{} {number}", preset.name));
    let mut names = std::iter::once(preset.name.clone()).chain(numbered);
    Ok(names.find(is_free).unwrap_or_default())
}
