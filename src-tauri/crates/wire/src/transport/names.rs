//! Looking names up, in one place: what was checked is what is connected to.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::address::{is_loopback, literal};

type Look = dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync;

/// Who looks names up: the system, or in tests a table.
#[derive(Clone)]
pub(crate) struct Names(Arc<Look>);

impl Names {
    /// The system's own.
    pub fn system() -> Self {
        Self(Arc::new(|name| {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            })
        }))
    }

    /// All addresses of a name, at least one. Those of `localhost` are this machine,
    /// and nobody is asked for them (RFC 6761, 6.3).
    pub fn of(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        if let Some(ip) = literal(name) {
            return Box::pin(std::future::ready(Ok(vec![ip])));
        }
        if is_loopback(name) {
            let here = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            return Box::pin(std::future::ready(Ok(here)));
        }
        let looking = (self.0)(name.to_owned());
        Box::pin(async move {
            match looking.await? {
                none if none.is_empty() => Err(io::Error::other("the name has no address")),
                found => Ok(found),
            }
        })
    }
}

impl reqwest::dns::Resolve for Names {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let looking = self.of(name.as_str());
        Box::pin(async move {
            let found = looking.await?.into_iter();
            let found = found.map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(found) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
impl Names {
    /// Names with these answers, each look-up taking the next of its row and staying
    /// at the last; no other name is known.
    pub fn table(rows: &[(&str, &[&[&str]])]) -> Self {
        type Answers = Vec<Vec<IpAddr>>;
        let read = |all: &&[&str]| all.iter().map(|ip| ip.parse().unwrap()).collect();
        let rows: Vec<(String, Answers)> = rows
            .iter()
            .map(|(name, answers)| ((*name).to_owned(), answers.iter().map(read).collect()))
            .collect();
        let rows = Arc::new(std::sync::Mutex::new(rows));
        Self(Arc::new(move |name| {
            let mut rows = rows.lock().unwrap();
            let row = rows.iter_mut().find(|(known, _)| *known == name);
            let found = match row {
                Some((_, all)) if all.len() > 1 => Ok(all.remove(0)),
                Some((_, all)) => Ok(all.first().cloned().unwrap_or_default()),
                None => Err(io::Error::other("no such name")),
            };
            Box::pin(std::future::ready(found))
        }))
    }
}
