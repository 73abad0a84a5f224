//! What is no picture that is read: other pictures, and what is none at all.

use super::kind::{Other, PAGE, SAVE, Sniffed};
use crate::raw::{be16, holds, le16, le32};

/// Pictures and pages that are not read, by their first bytes.
const PICTURES: &[(&[u8], &str, &str)] = &[
    (b"II\xbc\x01", "JPEG XR", SAVE),
    (b"icns", "ICNS", SAVE),
    (b"\xff\x0a", "JPEG XL", SAVE),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL", SAVE),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000", SAVE),
    (b"\xff\x4f\xff\x51", "JPEG 2000", SAVE),
    (b"8BPS", "Photoshop", SAVE),
    (b"gimp xcf", "GIMP", SAVE),
    (b"qoif", "QOI", SAVE),
    (b"v/1\x01", "OpenEXR", SAVE),
    (b"#?RADIANCE", "Radiance HDR", SAVE),
    (b"#?RGBE", "Radiance HDR", SAVE),
    (b"DDS ", "DDS", SAVE),
    (b"BPG\xfb", "BPG", SAVE),
    (b"FLIF", "FLIF", SAVE),
    (b"\x8aMNG", "MNG", SAVE),
    (b"\x8bJNG", "JNG", SAVE),
    (b"\xd7\xcd\xc6\x9a", "WMF", SAVE),
    (b"\x01\0\x09\0\0", "WMF", SAVE),
    (b"%!PS", "PostScript", SAVE),
    (b"\xc5\xd0\xd3\xc6", "EPS", SAVE),
    (b"AT&TFORM", "DjVu", PAGE),
    (b"\x01\xda", "SGI", SAVE),
    (b"\x59\xa6\x6a\x95", "Sun Raster", SAVE),
    (b"/* XPM */", "XPM", SAVE),
    (b"SDPX", "DPX", SAVE),
    (b"XPDS", "DPX", SAVE),
    (b"\x80\x2a\x5f\xd7", "Cineon", SAVE),
    (b"SIMPLE  =", "FITS", SAVE),
    (b"\xabKTX ", "KTX", SAVE),
    (b"\x13\xab\xa1\x5c", "ASTC", SAVE),
    (b"VTF\0", "VTF", SAVE),
    (b"Paint Shop Pro Image File", "Paint Shop Pro", SAVE),
    (b"CSFCHUNK", "Clip Studio", SAVE),
    (b"\0\xffKA", "Affinity", SAVE),
    (b"fig-kiwi", "Figma", SAVE),
    (b"\xffWPC", "WordPerfect Graphics", SAVE),
    (b"AC10", "AutoCAD", SAVE),
    (b"id=ImageMagick", "MIFF", SAVE),
];

/// What is no picture, by its first bytes.
const OTHERS: &[(&[u8], Other)] = &[
    (b"\x1a\x45\xdf\xa3", Other::Video),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Other::Video),
    (b"FLV\x01", Other::Video),
    (b"\0\0\x01\xba", Other::Video),
    (b"\0\0\x01\xb3", Other::Video),
    (b"OggS", Other::Sound),
    (b"ID3", Other::Sound),
    (b"fLaC", Other::Sound),
    (b"\xff\xfb", Other::Sound),
    (b"\xff\xf3", Other::Sound),
    (b"MThd", Other::Sound),
    (b"{\\rtf", Other::Document),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Other::Document),
    (b"7z\xbc\xaf\x27\x1c", Other::Archive),
    (b"Rar!\x1a\x07", Other::Archive),
    (b"\xfd7zXZ\0", Other::Archive),
    (b"BZh", Other::Archive),
    (b"\x28\xb5\x2f\xfd", Other::Archive),
    (b"\x1f\x8b", Other::Archive),
    (b"\x7fELF", Other::Program),
    (b"MZ\x90\0", Other::Program),
    (b"\xcf\xfa\xed\xfe", Other::Program),
    (b"\xca\xfe\xba\xbe", Other::Program),
    (b"#!/", Other::Program),
    (b"\0asm", Other::Program),
    (b"\0\x01\0\0\0", Other::Font),
    (b"OTTO", Other::Font),
    (b"ttcf", Other::Font),
    (b"wOFF", Other::Font),
    (b"wOF2", Other::Font),
];

/// What the pictures and pages above are called.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PICTURES.iter().map(|(_, name, _)| *name)
}

/// What begins in a way of its own.
pub(super) fn listed(bytes: &[u8]) -> Option<Sniffed> {
    let picture = PICTURES.iter().find(|(magic, ..)| bytes.starts_with(magic));
    if let Some((_, name, advice)) = picture {
        return Some(Sniffed::Unsupported(name, advice));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(packed(bytes));
    }
    let other = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic));
    other.map(|(_, other)| Sniffed::Other(*other))
}

/// What is told by bytes that other files may have, too.
pub(super) fn loosely(bytes: &[u8]) -> Option<Sniffed> {
    let picture = |name| Some(Sniffed::Unsupported(name, SAVE));
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(Sniffed::Other(Other::Archive));
    }
    if bytes.get(128..132) == Some(b"DICM") {
        return picture("DICOM");
    }
    if bytes.get(2048..2055) == Some(b"PCD_IPI") {
        return picture("Kodak Photo CD");
    }
    if le32(bytes, 0) == Some(1) && bytes.get(40..44) == Some(b" EMF") {
        return picture("EMF");
    }
    if bytes.starts_with(b"FORM") && matches!(bytes.get(8..12), Some(b"ILBM" | b"PBM " | b"ACBM")) {
        return picture("IFF");
    }
    if is_pcx(bytes) {
        return picture("PCX");
    }
    if is_tga(bytes) {
        return picture("TGA");
    }
    if is_pict(bytes) {
        return picture("PICT");
    }
    if is_mpeg_stream(bytes) {
        return Some(Sniffed::Other(Other::Video));
    }
    None
}

/// What a ZIP holds, by the names of its first files.
fn packed(bytes: &[u8]) -> Sniffed {
    let head = bytes.get(..8192).unwrap_or(bytes);
    let has = |name: &[u8]| holds(head, name);
    let kinds: [(&[u8], &str); 5] = [
        (b"application/x-krita", "Krita"),
        (b"image/openraster", "OpenRaster"),
        (b"Document.archive", "Procreate"),
        (b"document.json", "Sketch"),
        (b"Metadata/", "3MF"),
    ];
    if let Some((_, name)) = kinds.into_iter().find(|(within, _)| has(within)) {
        return Sniffed::Unsupported(name, SAVE);
    }
    let document = [
        &b"[Content_Types].xml"[..],
        b"word/",
        b"xl/",
        b"ppt/",
        b"application/vnd.oasis",
        b"application/epub",
    ];
    Sniffed::Other(if document.into_iter().any(has) {
        Other::Document
    } else {
        Other::Archive
    })
}

/// ZSoft's header: version, coding, bits, and its four bytes of nothing.
fn is_pcx(bytes: &[u8]) -> bool {
    let [10, 0 | 2..=5, 0 | 1, 1 | 2 | 4 | 8, ..] = bytes else {
        return false;
    };
    let side =
        |from, to| matches!((le16(bytes, from), le16(bytes, to)), (Some(a), Some(b)) if a <= b);
    side(4, 8) && side(6, 10) && matches!(bytes.get(65), Some(1..=4))
}

/// Truevision's header, which has no sign of its own, or its end, which has.
fn is_tga(bytes: &[u8]) -> bool {
    let tail = bytes.len().checked_sub(18).and_then(|at| bytes.get(at..));
    if tail == Some(b"TRUEVISION-XFILE.\0") {
        return true;
    }
    let [_, map, kind, _, _, _, _, entry, ..] = bytes else {
        return false;
    };
    let mapped = match (map, kind) {
        (1, 1 | 9) => matches!(entry, 15 | 16 | 24 | 32),
        (0, 2 | 3 | 10 | 11) => bytes.get(3..8) == Some(&[0; 5]),
        _ => false,
    };
    let sized = le16(bytes, 12) > Some(0) && le16(bytes, 14) > Some(0);
    let depth = matches!(bytes.get(16), Some(8 | 15 | 16 | 24 | 32));
    mapped && sized && depth && matches!(bytes.get(17), Some(flags) if flags & 0xc0 == 0)
}

/// Apple's, behind 512 bytes that mean nothing.
fn is_pict(bytes: &[u8]) -> bool {
    bytes.get(522..528) == Some(&[0, 0x11, 2, 0xff, 0x0c, 0])
        || (bytes.get(522..524) == Some(&[0x11, 1]) && be16(bytes, 0) == Some(0))
}

/// MPEG in packets of 188 bytes.
fn is_mpeg_stream(bytes: &[u8]) -> bool {
    [0, 188, 376].iter().all(|at| bytes.get(*at) == Some(&0x47))
}
