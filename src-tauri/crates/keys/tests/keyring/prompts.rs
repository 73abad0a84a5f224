//! A keyring that asks the person: a Secret Service whose prompt is answered later,
//! never, refused or left, and one that has no collection.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use keys::{Auth, Error, Keys, Limits, Locked, Secret};
use protocol::{Keep, KeyringReason, KeyringState};
use tokio::sync::watch;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use crate::block_on;
use crate::session::{self, SERVICE};

const ORIGIN: &str = "https://api.example.com";
const ROOT: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";
const PROMPT: &str = "/org/freedesktop/secrets/prompt/p1";

/// As [`session::inside`], for a test of this file.
fn inside(name: &str) -> bool {
    session::inside(&format!("prompts::{name}"))
}

/// What the service is asked, and how it stands.
struct Scripted {
    collection: bool,
    locked: AtomicBool,
    /// Searching has the person unlock it, as in KeePassXC.
    search_asks: AtomicBool,
    /// How often its prompt was opened.
    opened: watch::Sender<usize>,
    dismissed: watch::Sender<bool>,
    /// How often the store came, which takes what is unlocked.
    sessions: AtomicUsize,
}

impl Scripted {
    fn new(collection: bool) -> Arc<Self> {
        Arc::new(Self {
            collection,
            locked: AtomicBool::new(true),
            search_asks: AtomicBool::new(false),
            opened: watch::Sender::new(0),
            dismissed: watch::Sender::new(false),
            sessions: AtomicUsize::new(0),
        })
    }

    async fn opened(&self, times: usize) {
        let mut opened = self.opened.subscribe();
        opened.wait_for(|count| *count == times).await.unwrap();
    }
}

struct Service(Arc<Scripted>);

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    fn read_alias(&self, _name: &str) -> OwnedObjectPath {
        let path = if self.0.collection { COLLECTION } else { "/" };
        ObjectPath::from_static_str_unchecked(path).into()
    }

    async fn search_items(
        &self,
        _attributes: HashMap<String, String>,
    ) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        if self.0.search_asks.load(Ordering::SeqCst) {
            self.0.opened.send_modify(|count| *count += 1);
            std::future::pending::<()>().await;
        }
        (Vec::new(), Vec::new())
    }

    fn unlock(&self, objects: Vec<OwnedObjectPath>) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        let names: Vec<_> = objects.iter().map(|one| one.as_str()).collect();
        assert_eq!(names, [COLLECTION]);
        let prompt = ObjectPath::from_static_str_unchecked(PROMPT);
        (Vec::new(), prompt.into())
    }

    fn open_session(
        &self,
        _algorithm: &str,
        _input: Value<'_>,
    ) -> zbus::fdo::Result<(OwnedValue, OwnedObjectPath)> {
        self.0.sessions.fetch_add(1, Ordering::SeqCst);
        Err(zbus::fdo::Error::NotSupported("scripted".to_owned()))
    }
}

struct Collection(Arc<Scripted>);

#[zbus::interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    #[zbus(property)]
    fn locked(&self) -> bool {
        self.0.locked.load(Ordering::SeqCst)
    }
}

struct Prompt(Arc<Scripted>);

#[zbus::interface(name = "org.freedesktop.Secret.Prompt")]
impl Prompt {
    fn prompt(&self, _window: &str) {
        self.0.opened.send_modify(|count| *count += 1);
    }

    async fn dismiss(&self, #[zbus(signal_emitter)] to: SignalEmitter<'_>) {
        self.0.dismissed.send_replace(true);
        let _ = to.completed(true, Value::from("")).await;
    }

    /// The person answered it.
    #[zbus(signal)]
    async fn completed(
        emitter: &SignalEmitter<'_>,
        dismissed: bool,
        result: Value<'_>,
    ) -> zbus::Result<()>;
}

/// The service on the bus of this session, for as long as it is held.
async fn serve(scripted: &Arc<Scripted>) -> zbus::Connection {
    zbus::connection::Builder::session()
        .unwrap()
        .serve_at(ROOT, Service(Arc::clone(scripted)))
        .unwrap()
        .serve_at(COLLECTION, Collection(Arc::clone(scripted)))
        .unwrap()
        .serve_at(PROMPT, Prompt(Arc::clone(scripted)))
        .unwrap()
        .name("org.freedesktop.secrets")
        .unwrap()
        .build()
        .await
        .unwrap()
}

/// The person answers the prompt.
async fn answer(bus: &zbus::Connection, scripted: &Scripted, dismissed: bool) {
    scripted.locked.store(dismissed, Ordering::SeqCst);
    let emitter = SignalEmitter::new(bus, PROMPT).unwrap();
    emitter.completed(dismissed, Value::from("")).await.unwrap();
}

/// No call here is to end by a limit, but for the one a test gives.
fn keys(prompt: Duration) -> Keys {
    let limits = Limits {
        answer: Duration::from_secs(60),
        prompt,
        ..Limits::default()
    };
    Keys::open_with(SERVICE, limits)
}

const LONG: Duration = Duration::from_secs(600);

async fn put(keys: &Keys, id: &str) -> Result<(), Error> {
    let secret = Secret::parse("sk-canary-0123456789".to_owned()).unwrap();
    keys.put(id, ORIGIN, secret, Keep::Keyring).await
}

/// Runs `then` on a keyring that is locked and whose prompt is open.
fn asked<F: Future<Output = ()>>(
    name: &str,
    prompt: Duration,
    then: impl FnOnce(Keys, Arc<Scripted>, zbus::Connection) -> F,
) {
    if !inside(name) {
        return;
    }
    block_on(async {
        let scripted = Scripted::new(true);
        let bus = serve(&scripted).await;
        then(keys(prompt), scripted, bus.clone()).await;
    });
}

#[test]
fn a_prompt_is_waited_for_and_said_to_be_open() {
    let name = "a_prompt_is_waited_for_and_said_to_be_open";
    asked(name, LONG, |keys, scripted, bus| async move {
        let mut waiting = keys.waiting();
        assert!(!*waiting.borrow());
        let answered = async {
            waiting.wait_for(|waiting| *waiting).await.unwrap();
            scripted.opened(1).await;
            // How it stands is told beside it, at once.
            let status = keys.status().await;
            assert_eq!(status.state, KeyringState::Locked);
            assert_eq!(status.reason, Some(KeyringReason::Locked));
            assert!(status.waiting);
            assert_eq!(scripted.sessions.load(Ordering::SeqCst), 0);
            answer(&bus, &scripted, false).await;
        };
        let (put, ()) = tokio::join!(put(&keys, "a"), answered);
        // It went on to the store, which this service has none of.
        assert!(matches!(put, Err(Error::Unavailable { .. })), "{put:?}");
        assert!(scripted.sessions.load(Ordering::SeqCst) > 0);
        assert!(!*keys.waiting().borrow());
        assert!(!*scripted.dismissed.borrow());
    });
}

#[test]
fn a_prompt_that_the_person_closes_is_said_to_be_and_not_opened_for_those_who_wait() {
    let name = "a_prompt_that_the_person_closes_is_said_to_be_and_not_opened_for_those_who_wait";
    asked(name, LONG, |keys, scripted, bus| async move {
        let answered = async {
            scripted.opened(1).await;
            answer(&bus, &scripted, true).await;
        };
        let (first, second, ()) = tokio::join!(put(&keys, "a"), put(&keys, "b"), answered);
        assert_eq!(first, Err(Error::Locked(Locked::Dismissed)));
        assert_eq!(second, Err(Error::Locked(Locked::Dismissed)));
        assert_eq!(*scripted.opened.borrow(), 1);
        // Who comes later is asked again.
        let answered = async {
            scripted.opened(2).await;
            answer(&bus, &scripted, true).await;
        };
        let (third, ()) = tokio::join!(put(&keys, "c"), answered);
        assert_eq!(third, Err(Error::Locked(Locked::Dismissed)));
        assert_eq!(scripted.sessions.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn a_prompt_that_nobody_answers_is_closed_in_the_end() {
    let name = "a_prompt_that_nobody_answers_is_closed_in_the_end";
    asked(name, Duration::ZERO, |keys, scripted, _bus| async move {
        let put = put(&keys, "a").await;
        assert_eq!(put, Err(Error::Locked(Locked::Unanswered(0))));
        assert!(!*keys.waiting().borrow());
        let mut dismissed = scripted.dismissed.subscribe();
        dismissed.wait_for(|dismissed| *dismissed).await.unwrap();
    });
}

#[test]
fn stopping_ends_every_wait_and_closes_the_prompt() {
    let name = "stopping_ends_every_wait_and_closes_the_prompt";
    asked(name, LONG, |keys, scripted, _bus| async move {
        let stopped = async {
            scripted.opened(1).await;
            keys.stop();
        };
        let (first, second, ()) = tokio::join!(put(&keys, "a"), put(&keys, "b"), stopped);
        assert_eq!(first, Err(Error::Locked(Locked::Stopped)));
        assert_eq!(second, Err(Error::Locked(Locked::Stopped)));
        assert!(!*keys.waiting().borrow());
        let mut dismissed = scripted.dismissed.subscribe();
        dismissed.wait_for(|dismissed| *dismissed).await.unwrap();
        // Nothing asks for the second.
        assert_eq!(*scripted.opened.borrow(), 1);
    });
}

#[test]
fn who_does_not_wait_any_more_closes_the_prompt() {
    let name = "who_does_not_wait_any_more_closes_the_prompt";
    asked(name, LONG, |keys, scripted, _bus| async move {
        tokio::select! {
            _ = keys.authorize("a", ORIGIN, &Auth::Bearer) => panic!("it waits"),
            () = scripted.opened(1) => {}
        }
        assert!(!*keys.waiting().borrow());
        let mut dismissed = scripted.dismissed.subscribe();
        dismissed.wait_for(|dismissed| *dismissed).await.unwrap();
    });
}

#[test]
fn a_keyring_that_ends_while_it_asks_is_gone() {
    let name = "a_keyring_that_ends_while_it_asks_is_gone";
    asked(name, LONG, |keys, scripted, bus| async move {
        let ended = async {
            scripted.opened(1).await;
            bus.release_name("org.freedesktop.secrets").await.unwrap();
        };
        let (put, ()) = tokio::join!(put(&keys, "a"), ended);
        let gone = Error::Unavailable {
            reason: KeyringReason::NoService,
            detail: "it ended while it asked".to_owned(),
        };
        assert_eq!(put, Err(gone));
    });
}

#[test]
fn a_search_that_asks_the_person_is_waited_for_until_it_is_stopped() {
    let name = "a_search_that_asks_the_person_is_waited_for_until_it_is_stopped";
    asked(name, LONG, |keys, scripted, _bus| async move {
        scripted.search_asks.store(true, Ordering::SeqCst);
        let mut waiting = keys.waiting();
        let stopped = async {
            waiting.wait_for(|waiting| *waiting).await.unwrap();
            keys.stop();
        };
        let (put, ()) = tokio::join!(put(&keys, "a"), stopped);
        assert_eq!(put, Err(Error::Locked(Locked::Stopped)));
        assert_eq!(*scripted.opened.borrow(), 1);
    });
}

#[test]
fn a_keyring_without_a_collection_is_said_to_have_none() {
    if !inside("a_keyring_without_a_collection_is_said_to_have_none") {
        return;
    }
    block_on(async {
        let scripted = Scripted::new(false);
        let _bus = serve(&scripted).await;
        let keys = keys(LONG);
        let status = keys.status().await;
        assert_eq!(status.state, KeyringState::NoCollection);
        assert_eq!(status.reason, Some(KeyringReason::NoCollection));
        assert_eq!(put(&keys, "a").await, Err(Error::NoCollection));
        let read = keys.authorize("a", ORIGIN, &Auth::Bearer).await;
        assert_eq!(read.unwrap_err(), Error::NoCollection);
        assert_eq!(*scripted.opened.borrow(), 0);
        assert_eq!(scripted.sessions.load(Ordering::SeqCst), 0);
    });
}
