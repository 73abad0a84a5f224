//! Begins turns, and finds those that run.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use history::{History, NewTurn, Turn as Begun};
use protocol::{
    Answer, ChatEvent, ChatParams, ChatRetryParams, ChatSendParams, ChatSent, Conversation,
    ConversationSummary, ErrorCode, IpcError, Language,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Accounts, Attachments,
    accounts::Account,
    assemble,
    live::{Live, Sink},
    turn::{Question, Turn},
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
        let account = self
            .check(&params.provider, &params.model, &params.params)
            .await?;
        let pictures = self.0.attachments.pictures(&params.attachments)?;
        let begin = self.0.beginning.lock().await;
        if let Some(conversation) = &params.conversation {
            self.check_free(conversation)?;
        }
        let begun = self.0.history.begin_turn(NewTurn {
            conversation: params.conversation,
            text: params.text,
            pictures,
            answer: answer(&account, &params.model),
        })?;
        self.0.attachments.sent(&params.attachments);
        let sent = self.run(begun, account, params.model, params.params, sink);
        drop(begin);
        Ok(sent)
    }

    /// Asks again for an answer; the new one stands beside the old.
    ///
    /// # Errors
    /// As [`Chat::send`], and [`ErrorCode::NotFound`].
    pub async fn retry(&self, params: ChatRetryParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let account = self
            .check(&params.provider, &params.model, &params.params)
            .await?;
        let begin = self.0.beginning.lock().await;
        let branch = self.0.history.path_to(&params.message)?;
        if let Some(message) = branch.last() {
            self.check_free(&message.conversation)?;
        }
        let begun = self
            .0
            .history
            .begin_retry(&params.message, answer(&account, &params.model))?;
        let sent = self.run(begun, account, params.model, params.params, sink);
        drop(begin);
        Ok(sent)
    }

    async fn check(
        &self,
        provider: &str,
        model: &str,
        params: &ChatParams,
    ) -> Result<Account, IpcError> {
        if model.trim().is_empty() {
            return Err(IpcError::new(
                ErrorCode::ModelMissing,
                "Choose a model first.",
            ));
        }
        assemble::parameters(model, params).check()?;
        self.0.accounts.account(provider).await
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
        model: String,
        params: ChatParams,
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
        let question = Question {
            user: sent.user.id.clone(),
            model,
            params,
            demo: account.manifest.is_demo().then(|| (self.0.language)()),
            endpoint: account.endpoint,
        };
        let turn = Turn::new(
            self.0.history.clone(),
            self.0.accounts.client().clone(),
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
        key_label: account.key.as_ref().map(|key| key.label.clone()),
        key_last4: account.key.as_ref().map(|key| key.last4.clone()),
        ..Answer::default()
    }
}
