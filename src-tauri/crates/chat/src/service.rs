//! The chat: begins turns.

use std::sync::Arc;

use ::providers::Manifest;
use history::{History, NewTurn, Part, StoredMessage};
use protocol::{
    Answer, ChatParams, ChatRetryParams, ChatSendParams, ChatSent, ConversationsEvent, ErrorCode,
    IpcError, Language, MessageState, RequestSize, RequestSizeParams, Role,
};

use crate::{
    Accounts, Attachments,
    accounts::Account,
    blocking::blocking,
    draft::{Asked, Draft},
    live::Sink,
    running::{Begun, Running},
    unkept::Unkept,
};

/// The chat: sends, retries, stops and attaches. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Chat(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub history: History,
    pub accounts: Accounts,
    pub attachments: Attachments,
    pub running: Running,
    pub unkept: Unkept,
    pub listener: Box<dyn Listener>,
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
    /// A chat over a history, its accounts and its composer.
    pub fn new(
        history: History,
        accounts: Accounts,
        attachments: Attachments,
        listener: impl Listener,
    ) -> Self {
        Self(Arc::new(Inner {
            history,
            accounts,
            attachments,
            running: Running::default(),
            unkept: Unkept::default(),
            listener: Box::new(listener),
        }))
    }

    /// Saves the person's message and an empty answer, then asks. What follows
    /// goes to `sink`. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// What keeps the question from being asked at all; nothing is saved then,
    /// and the attachments stay in the composer.
    pub async fn send(&self, params: ChatSendParams, sink: Sink) -> Result<ChatSent, IpcError> {
        if params.text.trim().is_empty() && params.attachments.is_empty() {
            return Err(IpcError::new(
                ErrorCode::NothingToSend,
                "There is nothing to send. Type a question or add a picture.",
            ));
        }
        let before = params.conversation.clone();
        let reserved = before.as_deref().map(|id| self.0.running.reserve(id));
        let _reserved = reserved.transpose()?;
        let account = self.0.accounts.account(&params.provider)?;
        let asked = self.asked(&account.manifest, &params.model, &params.params);
        let renditions = self.0.attachments.renditions();
        let target = asked.target(renditions);
        let attachments = &self.0.attachments;
        let parts = attachments.parts(&params.attachments, &target).await?;
        let branch = self.branch(before, &params.text, parts.clone()).await?;
        let mut draft = Draft::new(asked, &branch)?;
        draft.fit(renditions, &target).await?;
        self.check(&draft)?;
        let new = NewTurn {
            conversation: params.conversation,
            text: params.text,
            parts,
            answer: answer(&account, &params.model),
            params: params.params,
        };
        let turn = self.0.history.write(|w| w.begin_turn(new)).await?;
        draft.kept_as(&turn.user.id);
        self.0.attachments.sent(&params.attachments);
        let limits = target.fit;
        let begun = Begun {
            turn,
            account,
            draft,
            limits,
        };
        Ok(self.run(begun, sink).await)
    }

    /// Asks again for an answer; the new one stands beside the old. All that the
    /// question holds is tried again, also what was refused.
    ///
    /// # Errors
    /// As [`Chat::send`], and [`ErrorCode::NotFound`].
    pub async fn retry(&self, params: ChatRetryParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let account = self.0.accounts.account(&params.provider)?;
        let asked = self.asked(&account.manifest, &params.model, &params.params);
        let id = params.message.clone();
        let mut branch = self.0.history.read(move |r| r.path_to(&id)).await?;
        let conversation = branch.last().map(|message| message.conversation.clone());
        let reserved = conversation.map(|id| self.0.running.reserve(&id));
        let _reserved = reserved.transpose()?;
        branch.pop_if(|message| message.role == Role::Assistant);
        let renditions = self.0.attachments.renditions();
        let target = asked.target(renditions);
        let mut draft = Draft::new(asked, &branch)?;
        draft.fit(renditions, &target).await?;
        self.check(&draft)?;
        let (id, to) = (params.message, answer(&account, &params.model));
        let chosen = params.params;
        let begin = self
            .0
            .history
            .write(move |w| w.begin_retry(&id, to, &chosen));
        let limits = target.fit;
        let begun = Begun {
            turn: begin.await?,
            account,
            draft,
            limits,
        };
        Ok(self.run(begun, sink).await)
    }

    /// How large the next request would be.
    ///
    /// # Errors
    /// What is wrong with the parameters; [`ErrorCode::ProviderNotFound`],
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub async fn size(&self, params: RequestSizeParams) -> Result<RequestSize, IpcError> {
        let manifest = self.0.accounts.manifest(&params.provider)?;
        let asked = self.asked(&manifest, &params.model, &params.params);
        let branch = self.branch(params.conversation, &params.text, Vec::new());
        let mut branch = branch.await?;
        let attachments = self.0.attachments.clone();
        let counted = move || {
            let renditions = attachments.renditions();
            let target = asked.target(renditions);
            if let Some(question) = branch.last_mut() {
                question.parts = attachments.ready_parts(&params.attachments, &target);
            }
            let mut draft = Draft::new(asked, &branch)?;
            draft.fit_to_what_is_there(renditions, &target);
            let limits = &draft.asked.limits;
            Ok(RequestSize {
                bytes: draft.size(),
                limit: limits.body_bytes,
                pictures: draft.pictures(),
                pictures_limit: limits.images,
                left_out: draft.left_out,
                videos: draft.videos(),
            })
        };
        blocking("Counting the request", counted).await
    }

    fn asked(&self, manifest: &Arc<Manifest>, model: &str, params: &ChatParams) -> Asked {
        let facts = self.0.accounts.facts(manifest, model);
        Asked {
            manifest: Arc::clone(manifest),
            model: facts.model,
            limits: facts.limits,
            params: params.clone(),
        }
    }

    /// The newest branch of a conversation, or of a new one, and a question after it
    /// that is not kept (yet).
    async fn branch(
        &self,
        conversation: Option<String>,
        text: &str,
        parts: Vec<Part>,
    ) -> Result<Vec<StoredMessage>, IpcError> {
        let mut branch = match conversation {
            Some(id) => self.0.history.read(move |r| r.branch(&id)).await?,
            None => Vec::new(),
        };
        branch.push(StoredMessage {
            id: String::new(),
            conversation: String::new(),
            parent: None,
            role: Role::User,
            state: MessageState::Complete,
            text: text.to_owned(),
            reasoning: String::new(),
            parts,
            answer: None,
            error: None,
            created_at: 0,
            run: None,
        });
        Ok(branch)
    }

    fn check(&self, draft: &Draft) -> Result<(), IpcError> {
        draft.check(|fits| {
            let (provider, model) = self.0.accounts.suggest(fits)?;
            Some((provider.name, model.id))
        })
    }
}

fn answer(account: &Account, model: &str) -> Answer {
    Answer {
        provider: account.manifest.id.clone(),
        provider_name: account.manifest.name.clone(),
        model: model.to_owned(),
        key_label: account.keys.first().map(|key| key.label.clone()),
        key_last4: account.keys.first().map(|key| key.last4.clone()),
        ..Answer::default()
    }
}
