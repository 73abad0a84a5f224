//! What the history knows of providers, models and keys: a few rows, held in memory,
//! so that who asks for them waits for nobody.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use history::{Error, History, KeyRow, ModelRow, Pending, ProviderState, Reader, Writer};

/// The rows as they were last read.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    /// Id and manifest of each address that the person entered.
    pub providers: Vec<(String, String)>,
    /// What is kept of a provider, by its id.
    pub states: HashMap<String, ProviderState>,
    /// Models of which something is kept, by provider and id.
    pub models: Vec<ModelRow>,
    /// The keys, by provider, each provider's in the order they are tried.
    pub keys: Vec<KeyRow>,
    /// What providers listed, as JSON, by their id.
    pub listed: HashMap<String, Arc<str>>,
}

impl Book {
    /// Reads it; lists that are as old as they were `before` are not read again.
    fn read(reader: &Reader<'_>, before: &Self) -> Result<Self, Error> {
        let states = reader.provider_states()?;
        let mut listed = HashMap::new();
        for (id, state) in &states {
            let at = |state: &ProviderState| state.models_at;
            let list = match before.listed.get(id) {
                Some(list) if before.states.get(id).map(at) == Some(at(state)) => {
                    Some(Arc::clone(list))
                }
                _ => reader.listed_models(id)?.map(|(json, _)| json.into()),
            };
            listed.extend(list.map(|list| (id.clone(), list)));
        }
        Ok(Self {
            providers: reader.providers()?,
            models: reader.models()?,
            keys: reader.keys()?,
            states,
            listed,
        })
    }

    /// What is kept of the models of one provider.
    pub fn models_of(&self, provider: &str) -> Vec<ModelRow> {
        let models = self.models.iter().filter(|row| row.provider == provider);
        models.cloned().collect()
    }

    /// What is kept of one model, to be changed; a new row where nothing was.
    pub fn model(&mut self, provider: &str, id: &str) -> Option<&mut ModelRow> {
        let is_it = |row: &ModelRow| row.provider == provider && row.id == id;
        if !self.models.iter().any(is_it) {
            self.models.push(ModelRow {
                provider: provider.to_owned(),
                id: id.to_owned(),
                ..ModelRow::default()
            });
        }
        self.models.iter_mut().find(|row| is_it(row))
    }

    /// One key, to be changed.
    pub fn key(&mut self, id: &str) -> Option<&mut KeyRow> {
        self.keys.iter_mut().find(|row| row.id == id)
    }

    /// The keys of one provider.
    pub fn keys_of(&self, provider: &str) -> Vec<KeyRow> {
        let keys = self.keys.iter().filter(|row| row.provider == provider);
        keys.cloned().collect()
    }
}

/// The book, and how it is written.
pub(super) struct Shelf {
    history: History,
    book: Arc<Mutex<Arc<Book>>>,
}

impl Shelf {
    /// The book of a history; blocks while it is read. What cannot be read now is
    /// read with the next change.
    pub fn new(history: History) -> Self {
        let read = history.read(|reader| Book::read(reader, &Book::default()));
        let book = Arc::new(read.wait().unwrap_or_default());
        Self {
            history,
            book: Arc::new(Mutex::new(book)),
        }
    }

    /// Ends what it stands on.
    #[cfg(test)]
    pub async fn close(&self) {
        assert_eq!(
            self.history.close().await.map_err(|e| e.to_string()),
            Ok(())
        );
    }

    /// The history it is of.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The rows as they are now.
    pub fn book(&self) -> Arc<Book> {
        Arc::clone(&lock(&self.book))
    }

    /// Reads it anew: another process wrote.
    pub async fn read_again(&self) {
        // What cannot be read now is read with the next change.
        let _ = self.write(|_| Ok(())).await;
    }

    /// Changes the rows, and the book with them.
    ///
    /// # Errors
    /// The history's; then nothing changed.
    pub async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let done = self.write(work).await;
        if done.is_err() {
            self.read_again().await;
        }
        done
    }

    /// As [`Shelf::change`], for what is no reason to wait or to fail: it stands in the
    /// book at once, by `how`, and is written after what is being written.
    pub fn note(
        &self,
        how: impl FnOnce(&mut Book),
        work: impl FnOnce(&Writer<'_>) -> Result<(), Error> + Send + 'static,
    ) {
        how(Arc::make_mut(&mut lock(&self.book)));
        self.write(work).unheard();
    }

    /// The book is read where the change is made: the last change is the last to be
    /// seen in it.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Pending<T> {
        let shared = Arc::clone(&self.book);
        self.history.write(move |writer| {
            let done = work(writer)?;
            let before = Arc::clone(&lock(&shared));
            let read = Book::read(writer, &before)?;
            *lock(&shared) = Arc::new(read);
            Ok(done)
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
