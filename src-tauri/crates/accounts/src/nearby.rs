//! Lists of models that nobody has to ask for: of servers on this machine or the network
//! around it, and of endpoints that the person added.

use std::time::Duration;

use ::providers::Manifest;
use futures_util::{StreamExt, stream::FuturesUnordered};
use protocol::{ErrorCode, IpcError, Keep, KeyringState, ModelsState, Provider};

use super::{Accounts, models::has_list, providers::Kind};

/// A server nearby answers at once, or is not running.
const NEAR: Duration = Duration::from_secs(3);

/// One that is elsewhere.
const FAR: Duration = Duration::from_secs(15);

impl Accounts {
    /// How a provider's list of models stands.
    pub(super) fn models_state(&self, manifest: &Manifest) -> ModelsState {
        if !has_list(manifest) {
            return ModelsState::Unlisted;
        }
        self.0.states.of(&manifest.id)
    }

    /// Notes what came of asking for a list.
    pub(super) fn listing_ended<T>(&self, manifest: &Manifest, end: &Result<T, IpcError>) {
        let state = match end {
            Ok(_) => ModelsState::Listed,
            Err(error) if manifest.is_local() && nobody_answers(error.code) => {
                ModelsState::NotRunning
            }
            Err(error) => ModelsState::Failed {
                error: Box::new(error.clone()),
            },
        };
        self.0.states.set(&manifest.id, state);
    }

    /// The list of a provider is being asked for.
    pub(super) fn listing_begins(&self, manifest: &Manifest) {
        self.0.states.set(&manifest.id, ModelsState::Listing);
    }

    /// A provider was added or changed: its list is to be asked for, by
    /// [`Accounts::ask_for_lists`]. True where it can be.
    pub async fn lists_anew(&self, id: &str) -> bool {
        let Ok(manifest) = self.manifest(id) else {
            return false;
        };
        self.can_list(&manifest).await && self.0.states.take(id, true)
    }

    /// The providers whose lists are to be asked for now, by
    /// [`Accounts::ask_for_lists`]: those nearby and those that the person added, unless
    /// they were asked lately. The person is asked for nothing.
    pub async fn lists_due(&self) -> Vec<String> {
        let mut due = Vec::new();
        for (kind, manifest) in self.all().unwrap_or_default() {
            let wanted = kind != Kind::BuiltIn || manifest.is_local();
            if wanted && self.can_list(&manifest).await && self.0.states.take(&manifest.id, false) {
                due.push(manifest.id.clone());
            }
        }
        due
    }

    /// Can be asked as things stand, without asking the person for anything?
    async fn can_list(&self, manifest: &Manifest) -> bool {
        if !has_list(manifest) {
            return false;
        }
        let Ok(account) = self.account(&manifest.id) else {
            return false;
        };
        let key = account.keys.first();
        let kept = key.is_some_and(|key| key.kept == Keep::Keyring);
        // A locked keyring would have to be unlocked first.
        !kept || self.keyring().await.state == KeyringState::Ready
    }

    /// Asks these providers for their lists, all at once, and tells of each that it is
    /// being asked and what came of it.
    pub async fn ask_for_lists(&self, ids: Vec<String>, tell: impl Fn(Provider)) {
        let told = |id: &str| {
            if let Ok(provider) = self.provider(id) {
                tell(provider);
            }
        };
        ids.iter().for_each(|id| told(id));
        let asked = ids.into_iter().map(|id| async move {
            self.ask_for_list(&id).await;
            id
        });
        let mut asked: FuturesUnordered<_> = asked.collect();
        while let Some(id) = asked.next().await {
            told(&id);
        }
    }

    async fn ask_for_list(&self, id: &str) {
        let Ok(manifest) = self.manifest(id) else {
            return;
        };
        let longest = if manifest.is_local() { NEAR } else { FAR };
        // What came of it is noted there, but for its being late.
        if tokio::time::timeout(longest, self.models(id))
            .await
            .is_err()
        {
            let seconds = longest.as_secs();
            let message = format!("{} did not answer within {seconds} s.", manifest.name);
            let late = IpcError::new(ErrorCode::Timeout, message).arg("seconds", seconds);
            self.listing_ended::<()>(&manifest, &Err(late));
        }
    }
}

fn nobody_answers(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Network | ErrorCode::Timeout)
}
