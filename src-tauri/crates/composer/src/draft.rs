//! A draft: pictures, videos and links that wait to be sent together.

mod choices;
mod listing;
mod pages;
mod prepare;
mod unsent;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use accounts::Accounts;
use history::History;
use protocol::{
    Attachment, AttachmentEvent, AttachmentState, ErrorCode, IpcError, Link, PictureOptions,
};
use renditions::{Given, Priority, Renditions, Source, Target, links};
use stores::{Part, Reply};

use self::listing::{Entry, Listing};
use crate::places;

/// What waits to be sent together, in the order it came. It has an id and owns its
/// attachments. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Draft {
    id: Arc<str>,
    history: History,
    accounts: Accounts,
    renditions: Renditions,
    listing: Arc<Mutex<Listing>>,
    /// Whom pictures are fitted to, and how often that changed.
    target: Arc<Mutex<(u64, Target)>>,
    changed: Arc<dyn Fn(AttachmentEvent) + Send + Sync>,
}

impl Draft {
    pub(crate) fn new(
        id: &str,
        history: History,
        accounts: Accounts,
        renditions: Renditions,
        changed: Arc<dyn Fn(AttachmentEvent) + Send + Sync>,
    ) -> Self {
        let target = Target::of(renditions.base());
        Self {
            id: id.into(),
            history,
            accounts,
            renditions,
            listing: Arc::default(),
            target: Arc::new(Mutex::new((0, target))),
            changed,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Tells of one that came or changed.
    fn tell(&self, attachment: Attachment) {
        (self.changed)(AttachmentEvent {
            draft: self.id.to_string(),
            attachment,
        });
    }

    fn lock(&self) -> MutexGuard<'_, Listing> {
        self.listing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, in order.
    pub fn list(&self) -> Vec<Attachment> {
        self.lock().all().cloned().collect()
    }

    /// MIME type and bytes of the small picture of an attachment.
    pub fn thumbnail(&self, id: &str) -> Option<(String, Vec<u8>)> {
        self.lock().thumbnail(id)
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
        let draft = self.clone();
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
            None if !path.is_absolute()
                && let Some((name, error)) = places::unread(text) =>
            {
                self.list_failed(name, error);
                None
            }
            None => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                Some((name.to_string_lossy().into_owned(), Source::Path(path)))
            }
        };
        let listed = source.map(|(name, source)| (self.list_new(name), source));
        async move {
            if let Some((id, source)) = listed {
                draft.prepare(&id, source).await;
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
        let draft = self.clone();
        async move { draft.prepare(&id, Source::Bytes(name, bytes)).await }
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
        let found = self.lock().find(id).cloned();
        let link = found.and_then(|entry| entry.attachment.link);
        let Some(link) = link.filter(|link| !link.video) else {
            return Ok(());
        };
        self.change(id, |entry| {
            entry.attachment.state = AttachmentState::Preparing;
        });
        let (_, target) = self.target();
        let fetched = async {
            let bytes = links::bytes(&self.accounts, &link).await?;
            let slot = self.renditions.slots().slot(Priority::Person).await;
            let name = links::name(&link);
            let made = self.make(id, name, bytes, &target).await;
            drop(slot);
            made.map_err(|error| links::unread(&link, error))
        };
        let fetched: Result<Given, IpcError> = fetched.await;
        let held = fetched.as_ref().ok();
        let held = held.map(|given| given.picture.master.clone());
        let mut error = None;
        let is_there = self.change(id, |entry| {
            entry.attachment.state = AttachmentState::Ready;
            match fetched {
                Ok(given) => {
                    entry.attachment.picture = Some(given.picture);
                    entry.attachment.link = None;
                    entry.done = given.done;
                }
                Err(failed) => error = Some(failed),
            }
        });
        match (error, held) {
            (Some(error), _) => Err(error),
            // Given up meanwhile.
            (None, Some(hash)) if !is_there => self.renditions.blobs().release(vec![hash]).await,
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
        self.list_entry(Entry::new(attachment));
        id
    }

    fn list_entry(&self, entry: Entry) {
        let attachment = entry.attachment.clone();
        self.lock().push(entry);
        self.tell(attachment);
    }

    /// Changes one that is listed, or can be brought back, and tells of it; false
    /// when it is neither (any more).
    fn change(&self, id: &str, how: impl FnOnce(&mut Entry)) -> bool {
        let mut listing = self.lock();
        let Some(entry) = listing.find_any(id) else {
            return false;
        };
        how(entry);
        let now = listing.find(id).map(|entry| entry.attachment.clone());
        drop(listing);
        if let Some(now) = now {
            self.tell(now);
        }
        true
    }

    /// Takes one out of the composer. It can be brought back until the next turn, or
    /// until twenty others were taken out.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub async fn remove(&self, id: &str) -> Result<(), IpcError> {
        let gone = self.lock().remove(id);
        self.forget_unsent(vec![id.to_owned()]).await?;
        self.release(&gone).await
    }

    /// Brings one back to where it was.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentNotReady`] when it cannot be (any more).
    pub fn restore(&self, id: &str) -> Result<(), IpcError> {
        let restored = self.lock().restore(id);
        let attachment = restored.ok_or_else(|| {
            IpcError::new(
                ErrorCode::AttachmentNotReady,
                "This can no longer be brought back. Attach it again.",
            )
        })?;
        self.tell(attachment);
        Ok(())
    }

    /// Puts them in this order; those that are not named come last.
    pub fn order(&self, ids: &[String]) {
        self.lock().order(ids);
    }

    /// Gives up everything that is still being prepared; it leaves the list.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub async fn cancel(&self) -> Result<(), IpcError> {
        let gone = self.lock().cancel();
        self.release(&gone).await
    }

    /// Their bytes go where nothing else holds them.
    fn release(&self, gone: &[Entry]) -> Reply<()> {
        let held = gone.iter().filter_map(Entry::held).collect();
        self.renditions.blobs().release(held)
    }

    /// What these attachments are sent as, in this order; they stay listed.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentNotReady`] when one is missing, failed or not ready;
    /// what keeps a picture from being fitted.
    pub async fn parts(&self, ids: &[String], target: &Target) -> Result<Vec<Part>, IpcError> {
        let entry = |id: &String| {
            let found = self.lock().find(id).cloned();
            found.filter(is_ready).ok_or_else(|| {
                IpcError::new(
                    ErrorCode::AttachmentNotReady,
                    "An attachment is not ready. Wait until it is, or remove it, then send again.",
                )
            })
        };
        let entries: Vec<_> = ids.iter().map(entry).collect::<Result<_, _>>()?;
        let mut parts = Vec::with_capacity(entries.len());
        for entry in entries {
            parts.extend(match entry.given() {
                Some(given) => {
                    let picture = self
                        .renditions
                        .render(given, target, Priority::Person)
                        .await?;
                    Some(Part::Picture(picture))
                }
                None => part(entry.attachment),
            });
        }
        Ok(parts)
    }

    /// As [`Draft::parts`], without those that are not ready, and without
    /// making anything; blocking.
    pub fn ready_parts(&self, ids: &[String], target: &Target) -> Vec<Part> {
        let entry = |id: &String| self.lock().find(id).cloned().filter(is_ready);
        let entries: Vec<_> = ids.iter().filter_map(entry).collect();
        let part = |entry: Entry| {
            let found = entry.given();
            let found = found.and_then(|given| self.renditions.find(&given, target).ok()?);
            found.map(Part::Picture).or_else(|| part(entry.attachment))
        };
        entries.into_iter().filter_map(part).collect()
    }

    /// Takes these out: they were sent. What was taken out before can no longer be
    /// brought back.
    pub fn sent(&self, ids: &[String]) {
        let gone = self.lock().sent(ids);
        let sent = ids.to_vec();
        // What stays of it is swept at the next start.
        self.history
            .write(move |w| w.forget_unsent(&sent))
            .unheard();
        drop(self.release(&gone));
    }
}

fn blank(state: AttachmentState) -> Attachment {
    Attachment {
        id: uuid::Uuid::now_v7().to_string(),
        name: String::new(),
        state,
        picture: None,
        video: None,
        metadata: None,
        link: None,
        error: None,
        thumbnail: false,
        options: PictureOptions::default(),
    }
}

fn is_ready(entry: &Entry) -> bool {
    entry.attachment.state == AttachmentState::Ready
}

fn part(attachment: Attachment) -> Option<Part> {
    let bare = |link| Part::Link {
        link,
        picture: None,
    };
    (attachment.picture.map(Part::Picture))
        .or(attachment.video.map(Part::Video))
        .or(attachment.link.map(bare))
}
