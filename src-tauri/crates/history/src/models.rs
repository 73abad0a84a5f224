use protocol::Millis;
use rusqlite::{Row, params};
use stores::ModelRow;

use crate::Error;
use crate::place::{Reader, Writer};

impl Reader<'_> {
    /// Every model of which something is kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn models(&self) -> Result<Vec<ModelRow>, Error> {
        self.with(|connection| {
            let all = connection
                .prepare_cached("SELECT * FROM model ORDER BY provider, id")?
                .query_map([], model)?
                .collect::<Result<_, _>>()?;
            Ok(all)
        })
    }

    /// The models of one provider of which something is kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn models_of(&self, provider: &str) -> Result<Vec<ModelRow>, Error> {
        self.with(|connection| {
            let all = connection
                .prepare_cached("SELECT * FROM model WHERE provider = ? ORDER BY id")?
                .query_map([provider], model)?
                .collect::<Result<_, _>>()?;
            Ok(all)
        })
    }
}

impl Writer<'_> {
    /// Keeps what the person says of a model, in the place of what they said
    /// before; what was learned of it stays.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn put_model(&self, row: &ModelRow) -> Result<(), Error> {
        let defaults = row.defaults.as_ref().map(serde_json::to_string);
        let defaults = defaults.and_then(Result::ok);
        self.with(|connection| {
            connection.execute(
                "INSERT INTO model (provider, id, label, favourite, image, video, reasoning,
                    defaults)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT (provider, id) DO UPDATE
                 SET label = excluded.label, favourite = excluded.favourite, image = excluded.image,
                     video = excluded.video, reasoning = excluded.reasoning,
                     defaults = excluded.defaults",
                params![
                    row.provider,
                    row.id,
                    row.label,
                    row.favourite,
                    row.image,
                    row.video,
                    row.reasoning,
                    defaults
                ],
            )?;
            Ok(())
        })
    }

    /// Notes that a model was asked.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn model_used(&self, provider: &str, id: &str, at: Millis) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO model (provider, id, used_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (provider, id) DO UPDATE SET used_at = excluded.used_at",
                params![provider, id, at],
            )?;
            Ok(())
        })
    }

    /// Notes that a model refused a picture as such, or that one went through.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn model_blind(&self, provider: &str, id: &str, blind: bool) -> Result<(), Error> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO model (provider, id, blind) VALUES (?1, ?2, ?3)
                 ON CONFLICT (provider, id) DO UPDATE SET blind = excluded.blind",
                params![provider, id, blind],
            )?;
            Ok(())
        })
    }
}

fn model(row: &Row<'_>) -> rusqlite::Result<ModelRow> {
    let defaults: Option<String> = row.get("defaults")?;
    Ok(ModelRow {
        provider: row.get("provider")?,
        id: row.get("id")?,
        label: row.get("label")?,
        favourite: row.get("favourite")?,
        image: row.get("image")?,
        video: row.get("video")?,
        reasoning: row.get("reasoning")?,
        // Parameters that can no longer be read are none.
        defaults: defaults.and_then(|json| serde_json::from_str(&json).ok()),
        blind: row.get("blind")?,
        used_at: row.get("used_at")?,
    })
}
