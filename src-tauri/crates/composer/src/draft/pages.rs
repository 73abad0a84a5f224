//! A PDF becomes a picture a page.

use std::sync::Arc;

use futures_util::future::join_all;
use protocol::{AttachmentState, ErrorCode, IpcError};
use renditions::Priority;

use super::{Draft, blank, listing::Entry};

/// Pages that are attached at once.
const MOST: u32 = 20;

impl Draft {
    /// Puts the pages of a PDF in the place of the one that is listed, at once, and
    /// prepares each as its turn comes. Of a long one the first come, and what is
    /// left out is said.
    pub(super) async fn prepare_pages(&self, id: &str, name: &str, bytes: Vec<u8>, pages: u32) {
        let taken = pages.min(MOST);
        let listed = self.list_pages(id, name, pages, taken);
        let bytes = Arc::new(bytes);
        let pages = (1..).zip(listed).map(|(number, (id, name))| {
            let bytes = Arc::clone(&bytes);
            async move { self.prepare_page(&id, name, bytes, number).await }
        });
        join_all(pages).await;
    }

    /// Lists the pages; the id and the name of each.
    fn list_pages(&self, id: &str, name: &str, pages: u32, taken: u32) -> Vec<(String, String)> {
        if pages == 1 {
            return vec![(id.to_owned(), name.to_owned())];
        }
        let page = |number: u32| format!("{name} · {number}");
        if !self.change(id, |entry| entry.attachment.name = page(1)) {
            // Given up meanwhile.
            return Vec::new();
        }
        let mut all = vec![(id.to_owned(), page(1))];
        for number in 2..=taken {
            let mut attachment = blank(AttachmentState::Preparing);
            attachment.name = page(number);
            let named = (attachment.id.clone(), attachment.name.clone());
            let before = all.last().map_or(id, |(id, _)| id).to_owned();
            self.list_after(&before, Entry::new(attachment));
            all.push(named);
        }
        if taken < pages {
            let mut attachment = blank(AttachmentState::Failed);
            attachment.name = name.to_owned();
            attachment.error = Some(left_out(name, pages, taken));
            let before = all.last().map_or(id, |(id, _)| id).to_owned();
            self.list_after(&before, Entry::new(attachment));
        }
        all
    }

    fn list_after(&self, before: &str, entry: Entry) {
        let attachment = entry.attachment.clone();
        self.lock().push_after(before, entry);
        self.tell(attachment);
    }

    async fn prepare_page(&self, id: &str, name: String, bytes: Arc<Vec<u8>>, number: u32) {
        let slot = self.renditions.slots().slot(Priority::Queue).await;
        if self.lock().find_any(id).is_none() {
            return;
        }
        let drawn = self.renditions.page(name, bytes, number).await;
        self.make_listed(id, slot, drawn).await;
    }
}

fn left_out(name: &str, pages: u32, taken: u32) -> IpcError {
    let message = format!(
        "“{name}” has {pages} pages, and the first {taken} were attached. To ask about others, \
         print those to a PDF of their own and attach that."
    );
    IpcError::new(ErrorCode::PdfPages, message)
        .arg("name", name)
        .arg("pages", pages)
        .arg("taken", taken)
}
