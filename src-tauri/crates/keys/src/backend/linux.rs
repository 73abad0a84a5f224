use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error as StoreError};
use zbus::blocking::{Connection, Proxy, proxy::Builder};
use zbus::proxy::CacheProperties;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus_secret_service_keyring_store::Store;

use crate::{Error, backend::Backend};

const NAME: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ITEM: &str = "org.freedesktop.Secret.Item";

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
        match default_collection_locked() {
            Ok(Some(false)) => Ok(()),
            Ok(Some(true)) => Err(Error::Locked {
                reason: "the default keyring is locked".to_owned(),
            }),
            Ok(None) => Err(Error::Locked {
                reason: "no keyring has been opened in this session yet".to_owned(),
            }),
            Err(error) => Err(Error::Unavailable {
                reason: error.to_string(),
            }),
        }
    }

    /// Asks the service itself: the store's search unlocks what it finds, and so
    /// may prompt.
    fn users(&self, _: &CredentialStore, service: &str) -> keyring_core::Result<Vec<String>> {
        match items(service) {
            Ok(Some(users)) => Ok(users),
            Ok(None) => Err(StoreError::NoStorageAccess(
                "a keyring that holds keys is locked".into(),
            )),
            Err(error) => Err(StoreError::PlatformFailure(Box::new(error))),
        }
    }

    fn takes_label(&self) -> bool {
        true
    }
}

/// `None` when there is no default collection.
fn default_collection_locked() -> zbus::Result<Option<bool>> {
    let bus = Connection::session()?;
    let path: OwnedObjectPath =
        proxy(&bus, ObjectPath::try_from(SERVICE_PATH)?, SERVICE)?.call("ReadAlias", &"default")?;
    if path.as_str() == "/" {
        return Ok(None);
    }
    let locked = proxy(&bus, path.into_inner(), COLLECTION)?.get_property("Locked")?;
    Ok(Some(locked))
}

/// The users of all items with this service; `None` where one of them is
/// locked. Searching and reading attributes prompt nobody (Secret Service API
/// 0.2, "Lookup Attributes").
fn items(service: &str) -> zbus::Result<Option<Vec<String>>> {
    let bus = Connection::session()?;
    let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
        proxy(&bus, ObjectPath::try_from(SERVICE_PATH)?, SERVICE)?
            .call("SearchItems", &HashMap::from([("service", service)]))?;
    if !locked.is_empty() {
        return Ok(None);
    }
    let mut users = Vec::new();
    for item in unlocked {
        let mut attributes: HashMap<String, String> =
            proxy(&bus, item.into_inner(), ITEM)?.get_property("Attributes")?;
        // The name that the store gives it.
        users.extend(attributes.remove("username"));
    }
    Ok(Some(users))
}

fn proxy<'a>(
    bus: &Connection,
    path: ObjectPath<'a>,
    interface: &'a str,
) -> zbus::Result<Proxy<'a>> {
    Builder::new(bus)
        .destination(NAME)?
        .path(path)?
        .interface(interface)?
        .cache_properties(CacheProperties::No)
        .build()
}
