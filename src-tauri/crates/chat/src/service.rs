//! The chat: begins turns.

use std::sync::Arc;

use ask::{Ask, Line, Prompt, Ready};
use history::{History, NewTurn, StoredMessage};
use protocol::{
    Answer, ChatParams, ChatRetryParams, ChatSent, ConversationsEvent, ErrorCode, IpcError,
    Language, RequestSize, Role,
};
use stores::Part;

use crate::{
    live::{Ear, Sink},
    running::{Begun, Running},
    unkept::Unkept,
};

/// The chat: sends, retries, stops and attaches. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Chat(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub history: History,
    pub ask: Ask,
    pub running: Running,
    pub unkept: Unkept,
    pub listener: Box<dyn Listener>,
}

/// What is to be asked.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Conversation it belongs to; a new one when absent.
    pub conversation: Option<String>,
    /// What the person typed.
    pub text: String,
    /// What goes along; its bytes are kept.
    pub parts: Vec<Part>,
    /// Provider that is asked.
    pub provider: String,
    /// Model that is asked.
    pub model: String,
    /// How.
    pub params: ChatParams,
}

/// Who is told of what happens in the chat, and asked how it is used.
pub trait Listener: Send + Sync + 'static {
    /// The list of conversations changed.
    fn changed(&self, event: ConversationsEvent);

    /// The history does not take what is to be kept; it is tried again.
    fn troubled(&self, error: IpcError);

    /// The language of the interface, which Demo takes where the question has none.
    fn language(&self) -> Language;
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
        }))
    }

    /// Who asks for it.
    pub fn ask(&self) -> &Ask {
        &self.0.ask
    }

    /// Saves the person's message and an empty answer, then asks. What follows
    /// goes to `sink`. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// What keeps the question from being asked at all; nothing is saved then.
    pub async fn send(&self, question: Question, sink: Sink) -> Result<ChatSent, IpcError> {
        let begun = self.begin(question).await?;
        Ok(self.run(begun, sink, None).await)
    }

    /// As [`Chat::send`]; `ear` is told what is heard of the answer as it comes, before
    /// it is shown or kept.
    ///
    /// # Errors
    /// As there.
    pub async fn send_aloud(
        &self,
        question: Question,
        sink: Sink,
        ear: Ear,
    ) -> Result<ChatSent, IpcError> {
        let begun = self.begin(question).await?;
        Ok(self.run(begun, sink, Some(ear)).await)
    }

    /// Saves a question, which can be asked.
    async fn begin(&self, question: Question) -> Result<Begun, IpcError> {
        if question.text.trim().is_empty() && question.parts.is_empty() {
            return Err(IpcError::new(
                ErrorCode::NothingToSend,
                "There is nothing to send. Type a question or add a picture.",
            ));
        }
        let before = question.conversation.clone();
        let reserved = before.as_deref().map(|id| self.0.running.reserve(id));
        let reserved = reserved.transpose()?;
        let (provider, params) = (&question.provider, &question.params);
        let account = self.0.ask.accounts().account(provider)?;
        let asked = self.0.ask.asked(&account.manifest, &question.model, params);
        let branch = self.branch(before).await?;
        let prompt = prompt(&branch, &question.text, question.parts.clone());
        let ready = self.0.ask.prepare(account, asked, &prompt).await?;
        let new = NewTurn {
            conversation: question.conversation,
            text: question.text,
            parts: question.parts,
            answer: answer(&ready),
            params: question.params,
        };
        let turn = self.0.history.write(|w| w.begin_turn(new)).await?;
        let mut messages = ids(&branch);
        messages.push(turn.user.id.clone());
        Ok(Begun {
            turn,
            ready,
            messages,
            reserved,
        })
    }

    /// Asks again for an answer; the new one stands beside the old. All that the
    /// question holds is tried again, also what was refused.
    ///
    /// # Errors
    /// As [`Chat::send`], and [`ErrorCode::NotFound`].
    pub async fn retry(&self, params: ChatRetryParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let account = self.0.ask.accounts().account(&params.provider)?;
        let manifest = &account.manifest;
        let asked = self.0.ask.asked(manifest, &params.model, &params.params);
        let id = params.message.clone();
        let mut branch = self.0.history.read(move |r| r.path_to(&id)).await?;
        let conversation = branch.last().map(|message| message.conversation.clone());
        let reserved = conversation.map(|id| self.0.running.reserve(&id));
        let reserved = reserved.transpose()?;
        branch.pop_if(|message| message.role == Role::Assistant);
        let prompt = Prompt {
            lines: lines(&branch),
        };
        let ready = self.0.ask.prepare(account, asked, &prompt).await?;
        let (id, to, chosen) = (params.message, answer(&ready), params.params);
        let begin = self
            .0
            .history
            .write(move |w| w.begin_retry(&id, to, &chosen));
        let begun = Begun {
            turn: begin.await?,
            ready,
            messages: ids(&branch),
            reserved,
        };
        Ok(self.run(begun, sink, None).await)
    }

    /// How large the next request would be.
    ///
    /// # Errors
    /// What is wrong with the parameters; [`ErrorCode::ProviderNotFound`],
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub async fn size(&self, question: Question) -> Result<RequestSize, IpcError> {
        let manifest = self.0.ask.accounts().manifest(&question.provider)?;
        let (model, params) = (&question.model, &question.params);
        let asked = self.0.ask.asked(&manifest, model, params);
        let branch = self.branch(question.conversation).await?;
        let prompt = prompt(&branch, &question.text, question.parts);
        self.0.ask.size(asked, prompt).await
    }

    /// The newest branch of a conversation; nothing of a new one.
    async fn branch(&self, conversation: Option<String>) -> Result<Vec<StoredMessage>, IpcError> {
        Ok(match conversation {
            Some(id) => self.0.history.read(move |r| r.branch(&id)).await?,
            None => Vec::new(),
        })
    }
}

/// A branch, and a question after it that is not kept (yet).
fn prompt(branch: &[StoredMessage], text: &str, parts: Vec<Part>) -> Prompt {
    let mut lines = lines(branch);
    lines.push(Line::question(text, parts));
    Prompt { lines }
}

fn lines(branch: &[StoredMessage]) -> Vec<Line> {
    let line = |message: &StoredMessage| Line {
        role: message.role,
        text: message.text.clone(),
        parts: message.parts.clone(),
    };
    branch.iter().map(line).collect()
}

fn ids(branch: &[StoredMessage]) -> Vec<String> {
    branch.iter().map(|message| message.id.clone()).collect()
}

fn answer(ready: &Ready) -> Answer {
    Answer {
        provider: ready.manifest().id.clone(),
        provider_name: ready.manifest().name.clone(),
        model: ready.model().to_owned(),
        key_label: ready.key().map(|key| key.label.clone()),
        key_last4: ready.key().map(|key| key.last4.clone()),
        ..Answer::default()
    }
}
