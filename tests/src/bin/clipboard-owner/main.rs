//! Owns the clipboard until it is killed, or reads it.
//!
//! `clipboard-owner picture FILE.png` offers a bitmap, as a screenshot tool
//! does; `clipboard-owner files PATH…` offers files, as a file manager does;
//! `clipboard-owner text TEXT` offers text; `clipboard-owner kinds KIND DATA …`
//! offers these kinds of data, as a browser does, `@FILE` for the bytes of a file.
//! Says `owner` on stdout when it is.
//!
//! `clipboard-owner read KIND` writes to stdout what is there of that kind.

mod wayland;
mod x11;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;

use anyhow::{Context, Result, bail};
use gtk::glib;

/// The kinds of data offered, with their bytes.
type Offer = Vec<(String, Vec<u8>)>;

/// What programs ask for when they want text.
const TEXTS: [&str; 3] = ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain"];

fn text(text: &OsString) -> Result<String> {
    let text = text.to_str().context("text is UTF-8")?;
    Ok(text.to_owned())
}

fn texts(text: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
    TEXTS
        .map(|kind| (kind.to_owned(), text.as_bytes().to_vec()))
        .into_iter()
}

fn offer(mut arguments: impl Iterator<Item = OsString>) -> Result<Offer> {
    match arguments.next().as_deref().and_then(|kind| kind.to_str()) {
        Some("picture") => {
            let path = arguments.next().context("picture takes a file")?;
            Ok(vec![("image/png".to_owned(), fs::read(path)?)])
        }
        Some("files") => {
            let uris = arguments.map(|path| glib::filename_to_uri(path, None));
            let uris: Vec<glib::GString> = uris.collect::<Result<_, _>>()?;
            let lines = |end: &str| {
                uris.iter()
                    .map(|uri| format!("{uri}{end}"))
                    .collect::<String>()
            };
            let copied = format!("copy\n{}", lines("\n"));
            Ok(vec![
                ("text/uri-list".to_owned(), lines("\r\n").into_bytes()),
                (
                    "x-special/gnome-copied-files".to_owned(),
                    copied.trim_end().as_bytes().to_vec(),
                ),
            ])
        }
        Some("text") => {
            let given = arguments.next().context("text takes a text")?;
            Ok(texts(&text(&given)?).collect())
        }
        Some("kinds") => {
            let mut offer = Vec::new();
            while let Some(kind) = arguments.next() {
                let data = arguments.next().context("a kind and its data")?;
                let (kind, data) = (text(&kind)?, text(&data)?);
                match (kind.as_str(), data.strip_prefix('@')) {
                    (_, Some(path)) => offer.push((kind, fs::read(path)?)),
                    ("text/plain", None) => offer.extend(texts(&data)),
                    (_, None) => offer.push((kind, data.into_bytes())),
                }
            }
            Ok(offer)
        }
        _ => bail!(
            "usage: clipboard-owner picture FILE | files PATH… | text TEXT | kinds KIND DATA …"
        ),
    }
}

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).peekable();
    let is_wayland = env::var_os("WAYLAND_DISPLAY").is_some();
    if arguments.peek().is_some_and(|first| first == "read") {
        let kind = arguments.nth(1).context("read takes a kind")?;
        let kind = kind.to_str().context("a kind is text")?;
        let bytes = if is_wayland {
            wayland::read(kind)?
        } else {
            x11::read(kind)?
        };
        return Ok(std::io::stdout().write_all(&bytes)?);
    }
    let offer = offer(arguments)?;
    if is_wayland {
        wayland::own(offer)
    } else {
        x11::own(offer)
    }
}
