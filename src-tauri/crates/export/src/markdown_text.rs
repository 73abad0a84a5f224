//! Markdown: headings say who speaks, the texts stand as they are.

use std::io::Write;

use protocol::dates::utc;

use crate::Error;
use crate::assets::base64;
use crate::shown::{Beside, Bytes, Shown, beside};

pub(crate) fn write(shown: &Shown<'_>, out: &mut impl Write) -> Result<(), Error> {
    writeln!(out, "# {}", escaped(&shown.title))?;
    for message in &shown.messages {
        let (author, at) = (shown.author(message), utc(message.created_at));
        write!(out, "\n## {} · {at}\n", escaped(&author))?;
        for one in beside(message) {
            out.write_all(b"\n")?;
            self::one(shown, &one, out)?;
            out.write_all(b"\n")?;
        }
        if !message.text.is_empty() {
            write!(out, "\n{}", message.text)?;
            if !message.text.ends_with('\n') {
                out.write_all(b"\n")?;
            }
        }
        if let Some(remark) = shown.remark(message) {
            let quoted = escaped(&remark).replace('\n', "\n> ");
            write!(out, "\n> {quoted}\n")?;
        }
    }
    Ok(())
}

fn one(shown: &Shown<'_>, one: &Beside<'_>, out: &mut impl Write) -> Result<(), Error> {
    match one {
        Beside::Picture(picture, name) => {
            let alt = escaped(name);
            match shown.bytes(&picture.hash)? {
                Bytes::File(address) => write!(out, "![{alt}]({address})")?,
                Bytes::Held(held) => {
                    let data = base64(&held.bytes);
                    write!(out, "![{alt}](data:{};base64,{data})", held.mime)?;
                }
                none => write!(out, "*{}*", escaped(&shown.stand_in(name, &none)))?,
            }
        }
        // As a data URL it would be a link that no reader follows.
        Beside::Video(hash, name) => match shown.bytes(hash)? {
            Bytes::File(address) => write!(out, "[{}]({address})", escaped(name))?,
            none => write!(out, "*{}*", escaped(&shown.stand_in(name, &none)))?,
        },
        Beside::Link { url, host } => {
            let url = url.replace('<', "%3C").replace('>', "%3E");
            write!(out, "[{}](<{url}>)", escaped(host))?;
        }
    }
    Ok(())
}

/// A text in one line that means nothing but itself.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '&' | '~' | '|' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
