//! Attachments that outlive a restart: a row that is sent one by one takes its time.

use history::Unsent;
use protocol::{Attachment, AttachmentState, Done, IpcError};

use super::{Draft, listing::Entry};

impl Draft {
    /// Keeps these over a restart, until they are sent or taken out. Those that are not
    /// ready, and links, are not kept.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn keep_unsent(&self, ids: &[String]) -> Result<(), IpcError> {
        let unsent: Vec<_> = {
            let listing = self.lock();
            let found = ids.iter().filter_map(|id| listing.find(id));
            found.filter_map(unsent).collect()
        };
        let kept = self.history.write(move |w| w.keep_unsent(&unsent));
        Ok(kept.await?)
    }

    /// Lists what was kept when the app ended; what can no longer be read is forgotten.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn take_unsent(&self) -> Result<(), IpcError> {
        let mut gone = Vec::new();
        for one in self.history.read(|r| r.unsent()).await? {
            let held = self.renditions.blobs().hold(&one.hash).await?;
            match serde_json::from_str::<(Attachment, Vec<Done>)>(&one.attachment) {
                Ok((attachment, done)) if held => self.list_entry(Entry {
                    done,
                    ..Entry::new(attachment)
                }),
                _ => gone.push(one.id),
            }
        }
        self.forget_unsent(gone).await
    }

    /// These were sent or taken out.
    pub(super) async fn forget_unsent(&self, ids: Vec<String>) -> Result<(), IpcError> {
        if ids.is_empty() {
            return Ok(());
        }
        let forgotten = self.history.write(move |w| w.forget_unsent(&ids));
        Ok(forgotten.await?)
    }
}

fn unsent(entry: &Entry) -> Option<Unsent> {
    let attachment = Attachment {
        // Only of this run.
        thumbnail: false,
        ..entry.attachment.clone()
    };
    if attachment.state != AttachmentState::Ready {
        return None;
    }
    Some(Unsent {
        id: attachment.id.clone(),
        hash: entry.held()?,
        attachment: serde_json::to_string(&(&attachment, &entry.done)).ok()?,
    })
}
