//! Providers and keys: who can be asked, which key may go where, and what each
//! model takes.

mod book;
mod keys;
mod models;
mod network;
mod orphans;
mod plugins;
mod probe;
mod providers;
mod way;

#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use ::keys::Keys;
use history::History;
use wire::Client;

use self::{book::Shelf, models::Listings, network::Way, plugins::Plugins};

pub use self::network::{check_ca, check_network};
pub(crate) use self::way::{Account, dialect};

/// Providers, their keys and the way to them. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    shelf: Shelf,
    keys: Keys,
    client: Client,
    /// Where the plugin files lie; without it there are none.
    folder: Option<PathBuf>,
    /// The plugin files as they were read; `None` until they are needed.
    plugins: Mutex<Option<Plugins>>,
    listings: Listings,
    way: tokio::sync::Mutex<Way>,
}

impl Accounts {
    /// Providers and keys of this history, asked through `client`. Blocks while
    /// their rows are read.
    pub fn new(history: History, keys: Keys, client: Client) -> Self {
        Self::with_plugins(history, keys, client, None)
    }

    /// The same, with the provider plugins of a folder, which need not exist.
    /// It is read when it is first needed, see [`Accounts::read_plugins`].
    pub fn with_plugins(
        history: History,
        keys: Keys,
        client: Client,
        folder: Option<PathBuf>,
    ) -> Self {
        Self(Arc::new(Inner {
            shelf: Shelf::new(history),
            keys,
            client,
            folder,
            plugins: Mutex::default(),
            listings: Listings::default(),
            way: tokio::sync::Mutex::default(),
        }))
    }

    /// Reads the rows anew: another process changed the history.
    pub async fn read_again(&self) {
        self.0.shelf.read_again().await;
    }

    /// True where the history ends with this run.
    fn is_passing(&self) -> bool {
        !self.0.shelf.history().is_kept()
    }

    /// The client that asks.
    pub(crate) fn client(&self) -> &Client {
        &self.0.client
    }
}
