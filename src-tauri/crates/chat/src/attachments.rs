//! Pictures, videos and links that wait in the composer.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use history::{History, Part};
use images::Limits;
use protocol::{Attachment, AttachmentState, ErrorCode, IpcError, Link, Picture, Video};
use tokio::sync::Semaphore;

use crate::{Accounts, links, videos};

/// How many pictures are decoded at once: one of the largest takes 400 MB.
const AT_ONCE: usize = 2;

/// What waits in the composer, in the order it came.
#[derive(Clone)]
pub struct Attachments {
    history: History,
    accounts: Accounts,
    limits: Limits,
    waiting: Arc<Mutex<Vec<Attachment>>>,
    turns: Arc<Semaphore>,
    changed: Arc<dyn Fn(Attachment) + Send + Sync>,
}

/// Where a picture or a video comes from.
enum Source {
    Path(PathBuf),
    Bytes(String, Vec<u8>),
    /// A data URL.
    Data(String),
}

/// What came of it.
enum Made {
    Picture(Picture),
    Video(Video),
}

impl Attachments {
    /// `changed` is told of every attachment that comes or changes its state.
    pub fn new(
        history: History,
        accounts: Accounts,
        limits: Limits,
        changed: impl Fn(Attachment) + Send + Sync + 'static,
    ) -> Self {
        Self {
            history,
            accounts,
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

    /// What a picture has to fit.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Lists what a drop, a dialog or the clipboard named, at once; the future reads
    /// and fits it, and ends when it is ready or has failed. A browser drops its
    /// pictures as addresses: those become links, and data URLs are read.
    pub fn add_path(&self, path: PathBuf) -> impl Future<Output = ()> + Send + 'static {
        let text = path.to_str().unwrap_or_default();
        let link = links::parse(text);
        let is_data = text
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("data:"));
        let attachments = self.clone();
        let source = match link {
            Some(Ok(link)) => {
                self.list_link(link);
                None
            }
            Some(Err(error)) => {
                let name = error.args.get("host").cloned().unwrap_or_default();
                self.list_failed(name, error);
                None
            }
            None if is_data => Some(("picture".to_owned(), Source::Data(text.to_owned()))),
            None => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                Some((name.to_string_lossy().into_owned(), Source::Path(path)))
            }
        };
        let listed = source.map(|(name, source)| (self.list_new(name), source));
        async move {
            if let Some((id, source)) = listed {
                attachments.prepare(&id, source).await;
            }
        }
    }

    /// Lists a picture or a video that is in memory, at once; the future fits it.
    pub fn add_bytes(
        &self,
        name: String,
        bytes: Vec<u8>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let id = self.list_new(name.clone());
        let attachments = self.clone();
        async move { attachments.prepare(&id, Source::Bytes(name, bytes)).await }
    }

    /// Lists a link to a picture or a video, ready at once: nothing is fetched.
    ///
    /// # Errors
    /// [`ErrorCode::LinkNotRead`] for what is no address that is taken.
    pub fn add_link(&self, url: &str) -> Result<(), IpcError> {
        let link = links::parse(url).unwrap_or_else(|| {
            let host = url.chars().take(80).collect::<String>();
            Err(links::not_read(&host, "it is not a web address", "scheme"))
        })?;
        self.list_link(link);
        Ok(())
    }

    /// Fetches the picture of a link: the attachment becomes a picture. One that
    /// is no link stays as it is.
    ///
    /// # Errors
    /// [`ErrorCode::LinkNotRead`] with the reason, [`ErrorCode::Storage`]; the link
    /// stays.
    pub async fn fetch(&self, id: &str) -> Result<(), IpcError> {
        let found = self.find(id).and_then(|attachment| attachment.link);
        let Some(link) = found.filter(|link| !link.video) else {
            return Ok(());
        };
        self.change(id, |attachment| {
            attachment.state = AttachmentState::Preparing;
        });
        let fetched = async {
            let prepared = links::fetch(&self.accounts, &link, &self.limits).await?;
            self.history
                .put_picture(&prepared.picture, &prepared.bytes)?;
            Ok(prepared.picture)
        };
        let fetched: Result<Picture, IpcError> = fetched.await;
        let hash = fetched.as_ref().ok().map(|picture| picture.hash.clone());
        let mut error = None;
        let is_there = self.change(id, |attachment| {
            attachment.state = AttachmentState::Ready;
            match fetched {
                Ok(picture) => {
                    attachment.picture = Some(picture);
                    attachment.link = None;
                }
                Err(failed) => error = Some(failed),
            }
        });
        match (error, hash) {
            (Some(error), _) => Err(error),
            // Taken out meanwhile.
            (None, Some(hash)) if !is_there => Ok(self.history.release(&hash)?),
            _ => Ok(()),
        }
    }

    fn list_new(&self, name: String) -> String {
        self.list_one(Attachment {
            name,
            ..blank(AttachmentState::Preparing)
        })
    }

    fn list_link(&self, link: Link) {
        self.list_one(Attachment {
            name: links::name(&link),
            link: Some(link),
            ..blank(AttachmentState::Ready)
        });
    }

    fn list_failed(&self, name: String, error: IpcError) {
        self.list_one(Attachment {
            name,
            error: Some(error),
            ..blank(AttachmentState::Failed)
        });
    }

    fn list_one(&self, attachment: Attachment) -> String {
        let id = attachment.id.clone();
        self.lock().push(attachment.clone());
        (self.changed)(attachment);
        id
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
                "Preparing this file stopped unexpectedly. Remove it and try again.",
            ))
        });
        let hash = fitted.as_ref().ok().map(|made| match made {
            Made::Picture(picture) => picture.hash.clone(),
            Made::Video(video) => video.hash.clone(),
        });
        let is_there = self.change(id, |attachment| match fitted {
            Ok(made) => {
                attachment.state = AttachmentState::Ready;
                match made {
                    Made::Picture(picture) => attachment.picture = Some(picture),
                    Made::Video(video) => attachment.video = Some(video),
                }
            }
            Err(error) => {
                attachment.state = AttachmentState::Failed;
                attachment.error = Some(error);
            }
        });
        if let Some(hash) = hash.filter(|_| !is_there) {
            // Taken out meanwhile. What stays of it is swept at the next start.
            let _ = self.history.release(&hash);
        }
    }

    fn find(&self, id: &str) -> Option<Attachment> {
        self.lock()
            .iter()
            .find(|attachment| attachment.id == id)
            .cloned()
    }

    /// Changes one and tells of it; false when it is not listed (any more).
    fn change(&self, id: &str, how: impl FnOnce(&mut Attachment)) -> bool {
        let mut waiting = self.lock();
        let Some(attachment) = waiting.iter_mut().find(|attachment| attachment.id == id) else {
            return false;
        };
        how(attachment);
        let now = attachment.clone();
        drop(waiting);
        (self.changed)(now);
        true
    }

    /// Takes one out of the composer, and its bytes out of the history where nothing
    /// else holds them.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn remove(&self, id: &str) -> Result<(), IpcError> {
        let mut waiting = self.lock();
        let at = waiting.iter().position(|attachment| attachment.id == id);
        let gone = at.map(|at| waiting.remove(at));
        drop(waiting);
        match gone.as_ref().and_then(hash) {
            Some(hash) => Ok(self.history.release(hash)?),
            None => Ok(()),
        }
    }

    /// What these attachments are sent as, in this order; they stay listed.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentNotReady`] when one is missing, failed or not ready.
    pub(crate) fn parts(&self, ids: &[String]) -> Result<Vec<Part>, IpcError> {
        let part = |id: &String| {
            self.find(id).and_then(part).ok_or_else(|| {
                IpcError::new(
                    ErrorCode::AttachmentNotReady,
                    "An attachment is not ready. Wait until it is, or remove it, then send again.",
                )
            })
        };
        ids.iter().map(part).collect()
    }

    /// As [`Attachments::parts`], without those that are not ready.
    pub(crate) fn ready_parts(&self, ids: &[String]) -> Vec<Part> {
        ids.iter()
            .filter_map(|id| self.find(id).and_then(part))
            .collect()
    }

    /// Takes these out: they were sent.
    pub fn sent(&self, ids: &[String]) {
        self.lock()
            .retain(|attachment| !ids.contains(&attachment.id));
    }
}

fn blank(state: AttachmentState) -> Attachment {
    Attachment {
        id: uuid::Uuid::now_v7().to_string(),
        name: String::new(),
        state,
        picture: None,
        video: None,
        link: None,
        error: None,
        thumbnail: false,
        options: protocol::PictureOptions::default(),
    }
}

/// Of the bytes that are kept for it.
fn hash(attachment: &Attachment) -> Option<&str> {
    let picture = attachment.picture.as_ref().map(|picture| &picture.hash);
    let video = attachment.video.as_ref().map(|video| &video.hash);
    picture.or(video).map(String::as_str)
}

fn part(attachment: Attachment) -> Option<Part> {
    let bare = |link| Part::Link {
        link,
        picture: None,
    };
    match attachment.state {
        AttachmentState::Ready => (attachment.picture.map(Part::Picture))
            .or(attachment.video.map(Part::Video))
            .or(attachment.link.map(bare)),
        _ => None,
    }
}

fn fit(history: &History, limits: &Limits, source: Source) -> Result<Made, IpcError> {
    let (name, bytes) = match source {
        Source::Path(path) => read(&path, limits)?,
        Source::Bytes(name, bytes) => (name, bytes),
        Source::Data(url) => {
            let name = "picture".to_owned();
            let read = images::parse_data_url(&url);
            let (_, bytes) = read.ok_or(images::Error::NotAPicture { name: name.clone() })?;
            (name, bytes)
        }
    };
    if let Some(kind) = videos::kind(&bytes) {
        let video = videos::video(&name, kind, &bytes)?;
        history.put_video(&video, &bytes)?;
        return Ok(Made::Video(video));
    }
    let prepared = images::prepare(&name, &bytes, limits)?;
    history.put_picture(&prepared.picture, &prepared.bytes)?;
    Ok(Made::Picture(prepared.picture))
}

/// A file that is too large to be read is refused as what it is: films are large.
fn read(path: &Path, limits: &Limits) -> Result<(String, Vec<u8>), IpcError> {
    images::read(path, limits).map_err(|error| {
        let images::Error::TooLarge { name, bytes, .. } = &error else {
            return error.into();
        };
        let mut head = Vec::with_capacity(videos::HEAD);
        // It was a regular file just now.
        let opened =
            File::open(path).and_then(|file| file.take(videos::HEAD as u64).read_to_end(&mut head));
        match opened.ok().and_then(|_| videos::kind(&head)) {
            Some(_) => videos::too_large(name, *bytes, videos::MOST),
            None => error.into(),
        }
    })
}
