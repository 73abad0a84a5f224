//! What a window shows: kept for the next start, and told apart from what ends unseen.

use std::sync::PoisonError;

use protocol::{Conversation, DraftParams, IpcError, LastOpen};

use crate::{Chat, chat::Shown};

impl Chat {
    /// What was open before a reload or a restart.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn last_open(&self) -> Result<LastOpen, IpcError> {
        let read = self.0.history.read(|r| {
            Ok(LastOpen {
                conversation: r.open_conversation()?,
                draft: r.draft(None)?,
            })
        });
        Ok(read.await?)
    }

    /// Shows a conversation in the window: it is the one that is open, and what ended in
    /// it is seen.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn open(&self, id: &str) -> Result<Conversation, IpcError> {
        let conversation = self.conversation(id).await?;
        self.show(Shown::Conversation(id.to_owned())).await;
        Ok(conversation)
    }

    /// The window shows a new conversation.
    pub async fn leave(&self) {
        self.show(Shown::New).await;
    }

    /// A question was sent from the window: what was typed is kept with it.
    pub async fn sent_from_window(&self, before: Option<String>, conversation: &str) {
        let params = DraftParams {
            conversation: before,
            message: None,
            text: String::new(),
        };
        // A text that stays is typed again into the composer, and seen there.
        let _ = self.keep_draft(params).await;
        self.show(Shown::Conversation(conversation.to_owned()))
            .await;
    }

    /// Keeps what is typed and not sent.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn keep_draft(&self, params: DraftParams) -> Result<(), IpcError> {
        let kept = self.0.history.write(move |w| match &params.message {
            Some(message) => w.keep_edit(message, &params.text),
            None => w.keep_draft(params.conversation.as_deref(), &params.text),
        });
        Ok(kept.await?)
    }

    async fn show(&self, shown: Shown) {
        self.set_shown(shown.clone());
        let open = match shown {
            Shown::Conversation(id) => Some(id),
            _ => None,
        };
        let told = open.clone();
        let kept = self.0.history.write(move |w| w.set_open(open.as_deref()));
        // Where it cannot be kept the next start begins with a new one.
        if let (Ok(true), Some(id)) = (kept.await, told) {
            self.tell(&id).await;
        }
    }

    /// An answer ended: where no window shows it, it is yet to be seen.
    pub(crate) async fn ended_in(&self, conversation: &str) {
        let unseen = match self.shown() {
            Shown::Nothing => false,
            Shown::New => true,
            Shown::Conversation(id) => id != conversation,
        };
        if unseen {
            let id = conversation.to_owned();
            // One that is gone has nothing to be seen.
            let _ = self.0.history.write(move |w| w.mark_unread(&id)).await;
        }
    }

    fn shown(&self) -> Shown {
        let shown = self.0.shown.lock();
        shown.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_shown(&self, shown: Shown) {
        let mut now = self.0.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *now = shown;
    }
}
