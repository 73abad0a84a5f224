//! Who can be asked: providers, their keys in order, models and what is believed of
//! them, and the way out of this machine.

mod book;
mod files;
mod habits;
mod hosts;
mod keys;
mod leaving;
mod lesson;
mod listed;
mod models;
mod nearby;
mod network;
mod orphans;
mod plugins;
mod probe;
mod providers;
mod states;
mod way;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use ::consent::Consent;
use ::keys::Keys;
use stores::{KeyRows, ModelRows};
use wire::Client;

use self::{book::Book, files::Plugins, leaving::Way, listed::Listings};

pub use self::{
    habits::Habits,
    lesson::Lesson,
    models::Facts,
    network::{check_ca, check_network},
    way::{Account, dialect},
};

/// Providers, their keys and the way to them. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    book: Book,
    keys: Keys,
    client: Client,
    consent: Consent,
    /// Where the plugin files lie; without it there are none.
    folder: Option<PathBuf>,
    /// The plugin files as they were read; `None` until they are needed.
    plugins: Mutex<Option<Plugins>>,
    listings: Listings,
    states: states::States,
    habits: habits::Known,
    way: tokio::sync::Mutex<Way>,
}

impl Accounts {
    /// Providers and keys whose rows are kept there, asked through `client`. Blocks
    /// while they are read. Nobody is asked: what needs a yes is refused.
    pub fn new(rows: impl KeyRows + ModelRows + Clone, keys: Keys, client: Client) -> Self {
        Self::with_plugins(rows, keys, client, None, Consent::nobody())
    }

    /// The same, with the provider plugins of a folder, which need not exist, and
    /// somebody who is asked about new hosts. The folder is read when it is first
    /// needed, see [`Accounts::read_plugins`].
    pub fn with_plugins(
        rows: impl KeyRows + ModelRows + Clone,
        keys: Keys,
        client: Client,
        folder: Option<PathBuf>,
        consent: Consent,
    ) -> Self {
        Self(Arc::new(Inner {
            book: Book::new(rows),
            keys,
            client,
            consent,
            folder,
            plugins: Mutex::default(),
            listings: Listings::default(),
            states: states::States::default(),
            habits: habits::Known::default(),
            way: tokio::sync::Mutex::default(),
        }))
    }

    /// Reads the rows anew: another process changed them.
    pub async fn read_again(&self) {
        self.0.book.read_again().await;
    }

    /// True where all that is kept ends with this run.
    fn is_passing(&self) -> bool {
        !self.0.book.is_kept()
    }

    /// How a model wants to be asked, as far as it was learned in this run.
    pub fn habits(&self, provider: &str, model: &str) -> Habits {
        self.0.habits.of(provider, model)
    }

    /// The client that asks.
    pub fn client(&self) -> &Client {
        &self.0.client
    }
}
