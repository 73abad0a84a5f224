//! What is known of providers and their models beside what they say themselves.

use std::{collections::HashMap, sync::Arc};

use protocol::{ChatParams, Millis};

use crate::{Reply, Seen};

/// What is known of a model beside what its provider says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelRow {
    /// Its provider.
    pub provider: String,
    /// Its id.
    pub id: String,
    /// The person's name for it.
    pub label: Option<String>,
    /// The person marked it.
    pub favourite: bool,
    /// The person's word on whether it takes pictures.
    pub image: Option<bool>,
    /// The person's word on whether it takes videos.
    pub video: Option<bool>,
    /// The person's word on whether it thinks.
    pub reasoning: Option<bool>,
    /// Parameters of a new conversation with it.
    pub defaults: Option<ChatParams>,
    /// It refused a picture as such.
    pub blind: bool,
    /// When it was last asked.
    pub used_at: Option<Millis>,
}

/// What is kept of a provider, built-in or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProviderState {
    /// On a rate limit the next key takes over, too.
    pub share_rate_limit: bool,
    /// When its list of models was kept.
    pub models_at: Option<Millis>,
}

/// What is kept of providers and models.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProviderRows {
    /// Id and manifest (JSON) of each provider that the person entered, in order of
    /// entry.
    pub providers: Vec<(String, String)>,
    /// What is kept of a provider, by its id; nothing is kept of most.
    pub states: HashMap<String, ProviderState>,
    /// Models of which something is kept, by provider and id.
    pub models: Vec<ModelRow>,
    /// What providers listed, as JSON, by their id.
    pub listed: HashMap<String, Arc<str>>,
}

impl ProviderRows {
    /// What is kept of the models of one provider.
    pub fn models_of(&self, provider: &str) -> Vec<ModelRow> {
        let models = self.models.iter().filter(|row| row.provider == provider);
        models.cloned().collect()
    }

    /// Makes a change in rows that are held in memory.
    pub fn apply(&mut self, change: &ModelChange) {
        match change {
            ModelChange::PutProvider { id, manifest } => {
                match self.providers.iter_mut().find(|(known, _)| known == id) {
                    Some((_, kept)) => kept.clone_from(manifest),
                    None => self.providers.push((id.clone(), manifest.clone())),
                }
            }
            ModelChange::RemoveProvider(id) => {
                self.providers.retain(|(known, _)| known != id);
                self.models.retain(|row| row.provider != *id);
                self.states.remove(id);
                self.listed.remove(id);
            }
            ModelChange::ShareRateLimit { provider, on } => {
                let state = self.states.entry(provider.clone()).or_default();
                state.share_rate_limit = *on;
            }
            ModelChange::Listed { provider, json, at } => {
                let state = self.states.entry(provider.clone()).or_default();
                state.models_at = Some(*at);
                self.listed.insert(provider.clone(), json.as_str().into());
            }
            ModelChange::Said(said) => {
                let row = self.model(&said.provider, &said.id);
                *row = ModelRow {
                    blind: row.blind,
                    used_at: row.used_at,
                    ..(**said).clone()
                };
            }
            ModelChange::Used { provider, id, at } => {
                self.model(provider, id).used_at = Some(*at);
            }
            ModelChange::Blind {
                provider,
                id,
                blind,
            } => self.model(provider, id).blind = *blind,
        }
    }

    /// What is kept of one model; a new row where nothing was.
    fn model(&mut self, provider: &str, id: &str) -> &mut ModelRow {
        let of = |row: &ModelRow| (row.provider.clone(), row.id.clone());
        let wanted = (provider.to_owned(), id.to_owned());
        let at = match self.models.binary_search_by_key(&wanted, of) {
            Ok(at) => at,
            Err(at) => {
                let row = ModelRow {
                    provider: provider.to_owned(),
                    id: id.to_owned(),
                    ..ModelRow::default()
                };
                self.models.insert(at, row);
                at
            }
        };
        // It is there: it was found or put there just now.
        #[allow(clippy::indexing_slicing)]
        &mut self.models[at]
    }
}

/// A change of what is kept of providers and models.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelChange {
    /// Adds a provider, or changes the one of this id in its place.
    PutProvider {
        /// Its id.
        id: String,
        /// JSON.
        manifest: String,
    },
    /// Removes a provider and all that is known of its models and keys. A built-in one
    /// is as new after it.
    RemoveProvider(String),
    /// Says whether on a rate limit the provider's next key takes over, too.
    ShareRateLimit {
        /// The provider.
        provider: String,
        /// Whether it does.
        on: bool,
    },
    /// Keeps the models that a provider listed.
    Listed {
        /// The provider.
        provider: String,
        /// The list.
        json: String,
        /// When it was asked.
        at: Millis,
    },
    /// Keeps what the person says of a model, in the place of what they said before;
    /// what was learned of it stays.
    Said(Box<ModelRow>),
    /// A model was asked.
    Used {
        /// Its provider.
        provider: String,
        /// Its id.
        id: String,
        /// When.
        at: Millis,
    },
    /// A model refused a picture as such, or one went through.
    Blind {
        /// Its provider.
        provider: String,
        /// Its id.
        id: String,
        /// Which of the two.
        blind: bool,
    },
}

/// Keeps what is known of providers and models.
pub trait ModelRows: Send + Sync + 'static {
    /// All of it, after all changes that were asked for before. What `before` holds
    /// and is no older need not be read again.
    fn models(&self, before: Arc<ProviderRows>, seen: Seen<ProviderRows>) -> Reply<()>;

    /// Makes a change.
    fn change_models(
        &self,
        change: ModelChange,
        before: Arc<ProviderRows>,
        seen: Seen<ProviderRows>,
    ) -> Reply<()>;
}
