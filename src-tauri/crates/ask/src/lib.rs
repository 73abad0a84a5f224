//! One request, without a history: a [`Prompt`] in, a stream of [`Heard`] out.
//!
//! [`Ask`] fits the pictures of a prompt to the model that is asked, says what keeps it
//! from being asked, and asks: with one key after the other, and once more with smaller
//! pictures. What was learned comes out as a [`Lesson`], for the caller to keep.

mod asking;
mod assemble;
mod fetch;
mod fitting;
mod going_on;
mod heard;
mod limit;
mod params;
mod payload;
mod placeholders;
mod prompt;
mod ready;
mod refusal;
mod service;
mod smaller;

pub use heard::{Heard, Hearing, Lesson};
pub use params::detail;
pub use payload::Asked;
pub use placeholders::{Placeholder, fill, holds};
pub use prompt::{Line, Prompt};
pub use ready::Ready;
pub use service::Ask;
