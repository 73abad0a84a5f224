//! What providers say went wrong, as a typed error.

mod body;
mod classify;
mod form;
mod page;
mod parameter;
mod phrase;
mod read;
mod words;

pub(super) use body::{error_in, plain_error, refusal, words_in, words_of};
pub(super) use words::Words;
