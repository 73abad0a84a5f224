//! Plain text.

use std::io::Write;

use protocol::dates::utc;

use crate::Error;
use crate::shown::{Beside, Shown, beside};

pub(crate) fn write(shown: &Shown<'_>, out: &mut impl Write) -> Result<(), Error> {
    writeln!(out, "{}", shown.title)?;
    for message in &shown.messages {
        let (author, at) = (shown.author(message), utc(message.created_at));
        write!(out, "\n{author} · {at}\n\n")?;
        for one in beside(message) {
            let name = match one {
                Beside::Picture(_, name) | Beside::Video(_, name) => name,
                Beside::Link { url, .. } => url,
            };
            writeln!(out, "[{name}]")?;
        }
        if !message.text.is_empty() {
            writeln!(out, "{}", message.text.trim_end_matches('\n'))?;
        }
        if let Some(remark) = shown.remark(message) {
            writeln!(out, "[{remark}]")?;
        }
    }
    Ok(())
}
