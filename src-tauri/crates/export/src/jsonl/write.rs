//! All that is kept, line by line.

use std::io::Write;

use history::{History, Pending, Whole};
use protocol::Millis;

use super::line::{Asset, Conversation, Data, End, FORMAT, Head, Line, Message, VERSION};
use crate::assets::{self, Seen};
use crate::{Assets, Error, Which};

/// How much was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Conversations.
    pub conversations: u64,
    /// Messages, all branches counted.
    pub messages: u64,
    /// Pictures and videos that belong to them and whose bytes are not kept any more.
    pub missing: u64,
}

/// Writes conversations with all their branches, and the bytes of their pictures and
/// videos as `assets` says.
///
/// # Errors
/// The history's, and what is written to takes no more.
pub fn json_lines(
    history: &History,
    which: &Which,
    assets: &Assets,
    at: Millis,
    mut out: impl Write,
) -> Result<Written, Error> {
    let mut writing = Writing {
        history,
        assets,
        all: matches!(which, Which::All),
        out: &mut out,
        seen: Seen::default(),
        written: Written::default(),
    };
    writing.line(&Line::Head(Head {
        format: FORMAT.into(),
        version: VERSION,
        app: env!("CARGO_PKG_VERSION").into(),
        exported_at: at,
    }))?;
    // One is read while the one before is written: each waits for another thread.
    let mut next = None;
    which.each(history, |id| {
        let read = writing.begin(id);
        match next.replace(read) {
            Some(read) => writing.conversation(read),
            None => Ok(()),
        }
    })?;
    if let Some(read) = next {
        writing.conversation(read)?;
    }
    let written = writing.written;
    writing.line(&Line::End(End {
        conversations: written.conversations,
        messages: written.messages,
    }))?;
    out.flush()?;
    Ok(written)
}

struct Writing<'a, W> {
    history: &'a History,
    assets: &'a Assets,
    /// No conversation was asked for by its id.
    all: bool,
    out: W,
    /// What was written of pictures and videos.
    seen: Seen,
    written: Written,
}

impl<W: Write> Writing<'_, W> {
    fn line(&mut self, line: &Line<'_>) -> Result<(), Error> {
        serde_json::to_writer(&mut self.out, line).map_err(|error| {
            match error.io_error_kind() {
                Some(_) => Error::Stream(error.into()),
                None => Error::Json(error),
            }
        })?;
        Ok(self.out.write_all(b"\n")?)
    }

    /// Begins to read a conversation.
    fn begin(&self, id: &str) -> Pending<Whole> {
        let id = id.to_owned();
        self.history.read(move |r| r.whole(&id))
    }

    fn conversation(&mut self, read: Pending<Whole>) -> Result<(), Error> {
        let whole = match read.wait() {
            // Removed since its id was read.
            Err(history::Error::NotFound { .. }) if self.all => return Ok(()),
            whole => whole?,
        };
        for one in &whole.messages {
            for hash in one.message.parts.iter().flat_map(stores::Part::hashes) {
                self.asset(hash)?;
            }
        }
        let (head, messages) = Conversation::of(whole);
        self.line(&Line::Conversation(Box::new(head)))?;
        self.written.conversations += 1;
        for one in messages {
            self.line(&Line::Message(Box::new(Message::try_from(one)?)))?;
            self.written.messages += 1;
        }
        Ok(())
    }

    fn asset(&mut self, hash: &str) -> Result<(), Error> {
        if *self.assets == Assets::None || !self.seen.insert(hash) {
            return Ok(());
        }
        let Some(held) = assets::held(self.history, hash)? else {
            self.written.missing += 1;
            return Ok(());
        };
        let file = match self.assets {
            Assets::Files(folder) => Some(assets::write_beside(folder, hash, &held)?.into()),
            _ => None,
        };
        let data = file.is_none().then_some(Data::Bytes(&held.bytes));
        let (width, height) = held.size.unzip();
        self.line(&Line::Asset(Asset {
            hash: hash.into(),
            mime: held.mime.as_str().into(),
            width,
            height,
            bytes: u32::try_from(held.bytes.len()).unwrap_or(u32::MAX),
            data,
            file,
        }))
    }
}
