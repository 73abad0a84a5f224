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
        (b"ARRIVALS of today: 12:40 from Oslo", "text"),
        (b"IIII. Fourth part\r\n", "text"),
        (b"MMMM, good", "text"),
        (b"IIRO", "text"),
        (b"PWADDLE\tand\x1b[1m colours", "text"),
        (b"MMORPG", "text"),
        (b"FOVb\xc3\xa4r", "text"),
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
        (b"IIIIwaR\0\x08\0\0\0", "Phase One raw"),
        (b"MMMMRaw\0\0\0\0\x10", "Phase One raw"),
        (b"ARRI\x78\x56\x34\x12\0\x10\0\0", "ARRI raw"),
        (b"IIRO\x08\0\0\0", "Olympus raw"),
        (b"PWAD\x0b\0\0\0\x0c\0\0\0", "Leica raw"),
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
    for name in ["a.svgz", "a.SVGZ", "a.svg"] {
        let packed = told(name, b"\x1f\x8b\x08\0");
        assert_eq!(packed, Sniffed::Known(Format::Svg), "{name}");
    }
    for (name, bytes) in [("a.gz", &b"\x1f\x8b\x08\0"[..]), ("a.svgz", b"BZh9")] {
        let archive = Sniffed::Other(drawing::format::Other::Archive);
        assert_eq!(told(name, bytes), archive, "{name}");
    }
    assert_eq!(told("a.png", b"\x01\x02\x03\x04"), Sniffed::Unknown);
}

/// A directory of numbers of 32 bits, or of 16 where they are that small, with a maker
/// where one is named, and further directories that only say what they are given.
fn tiff(little: bool, maker: &str, tags: &[(u16, u32)], further: &[&[(u16, u32)]]) -> Vec<u8> {
    let short = |v: u16| {
        if little {
            v.to_le_bytes()
        } else {
            v.to_be_bytes()
        }
    };
    let long = |v: u32| {
        if little {
            v.to_le_bytes()
        } else {
            v.to_be_bytes()
        }
    };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&short(tag)[..], &short(kind), &long(count), &value].concat()
    };
    let number = |(tag, value): &(u16, u32)| entry(*tag, 4, 1, long(*value));
    let directory = |entries: Vec<Vec<u8>>| {
        let count = short(entries.len() as u16);
        [&count[..], &entries.concat(), &[0; 4]].concat()
    };
    let mut entries: Vec<Vec<u8>> = tags.iter().map(number).collect();
    let more = usize::from(!maker.is_empty()) + usize::from(!further.is_empty());
    let name = 8 + 2 + (entries.len() + more) * 12 + 4;
    let places = name + maker.len().next_multiple_of(2);
    let table = if further.len() == 1 {
        0
    } else {
        further.len() * 4
    };
    let mut at = places + table;
    if !maker.is_empty() {
        entries.push(entry(271, 2, maker.len() as u32, long(name as u32)));
    }
    let (mut pointers, mut rest) = (Vec::new(), Vec::new());
    for tags in further {
        let directory = directory(tags.iter().map(number).collect());
        pointers.push(long(at as u32));
        at += directory.len();
        rest.extend(directory);
    }
    match pointers.as_slice() {
        [] => {}
        [one] => entries.push(entry(330, 4, 1, *one)),
        many => entries.push(entry(330, 4, many.len() as u32, long(places as u32))),
    }
    let mut out = if little {
        b"II*\0".to_vec()
    } else {
        b"MM\0*".to_vec()
    };
    out.extend(long(8));
    out.extend(directory(entries));
    out.extend(maker.bytes());
    out.resize(places, 0);
    if table > 0 {
        out.extend(pointers.concat());
    }
    out.extend(rest);
    out
}

#[test]
fn tells_a_raw_file_from_an_edited_photo() {
    let plain: &[(u16, u32)] = &[(254, 0), (256, 60), (257, 40), (259, 1), (262, 2)];
    let small: &[(u16, u32)] = &[(254, 1), (256, 60), (257, 40), (259, 1), (262, 2)];
    let mosaic: &[(u16, u32)] = &[(254, 0), (259, 34_713), (262, 32_803)];
    let coded: &[(u16, u32)] = &[(254, 0), (259, 65_535), (262, 2)];
    let packed: &[(u16, u32)] = &[(256, 60), (257, 40), (259, 65_535), (262, 2)];
    for little in [true, false] {
        let named = |maker: &str, tags: &[(u16, u32)], further: &[&[(u16, u32)]]| {
            named(&tiff(little, maker, tags, further))
        };
        // A pyramid: smaller copies of what a camera took and a person edited.
        assert_eq!(named("NIKON CORPORATION", plain, &[small, small]), "TIFF");
        assert_eq!(named("Canon", plain, &[small]), "TIFF");
        assert_eq!(named("Canon", plain, &[]), "TIFF");
        assert_eq!(named("", small, &[plain]), "TIFF");
        assert_eq!(named("", coded, &[]), "TIFF");
        assert_eq!(named("NIKON CORPORATION", small, &[plain]), "Nikon raw");
        assert_eq!(named("SONY", small, &[mosaic]), "Sony raw");
        assert_eq!(named("SAMSUNG", plain, &[small, mosaic]), "Samsung raw");
        assert_eq!(named("Canon", plain, &[coded]), "Canon raw");
        assert_eq!(named("PENTAX Corporation", packed, &[]), "Pentax raw");
        assert_eq!(named("", mosaic, &[]), "camera raw");
    }
}
