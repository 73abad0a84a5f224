//! The services, opened on the home that the app has.

use std::path::PathBuf;
use std::sync::Arc;

use app::{App, Ears, Home, Nobody, Opened, Speaks};
use history::History;
use protocol::{
    AttachmentEvent, ConversationsEvent, ErrorCode, IpcError, KeyringEvent, Notice, Settings,
};
use tokio::runtime::Handle;

use crate::{output, words::Words};

/// Everything that a command works with.
pub struct Services {
    pub app: App,
    pub settings: Settings,
    pub speaks: Speaks,
    /// Why nothing is kept, where nothing is.
    pub unkept: Option<IpcError>,
}

/// The folder of a home.
pub fn data(home: &Home) -> Result<PathBuf, IpcError> {
    home.data().ok_or_else(|| {
        let message = "The system names no folder for data. Set DRAGOMAN_HOME to one.";
        IpcError::new(ErrorCode::Storage, message)
    })
}

/// Opens them, and says on stderr what there is to know of it.
pub fn open(runtime: Handle, words: &Words) -> Result<Services, IpcError> {
    let data = data(&Home::from_environment())?;
    let Opened {
        app,
        settings,
        notices,
    } = App::open(&data, runtime, Arc::new(Quiet::of(words)), Arc::new(Nobody))?;
    let mut unkept = None;
    for notice in notices {
        output::say(&words.notice(&notice));
        if let Notice::NotKept { error } = notice {
            unkept = Some(error);
        }
    }
    Ok(Services {
        app,
        settings: settings.now(),
        speaks: Arc::new(settings.language()),
        unkept,
    })
}

impl Services {
    /// Writes what is to be written, and lets go of the home.
    pub async fn close(&self) -> Result<(), IpcError> {
        self.app.chat.end().await
    }

    /// The services over a history that ends with this process; keys and models are
    /// those of the home.
    pub fn passing(&self) -> Result<App, IpcError> {
        let (accounts, speaks) = (self.app.accounts.clone(), self.speaks.clone());
        Ok(App::of(
            History::in_memory()?,
            accounts,
            speaks,
            Arc::new(Quiet::default()),
        ))
    }
}

/// Nobody looks at lists here.
#[derive(Default)]
struct Quiet {
    /// What is said while the keyring waits for the person.
    waiting: String,
}

impl Quiet {
    fn of(words: &Words) -> Self {
        let english = "Waiting for you to unlock the keyring (Ctrl+C stops).";
        let waiting = words.either(english, "正在等待你解锁密钥环（Ctrl+C 停止）。");
        Self {
            waiting: waiting.to_owned(),
        }
    }
}

impl Ears for Quiet {
    fn attachment(&self, _: AttachmentEvent) {}

    fn conversations(&self, _: ConversationsEvent) {}

    fn trouble(&self, error: IpcError) {
        output::say(&error.message);
    }

    fn keyring(&self, event: KeyringEvent) {
        if event.waiting {
            output::say(&self.waiting);
        }
    }
}
