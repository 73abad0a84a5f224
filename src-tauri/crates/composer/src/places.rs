//! What addresses name, as file managers and browsers give them with a drop or on the
//! clipboard, and as they are typed: files of this machine, links, and files that lie
//! elsewhere.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use protocol::{ErrorCode, IpcError};
use renditions::links;

/// What an address of a file does not say as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What each line of a `text/uri-list` (RFC 2483) names: a file of this machine by its
/// path, whatever bytes its name is made of; anything else as it was written.
///
/// Read, too, are the lists of GNOME, MATE and their kin, which say `copy` or `cut`
/// before, and lines that are a plain path.
pub fn places(list: &[u8]) -> Vec<PathBuf> {
    let lines = list.split(|byte| matches!(byte, b'\n' | b'\r' | b'\0'));
    let place = |line: &[u8]| match line.first()? {
        b'/' => path(line),
        _ => place(line),
    };
    lines.filter_map(|line| place(line.trim_ascii())).collect()
}

/// What an address names; `None` for what is none.
pub fn place(address: &[u8]) -> Option<PathBuf> {
    let text = String::from_utf8_lossy(address);
    let (scheme, rest) = split(&text)?;
    let is = |known: &str| scheme.eq_ignore_ascii_case(known);
    if is("file")
        && let Some(path) = address.get("file:".len()..).and_then(own)
    {
        return Some(path);
    }
    let is_address = rest.starts_with("//") || is("file") || is("data");
    is_address.then(|| PathBuf::from(text.as_ref()))
}

/// The address by which [`place`] finds what it named; what is no path is one already.
pub(crate) fn address(place: &Path) -> String {
    if place.is_absolute() {
        let bytes = place.as_os_str().as_encoded_bytes();
        format!("file://{}", percent_encode(bytes, ESCAPED))
    } else {
        place.to_string_lossy().into_owned()
    }
}

/// The scheme of an address, and what stands after it. One letter is the drive of a
/// path.
fn split(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some((scheme, rest))
}

/// The file of this machine that stands behind `file:`. A `#` or `?` that was not
/// escaped is part of its name.
fn own(rest: &[u8]) -> Option<PathBuf> {
    let Some(rest) = rest.strip_prefix(b"//") else {
        return rest.starts_with(b"/").then(|| path(&decoded(rest)))?;
    };
    let slash = rest.iter().position(|byte| *byte == b'/')?;
    let (host, name) = rest.split_at_checked(slash)?;
    is_here(host).then(|| path(&decoded(name)))?
}

fn decoded(bytes: &[u8]) -> Vec<u8> {
    percent_decode(bytes).collect()
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    // No name holds one, and what is behind it would be lost.
    (!bytes.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    // `/C:/folder/name`
    let text = std::str::from_utf8(bytes).ok()?;
    Some(PathBuf::from(text.strip_prefix('/').unwrap_or(text)))
}

/// Is it this machine that a `file:` address names? XDND lets it give its name.
fn is_here(host: &[u8]) -> bool {
    host.is_empty() || host.eq_ignore_ascii_case(b"localhost") || is_own_name(host)
}

#[cfg(unix)]
fn is_own_name(host: &[u8]) -> bool {
    let system = rustix::system::uname();
    host.eq_ignore_ascii_case(system.nodename().to_bytes())
}

#[cfg(not(unix))]
fn is_own_name(_: &[u8]) -> bool {
    false
}

/// Why what an address names cannot be read, with a name for it; `None` for what is no
/// address. A share, a phone or a cloud drive is reached by the file manager alone.
pub(crate) fn unread(text: &str) -> Option<(String, IpcError)> {
    let (scheme, rest) = split(text)?;
    let scheme = scheme.to_ascii_lowercase();
    let is_link = matches!(scheme.as_str(), "http" | "https");
    let Some(rest) = rest.strip_prefix("//").filter(|_| !is_link) else {
        // What only means something within a browser, or nothing at all.
        let error = links::not_read(&scheme, "it is not a web address", "scheme");
        return Some((scheme, error));
    };
    let (authority, names) = rest.split_once('/').unwrap_or((rest, ""));
    // Never the user and password that may stand before the host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let place = format!("{scheme}://{}", shown(host));
    let last = names.rsplit('/').find(|name| !name.is_empty());
    let name = last.map_or_else(|| place.clone(), shown);
    let message = format!(
        "“{name}” lies at {place}, not in a folder of this computer. Copy it to this computer first, then add the copy."
    );
    let error = IpcError::new(ErrorCode::FileElsewhere, message)
        .arg("name", &name)
        .arg("place", &place);
    Some((name, error))
}

/// A part of an address, fit to be shown on one line.
fn shown(part: &str) -> String {
    let bytes = decoded(part.as_bytes());
    let text = String::from_utf8_lossy(&bytes);
    let shown = text.chars().take(120);
    shown
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &str) -> Vec<String> {
        let places = places(list.as_bytes());
        places
            .iter()
            .map(|place| place.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn a_list_names_files_and_links_however_it_is_written() {
        for (list, wanted) in [
            ("file:///a/b.png\r\n", &["/a/b.png"][..]),
            (
                "# a comment\r\nfile:///a%20b/%E7%8C%AB%2B%2523.png",
                &["/a b/猫+%23.png"],
            ),
            ("copy\nfile:///a.png\nfile:///b.png", &["/a.png", "/b.png"]),
            ("cut\nfile:///a.png", &["/a.png"]),
            (
                "x-special/nautilus-clipboard\ncopy\nfile:///a.png\n",
                &["/a.png"],
            ),
            (
                "FILE:/a.png\n\nfile://LocalHost/b.png\0",
                &["/a.png", "/b.png"],
            ),
            ("/plain/a b%20c.png", &["/plain/a b%20c.png"]),
            ("file:///raw #1?.png", &["/raw #1?.png"]),
            ("file:///100%.png", &["/100%.png"]),
            ("file:///a%00b.png", &["file:///a%00b.png"]),
            ("file://nas/a.png", &["file://nas/a.png"]),
            (
                "https://a.example/a%2Bb%2Fc.png?q=%26",
                &["https://a.example/a%2Bb%2Fc.png?q=%26"],
            ),
            ("sftp://me@nas/a%2Bb.png", &["sftp://me@nas/a%2Bb.png"]),
            (
                "data:image/png;base64,AA+/%2B",
                &["data:image/png;base64,AA+/%2B"],
            ),
            ("", &[]),
            ("copy", &[]),
            ("some text: more", &[]),
        ] {
            assert_eq!(texts(list), wanted, "{list:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_may_be_of_any_bytes() {
        use std::os::unix::ffi::OsStrExt;

        for (list, wanted) in [
            (&b"file:///caf%E9.png"[..], &b"/caf\xe9.png"[..]),
            (b"file:///%C3%A8%bf%d8.png\r\n", b"/\xc3\xa8\xbf\xd8.png"),
            (b"file:///caf\xe9 1.png", b"/caf\xe9 1.png"),
            (b"copy\n/\xb0\xa1.png", b"/\xb0\xa1.png"),
        ] {
            let found = places(list);
            let [path] = found.as_slice() else {
                panic!("{found:?}");
            };
            assert_eq!(path.as_os_str().as_bytes(), wanted);
        }
        let here = rustix::system::uname();
        let list = [b"file://", here.nodename().to_bytes(), b"/a.png"].concat();
        assert_eq!(places(&list), [PathBuf::from("/a.png")]);
    }

    #[test]
    fn what_lies_elsewhere_is_named_with_its_place_and_no_password() {
        for (text, name, place) in [
            (
                "smb://me:secret@nas/share/a%20cat.png",
                "a cat.png",
                "smb://nas",
            ),
            (
                "sftp://secret@10.0.0.2:22/home/%E7%8C%AB.jpg",
                "猫.jpg",
                "sftp://10.0.0.2:22",
            ),
            (
                "mtp://Pixel_7/Internal%20storage/DCIM/caf%E9.jpg",
                "caf\u{fffd}.jpg",
                "mtp://Pixel_7",
            ),
            ("ftp://files.example/pub/", "pub", "ftp://files.example"),
            (
                "dav://cloud.example/a%0Ab.png",
                "a\u{fffd}b.png",
                "dav://cloud.example",
            ),
            (
                "davs+sd://cloud.example/",
                "davs+sd://cloud.example",
                "davs+sd://cloud.example",
            ),
            (
                "google-drive://secret@gmail.com/0A/1k",
                "1k",
                "google-drive://gmail.com",
            ),
            (
                "gphoto2://%5Busb%3A001,007%5D/a.jpg",
                "a.jpg",
                "gphoto2://[usb:001,007]",
            ),
            ("trash:///a.png", "a.png", "trash://"),
            ("file://nas/share/a.png", "a.png", "file://nas"),
        ] {
            let (shown, error) = unread(text).unwrap();
            assert_eq!(error.code, ErrorCode::FileElsewhere, "{text}");
            assert_eq!(
                (shown.as_str(), error.args["place"].as_str()),
                (name, place)
            );
            assert!(error.message.contains("Copy it to this computer first"));
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
        for text in ["blob:https://a.example/1", "about:blank", "https://[x/"] {
            assert_eq!(unread(text).unwrap().1.code, ErrorCode::LinkNotRead);
        }
        for text in ["/a:b.png", "C:\\a.png", "cat.png", "a b://c", ""] {
            assert!(unread(text).is_none(), "{text}");
        }
    }
}
