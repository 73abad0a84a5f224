//! The services, as the window is told of them.

use std::sync::Arc;

use app::{App, Ears};
use protocol::{AttachmentEvent, ConversationsEvent, IpcError, Language, Notice};
use tauri::{AppHandle, Emitter, Runtime, async_runtime};

use crate::{
    Home,
    plugins::{self, settings::Preferences},
    window::MAIN,
};

/// What the plugins are handed.
pub struct Services {
    pub settings: Preferences,
    pub notices: Vec<Notice>,
    pub app: App,
}

/// Opens everything. A folder that cannot be written, a broken file or a
/// missing keyring is said in `notices` and keeps nothing from starting.
///
/// # Errors
/// When not even memory will do.
pub fn open<R: Runtime>(
    app: &AppHandle<R>,
    home: &Home,
) -> Result<Services, Box<dyn std::error::Error>> {
    let data = home.data().ok_or("the system names no folder for data")?;
    let mut notices = Vec::new();
    let settings = Preferences::open(&data, &mut notices);
    let page = Page {
        app: app.clone(),
        language: Box::new(settings.language()),
    };
    let network = settings.now().network;
    let runtime = async_runtime::handle().inner().clone();
    let (services, more) = App::open(&data, network, runtime, Arc::new(page))?;
    notices.extend(more);
    plugins::providers::read(app, &services.accounts);
    Ok(Services {
        settings,
        notices,
        app: services,
    })
}

/// The page, as it is told what happens. One that is not there yet asks when it comes.
struct Page<R: Runtime> {
    app: AppHandle<R>,
    language: Box<dyn Fn() -> Language + Send + Sync>,
}

impl<R: Runtime> Ears for Page<R> {
    fn attachment(&self, event: AttachmentEvent) {
        let _ = self.app.emit_to(MAIN, "attachment", event);
    }

    fn conversations(&self, event: ConversationsEvent) {
        let _ = self.app.emit_to(MAIN, "conversations", event);
    }

    fn trouble(&self, error: IpcError) {
        let notice = Notice::HistoryTrouble { error };
        let _ = self.app.emit_to(MAIN, "notice", notice);
    }

    fn language(&self) -> Language {
        (self.language)()
    }
}
