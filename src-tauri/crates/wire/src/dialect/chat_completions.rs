//! Chat completions: OpenAI's API as all its likenesses really speak it.
//!
//! The layers of an answer, bottom up: `sse` (bytes to frames), `delta` (one JSON
//! payload, read leniently), `fold` (payloads to events), `decoder` (which kind of
//! body this is).

use serde_json::Value;

use super::{Decode, Dialect, Holds, Sent};
use crate::answer::{Facts, Response};
use crate::error::Error;
use crate::models::ModelRow;
use crate::request::{Body, Request};

mod check;
mod decoder;
mod delta;
mod envelope;
mod errors;
mod fold;
mod mend;
mod models;
mod outcome;
mod served;
mod write;

pub use served::{Served, error};

/// The dialect of chat completions.
pub const CHAT_COMPLETIONS: &dyn Dialect = &ChatCompletions;

#[derive(Debug)]
struct ChatCompletions;

impl Dialect for ChatCompletions {
    fn path(&self) -> &'static str {
        "chat/completions"
    }

    fn holds(&self) -> Holds {
        Holds {
            pictures: Sent::ANY,
            videos: Sent::ANY,
            reserved: check::RESERVED,
        }
    }

    fn check(&self, request: &Request) -> Result<(), Error> {
        check::check(request)
    }

    fn write(&self, request: &Request) -> Result<Body, Error> {
        check::check_videos(request)?;
        write::body(request)
    }

    fn size(&self, request: &Request) -> usize {
        write::size(request)
    }

    fn decoder(&self, head: &Response) -> Box<dyn Decode> {
        Box::new(decoder::Decoder::new(head))
    }

    fn refusal(&self, head: &Response, body: &str) -> Error {
        errors::refusal(&Facts::of(head), body)
    }

    fn error_in(&self, head: &Response, body: &Value) -> Option<Error> {
        errors::error_in(body).map(|words| words.refuse(&Facts::of(head)))
    }

    fn models_path(&self) -> &'static str {
        "models"
    }

    fn models(&self, list: &Value) -> Option<Vec<ModelRow>> {
        models::rows(list)
    }
}
