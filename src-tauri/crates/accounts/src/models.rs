//! Models: what providers list, what is known of each, and by whom.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError},
};

use ::providers::{Limits, ListingFormat, Manifest, belief};
use protocol::{ErrorCode, IpcError, Millis, Model, ModelList, ModelSetParams, Provider};
use stores::{ModelChange, ModelRow, now};
use wire::{Endpoint, Listing, ListingKind};

use super::{
    Account, Accounts,
    listed::{Listed, Row},
};

/// What a turn has to know of a model.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What is believed of it.
    pub model: Model,
    /// What a request to it may hold: its own limits over its provider's.
    pub limits: Limits,
}

/// Whether the bundled table is asked: unpacking it takes a start 20 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Asked,
    Left,
}

/// How a manifest's list of models is asked for.
pub(super) fn listing(manifest: &Manifest, endpoint: &Endpoint) -> (Listing, Endpoint) {
    let Some(listing) = manifest.listing() else {
        return (Listing::default(), endpoint.clone());
    };
    let mut from = endpoint.clone();
    let kind = match listing.format {
        ListingFormat::Openai => ListingKind::OpenAi,
        ListingFormat::Lmstudio => ListingKind::LmStudio,
        ListingFormat::Ollama => {
            // The list itself is of the server's own API, beside `/v1`.
            from.base_url = listing.root;
            ListingKind::Ollama
        }
    };
    let path = listing.path;
    (Listing { path, kind }, from)
}

impl Accounts {
    /// The models of a provider, asked just now: those that it lists, in its
    /// order, then others that are known. What it lists is kept.
    ///
    /// # Errors
    /// As for a chat request.
    pub async fn models(&self, id: &str) -> Result<ModelList, IpcError> {
        let account = self.account(id)?;
        let manifest = &account.manifest;
        let mut at = now();
        if has_list(manifest) {
            self.listing_begins(manifest);
            let asked = self.list(&account).await;
            self.listing_ended(manifest, &asked);
            at = asked?;
        }
        let rows = self.0.book.providers().models_of(id);
        Ok(ModelList {
            models: self.models_of(manifest, &rows, Table::Asked),
            at,
        })
    }

    /// Asks for the list and keeps it; when that was.
    async fn list(&self, account: &Account) -> Result<Millis, IpcError> {
        let manifest = &account.manifest;
        let key = account.keys.first();
        let endpoint = self.endpoint(manifest, key).await?;
        let (listing, from) = listing(manifest, &endpoint);
        let listed = self.client().models(&from, &listing).await?;
        if let Some(key) = key {
            self.used(&key.id);
        }
        self.keep_listing(manifest, listed).await
    }

    /// Keeps what a provider listed; when that was.
    pub(super) async fn keep_listing(
        &self,
        manifest: &Manifest,
        models: Vec<wire::ModelRow>,
    ) -> Result<Millis, IpcError> {
        let chats = |row: &wire::ModelRow| row.chat && manifest.chats(&row.id);
        let listed = Listed {
            base_url: manifest.base_url.clone(),
            models: models.into_iter().filter(chats).map(Row::from).collect(),
        };
        // Strings and numbers only: this cannot fail.
        let json = serde_json::to_string(&listed).unwrap_or_default();
        self.listings()
            .insert(manifest.id.clone(), Arc::new(listed));
        let at = now();
        let listed = ModelChange::Listed {
            provider: manifest.id.clone(),
            json,
            at,
        };
        self.0.book.change_models(listed).await?;
        Ok(at)
    }

    /// Forgets what was read of a provider's list; what is kept stays.
    pub(super) fn forget_listing(&self, provider: &str) {
        self.listings().remove(provider);
    }

    fn listings(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Listed>>> {
        let listings = &self.0.listings;
        listings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this provider listed when it was last asked, where it is now.
    fn listed(&self, manifest: &Manifest) -> Arc<Listed> {
        let mut listings = self.listings();
        let listed = listings.entry(manifest.id.clone()).or_insert_with(|| {
            let kept = self.0.book.providers();
            // A list that can no longer be read is asked for again.
            let read = kept.listed.get(&manifest.id);
            let read = read.and_then(|json| serde_json::from_str(json).ok());
            Arc::new(read.unwrap_or_default())
        });
        if listed.base_url == manifest.base_url {
            Arc::clone(listed)
        } else {
            Arc::default()
        }
    }

    /// Every model that is known of this provider: those it listed, those of
    /// its manifest, those the person spoke of or used.
    pub(super) fn models_of(
        &self,
        manifest: &Manifest,
        rows: &[ModelRow],
        table: Table,
    ) -> Vec<Model> {
        let listed = self.listed(manifest);
        let known: HashMap<&str, &ModelRow> =
            rows.iter().map(|row| (row.id.as_str(), row)).collect();
        let servers = listed.models.iter().map(|row| (row.id.as_str(), Some(row)));
        let own = manifest.models.iter().map(|spec| spec.id.as_str());
        let own = own.filter(|id| manifest.chats(id));
        let more = rows.iter().filter(|row| is_the_persons(row));
        let more = more.map(|row| row.id.as_str());
        let mut seen = HashSet::new();
        servers
            .chain(own.chain(more).map(|id| (id, None)))
            .filter(|(id, _)| seen.insert(*id))
            .map(|(id, server)| believed(manifest, id, server, known.get(id).copied(), table))
            .collect()
    }

    /// What is known of a model, one that nobody heard of included.
    pub fn facts(&self, manifest: &Manifest, model: &str) -> Facts {
        let rows = self.0.book.providers().models_of(&manifest.id);
        let row = rows.iter().find(|row| row.id == model);
        let listed = self.listed(manifest);
        let server = listed.models.iter().find(|row| row.id == model);
        Facts {
            model: believed(manifest, model, server, row, Table::Asked),
            limits: manifest.limits(model),
        }
    }

    /// Keeps what the person says of a model, in the place of what they said
    /// before.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::ModelMissing`],
    /// [`ErrorCode::Storage`].
    pub async fn set_model(&self, params: ModelSetParams) -> Result<Model, IpcError> {
        let manifest = self.manifest(&params.provider)?;
        if params.model.trim().is_empty() {
            return Err(IpcError::new(
                ErrorCode::ModelMissing,
                "Choose a model first.",
            ));
        }
        let row = ModelRow {
            provider: params.provider,
            id: params.model.clone(),
            label: params.label.as_deref().and_then(label),
            favourite: params.favourite,
            image: params.image,
            video: params.video,
            reasoning: params.reasoning,
            defaults: params.defaults,
            ..ModelRow::default()
        };
        self.0
            .book
            .change_models(ModelChange::Said(Box::new(row)))
            .await?;
        Ok(self.facts(&manifest, &params.model).model)
    }

    /// A model that fits and that can be asked as things stand: its provider
    /// has a key, or was asked without one before. Favourites come first, then
    /// those that were used last.
    pub fn suggest(&self, fits: impl Fn(&Provider, &Model) -> bool) -> Option<(Provider, Model)> {
        let keys = self.keys().ok()?;
        let at_hand = |provider: &Provider| {
            let key = keys
                .iter()
                .any(|key| key.provider == provider.id && key.usable);
            let used = provider.models.iter().any(|model| model.used_at.is_some());
            let asked = !provider.needs_key && !provider.base_url.is_empty() && used;
            key || asked
        };
        let mut best: Option<(Provider, Model)> = None;
        let rank = |model: &Model| (model.favourite, model.used_at);
        for provider in self.providers().ok()?.into_iter().filter(at_hand) {
            for model in provider
                .models
                .iter()
                .filter(|model| fits(&provider, model))
            {
                // The first of equals: a provider lists its best model first.
                if best
                    .as_ref()
                    .is_none_or(|(_, best)| rank(model) > rank(best))
                {
                    best = Some((provider.clone(), model.clone()));
                }
            }
        }
        best
    }
}

/// True for a model that the person chose or spoke of.
fn is_the_persons(row: &ModelRow) -> bool {
    let said = [row.image, row.video, row.reasoning];
    let said = said.iter().any(Option::is_some) || row.defaults.is_some() || row.label.is_some();
    row.favourite || row.used_at.is_some() || said
}

/// Most characters of a person's name for a model.
const LABEL: usize = 100;

/// A name on one line; `None` where nothing is left of it.
fn label(typed: &str) -> Option<String> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let shown = |c: &char| !c.is_control();
    let name: String = words.join(" ").chars().filter(shown).take(LABEL).collect();
    Some(name).filter(|name| !name.is_empty())
}

/// False where it is known that there is no list, so that there is nothing to ask.
pub(super) fn has_list(manifest: &Manifest) -> bool {
    !manifest.is_demo() && manifest.models_endpoint != Some(None)
}

/// A model as all who know something of it say.
fn believed(
    manifest: &Manifest,
    id: &str,
    server: Option<&Row>,
    row: Option<&ModelRow>,
    table: Table,
) -> Model {
    let server = server.map(belief::Facts::from);
    let user = row.map(|row| belief::Facts {
        image: row.image,
        video: row.video,
        reasoning: row.reasoning,
        ..belief::Facts::default()
    });
    let learned = row.filter(|row| row.blind).map(|_| belief::Facts {
        image: Some(false),
        ..belief::Facts::default()
    });
    let (user, server, learned) = (user.as_ref(), server.as_ref(), learned.as_ref());
    let believed = match table {
        Table::Asked => manifest.believed(id, user, server, learned),
        Table::Left => manifest.believed_at_start(id, user, server, learned),
    };
    let label = row.and_then(|row| row.label.clone());
    Model {
        name: label.clone().unwrap_or_else(|| believed.name.clone()),
        label,
        favourite: row.is_some_and(|row| row.favourite),
        used_at: row.and_then(|row| row.used_at),
        defaults: row.and_then(|row| row.defaults.clone()),
        ..believed
    }
}
