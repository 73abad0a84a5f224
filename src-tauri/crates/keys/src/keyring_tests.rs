use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use keyring_core::{Error as StoreError, mock};

use super::*;
use crate::Locked;

const ORIGIN: &str = "https://api.example.com";
const KEY: &str = "sk-canary-0123456789";

/// A mock keyring that fails to open, or hangs, as a test says.
struct Scripted {
    store: Arc<mock::Store>,
    /// What the next openings fail with.
    fails: Mutex<Vec<StoreError>>,
    opened: AtomicUsize,
    gate: Mutex<bool>,
    opens: Condvar,
    locked: Mutex<bool>,
    /// It asks the person within its calls.
    asks: bool,
}

impl Scripted {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            store: mock::Store::new().unwrap(),
            fails: Mutex::default(),
            opened: AtomicUsize::new(0),
            gate: Mutex::new(true),
            opens: Condvar::new(),
            locked: Mutex::new(false),
            asks: false,
        })
    }

    fn hang(&self, hangs: bool) {
        *self.gate.lock().unwrap() = !hangs;
        self.opens.notify_all();
    }

    /// The mock's credential for `KEY`'s entry; true when it holds something.
    fn holds(&self, id: &str) -> bool {
        let user = format!("{id} {ORIGIN}");
        let entry = keyring_core::api::CredentialStoreApi::build(&*self.store, "test", &user, None);
        entry.unwrap().get_secret().is_ok()
    }

    fn fail_next(&self, id: &str, error: StoreError) {
        let user = format!("{id} {ORIGIN}");
        let entry = keyring_core::api::CredentialStoreApi::build(&*self.store, "test", &user, None)
            .unwrap();
        let credential: &mock::Cred = entry.as_any().downcast_ref().unwrap();
        credential.set_error(error);
    }
}

impl Backend for Scripted {
    fn name(&self) -> &'static str {
        "Mock"
    }

    fn open(&self) -> keyring_core::Result<Arc<CredentialStore>> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let gate = self.gate.lock().unwrap();
        drop(self.opens.wait_while(gate, |open| !*open).unwrap());
        match self.fails.lock().unwrap().pop() {
            Some(error) => Err(error),
            None => Ok(self.store.clone()),
        }
    }

    fn users(&self, store: &CredentialStore, service: &str) -> keyring_core::Result<Vec<String>> {
        let found = store.search(&HashMap::from([("service", service)]))?;
        // The mock keeps entries that were built and hold nothing.
        let full = found.iter().filter(|entry| entry.get_secret().is_ok());
        Ok(full
            .map(|entry| entry.get_specifiers().unwrap().1)
            .collect())
    }

    fn asks_within(&self) -> bool {
        self.asks
    }

    fn probe(&self) -> Result<(), Error> {
        let gate = self.gate.lock().unwrap();
        drop(self.opens.wait_while(gate, |open| !*open).unwrap());
        if *self.locked.lock().unwrap() {
            return Err(Error::Locked(Locked::Unasked));
        }
        Ok(())
    }
}

fn keys(backend: &Arc<Scripted>) -> Keys {
    Keys::with_backend("test", Limits::default(), backend.clone())
}

fn secret() -> Secret {
    Secret::parse(KEY.to_owned()).unwrap()
}

fn broken() -> StoreError {
    StoreError::PlatformFailure("the bus is gone".into())
}

/// Waits for something that another thread does.
async fn until(mut true_at_last: impl FnMut() -> bool) {
    while !true_at_last() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_key_comes_out_only_as_a_header_to_its_origin() {
    let keys = keys(&Scripted::new());
    keys.put("a", ORIGIN, secret(), Keep::Keyring)
        .await
        .unwrap();
    let header = keys.authorize("a", ORIGIN, &Auth::Bearer).await.unwrap();
    assert_eq!(header.name, "authorization");
    assert_eq!(header.value, format!("Bearer {KEY}"));
    assert!(header.value.is_sensitive());
    let named = Auth::Header(http::HeaderName::from_static("x-api-key"));
    let header = keys.authorize("a", ORIGIN, &named).await.unwrap();
    assert_eq!(
        (header.name.as_str(), header.value.as_bytes()),
        ("x-api-key", KEY.as_bytes())
    );
    for other in [
        "http://api.example.com",
        "https://api.example.com:8443",
        "https://api.example.org",
        "https://api.example.com.evil.test",
    ] {
        for kept in [Keep::Keyring, Keep::Session] {
            keys.put("b", ORIGIN, secret(), kept).await.unwrap();
            assert_eq!(
                keys.authorize("b", other, &Auth::Bearer).await.unwrap_err(),
                Error::NotFound,
                "{other}"
            );
        }
    }
    let same = "https://API.example.com:443/v1/";
    assert!(keys.authorize("a", same, &Auth::Bearer).await.is_ok());
    assert_eq!(
        keys.authorize("a", "nowhere", &Auth::Bearer)
            .await
            .unwrap_err(),
        Error::Origin("nowhere".to_owned())
    );
}

#[tokio::test]
async fn a_session_key_never_reaches_the_keyring() {
    let backend = Scripted::new();
    let keys = keys(&backend);
    keys.put("a", ORIGIN, secret(), Keep::Session)
        .await
        .unwrap();
    assert!(keys.authorize("a", ORIGIN, &Auth::Bearer).await.is_ok());
    assert_eq!(backend.opened.load(Ordering::SeqCst), 0);
    keys.forget("a", ORIGIN).await.unwrap();
    assert_eq!(backend.opened.load(Ordering::SeqCst), 0);
    assert_eq!(
        keys.authorize("a", ORIGIN, &Auth::Bearer)
            .await
            .unwrap_err(),
        Error::NotFound
    );
}

#[tokio::test]
async fn forgetting_removes_and_may_be_repeated() {
    let backend = Scripted::new();
    let keys = keys(&backend);
    keys.put("a", ORIGIN, secret(), Keep::Keyring)
        .await
        .unwrap();
    assert!(backend.holds("a"));
    keys.forget("a", ORIGIN).await.unwrap();
    assert!(!backend.holds("a"));
    keys.forget("a", ORIGIN).await.unwrap();
}

fn entry(id: &str, origin: &str) -> EntryInfo {
    EntryInfo {
        id: id.to_owned(),
        origin: origin.to_owned(),
    }
}

#[tokio::test]
async fn entries_are_listed_by_their_names_alone() {
    let backend = Scripted::new();
    let keys = keys(&backend);
    assert_eq!(keys.entries().await.unwrap(), []);
    let other = "http://127.0.0.1:8080";
    for (id, origin, keep) in [
        ("b", ORIGIN, Keep::Keyring),
        ("a", ORIGIN, Keep::Keyring),
        ("proxy-http", other, Keep::Keyring),
        ("s", ORIGIN, Keep::Session),
    ] {
        keys.put(id, origin, secret(), keep).await.unwrap();
    }
    // Of another app, and what this one never wrote.
    for (service, user) in [
        ("other", format!("x {ORIGIN}")),
        ("test", "someone".to_owned()),
        ("test", "x not-an-origin".to_owned()),
        ("test", format!("x {ORIGIN}/v1")),
    ] {
        let store: &CredentialStore = &*backend.store;
        let built = store.build(service, &user, None).unwrap();
        built.set_secret(KEY.as_bytes()).unwrap();
    }
    let all = [
        entry("proxy-http", other),
        entry("a", ORIGIN),
        entry("b", ORIGIN),
    ];
    let entries = keys.entries().await.unwrap();
    assert_eq!(entries, all);
    assert!(!format!("{entries:?}").contains("canary"));
    keys.forget("a", ORIGIN).await.unwrap();
    assert_eq!(keys.entries().await.unwrap().len(), 2);

    *backend.locked.lock().unwrap() = true;
    let locked = keys.entries().await;
    assert!(matches!(locked, Err(Error::Locked(_))), "{locked:?}");
}

#[tokio::test]
async fn the_last_characters_are_all_that_is_told_of_a_key() {
    let keys = keys(&Scripted::new());
    for (id, keep) in [("a", Keep::Keyring), ("s", Keep::Session)] {
        keys.put(id, ORIGIN, secret(), keep).await.unwrap();
        assert_eq!(keys.last4(id, ORIGIN).await.unwrap(), "6789");
        let elsewhere = keys.last4(id, "https://api.example.org").await;
        assert_eq!(elsewhere, Err(Error::NotFound));
    }
    assert_eq!(keys.last4("b", ORIGIN).await, Err(Error::NotFound));
}

#[tokio::test]
async fn a_failed_start_is_not_remembered() {
    let backend = Scripted::new();
    backend.fails.lock().unwrap().push(broken());
    let keys = keys(&backend);
    let error = keys
        .put("a", ORIGIN, secret(), Keep::Keyring)
        .await
        .unwrap_err();
    assert_eq!(
        error,
        Error::Unavailable {
            reason: KeyringReason::Failed,
            detail: "the bus is gone".to_owned(),
        }
    );
    keys.put("a", ORIGIN, secret(), Keep::Keyring)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_store_that_broke_is_opened_afresh() {
    let backend = Scripted::new();
    let keys = keys(&backend);
    keys.put("a", ORIGIN, secret(), Keep::Keyring)
        .await
        .unwrap();
    backend.fail_next("a", broken());
    assert!(keys.authorize("a", ORIGIN, &Auth::Bearer).await.is_ok());
    assert_eq!(backend.opened.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn every_kind_of_failure_has_its_code() {
    use protocol::{ErrorCode, IpcError};
    let backend = Scripted::new();
    let keys = keys(&backend);
    for (error, code) in [
        (
            StoreError::NoStorageAccess("no".into()),
            ErrorCode::KeyringLocked,
        ),
        (StoreError::NoEntry, ErrorCode::KeyNotFound),
        (
            StoreError::TooLong("secret".to_owned(), 2560),
            ErrorCode::KeyNotUsable,
        ),
        (StoreError::NoDefaultStore, ErrorCode::KeyringUnavailable),
        (
            StoreError::BadEncoding(KEY.into()),
            ErrorCode::KeyringUnavailable,
        ),
        (
            StoreError::BadDataFormat(KEY.into(), KEY.into()),
            ErrorCode::KeyringUnavailable,
        ),
        (
            StoreError::NotSupportedByStore("x".to_owned()),
            ErrorCode::KeyringUnavailable,
        ),
    ] {
        backend.fail_next("a", error);
        let error = keys
            .authorize("a", ORIGIN, &Auth::Bearer)
            .await
            .unwrap_err();
        let shown = IpcError::from(error);
        assert_eq!(shown.code, code);
        assert!(!format!("{shown:?}").contains("canary"), "{shown:?}");
    }
    // A refused prompt that the store reports as a failure.
    *backend.locked.lock().unwrap() = true;
    backend.fails.lock().unwrap().push(broken());
    backend.fail_next("a", broken());
    let error = keys
        .authorize("a", ORIGIN, &Auth::Bearer)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Locked(_)), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_hung_call_is_answered_locked_and_so_are_those_after_it() {
    let backend = Scripted::new();
    backend.hang(true);
    let keys = keys(&backend);
    let put = keys.put("a", ORIGIN, secret(), Keep::Keyring);
    tokio::pin!(put);
    tokio::select! {
        _ = &mut put => panic!("it hangs"),
        () = until(|| backend.opened.load(Ordering::SeqCst) == 1) => {}
    }
    let put = put.await;
    assert!(matches!(put, Err(Error::Locked(_))), "{put:?}");
    // At once, not each after a limit of its own. The clock stands still but
    // for what is waited for.
    let asked = tokio::time::Instant::now();
    for _ in 0..50 {
        assert_eq!(keys.status().await.state, KeyringState::Locked);
    }
    assert_eq!(asked.elapsed(), Duration::ZERO);
    tokio::time::resume();
    // A key for this run still works.
    keys.put("s", ORIGIN, secret(), Keep::Session)
        .await
        .unwrap();
    assert!(keys.authorize("s", ORIGIN, &Auth::Bearer).await.is_ok());

    // It comes back: the put that nobody heard of is undone, and all is well.
    backend.hang(false);
    let mut state = KeyringState::Locked;
    while state != KeyringState::Ready {
        state = keys.status().await.state;
        tokio::task::yield_now().await;
    }
    assert!(!backend.holds("a"));
    keys.put("a", ORIGIN, secret(), Keep::Keyring)
        .await
        .unwrap();
    assert!(backend.holds("a"));
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_asks_within_its_call_is_waited_for_until_it_is_stopped() {
    let backend = Arc::new(Scripted {
        asks: true,
        ..Arc::into_inner(Scripted::new()).unwrap()
    });
    backend.hang(true);
    let keys = keys(&backend);
    let mut waiting = keys.waiting();
    let put = keys.put("a", ORIGIN, secret(), Keep::Keyring);
    let stopped = async {
        waiting.wait_for(|waiting| *waiting).await.unwrap();
        keys.stop();
    };
    let (put, ()) = tokio::join!(put, stopped);
    assert_eq!(put, Err(Error::Locked(Locked::Stopped)));
    assert!(!*waiting.borrow());

    // Nobody stops it: two minutes.
    let backend = Arc::new(Scripted {
        asks: true,
        ..Arc::into_inner(Scripted::new()).unwrap()
    });
    backend.hang(true);
    let keys = self::keys(&backend);
    let begun = tokio::time::Instant::now();
    let put = keys.put("a", ORIGIN, secret(), Keep::Keyring).await;
    assert_eq!(put, Err(Error::Locked(Locked::NoAnswer)));
    assert_eq!(begun.elapsed().as_secs(), 120);
    backend.hang(false);
}

#[tokio::test]
async fn a_fresh_thread_is_tried_when_patience_ends_but_not_for_ever() {
    let backend = Scripted::new();
    backend.hang(true);
    let limits = Limits {
        answer: Duration::from_millis(30),
        patience: Duration::ZERO,
        ..Limits::default()
    };
    let keys = Keys::with_backend("test", limits, backend.clone());
    for _ in 0..50 {
        let error = keys
            .authorize("a", ORIGIN, &Auth::Bearer)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Locked(_)), "{error:?}");
    }
    // Four threads at most: one, and three left behind.
    assert_eq!(backend.opened.load(Ordering::SeqCst), 4);
    backend.hang(false);
    let mut state = KeyringState::Locked;
    while state != KeyringState::Ready {
        state = keys.status().await.state;
    }
}

#[tokio::test]
async fn a_dropped_put_leaves_nothing_behind() {
    let backend = Scripted::new();
    backend.hang(true);
    let keys = keys(&backend);
    {
        let put = keys.put("a", ORIGIN, secret(), Keep::Keyring);
        tokio::pin!(put);
        tokio::select! {
            _ = &mut put => panic!("it hangs"),
            () = until(|| backend.opened.load(Ordering::SeqCst) == 1) => {}
        }
    }
    backend.hang(false);
    // Calls are done in order: when this one is answered, the other is undone.
    assert_eq!(keys.status().await.state, KeyringState::Ready);
    assert!(!backend.holds("a"));
}

#[tokio::test]
async fn a_store_that_panics_takes_nothing_along() {
    struct Panics(AtomicUsize, Arc<mock::Store>);
    impl Backend for Panics {
        fn name(&self) -> &'static str {
            "Mock"
        }
        fn open(&self) -> keyring_core::Result<Arc<CredentialStore>> {
            assert!(self.0.fetch_add(1, Ordering::SeqCst) > 0, "scripted panic");
            Ok(self.1.clone())
        }
        fn users(&self, _: &CredentialStore, _: &str) -> keyring_core::Result<Vec<String>> {
            Ok(Vec::new())
        }
        fn probe(&self) -> Result<(), Error> {
            Ok(())
        }
    }
    let backend = Panics(AtomicUsize::new(0), mock::Store::new().unwrap());
    let keys = Keys::with_backend("test", Limits::default(), Arc::new(backend));
    let put = keys.put("a", ORIGIN, secret(), Keep::Keyring).await;
    assert!(matches!(put, Err(Error::Unavailable { .. })), "{put:?}");
    keys.put("a", ORIGIN, secret(), Keep::Keyring)
        .await
        .unwrap();
    assert!(keys.authorize("a", ORIGIN, &Auth::Bearer).await.is_ok());
}
