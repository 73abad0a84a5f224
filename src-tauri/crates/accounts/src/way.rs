//! From a provider to the endpoint that is asked, key by key.

use std::{sync::Arc, time::Duration};

use ::keys::{Auth, Authorization};
use ::providers::{AuthHeader, Format, Manifest};
use protocol::{ErrorCode, IpcError, Millis};
use stores::{KeyChange, KeyRow, now};
use wire::{CHAT_COMPLETIONS, Dialect, Endpoint, Rows};

use super::Accounts;

/// How long a key rests that was refused, or whose money has run out.
const REFUSED: Duration = Duration::from_secs(600);

/// How long a key rests that asked too often, where the provider does not say.
const TOO_OFTEN: Duration = Duration::from_secs(30);

/// The longest that a provider's word on it counts.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A provider that can be asked now.
#[derive(Debug, Clone)]
pub struct Account {
    /// What it is.
    pub manifest: Arc<Manifest>,
    /// Its keys that may go where it is, in the order they are tried; those
    /// that rest come last, or not at all. Empty where it is asked without a key.
    pub keys: Vec<KeyRow>,
    /// On a rate limit the next key takes over, too.
    pub share_rate_limit: bool,
}

impl Accounts {
    /// A provider, with the keys that may be used for it.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`]; [`ErrorCode::KeyMissing`];
    /// [`ErrorCode::KeyOtherOrigin`] when all its keys were entered for another
    /// origin.
    pub fn account(&self, provider: &str) -> Result<Account, IpcError> {
        let manifest = self.manifest(provider)?;
        let all = match manifest.auth_header()? {
            AuthHeader::None => Vec::new(),
            _ => self.0.book.keys_of(provider),
        };
        let origin = manifest.origin();
        let (mut keys, elsewhere): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|key| key.origin == origin);
        match elsewhere.first() {
            Some(key) if keys.is_empty() => return Err(other_origin(&origin, key)),
            None if keys.is_empty() && manifest.needs_key() => return Err(no_key(&manifest)),
            _ => {}
        }
        let moment = now();
        let rests = |key: &KeyRow| resting(key.rests_until, moment).is_some();
        if keys.iter().any(|key| !rests(key)) {
            // One that was refused, or has no money, would only hide what the
            // others answer.
            keys.retain(|key| !rests(key) || key.rests_because == Some(ErrorCode::RateLimit));
        }
        keys.sort_by_key(|key| rests(key));
        let rows = self.0.book.providers();
        Ok(Account {
            share_rate_limit: rows
                .states
                .get(provider)
                .is_some_and(|state| state.share_rate_limit),
            manifest,
            keys,
        })
    }

    /// Where to ask, with this key's header or none.
    ///
    /// # Errors
    /// [`ErrorCode::KeyOtherOrigin`]; the keyring's, [`ErrorCode::KeyNotFound`]
    /// among them; what keeps the network settings from being used.
    pub async fn endpoint(
        &self,
        manifest: &Manifest,
        key: Option<&KeyRow>,
    ) -> Result<Endpoint, IpcError> {
        let authorization = match (key, auth(manifest)?) {
            (Some(key), Some(auth)) => {
                let origin = manifest.origin();
                if key.origin != origin {
                    return Err(other_origin(&origin, key));
                }
                Some(self.0.keys.authorize(&key.id, &origin, &auth).await?)
            }
            _ => None,
        };
        self.way(manifest, authorization).await
    }

    /// Where to ask, with this header or none.
    pub(super) async fn way(
        &self,
        manifest: &Manifest,
        key: Option<Authorization>,
    ) -> Result<Endpoint, IpcError> {
        self.settle(&manifest.base_url).await?;
        let mut headers = manifest.header_map()?;
        headers.extend(key.map(|key| (key.name, key.value)));
        Ok(Endpoint {
            base_url: manifest.base_url.clone(),
            headers,
            dialect: dialect(manifest),
            rows: Arc::new(Rows {
                errors: manifest.errors.clone(),
                thoughts: manifest.thought_tags.clone(),
            }),
        })
    }

    /// Notes that a provider took this key: it rests no longer.
    pub(crate) fn used(&self, key: &str) {
        // What cannot be written now is no reason to lose an answer.
        self.0.book.note_key(KeyChange::Used {
            id: key.to_owned(),
            at: now(),
        });
    }

    /// Notes that a provider gave this answer to a key. One that speaks of the
    /// key makes it rest: it is tried last for a while.
    pub(crate) fn rest(&self, key: &str, error: &IpcError) {
        let Some(rest) = rest(error) else {
            return;
        };
        let rest = Millis::try_from(rest.as_millis()).unwrap_or(Millis::MAX);
        let until = now().saturating_add(rest);
        // As above.
        self.0.book.note_key(KeyChange::Rest {
            id: key.to_owned(),
            until,
            because: error.code,
        });
    }
}

/// How a provider is spoken to.
pub fn dialect(manifest: &Manifest) -> &'static dyn Dialect {
    match manifest.format {
        Format::Openai => CHAT_COMPLETIONS,
    }
}

/// Until when a key rests that is to rest until then, if it still does at
/// `moment`. None rests longer than [`LONGEST`]: what says so was written while
/// the clock was wrong, or is read while it is.
pub(super) fn resting(until: Option<Millis>, moment: Millis) -> Option<Millis> {
    let longest = Millis::try_from(LONGEST.as_millis()).unwrap_or(Millis::MAX);
    until.filter(|until| *until > moment && until.saturating_sub(moment) <= longest)
}

/// How long a key rests after this answer; `None` when it is not of the key.
fn rest(error: &IpcError) -> Option<Duration> {
    match error.code {
        ErrorCode::KeyRefused | ErrorCode::Forbidden | ErrorCode::NoBalance => Some(REFUSED),
        ErrorCode::RateLimit => Some(
            error
                .retry_after_ms
                .map_or(TOO_OFTEN, Duration::from_millis)
                .min(LONGEST),
        ),
        _ => None,
    }
}

/// How a provider takes its key; `None` where it takes none.
pub(super) fn auth(manifest: &Manifest) -> Result<Option<Auth>, IpcError> {
    Ok(match manifest.auth_header()? {
        AuthHeader::None => None,
        AuthHeader::Bearer => Some(Auth::Bearer),
        AuthHeader::Named(name) => Some(Auth::Header(name)),
    })
}

fn no_key(manifest: &Manifest) -> IpcError {
    let message = format!(
        "{} needs a key. Add one in Settings → Providers.",
        manifest.name
    );
    IpcError::new(ErrorCode::KeyMissing, message).arg("provider", &manifest.name)
}

pub(super) fn other_origin(origin: &str, key: &KeyRow) -> IpcError {
    IpcError::new(
        ErrorCode::KeyOtherOrigin,
        format!(
            "The key “{}” …{} was entered for {}, but requests now go to {origin}. Enter the key again in Settings to use it there.",
            key.label, key.last4, key.origin
        ),
    )
    .arg("origin", origin)
    .arg("was", &key.origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_longer_than_any_is_over() {
        let day = 86_400_000;
        for moment in [0, 1_700_000_000_000, -1_000] {
            let rests = |until| resting(until, moment).is_some();
            assert!(rests(Some(moment + 1)) && rests(Some(moment + day)));
            assert!(!rests(None) && !rests(Some(moment)) && !rests(Some(moment - 1)));
            assert!(!rests(Some(moment + day + 1)));
            assert!(!rests(Some(Millis::MAX)) && !rests(Some(Millis::MIN)));
        }
    }

    #[test]
    fn only_what_speaks_of_the_key_makes_it_rest() {
        let after = |code, retry_after_ms| {
            let error = IpcError {
                retry_after_ms,
                ..IpcError::new(code, "")
            };
            rest(&error).map(|rest| rest.as_secs())
        };
        assert_eq!(after(ErrorCode::KeyRefused, None), Some(600));
        assert_eq!(after(ErrorCode::Forbidden, Some(1_000)), Some(600));
        assert_eq!(after(ErrorCode::NoBalance, None), Some(600));
        assert_eq!(after(ErrorCode::RateLimit, None), Some(30));
        assert_eq!(after(ErrorCode::RateLimit, Some(7_000)), Some(7));
        assert_eq!(after(ErrorCode::RateLimit, Some(u64::MAX)), Some(86_400));
        assert_eq!(after(ErrorCode::ProviderDown, Some(7_000)), None);
        assert_eq!(after(ErrorCode::Network, None), None);
    }
}
