//! The composition root: opens every service once.

use std::{fs, path::Path};

use chat::{Accounts, Attachments, Chat, Listener};
use history::{History, Opened, Told};
use images::Limits;
use keys::Keys;
use protocol::{AttachmentEvent, ConversationsEvent, IpcError, Language, Notice};
use settings::Preferences;
use tauri::{AppHandle, Emitter, Manager, Runtime};
use wire::{Client, Timeouts};

use crate::{Home, page::WINDOW, plugins};

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
    app.manage(history.clone());

    let settings = Preferences::open(&data, &mut notices);
    let client = Client::new(Timeouts::default())?;
    let keys = Keys::open(KEYRING_SERVICE);
    let plugins = Some(data.join("plugins"));
    let accounts = Accounts::with_plugins(history.clone(), keys, client, plugins);
    for (provider, error) in accounts.unreadable() {
        notices.push(Notice::ProviderUnreadable { provider, error });
    }
    plugins::providers::read(app, &accounts);
    accounts.start_network(settings.now().network);

    let page = app.clone();
    let attachments = Attachments::new(
        history.clone(),
        accounts.clone(),
        Limits::default(),
        move |attachment| {
            // A page that is not there yet asks for the list when it comes.
            let _ = page.emit_to(WINDOW, "attachment", AttachmentEvent { attachment });
        },
    );
    let chat = Chat::new(
        history.clone(),
        accounts.clone(),
        attachments.clone(),
        Page {
            app: app.clone(),
            language: Box::new(settings.language()),
        },
    );
    tend(app, &history, &chat);
    Ok(Services {
        settings,
        notices,
        accounts,
        attachments,
        chat,
    })
}

/// The page, as the chat tells it what happens.
struct Page<R: Runtime> {
    app: AppHandle<R>,
    language: Box<dyn Fn() -> Language + Send + Sync>,
}

impl<R: Runtime> Listener for Page<R> {
    fn changed(&self, event: ConversationsEvent) {
        // A page that is not there yet asks for the list when it comes.
        let _ = self.app.emit_to(WINDOW, "conversations", event);
    }

    fn troubled(&self, error: IpcError) {
        let _ = self
            .app
            .emit_to(WINDOW, "notice", Notice::HistoryTrouble { error });
    }

    fn language(&self) -> Language {
        (self.language)()
    }
}

/// Begins to see to the history, and to what other processes change in it.
fn tend<R: Runtime>(app: &AppHandle<R>, history: &History, chat: &Chat) {
    let (app, chat) = (app.clone(), chat.clone());
    history.tend(move |told| match told {
        Told::Elsewhere => {
            let chat = chat.clone();
            tauri::async_runtime::spawn(async move { chat.changed_elsewhere().await });
        }
        Told::Trouble(error) => {
            let error = error.into();
            let _ = app.emit_to(WINDOW, "notice", Notice::HistoryTrouble { error });
        }
    });
}

fn open_history(data: &Path, notices: &mut Vec<Notice>) -> Result<History, IpcError> {
    match open_file(data) {
        Ok(opened) => {
            if let Some(aside) = opened.set_aside {
                notices.push(Notice::HistorySetAside {
                    set_aside: aside.path.display().to_string(),
                    reason: aside.reason,
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
        why: None,
    })?;
    History::open(&data.join("dragoman.db"))
}
