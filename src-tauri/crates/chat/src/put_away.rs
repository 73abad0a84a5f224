//! Conversations that are pinned, archived, removed into the bin and brought back.

use protocol::{ConversationsEvent, IpcError, PutAway};

use crate::Chat;

impl Chat {
    /// Removes conversations into the bin. An answer that is being written in one of them
    /// is stopped first, and kept with its text.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn remove(&self, ids: Vec<String>) -> Result<(), IpcError> {
        let mut reserved = Vec::with_capacity(ids.len());
        for id in &ids {
            reserved.push(self.0.running.stop_all(id).await);
        }
        let removed = self.0.history.write(move |w| w.remove(&ids)).await?;
        self.0.listener.changed(ConversationsEvent {
            removed,
            ..ConversationsEvent::default()
        });
        Ok(())
    }

    /// Brings conversations back from the bin, to where they were.
    ///
    /// # Errors
    /// As [`Chat::remove`].
    pub async fn restore(&self, ids: Vec<String>) -> Result<(), IpcError> {
        let restored = self.0.history.write(move |w| w.restore(&ids)).await?;
        self.tell_all(restored).await;
        Ok(())
    }

    /// Removes conversations of the bin for good.
    ///
    /// # Errors
    /// As [`Chat::remove`].
    pub async fn erase(&self, ids: Vec<String>) -> Result<(), IpcError> {
        for id in ids {
            // Each for itself: what streams meanwhile is not kept waiting.
            self.0.history.write(move |w| w.erase(&id)).await?;
        }
        Ok(())
    }

    /// Removes all of the bin for good.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn empty_bin(&self) -> Result<(), IpcError> {
        let all = self.0.history.read(|r| r.in_bin()).await?;
        self.erase(all).await
    }

    /// Pins conversations, or lets them stand among the others.
    ///
    /// # Errors
    /// As [`Chat::remove`].
    pub async fn pin(&self, ids: Vec<String>, pinned: bool) -> Result<(), IpcError> {
        let changed = self.0.history.write(move |w| w.pin(&ids, pinned)).await?;
        self.tell_all(changed).await;
        Ok(())
    }

    /// Takes conversations out of the list, or back into it.
    ///
    /// # Errors
    /// As [`Chat::remove`].
    pub async fn archive(&self, ids: Vec<String>, archived: bool) -> Result<(), IpcError> {
        let archive = self.0.history.write(move |w| w.archive(&ids, archived));
        let changed = archive.await?;
        self.tell_all(changed).await;
        Ok(())
    }

    /// How many are archived, and in the bin.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn put_away(&self) -> Result<PutAway, IpcError> {
        Ok(self.0.history.read(|r| r.put_away()).await?)
    }
}
