//! Files that were dropped or chosen.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::error::Error;
use crate::limits::Limits;

/// Reads a file that was dropped or chosen: its name and its bytes.
///
/// A path from a drop is whatever the source wrote: it must be absolute and
/// lead, links followed, to a regular file of at most `limits.file_bytes`
/// bytes. Nothing is looked at but the file system; [`crate::Draw`] judges
/// the bytes.
///
/// # Errors
/// [`Error::LinkNotRead`], [`Error::NotFound`], [`Error::NotReadable`],
/// [`Error::IsFolder`], [`Error::NotAFile`], [`Error::Empty`],
/// [`Error::TooLarge`].
pub fn read(path: &Path, limits: &Limits) -> Result<(String, Vec<u8>), Error> {
    if let Some(host) = path.to_str().and_then(link_host) {
        return Err(Error::LinkNotRead { host });
    }
    let name = display_name(path);
    // A relative path means nothing here: a drop of file://host/etc/passwd arrives as one.
    if !path.is_absolute() {
        return Err(Error::NotFound { name });
    }
    let real = path
        .canonicalize()
        .map_err(|error| refusal(&name, &error, path))?;
    // Looked at before it is opened, as opening a pipe would wait for its other end.
    let before = real
        .metadata()
        .map_err(|error| refusal(&name, &error, path))?;
    check(&name, &before, limits)?;
    let file = File::open(&real).map_err(|error| refusal(&name, &error, path))?;
    // And again: what was opened may be another file than what was looked at.
    let opened = file
        .metadata()
        .map_err(|error| refusal(&name, &error, path))?;
    check(&name, &opened, limits)?;

    let mut bytes = Vec::with_capacity(usize::try_from(opened.len()).unwrap_or(0));
    file.take(limits.file_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| refusal(&name, &error, path))?;
    // It may have grown or shrunk meanwhile.
    match bytes.len() as u64 {
        0 => Err(Error::Empty { name }),
        n if n > limits.file_bytes => Err(Error::TooLarge {
            name,
            bytes: n,
            limit: limits.file_bytes,
        }),
        _ => Ok((name, bytes)),
    }
}

fn check(name: &str, metadata: &Metadata, limits: &Limits) -> Result<(), Error> {
    let name = name.to_owned();
    if metadata.is_dir() {
        Err(Error::IsFolder { name })
    } else if !metadata.is_file() {
        Err(Error::NotAFile { name })
    } else if metadata.len() > limits.file_bytes {
        Err(Error::TooLarge {
            name,
            bytes: metadata.len(),
            limit: limits.file_bytes,
        })
    } else {
        Ok(())
    }
}

fn refusal(name: &str, error: &std::io::Error, path: &Path) -> Error {
    let name = name.to_owned();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput => {
            Error::NotFound { name }
        }
        ErrorKind::PermissionDenied => Error::NotReadable {
            name,
            reason: "permission denied".to_owned(),
        },
        // A link that leads back to itself.
        _ if path.is_symlink() && path.canonicalize().is_err() => Error::NotFound { name },
        _ => Error::NotReadable {
            name,
            reason: error.to_string(),
        },
    }
}

/// The last part of the path, fit to be shown on one line.
fn display_name(path: &Path) -> String {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    name.chars()
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// The host of an `http` or `https` address; a picture dragged out of a browser
/// arrives as one.
fn link_host(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // Never the user and password that may stand before the host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    Some(host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_its_host_and_nothing_else() {
        assert_eq!(
            link_host("https://U:pw@Example.com:8443/a?b"),
            Some("example.com:8443".into())
        );
        assert_eq!(link_host("HTTP://example.com"), Some("example.com".into()));
        assert_eq!(link_host("/home/http://x"), None);
        assert_eq!(link_host("ftp://example.com/x"), None);
    }
}
