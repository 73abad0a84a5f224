//! Videos: told by their first bytes, kept and sent as they are but for their metadata.

use std::fmt::Write as _;

use ::providers::Limits;
use protocol::{ErrorCode, IpcError, Video, VideoMetadata};
use sha2::{Digest, Sha256};

mod metadata;

pub use metadata::take_out;

/// Most bytes of a video that are read: what a body of 64 MB holds as base64, the
/// most that any provider takes (Volcengine Ark).
pub const MOST: u64 = 48 * 1024 * 1024;

/// How many first bytes of a file tell what it is.
pub const HEAD: usize = 512;

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A video of this MIME type, which is sent.
    Known(&'static str),
    /// A video of a format that no provider takes.
    Unknown(&'static str),
}

/// Is it a video? `None` for anything else.
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, d, ..] => iso(&[*a, *b, *c, *d]),
        // QuickTime files from before `ftyp`.
        [_, _, _, _, b'm', b'o', b'o', b'v', ..]
        | [_, _, _, _, b'm', b'd', b'a', b't', ..]
        | [_, _, _, _, b'w', b'i', b'd', b'e', ..] => Some(Kind::Known("video/quicktime")),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'A',
            b'V',
            b'I',
            b' ',
            ..,
        ] => Some(Kind::Known("video/x-msvideo")),
        [0x1a, 0x45, 0xdf, 0xa3, rest @ ..] => {
            let head = rest.get(..64).unwrap_or(rest);
            let webm = head.windows(4).any(|four| four == b"webm");
            Some(if webm {
                Kind::Known("video/webm")
            } else {
                Kind::Unknown("Matroska")
            })
        }
        [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, ..] => Some(Kind::Unknown("WMV")),
        [b'F', b'L', b'V', 1, ..] => Some(Kind::Unknown("FLV")),
        [0, 0, 1, 0xba | 0xb3, ..] => Some(Kind::Unknown("MPEG")),
        [0x47, ..] if bytes.get(188) == Some(&0x47) => Some(Kind::Unknown("MPEG-TS")),
        _ => None,
    }
}

/// By the major brand of an ISO file, of which pictures and sounds are kinds, too.
fn iso(brand: &[u8; 4]) -> Option<Kind> {
    match brand {
        b"qt  " => Some(Kind::Known("video/quicktime")),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" | b"avif"
        | b"avis" | b"crx " | b"M4A " | b"M4B " | b"M4P " | b"jp2 " | b"jpx " => None,
        [b'3', b'g', ..] => Some(Kind::Unknown("3GP")),
        _ => Some(Kind::Known("video/mp4")),
    }
}

/// A whole file as a video, its metadata taken out.
///
/// # Errors
/// [`ErrorCode::VideoFormat`] for one that no provider takes,
/// [`ErrorCode::VideoTooLarge`].
pub fn video(name: &str, kind: Kind, bytes: &mut [u8]) -> Result<(Video, VideoMetadata), IpcError> {
    let mime = match kind {
        Kind::Known(mime) => mime,
        Kind::Unknown(format) => return Err(wrong_format(name, format)),
    };
    let length = bytes.len() as u64;
    if length > MOST {
        return Err(too_large(name, length, MOST));
    }
    let metadata = take_out(bytes);
    let video = Video {
        hash: hash(bytes),
        name: name.to_owned(),
        mime: mime.to_owned(),
        bytes: u32::try_from(length).unwrap_or(u32::MAX),
    };
    Ok((video, metadata))
}

/// Does a request with these limits hold this video?
///
/// # Errors
/// [`ErrorCode::VideoTooLarge`], [`ErrorCode::VideoFormat`].
pub fn check(video: &Video, limits: &Limits) -> Result<(), IpcError> {
    let bytes = u64::from(video.bytes);
    match limits.video_bytes {
        Some(limit) if bytes > limit => return Err(too_large(&video.name, bytes, limit)),
        _ => {}
    }
    match &limits.video_mime {
        Some(taken) if !names(&video.mime).any(|name| taken.iter().any(|t| t == name)) => {
            let format = video.mime.strip_prefix("video/").unwrap_or(&video.mime);
            Err(wrong_format(&video.name, format))
        }
        _ => Ok(()),
    }
}

/// The name of a MIME type as this provider has it: Volcengine Ark wants
/// `video/mov` and `video/avi`.
pub fn mime(video: &Video, limits: &Limits) -> String {
    let taken = limits.video_mime.as_deref().unwrap_or_default();
    names(&video.mime)
        .find(|name| taken.iter().any(|t| t == name))
        .unwrap_or(&video.mime)
        .to_owned()
}

/// A MIME type and its other name.
fn names(mime: &str) -> impl Iterator<Item = &str> {
    let other = match mime {
        "video/quicktime" => Some("video/mov"),
        "video/x-msvideo" => Some("video/avi"),
        _ => None,
    };
    [Some(mime), other].into_iter().flatten()
}

/// The file is larger than is read.
pub fn too_large(name: &str, bytes: u64, limit: u64) -> IpcError {
    let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1_000_000.0);
    IpcError::new(
        ErrorCode::VideoTooLarge,
        format!(
            "The video “{name}” is {}, and {} is the most that can be sent. Shorten it or save it smaller, or put it online and add its link.",
            mb(bytes),
            mb(limit)
        ),
    )
    .arg("name", name)
    .arg("bytes", bytes)
    .arg("limit", limit)
}

fn wrong_format(name: &str, format: &str) -> IpcError {
    IpcError::new(
        ErrorCode::VideoFormat,
        format!("“{name}” is a {format} video, which is not taken. Save it as MP4 and add that."),
    )
    .arg("name", name)
    .arg("format", format)
}

/// SHA-256 as hex.
fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        let riff = |kind: &[u8]| [b"RIFF\0\0\0\0", kind].concat();
        let ebml = |doc: &[u8]| [b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84", doc].concat();
        let known = |mime| Some(Kind::Known(mime));
        for (bytes, kind_is) in [
            (b"\0\0\0\x18ftypisom\0\0".to_vec(), known("video/mp4")),
            (b"\0\0\0\x18ftypmp42\0\0".to_vec(), known("video/mp4")),
            (b"\0\0\0\x14ftypqt  \0\0".to_vec(), known("video/quicktime")),
            (b"\0\0\0\x08wide\0\0".to_vec(), known("video/quicktime")),
            (riff(b"AVI LIST"), known("video/x-msvideo")),
            (ebml(b"webm"), known("video/webm")),
            (ebml(b"matroska"), Some(Kind::Unknown("Matroska"))),
            (b"\0\0\0\x14ftyp3gp4".to_vec(), Some(Kind::Unknown("3GP"))),
            (b"\0\0\0\x1cftypheic".to_vec(), None),
            (b"\0\0\0\x1cftypavif".to_vec(), None),
            (b"\0\0\0\x1cftypM4A ".to_vec(), None),
            (riff(b"WEBPVP8 "), None),
            (b"\x89PNG\r\n\x1a\n".to_vec(), None),
            (b"".to_vec(), None),
            (b"\0\0\0\x18ftyp".to_vec(), None),
        ] {
            assert_eq!(
                kind(&bytes),
                kind_is,
                "{:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }

    #[test]
    fn a_provider_has_its_own_names() {
        let video = Video {
            hash: String::new(),
            name: "a.mov".into(),
            mime: "video/quicktime".into(),
            bytes: 51,
        };
        let limits = |names: &[&str]| Limits {
            video_bytes: Some(50),
            video_mime: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ..Limits::default()
        };
        assert_eq!(mime(&video, &Limits::default()), "video/quicktime");
        assert_eq!(
            mime(&video, &limits(&["video/mp4", "video/mov"])),
            "video/mov"
        );
        let refused = check(&video, &limits(&["video/mov"])).unwrap_err();
        assert_eq!(refused.code, ErrorCode::VideoTooLarge);
        let small = Video { bytes: 50, ..video };
        assert!(check(&small, &limits(&["video/mov"])).is_ok());
        let refused = check(&small, &limits(&["video/mp4"])).unwrap_err();
        assert_eq!(refused.code, ErrorCode::VideoFormat);
    }
}
