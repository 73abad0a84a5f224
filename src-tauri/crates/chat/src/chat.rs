//! The chat: what it stands on, and who is told of it.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, OnceLock},
};

use ask::Ask;
use history::History;
use protocol::{ConversationsEvent, IpcError, Language, TitleModel};

use crate::{running::Running, unkept::Unkept};

/// The chat: sends, retries, stops and attaches. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Chat(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub history: History,
    pub ask: Ask,
    pub running: Running,
    pub unkept: Unkept,
    pub listener: Box<dyn Listener>,
    /// What a window shows.
    pub shown: Mutex<Shown>,
    /// Which model titles are asked of.
    pub titles: OnceLock<Titles>,
}

/// The text on the clipboard, when it comes; else [`protocol::ErrorCode::PromptClipboard`]
/// says why there is none.
pub type Copied = Pin<Box<dyn Future<Output = Result<String, IpcError>> + Send>>;

/// Tells which model titles are asked of, if any is.
type Titles = Box<dyn Fn() -> Option<TitleModel> + Send + Sync>;

/// What a window shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Shown {
    /// There is none, or it has not said: nobody will look later.
    #[default]
    Nothing,
    /// A conversation that is to be begun.
    New,
    /// This conversation.
    Conversation(String),
}

/// Who is told of what happens in the chat, and asked how it is used.
pub trait Listener: Send + Sync + 'static {
    /// The list of conversations changed.
    fn changed(&self, event: ConversationsEvent);

    /// The history does not take what is to be kept; it is tried again.
    fn troubled(&self, error: IpcError);

    /// The language of the interface, which Demo takes where the question has none.
    fn language(&self) -> Language;

    /// The text on the clipboard, for a prompt that takes it.
    fn copied(&self) -> Copied;
}

impl Chat {
    /// A chat over a history.
    pub fn new(history: History, ask: Ask, listener: impl Listener) -> Self {
        Self(Arc::new(Inner {
            history,
            ask,
            running: Running::default(),
            unkept: Unkept::default(),
            listener: Box::new(listener),
            shown: Mutex::default(),
            titles: OnceLock::new(),
        }))
    }

    /// Has new conversations named by the model that `titles` tells, where it tells one.
    /// Only the first call counts.
    pub fn titled_by(&self, titles: impl Fn() -> Option<TitleModel> + Send + Sync + 'static) {
        self.0.titles.get_or_init(|| Box::new(titles));
    }

    /// Who asks for it.
    pub fn ask(&self) -> &Ask {
        &self.0.ask
    }
}
