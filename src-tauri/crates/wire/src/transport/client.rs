use std::sync::{Arc, PoisonError, RwLock};

use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use super::attempts::Attempts;
use super::endpoint::Endpoint;
use super::network::Network;
use super::patience::Timeouts;
use super::pools::Pools;
use super::retry::Retry;
use crate::answer::Event;
use crate::error::Error;
use crate::gate::Gate;
use crate::models::{self, Listing, ModelRow};
use crate::request::Body;

/// The events of an answer; dropping it cancels the request.
pub type EventStream = BoxStream<'static, Result<Event, Error>>;

/// The HTTP client: follows no redirect, sends no Referer, keeps no cookies,
/// trusts what the operating system trusts. Cheap to clone; clones share one
/// configuration.
#[derive(Debug, Clone)]
pub struct Client {
    pools: Arc<RwLock<Arc<Pools>>>,
}

impl Client {
    /// A client with these limits, on the system's own network settings.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a limit is zero: nothing could be received.
    pub fn new(timeouts: Timeouts) -> Result<Self, Error> {
        let pools = Pools::new(timeouts, Network::default())?;
        Ok(Self {
            pools: Arc::new(RwLock::new(Arc::new(pools))),
        })
    }

    /// Uses other limits and another way out from the next request on, for every
    /// clone. What runs already goes on as it began.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a limit is zero, or the proxy's address or the
    /// certificates cannot be read; nothing changes then.
    pub fn configure(&self, timeouts: Timeouts, network: Network) -> Result<(), Error> {
        let pools = Arc::new(Pools::new(timeouts, network)?);
        *self.pools.write().unwrap_or_else(PoisonError::into_inner) = pools;
        Ok(())
    }

    /// Sends a body made by the endpoint's dialect ([`Dialect::body`](crate::Dialect::body))
    /// and reads the answer as it comes. Nothing is sent
    /// before the stream is polled; dropping it closes the connection, or ends the
    /// wait for the next try.
    ///
    /// Until the first [`Event::Open`] a request that failed in passing is sent
    /// again as `retry` says, each time told by an [`Event::Retrying`] before the
    /// wait. A 400 that names a field which
    /// the answer can do without has it sent once more without that.
    pub fn chat(&self, endpoint: &Endpoint, body: Body, retry: Retry) -> EventStream {
        let pools = self.pools();
        let gate = gate(&pools, endpoint);
        let attempts = Attempts::new(pools, endpoint.clone(), body, retry);
        gate.events(attempts.events()).boxed()
    }

    /// Asks which models there are, and of servers that tell it elsewhere, what
    /// each of them takes. Also tells whether a key is accepted.
    ///
    /// # Errors
    /// What the provider or the network answered; [`Error::NotAnApi`] for a web page.
    pub async fn models(
        &self,
        endpoint: &Endpoint,
        listing: &Listing,
    ) -> Result<Vec<ModelRow>, Error> {
        let pools = self.pools();
        let gate = gate(&pools, endpoint);
        match models::list(&pools, endpoint, listing).await {
            Ok(rows) => Ok(rows.into_iter().filter_map(|row| gate.row(row)).collect()),
            Err(error) => Err(gate.error(error.at(&endpoint.base_url))),
        }
    }

    /// A client with this configuration.
    #[cfg(test)]
    pub(super) fn of(pools: Pools) -> Self {
        Self {
            pools: Arc::new(RwLock::new(Arc::new(pools))),
        }
    }

    /// The configuration as it is now, for what begins now.
    pub(super) fn pools(&self) -> Arc<Pools> {
        Arc::clone(&*self.pools.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The gate for what is answered from `endpoint`, or said by a proxy on the way.
fn gate(pools: &Pools, endpoint: &Endpoint) -> Gate {
    let mut secrets = endpoint.keys();
    secrets.extend(pools.passwords());
    Gate::of(secrets)
}
