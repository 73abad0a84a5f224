//! Owns the clipboard until it is killed.
//!
//! `clipboard-owner picture FILE.png` offers a bitmap, as a screenshot tool
//! does; `clipboard-owner files PATH…` offers files, as a file manager does;
//! `clipboard-owner text TEXT` offers text. Says `owner` on stdout when it is.

use std::env;
use std::ffi::OsString;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use gtk::{Clipboard, TargetEntry, TargetFlags, gdk, glib};

/// The kinds of data offered, with their bytes.
type Offer = Vec<(&'static str, Vec<u8>)>;

fn offer(mut arguments: impl Iterator<Item = OsString>) -> Result<Offer> {
    match arguments.next().as_deref().and_then(|kind| kind.to_str()) {
        Some("picture") => {
            let path = arguments.next().context("picture takes a file")?;
            Ok(vec![("image/png", fs::read(path)?)])
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
                ("text/uri-list", lines("\r\n").into_bytes()),
                (
                    "x-special/gnome-copied-files",
                    copied.trim_end().as_bytes().to_vec(),
                ),
            ])
        }
        Some("text") => {
            let text = arguments.next().context("text takes a text")?;
            let text = text
                .into_string()
                .ok()
                .context("text is UTF-8")?
                .into_bytes();
            Ok(vec![
                ("UTF8_STRING", text.clone()),
                ("text/plain;charset=utf-8", text),
            ])
        }
        _ => bail!("usage: clipboard-owner picture FILE | files PATH… | text TEXT"),
    }
}

fn main() -> Result<()> {
    let offer = offer(env::args_os().skip(1))?;
    gtk::init()?;
    let entries: Vec<TargetEntry> = (0..)
        .zip(&offer)
        .map(|(index, (name, _))| TargetEntry::new(name, TargetFlags::empty(), index))
        .collect();
    let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
    let owns = clipboard.set_with_data(&entries, move |_, data, index| {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        if let Some((_, bytes)) = offer.get(index) {
            data.set(&data.target(), 8, bytes);
        }
    });
    ensure!(owns, "the clipboard was not given");
    println!("owner");
    gtk::main();
    Ok(())
}
