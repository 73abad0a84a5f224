//! What is heard of a prompt that is asked.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use protocol::{AnswerNote, IpcError, Picture};
use wire::Event;

/// What is heard.
#[derive(Debug, Clone)]
pub enum Heard {
    /// Something to know of how the answer comes to be. With
    /// [`AnswerNote::OtherKey`] and [`AnswerNote::SmallerPictures`] the answer begins
    /// anew; no word of it had come.
    Note(AnswerNote),
    /// A picture of the answer, read and fitted; its master is held once for whoever
    /// hears of it.
    Picture(Box<Picture>),
    /// A part of the answer; [`Event::End`] is the last. Never [`Event::Retrying`],
    /// which is told as a note, nor a picture, read or not.
    Event(Event),
    /// Something was learned.
    Lesson(Lesson),
}

/// What is heard, in order. It ends with one [`Event::End`] or one error; dropping it
/// cancels the request.
pub type Hearing = Pin<Box<dyn Stream<Item = Result<Heard, IpcError>> + Send>>;

/// Something that was learned, for the caller to keep. Lines and parts are counted from
/// 0, as they stand in the prompt.
#[derive(Debug, Clone)]
pub enum Lesson {
    /// About a key or a model: for [`accounts::Accounts::learn`].
    Account(accounts::Lesson),
    /// A provider refused these parts of a line, or no longer does.
    Refused {
        /// The line.
        line: usize,
        /// Its parts.
        parts: Vec<usize>,
        /// Which of the two.
        refused: bool,
    },
    /// The picture that a link leads to was fetched.
    Fetched {
        /// The line.
        line: usize,
        /// The link among its parts.
        part: usize,
        /// The picture, fitted.
        picture: Box<Picture>,
        /// Its bytes.
        bytes: Bytes,
    },
}
