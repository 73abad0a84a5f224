//! What a file is, by its first bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use drawing::format::{Format, Sniffed, sniff, sniff_named};

fn named(bytes: &[u8]) -> &'static str {
    match sniff(bytes) {
        Sniffed::Known(format) => format.name(),
        Sniffed::Unsupported(name, _) => name,
        Sniffed::Other(what) => what.id(),
        Sniffed::Unknown => "?",
    }
}

#[test]
fn tells_kinds_apart() {
    let cases: &[(&[u8], &str)] = &[
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (b"RIFF\0\0\0\0WAVEfmt ", "sound"),
        (b"BM the best of all worlds, some say", "text"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp41isom", "video"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- x --><svg/>", "SVG"),
        (b"<?xml version='1.0'?><html/>", "web_page"),
        (b"%PDF-1.7", "PDF"),
        (b"P6 640 480 255", "PNM"),
        (b"P6 is a nice name", "text"),
        (b"hello", "text"),
        (b"", "?"),
    ];
    for (bytes, name) in cases {
        assert_eq!(named(bytes), *name, "{:?}", String::from_utf8_lossy(bytes));
    }
}

/// First bytes as `dcraw`, ExifTool and `file` know them, and what each is called.
#[test]
fn names_what_is_not_read() {
    let cases: &[(&[u8], &str)] = &[
        (b"IIU\0\x18\0\0\0\x88\xe7", "Panasonic raw"),
        (b"\0MRM\xc7\x2f\x72\xc1", "Minolta raw"),
        (b"IIRS\x08\0\0\0", "Olympus raw"),
        (b"MMOR\0\0\0\x08", "Olympus raw"),
        (b"FOVb\0\0\x02\0", "Sigma raw"),
        (b"II\x1a\0\0\0HEAPCCDR\x02\0", "Canon raw"),
        (b"II*\0\x08\x01\0\0IIIIwaR", "Phase One raw"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"\xc5\xd0\xd3\xc6\x20\0\0\0", "EPS"),
        (b"\0\0\x02\0\0\0\0\0\0\0\0\0\x40\0\x40\0\x18\0", "TGA"),
        (b"P7\nWIDTH 3\n", "PAM"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video"),
        (b"\0\0\0\x08wide\0\0\0\x10mdat", "video"),
        (b"\0\0\0\x14ftypavci\0\0\0\0avci", "HEIC"),
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", "document"),
        (b"PK\x03\x04\x0a\0\0\0readme.txt", "archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "document"),
        (b"{\"error\": \"gone\"}", "text"),
        (b"\x7fELF\x02\x01\x01\0", "program"),
    ];
    for (bytes, name) in cases {
        assert_eq!(named(bytes), *name, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn tells_a_drawing_from_a_page_with_a_drawing() {
    let comment = format!(
        "<?xml version='1.0'?><!-- {} --><svg/>",
        "long <html> ".repeat(9000)
    );
    let typed =
        "<?xml version='1.0'?><!DOCTYPE svg PUBLIC \"-//W3C\" 'a>b' [<!ENTITY a '<g/>'>]><svg/>";
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let mark = [0xfeff_u16];
        let letters = mark.into_iter().chain(text.encode_utf16());
        let bytes = letters.map(|v| {
            if big {
                v.to_be_bytes()
            } else {
                v.to_le_bytes()
            }
        });
        bytes.flatten().collect()
    };
    let cases: &[(&[u8], &str)] = &[
        (comment.as_bytes(), "SVG"),
        (typed.as_bytes(), "SVG"),
        (b"<ns0:svg xmlns:ns0='http://www.w3.org/2000/svg'/>", "SVG"),
        (
            &wide("<?xml version='1.0' encoding='UTF-16'?><svg/>", true),
            "SVG",
        ),
        (&wide("<svg width='9'/>", false), "SVG"),
        (&wide("<svg width='9'/>", false)[2..], "SVG"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "archive"),
        (b"<!DOCTYPE html><html><svg/></html>", "web_page"),
        (
            b"\n<!doctype HTML PUBLIC '-//W3C//DTD'>\n<svg/>",
            "web_page",
        ),
        (b"<!-- saved --><HTML><body><svg/>", "web_page"),
        (b"<div><svg/></div>", "web_page"),
        (
            b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
            "text",
        ),
    ];
    for (bytes, name) in cases {
        let start = &bytes[..bytes.len().min(80)];
        assert_eq!(named(bytes), *name, "{:?}", String::from_utf8_lossy(start));
    }
}

#[test]
fn goes_by_the_ending_only_where_the_bytes_leave_it_open() {
    let told = |name: &str, bytes: &[u8]| sniff_named(name, bytes);
    let raw = |told: Sniffed| matches!(told, Sniffed::Unsupported(name, _) if name.contains("raw"));
    assert!(raw(told("DSC00001.SRF", b"\x01\x02\x03\x04 noise")));
    assert!(raw(told("IMG.kdc", b"MM\0*\0\0\0\x08")));
    assert_eq!(
        told("a.nef", b"\xff\xd8\xff\xe0"),
        Sniffed::Known(Format::Jpeg)
    );
    assert_eq!(
        told("a.tif", b"MM\0*\0\0\0\x08"),
        Sniffed::Known(Format::Tiff)
    );
    assert!(matches!(
        told("a.svgz", b"\x1f\x8b\x08\0"),
        Sniffed::Unsupported("compressed SVG", _)
    ));
    assert_eq!(told("a.png", b"\x01\x02\x03\x04"), Sniffed::Unknown);
}
