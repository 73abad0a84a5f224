//! The clipboard of X, by GTK.

use anyhow::{Context, Result, ensure};
use gtk::{Clipboard, TargetEntry, TargetFlags, gdk};

pub fn own(offer: Vec<(String, Vec<u8>)>) -> Result<()> {
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

pub fn read(kind: &str) -> Result<Vec<u8>> {
    gtk::init()?;
    let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
    let found = clipboard.wait_for_contents(&gdk::Atom::intern(kind));
    Ok(found
        .context("the clipboard holds nothing of this kind")?
        .data())
}
