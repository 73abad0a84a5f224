//! What the tests stand on: a home that starts again, and a provider on loopback.

use std::fs;
use std::sync::Arc;

use accounts::{Accounts, Lesson};
use consent::Consent;
use history::History;
use keys::Keys;
use protocol::*;
use serde_json::Value;
use settings::Allowed;
use wire::{Client, Timeouts};

use super::person::Person;

pub const KEY: &str = "sk-canary-0123456789abcdef";

pub struct Home {
    pub folder: tempfile::TempDir,
    /// The history of the last start.
    history: std::cell::RefCell<Option<History>>,
    pub person: Arc<Person>,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder,
            history: Default::default(),
            person: Arc::default(),
        }
    }

    /// The accounts as a start finds them. The ones before must be gone.
    pub fn start(&self) -> Accounts {
        let history = History::open(&self.folder.path().join("dragoman.db")).unwrap();
        *self.history.borrow_mut() = Some(history.history.clone());
        let client = Client::new(Timeouts::default()).unwrap();
        let keys = Keys::open("dev.dragoman.test");
        let plugins = self.folder.path().join("plugins");
        let allowed = Allowed::open(self.folder.path());
        let consent = Consent::new(self.person.clone(), allowed);
        Accounts::with_plugins(history.history, keys, client, Some(plugins), consent)
    }
}

impl Home {
    pub fn history(&self) -> History {
        self.history.borrow().clone().unwrap()
    }

    /// Ends what a start opened.
    pub async fn close(&self) {
        self.history.take().unwrap().close().await.unwrap();
    }
}

/// A provider gave this answer to a key.
pub fn rest(accounts: &Accounts, key: &str, error: &IpcError) {
    accounts.learn(&Lesson::KeyRests {
        key: key.into(),
        error: error.clone(),
    });
}

pub fn blind(accounts: &Accounts, provider: &str, model: &str, blind: bool) {
    accounts.learn(&Lesson::Blind {
        provider: provider.into(),
        model: model.into(),
        blind,
    });
}

pub fn model_used(accounts: &Accounts, provider: &str, model: &str) {
    accounts.learn(&Lesson::ModelUsed {
        provider: provider.into(),
        model: model.into(),
    });
}

pub fn used(accounts: &Accounts, key: &str) {
    accounts.learn(&Lesson::KeyUsed { key: key.into() });
}

pub async fn custom(accounts: &Accounts, base_url: &str) -> Provider {
    let params = ProviderAddParams {
        name: "Loopback".into(),
        base_url: base_url.into(),
        allow_private: false,
    };
    accounts.add_provider(&params).await.unwrap()
}

pub async fn add_key(accounts: &Accounts, provider: &str, label: &str) -> KeyInfo {
    let params = KeySetParams {
        provider: provider.into(),
        label: label.into(),
        key: format!("{KEY}-{label}"),
        keep: Keep::Session,
    };
    accounts.set_key(params).await.unwrap()
}

/// Labels of the keys that a turn would try, in order.
pub fn tried(accounts: &Accounts, provider: &str) -> Vec<String> {
    let account = accounts.account(provider).unwrap();
    account.keys.into_iter().map(|key| key.label).collect()
}

pub fn shown(accounts: &Accounts, label: &str) -> KeyInfo {
    let keys = accounts.keys().unwrap();
    keys.into_iter().find(|key| key.label == label).unwrap()
}

pub fn model<'a>(models: &'a [Model], id: &str) -> &'a Model {
    models.iter().find(|model| model.id == id).unwrap()
}

/// Adds a plugin as a drop does.
pub async fn add(home: &Home, accounts: &Accounts, plugin: &Value) -> Result<Provider, IpcError> {
    let file = home.folder.path().join("dropped.json");
    fs::write(&file, plugin.to_string()).unwrap();
    accounts.add_plugin_file(&file).await
}
