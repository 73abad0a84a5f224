//! A question, whatever the dialect it is asked in; and its body.

mod body;
mod part;
mod question;

pub use body::Body;
pub use part::{Content, Detail, Message, Part, Role, Source};
pub use question::Request;
