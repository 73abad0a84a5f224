use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use keyring_core::{CredentialStore, Error as StoreError};
use protocol::KeyringReason;
use tokio::sync::oneshot;

use crate::backend::Backend;
use crate::{Error, Locked, Unusable};

/// Threads that hang in the keyring at most; each holds a connection.
const MAX_LEFT_BEHIND: usize = 3;

/// How long the keyring is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One call. After it the caller gets [`Error::Locked`] and the thread is
    /// left behind.
    pub answer: Duration,
    /// A prompt that the person is to answer.
    pub prompt: Duration,
    /// How long a thread may hang before a call tries a fresh one; until then
    /// calls are answered [`Error::Locked`] at once.
    pub patience: Duration,
}

impl Default for Limits {
    /// 5 s, two minutes and 30 s.
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(5),
            prompt: Duration::from_secs(120),
            patience: Duration::from_secs(30),
        }
    }
}

/// The store as one thread holds it.
pub(crate) struct Session {
    backend: Arc<dyn Backend>,
    store: Option<Arc<CredentialStore>>,
}

impl Session {
    pub(crate) fn backend(&self) -> &dyn Backend {
        self.backend.as_ref()
    }

    /// The users of all entries under `service`; prompts nobody.
    pub(crate) fn users(&mut self, service: &str) -> Result<Vec<String>, Error> {
        let backend = self.backend.clone();
        backend.probe()?;
        self.with_store(|store| backend.users(store, service))
    }

    /// Runs `op` on the store, which is opened first where it is not open: a
    /// failed opening is not remembered. A store that was open already and
    /// fails is opened afresh once, because its daemon may have been restarted.
    pub(crate) fn with_store<T>(
        &mut self,
        op: impl Fn(&CredentialStore) -> keyring_core::Result<T>,
    ) -> Result<T, Error> {
        let was_open = self.store.is_some();
        let mut result = self.once(&op);
        if was_open && matches!(result, Err(StoreError::PlatformFailure(_))) {
            self.store = None;
            result = self.once(&op);
        }
        result.map_err(|error| self.classify(error))
    }

    fn once<T>(
        &mut self,
        op: impl Fn(&CredentialStore) -> keyring_core::Result<T>,
    ) -> keyring_core::Result<T> {
        let store = match &self.store {
            Some(store) => store.clone(),
            None => self.store.insert(self.backend.open()?).clone(),
        };
        op(store.as_ref())
    }

    fn classify(&mut self, error: StoreError) -> Error {
        match error {
            StoreError::NoEntry => Error::NotFound,
            StoreError::TooLong(_, limit) => Unusable::TooLong(limit).into(),
            StoreError::NoStorageAccess(_) if self.backend.no_access_is_locked() => {
                match self.backend.probe() {
                    Err(Error::NoCollection) => Error::NoCollection,
                    _ => Error::Locked(Locked::Unasked),
                }
            }
            StoreError::PlatformFailure(source) => {
                self.store = None;
                // A store reports some refused prompts as failures: ask how it stands.
                match self.backend.probe() {
                    Err(told @ (Error::Locked(_) | Error::NoCollection)) => told,
                    Err(told @ Error::Unavailable { .. }) => told,
                    _ => Error::failed(source),
                }
            }
            // Never the bytes that came back: they may be a key.
            StoreError::BadEncoding(_) | StoreError::BadDataFormat(..) => Error::Unavailable {
                reason: KeyringReason::NoKey,
                detail: "what it gave back is no key".to_owned(),
            },
            StoreError::NoStorageAccess(source) => Error::failed(source),
            other => Error::failed(other),
        }
    }
}

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// How far a thread is with its jobs, which are numbered from 1.
#[derive(Default)]
struct Pulse {
    done: AtomicU64,
    overdue: AtomicU64,
}

impl Pulse {
    /// A job whose caller has given up is not done yet.
    fn hangs(&self) -> bool {
        self.overdue.load(Ordering::Acquire) > self.done.load(Ordering::Acquire)
    }
}

struct Thread {
    jobs: mpsc::Sender<Job>,
    sent: u64,
    pulse: Arc<Pulse>,
    hangs_since: Option<Instant>,
}

#[derive(Default)]
struct Threads {
    current: Option<Thread>,
    left_behind: Vec<Arc<Pulse>>,
}

/// Runs keyring work on a thread of its own, one call after the other, and
/// never waits longer than [`Limits::answer`] for it. The thread is detached:
/// one that hangs holds up neither later calls nor the end of the process.
pub(crate) struct Worker {
    backend: Arc<dyn Backend>,
    limits: Limits,
    threads: Mutex<Threads>,
}

impl Worker {
    pub(crate) fn new(backend: Arc<dyn Backend>, limits: Limits) -> Self {
        Self {
            backend,
            limits,
            threads: Mutex::default(),
        }
    }

    pub(crate) fn backend(&self) -> &dyn Backend {
        self.backend.as_ref()
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Runs `run` on the keyring's thread. When the caller is gone (timed out,
    /// or dropped) before `run` began, it does not begin; when it succeeded
    /// unheard, `undo` follows.
    ///
    /// # Errors
    /// Those of `run`; [`Error::Locked`] when it takes too long or an earlier
    /// call still hangs; [`Error::Unavailable`] when the store panicked.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Session) -> Result<T, Error> + Send + 'static,
        undo: impl FnOnce(&mut Session) + Send + 'static,
    ) -> Result<T, Error> {
        self.call_for(self.limits.answer, run, undo).await
    }

    /// As [`Worker::call`], with another limit than [`Limits::answer`].
    pub(crate) async fn call_for<T: Send + 'static>(
        &self,
        limit: Duration,
        run: impl FnOnce(&mut Session) -> Result<T, Error> + Send + 'static,
        undo: impl FnOnce(&mut Session) + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, mut answer) = oneshot::channel();
        let job = Box::new(move |session: &mut Session| {
            if reply.is_closed() {
                return;
            }
            if let Err(Ok(_)) = reply.send(run(session)) {
                undo(session);
            }
        });
        let (pulse, number) = self.send(job)?;
        match tokio::time::timeout(limit, &mut answer).await {
            Ok(Ok(result)) => return result,
            Ok(Err(_)) => return Err(stopped()),
            Err(_) => answer.close(),
        }
        // It may have answered just as the time ran out.
        if let Ok(result) = answer.try_recv() {
            return result;
        }
        self.note_hang(&pulse, number);
        Err(no_answer())
    }

    fn send(&self, job: Job) -> Result<(Arc<Pulse>, u64), Error> {
        let mut threads = self.lock();
        threads.left_behind.retain(|pulse| pulse.hangs());
        if let Some(thread) = &mut threads.current {
            if thread.pulse.hangs() {
                let patient = thread
                    .hangs_since
                    .is_none_or(|since| since.elapsed() < self.limits.patience);
                if patient || threads.left_behind.len() >= MAX_LEFT_BEHIND {
                    return Err(no_answer());
                }
                if let Some(thread) = threads.current.take() {
                    threads.left_behind.push(thread.pulse);
                }
            } else {
                thread.hangs_since = None;
            }
        }
        let mut thread = match threads.current.take() {
            Some(thread) => thread,
            None => self.spawn()?,
        };
        thread.jobs.send(job).map_err(|_| stopped())?;
        thread.sent += 1;
        let ticket = (thread.pulse.clone(), thread.sent);
        threads.current = Some(thread);
        Ok(ticket)
    }

    fn spawn(&self) -> Result<Thread, Error> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let pulse = Arc::new(Pulse::default());
        let beat = pulse.clone();
        let mut session = Session {
            backend: self.backend.clone(),
            store: None,
        };
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                for job in queue {
                    // A store that panics fails one call; its caller sees the
                    // reply dropped.
                    if catch_unwind(AssertUnwindSafe(|| job(&mut session))).is_err() {
                        session.store = None;
                    }
                    beat.done.fetch_add(1, Ordering::AcqRel);
                }
            })
            .map_err(Error::failed)?;
        Ok(Thread {
            jobs,
            sent: 0,
            pulse,
            hangs_since: None,
        })
    }

    fn note_hang(&self, pulse: &Arc<Pulse>, number: u64) {
        pulse.overdue.fetch_max(number, Ordering::AcqRel);
        let mut threads = self.lock();
        if let Some(thread) = &mut threads.current
            && Arc::ptr_eq(&thread.pulse, pulse)
        {
            thread.hangs_since.get_or_insert_with(Instant::now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_answer() -> Error {
    Error::Locked(Locked::NoAnswer)
}

fn stopped() -> Error {
    Error::failed("it failed unexpectedly")
}
