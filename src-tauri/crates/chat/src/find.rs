//! Looked for in all conversations, found in the one that is shown.

use history::Text;
use protocol::{
    FindAnswer, FindParams, FoundIn, IpcError, Role, SearchAnswer, SearchParams, ShownMessage,
};
use renditions::blocking::blocking;

use crate::Chat;

/// What [`blocking`] calls it.
const WORK: &str = "Looking through this conversation";

impl Chat {
    /// Messages and titles that hold what is typed.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn search(&self, params: SearchParams) -> Result<SearchAnswer, IpcError> {
        Ok(self.0.history.search(params).await?)
    }

    /// Where a text stands in a conversation, as a reader sees it.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::Storage`].
    pub async fn find(&self, params: FindParams) -> Result<FindAnswer, IpcError> {
        let FindParams { conversation, text } = params;
        let read = self.0.history.read(move |r| r.texts(&conversation));
        let mut texts = read.await?;
        for one in &mut texts {
            if let Some(text) = self.0.unkept.source(&one.message) {
                one.text = text;
            }
        }
        let found = blocking(WORK, move || {
            let found = texts.into_iter().filter_map(|one| found_in(&one, &text));
            Ok(found.collect())
        });
        Ok(FindAnswer {
            found: found.await?,
        })
    }

    /// Makes the branch that its conversation shows one that holds a message.
    ///
    /// # Errors
    /// [`protocol::ErrorCode::NotFound`], [`protocol::ErrorCode::Storage`].
    pub async fn show_message(&self, message: &str) -> Result<ShownMessage, IpcError> {
        let message = message.to_owned();
        let shown = self.0.history.write(move |w| w.show_message(&message));
        let (conversation, changed) = shown.await?;
        Ok(ShownMessage {
            conversation,
            changed,
        })
    }
}

/// A person's words are shown as they were typed, an answer without its markup.
fn found_in(one: &Text, sought: &str) -> Option<FoundIn> {
    let count = match one.role {
        Role::Assistant => history::count(&markdown::visible(&one.text), sought),
        _ => history::count(&one.text, sought),
    };
    (count > 0).then(|| FoundIn {
        message: one.message.clone(),
        count: u32::try_from(count).unwrap_or(u32::MAX),
    })
}
