//! What waits in the composer, and what was taken out of it lately.

use std::collections::{HashMap, VecDeque};

use protocol::{Attachment, AttachmentState, Done};
use renditions::Given;

/// How many that were taken out can be brought back.
const REMOVED: usize = 20;

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub attachment: Attachment,
    /// What was done to the picture before it was a master.
    pub done: Vec<Done>,
    /// Counts what was begun with it: of two that end, the last begun wins.
    pub begun: u64,
}

impl Entry {
    pub fn new(attachment: Attachment) -> Self {
        Self {
            attachment,
            done: Vec::new(),
            begun: 0,
        }
    }

    /// The hash that the history holds for it while it is listed.
    pub fn held(&self) -> Option<String> {
        let picture = self.attachment.picture.as_ref();
        let picture = picture.map(|picture| match picture.master.as_str() {
            "" => &picture.hash,
            _ => &picture.master,
        });
        let video = self.attachment.video.as_ref().map(|video| &video.hash);
        picture.or(video).cloned()
    }

    /// Its picture with a master and what was chosen, when it has one.
    pub fn given(&self) -> Option<Given> {
        let picture = self.attachment.picture.clone()?;
        (!picture.master.is_empty()).then(|| Given {
            picture: protocol::Picture {
                options: self.attachment.options.clone(),
                ..picture
            },
            done: self.done.clone(),
        })
    }
}

/// All of them, in order.
#[derive(Default)]
pub(super) struct Listing {
    entries: Vec<Entry>,
    /// With the place they had; the newest last.
    removed: VecDeque<(usize, Entry)>,
    /// Small pictures by id: MIME type and bytes.
    thumbnails: HashMap<String, (String, Vec<u8>)>,
}

impl Listing {
    pub fn all(&self) -> impl Iterator<Item = &Attachment> {
        self.entries.iter().map(|entry| &entry.attachment)
    }

    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Puts one after another, or at the end.
    pub fn push_after(&mut self, id: &str, entry: Entry) {
        let at = self.place(id).map_or(self.entries.len(), |at| at + 1);
        self.entries.insert(at, entry);
    }

    fn place(&self, id: &str) -> Option<usize> {
        let mut entries = self.entries.iter();
        entries.position(|entry| entry.attachment.id == id)
    }

    /// One that is listed.
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.entries.get(self.place(id)?)
    }

    /// One that is listed, or can be brought back.
    pub fn find_any(&mut self, id: &str) -> Option<&mut Entry> {
        let removed = self.removed.iter_mut().map(|(_, entry)| entry);
        let mut all = self.entries.iter_mut().chain(removed);
        all.find(|entry| entry.attachment.id == id)
    }

    /// Takes one out, so that it can be brought back; what can no longer be is
    /// answered.
    pub fn remove(&mut self, id: &str) -> Vec<Entry> {
        let Some(at) = self.place(id) else {
            return Vec::new();
        };
        let entry = self.entries.remove(at);
        self.removed.push_back((at, entry));
        let over = self.removed.len().saturating_sub(REMOVED);
        let gone = self.removed.drain(..over).map(|(_, entry)| entry);
        let gone: Vec<_> = gone.collect();
        self.forget_thumbnails(&gone);
        gone
    }

    /// Brings one back to where it was.
    pub fn restore(&mut self, id: &str) -> Option<Attachment> {
        let mut removed = self.removed.iter();
        let found = removed.position(|(_, entry)| entry.attachment.id == id)?;
        let (at, entry) = self.removed.remove(found)?;
        let attachment = entry.attachment.clone();
        self.entries.insert(at.min(self.entries.len()), entry);
        Some(attachment)
    }

    /// Puts them in this order; those that are not named come last, as they are.
    pub fn order(&mut self, ids: &[String]) {
        let place = |entry: &Entry| {
            let mut ids = ids.iter();
            let named = ids.position(|id| *id == entry.attachment.id);
            named.unwrap_or(usize::MAX)
        };
        self.entries.sort_by_key(place);
    }

    /// Takes out what is still being prepared, for good; not what was a picture or a
    /// link before and is fitted anew.
    pub fn cancel(&mut self) -> Vec<Entry> {
        self.take(|Entry { attachment, .. }| {
            attachment.state == AttachmentState::Preparing
                && attachment.picture.is_none()
                && attachment.link.is_none()
        })
    }

    /// Takes these out for good, and all that could be brought back; the latter
    /// are answered.
    pub fn sent(&mut self, ids: &[String]) -> Vec<Entry> {
        self.take(|entry| ids.contains(&entry.attachment.id));
        let removed = std::mem::take(&mut self.removed);
        let removed: Vec<_> = removed.into_iter().map(|(_, entry)| entry).collect();
        self.forget_thumbnails(&removed);
        removed
    }

    fn take(&mut self, which: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let entries = std::mem::take(&mut self.entries);
        let (taken, kept): (Vec<_>, Vec<_>) = entries.into_iter().partition(which);
        self.entries = kept;
        self.forget_thumbnails(&taken);
        taken
    }

    fn forget_thumbnails(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.thumbnails.remove(&entry.attachment.id);
        }
    }

    pub fn thumbnail(&self, id: &str) -> Option<(String, Vec<u8>)> {
        self.thumbnails.get(id).cloned()
    }

    pub fn put_thumbnail(&mut self, id: &str, mime: &str, bytes: Vec<u8>) {
        if self.find_any(id).is_some() {
            let thumbnail = (mime.to_owned(), bytes);
            self.thumbnails.insert(id.to_owned(), thumbnail);
        }
    }
}
