//! Providers and keys: who can be asked, and which key may go where.

use std::time::Instant;

use history::{History, KeyRow};
use keys::{Auth, Authorization, Keys, Secret};
use protocol::{
    ErrorCode, IpcError, KeyInfo, KeySetParams, KeyTestParams, KeyTestReport, KeyringStatus, Model,
    Provider, ProviderAddParams, ProviderUpdateParams,
};
use providers::{BaseUrl, Manifest};
use wire::{Client, Endpoint};

use crate::now;

/// Providers, their keys and the way to them.
#[derive(Clone)]
pub struct Accounts {
    history: History,
    keys: Keys,
    client: Client,
}

/// A provider that can be asked now.
pub(crate) struct Account {
    /// What it is.
    pub manifest: Manifest,
    /// Where requests go, the key's header among them.
    pub endpoint: Endpoint,
    /// The key that is used, if any.
    pub key: Option<KeyRow>,
}

impl Accounts {
    /// Providers and keys of this history, asked through `client`.
    pub fn new(history: History, keys: Keys, client: Client) -> Self {
        Self {
            history,
            keys,
            client,
        }
    }

    /// The client that asks.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    // Providers.

    /// Every provider: Demo, the built-in ones, the user's.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn providers(&self) -> Result<Vec<Provider>, IpcError> {
        let built_in = providers::builtin()
            .into_iter()
            .map(|manifest| manifest.to_provider(true));
        let own = self
            .own()?
            .into_iter()
            .map(|manifest| manifest.to_provider(false));
        Ok(built_in.chain(own).collect())
    }

    fn own(&self) -> Result<Vec<Manifest>, IpcError> {
        let stored = self.history.providers()?;
        Ok(stored
            .iter()
            .filter_map(|(_, json)| Manifest::parse(json).ok())
            .collect())
    }

    fn manifest(&self, id: &str) -> Result<Manifest, IpcError> {
        providers::builtin()
            .into_iter()
            .chain(self.own()?)
            .find(|manifest| manifest.id == id)
            .ok_or_else(|| {
                IpcError::new(
                    ErrorCode::ProviderNotFound,
                    format!("There is no provider “{id}”. Choose another, or add it in Settings."),
                )
                .arg("provider", id)
            })
    }

    fn own_manifest(&self, id: &str) -> Result<Manifest, IpcError> {
        if providers::builtin()
            .iter()
            .any(|manifest| manifest.id == id)
        {
            return Err(IpcError::new(
                ErrorCode::Manifest,
                "A built-in provider cannot be changed. Add an endpoint of your own instead.",
            )
            .arg("field", "id")
            .arg("reason", "built in"));
        }
        self.manifest(id)
    }

    /// Adds an OpenAI-compatible endpoint.
    ///
    /// # Errors
    /// [`ErrorCode::BaseUrl`] with the reason, [`ErrorCode::Storage`].
    pub fn add_provider(&self, params: &ProviderAddParams) -> Result<Provider, IpcError> {
        let base_url = BaseUrl::parse(&params.base_url, params.allow_private)?;
        let id = format!("custom-{}", uuid::Uuid::now_v7().simple());
        self.store_provider(providers::custom(&id, &params.name, &base_url))
    }

    /// Changes an endpoint of the user's. Its keys stay bound to the origin
    /// they were entered for.
    ///
    /// # Errors
    /// As [`Accounts::add_provider`], and [`ErrorCode::ProviderNotFound`].
    pub fn update_provider(&self, params: &ProviderUpdateParams) -> Result<Provider, IpcError> {
        self.own_manifest(&params.id)?;
        let base_url = BaseUrl::parse(&params.base_url, params.allow_private)?;
        self.store_provider(providers::custom(&params.id, &params.name, &base_url))
    }

    fn store_provider(&self, manifest: Manifest) -> Result<Provider, IpcError> {
        self.history
            .put_provider(&manifest.id, &manifest.to_json())?;
        Ok(manifest.to_provider(false))
    }

    /// Removes an endpoint of the user's, and its keys from the keyring.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::Storage`], or the keyring's
    /// when a key of it could not be taken out; then nothing is removed.
    pub async fn remove_provider(&self, id: &str) -> Result<(), IpcError> {
        self.own_manifest(id)?;
        for row in self
            .history
            .keys()?
            .into_iter()
            .filter(|row| row.provider == id)
        {
            self.remove_key(&row.id).await?;
        }
        self.history.remove_provider(id)?;
        Ok(())
    }

    /// The models that a provider lists, asked just now.
    ///
    /// # Errors
    /// As for a chat request.
    pub async fn models(&self, id: &str) -> Result<Vec<Model>, IpcError> {
        let account = self.account(id).await?;
        if account.manifest.is_demo() {
            return Ok(account.manifest.to_provider(true).models);
        }
        let listed = self.client.models(&account.endpoint).await?;
        let fill = |row: wire::ModelRow| {
            let known = account.manifest.model(&row.id);
            Model {
                name: row.name.unwrap_or_else(|| known.name.clone()),
                image: row.image.or(known.image),
                reasoning: row.reasoning.or(known.reasoning),
                id: row.id,
                ..known
            }
        };
        Ok(listed
            .into_iter()
            .filter(|row| row.chat)
            .map(fill)
            .collect())
    }

    // Keys.

    /// How the keyring stands.
    pub async fn keyring(&self) -> KeyringStatus {
        self.keys.status().await
    }

    /// Every key, as far as the page may know it.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn keys(&self) -> Result<Vec<KeyInfo>, IpcError> {
        let origins: Vec<_> = self
            .providers()?
            .into_iter()
            .map(|provider| (provider.id, provider.origin))
            .collect();
        Ok(self
            .history
            .keys()?
            .into_iter()
            .map(|row| info(row, &origins))
            .collect())
    }

    /// Stores a key, bound to the provider's present origin, and chooses it.
    ///
    /// # Errors
    /// [`ErrorCode::KeyNotUsable`], the keyring's, [`ErrorCode::Storage`].
    pub async fn set_key(&self, params: KeySetParams) -> Result<KeyInfo, IpcError> {
        let manifest = self.manifest(&params.provider)?;
        let secret = Secret::parse(params.key)?;
        let row = KeyRow {
            id: uuid::Uuid::now_v7().to_string(),
            provider: manifest.id.clone(),
            origin: manifest.origin(),
            label: params.label.trim().to_owned(),
            last4: secret.last4(),
            kept: params.keep,
            chosen: true,
            created_at: now(),
            used_at: None,
        };
        self.keys
            .put(&row.id, &row.origin, secret, params.keep)
            .await?;
        if let Err(error) = self.history.add_key(&row) {
            self.keys.forget(&row.id, &row.origin).await?;
            return Err(error.into());
        }
        let origins = [(row.provider.clone(), row.origin.clone())];
        Ok(info(row, &origins))
    }

    /// Takes a key out of the keyring and forgets it.
    ///
    /// # Errors
    /// The keyring's; then the key stays listed.
    pub async fn remove_key(&self, id: &str) -> Result<(), IpcError> {
        if let Some(row) = self.history.keys()?.into_iter().find(|row| row.id == id) {
            self.keys.forget(&row.id, &row.origin).await?;
            self.history.remove_key(id)?;
        }
        Ok(())
    }

    /// Makes a key the one in use for its provider.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`], [`ErrorCode::NotFound`].
    pub fn choose_key(&self, id: &str) -> Result<(), IpcError> {
        Ok(self.history.choose_key(id)?)
    }

    /// Gives a key another name.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`], [`ErrorCode::NotFound`].
    pub fn rename_key(&self, id: &str, label: &str) -> Result<(), IpcError> {
        Ok(self.history.rename_key(id, label.trim())?)
    }

    /// Asks the provider for its models with a key, stored or just typed.
    ///
    /// # Errors
    /// Only what keeps the question from being asked; what the provider
    /// answers is in the report.
    pub async fn test_key(&self, params: KeyTestParams) -> Result<KeyTestReport, IpcError> {
        let manifest = self.manifest(&params.provider)?;
        let endpoint = match (params.key, params.id) {
            (Some(typed), _) => {
                let secret = Secret::parse(typed)?;
                let authorization = auth(&manifest)?
                    .map(|auth| secret.authorization(&auth))
                    .transpose()?;
                way(&manifest, authorization)?
            }
            (None, Some(id)) => {
                let row = self.key_row(&id)?;
                self.check_origin(&manifest, &row)?;
                self.endpoint(&manifest, Some(&row.id)).await?
            }
            (None, None) => way(&manifest, None)?,
        };
        let begun = Instant::now();
        let answer = self.client.models(&endpoint).await;
        let took_ms = millis(begun);
        Ok(match answer {
            Ok(models) => KeyTestReport {
                reachable: true,
                accepted: self.told_by_the_key(&manifest).await,
                models: u32::try_from(models.len()).ok(),
                took_ms,
                error: None,
            },
            Err(error) => report(error.into(), took_ms),
        })
    }

    /// A list of models proves a key only where it is refused without one.
    async fn told_by_the_key(&self, manifest: &Manifest) -> Option<bool> {
        let without = way(manifest, None).ok()?;
        match self.client.models(&without).await {
            Ok(_) => None,
            Err(_) => Some(true),
        }
    }

    fn key_row(&self, id: &str) -> Result<KeyRow, IpcError> {
        self.history
            .keys()?
            .into_iter()
            .find(|row| row.id == id)
            .ok_or_else(|| {
                IpcError::new(
                    ErrorCode::KeyNotFound,
                    "This key is no longer stored. Enter it again.",
                )
            })
    }

    /// The provider with the key that is chosen for it, ready to be asked.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::KeyMissing`],
    /// [`ErrorCode::KeyOtherOrigin`], or the keyring's.
    pub(crate) async fn account(&self, provider: &str) -> Result<Account, IpcError> {
        let manifest = self.manifest(provider)?;
        let key = self.history.chosen_key(provider)?;
        match &key {
            Some(row) => self.check_origin(&manifest, row)?,
            None if manifest.needs_key() => {
                return Err(IpcError::new(
                    ErrorCode::KeyMissing,
                    format!(
                        "{} needs a key. Add one in Settings → Providers.",
                        manifest.name
                    ),
                )
                .arg("provider", &manifest.name));
            }
            None => {}
        }
        let endpoint = self
            .endpoint(&manifest, key.as_ref().map(|row| row.id.as_str()))
            .await?;
        if let Some(row) = &key {
            self.history.key_used(&row.id, now())?;
        }
        Ok(Account {
            manifest,
            endpoint,
            key,
        })
    }

    fn check_origin(&self, manifest: &Manifest, row: &KeyRow) -> Result<(), IpcError> {
        let origin = manifest.origin();
        if row.origin == origin {
            return Ok(());
        }
        Err(IpcError::new(
            ErrorCode::KeyOtherOrigin,
            format!(
                "The key “{}” …{} was entered for {}, but requests now go to {origin}. Enter the key again in Settings to use it there.",
                row.label, row.last4, row.origin
            ),
        )
        .arg("origin", origin)
        .arg("was", &row.origin))
    }

    async fn endpoint(&self, manifest: &Manifest, key: Option<&str>) -> Result<Endpoint, IpcError> {
        let authorization = match (key, auth(manifest)?) {
            (Some(id), Some(auth)) => {
                Some(self.keys.authorize(id, &manifest.origin(), &auth).await?)
            }
            _ => None,
        };
        way(manifest, authorization)
    }
}

/// The way to a provider with this header of a key, or none.
fn way(manifest: &Manifest, key: Option<Authorization>) -> Result<Endpoint, IpcError> {
    let mut headers = manifest.header_map()?;
    headers.extend(key.map(|key| (key.name, key.value)));
    Ok(Endpoint {
        base_url: manifest.base_url.clone(),
        headers,
    })
}

fn auth(manifest: &Manifest) -> Result<Option<Auth>, IpcError> {
    Ok(match manifest.auth_header()? {
        providers::AuthHeader::None => None,
        providers::AuthHeader::Bearer => Some(Auth::Bearer),
        providers::AuthHeader::Named(name) => Some(Auth::Header(name)),
    })
}

fn info(row: KeyRow, origins: &[(String, String)]) -> KeyInfo {
    KeyInfo {
        usable: origins
            .iter()
            .any(|(id, origin)| *id == row.provider && *origin == row.origin),
        id: row.id,
        provider: row.provider,
        origin: row.origin,
        label: row.label,
        last4: row.last4,
        kept: row.kept,
        chosen: row.chosen,
        created_at: row.created_at,
        used_at: row.used_at,
        rests_until: None,
        rests_because: None,
    }
}

fn report(error: IpcError, took_ms: u32) -> KeyTestReport {
    use ErrorCode::*;
    let unreachable = matches!(
        error.code,
        Network | Certificate | Timeout | Redirect | NotAnApi
    );
    let accepted = match error.code {
        KeyRefused | Forbidden => Some(false),
        NoBalance | RateLimit => Some(true),
        _ => None,
    };
    KeyTestReport {
        reachable: !unreachable,
        accepted,
        models: None,
        took_ms,
        error: Some(error),
    }
}

fn millis(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX)
}
