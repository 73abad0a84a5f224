//! What is asked of the person outside the page, where a page that was taken over
//! can neither answer nor word it: a new host, a proxy, a clipboard that nobody
//! asked to paste.
//!
//! Who asks is [`Confirm`]: the shell does it by a native dialog. What was allowed
//! once is kept, and not asked again.

mod ask;
mod question;
mod words;

pub use ask::{Answer, Confirm, Consent, Nobody};
pub use question::{Place, Question};
pub use words::Words;
