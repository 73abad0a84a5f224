//! Drafts and what is attached to them: drop, paste, folder, order, undo.

mod draft;
mod folders;
mod outside;
mod pasted;
mod places;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use accounts::Accounts;
use history::History;
use protocol::AttachmentEvent;
use renditions::{
    Priority, Renditions,
    blocking::{WORK, blocking},
};

pub use draft::Draft;
pub use folders::Folders;
pub use outside::{Arrivals, Outside};
pub use pasted::{Copied, copied};
pub use places::{place, places};

/// Longest side of the small picture of a list, in pixels.
const SMALL: u32 = 96;

/// The drafts that are being composed. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Composer(Arc<Inner>);

struct Inner {
    history: History,
    accounts: Accounts,
    renditions: Renditions,
    drafts: Mutex<HashMap<String, Draft>>,
    folders: Folders,
    changed: Arc<dyn Fn(AttachmentEvent) + Send + Sync>,
}

impl Composer {
    /// `changed` is told of every attachment that comes or changes its state.
    pub fn new(
        history: History,
        accounts: Accounts,
        renditions: Renditions,
        changed: impl Fn(AttachmentEvent) + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            history,
            accounts,
            renditions,
            drafts: Mutex::default(),
            folders: Folders::default(),
            changed: Arc::new(changed),
        }))
    }

    /// The draft of this id; a new one where there is none.
    pub fn draft(&self, id: &str) -> Draft {
        let inner = &self.0;
        let mut drafts = inner.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let (history, accounts) = (inner.history.clone(), inner.accounts.clone());
            let renditions = inner.renditions.clone();
            Draft::new(
                id,
                history,
                accounts,
                renditions,
                Arc::clone(&inner.changed),
            )
        };
        drafts.entry(id.to_owned()).or_insert_with(new).clone()
    }

    /// MIME type and bytes of the small picture of an attachment, in whichever draft.
    pub fn thumbnail(&self, id: &str) -> Option<(String, Vec<u8>)> {
        let drafts = &self.0.drafts;
        let drafts = drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.values().find_map(|draft| draft.thumbnail(id))
    }

    /// Folders that were dropped and are asked about.
    pub fn folders(&self) -> &Folders {
        &self.0.folders
    }

    /// MIME type and bytes of the small picture of a picture that is kept, for lists;
    /// made once, by the first who asks. `None` where there is no such picture.
    pub async fn small(&self, hash: &str) -> Option<(String, Vec<u8>)> {
        let Inner {
            history,
            renditions,
            ..
        } = &*self.0;
        let (of, to) = (hash.to_owned(), hash.to_owned());
        let found = history.read(move |r| r.small(&of)).await.ok()?;
        if found.is_some() {
            return found;
        }
        let slot = renditions.slots().slot(Priority::Queue).await;
        let (_, bytes) = history.picture(hash).await.ok()??;
        let own = renditions.clone();
        let small = blocking(WORK, move || own.thumbnail("", &bytes, SMALL));
        let small = small.await.ok()?;
        drop(slot);
        let (mime, bytes) = (small.mime.as_str(), small.bytes.clone());
        // One that cannot be kept is made again.
        history
            .write(move |w| w.put_small(&to, mime, &bytes))
            .unheard();
        Some((mime.to_owned(), small.bytes))
    }
}
