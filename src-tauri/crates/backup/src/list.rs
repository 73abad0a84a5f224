//! The list of a set's pictures: a line each, its hash, its size and the time of its file.

use std::collections::BTreeMap;

use protocol::Millis;

use crate::folder::is_hash;

/// A picture in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PictureOf {
    pub bytes: u64,
    /// When its file was written, by the file system it was written to.
    pub at: Millis,
}

/// Pictures by their hash.
pub(crate) type List = BTreeMap<String, PictureOf>;

/// Writes a list.
pub(crate) fn write(list: &List) -> String {
    let mut text = String::with_capacity(list.len() * 96);
    for (hash, PictureOf { bytes, at }) in list {
        text.push_str(&format!("{hash} {bytes} {at}\n"));
    }
    text
}

/// Reads a list; `None` where a line of it is none.
pub(crate) fn read(text: &str) -> Option<List> {
    let line = |line: &str| {
        let mut words = line.split(' ');
        let hash = words.next().filter(|hash| is_hash(hash))?;
        let bytes = words.next()?.parse().ok()?;
        let at = words.next()?.parse().ok()?;
        Some((hash.to_owned(), PictureOf { bytes, at }))
    };
    text.lines().map(line).collect()
}
