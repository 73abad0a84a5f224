//! What is kept of providers, models and keys: a few rows, held in memory, so that who
//! asks for them waits for nobody.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use protocol::IpcError;
use stores::{KeyChange, KeyRow, KeyRows, ModelChange, ModelRows, ProviderRows, Seen};

/// Rows as they were last read.
struct Held<T>(Arc<Mutex<Arc<T>>>);

impl<T: Send + Sync + 'static> Held<T> {
    fn new(rows: T) -> Self {
        Self(Arc::new(Mutex::new(Arc::new(rows))))
    }

    fn lock(&self) -> MutexGuard<'_, Arc<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Arc<T> {
        Arc::clone(&self.lock())
    }

    /// Holds what is given to it.
    fn seen(&self) -> Seen<T> {
        let held = Self(Arc::clone(&self.0));
        Box::new(move |rows| *held.lock() = Arc::new(rows))
    }
}

/// The rows, and how they are changed.
pub(crate) struct Book {
    key_rows: Arc<dyn KeyRows>,
    model_rows: Arc<dyn ModelRows>,
    keys: Held<Vec<KeyRow>>,
    providers: Held<ProviderRows>,
}

impl Book {
    /// The book of whoever keeps the rows; blocks while they are read. What cannot be
    /// read now is read with the next change.
    pub fn new<R: KeyRows + ModelRows + Clone>(rows: R) -> Self {
        let (tell, told) = mpsc::channel();
        let asked = rows.keys(Box::new(move |rows| {
            let _ = tell.send(rows);
        }));
        let keys = told.recv().unwrap_or_default();
        let (tell, told) = mpsc::channel();
        let also = rows.models(
            Arc::default(),
            Box::new(move |rows| {
                let _ = tell.send(rows);
            }),
        );
        let providers = told.recv().unwrap_or_default();
        // Their answers say no more.
        drop((asked, also));
        Self {
            key_rows: Arc::new(rows.clone()),
            model_rows: Arc::new(rows),
            keys: Held::new(keys),
            providers: Held::new(providers),
        }
    }

    /// Are they kept beyond this run?
    pub fn is_kept(&self) -> bool {
        self.key_rows.is_kept()
    }

    /// The keys, by provider, each provider's in the order they are tried.
    pub fn keys(&self) -> Arc<Vec<KeyRow>> {
        self.keys.now()
    }

    /// The keys of one provider.
    pub fn keys_of(&self, provider: &str) -> Vec<KeyRow> {
        let keys = self.keys();
        let keys = keys.iter().filter(|row| row.provider == provider);
        keys.cloned().collect()
    }

    /// What is kept of providers and models.
    pub fn providers(&self) -> Arc<ProviderRows> {
        self.providers.now()
    }

    /// Reads them anew: another process wrote.
    pub async fn read_again(&self) {
        // What cannot be read now is read with the next change.
        let keys = self.key_rows.keys(self.keys.seen());
        let rows = self
            .model_rows
            .models(self.providers(), self.providers.seen());
        let _ = (keys.await, rows.await);
    }

    /// Changes the keys, and the book with them.
    ///
    /// # Errors
    /// As of whoever keeps them; then nothing changed.
    pub async fn change_keys(&self, change: KeyChange) -> Result<(), IpcError> {
        let done = self.key_rows.change_keys(change, self.keys.seen()).await;
        if done.is_err() {
            self.read_again().await;
        }
        done
    }

    /// Changes what is kept of providers and models, and the book with it.
    ///
    /// # Errors
    /// As [`Book::change_keys`].
    pub async fn change_models(&self, change: ModelChange) -> Result<(), IpcError> {
        let before = self.providers();
        let done = self
            .model_rows
            .change_models(change, before, self.providers.seen());
        let done = done.await;
        if done.is_err() {
            self.read_again().await;
        }
        done
    }

    /// As [`Book::change_keys`], for what is no reason to wait or to fail: it stands in
    /// the book at once, and is written after what is being written.
    pub fn note_key(&self, change: KeyChange) {
        // Of a key that is gone there is nothing to note.
        let _ = change.apply(Arc::make_mut(&mut self.keys.lock()));
        drop(self.key_rows.change_keys(change, self.keys.seen()));
    }

    /// As [`Book::change_models`], in the same way.
    pub fn note_model(&self, change: ModelChange) {
        Arc::make_mut(&mut self.providers.lock()).apply(&change);
        let before = self.providers();
        drop(
            self.model_rows
                .change_models(change, before, self.providers.seen()),
        );
    }
}
