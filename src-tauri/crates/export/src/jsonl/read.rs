//! Lines, read one by one, and what is wrong with them.

use std::io::{BufRead, Read};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use drawing::format::{Other, Sniffed, sniff};
use serde::Deserialize;

use super::line::{Asset, Conversation, Data, End, FORMAT, Head, Kind, Message, VERSION};
use crate::Error;
use crate::assets::{digest, ending};

/// Longest line that is read, in bytes: a video of 384 MB as base64.
const LONGEST: u64 = 512 * 1024 * 1024;

/// Kinds of videos that are kept.
const VIDEOS: [&str; 4] = [
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/x-msvideo",
];

/// A line that was not taken, or a conversation that was not for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which line; the first is 1.
    pub line: u64,
    /// The conversation that is not kept, where it is known.
    pub conversation: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No JSON, or a field that is missing or of another kind.
    #[error("cannot be read: {0}")]
    Unread(String),
    /// Longer than is read.
    #[error("is longer than {} MiB", LONGEST / 1024 / 1024)]
    TooLong,
    /// A message before any conversation.
    #[error("is a message of no conversation")]
    NoConversation,
    /// An id of no letters, or an overlong one.
    #[error("has an id that cannot be one")]
    Id,
    /// A message with the id of another.
    #[error("has the id of another message")]
    Twice,
    /// A message after one that does not stand before it.
    #[error("follows message {0}, which does not stand before it")]
    NoParent(String),
    /// A message that is shown and does not follow.
    #[error("shows message {0}, which is not there")]
    NotShown(String),
    /// A message of a state that none has that is not being written.
    #[error("is still being written")]
    Streaming,
    /// Fewer messages than the conversation says.
    #[error("says {said} messages, {found} follow")]
    Missing {
        /// As it says.
        said: usize,
        /// As there are.
        found: usize,
    },
    /// A picture or video that is none, or not of the kind that it says.
    #[error("is no {0}")]
    NotOfKind(String),
    /// Other bytes than its hash or its length says.
    #[error("holds other bytes than its hash says")]
    Hash,
    /// A file beside the export that cannot be read.
    #[error("names the file {file}, which cannot be read: {reason}")]
    File {
        /// Its name.
        file: String,
        /// In the system's words.
        reason: String,
    },
    /// A conversation with a picture or video whose line is broken.
    #[error("has a picture or video whose own line, {0}, is broken")]
    OfBroken(u64),
    /// A message that stands in another conversation of the history.
    #[error("has message {0}, which stands in another conversation here")]
    Elsewhere(String),
    /// The history does not take it.
    #[error("is not taken: {0}")]
    Refused(String),
    /// The last line is missing.
    #[error("is the last, and does not say that the export ends: some of it is missing")]
    NoEnd,
}

/// What a line says.
pub enum Said {
    Asset(Taken),
    Conversation(Box<Conversation>),
    Message(Box<Message>),
    End,
}

/// The bytes of a picture or video, checked; none where the export has none.
pub struct Taken {
    pub hash: String,
    pub mime: String,
    /// Of a picture.
    pub size: Option<(u32, u32)>,
    pub bytes: Option<Vec<u8>>,
}

/// The lines of a stream, with their numbers.
pub struct Lines<R> {
    from: R,
    pub number: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(from: R) -> Self {
        Self {
            from,
            number: 0,
            line: Vec::new(),
        }
    }

    /// The next line that is not empty; `None` at the end.
    ///
    /// # Errors
    /// The stream's.
    pub fn next(&mut self) -> std::io::Result<Option<Result<&[u8], Fault>>> {
        loop {
            self.line.clear();
            let read = (&mut self.from)
                .take(LONGEST)
                .read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.last() != Some(&b'\n') && read as u64 == LONGEST {
                self.line.clear();
                self.from.skip_until(b'\n')?;
                return Ok(Some(Err(Fault::TooLong)));
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(Some(Ok(&self.line)));
            }
        }
    }
}

fn parsed<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, Fault> {
    serde_json::from_slice(line).map_err(|error| {
        // The place within the line; of the line itself the number is said.
        let said = error.to_string();
        let said = said.replace("line 1 column", "column");
        Fault::Unread(said)
    })
}

/// Is this the first line of an export that is read here?
///
/// # Errors
/// [`Error::NotOurs`], [`Error::Newer`].
pub fn check_head(line: &[u8]) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Version<'a> {
        #[serde(rename = "type", borrow)]
        kind: std::borrow::Cow<'a, str>,
        #[serde(borrow)]
        format: std::borrow::Cow<'a, str>,
        version: u32,
    }
    // A file that an editor saved may begin with a mark.
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let head: Version<'_> = serde_json::from_slice(line).map_err(|_| Error::NotOurs)?;
    if head.kind != "head" || head.format != FORMAT {
        return Err(Error::NotOurs);
    }
    if head.version > VERSION {
        return Err(Error::Newer {
            found: head.version,
            known: VERSION,
        });
    }
    serde_json::from_slice::<Head<'_>>(line).map_err(|_| Error::NotOurs)?;
    Ok(())
}

/// What a line says; of a picture or video with its bytes. With the hash that the line
/// is about where it is broken and one can be told.
pub fn read(line: &[u8], beside: Option<&Path>) -> Result<Said, (Fault, Option<String>)> {
    let plain = |fault| (fault, None);
    let kind: Kind<'_> = parsed(line).map_err(plain)?;
    match kind.kind.as_ref() {
        "asset" => {
            let asset: Asset<'_> = parsed(line).map_err(plain)?;
            let hash = asset.hash.to_string();
            let taken = taken(asset, beside);
            taken.map(Said::Asset).map_err(|fault| (fault, Some(hash)))
        }
        "conversation" => parsed(line).map(Said::Conversation).map_err(plain),
        "message" => parsed(line).map(Said::Message).map_err(plain),
        "end" => parsed::<End>(line).map(|_| Said::End).map_err(plain),
        other => Err(plain(Fault::Unread(format!(
            "there is no kind of line called {other:?}"
        )))),
    }
}

fn taken(asset: Asset<'_>, beside: Option<&Path>) -> Result<Taken, Fault> {
    digest(&asset.hash).ok_or(Fault::Id)?;
    let size = asset.width.zip(asset.height);
    let is_video = VIDEOS.contains(&asset.mime.as_ref());
    if ending(&asset.mime) == "bin" || is_video != size.is_none() {
        return Err(Fault::NotOfKind("picture or video that is kept".to_owned()));
    }
    let bytes = match (asset.data, asset.file) {
        (Some(Data::Base64(text)), _) => {
            let bytes = STANDARD.decode(text.as_bytes());
            Some(bytes.map_err(|error| Fault::Unread(error.to_string()))?)
        }
        (Some(Data::Bytes(bytes)), _) => Some(bytes.to_vec()),
        (None, Some(file)) => Some(file_beside(
            &file,
            &asset.hash,
            &asset.mime,
            asset.bytes,
            beside,
        )?),
        (None, None) => None,
    };
    if let Some(bytes) = &bytes {
        if u32::try_from(bytes.len()) != Ok(asset.bytes) || drawing::hash(bytes) != *asset.hash {
            return Err(Fault::Hash);
        }
        let is_kind = match sniff(bytes) {
            Sniffed::Known(format) => format
                .mime()
                .is_some_and(|mime| mime.as_str() == asset.mime),
            Sniffed::Other(Other::Video) => is_video,
            _ => false,
        };
        if !is_kind {
            return Err(Fault::NotOfKind(asset.mime.into_owned()));
        }
    }
    Ok(Taken {
        hash: asset.hash.into_owned(),
        mime: asset.mime.into_owned(),
        size,
        bytes,
    })
}

/// The bytes of a file beside the export: only of one that is called as we call it.
fn file_beside(
    file: &str,
    hash: &str,
    mime: &str,
    bytes: u32,
    beside: Option<&Path>,
) -> Result<Vec<u8>, Fault> {
    let fault = |reason: String| Fault::File {
        file: file.to_owned(),
        reason,
    };
    if file != format!("assets/{hash}.{}", ending(mime)) {
        return Err(fault("it is not called by its hash".to_owned()));
    }
    let Some(beside) = beside else {
        let reason = "what comes from standard input has no folder";
        return Err(fault(reason.to_owned()));
    };
    let system = |error: std::io::Error| fault(error.to_string());
    let opened = std::fs::File::open(beside.join(file)).map_err(system)?;
    let mut read = Vec::new();
    // One byte more than it says shows that it is another.
    let most = u64::from(bytes) + 1;
    opened.take(most).read_to_end(&mut read).map_err(system)?;
    Ok(read)
}
