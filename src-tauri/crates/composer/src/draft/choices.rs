//! What a person chooses for a picture, and the model it is for.

use std::sync::PoisonError;

use protocol::{
    Area, Attachment, AttachmentState, CropParams, Done, ErrorCode, IpcError, PictureAgainParams,
    PictureOptions, TargetParams,
};
use renditions::{
    Given, Priority, THUMBNAIL, Target,
    blocking::{WORK, blocking},
};

use super::{Draft, blank, listing::Entry};

impl Draft {
    /// Whom pictures are fitted to now, and how often that changed.
    pub(super) fn target(&self) -> (u64, Target) {
        let target = self.target.lock();
        target.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on pictures are fitted to this model. The future fits those that are
    /// there anew; the rest of them stays as it is meanwhile.
    ///
    /// # Errors
    /// [`ErrorCode::ProviderNotFound`], [`ErrorCode::Storage`].
    pub fn set_target(
        &self,
        params: &TargetParams,
    ) -> Result<impl Future<Output = ()> + Send + 'static, IpcError> {
        let manifest = self.accounts.manifest(&params.provider)?;
        let asked = protocol::ChatParams {
            detail: params.detail.clone(),
            ..protocol::ChatParams::default()
        };
        // One that the model does not take is said when it is sent.
        let detail = ask::detail(&manifest, &params.model, &asked).unwrap_or_default();
        let target = self.renditions.target(&manifest, &params.model, detail);
        let mut now = self.target.lock().unwrap_or_else(PoisonError::into_inner);
        let is_other = now.1 != target;
        if is_other {
            *now = (now.0 + 1, target);
        }
        drop(now);
        let draft = self.clone();
        Ok(async move {
            let ids: Vec<_> = draft.list().into_iter().map(|one| one.id).collect();
            for id in ids.iter().filter(|_| is_other) {
                draft.refit(id).await;
            }
        })
    }

    /// Fits one to what is chosen now. Of two that are begun, the last wins; false
    /// when this was not the last.
    pub(super) async fn refit(&self, id: &str) -> bool {
        let begun = {
            let mut listing = self.lock();
            let Some(entry) = listing.find_any(id) else {
                return false;
            };
            let Some(given) = entry.given() else {
                return false;
            };
            entry.begun += 1;
            (entry.begun, given)
        };
        let ((number, given), (_, target)) = (begun, self.target());
        let rendered = self
            .renditions
            .render(given, &target, Priority::Queue)
            .await;
        let mut is_last = false;
        if let Some(entry) = self.lock().find_any(id) {
            is_last = entry.begun == number;
        }
        if !is_last {
            return false;
        }
        self.change(id, |entry| {
            let attachment = &mut entry.attachment;
            match rendered {
                Ok(picture) => {
                    attachment.state = AttachmentState::Ready;
                    attachment.picture = Some(picture);
                    attachment.error = None;
                }
                Err(error) => {
                    attachment.state = AttachmentState::Failed;
                    attachment.error = Some(error);
                }
            }
        });
        true
    }

    /// Chooses for a picture, and fits it anew. Until it is, it cannot be sent.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentNotReady`] when there is no such picture;
    /// [`ErrorCode::Parameter`] with the limit when the original is not taken, and for
    /// a part that lies outside; what keeps it from being fitted. It stays as it was.
    pub async fn choose(&self, id: &str, options: PictureOptions) -> Result<(), IpcError> {
        let (entry, given) = self.ready_picture(id)?;
        let options = PictureOptions {
            crop: options.crop.map(|area| within(area, &given)).transpose()?,
            ..options
        };
        if options.original {
            let (renditions, target) = (self.renditions.clone(), self.target().1);
            blocking(WORK, move || renditions.check_original(&given, &target)).await?;
        }
        self.change(id, |entry| {
            entry.attachment.state = AttachmentState::Preparing;
            entry.attachment.options = options;
        });
        self.refit(id).await;
        let mut failed = None;
        let is_failed = |entry: &Entry| entry.attachment.state == AttachmentState::Failed;
        if self.lock().find(id).is_some_and(is_failed) {
            self.change(id, |now| {
                failed = now.attachment.error.take();
                now.attachment = entry.attachment;
            });
        }
        failed.map_or(Ok(()), Err)
    }

    /// Attaches a part of a picture as a picture of its own, after the whole.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentNotReady`] when there is no such picture,
    /// [`ErrorCode::Parameter`] for a part that lies outside.
    pub async fn crop(&self, params: &CropParams) -> Result<(), IpcError> {
        let (entry, given) = self.ready_picture(&params.id)?;
        let area = within(params.area, &given)?;
        let name = format!("{} (part)", entry.attachment.name);
        let options = PictureOptions {
            crop: Some(area),
            ..entry.attachment.options
        };
        self.attach_given(Some(&params.id), name, options, given)
            .await
    }

    /// Attaches a picture or a video of a conversation once more.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub async fn again(&self, params: &PictureAgainParams) -> Result<(), IpcError> {
        let asked = params.message.clone();
        let message = self.history.read(move |r| r.message(&asked)).await?;
        let hash = &params.hash;
        if let Some(video) = message.videos().find(|video| video.hash == *hash) {
            if !self.renditions.blobs().hold(hash).await? {
                return Err(not_there(&video.name));
            }
            self.list_one(Attachment {
                name: video.name.clone(),
                video: Some(video.clone()),
                ..blank(AttachmentState::Ready)
            });
            return Ok(());
        }
        let is_it = |picture: &&protocol::Picture| {
            picture.hash == *hash
                || picture.master == *hash
                || picture.tiles.iter().any(|tile| tile.hash == *hash)
        };
        let picture = message.pictures().find(is_it).cloned();
        let picture = picture.ok_or_else(|| not_there("This picture"))?;
        let picture = protocol::Picture {
            refused: false,
            ..picture
        };
        if picture.master.is_empty() {
            // Of before masters were kept: what was sent is all there is.
            let kept = self.history.picture(&picture.hash).await?;
            let (_, bytes) = kept.ok_or_else(|| not_there(&picture.name))?;
            self.add_bytes(picture.name, bytes).await;
            return Ok(());
        }
        let (name, options) = (picture.name.clone(), picture.options.clone());
        // The rest was done to what was sent, and may not be now.
        let of_the_master = |done: &Done| {
            use Done::{
                CutOff, FirstFrame, LocationRemoved, MetadataRemoved, Oriented, PartsMissing,
                TextMissing,
            };
            matches!(
                done,
                CutOff
                    | FirstFrame
                    | LocationRemoved
                    | MetadataRemoved
                    | Oriented
                    | PartsMissing
                    | TextMissing
            )
        };
        let done = picture.done.iter().copied().filter(of_the_master);
        let given = Given {
            done: done.collect(),
            picture,
        };
        self.attach_given(None, name, options, given).await
    }

    /// Lists a picture whose master is kept, and fits it; what keeps it from being
    /// fitted stands with it.
    async fn attach_given(
        &self,
        after: Option<&str>,
        name: String,
        options: PictureOptions,
        given: Given,
    ) -> Result<(), IpcError> {
        let master = &given.picture.master;
        if !self.renditions.blobs().hold(master).await? {
            return Err(not_there(&given.picture.name));
        }
        let mut picture = given.picture;
        picture.name.clone_from(&name);
        let attachment = Attachment {
            name,
            options,
            picture: Some(picture),
            ..blank(AttachmentState::Preparing)
        };
        let id = attachment.id.clone();
        let mut entry = Entry::new(attachment.clone());
        entry.done = given.done;
        self.lock().push_after(after.unwrap_or_default(), entry);
        self.tell(attachment);
        self.refit(&id).await;
        self.small_of_rendition(&id).await;
        Ok(())
    }

    async fn small_of_rendition(&self, id: &str) {
        let picture = self
            .lock()
            .find(id)
            .and_then(|entry| entry.attachment.picture.clone());
        let Some(picture) = picture else {
            return;
        };
        let renditions = self.renditions.clone();
        let kept = self.history.picture(&picture.hash).await.ok().flatten();
        let small = blocking(WORK, move || {
            let bytes = kept.map(|(_, bytes)| bytes).unwrap_or_default();
            renditions.thumbnail(&picture.name, &bytes, THUMBNAIL)
        });
        if let Ok(small) = small.await {
            self.show_thumbnail(id, &small);
        }
    }

    fn ready_picture(&self, id: &str) -> Result<(Entry, Given), IpcError> {
        let entry = self.lock().find(id).cloned();
        let entry = entry.filter(super::is_ready);
        let given = entry.as_ref().and_then(Entry::given);
        entry.zip(given).ok_or_else(|| {
            IpcError::new(
                ErrorCode::AttachmentNotReady,
                "This picture is not ready. Wait until it is, then try again.",
            )
        })
    }
}

/// What of an area lies within a picture.
fn within(area: Area, given: &Given) -> Result<Area, IpcError> {
    let picture = &given.picture;
    let (wide, high) = (picture.original_width, picture.original_height);
    let (x, y) = (area.x.min(wide), area.y.min(high));
    let (width, height) = (area.width.min(wide - x), area.height.min(high - y));
    if width == 0 || height == 0 {
        return Err(drawing::Error::OutOfPicture {
            name: picture.name.clone(),
            width: wide,
            height: high,
        }
        .into());
    }
    Ok(Area {
        x,
        y,
        width,
        height,
    })
}

fn not_there(name: &str) -> IpcError {
    let message = format!("{name} is no longer stored. Attach the file again.");
    IpcError::new(ErrorCode::NotFound, message).arg("name", name)
}
