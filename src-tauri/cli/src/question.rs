//! What is asked: the words, and the pictures beside them.

use std::{
    ffi::{OsStr, OsString},
    io::{self, BufRead, IsTerminal, Read},
    path::{Path, PathBuf},
};

use composer::Draft;
use futures_util::future::join_all;
use protocol::{AttachmentState, ErrorCode, IpcError};

use crate::{arguments::AskArguments, failure::Failure, output, words::Words};

/// What stands for standard input.
const STDIN: &str = "-";

/// Most bytes of a question that are read from standard input.
const QUESTION: u64 = 64 << 20;

/// Most bytes of a picture or video that are read from standard input: more than any
/// that is taken, which says so.
const PICTURE: u64 = 256 << 20;

/// Most bytes of a key.
const KEY: u64 = 64 << 10;

/// A question, as it was given.
pub struct Given {
    pub text: String,
    pub pictures: Vec<Source>,
    /// A key for this question only.
    pub key: Option<String>,
}

/// Where a picture comes from.
pub enum Source {
    /// A file or an address.
    Named(PathBuf),
    Bytes(Vec<u8>),
}

impl Given {
    /// Reads what is to be read from standard input; blocking.
    pub fn read(arguments: &AskArguments) -> Result<Self, Failure> {
        let text = arguments.text.as_deref();
        let pictures = &arguments.images;
        let reads = usize::from(text == Some(STDIN))
            + usize::from(arguments.key_stdin)
            + pictures.iter().filter(|one| is_stdin(one)).count();
        if reads > 1 {
            let why = "standard input is read once: for the question, a picture or a key";
            return Err(Failure::Usage("ask", why.to_owned()));
        }
        if text.is_none_or(|text| text.trim().is_empty()) && pictures.is_empty() {
            let why = "there is nothing to ask: give a question, `-` to read one, or --image";
            return Err(Failure::Usage("ask", why.to_owned()));
        }
        let text = match text {
            Some(STDIN) => question()?,
            other => other.unwrap_or_default().to_owned(),
        };
        let source = |one: &OsString| {
            if is_stdin(one) {
                bytes(PICTURE).map(Source::Bytes)
            } else {
                Ok(Source::Named(place(one)))
            }
        };
        let pictures = pictures.iter().map(source).collect::<Result<_, _>>()?;
        let key = arguments.key_stdin.then(key).transpose()?;
        Ok(Self {
            text,
            pictures,
            key,
        })
    }
}

fn is_stdin(one: &OsStr) -> bool {
    one.to_str() == Some(STDIN)
}

/// A file by its absolute path; an address as it is.
fn place(one: &OsStr) -> PathBuf {
    let address = composer::place(one.as_encoded_bytes());
    address.unwrap_or_else(|| {
        let path = Path::new(one);
        std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
    })
}

fn bytes(most: u64) -> Result<Vec<u8>, IpcError> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(unread)?;
    Ok(bytes)
}

fn question() -> Result<String, IpcError> {
    String::from_utf8(bytes(QUESTION)?).map_err(|_| {
        let message = "The question on standard input is not UTF-8 text. Convert it, or give it as --image where it is a picture.";
        IpcError::new(ErrorCode::NothingToSend, message)
    })
}

/// A key: typed without echo where a person sits there, else the first line.
pub fn key() -> Result<String, IpcError> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("Key: ").map_err(unread);
    }
    let mut line = String::new();
    let read = io::stdin().lock().take(KEY).read_line(&mut line);
    read.map_err(unread)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn unread(error: io::Error) -> IpcError {
    let message = format!("Standard input cannot be read: {error}");
    IpcError::new(ErrorCode::FileNotReadable, message).arg("name", "stdin")
}

/// Attaches what was given to a draft; the ids of what is there, in order.
///
/// # Errors
/// The first that cannot be attached.
pub async fn attach(
    draft: &Draft,
    pictures: Vec<Source>,
    words: &Words,
) -> Result<Vec<String>, IpcError> {
    let ready = pictures.into_iter().map(|one| {
        let ready: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = match one {
            Source::Named(path) => Box::pin(draft.add_path(path)),
            Source::Bytes(bytes) => Box::pin(draft.add_bytes("stdin".to_owned(), bytes)),
        };
        ready
    });
    // Listed in order, at once, before the first is read.
    let ready: Vec<_> = ready.collect();
    join_all(ready).await;
    let mut ids = Vec::new();
    for one in draft.list() {
        match one.error {
            // The pages that are left out of a long one; the others are there.
            Some(error) if error.code == ErrorCode::PdfPages => {
                output::say(&words.error(&error, None));
            }
            Some(error) => return Err(error),
            None if one.state == AttachmentState::Ready => ids.push(one.id),
            None => {}
        }
    }
    Ok(ids)
}
