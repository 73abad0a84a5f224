//! How a provider is spoken to.
//!
//! A dialect is all that is particular to one family of APIs: where a question goes,
//! its body, how an answer, an error and a list of models read. Each has a folder
//! here; nothing outside it knows its fields.

use std::fmt;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::answer::{Events, Response};
use crate::error::Error;
use crate::models::ModelRow;
use crate::request::{Body, Request};

pub mod chat_completions;
mod holds;

pub use holds::{Holds, Sent};

/// A family of APIs that are spoken to alike.
pub trait Dialect: fmt::Debug + Send + Sync {
    /// Where questions go: a path below the base URL, without a slash before it.
    fn path(&self) -> &'static str;

    /// What a request may hold.
    fn holds(&self) -> Holds;

    /// Checks the model and the parameters of a request, not its messages.
    ///
    /// # Errors
    /// [`Error::ModelMissing`], or [`Error::Parameter`] for one out of its range.
    fn check(&self, request: &Request) -> Result<(), Error>;

    /// Writes a request that is checked already.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a part of a message that cannot be written.
    fn write(&self, request: &Request) -> Result<Body, Error>;

    /// How many bytes [`body`](Self::body) takes, without building it: text is
    /// counted, what is written of pictures and videos is reckoned. Exact for a
    /// request that `body` takes.
    fn size(&self, request: &Request) -> usize;

    /// What reads the answer to a request, by its head.
    fn decoder(&self, head: &Response) -> Box<dyn Decode>;

    /// The error that a body is: one of an error status, or one that is no JSON.
    fn refusal(&self, head: &Response, body: &str) -> Error;

    /// The error that a JSON body is whatever its status says, if it is one.
    fn error_in(&self, head: &Response, body: &Value) -> Option<Error>;

    /// Where models are listed: a path below the base URL, without a slash before it.
    fn models_path(&self) -> &'static str;

    /// The models of a list; `None` when it is none.
    fn models(&self, list: &Value) -> Option<Vec<ModelRow>>;

    /// The body of a request, checked.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a parameter out of its range or a part that the
    /// dialect has no place for, [`Error::ModelMissing`], [`Error::NothingToSend`].
    fn body(&self, request: &Request) -> Result<Body, Error> {
        self.check(request)?;
        if request.messages.is_empty() {
            return Err(Error::NothingToSend);
        }
        self.holds().check(request)?;
        self.write(request)
    }
}

/// The decoder of one answer: bytes in, events out, without any waiting.
pub trait Decode: fmt::Debug + Send {
    /// Takes the next bytes. Breaks when the answer is whole.
    ///
    /// # Errors
    /// The error that the answer is, or what keeps it from being read.
    fn feed(&mut self, bytes: &[u8], out: &mut Events) -> Result<ControlFlow<()>, Error>;

    /// The body ended.
    ///
    /// # Errors
    /// As [`feed`](Self::feed).
    fn finish(&mut self, out: &mut Events) -> Result<(), Error>;

    /// The body broke off with `error`. Breaks when the answer is whole all the same.
    ///
    /// # Errors
    /// `error`, or one that what had come tells better.
    fn broken(&mut self, error: Error, out: &mut Events) -> Result<ControlFlow<()>, Error>;

    /// Bytes held: what has come in and not been given out.
    fn held(&self) -> usize;
}
