//! Pictures that wait in the composer.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use history::History;
use images::Limits;
use protocol::{Attachment, AttachmentState, ErrorCode, IpcError, Picture};
use tokio::sync::Semaphore;

/// How many pictures are decoded at once: one of the largest takes 400 MB.
const AT_ONCE: usize = 2;

/// The pictures in the composer, in the order they came.
#[derive(Clone)]
pub struct Attachments {
    history: History,
    limits: Limits,
    waiting: Arc<Mutex<Vec<Attachment>>>,
    turns: Arc<Semaphore>,
    changed: Arc<dyn Fn(Attachment) + Send + Sync>,
}

/// Where a picture comes from.
enum Source {
    Path(PathBuf),
    Bytes(String, Vec<u8>),
}

impl Attachments {
    /// `changed` is told of every attachment that comes or changes its state.
    pub fn new(
        history: History,
        limits: Limits,
        changed: impl Fn(Attachment) + Send + Sync + 'static,
    ) -> Self {
        Self {
            history,
            limits,
            waiting: Arc::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            changed: Arc::new(changed),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Attachment>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, in the order they came.
    pub fn list(&self) -> Vec<Attachment> {
        self.lock().clone()
    }

    /// Lists a file that a drop, a dialog or the clipboard named, at once; the
    /// future reads and fits it, and ends when it is ready or has failed.
    pub fn add_path(&self, path: PathBuf) -> impl Future<Output = ()> + Send + 'static {
        let name = path.file_name().map_or_else(
            || path.to_string_lossy().into_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        self.add(name, Source::Path(path))
    }

    /// Lists a picture that is in memory, at once; the future fits it.
    pub fn add_bytes(
        &self,
        name: String,
        bytes: Vec<u8>,
    ) -> impl Future<Output = ()> + Send + 'static {
        self.add(name.clone(), Source::Bytes(name, bytes))
    }

    fn add(&self, name: String, source: Source) -> impl Future<Output = ()> + Send + 'static {
        let attachment = Attachment {
            id: uuid::Uuid::now_v7().to_string(),
            name,
            state: AttachmentState::Preparing,
            picture: None,
            video: None,
            link: None,
            error: None,
        };
        let id = attachment.id.clone();
        self.lock().push(attachment.clone());
        (self.changed)(attachment);
        let attachments = self.clone();
        async move { attachments.prepare(&id, source).await }
    }

    async fn prepare(&self, id: &str, source: Source) {
        let turn = self.turns.acquire().await;
        if self.find(id).is_none() {
            return;
        }
        let (history, limits) = (self.history.clone(), self.limits.clone());
        let fitted = tokio::task::spawn_blocking(move || fit(&history, &limits, source)).await;
        drop(turn);
        let fitted = fitted.unwrap_or_else(|_| {
            Err(IpcError::new(
                ErrorCode::Internal,
                "Preparing this picture stopped unexpectedly. Remove it and try again.",
            ))
        });
        self.settle(id, fitted);
    }

    fn find(&self, id: &str) -> Option<Attachment> {
        self.lock()
            .iter()
            .find(|attachment| attachment.id == id)
            .cloned()
    }

    fn settle(&self, id: &str, fitted: Result<Picture, IpcError>) {
        let mut waiting = self.lock();
        let Some(attachment) = waiting.iter_mut().find(|attachment| attachment.id == id) else {
            return;
        };
        match fitted {
            Ok(picture) => {
                attachment.state = AttachmentState::Ready;
                attachment.picture = Some(picture);
            }
            Err(error) => {
                attachment.state = AttachmentState::Failed;
                attachment.error = Some(error);
            }
        }
        let now = attachment.clone();
        drop(waiting);
        (self.changed)(now);
    }

    /// Takes one out of the composer, and its picture out of the history where
    /// nothing else shows it.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn remove(&self, id: &str) -> Result<(), IpcError> {
        let hash = |attachment: &Attachment| {
            attachment
                .picture
                .as_ref()
                .map(|picture| picture.hash.clone())
        };
        let mut waiting = self.lock();
        let gone = waiting
            .iter()
            .find(|attachment| attachment.id == id)
            .and_then(hash);
        waiting.retain(|attachment| attachment.id != id);
        match gone {
            Some(gone)
                if !waiting
                    .iter()
                    .any(|other| hash(other).as_ref() == Some(&gone)) =>
            {
                Ok(self.history.release_picture(&gone)?)
            }
            _ => Ok(()),
        }
    }

    /// The pictures of these attachments, in this order; they stay listed.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentNotReady`] when one is missing, failed or not ready.
    pub fn pictures(&self, ids: &[String]) -> Result<Vec<Picture>, IpcError> {
        ids.iter()
            .map(|id| {
                self.find(id).and_then(|attachment| attachment.picture).ok_or_else(|| {
                    IpcError::new(
                        ErrorCode::AttachmentNotReady,
                        "A picture is not ready. Wait until it is, or remove it, then send again.",
                    )
                })
            })
            .collect()
    }

    /// Takes these out: they were sent.
    pub fn sent(&self, ids: &[String]) {
        self.lock()
            .retain(|attachment| !ids.contains(&attachment.id));
    }
}

fn fit(history: &History, limits: &Limits, source: Source) -> Result<Picture, IpcError> {
    let (name, bytes) = match source {
        Source::Path(path) => images::read(&path, limits)?,
        Source::Bytes(name, bytes) => (name, bytes),
    };
    let prepared = images::prepare(&name, &bytes, limits)?;
    history.put_picture(&prepared.picture, &prepared.bytes)?;
    Ok(prepared.picture)
}
