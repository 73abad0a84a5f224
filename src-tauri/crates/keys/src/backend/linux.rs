use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use keyring_core::{CredentialStore, Error as StoreError};
use protocol::KeyringReason;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;
use zbus::proxy::{Builder, CacheProperties};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};
use zbus::{Connection, Proxy};
use zbus_secret_service_keyring_store::Store;

use crate::prompt::{ASKS, Unlocked, Waiting, Wanted};
use crate::{Error, Locked, backend::Backend};

const NAME: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ITEM: &str = "org.freedesktop.Secret.Item";
const PROMPT: &str = "org.freedesktop.Secret.Prompt";

/// Objects that are unlocked, and those that are not.
type Found = (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>);

/// The Secret Service of the session bus: gnome-keyring, KDE Wallet, KeePassXC.
pub(crate) struct Platform;

impl Backend for Platform {
    fn name(&self) -> &'static str {
        "Secret Service"
    }

    fn open(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        Ok(Store::new()?)
    }

    /// Reads the property `Locked` of the default collection: reading prompts
    /// nobody (Secret Service API 0.2, "Locking and unlocking").
    fn probe(&self) -> Result<(), Error> {
        let bus = zbus::block_on(Connection::session()).map_err(no_service)?;
        match zbus::block_on(default_collection(&bus)).map_err(unavailable)? {
            Some((_, false)) => Ok(()),
            Some((_, true)) => Err(Error::Locked(Locked::Unasked)),
            None => Err(Error::NoCollection),
        }
    }

    /// Asks the service itself: the store's search unlocks what it finds, and so
    /// may prompt.
    fn users(&self, _: &CredentialStore, service: &str) -> keyring_core::Result<Vec<String>> {
        match zbus::block_on(items(service)) {
            Ok(Some(users)) => Ok(users),
            Ok(None) => Err(StoreError::NoStorageAccess(
                "a keyring that holds keys is locked".into(),
            )),
            Err(error) => Err(StoreError::PlatformFailure(Box::new(error))),
        }
    }

    fn unlock(
        &self,
        wanted: Wanted,
        (answer, prompt): (Duration, Duration),
        told: watch::Sender<bool>,
    ) -> Unlocked {
        Box::pin(async move {
            let bus = Connection::session().await.map_err(no_service)?;
            let asking = Asking {
                bus,
                answer,
                prompt,
                told,
            };
            asking.unlock(&wanted).await
        })
    }

    fn takes_label(&self) -> bool {
        true
    }
}

/// A keyring that is to be unlocked.
struct Asking {
    bus: Connection,
    answer: Duration,
    prompt: Duration,
    told: watch::Sender<bool>,
}

impl Asking {
    async fn unlock(&self, wanted: &Wanted) -> Result<(), Error> {
        // One that is silent here is silent: this prompts nobody.
        self.quickly(default_collection(&self.bus)).await?;
        let (open, mut locked) = self.search(wanted).await?;
        if locked.is_empty() && open.is_empty() {
            match self.quickly(default_collection(&self.bus)).await? {
                Some((_, false)) => return Ok(()),
                // What is in it may be found only once it is open.
                Some((collection, true)) => locked.push(collection),
                None => return Err(Error::NoCollection),
            }
        }
        if locked.is_empty() {
            return Ok(());
        }
        let service = self.quickly(service(&self.bus)).await?;
        let locked = (locked,);
        let unlock = service.call("Unlock", &locked);
        let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) = self.quickly(unlock).await?;
        if prompt.as_str() == "/" {
            return Ok(());
        }
        self.ask(prompt).await
    }

    /// A step that asks nobody.
    async fn quickly<T>(&self, step: impl Future<Output = zbus::Result<T>>) -> Result<T, Error> {
        let done = timeout(self.answer, step).await;
        done.map_err(|_| Error::Locked(Locked::NoAnswer))?
            .map_err(unavailable)
    }

    /// What there is under a name. By the standard searching prompts nobody, but
    /// KeePassXC has its database unlocked before it looks.
    async fn search(&self, wanted: &Wanted) -> Result<Found, Error> {
        let service = self.quickly(service(&self.bus)).await?;
        // The names that the store gives them.
        let attributes = (HashMap::from([
            ("service", wanted.service.as_str()),
            ("username", wanted.user.as_str()),
        ]),);
        let mut search = std::pin::pin!(service.call("SearchItems", &attributes));
        if let Ok(found) = timeout(ASKS, &mut search).await {
            return found.map_err(unavailable);
        }
        let _waiting = Waiting::begin(&self.told);
        let found = timeout(self.prompt, search).await;
        found
            .map_err(|_| Error::Locked(self.unanswered()))?
            .map_err(unavailable)
    }

    /// Opens a prompt and waits for the person. Where nobody waits any more it is closed.
    async fn ask(&self, path: OwnedObjectPath) -> Result<(), Error> {
        let prompt = self
            .quickly(proxy(&self.bus, path.into_inner(), PROMPT))
            .await?;
        let mut completed = self.quickly(prompt.receive_signal("Completed")).await?;
        let mut owners = self.quickly(prompt.receive_owner_changed()).await?;
        let _waiting = Waiting::begin(&self.told);
        let (stays, mut left) = oneshot::channel::<()>();
        let (longest, unanswered) = (self.prompt, self.unanswered());
        let asked = tokio::spawn(async move {
            let opened = async {
                // Which window it belongs to cannot be said in a way all of them read.
                let _: () = prompt.call("Prompt", &("",)).await?;
                let Some(signal) = completed.next().await else {
                    return Ok(false);
                };
                let (dismissed, _): (bool, OwnedValue) = signal.body().deserialize()?;
                zbus::Result::Ok(!dismissed)
            };
            let gone = async { while owners.next().await.is_some_and(|owner| owner.is_some()) {} };
            let end = tokio::select! {
                done = opened => return match done {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(Error::Locked(Locked::Dismissed)),
                    Err(error) => Err(unavailable(error)),
                },
                () = gone => return Err(no_service("it ended while it asked")),
                _ = &mut left => Locked::Stopped,
                () = tokio::time::sleep(longest) => unanswered,
            };
            // One that is gone by now need not be closed.
            let _: zbus::Result<()> = prompt.call("Dismiss", &()).await;
            Err(Error::Locked(end))
        });
        let done = asked.await;
        drop(stays);
        done.map_err(Error::failed)?
    }

    fn unanswered(&self) -> Locked {
        Locked::Unanswered(self.prompt.as_secs())
    }
}

/// The default collection, and whether it is locked.
async fn default_collection(bus: &Connection) -> zbus::Result<Option<(OwnedObjectPath, bool)>> {
    let path: OwnedObjectPath = service(bus).await?.call("ReadAlias", &"default").await?;
    if path.as_str() == "/" {
        return Ok(None);
    }
    let collection = proxy(bus, path.clone().into_inner(), COLLECTION).await?;
    let locked = collection.get_property("Locked").await?;
    Ok(Some((path, locked)))
}

/// The users of all items with this service; `None` where one of them is
/// locked. Searching and reading attributes prompt nobody (Secret Service API
/// 0.2, "Lookup Attributes").
async fn items(name: &str) -> zbus::Result<Option<Vec<String>>> {
    let bus = Connection::session().await?;
    let wanted = HashMap::from([("service", name)]);
    let search = service(&bus).await?;
    let (open, locked): Found = search.call("SearchItems", &(wanted,)).await?;
    if !locked.is_empty() {
        return Ok(None);
    }
    let mut users = Vec::new();
    for item in open {
        let item = proxy(&bus, item.into_inner(), ITEM).await?;
        let mut attributes: HashMap<String, String> = item.get_property("Attributes").await?;
        // The name that the store gives it.
        users.extend(attributes.remove("username"));
    }
    Ok(Some(users))
}

async fn service(bus: &Connection) -> zbus::Result<Proxy<'static>> {
    proxy(bus, ObjectPath::try_from(SERVICE_PATH)?, SERVICE).await
}

async fn proxy(
    bus: &Connection,
    path: ObjectPath<'static>,
    interface: &'static str,
) -> zbus::Result<Proxy<'static>> {
    Builder::new(bus)
        .destination(NAME)?
        .path(path)?
        .interface(interface)?
        .cache_properties(CacheProperties::No)
        .build()
        .await
}

fn unavailable(error: zbus::Error) -> Error {
    use zbus::fdo::Error::{Disconnected, NameHasNoOwner, ServiceUnknown};
    let detail = error.to_string();
    let nobody = match error {
        zbus::Error::FDO(error) => {
            matches!(
                *error,
                ServiceUnknown(_) | NameHasNoOwner(_) | Disconnected(_)
            )
        }
        zbus::Error::MethodError(name, ..) => NOBODY.contains(&name.as_str()),
        _ => false,
    };
    if nobody {
        no_service(detail)
    } else {
        Error::failed(detail)
    }
}

/// Names that D-Bus has for nobody being there.
const NOBODY: [&str; 3] = [
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.Disconnected",
];

fn no_service(detail: impl ToString) -> Error {
    Error::Unavailable {
        reason: KeyringReason::NoService,
        detail: detail.to_string(),
    }
}
