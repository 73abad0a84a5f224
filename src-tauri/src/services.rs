//! The composition root: opens every service once.

use std::{fs, path::Path};

use chat::{Accounts, Attachments, Chat};
use history::{History, Opened};
use images::Limits;
use keys::Keys;
use protocol::{AttachmentEvent, IpcError, Notice};
use tauri::{AppHandle, Emitter, Manager, Runtime};
use wire::{Client, Timeouts};

use crate::{
    Home,
    plugins::{self, settings::Preferences},
    window::MAIN,
};

/// Name under which keys stand in the operating system's keyring.
const KEYRING_SERVICE: &str = "dev.dragoman.desktop";

/// What the plugins are handed.
pub struct Services {
    pub settings: Preferences,
    pub notices: Vec<Notice>,
    pub accounts: Accounts,
    pub attachments: Attachments,
    pub chat: Chat,
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
    let data = home.data(app)?;
    let mut notices = Vec::new();
    let history = open_history(&data, &mut notices)?;
    history.interrupt_open()?;
    app.manage(history.clone());

    let settings = Preferences::open(app, &data, &mut notices);
    let client = Client::new(Timeouts::default())?;
    let keys = Keys::open(KEYRING_SERVICE);
    let plugins = Some(data.join("plugins"));
    let accounts = Accounts::with_plugins(history.clone(), keys, client, plugins);
    plugins::providers::read(app, &accounts);
    accounts.start_network(settings.now().network);

    let page = app.clone();
    let attachments = Attachments::new(
        history.clone(),
        accounts.clone(),
        Limits::default(),
        move |attachment| {
            // A page that is not there yet asks for the list when it comes.
            let _ = page.emit_to(MAIN, "attachment", AttachmentEvent { attachment });
        },
    );
    let page = app.clone();
    let chat = Chat::new(
        history,
        accounts.clone(),
        attachments.clone(),
        move || {
            let _ = page.emit_to(MAIN, "conversations", ());
        },
        settings.language(),
    );
    Ok(Services {
        settings,
        notices,
        accounts,
        attachments,
        chat,
    })
}

fn open_history(data: &Path, notices: &mut Vec<Notice>) -> Result<History, IpcError> {
    match open_file(data) {
        Ok(opened) => {
            if let Some(path) = opened.set_aside {
                notices.push(Notice::HistorySetAside {
                    set_aside: path.display().to_string(),
                });
            }
            Ok(opened.history)
        }
        Err(error) => {
            notices.push(Notice::NotKept {
                error: error.into(),
            });
            Ok(History::in_memory()?)
        }
    }
}

fn open_file(data: &Path) -> Result<Opened, history::Error> {
    fs::create_dir_all(data).map_err(|error| history::Error::Storage {
        path: data.to_owned(),
        reason: error.to_string(),
    })?;
    History::open(&data.join("dragoman.db"))
}
