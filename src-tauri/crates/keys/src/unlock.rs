//! Has the person unlock the keyring: one prompt at a time, waited for as long as a
//! person needs, and ended at once where nobody waits for it any more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Mutex, Notify, watch};

use crate::prompt::{ASKS, Waiting, Wanted};
use crate::{Error, Locked, backend::Backend};

/// The one prompt of a keyring.
pub(crate) struct Prompts {
    backend: Arc<dyn Backend>,
    /// How long a step of the keyring may take that asks nobody.
    answer: Duration,
    /// How long a prompt is waited for.
    prompt: Duration,
    told: watch::Sender<bool>,
    stop: Notify,
    /// One after the other: what waits here may find it unlocked.
    turn: Mutex<Option<Error>>,
    /// How many prompts ended without the keyring being unlocked.
    refused: AtomicU64,
}

impl Prompts {
    pub fn new(backend: Arc<dyn Backend>, answer: Duration, prompt: Duration) -> Self {
        Self {
            backend,
            answer,
            prompt,
            told: watch::Sender::new(false),
            stop: Notify::new(),
            turn: Mutex::default(),
            refused: AtomicU64::new(0),
        }
    }

    /// Whether a prompt is open, and each time that changes.
    pub fn waiting(&self) -> watch::Receiver<bool> {
        self.told.subscribe()
    }

    /// Ends every wait; the prompt is closed.
    pub fn stop(&self) {
        self.stop.notify_waiters();
    }

    /// Has the person unlock what an entry lies in, where it is locked. A prompt that
    /// was refused while this waited its turn is not opened a second time.
    ///
    /// # Errors
    /// [`Error::Locked`] as the prompt ended, [`Error::NoCollection`],
    /// [`Error::Unavailable`].
    pub async fn unlock(&self, wanted: Wanted) -> Result<(), Error> {
        let stopped = self.stop.notified();
        tokio::select! {
            biased;
            () = stopped => Err(Error::Locked(Locked::Stopped)),
            done = self.in_turn(wanted) => done,
        }
    }

    /// A call within which the keyring asks the person: one that takes long waits for
    /// them.
    ///
    /// # Errors
    /// Those of the call, [`Error::Locked`] where the wait is stopped.
    pub async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let stopped = self.stop.notified();
        let mut call = std::pin::pin!(call);
        if let Ok(done) = tokio::time::timeout(ASKS, &mut call).await {
            return done;
        }
        let _waiting = Waiting::begin(&self.told);
        tokio::select! {
            biased;
            () = stopped => Err(Error::Locked(Locked::Stopped)),
            done = call => done,
        }
    }

    async fn in_turn(&self, wanted: Wanted) -> Result<(), Error> {
        let before = self.refused.load(Ordering::Acquire);
        let mut last = self.turn.lock().await;
        if let (true, Some(error)) = (before < self.refused.load(Ordering::Acquire), &*last) {
            return Err(error.clone());
        }
        let limits = (self.answer, self.prompt);
        let done = self.backend.unlock(wanted, limits, self.told.clone()).await;
        if let Err(error @ Error::Locked(Locked::Dismissed | Locked::Unanswered(_))) = &done {
            *last = Some(error.clone());
            self.refused.fetch_add(1, Ordering::AcqRel);
        }
        done
    }
}
