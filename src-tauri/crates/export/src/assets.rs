//! Pictures and videos of what is written: in it, beside it, or left out.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::display::Base64Display;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use history::{Held, History};

use crate::{Error, write_whole};

/// The folder beside a file in which its pictures are.
const FOLDER: &str = "assets";

/// What becomes of pictures and videos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assets {
    /// They stand in the file.
    Embed,
    /// They are files in the folder `assets` of this one, named by their hash.
    Files(PathBuf),
    /// They are only named.
    None,
}

/// Writes bytes beside what is written, into this folder; their address there.
pub(crate) fn write_beside(folder: &Path, hash: &str, held: &Held) -> Result<String, Error> {
    let name = format!("{hash}.{}", ending(&held.mime));
    let assets = folder.join(FOLDER);
    let path = assets.join(&name);
    let size = u64::try_from(held.bytes.len()).unwrap_or(u64::MAX);
    // Named by what it holds: one that is there and whole is the same.
    if !fs::metadata(&path).is_ok_and(|there| there.len() == size) {
        fs::create_dir_all(&assets).map_err(|error| Error::file(&assets, error))?;
        write_whole(&path, |file| Ok(file.write_all(&held.bytes)?))?;
    }
    Ok(format!("{FOLDER}/{name}"))
}

/// The hashes that were seen, 32 bytes each; what is no SHA-256 is never seen.
#[derive(Default)]
pub(crate) struct Seen(HashSet<[u8; 32]>);

impl Seen {
    /// Notes a hash; true when it is new.
    pub fn insert(&mut self, hash: &str) -> bool {
        digest(hash).is_none_or(|digest| self.0.insert(digest))
    }

    pub fn contains(&self, hash: &str) -> bool {
        digest(hash).is_some_and(|digest| self.0.contains(&digest))
    }

    pub fn iter(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|digest| {
            digest
                .iter()
                .fold(String::with_capacity(64), |mut hex, byte| {
                    for four in [byte >> 4, byte & 15] {
                        hex.extend(char::from_digit(four.into(), 16));
                    }
                    hex
                })
        })
    }
}

/// The bytes of a SHA-256 in small hex digits.
pub(crate) fn digest(hash: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let pairs = hash.as_bytes().chunks_exact(2);
    if hash.len() != 64 {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(pairs) {
        let four = |digit: &u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let [high, low] = pair else { return None };
        *byte = four(high)? << 4 | four(low)?;
    }
    Some(digest)
}

/// What the name of a file of this kind ends in.
pub(crate) fn ending(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        "video/x-msvideo" => "avi",
        _ => "bin",
    }
}

/// Bytes of the history; `None` when they are not kept.
pub(crate) fn held(history: &History, hash: &str) -> Result<Option<Held>, Error> {
    let hash = hash.to_owned();
    Ok(history.read(move |r| r.held(&hash)).wait()?)
}

/// Bytes as base64, made while they are written.
pub(crate) fn base64(bytes: &[u8]) -> Base64Display<'_, 'static, GeneralPurpose> {
    Base64Display::new(bytes, &STANDARD)
}
