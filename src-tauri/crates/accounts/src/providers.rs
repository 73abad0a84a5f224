//! Providers: those that come with the app, endpoints of the person's own, and
//! plugins.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use ::providers::{BaseUrl, Manifest};
use protocol::{
    ErrorCode, IpcError, ManifestReason, Provider, ProviderAddParams, ProviderUpdateParams,
    ShareRateLimitParams,
};
use stores::{ModelChange, ModelRow, ProviderState};

use super::{Accounts, models::Table};

/// Models of one provider that are told in brief.
const BRIEF: u32 = 40;

/// Where a provider comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// With the app.
    BuiltIn,
    /// An address that the person entered.
    Custom,
    /// A file.
    Plugin,
}

/// The providers that come with the app, read once.
fn built_in() -> &'static [Arc<Manifest>] {
    static ALL: OnceLock<Vec<Arc<Manifest>>> = OnceLock::new();
    ALL.get_or_init(|| ::providers::builtin().into_iter().map(Arc::new).collect())
}

impl Accounts {
    /// Every provider: Demo, the built-in ones, the person's.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn providers(&self) -> Result<Vec<Provider>, IpcError> {
        self.providers_with(Table::Asked)
    }

    fn providers_with(&self, table: Table) -> Result<Vec<Provider>, IpcError> {
        let kept = self.0.book.providers();
        let states = &kept.states;
        let mut rows: HashMap<String, Vec<ModelRow>> = HashMap::new();
        for row in kept.models.iter().cloned() {
            rows.entry(row.provider.clone()).or_default().push(row);
        }
        let shown = |(kind, manifest): (Kind, Arc<Manifest>)| {
            let rows = rows.remove(&manifest.id).unwrap_or_default();
            self.shown(kind, &manifest, states.get(&manifest.id), &rows, table)
        };
        Ok(self.all()?.into_iter().map(shown).collect())
    }

    /// The same for a page that shows itself at once and asks for all of it
    /// right after: of a provider with many models only some, among them
    /// `model` and those that the person marked or used, and of none what the
    /// bundled table says, which takes a while to unpack.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn providers_in_brief(&self, model: Option<&str>) -> Result<Vec<Provider>, IpcError> {
        let mut providers = self.providers_with(Table::Left)?;
        for provider in &mut providers {
            let mut at = 0u32..;
            provider.models.retain(|one| {
                let early = at.next().is_some_and(|at| at < BRIEF);
                let known = one.favourite || one.used_at.is_some();
                early || known || Some(one.id.as_str()) == model
            });
        }
        Ok(providers)
    }

    /// A provider as the page shows it.
    fn shown(
        &self,
        kind: Kind,
        manifest: &Manifest,
        state: Option<&ProviderState>,
        rows: &[ModelRow],
        table: Table,
    ) -> Provider {
        Provider {
            editable: kind == Kind::Plugin,
            models: self.models_of(manifest, rows, table),
            models_at: state.and_then(|state| state.models_at),
            models_state: self.models_state(manifest),
            share_rate_limit: state.is_some_and(|state| state.share_rate_limit),
            ..manifest.to_provider(kind == Kind::BuiltIn)
        }
    }

    /// One provider as the page shows it.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`].
    pub fn provider(&self, id: &str) -> Result<Provider, IpcError> {
        let (kind, manifest) = self.find(id)?;
        let kept = self.0.book.providers();
        let rows = kept.models_of(id);
        let state = kept.states.get(id);
        Ok(self.shown(kind, &manifest, state, &rows, Table::Asked))
    }

    pub(super) fn all(&self) -> Result<Vec<(Kind, Arc<Manifest>)>, IpcError> {
        let built_in = built_in().iter().cloned().map(|one| (Kind::BuiltIn, one));
        let custom = self.custom()?.into_iter().map(|one| (Kind::Custom, one));
        let plugins = self.plugins().manifests.clone();
        let plugins = plugins.into_iter().map(|one| (Kind::Plugin, one));
        Ok(built_in.chain(custom).chain(plugins).collect())
    }

    /// The addresses that the person entered.
    fn custom(&self) -> Result<Vec<Arc<Manifest>>, IpcError> {
        let kept = self.0.book.providers();
        let read = kept
            .providers
            .iter()
            .filter_map(|(_, json)| Manifest::parse(json).ok());
        Ok(read.map(Arc::new).collect())
    }

    /// The ids of those that cannot be read any more, and why: they are stored,
    /// can be removed, and cannot be asked.
    pub fn unreadable(&self) -> Vec<(String, IpcError)> {
        let kept = self.0.book.providers();
        let refused = kept.providers.iter().filter_map(|(id, json)| {
            let error = Manifest::parse(json).err()?;
            Some((id.clone(), unreadable(id, json, error)))
        });
        refused.collect()
    }

    /// True for the id of a provider that is no plugin.
    pub(super) fn is_taken(&self, id: &str) -> Result<bool, IpcError> {
        let custom = &self.0.book.providers().providers;
        Ok(::providers::is_builtin(id) || custom.iter().any(|(taken, _)| taken == id))
    }

    pub(super) fn manifests(&self) -> Result<Vec<Arc<Manifest>>, IpcError> {
        Ok(self.all()?.into_iter().map(|(_, one)| one).collect())
    }

    pub(super) fn find(&self, id: &str) -> Result<(Kind, Arc<Manifest>), IpcError> {
        let found = self.all()?.into_iter().find(|(_, one)| one.id == id);
        found.ok_or_else(|| {
            IpcError::new(
                ErrorCode::ProviderNotFound,
                format!("There is no provider “{id}”. Choose another, or add it in Settings."),
            )
            .arg("provider", id)
        })
    }

    /// What a provider is.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`].
    pub fn manifest(&self, id: &str) -> Result<Arc<Manifest>, IpcError> {
        Ok(self.find(id)?.1)
    }

    /// Adds an OpenAI-compatible endpoint. The person is asked about a new host.
    ///
    /// # Errors
    /// [`ErrorCode::BaseUrl`] with the reason, [`ErrorCode::Manifest`] for a name that
    /// is not taken, [`ErrorCode::NotAllowed`], [`ErrorCode::Storage`].
    pub async fn add_provider(&self, params: &ProviderAddParams) -> Result<Provider, IpcError> {
        let base_url = BaseUrl::parse(&params.base_url, params.allow_private)?;
        let id = format!("custom-{}", uuid::Uuid::now_v7().simple());
        let manifest = ::providers::custom(&id, &params.name, &base_url);
        self.store_custom(None, &manifest).await
    }

    /// Changes an endpoint of the person's. Its keys stay bound to the origin
    /// they were entered for.
    ///
    /// # Errors
    /// As [`Accounts::add_provider`], and [`ErrorCode::ProviderNotFound`],
    /// [`ErrorCode::Manifest`] for one that is not entered by its address.
    pub async fn update_provider(
        &self,
        params: &ProviderUpdateParams,
    ) -> Result<Provider, IpcError> {
        let (kind, before) = self.find(&params.id)?;
        match kind {
            Kind::BuiltIn => return Err(built_in_stays()),
            Kind::Plugin => {
                return Err(refused(
                    "This provider is a plugin. Edit its file in Settings instead.",
                    ManifestReason::InFile,
                ));
            }
            Kind::Custom => {}
        }
        let base_url = BaseUrl::parse(&params.base_url, params.allow_private)?;
        let manifest = ::providers::custom(&params.id, &params.name, &base_url);
        self.store_custom(Some(&before), &manifest).await
    }

    async fn store_custom(
        &self,
        before: Option<&Manifest>,
        manifest: &Manifest,
    ) -> Result<Provider, IpcError> {
        // One that stays as it was entered need not pass what was not asked then.
        let stays = |before: &Manifest| {
            before.name == manifest.name && before.origin() == manifest.origin()
        };
        if !before.is_some_and(stays) {
            manifest.check_names().map_err(wrong_name)?;
        }
        self.ask_about(before, manifest).await?;
        let put = ModelChange::PutProvider {
            id: manifest.id.clone(),
            manifest: manifest.to_json(),
        };
        self.0.book.change_models(put).await?;
        self.provider(&manifest.id)
    }

    /// Removes a provider of the person's, and its keys from the keyring. Of a
    /// plugin the file goes, too.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::Storage`],
    /// [`ErrorCode::Manifest`] for a file that cannot be removed, or the
    /// keyring's when a key could not be taken out; then the provider stays.
    pub async fn remove_provider(&self, id: &str) -> Result<(), IpcError> {
        let kind = match self.find(id) {
            Ok((kind, _)) => kind,
            // One that cannot be read any more can still be removed.
            Err(_) if self.is_taken(id)? => Kind::Custom,
            Err(error) => return Err(error),
        };
        if kind == Kind::BuiltIn {
            return Err(built_in_stays());
        }
        for row in self.0.book.keys_of(id) {
            self.remove_key(&row.id).await?;
        }
        if kind == Kind::Plugin {
            self.remove_plugin(id)?;
        }
        let removed = ModelChange::RemoveProvider(id.to_owned());
        self.0.book.change_models(removed).await?;
        self.forget_listing(id);
        Ok(())
    }

    /// Says whether on a rate limit the next key takes over, too.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::Storage`].
    pub async fn share_rate_limit(&self, params: &ShareRateLimitParams) -> Result<(), IpcError> {
        self.find(&params.id)?;
        let share = ModelChange::ShareRateLimit {
            provider: params.id.clone(),
            on: params.on,
        };
        self.0.book.change_models(share).await
    }
}

/// A built-in provider cannot be changed.
pub(super) fn built_in_stays() -> IpcError {
    refused(
        "A built-in provider cannot be changed. Edit a copy of it, or add an endpoint of your own.",
        ManifestReason::BuiltIn,
    )
}

/// A name that was typed is no field of a file.
fn wrong_name(error: ::providers::Error) -> IpcError {
    let error = IpcError::from(error);
    let reason = error.args.get("reason").map_or("", String::as_str);
    let message = format!("This name is not taken: it {reason}.");
    IpcError { message, ..error }
}

fn unreadable(id: &str, json: &str, error: ::providers::Error) -> IpcError {
    let read: Option<serde_json::Value> = serde_json::from_str(json).ok();
    let name = read.as_ref().and_then(|read| read.get("name")?.as_str());
    let name = name.unwrap_or(id);
    let error = IpcError::from(error);
    let message = format!(
        "The provider “{name}” that you added cannot be read any more and is left out. {} Add it again in Settings → Providers.",
        error.message
    );
    IpcError { message, ..error }.arg("provider", name)
}

fn refused(message: &str, reason: ManifestReason) -> IpcError {
    let field = "id".to_owned();
    let error = IpcError::from(::providers::Error::Manifest { field, reason });
    IpcError {
        message: message.to_owned(),
        ..error
    }
}
