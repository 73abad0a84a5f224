//! Which conversations are written.

use history::History;

use crate::Error;

/// So many ids are asked for at once.
const PAGE: u32 = 200;

/// Which conversations are written.
#[derive(Debug, Clone)]
pub enum Which {
    /// All that are kept, the oldest first.
    All,
    /// Those of these ids, in this order.
    These(Vec<String>),
}

impl Which {
    /// Calls `each` with the id of each.
    ///
    /// # Errors
    /// The history's, and those of `each`.
    pub fn each(
        &self,
        history: &History,
        mut each: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Self::These(ids) => ids.iter().try_for_each(|id| each(id)),
            Self::All => {
                let mut last = String::new();
                loop {
                    let after = last.clone();
                    let page = history.read(move |r| r.conversation_ids(&after, PAGE));
                    let page = page.wait()?;
                    let Some(end) = page.last() else {
                        return Ok(());
                    };
                    last.clone_from(end);
                    page.iter().try_for_each(|id| each(id))?;
                }
            }
        }
    }
}
