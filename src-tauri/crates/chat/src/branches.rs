//! The tree of a conversation, walked by hand: other versions, removed and brought back,
//! and a conversation begun with what another went through.

use history::{StoredMessage, Writer};
use protocol::{Forked, IpcError, Message, MessageTail};
use renditions::blocking::blocking;

use crate::{Chat, conversations::WORK, view};

impl Chat {
    /// Shows the branch that a message is on, as it was last shown.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`],
    /// [`protocol::ErrorCode::Busy`] while an answer is written in the conversation.
    pub async fn show_version(&self, message: &str) -> Result<MessageTail, IpcError> {
        self.turn_to(message, |w, id| w.show(id)).await
    }

    /// Removes a message with all that follows it. For a minute it can be brought back.
    ///
    /// # Errors
    /// As [`Chat::show_version`].
    pub async fn remove_message(&self, message: &str) -> Result<MessageTail, IpcError> {
        self.turn_to(message, |w, id| w.remove_message(id)).await
    }

    /// Brings a removed message back, with all that followed it, and shows it.
    ///
    /// # Errors
    /// As [`Chat::show_version`]; [`protocol::ErrorCode::NotFound`] when it is too late.
    pub async fn restore_message(&self, message: &str) -> Result<MessageTail, IpcError> {
        self.turn_to(message, |w, id| w.restore_message(id)).await
    }

    /// Begins a conversation with all that led to a message, it included.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn fork(&self, message: &str) -> Result<Forked, IpcError> {
        let id = message.to_owned();
        let conversation = self.0.history.write(move |w| w.fork(&id)).await?;
        self.tell(&conversation).await;
        Ok(Forked { conversation })
    }

    /// Changes which messages a conversation shows, in which nobody writes meanwhile.
    async fn turn_to<F>(&self, message: &str, how: F) -> Result<MessageTail, IpcError>
    where
        F: FnOnce(&Writer<'_>, &str) -> Result<Vec<StoredMessage>, history::Error>,
        F: Send + 'static,
    {
        let (id, of) = (message.to_owned(), message.to_owned());
        let conversation = self
            .0
            .history
            .read(move |r| Ok(r.message(&of)?.conversation));
        let conversation = conversation.await?;
        let _reserved = self.0.running.reserve(&conversation)?;
        let stored = self.0.history.write(move |w| how(w, &id)).await?;
        let rendered = blocking(WORK, move || {
            Ok(stored.into_iter().map(view::message).collect())
        });
        let mut messages: Vec<Message> = rendered.await?;
        self.held(&mut messages);
        self.tell(&conversation).await;
        Ok(MessageTail { messages })
    }
}
