//! A message that was found, on its branch.

use crate::Error;
use crate::place::Writer;
use crate::read::find;
use crate::removed::{is_removed, is_shown};
use crate::shown;

impl Writer<'_> {
    /// Makes the branch that is shown one that holds this message, as it was last shown,
    /// where the one that is shown does not. Answers the message's conversation, and
    /// whether another branch is shown now.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for one that was removed; [`Error::Storage`].
    pub fn show_message(&self, message: &str) -> Result<(String, bool), Error> {
        self.with(|connection| {
            let found = find(connection, self.place, message)?;
            if is_removed(connection, message)? {
                return Err(Error::not_found("message", message).into());
            }
            let changes = !is_shown(connection, &found)?;
            if changes {
                shown::show(connection, &found)?;
            }
            Ok((found.conversation, changes))
        })
    }
}
