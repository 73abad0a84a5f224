//! Attachments of the composer that outlive a restart: what waits in a row to be sent.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::columns::{json, known_of};
use crate::hold::{let_go, no_longer_waiting, waits};
use crate::place::{Reader, Writer};

/// Stands for the run that owns them: one that never ends.
pub(crate) const UNSENT: &str = "unsent";

/// An attachment that is kept until it is sent or taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// Its id.
    pub id: String,
    /// The hash of its picture or video, which is kept as long as it is.
    pub hash: String,
    /// All that is known of it, in the composer's own form.
    pub attachment: String,
}

impl Reader<'_> {
    /// What was kept and neither sent nor taken out, in the order it was kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn unsent(&self) -> Result<Vec<Unsent>, Error> {
        self.with(|connection| Ok(all(connection)?))
    }
}

impl Writer<'_> {
    /// Keeps attachments over a restart, beside those that are kept so already.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn keep_unsent(&self, unsent: &[Unsent]) -> Result<(), Error> {
        self.with(|connection| {
            let mut all = all(connection)?;
            for one in unsent {
                if all.iter().all(|known| known.id != one.id) {
                    waits(connection, UNSENT, &one.hash)?;
                    all.push(one.clone());
                }
            }
            Ok(keep(connection, &all)?)
        })
    }

    /// Attachments were sent or taken out: they are kept no longer, nor what nothing else
    /// holds of them. Those that were not kept are no error.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn forget_unsent(&self, ids: &[String]) -> Result<(), Error> {
        self.with(|connection| {
            let all = all(connection)?.into_iter();
            let (gone, left): (Vec<_>, Vec<_>) = all.partition(|one| ids.contains(&one.id));
            if !gone.is_empty() {
                keep(connection, &left)?;
                for one in &gone {
                    no_longer_waiting(connection, UNSENT, &one.hash)?;
                }
                let_go(connection, gone.iter().map(|one| one.hash.as_str()))?;
            }
            Ok(())
        })
    }
}

fn all(connection: &Connection) -> rusqlite::Result<Vec<Unsent>> {
    let kept: Option<String> = connection
        .prepare_cached("SELECT unsent FROM desk")?
        .query_row([], |row| row.get(0))?;
    Ok(kept.map(|json| known_of(&json)).unwrap_or_default())
}

fn keep(connection: &Connection, all: &[Unsent]) -> rusqlite::Result<()> {
    let text = (!all.is_empty()).then(|| json(all)).transpose()?;
    connection
        .prepare_cached("UPDATE desk SET unsent = ?")?
        .execute([text])?;
    Ok(())
}
