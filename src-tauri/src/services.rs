//! The services, as the window is told of them.

use std::sync::Arc;

use app::{App, Confirm, Copied, DRAFT, Ears, Home, Opened};
use consent::Question;
use protocol::{AttachmentEvent, ConversationsEvent, IpcError, KeyringEvent, Notice};
use tauri::{AppHandle, Runtime, async_runtime};

use crate::{clipboard, input, page, plugins};

/// Opens everything. A folder that cannot be written, a broken file or a
/// missing keyring is said in the notices and keeps nothing from starting. What is
/// for the person to allow is asked of `confirm`.
///
/// # Errors
/// When not even memory will do.
pub fn open<R: Runtime>(
    app: &AppHandle<R>,
    home: &Home,
    confirm: Arc<dyn Confirm>,
) -> Result<Opened, Box<dyn std::error::Error>> {
    let data = home.data().ok_or("the system names no folder for data")?;
    let runtime = async_runtime::handle().inner().clone();
    let opened = App::open(&data, runtime, Arc::new(Page(app.clone())), confirm)?;
    plugins::providers::read(app, &opened.app.accounts);
    opened.app.chat.titled_by(opened.settings.titles());
    // The page is told of each, where it asked before. Where they cannot be read, they stay for
    // the next start.
    let draft = opened.app.composer.draft(DRAFT);
    async_runtime::spawn(async move {
        let _ = draft.take_unsent().await;
    });
    // The first file that is dropped finds them started.
    let draw = opened.app.chat.ask().renditions().draw().clone();
    async_runtime::spawn_blocking(move || draw.warm());
    Ok(opened)
}

/// The page, as it is told what happens. One that is not there yet asks when it comes.
struct Page<R: Runtime>(AppHandle<R>);

impl<R: Runtime> Ears for Page<R> {
    fn attachment(&self, event: AttachmentEvent) {
        page::tell(&self.0, "attachment", event);
    }

    fn conversations(&self, event: ConversationsEvent) {
        page::tell(&self.0, "conversations", event);
    }

    fn trouble(&self, error: IpcError) {
        page::tell(&self.0, "notice", Notice::HistoryTrouble { error });
    }

    fn keyring(&self, event: KeyringEvent) {
        page::tell(&self.0, "keyring", event);
    }

    fn copied(&self) -> Copied {
        let app = self.0.clone();
        Box::pin(async move {
            input::meant(&app, Question::Paste).await?;
            clipboard::text(&app).await
        })
    }
}
