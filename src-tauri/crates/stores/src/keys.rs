//! What is known of keys. Nothing here is secret.

use protocol::{ErrorCode, Keep, Millis};

use crate::{Reply, Seen};

/// What is known of a key.
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
    /// When it was entered.
    pub created_at: Millis,
    /// When it was last used.
    pub used_at: Option<Millis>,
    /// It was given up, and is tried last until then.
    pub rests_until: Option<Millis>,
    /// Why it was given up.
    pub rests_because: Option<ErrorCode>,
}

/// A change of what is known of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyChange {
    /// Adds a key, which becomes the first of its provider's.
    Add(KeyRow),
    /// Forgets a key; one that is gone is no error.
    Remove(String),
    /// Puts a key before its provider's others.
    Choose(String),
    /// Puts a provider's keys in this order; those that are not named stay behind
    /// them, in the order they have. Nothing changes where one is none of its keys.
    Order {
        /// The provider.
        provider: String,
        /// Ids of its keys.
        ids: Vec<String>,
    },
    /// Gives a key another label.
    Rename {
        /// The key.
        id: String,
        /// Its new label.
        label: String,
    },
    /// A provider took the key: it rests no longer. One that is gone is no error.
    Used {
        /// The key.
        id: String,
        /// When.
        at: Millis,
    },
    /// The key was given up, and is tried last. One that is gone is no error.
    Rest {
        /// The key.
        id: String,
        /// Until when.
        until: Millis,
        /// Why.
        because: ErrorCode,
    },
}

impl KeyChange {
    /// Makes the change in rows that are held in memory.
    ///
    /// # Errors
    /// The id of a key that is not there; then nothing changed.
    pub fn apply(&self, rows: &mut Vec<KeyRow>) -> Result<(), String> {
        let there = |rows: &[KeyRow], id: &String| match rows.iter().any(|row| row.id == *id) {
            true => Ok(()),
            false => Err(id.clone()),
        };
        let change = |rows: &mut Vec<KeyRow>, id: &String, how: &dyn Fn(&mut KeyRow)| {
            rows.iter_mut().filter(|row| row.id == *id).for_each(how);
        };
        match self {
            Self::Add(row) => rows.insert(0, row.clone()),
            Self::Remove(id) => rows.retain(|row| row.id != *id),
            Self::Choose(id) => {
                there(rows, id)?;
                rows.sort_by_key(|row| row.id != *id);
            }
            Self::Order { provider, ids } => {
                let own: Vec<KeyRow> = rows
                    .iter()
                    .filter(|row| row.provider == *provider)
                    .cloned()
                    .collect();
                ids.iter().try_for_each(|id| there(&own, id))?;
                let place = |row: &KeyRow| ids.iter().position(|id| *id == row.id);
                rows.sort_by_key(|row| place(row).unwrap_or(ids.len()));
            }
            Self::Rename { id, label } => {
                there(rows, id)?;
                change(rows, id, &|row| row.label.clone_from(label));
            }
            Self::Used { id, at } => change(rows, id, &|row| {
                row.used_at = Some(*at);
                row.rests_until = None;
                row.rests_because = None;
            }),
            Self::Rest { id, until, because } => change(rows, id, &|row| {
                row.rests_until = Some(*until);
                row.rests_because = Some(*because);
            }),
        }
        // Each provider's stand together, in the order they are tried.
        rows.sort_by(|one, other| one.provider.cmp(&other.provider));
        Ok(())
    }
}

/// Keeps what is known of keys.
pub trait KeyRows: Send + Sync + 'static {
    /// Every key, by provider, each provider's in the order they are tried, after all
    /// changes that were asked for before.
    fn keys(&self, seen: Seen<Vec<KeyRow>>) -> Reply<()>;

    /// Makes a change.
    fn change_keys(&self, change: KeyChange, seen: Seen<Vec<KeyRow>>) -> Reply<()>;

    /// Are they kept beyond this run?
    fn is_kept(&self) -> bool;
}
