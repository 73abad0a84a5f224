//! The conversations as the page sees them.

use history::StoredMessage;
use protocol::{
    ChatParams, Conversation, ConversationList, ConversationListParams, ConversationSummary,
    ConversationsEvent, IpcError, Message, MessageList, MessageState,
};
use renditions::blocking::blocking;

use crate::{Chat, view};

/// Messages that a conversation opens with: more than a window holds, since each that it
/// waits for is rendered first.
const LAST: usize = 16;

/// Messages that are read at once before those.
const PAGE: usize = 40;

/// Most conversations that are read at once.
const MOST: u32 = 200;

/// What [`blocking`] calls it.
pub(crate) const WORK: &str = "Showing this conversation";

impl Chat {
    /// A page of a list of conversations, newest first.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn conversations(
        &self,
        params: ConversationListParams,
    ) -> Result<ConversationList, IpcError> {
        let limit = params.limit.clamp(1, MOST) as usize;
        let read = self
            .0
            .history
            .read(move |r| r.conversations_of(params.of, params.after.as_ref(), limit));
        let (conversations, more) = read.await?;
        let conversations = conversations.into_iter();
        Ok(ConversationList {
            conversations: conversations.map(|one| self.summary(one)).collect(),
            more,
        })
    }

    fn summary(&self, summary: ConversationSummary) -> ConversationSummary {
        ConversationSummary {
            answering: self.0.running.answers(&summary.id),
            ..summary
        }
    }

    /// Tells that a conversation changed.
    pub(crate) async fn tell(&self, id: &str) {
        self.tell_as(id, false).await;
    }

    /// Tells that an answer was kept that could not be when it ended: whoever shows
    /// it as failed reads it again.
    pub(crate) async fn kept_late(&self, id: &str) {
        self.tell_as(id, true).await;
    }

    async fn tell_as(&self, id: &str, elsewhere: bool) {
        self.tell_of(vec![id.to_owned()], elsewhere).await;
    }

    /// Tells once of conversations that changed together.
    pub(crate) async fn tell_all(&self, ids: Vec<String>) {
        self.tell_of(ids, false).await;
    }

    async fn tell_of(&self, ids: Vec<String>, elsewhere: bool) {
        // What cannot be read now is read when the list is.
        let found = self.0.history.read(move |r| {
            let found = ids.iter().filter_map(|id| r.summary(id).transpose());
            found.collect::<Result<Vec<_>, _>>()
        });
        let found = found.await.unwrap_or_default();
        let upserted: Vec<_> = found.into_iter().map(|one| self.summary(one)).collect();
        if !upserted.is_empty() || elsewhere {
            self.0.listener.changed(ConversationsEvent {
                upserted,
                removed: Vec::new(),
                elsewhere,
            });
        }
    }

    /// Another process changed the history.
    pub async fn changed_elsewhere(&self) {
        self.0.ask.accounts().read_again().await;
        self.0.listener.changed(ConversationsEvent {
            elsewhere: true,
            ..ConversationsEvent::default()
        });
    }

    /// A conversation with the last messages of its newest branch, rendered.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn conversation(&self, id: &str) -> Result<Conversation, IpcError> {
        let id = id.to_owned();
        let mut stored = self
            .0
            .history
            .read(move |r| r.conversation(&id, LAST))
            .await?;
        stored
            .messages
            .iter_mut()
            .for_each(|message| self.settled(message));
        let rendered = blocking(WORK, move || Ok(view::conversation(stored)));
        let mut conversation = rendered.await?;
        self.held(&mut conversation.messages);
        Ok(conversation)
    }

    /// The messages before this one on its branch, the last of them.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn earlier(&self, message: &str) -> Result<MessageList, IpcError> {
        let id = message.to_owned();
        let page = self.0.history.read(move |r| r.earlier(&id, PAGE)).await?;
        let (mut messages, earlier) = (page.messages, page.earlier);
        messages.iter_mut().for_each(|one| self.settled(one));
        let rendered = blocking(WORK, move || {
            Ok(messages.into_iter().map(view::message).collect())
        });
        let mut messages: Vec<Message> = rendered.await?;
        self.held(&mut messages);
        Ok(MessageList { messages, earlier })
    }

    /// What the person typed, or an answer's markdown as far as it is written.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn source(&self, message: &str) -> Result<String, IpcError> {
        if let Some(text) = self.0.unkept.source(message) {
            return Ok(text);
        }
        let id = message.to_owned();
        Ok(self.0.history.read(move |r| r.source(&id)).await?)
    }

    /// What a model thought before it answered, as far as it is kept.
    ///
    /// # Errors
    /// The history's.
    pub async fn thoughts(&self, message: &str) -> Result<String, IpcError> {
        if let Some(thoughts) = self.0.unkept.thoughts(message) {
            return Ok(thoughts);
        }
        let id = message.to_owned();
        let stored = self.0.history.read(move |r| r.message(&id)).await?;
        Ok(stored.reasoning)
    }

    /// One message, rendered.
    pub(crate) async fn message(&self, id: &str) -> Result<Message, IpcError> {
        let id = id.to_owned();
        let mut stored = self.0.history.read(move |r| r.message(&id)).await?;
        self.settled(&mut stored);
        let rendered = blocking(WORK, move || Ok(vec![view::message(stored)]));
        let mut rendered = rendered.await?;
        self.held(&mut rendered);
        rendered.pop().ok_or_else(|| {
            IpcError::new(
                protocol::ErrorCode::Internal,
                "Nothing was shown. Try again.",
            )
        })
    }

    /// An answer of this run that nobody writes is interrupted, whatever its row says.
    fn settled(&self, message: &mut StoredMessage) {
        let own = message.run.as_deref() == Some(self.0.history.run());
        if message.state == MessageState::Streaming && own && !self.0.running.writes(&message.id) {
            message.state = MessageState::Interrupted;
        }
    }

    /// What could not be kept yet is shown from memory.
    pub(crate) fn held(&self, messages: &mut [Message]) {
        messages
            .iter_mut()
            .for_each(|message| self.0.unkept.shown(message));
    }

    /// Gives a conversation a title of its own; an empty one takes the first
    /// question's again.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn rename(&self, id: &str, title: &str) -> Result<(), IpcError> {
        let (named, title) = (id.to_owned(), title.trim().to_owned());
        self.0
            .history
            .write(move |w| w.rename(&named, &title))
            .await?;
        self.tell(id).await;
        Ok(())
    }

    /// Keeps the parameters of a conversation's next request.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn set_params(&self, id: &str, params: ChatParams) -> Result<(), IpcError> {
        let id = id.to_owned();
        let set = self.0.history.write(move |w| w.set_params(&id, &params));
        Ok(set.await?)
    }
}
