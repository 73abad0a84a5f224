//! What a person changes of a conversation.

use protocol::ChatParams;

use crate::Error;
use crate::columns::json;
use crate::place::Writer;
use crate::read::found;

impl Writer<'_> {
    /// Gives a conversation a title of the person's own; an empty one takes the
    /// first question's again.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn rename(&self, id: &str, own: &str) -> Result<(), Error> {
        self.with(|connection| {
            let own = own.split_whitespace().collect::<Vec<_>>().join(" ");
            let changed = connection.execute(
                "UPDATE conversation SET own_title = nullif(?2, '') WHERE id = ?1",
                [id, &own],
            )?;
            found(changed, "conversation", id)
        })
    }

    /// Gives a conversation a title in place of the first question's line, unless the
    /// person named it. Says whether it did.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub fn entitle(&self, id: &str, title: &str) -> Result<bool, Error> {
        self.with(|connection| {
            let changed = connection.execute(
                "UPDATE conversation SET title = ?2
                 WHERE id = ?1 AND own_title IS NULL AND removed_at IS NULL",
                [id, title],
            )?;
            Ok(changed > 0)
        })
    }

    /// Keeps the parameters of a conversation's next request.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Storage`].
    pub fn set_params(&self, id: &str, params: &ChatParams) -> Result<(), Error> {
        self.with(|connection| {
            let changed = connection.execute(
                "UPDATE conversation SET params = ?2 WHERE id = ?1",
                [id, &json(params)?],
            )?;
            found(changed, "conversation", id)
        })
    }
}
