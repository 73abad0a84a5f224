use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keyring_core::{CredentialStore, Entry};
use protocol::{Keep, KeyringReason, KeyringState, KeyringStatus};
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::backend::{Backend, Platform};
use crate::prompt::Wanted;
use crate::unlock::Prompts;
use crate::worker::{Limits, Session, Worker};
use crate::{Auth, Authorization, Error, Secret, Unusable};

/// The keys of this app. Cheap to clone; all clones are one.
///
/// A key is kept under its id **and** the origin it was entered for: asked for
/// another origin, it is not found, whatever happened to the provider's
/// settings in between.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    service: String,
    worker: Worker,
    prompts: Prompts,
    /// Keys for this run only, by entry name; wiped when the app ends or they
    /// are forgotten.
    session: Mutex<HashMap<String, Secret>>,
}

impl Keys {
    /// Keys under the name `service`, in the system's keyring. Touches nothing
    /// yet, never blocks and never fails: the keyring is opened by the first
    /// call that needs it, and by every later one until it opens.
    pub fn open(service: &str) -> Self {
        Self::open_with(service, Limits::default())
    }

    /// As [`Keys::open`], with other limits.
    pub fn open_with(service: &str, limits: Limits) -> Self {
        Self::with_backend(service, limits, Arc::new(Platform))
    }

    pub(crate) fn with_backend(service: &str, limits: Limits, backend: Arc<dyn Backend>) -> Self {
        Self(Arc::new(Inner {
            service: service.to_owned(),
            prompts: Prompts::new(Arc::clone(&backend), limits.answer, limits.prompt),
            worker: Worker::new(backend, limits),
            session: Mutex::default(),
        }))
    }

    /// How the keyring stands, asked just now. Asks the person nothing.
    pub async fn status(&self) -> KeyringStatus {
        let worker = &self.0.worker;
        let probed = worker
            .call(|session| session.backend().probe(), |_| {})
            .await;
        use KeyringState::{Locked, NoCollection, Ready, Unavailable};
        let (state, reason, detail) = match probed {
            Ok(()) => (Ready, None, None),
            Err(Error::Locked(locked)) => (Locked, Some(locked.reason()), None),
            Err(Error::NoCollection) => (NoCollection, Some(KeyringReason::NoCollection), None),
            Err(Error::Unavailable { reason, detail }) => (Unavailable, Some(reason), Some(detail)),
            Err(other) => {
                let detail = Some(other.to_string());
                (Unavailable, Some(KeyringReason::Failed), detail)
            }
        };
        KeyringStatus {
            state,
            backend: worker.backend().name().to_owned(),
            reason,
            detail,
            waiting: *self.waiting().borrow(),
        }
    }

    /// Whether the keyring's prompt is open, and each time that changes: what needs a
    /// key waits then for the person.
    pub fn waiting(&self) -> watch::Receiver<bool> {
        self.0.prompts.waiting()
    }

    /// Ends every wait for the prompt, which is closed: who waits gets
    /// [`Error::Locked`].
    pub fn stop(&self) {
        self.0.prompts.stop();
    }

    /// Stores a key under a new id. `origin` is a URL; its scheme, host and
    /// port count. Where the keyring is locked, it asks the person to
    /// unlock it; dropped meanwhile, it asks no longer. A key that the keyring took
    /// only after this gave up, or was dropped, is taken out again.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::NoCollection`], [`Error::Unavailable`]: nothing
    /// is stored, nor kept for this run. [`Error::NotUsable`] when the keyring finds
    /// it too long, [`Error::Origin`].
    pub async fn put(
        &self,
        id: &str,
        origin: &str,
        secret: Secret,
        keep: Keep,
    ) -> Result<(), Error> {
        let entry = self.entry(id, origin)?;
        if keep == Keep::Session {
            self.session().insert(entry.user, secret);
            return Ok(());
        }
        let user = entry.user.clone();
        let (late, named) = (entry.clone(), entry.clone());
        self.asking(
            &named,
            move |session| {
                let label = session.backend().takes_label();
                session.with_store(|store| entry.build(store, label)?.set_secret(secret.bytes()))
            },
            move |session| {
                // Nobody heard that it is stored, so nobody would ever remove it.
                _ = session.with_store(|store| late.build(store, false)?.delete_credential());
            },
        )
        .await?;
        self.session().remove(&user);
        Ok(())
    }

    /// The header for a request to `origin` with this key.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such key, or when it was entered
    /// for another origin; [`Error::Locked`] where the person did not unlock it,
    /// [`Error::NoCollection`], [`Error::Unavailable`], [`Error::Origin`].
    pub async fn authorize(
        &self,
        id: &str,
        origin: &str,
        auth: &Auth,
    ) -> Result<Authorization, Error> {
        let entry = self.entry(id, origin)?;
        if let Some(secret) = self.session().get(&entry.user) {
            return secret.authorization(auth);
        }
        let (auth, named) = (auth.clone(), entry.clone());
        self.asking(
            &named,
            move |session| entry.read(session)?.authorization(&auth),
            |_| {},
        )
        .await
    }

    /// Its last characters, as [`Secret::last4`] gives them.
    ///
    /// # Errors
    /// As [`Keys::authorize`].
    pub async fn last4(&self, id: &str, origin: &str) -> Result<String, Error> {
        let entry = self.entry(id, origin)?;
        if let Some(secret) = self.session().get(&entry.user) {
            return Ok(secret.last4());
        }
        let named = entry.clone();
        self.asking(
            &named,
            move |session| Ok(entry.read(session)?.last4()),
            |_| {},
        )
        .await
    }

    /// Every entry of this app in the keyring, whatever it holds, by origin and
    /// id. Asks the person nothing; keys for this run are not among them.
    ///
    /// # Errors
    /// [`Error::Locked`] where the keyring, or any keyring with such an entry,
    /// is locked; [`Error::Unavailable`].
    pub async fn entries(&self) -> Result<Vec<EntryInfo>, Error> {
        let service = self.0.service.clone();
        let users = self
            .0
            .worker
            .call(move |session| session.users(&service), |_| {})
            .await?;
        let read = users.iter().filter_map(|user| EntryInfo::read(user));
        let mut entries: Vec<_> = read.collect();
        entries.sort();
        entries.dedup();
        Ok(entries)
    }

    /// As [`Keys::entries`], but the person unlocks first what is locked.
    ///
    /// # Errors
    /// As [`Keys::authorize`], but for [`Error::NotFound`].
    pub async fn entries_unlocked(&self) -> Result<Vec<EntryInfo>, Error> {
        match self.entries().await {
            Err(Error::Locked(_)) => {}
            other => return other,
        }
        // Where nothing of such a name is found, what it would lie in is unlocked.
        let wanted = Wanted {
            service: self.0.service.clone(),
            user: String::new(),
        };
        self.0.prompts.unlock(wanted).await?;
        self.entries().await
    }

    /// Takes a key out of the keyring, or out of memory. One that is not there
    /// (any more) is no error.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Unavailable`]: it is still there;
    /// [`Error::Origin`].
    pub async fn forget(&self, id: &str, origin: &str) -> Result<(), Error> {
        let entry = self.entry(id, origin)?;
        if self.session().remove(&entry.user).is_some() {
            return Ok(());
        }
        let named = entry.clone();
        let gone = self
            .asking(
                &named,
                move |session| {
                    session.with_store(|store| entry.build(store, false)?.delete_credential())
                },
                |_| {},
            )
            .await;
        match gone {
            Err(Error::NotFound) => Ok(()),
            other => other,
        }
    }

    /// Work on one entry: the person unlocks first what it lies in.
    async fn asking<T: Send + 'static>(
        &self,
        entry: &EntryName,
        run: impl FnOnce(&mut Session) -> Result<T, Error> + Send + 'static,
        undo: impl FnOnce(&mut Session) + Send + 'static,
    ) -> Result<T, Error> {
        let Inner {
            worker, prompts, ..
        } = &*self.0;
        if worker.backend().asks_within() {
            let limit = worker.limits().prompt;
            return prompts.within(worker.call_for(limit, run, undo)).await;
        }
        let wanted = Wanted {
            service: entry.service.clone(),
            user: entry.user.clone(),
        };
        prompts.unlock(wanted).await?;
        worker.call(run, undo).await
    }

    fn session(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        self.0
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, id: &str, origin: &str) -> Result<EntryName, Error> {
        let origin = url::Url::parse(origin)
            .map(|url| url.origin())
            .ok()
            .filter(url::Origin::is_tuple)
            .ok_or_else(|| Error::Origin(origin.to_owned()))?
            .ascii_serialization();
        Ok(EntryName {
            service: self.0.service.clone(),
            // No origin holds a blank, so no two pairs make the same name.
            user: format!("{id} {origin}"),
            label: format!("Dragoman: key for {origin}"),
        })
    }
}

/// An entry of this app in the keyring, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryInfo {
    /// Scheme, host and port that what it holds was entered for.
    pub origin: String,
    /// The id that it was put under.
    pub id: String,
}

impl EntryInfo {
    /// The entry of this name; `None` where no key is kept under such a name.
    fn read(user: &str) -> Option<Self> {
        let (id, origin) = user.rsplit_once(' ')?;
        let url = url::Url::parse(origin).ok()?.origin();
        (url.is_tuple() && url.ascii_serialization() == origin).then(|| Self {
            origin: origin.to_owned(),
            id: id.to_owned(),
        })
    }
}

/// Nothing in it can be shown.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

#[derive(Clone)]
struct EntryName {
    service: String,
    user: String,
    label: String,
}

impl EntryName {
    fn read(&self, session: &mut Session) -> Result<Secret, Error> {
        let bytes = session
            .with_store(|store| Ok(Zeroizing::new(self.build(store, false)?.get_secret()?)))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Unusable::Character)?;
        Secret::parse(text.to_owned())
    }

    fn build(&self, store: &CredentialStore, label: bool) -> keyring_core::Result<Entry> {
        let modifiers = HashMap::from([("label", self.label.as_str())]);
        store.build(&self.service, &self.user, label.then_some(&modifiers))
    }
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;
