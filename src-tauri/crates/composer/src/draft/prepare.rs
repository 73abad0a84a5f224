//! From what was dropped to an attachment that can be sent.

use std::sync::Arc;

use drawing::Thumbnail;
use protocol::{AttachmentState, IpcError, Video, VideoMetadata};
use renditions::{Found, Given, Priority, Slot, Source, Target};

use super::Draft;

/// What came of it; it is held once more.
pub(super) enum Made {
    /// With what was done to make its master.
    Picture(Given),
    Video(Video, VideoMetadata),
}

impl Draft {
    /// Reads it when its turn comes, and fits it.
    pub(super) async fn prepare(&self, id: &str, source: Source) {
        let slot = self.renditions.slots().slot(Priority::Queue).await;
        if self.lock().find_any(id).is_none() {
            return;
        }
        match self.renditions.read(source).await {
            Ok(Found::Pages(name, bytes, pages)) => {
                drop(slot);
                self.prepare_pages(id, &name, bytes, pages).await;
            }
            read => self.make_listed(id, slot, read).await,
        }
    }

    /// Makes one that is listed what was read, and fits it; with the leave to do so.
    pub(super) async fn make_listed(&self, id: &str, slot: Slot, read: Result<Found, IpcError>) {
        let (version, target) = self.target();
        let made = match read {
            Ok(Found::Picture(name, bytes)) => {
                let made = self.make(id, name, bytes, &target).await;
                made.map(Made::Picture)
            }
            Ok(Found::Video(video, metadata)) => Ok(Made::Video(video, metadata)),
            // Its pages come one by one.
            Ok(Found::Pages(..)) => return,
            Err(error) => Err(error),
        };
        drop(slot);
        self.made(id, made);
        if version != self.target().0 {
            self.refit(id).await;
        }
    }

    /// Lists what came of it.
    fn made(&self, id: &str, made: Result<Made, IpcError>) {
        let held = made.as_ref().ok().map(|made| match made {
            Made::Picture(given) => given.picture.master.clone(),
            Made::Video(video, _) => video.hash.clone(),
        });
        let is_there = self.change(id, |entry| match made {
            Ok(made) => {
                entry.attachment.state = AttachmentState::Ready;
                match made {
                    Made::Picture(given) => {
                        entry.attachment.picture = Some(given.picture);
                        entry.done = given.done;
                    }
                    Made::Video(video, metadata) => {
                        entry.attachment.video = Some(video);
                        entry.attachment.metadata = Some(metadata);
                    }
                }
            }
            Err(error) => {
                entry.attachment.state = AttachmentState::Failed;
                entry.attachment.error = Some(error);
            }
        });
        if let Some(hash) = held.filter(|_| !is_there) {
            // Given up meanwhile. What stays of it is swept at the next start.
            drop(self.renditions.blobs().release(vec![hash]));
        }
    }

    /// Makes the master of a picture and what is sent of it, and shows the small picture
    /// as soon as there is one. Whoever calls has a slot.
    pub(super) async fn make(
        &self,
        id: &str,
        name: String,
        bytes: Vec<u8>,
        target: &Target,
    ) -> Result<Given, IpcError> {
        let (draft, id) = (self.clone(), id.to_owned());
        let show = Arc::new(move |thumbnail: &Thumbnail| draft.show_thumbnail(&id, thumbnail));
        self.renditions
            .master(name, Arc::new(bytes), target, show)
            .await
    }

    pub(super) fn show_thumbnail(&self, id: &str, thumbnail: &Thumbnail) {
        let (mime, bytes) = (thumbnail.mime.as_str(), thumbnail.bytes.clone());
        self.lock().put_thumbnail(id, mime, bytes);
        self.change(id, |entry| entry.attachment.thumbnail = true);
    }
}
