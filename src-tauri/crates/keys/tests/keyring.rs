//! Keys in a real gnome-keyring, in a locked one, in one that never answers,
//! and where there is none.
//!
//! Each test runs itself again in a D-Bus session and home folder of its own,
//! so nothing here meets the keyring of whoever runs it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use keys::{Auth, EntryInfo, Error, Keys, Limits, Locked, Secret};
use protocol::{Keep, KeyringReason, KeyringState};
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

#[path = "keyring/prompts.rs"]
mod prompts;
mod session;
use session::{SERVICE, inside, inside_of, keys, unlock};

const ORIGIN: &str = "https://api.example.com";
const KEY: &str = "sk-canary-0123456789";

fn secrets(bus: &zbus::blocking::Connection) -> zbus::blocking::Proxy<'_> {
    zbus::blocking::Proxy::new(
        bus,
        "org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service",
    )
    .unwrap()
}

/// Locks the default collection, as a screen saver or the person does.
fn lock() {
    let bus = zbus::blocking::Connection::session().unwrap();
    let default: OwnedObjectPath = secrets(&bus).call("ReadAlias", &"default").unwrap();
    assert_ne!(default.as_str(), "/");
    let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) =
        secrets(&bus).call("Lock", &(vec![&default],)).unwrap();
    assert_eq!(locked, [default]);
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(work)
}

fn secret(text: &str) -> Secret {
    Secret::parse(text.to_owned()).unwrap()
}

async fn header(keys: &Keys, id: &str, origin: &str) -> Result<String, Error> {
    let header = keys.authorize(id, origin, &Auth::Bearer).await?;
    assert!(header.value.is_sensitive());
    Ok(header.value.to_str().unwrap().to_owned())
}

/// A key for this run works whatever the keyring does.
async fn session_key_works(keys: &Keys) {
    keys.put("s", ORIGIN, secret(KEY), Keep::Session)
        .await
        .unwrap();
    assert_eq!(
        header(keys, "s", ORIGIN).await.unwrap(),
        format!("Bearer {KEY}")
    );
    keys.forget("s", ORIGIN).await.unwrap();
}

#[test]
fn stores_uses_and_forgets() {
    if !inside("stores_uses_and_forgets") {
        return;
    }
    unlock();
    block_on(async {
        let keys = keys();
        let status = keys.status().await;
        assert_eq!(status.state, KeyringState::Ready, "{status:?}");
        assert_eq!(status.backend, "Secret Service");
        keys.put("a", ORIGIN, secret(KEY), Keep::Keyring)
            .await
            .unwrap();
        keys.put("b", ORIGIN, secret("sk-other-key"), Keep::Keyring)
            .await
            .unwrap();
        // As after a restart.
        let again = session::keys();
        assert_eq!(
            header(&again, "a", ORIGIN).await.unwrap(),
            format!("Bearer {KEY}")
        );
        assert_eq!(
            header(&again, "b", ORIGIN).await.unwrap(),
            "Bearer sk-other-key"
        );
        for origin in ["https://api.example.org", "http://api.example.com"] {
            assert_eq!(header(&again, "a", origin).await, Err(Error::NotFound));
            // Forgetting at another origin takes nothing away.
            again.forget("a", origin).await.unwrap();
        }
        assert!(header(&keys, "a", ORIGIN).await.is_ok());
        again.forget("a", ORIGIN).await.unwrap();
        assert_eq!(header(&keys, "a", ORIGIN).await, Err(Error::NotFound));
        assert!(header(&keys, "b", ORIGIN).await.is_ok());
        session_key_works(&keys).await;
    });
}

#[test]
fn keys_run_inside_a_runtime_of_many_threads() {
    if !inside("keys_run_inside_a_runtime_of_many_threads") {
        return;
    }
    unlock();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let keys = keys();
        let puts: Vec<_> = (0..8)
            .map(|n| {
                let keys = keys.clone();
                tokio::spawn(async move {
                    let id = n.to_string();
                    let key = secret(&format!("sk-number-{n}"));
                    keys.put(&id, ORIGIN, key, Keep::Keyring).await?;
                    header(&keys, &id, ORIGIN).await
                })
            })
            .collect();
        for (n, put) in puts.into_iter().enumerate() {
            assert_eq!(put.await.unwrap().unwrap(), format!("Bearer sk-number-{n}"));
        }
    });
}

#[test]
fn a_keyring_that_was_locked_is_said_to_be_and_works_once_unlocked() {
    let name = "a_keyring_that_was_locked_is_said_to_be_and_works_once_unlocked";
    if !inside(name) {
        return;
    }
    unlock();
    block_on(async {
        let keys = keys();
        keys.put("a", ORIGIN, secret(KEY), Keep::Keyring)
            .await
            .unwrap();
        lock();
        assert_eq!(keys.status().await.state, KeyringState::Locked);
        for result in [
            header(&keys, "a", ORIGIN).await.map(drop),
            keys.put("b", ORIGIN, secret(KEY), Keep::Keyring).await,
            keys.forget("a", ORIGIN).await,
        ] {
            assert!(matches!(result, Err(Error::Locked(_))), "{result:?}");
        }
        session_key_works(&keys).await;
        // A new daemon: what was open to the old one is opened afresh.
        unlock();
        assert_eq!(keys.status().await.state, KeyringState::Ready);
        assert!(header(&keys, "a", ORIGIN).await.is_ok());
        assert_eq!(header(&keys, "b", ORIGIN).await, Err(Error::NotFound));
    });
}

#[test]
fn entries_are_listed_and_a_locked_keyring_is_not_asked_to_open() {
    let name = "entries_are_listed_and_a_locked_keyring_is_not_asked_to_open";
    if !inside(name) {
        return;
    }
    unlock();
    block_on(async {
        let keys = keys();
        assert_eq!(keys.entries().await.unwrap(), []);
        for (service, id) in [(SERVICE, "a"), (SERVICE, "b"), ("dev.dragoman.tes", "c")] {
            let keys = Keys::open(service);
            keys.put(id, ORIGIN, secret(KEY), Keep::Keyring)
                .await
                .unwrap();
        }
        let entry = |id: &str| EntryInfo {
            origin: ORIGIN.to_owned(),
            id: id.to_owned(),
        };
        // As after a restart.
        let again = session::keys();
        assert_eq!(again.entries().await.unwrap(), [entry("a"), entry("b")]);
        assert_eq!(again.last4("a", ORIGIN).await.unwrap(), "6789");
        again.forget("a", ORIGIN).await.unwrap();
        assert_eq!(again.entries().await.unwrap(), [entry("b")]);
        lock();
        // A prompt would answer nobody until the limit of 60 seconds.
        let locked = tokio::time::timeout(Duration::from_secs(30), again.entries()).await;
        assert!(matches!(locked, Ok(Err(Error::Locked(_)))), "{locked:?}");
        unlock();
        assert_eq!(again.entries().await.unwrap(), [entry("b")]);
    });
}

#[test]
fn entries_in_another_keyring_that_is_locked_are_not_passed_over() {
    let name = "entries_in_another_keyring_that_is_locked_are_not_passed_over";
    if !inside(name) {
        return;
    }
    unlock();
    block_on(async {
        let keys = keys();
        keys.put("a", ORIGIN, secret(KEY), Keep::Keyring)
            .await
            .unwrap();
        lock();
        let bus = zbus::Connection::session().await.unwrap();
        let service = zbus::Proxy::new(
            &bus,
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service",
        )
        .await
        .unwrap();
        // The session's own keyring is never locked, and now the default one.
        let session =
            ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets/collection/session");
        let _: () = service
            .call("SetAlias", &("default", session))
            .await
            .unwrap();
        assert_eq!(keys.status().await.state, KeyringState::Ready);
        let locked = keys.entries().await;
        assert!(matches!(locked, Err(Error::Locked(_))), "{locked:?}");
    });
}

#[test]
fn a_keyring_never_unlocked_has_no_collection() {
    if !inside("a_keyring_never_unlocked_has_no_collection") {
        return;
    }
    // The daemon is started by its first call, and has nobody to ask.
    block_on(async {
        let keys = keys();
        let status = keys.status().await;
        assert_eq!(status.state, KeyringState::NoCollection, "{status:?}");
        let put = keys.put("a", ORIGIN, secret(KEY), Keep::Keyring).await;
        assert_eq!(put, Err(Error::NoCollection));
        session_key_works(&keys).await;
    });
}

#[test]
fn no_keyring_at_all_is_unavailable_and_asked_again_each_time() {
    let name = "no_keyring_at_all_is_unavailable_and_asked_again_each_time";
    let without_bus = Command::new(std::env::current_exe().unwrap());
    if !inside_of(without_bus, name) {
        return;
    }
    block_on(async {
        let keys = keys();
        for _ in 0..3 {
            let status = keys.status().await;
            assert_eq!(status.state, KeyringState::Unavailable);
            assert_eq!(status.reason, Some(KeyringReason::NoService));
            assert!(status.detail.is_some_and(|detail| !detail.is_empty()));
            let put = keys.put("a", ORIGIN, secret(KEY), Keep::Keyring).await;
            assert!(matches!(put, Err(Error::Unavailable { .. })), "{put:?}");
            let found = header(&keys, "a", ORIGIN).await;
            assert!(matches!(found, Err(Error::Unavailable { .. })), "{found:?}");
            let all = keys.entries().await;
            assert!(matches!(all, Err(Error::Unavailable { .. })), "{all:?}");
        }
        session_key_works(&keys).await;
    });
}

/// A Secret Service that takes calls and answers none while `silent`.
struct Mute {
    silent: Arc<AtomicBool>,
    changed: Arc<tokio::sync::Notify>,
}

impl Mute {
    async fn wait(&self) {
        while self.silent.load(Ordering::SeqCst) {
            self.changed.notified().await;
        }
    }
}

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Mute {
    async fn read_alias(&self, _name: &str) -> OwnedObjectPath {
        self.wait().await;
        ObjectPath::from_static_str_unchecked("/").into()
    }

    async fn open_session(
        &self,
        _algorithm: &str,
        _input: zbus::zvariant::Value<'_>,
    ) -> zbus::fdo::Result<(zbus::zvariant::OwnedValue, OwnedObjectPath)> {
        self.wait().await;
        Err(zbus::fdo::Error::NotSupported("a mute".to_owned()))
    }
}

#[test]
fn a_keyring_that_never_answers_holds_up_nothing() {
    if !inside("a_keyring_that_never_answers_holds_up_nothing") {
        return;
    }
    let silent = Arc::new(AtomicBool::new(true));
    let changed = Arc::new(tokio::sync::Notify::new());
    let mute = Mute {
        silent: silent.clone(),
        changed: changed.clone(),
    };
    let _owner = zbus::blocking::connection::Builder::session()
        .unwrap()
        .serve_at("/org/freedesktop/secrets", mute)
        .unwrap()
        .name("org.freedesktop.secrets")
        .unwrap()
        .build()
        .unwrap();
    block_on(async {
        let limits = Limits {
            answer: Duration::from_millis(200),
            ..Limits::default()
        };
        let keys = Keys::open_with(SERVICE, limits);
        let put = keys.put("a", ORIGIN, secret(KEY), Keep::Keyring).await;
        assert!(matches!(put, Err(Error::Locked(_))), "{put:?}");
        assert_eq!(keys.status().await.state, KeyringState::Locked);
        session_key_works(&keys).await;

        silent.store(false, Ordering::SeqCst);
        changed.notify_waiters();
        // It answers now, if only to say no; the thread that hung is back.
        loop {
            let put = keys.put("a", ORIGIN, secret(KEY), Keep::Keyring).await;
            match put {
                Err(Error::Locked(Locked::NoAnswer)) => {
                    changed.notify_waiters();
                    tokio::task::yield_now().await;
                }
                other => {
                    assert!(other.is_err(), "a mute stores nothing");
                    break;
                }
            }
        }
    });
    // Once more silent, and the process still ends with a thread that hangs.
    silent.store(true, Ordering::SeqCst);
    block_on(async {
        let limits = Limits {
            answer: Duration::from_millis(50),
            ..Limits::default()
        };
        let status = Keys::open_with(SERVICE, limits).status().await;
        assert_eq!(status.state, KeyringState::Locked);
    });
}
