//! Presets: named beginnings of conversations, in the person's order.

use protocol::Preset;
use rusqlite::{Connection, OptionalExtension};

use crate::Error;
use crate::basics::new_id;
use crate::columns::{json, known_of};
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
            let mut presets = all(connection)?;
            if preset.id.is_empty() {
                preset.id = new_id();
            }
            preset.name = free_name(&presets, &preset);
            if preset.pinned {
                presets.iter_mut().for_each(|other| other.pinned = false);
            }
            match presets.iter_mut().find(|other| other.id == preset.id) {
                Some(known) => known.clone_from(&preset),
                None => presets.push(preset.clone()),
            }
            keep(connection, &presets)?;
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
            let mut presets = all(connection)?;
            presets.retain(|preset| preset.id != id);
            Ok(keep(connection, &presets)?)
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
            Ok(keep(connection, &presets)?)
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
    let kept: Option<String> = connection
        .prepare_cached("SELECT presets FROM desk")?
        .query_row([], |row| row.get(0))?;
    // What a newer version wrote and this one cannot read is not used.
    Ok(kept.map(|json| known_of(&json)).unwrap_or_default())
}

fn keep(connection: &Connection, presets: &[Preset]) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE desk SET presets = ?")?
        .execute([json(presets)?])?;
    Ok(())
}

/// The name of a preset, with the first number that makes it the only one of its name;
/// large and small letters are alike.
fn free_name(presets: &[Preset], preset: &Preset) -> String {
    let folded: Vec<String> = presets
        .iter()
        .filter(|other| other.id != preset.id)
        .map(|other| other.name.to_lowercase())
        .collect();
    let is_free = |name: &String| !folded.contains(&name.to_lowercase());
    let numbered = (2..).map(|number: u64| format!("{} {number}", preset.name));
    let mut names = std::iter::once(preset.name.clone()).chain(numbered);
    names.find(is_free).unwrap_or_default()
}
