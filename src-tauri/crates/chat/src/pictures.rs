//! Pictures that the text of an answer names: nothing is loaded until a person says so,
//! and then only what stands there.

use std::sync::Arc;

use protocol::{ErrorCode, IpcError, Link, LoadPictureParams, Picture, Role};
use renditions::{Priority, Target, links};

use crate::Chat;

/// A picture that stands in the text of an answer.
#[derive(Debug, Clone)]
pub struct Named {
    message: String,
    link: Link,
    /// It was loaded before.
    picture: Option<Picture>,
}

impl Named {
    /// The host that it would be loaded from, with its port where it has one.
    pub fn host(&self) -> &str {
        &self.link.host
    }
}

impl Chat {
    /// Finds a picture in the text of an answer, or in its reasoning. Opens no connection.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] where no picture of that address stands there,
    /// [`ErrorCode::LinkNotRead`] for an address that is not taken,
    /// [`ErrorCode::Storage`].
    pub async fn named_picture(&self, params: &LoadPictureParams) -> Result<Named, IpcError> {
        let LoadPictureParams { message, url } = params;
        let answer = self.message(message).await?;
        let stands = answer.role == Role::Assistant
            && [&answer.blocks, &answer.reasoning].map(|blocks| markdown::has_card(blocks, url))
                != [false; 2];
        let Some(link) = links::parse(url).filter(|_| stands) else {
            let why = "This picture stands in no answer that is kept, so it was not loaded.";
            return Err(IpcError::new(ErrorCode::NotFound, why));
        };
        let link = link?;
        let mut pictures = answer.pictures.into_iter();
        Ok(Named {
            message: message.clone(),
            picture: pictures.find(|picture| picture.link.as_ref() == Some(&link.url)),
            link,
        })
    }

    /// Loads it, has it read as any picture from outside, and keeps it with the answer.
    ///
    /// # Errors
    /// [`ErrorCode::LinkNotRead`] with the reason, [`ErrorCode::NotFound`] where the answer
    /// was removed meanwhile, [`ErrorCode::Storage`].
    pub async fn load_picture(&self, named: Named) -> Result<Picture, IpcError> {
        let Named { message, link, .. } = named;
        if let Some(picture) = named.picture {
            return Ok(picture);
        }
        let (accounts, renditions) = (self.ask().accounts(), self.ask().renditions());
        let bytes = Arc::new(links::bytes(accounts, &link).await?);
        let slot = renditions.slots().slot(Priority::Person).await;
        let (name, target) = (links::name(&link), Target::of(renditions.base()));
        let unseen = Arc::new(|_: &_| {});
        let read = renditions.master(name, bytes, &target, unseen).await;
        drop(slot);
        let read = read.map_err(|error| links::unread(&link, error))?;
        let (id, own, kept) = (message.clone(), link.clone(), read.picture.clone());
        let kept = self.0.history.write(move |w| w.add_loaded(&id, own, kept));
        let kept = kept.await;
        if !matches!(kept, Ok(true)) {
            let held = vec![read.picture.master.clone()];
            renditions.blobs().release(held).await?;
        }
        let is_new = kept?;
        let picture = Picture {
            link: Some(link.url),
            ..read.picture
        };
        match self.0.running.live(&message) {
            Some(live) if is_new => live.picture(picture.clone()),
            // Loaded twice at once, or removed meanwhile.
            _ if !is_new => {
                let pictures = self.message(&message).await?.pictures;
                let same = |one: &Picture| one.link == picture.link;
                let gone = || IpcError::new(ErrorCode::NotFound, "This answer was removed.");
                return pictures.into_iter().find(same).ok_or_else(gone);
            }
            _ => {}
        }
        Ok(picture)
    }
}
