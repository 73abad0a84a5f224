//! Begins turns, and finds those that run.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ::providers::Manifest;
use history::{History, NewTurn, Part, StoredMessage, Turn as Begun};
use images::Limits;
use protocol::{
    Answer, ChatEvent, ChatParams, ChatRetryParams, ChatSendParams, ChatSent, Conversation,
    ConversationSummary, ErrorCode, IpcError, Language, MessageState, RequestSize,
    RequestSizeParams, Role,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Accounts, Attachments,
    accounts::Account,
    ask::Question,
    draft::{Asked, Draft},
    live::{Live, Sink},
    turn::Turn,
    view,
};

/// The chat: sends, retries, stops and attaches.
#[derive(Clone)]
pub struct Chat(Arc<Inner>);

struct Inner {
    history: History,
    accounts: Accounts,
    attachments: Attachments,
    changed: Box<dyn Fn() + Send + Sync>,
    language: Box<dyn Fn() -> Language + Send + Sync>,
    /// Held while a turn begins, so that a conversation answers one at a time.
    beginning: tokio::sync::Mutex<()>,
    running: Mutex<HashMap<String, Running>>,
}

/// A turn that runs, by the id of its answer.
struct Running {
    conversation: String,
    live: Arc<Live>,
    stop: CancellationToken,
}

impl Chat {
    /// `changed` is called when the list of conversations may have changed;
    /// `language` tells that of the interface, which Demo takes where the
    /// question has none.
    pub fn new(
        history: History,
        accounts: Accounts,
        attachments: Attachments,
        changed: impl Fn() + Send + Sync + 'static,
        language: impl Fn() -> Language + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            history,
            accounts,
            attachments,
            changed: Box::new(changed),
            language: Box::new(language),
            beginning: tokio::sync::Mutex::default(),
            running: Mutex::default(),
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
        let account = self.0.accounts.account(&params.provider)?;
        let asked = self.asked(&account.manifest, &params.model, &params.params)?;
        let renditions = self.0.attachments.renditions();
        let target = asked.target(renditions);
        let attachments = &self.0.attachments;
        let parts = attachments.parts(&params.attachments, &target).await?;
        let begin = self.0.beginning.lock().await;
        if let Some(conversation) = &params.conversation {
            self.check_free(conversation)?;
        }
        let before = params.conversation.as_deref();
        let branch = self.branch(before, &params.text, parts.clone())?;
        let mut draft = Draft::new(asked, &branch)?;
        draft.fit(renditions, &target).await?;
        self.check(&draft)?;
        let begun = self.0.history.begin_turn(NewTurn {
            conversation: params.conversation,
            text: params.text,
            parts,
            answer: answer(&account, &params.model),
            params: params.params,
        })?;
        draft.kept_as(&begun.user.id);
        self.0.attachments.sent(&params.attachments);
        let sent = self.run(begun, account, draft, target.fit, sink);
        drop(begin);
        Ok(sent)
    }

    /// Asks again for an answer; the new one stands beside the old. All that the
    /// question holds is tried again, also what was refused.
    ///
    /// # Errors
    /// As [`Chat::send`], and [`ErrorCode::NotFound`].
    pub async fn retry(&self, params: ChatRetryParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let account = self.0.accounts.account(&params.provider)?;
        let asked = self.asked(&account.manifest, &params.model, &params.params)?;
        let begin = self.0.beginning.lock().await;
        let mut branch = self.0.history.path_to(&params.message)?;
        if let Some(message) = branch.last() {
            self.check_free(&message.conversation)?;
        }
        branch.pop_if(|message| message.role == Role::Assistant);
        let renditions = self.0.attachments.renditions();
        let target = asked.target(renditions);
        let mut draft = Draft::new(asked, &branch)?;
        draft.fit(renditions, &target).await?;
        self.check(&draft)?;
        let begun = self.0.history.begin_retry(
            &params.message,
            answer(&account, &params.model),
            &params.params,
        )?;
        let sent = self.run(begun, account, draft, target.fit, sink);
        drop(begin);
        Ok(sent)
    }

    /// How large the next request would be.
    ///
    /// # Errors
    /// What is wrong with the parameters; [`ErrorCode::ProviderNotFound`],
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub fn size(&self, params: &RequestSizeParams) -> Result<RequestSize, IpcError> {
        let manifest = self.0.accounts.manifest(&params.provider)?;
        let asked = self.asked(&manifest, &params.model, &params.params)?;
        let renditions = self.0.attachments.renditions();
        let target = asked.target(renditions);
        let attachments = &self.0.attachments;
        let parts = attachments.ready_parts(&params.attachments, &target);
        let before = params.conversation.as_deref();
        let mut draft = Draft::new(asked, &self.branch(before, &params.text, parts)?)?;
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
    }

    fn asked(
        &self,
        manifest: &Arc<Manifest>,
        model: &str,
        params: &ChatParams,
    ) -> Result<Asked, IpcError> {
        let facts = self.0.accounts.facts(manifest, model)?;
        Ok(Asked {
            manifest: Arc::clone(manifest),
            model: facts.model,
            limits: facts.limits,
            params: params.clone(),
        })
    }

    /// The newest branch of a conversation, or of a new one, and a question after it
    /// that is not kept (yet).
    fn branch(
        &self,
        conversation: Option<&str>,
        text: &str,
        parts: Vec<Part>,
    ) -> Result<Vec<StoredMessage>, IpcError> {
        let mut branch = match conversation {
            Some(id) => self.0.history.conversation(id)?.messages,
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
        });
        Ok(branch)
    }

    fn check(&self, draft: &Draft) -> Result<(), IpcError> {
        draft.check(|fits| {
            let (provider, model) = self.0.accounts.suggest(fits)?;
            Some((provider.name, model.id))
        })
    }

    fn check_free(&self, conversation: &str) -> Result<(), IpcError> {
        if self
            .running()
            .values()
            .any(|turn| turn.conversation == conversation)
        {
            return Err(IpcError::new(
                ErrorCode::Busy,
                "An answer is still being written here. Wait for it, or stop it first.",
            ));
        }
        Ok(())
    }

    fn run(
        &self,
        begun: Begun,
        account: Account,
        draft: Draft,
        limits: Limits,
        sink: Sink,
    ) -> ChatSent {
        let sent = ChatSent {
            conversation: begun.conversation.clone(),
            user: view::message(begun.user),
            assistant: view::message(begun.assistant),
        };
        let id = sent.assistant.id.clone();
        let live = Arc::new(Live::new(sent.assistant.clone(), sink));
        let stop = CancellationToken::new();
        self.running().insert(
            id.clone(),
            Running {
                conversation: begun.conversation,
                live: Arc::clone(&live),
                stop: stop.clone(),
            },
        );
        let (provider, model) = (&account.manifest.id, &draft.asked.model.id);
        self.0.accounts.model_used(provider, model);
        let question = Question {
            draft,
            demo: account.manifest.is_demo().then(|| (self.0.language)()),
            account,
            accounts: self.0.accounts.clone(),
            limits,
        };
        let turn = Turn::new(
            self.0.history.clone(),
            live,
            id.clone(),
            sent.assistant.answer.clone().unwrap_or_default(),
        );
        // The highlighter's grammars take a while to load and some memory to
        // keep: not at start, and not when the first code is on the screen.
        tokio::task::spawn_blocking(markdown::warm);
        let chat = self.clone();
        tokio::spawn(async move {
            let ended = turn.run(question, stop).await;
            chat.running().remove(&id);
            (chat.0.changed)();
            ended.tell();
        });
        (self.0.changed)();
        sent
    }

    /// Follows an answer: `sink` gets the whole of it so far, then the rest. An
    /// answer that has ended comes as it was kept.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub fn attach(&self, message: &str, sink: Sink) -> Result<(), IpcError> {
        let live = self
            .running()
            .get(message)
            .map(|turn| Arc::clone(&turn.live));
        match live {
            Some(live) => live.attach(sink),
            None => {
                let kept = self.0.history.message(message)?;
                sink(ChatEvent::Snapshot {
                    message: Box::new(view::message(kept)),
                });
            }
        }
        Ok(())
    }

    /// Stops an answer; what has come is kept. One that has ended stays as it is.
    pub fn stop(&self, message: &str) {
        if let Some(turn) = self.running().get(message) {
            turn.stop.cancel();
        }
    }

    /// The conversations, newest first.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn conversations(&self) -> Result<Vec<ConversationSummary>, IpcError> {
        let mut conversations = self.0.history.conversations()?;
        let running = self.running();
        for conversation in &mut conversations {
            conversation.answering = running
                .values()
                .any(|turn| turn.conversation == conversation.id);
        }
        Ok(conversations)
    }

    /// A conversation's newest branch, rendered.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub fn conversation(&self, id: &str) -> Result<Conversation, IpcError> {
        Ok(view::conversation(self.0.history.conversation(id)?))
    }

    /// Gives a conversation a title of its own; an empty one takes the first
    /// question's again.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub fn rename(&self, id: &str, title: &str) -> Result<(), IpcError> {
        self.0.history.rename(id, title.trim())?;
        (self.0.changed)();
        Ok(())
    }

    /// Keeps the parameters of a conversation's next request.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub fn set_params(&self, id: &str, params: &ChatParams) -> Result<(), IpcError> {
        Ok(self.0.history.set_params(id, params)?)
    }

    /// Removes a conversation with all its messages; an answer that is being
    /// written in it is stopped.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn remove(&self, id: &str) -> Result<(), IpcError> {
        for turn in self
            .running()
            .values()
            .filter(|turn| turn.conversation == id)
        {
            turn.stop.cancel();
        }
        self.0.history.remove(id)?;
        (self.0.changed)();
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
