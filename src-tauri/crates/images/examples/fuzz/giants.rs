//! The largest and most costly files that each kind allows, each small on disk:
//! prepared by a process of its own, so that what it takes can be told.

use std::io::Write;
use std::process::{Command, ExitCode};

use drawing::{Draw, Limits};
use flate2::{Compression, write::ZlibEncoder};
use images::{master, prepare};

use crate::measured::{LONGEST, MEMORY, peak, processor};
use crate::{fixtures, kinds};

/// Width and height: just under 100 megapixels.
const SIDE: u32 = 10_000;

const ALL: [&str; 29] = [
    "png 16 bit",
    "png interlaced",
    "jpeg",
    "jpeg progressive",
    "gif",
    "webp",
    "bmp runs",
    "bmp 1 bit",
    "tiff 16 bit",
    "tiff float",
    "tiff lzw",
    "tiff fax",
    "tiff 12 bit",
    "tiff packed bits",
    "tiff tiny tiles",
    "tiff large window",
    "tiff shared strips",
    "tiff shared tables",
    "avif",
    "avif tiles",
    "heic",
    "svg filters",
    "svg uses",
    "svg picture",
    "pdf stream",
    "pdf forms",
    "pdf pattern",
    "pdf picture",
    "pdf page",
];

/// Prepares each; what is wrong with them.
pub fn all() -> Vec<String> {
    ALL.iter().filter_map(|name| child(name).err()).collect()
}

fn child(name: &str) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).args(["giant", name]).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{name}: {}", text.trim());
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{name}: {} {}", text.trim(), output.status))
    }
}

/// Makes one, prepares it, and prints what that took.
pub fn one(name: &str) -> ExitCode {
    // What making it took must not count.
    if std::env::args().nth(3).is_none() {
        let made = make(name).and_then(|bytes| {
            let file = tempfile::NamedTempFile::new().ok()?;
            std::fs::write(file.path(), bytes).ok()?;
            Some(file)
        });
        let program = std::env::current_exe().ok();
        let status = made.zip(program).and_then(|(file, program)| {
            Command::new(program)
                .arg("giant")
                .arg(name)
                .arg(file.path())
                .status()
                .ok()
        });
        return match status {
            Some(status) if status.success() => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        };
    }
    let bytes = std::env::args()
        .nth(3)
        .and_then(|path| std::fs::read(path).ok());
    let bytes = bytes.unwrap_or_default();
    let mut words = format!("{} KB", bytes.len() / 1024);
    let mut fine = true;
    let mut job = |what: &str, work: &dyn Fn() -> String| {
        let start = processor();
        let came = work();
        let took = processor().saturating_sub(start);
        fine &= took <= LONGEST;
        words += &format!(", {what} {came} {} ms", took.as_millis());
    };
    // Only the process that draws pages bounds their memory.
    let draw = name.starts_with("pdf").then(Draw::beside);
    let limits = Limits::default();
    job("prepare", &|| {
        let prepared = match &draw {
            Some(draw) => draw.prepare(name, &bytes, &limits),
            None => prepare(name, &bytes, &limits),
        };
        match prepared {
            Ok(done) => format!("{} × {}", done.picture.width, done.picture.height),
            Err(error) => format!("{:?}", protocol::IpcError::from(error).code),
        }
    });
    let kept = || match &draw {
        Some(draw) => draw.master(name, &bytes, &limits.caps()),
        None => master(name, &bytes, &limits.caps()),
    };
    job("master", &|| match kept() {
        Ok(kept) => format!("{} KB", kept.bytes.len() / 1024),
        Err(error) => format!("{:?}", protocol::IpcError::from(error).code),
    });
    println!("{words}, peak {} MB", peak() / 1024);
    if fine && peak() / 1024 <= MEMORY {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn make(name: &str) -> Option<Vec<u8>> {
    let area = u64::from(SIDE) * u64::from(SIDE);
    Some(match name {
        "png 16 bit" => png(16, 6, 0, area * 8 + u64::from(SIDE))?,
        // Each of the seven passes has its own rows, each with a byte for its filter.
        "png interlaced" => png(16, 6, 1, area * 8 + u64::from(SIDE) * 2)?,
        "jpeg" => jpeg(false)?,
        "jpeg progressive" => jpeg(true)?,
        "gif" => gif(),
        "webp" => webp()?,
        "bmp runs" => bmp(8, 1, vec![0, 1]),
        "bmp 1 bit" => bmp(1, 0, vec![0; (SIDE.div_ceil(32) * 4 * SIDE) as usize]),
        "tiff 16 bit" => tiff(16, 4, 1, 8, &zeros(area * 8)?),
        "tiff float" => tiff(32, 3, 3, 8, &zeros(area * 12)?),
        "tiff lzw" => tiff(8, 3, 1, 5, &lzw(8, true, area * 3)),
        // Each bit is a row like the one above: a vertical code of nothing.
        "tiff fax" => tiff(1, 1, 1, 4, &vec![0xff; SIDE as usize / 8 + 1]),
        "tiff 12 bit" => tiff(12, 3, 1, 8, &zeros(area * 9 / 2)?),
        "tiff packed bits" => tiff(1, 1, 1, 8, &zeros(area / 8)?),
        "tiff tiny tiles" => tiff_tiles((16, 16), 8, &zeros(16 * 16 * 3)?, &[]),
        "tiff large window" => tiff(8, 3, 1, 34_925, LARGE_WINDOW),
        "tiff shared strips" => tiff_strips()?,
        "tiff shared tables" => tiff_tables()?,
        "avif" => kinds::AVIF_GIANT.to_vec(),
        "avif tiles" => many_tiles(kinds::AVIF_GRID.to_vec())?,
        "heic" => fixtures::heic(&fixtures::flat(SIDE, SIDE, [30, 90, 160])),
        "svg filters" => filters(),
        "svg uses" => uses(),
        "svg picture" => picture_within()?,
        "pdf stream" => pdf_stream()?,
        "pdf forms" => pdf_forms(),
        "pdf pattern" => pdf_pattern(),
        "pdf picture" => pdf_picture()?,
        "pdf page" => pdf_page(),
        _ => return None,
    })
}

/// As many zeros, packed.
fn zeros(mut count: u64) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let part = vec![0; 1 << 20];
    while count > 0 {
        let length = count.min(1 << 20);
        encoder.write_all(part.get(..length as usize)?).ok()?;
        count -= length;
    }
    encoder.finish().ok()
}

fn png(depth: u8, colour: u8, interlaced: u8, bytes: u64) -> Option<Vec<u8>> {
    let side = SIDE.to_be_bytes();
    let header = [&side[..], &side, &[depth, colour, 0, 0, interlaced]].concat();
    Some(
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            fixtures::png_chunk(b"IHDR", &header),
            fixtures::png_chunk(b"IDAT", &zeros(bytes)?),
            fixtures::png_chunk(b"IEND", &[]),
        ]
        .concat(),
    )
}

fn jpeg(progressive: bool) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 60);
    encoder.set_progressive(progressive);
    let side = SIDE as u16;
    let pixels = vec![99; (SIDE * SIDE * 3) as usize];
    encoder
        .encode(&pixels, side, side, jpeg_encoder::ColorType::Rgb)
        .ok()?;
    Some(out)
}

/// A run of zeros as LZW codes it: each code stands for one zero more than the one
/// before, until the table is full. Most significant bit first for TIFF, least for GIF.
fn lzw(bits: u32, most_first: bool, count: u64) -> Vec<u8> {
    let (clear, end) = (1_u32 << bits, (1_u32 << bits) + 1);
    let early = u32::from(most_first);
    let mut out = Vec::new();
    let (mut held, mut number) = (0_u64, 0_u32);
    let mut put = |code: u32, width: u32| {
        if most_first {
            held = held << width | u64::from(code);
        } else {
            held |= u64::from(code) << number;
        }
        number += width;
        while number >= 8 {
            number -= 8;
            if most_first {
                out.push((held >> number) as u8);
                held &= (1 << number) - 1;
            } else {
                out.push(held as u8);
                held >>= 8;
            }
        }
    };
    let mut left = count;
    let mut width = bits + 1;
    while left > 0 {
        put(clear, width);
        width = bits + 1;
        // The first code adds nothing to a reader's table, each further one does.
        for length in 1..=u64::from(4093 - end) {
            let run = left.min(length);
            let known = end + (length as u32).max(2) - 1 + early;
            width = (u32::BITS - known.leading_zeros()).max(bits + 1);
            put(if run == 1 { 0 } else { end + run as u32 - 1 }, width);
            left -= run;
            if left == 0 {
                break;
            }
        }
    }
    put(end, width);
    put(0, 8);
    out
}

fn gif() -> Vec<u8> {
    let side = (SIDE as u16).to_le_bytes();
    let mut out = [
        b"GIF89a",
        &side[..],
        &side,
        &[0x80, 0, 0, 9, 9, 9, 200, 200, 200],
    ]
    .concat();
    out.extend([b",\0\0\0\0".as_slice(), &side, &side, &[0, 2]].concat());
    for block in lzw(2, false, u64::from(SIDE) * u64::from(SIDE)).chunks(255) {
        out.push(block.len() as u8);
        out.extend(block);
    }
    out.extend(*b"\0;");
    out
}

fn webp() -> Option<Vec<u8>> {
    let mut out = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut out)
        .encode(
            &vec![70; (SIDE * SIDE) as usize],
            SIDE,
            SIDE,
            image::ExtendedColorType::L8,
        )
        .ok()?;
    Some(out)
}

fn bmp(bits: u16, compression: u32, data: Vec<u8>) -> Vec<u8> {
    let palette = vec![40; 4 << bits];
    let start = 54 + palette.len() as u32;
    let mut out = b"BM\0\0\0\0\0\0\0\0".to_vec();
    out.extend(start.to_le_bytes());
    for number in [
        40,
        SIDE,
        SIDE,
        u32::from(bits) << 16 | 1,
        compression,
        0,
        0,
        0,
        0,
        0,
    ] {
        out.extend(number.to_le_bytes());
    }
    out.extend(palette);
    out.extend(data);
    out
}

/// One strip; `format` 1 for numbers, 3 for floating point.
fn tiff(bits: u16, channels: u16, format: u16, compression: u16, data: &[u8]) -> Vec<u8> {
    let start = 8 + 2 + 12 * 11 + 4;
    let (depths, formats) = (start, start + 8);
    let mut out = b"II*\0\x08\0\0\0\x0b\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(value.to_le_bytes());
    };
    let many = u32::from(channels);
    entry(256, 4, 1, SIDE);
    entry(257, 4, 1, SIDE);
    entry(258, 3, many, depths);
    entry(259, 3, 1, compression.into());
    entry(262, 3, 1, if channels < 3 { 0 } else { 2 });
    entry(273, 4, 1, start + 16);
    entry(277, 3, 1, many);
    entry(278, 4, 1, SIDE);
    entry(279, 4, 1, data.len() as u32);
    entry(338, 3, many.saturating_sub(3), 2);
    entry(339, 3, many, formats);
    out.extend([0; 4]);
    for number in [bits, format] {
        for _ in 0..4 {
            out.extend(number.to_le_bytes());
        }
    }
    out.extend(data);
    out
}

/// An xz stream, which says that its dictionary is of 4 GB.
const LARGE_WINDOW: &[u8] =
    b"\xfd7zXZ\0\0\x01\x69\x22\xde\x36\x02\0\x21\x01\x28\0\0\0\xe6\xa0\x11\xb3\x01\0\0a\0";

/// A picture of tiles, or of strips as wide as it, all of them the same; with tables that
/// they share, where there are any.
fn tiff_tiles(
    (width, height): (u32, u32),
    compression: u32,
    tile: &[u8],
    tables: &[u8],
) -> Vec<u8> {
    let count = SIDE.div_ceil(width) * SIDE.div_ceil(height);
    let head = 8 + 2 + 12 * 11 + 4;
    let (at, lengths) = (head + 8, head + 8 + count * 4);
    let shared = lengths + count * 4;
    let data = shared + tables.len() as u32;
    let mut out = b"II*\0\x08\0\0\0\x0b\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(value.to_le_bytes());
    };
    entry(256, 4, 1, SIDE);
    entry(257, 4, 1, SIDE);
    entry(258, 3, 3, head);
    entry(259, 3, 1, compression);
    entry(262, 3, 1, 2);
    // The lowest bit of a byte comes first.
    entry(266, 3, 1, if width == SIDE { 2 } else { 1 });
    entry(322, 4, 1, width);
    entry(323, 4, 1, height);
    entry(324, 4, count, at);
    entry(325, 4, count, lengths);
    entry(347, 7, tables.len() as u32, shared);
    out.extend([0, 0, 0, 0, 8, 0, 8, 0, 8, 0, 0, 0]);
    for value in [data, tile.len() as u32] {
        (0..count).for_each(|_| out.extend(value.to_le_bytes()));
    }
    out.extend(tables);
    out.extend(tile);
    out
}

/// Bytes that make a file large, so that its chunks may be read of more.
const FILLER: usize = 50 << 20;

/// A strip for each row, all of them in the same bytes: as many as they may be.
fn tiff_strips() -> Option<Vec<u8>> {
    let mut row = zeros(u64::from(SIDE) * 3)?;
    row.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    row.resize((2 * FILLER + (64 << 20)) / SIDE as usize, 0);
    let mut out = tiff_tiles((SIDE, 1), 8, &row, &[]);
    out.resize(FILLER.max(out.len()), 0);
    Some(out)
}

/// Tiles of JPEG, for each of which the same tables are read: as many as they may be.
fn tiff_tables() -> Option<Vec<u8>> {
    const TILE: u32 = 64;
    let tile = fixtures::jpeg(&fixtures::flat(TILE, TILE, [30, 90, 160]));
    let count = SIDE.div_ceil(TILE).pow(2) as usize;
    // A table of one code.
    let table = [&b"\xff\xc4\0\x14\x03\x01"[..], &[0; 16]].concat();
    let room = ((2 * FILLER + (64 << 20)) / count).checked_sub(tile.len() + 4)?;
    let tables = [
        b"\xff\xd8",
        table.repeat(room / table.len()).as_slice(),
        b"\xff\xd9",
    ]
    .concat();
    let mut out = tiff_tiles((TILE, TILE), 7, &tile, &tables);
    out.resize(FILLER.max(out.len()), 0);
    Some(out)
}

/// A grid that says it has 255 × 255 tiles.
fn many_tiles(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    // Version, flags, rows and columns less one, width and height.
    let wanted = [0, 0, 1, 2, 0, 192, 0, 128];
    let at = bytes.windows(8).position(|part| part == wanted)?;
    bytes
        .get_mut(at + 2..at + 8)?
        .copy_from_slice(&[254, 254, 0x27, 0x10, 0x27, 0x10]);
    Some(bytes)
}

fn filters() -> Vec<u8> {
    let one = "<feGaussianBlur stdDeviation=\"400\"/><feMorphology radius=\"90\"/>\
               <feTurbulence numOctaves=\"9\" baseFrequency=\".1\"/>";
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9000\" height=\"9000\"><filter id=\"f\">{}\
         </filter><rect width=\"9000\" height=\"9000\" filter=\"url(#f)\"/></svg>",
        one.repeat(50)
    )
    .into_bytes()
}

/// Ten times ten, ten times over.
fn uses() -> Vec<u8> {
    let mut text = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"900\"><defs>\
         <rect id=\"a0\" width=\"9\" height=\"9\"/>",
    );
    for n in 1..11 {
        let uses = format!("<use href=\"#a{}\"/>", n - 1).repeat(10);
        text.push_str(&format!("<g id=\"a{n}\">{uses}</g>"));
    }
    text.push_str("</defs><use href=\"#a10\"/></svg>");
    text.into_bytes()
}

/// A drawing with a picture of 400 megapixels within.
fn picture_within() -> Option<Vec<u8>> {
    let side = (2 * SIDE).to_be_bytes();
    let bytes = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        fixtures::png_chunk(b"IHDR", &[&side[..], &side, &[8, 2, 0, 0, 0]].concat()),
        fixtures::png_chunk(b"IDAT", &zeros(u64::from(SIDE) * u64::from(SIDE) * 12)?),
        fixtures::png_chunk(b"IEND", &[]),
    ]
    .concat();
    let url = images::data_url("image/png", &bytes);
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"900\">\
         <image width=\"900\" height=\"900\" href=\"{url}\"/></svg>"
    );
    Some(text.into_bytes())
}

/// Four gigabytes of nothing, in four megabytes.
fn pdf_stream() -> Option<Vec<u8>> {
    Some(kinds::pdf_of(
        &[("/Filter/FlateDecode", &zeros(4 << 30)?)],
        &[],
    ))
}

/// Ten times ten, ten times over.
fn pdf_forms() -> Vec<u8> {
    let contents: Vec<(String, String)> = (0..12)
        .map(|n| {
            let words = "/Type/XObject/Subtype/Form/BBox[0 0 144 72]/Resources<</XObject<<";
            if n == 0 {
                return (format!("{words}>>>>"), "0 0 99 50 re f".to_owned());
            }
            // The first of them is object 4.
            (format!("{words}/A {} 0 R>>>>", n + 3), "/A Do ".repeat(10))
        })
        .collect();
    let forms: Vec<_> = contents
        .iter()
        .map(|(words, content)| (words.as_str(), content.as_bytes()))
        .collect();
    kinds::pdf_of(&[("", b"/X11 Do")], &forms)
}

/// A tile that is drawn a million times a million times.
fn pdf_pattern() -> Vec<u8> {
    let words = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9000 9000]/XStep .01/YStep .01\
                 /Resources<<>>";
    kinds::pdf_of(
        &[("", b"/Pattern cs /X0 scn 0 0 144 72 re f")],
        &[(words, b"0 1 0 rg 0 0 9000 9000 re f")],
    )
}

/// A picture of 30,000 × 30,000 pixels with a mask of the same size.
fn pdf_picture() -> Option<Vec<u8>> {
    let words = "/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8\
                 /Filter/FlateDecode/ColorSpace";
    let data = zeros(2_700_000_000)?;
    Some(kinds::pdf_of(
        &[("", b"144 0 0 72 0 0 cm /X0 Do")],
        &[
            (&format!("{words}/DeviceRGB/SMask 5 0 R"), &data),
            (&format!("{words}/DeviceGray"), &data),
        ],
    ))
}

/// A page of 200 by 200 inches with much on it.
fn pdf_page() -> Vec<u8> {
    let content = "1 0 0 rg 0 0 14400 14400 re f 9 w 5 5 m 14000 14000 l S ".repeat(5000);
    let bytes = kinds::pdf_of(&[("", content.as_bytes())], &[]);
    let text = String::from_utf8(bytes).unwrap_or_default();
    // The table of objects is off then, and found anew.
    text.replace("[0 0 144 72]", "[0 0 14400 14400]")
        .into_bytes()
}
