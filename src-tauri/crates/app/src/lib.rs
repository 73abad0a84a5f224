//! Opens every service on a home, once: what the shell and the command line start from.

mod backups;
mod forget;
mod home;
mod restored;

use std::{fs, future::ready, path::Path, sync::Arc};

use accounts::Accounts;
use ask::Ask;
use chat::{Chat, Of, Question, Sink};
use composer::Composer;
use consent::Consent;
use drawing::{Draw, Limits};
use history::{History, Told};
use keys::Keys;
use protocol::{
    AttachmentEvent, ChatEditParams, ChatSendParams, ChatSent, ConversationsEvent, ErrorCode,
    IpcError, KeyringEvent, Language, Notice, RequestSize, RequestSizeParams,
};
use renditions::{
    Renditions,
    blocking::{WORK, blocking},
};
use settings::{Allowed, Preferences};
use tokio::runtime::Handle;
use wire::{Client, Timeouts};

pub use backups::{backup_state, is_backup_due};
pub use chat::Copied;
pub use consent::{Confirm, Nobody};
pub use forget::{remove_rest, size_of};
pub use home::{Home, IDENTIFIER};
pub use restored::keys_to_enter;

/// The draft of a window's composer.
pub const DRAFT: &str = "main";

/// Every service, open. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct App {
    /// What is kept.
    pub history: History,
    /// Who can be asked.
    pub accounts: Accounts,
    /// What is being composed.
    pub composer: Composer,
    /// Turns.
    pub chat: Chat,
}

/// Tells the language of the interface, at any time.
pub type Speaks = Arc<dyn Fn() -> Language + Send + Sync>;

/// Every service, and what stands beside them.
pub struct Opened {
    /// The services.
    pub app: App,
    /// The preferences.
    pub settings: Preferences,
    /// What happened at start.
    pub notices: Vec<Notice>,
}

/// Who is told of what happens.
pub trait Ears: Send + Sync + 'static {
    /// An attachment came, or changed its state.
    fn attachment(&self, event: AttachmentEvent);

    /// The list of conversations changed.
    fn conversations(&self, event: ConversationsEvent);

    /// The history does not take what is to be kept; it is tried again.
    fn trouble(&self, error: IpcError);

    /// The keyring's prompt opened, or is gone.
    fn keyring(&self, event: KeyringEvent);

    /// The text on the clipboard, for a prompt that takes it; where there is no window,
    /// none.
    fn copied(&self) -> Copied {
        Box::pin(ready(Err(IpcError::new(
            ErrorCode::PromptClipboard,
            "The prompt takes text from the clipboard ({clipboard}), which only the window reads. Ask there, or take {clipboard} out of the prompt.",
        )
        .arg("why", "no_window"))))
    }
}

struct Listener {
    ears: Arc<dyn Ears>,
    speaks: Speaks,
}

impl chat::Listener for Listener {
    fn changed(&self, event: ConversationsEvent) {
        self.ears.conversations(event);
    }

    fn troubled(&self, error: IpcError) {
        self.ears.trouble(error);
    }

    fn language(&self) -> Language {
        (self.speaks)()
    }

    fn copied(&self) -> Copied {
        self.ears.copied()
    }
}

impl App {
    /// Opens everything in the folder `data`. A folder that cannot be written, a broken
    /// file or a missing keyring is said in the notices and keeps nothing from starting.
    /// Blocking; what goes on by itself runs on `runtime`. What is for the person to
    /// allow is asked of `confirm`, once each.
    ///
    /// # Errors
    /// When not even memory will do.
    pub fn open(
        data: &Path,
        runtime: Handle,
        ears: Arc<dyn Ears>,
        confirm: Arc<dyn Confirm>,
    ) -> Result<Opened, IpcError> {
        let mut notices = Vec::new();
        let restored = restored::finish(data, &mut notices);
        let history = match &restored {
            Ok(_) => open_history(data, &mut notices)?,
            // What is there is of two homes: it is left alone, and moved on at the next start.
            Err(error) => {
                let error = error.clone();
                notices.push(Notice::NotKept { error });
                History::in_memory()?
            }
        };
        let settings = Preferences::open(data, &mut notices);
        let client = Client::new(Timeouts::default())?;
        let keys = Keys::open(IDENTIFIER);
        let plugins = Some(data.join("plugins"));
        let consent = Consent::new(confirm, Allowed::open(data));
        let accounts = Accounts::with_plugins(history.clone(), keys, client, plugins, consent);
        for (provider, error) in accounts.unreadable() {
            notices.push(Notice::ProviderUnreadable { provider, error });
        }
        if let Ok(Some(restored)) = restored {
            notices.push(restored::notice(restored, &accounts));
        }
        accounts.start_network(settings.now().network);
        let speaks = Arc::new(settings.language());
        let app = Self::of(history, accounts, speaks, ears.clone());
        app.tend(runtime, ears);
        Ok(Opened {
            app,
            settings,
            notices,
        })
    }

    /// The services over a history and its accounts.
    pub fn of(history: History, accounts: Accounts, speaks: Speaks, ears: Arc<dyn Ears>) -> Self {
        let renditions = Renditions::new(history.clone(), Draw::beside(), Limits::default());
        let ask = Ask::new(accounts.clone(), renditions.clone());
        let told = Arc::clone(&ears);
        let composer = Composer::new(
            history.clone(),
            accounts.clone(),
            renditions,
            move |event| told.attachment(event),
        );
        Self {
            chat: Chat::new(history.clone(), ask, Listener { ears, speaks }),
            history,
            accounts,
            composer,
        }
    }

    /// Begins to see to the history, to what other processes change in it, and to the
    /// keyring's prompt.
    fn tend(&self, runtime: Handle, ears: Arc<dyn Ears>) {
        let mut prompt = self.accounts.keyring_waiting();
        let told = Arc::clone(&ears);
        runtime.spawn(async move {
            while prompt.changed().await.is_ok() {
                let waiting = *prompt.borrow_and_update();
                told.keyring(KeyringEvent { waiting });
            }
        });
        let chat = self.chat.clone();
        self.history.tend(move |told| match told {
            Told::Elsewhere => {
                let chat = chat.clone();
                runtime.spawn(async move { chat.changed_elsewhere().await });
            }
            Told::Trouble(error) => ears.trouble(error.into()),
        });
    }

    /// Sends a draft: what it holds of the named attachments goes along, and leaves it.
    ///
    /// # Errors
    /// What keeps the question from being asked at all; nothing is saved then, and the
    /// attachments stay in the draft.
    pub async fn send(&self, params: ChatSendParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let before = params.conversation.clone();
        let attachments = params.attachments.clone();
        let question = self.question(params).await?;
        let sent = self.chat.send(question, vec![sink.into()]).await?;
        self.composer.draft(DRAFT).sent(&attachments);
        self.chat.sent_from_window(before, &sent.conversation).await;
        Ok(sent)
    }

    /// Sends a question in the place of another, beside it, with what the draft holds of
    /// the named attachments.
    ///
    /// # Errors
    /// As [`App::send`], and [`protocol::ErrorCode::NotFound`].
    pub async fn edit(&self, params: ChatEditParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let ChatEditParams {
            message,
            text,
            attachments,
            provider,
            model,
            params,
        } = params;
        let question = self.question(ChatSendParams {
            conversation: None,
            text,
            attachments: attachments.clone(),
            provider,
            model,
            params,
            preset: None,
            alone: false,
            copied_of: None,
        });
        let question = question.await?;
        let sent = self
            .chat
            .edit(&message, question, vec![sink.into()])
            .await?;
        self.composer.draft(DRAFT).sent(&attachments);
        Ok(sent)
    }

    /// A question with what the draft holds of its attachments, fitted to the model.
    async fn question(&self, params: ChatSendParams) -> Result<Question, IpcError> {
        let ask = self.chat.ask();
        let account = self.accounts.account(&params.provider)?;
        let asked = ask.asked(&account.manifest, &params.model, &params.params);
        let draft = self.composer.draft(DRAFT);
        let parts = draft
            .parts(&params.attachments, &ask.target(&asked))
            .await?;
        Ok(Question {
            conversation: params.conversation,
            text: params.text,
            parts,
            of: vec![Of {
                provider: params.provider,
                model: params.model,
            }],
            params: params.params,
            preset: params.preset,
            alone: params.alone,
            copied_of: params.copied_of,
        })
    }

    /// How large the next request would be.
    ///
    /// # Errors
    /// As [`Chat::size`].
    pub async fn size(&self, params: RequestSizeParams) -> Result<RequestSize, IpcError> {
        let draft = self.composer.draft(DRAFT);
        let ask = self.chat.ask();
        let manifest = self.accounts.manifest(&params.provider)?;
        let target = ask.target(&ask.asked(&manifest, &params.model, &params.params));
        let ids = params.attachments;
        let parts = blocking(WORK, move || Ok(draft.ready_parts(&ids, &target))).await?;
        let question = Question {
            conversation: params.conversation,
            text: params.text,
            parts,
            of: vec![Of {
                provider: params.provider,
                model: params.model,
            }],
            params: params.params,
            ..Question::default()
        };
        self.chat.size(question).await
    }
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

fn open_file(data: &Path) -> Result<history::Opened, history::Error> {
    fs::create_dir_all(data).map_err(|error| history::Error::Storage {
        path: data.to_owned(),
        reason: error.to_string(),
        why: None,
    })?;
    History::open(&data.join("dragoman.db"))
}
