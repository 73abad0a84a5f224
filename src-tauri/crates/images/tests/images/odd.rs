//! Bitmaps, icons and GIF files of the rarer kinds, made by hand: four pixels of red,
//! green, blue and white above four of the same from the other end.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use images::{Limits, Mime, prepare};

use crate::fixtures::*;

const COLOURS: [[u8; 3]; 4] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];

/// The picture.
fn picture() -> RgbImage {
    RgbImage::from_fn(4, 2, |x, y| {
        let n = if y == 0 { x } else { 3 - x };
        Rgb(COLOURS[n as usize])
    })
}

/// Indexes of the rows as a file has them, the last row first.
const UP: [[u8; 4]; 2] = [[3, 2, 1, 0], [0, 1, 2, 3]];

/// Blue, green and red of the colours, with what fills each up to `entry` bytes.
fn palette(entry: usize) -> Vec<u8> {
    let of = |[r, g, b]: [u8; 3]| [b, g, r, 0].into_iter().take(entry);
    COLOURS.into_iter().flat_map(of).collect()
}

/// A bitmap of a head of 40 bytes; `at` is where its pixels are said to be.
fn bitmap(
    height: i32,
    (bits, packing, colours): (u16, u32, u32),
    table: &[u8],
    data: &[u8],
) -> Vec<u8> {
    let mut out = 40_u32.to_le_bytes().to_vec();
    out.extend(4_i32.to_le_bytes());
    out.extend(height.to_le_bytes());
    out.extend(1_u16.to_le_bytes());
    out.extend(bits.to_le_bytes());
    out.extend(packing.to_le_bytes());
    out.extend([0; 12]);
    out.extend(colours.to_le_bytes());
    out.extend([0; 4]);
    out.extend(table);
    out.extend(data);
    out
}

/// A file of a bitmap whose pixels begin at `at`.
fn file(bitmap: &[u8], at: u32) -> Vec<u8> {
    let mut out = b"BM".to_vec();
    out.extend((bitmap.len() as u32 + 14).to_le_bytes());
    out.extend([0; 4]);
    out.extend(at.to_le_bytes());
    out.extend(bitmap);
    out
}

/// Each kind that shows the picture.
pub fn files() -> Vec<(&'static str, Vec<u8>)> {
    let four = palette(4);
    let rows = UP.concat();
    let packed = [[0xe4, 0, 0, 0], [0x1b, 0, 0, 0]].concat();
    let many = [four.clone(), vec![7; 296 * 4]].concat();
    let runs = [1, 3, 1, 2, 1, 1, 1, 0, 0, 0, 0, 4, 0, 1, 2, 3, 0, 1];
    let down = [0, 4, 0, 1, 2, 3, 0, 0, 1, 3, 1, 2, 1, 1, 9, 0, 0, 1];
    let nibbles = [2, 0x32, 2, 0x10, 0, 0, 0, 4, 0x01, 0x23, 0, 1];
    let words = |value: [u16; 4]| UP.concat().map16(value);
    let deep = words([0x7c00, 0x3e0, 0x1f, 0x7fff]);
    let masks = [0x0f00_u32, 0x00f0, 0x000f].map(u32::to_le_bytes).concat();
    let small = words([0x0f00, 0x00f0, 0x000f, 0x0fff]);
    let wide: Vec<u8> = UP
        .concat()
        .iter()
        .flat_map(|n| {
            let [r, g, b] = COLOURS[usize::from(*n)];
            [b, g, r, 0]
        })
        .collect();
    let deep24: Vec<u8> = wide
        .chunks(4)
        .flat_map(|pixel| &pixel[..3])
        .copied()
        .collect();
    vec![
        ("two bits", file(&bitmap(2, (2, 0, 0), &four, &packed), 70)),
        ("runs", file(&bitmap(2, (8, 1, 4), &four, &runs), 70)),
        (
            "runs from the top",
            file(&bitmap(-2, (8, 1, 4), &four, &down), 70),
        ),
        (
            "runs of four bits",
            file(&bitmap(2, (4, 2, 4), &four, &nibbles), 70),
        ),
        (
            "300 colours",
            file(&bitmap(2, (8, 0, 300), &many, &rows), 1254),
        ),
        (
            "a palette forgotten",
            file(&bitmap(2, (8, 0, 4), &four, &rows), 54),
        ),
        ("five bits", file(&bitmap(2, (16, 0, 0), &[], &deep), 54)),
        (
            "four bits by masks",
            file(&bitmap(2, (16, 3, 0), &masks, &small), 66),
        ),
        (
            "32 bits, nothing of alpha",
            file(&bitmap(2, (32, 0, 0), &[], &wide), 54),
        ),
        (
            "24 bits, colours beyond the file",
            file(&bitmap(2, (24, 0, 1 << 24), &[], &deep24), 54),
        ),
        (
            "24 bits, 256 colours counted, none there",
            file(&bitmap(2, (24, 0, 256), &[], &deep24), 54),
        ),
        (
            "32 bits, colours that nobody needs",
            file(&bitmap(2, (32, 0, 4), &four, &wide), 70),
        ),
        (
            "24 bits, colours counted, no place said",
            file(&bitmap(2, (24, 0, 300), &[], &deep24), 0),
        ),
        (
            "16 bits, colours counted, no head of a file",
            bitmap(2, (16, 0, u32::MAX), &[], &deep),
        ),
        (
            "24 bits, colours there, no head of a file",
            bitmap(2, (24, 0, 4), &four, &deep24),
        ),
        (
            "more colours than the file has bytes",
            file(&bitmap(2, (8, 0, 1 << 24), &four, &rows), 70),
        ),
        (
            "fewer colours than bits name",
            file(&bitmap(2, (8, 0, 0), &four, &rows), 70),
        ),
        ("OS/2 1, four colours", os2_few(&rows)),
        ("no head of a file", bitmap(2, (8, 0, 4), &four, &rows)),
        ("OS/2 1", os2(12, 3, &rows)),
        ("OS/2 2", os2(64, 4, &rows)),
        ("OS/2 2, short", os2(16, 4, &rows)),
        ("OS/2 2, runs of 24 bits", os2_runs()),
        ("all alpha nothing", alpha_nothing(&wide)),
        ("icon of PNG", icon(1, &coded(picture(), ImageFormat::Png))),
        ("icon of PNG with a palette", icon(1, &indexed_png())),
        (
            "cursor",
            icon(2, &with_mask(&bitmap(4, (8, 0, 4), &four, &rows))),
        ),
        (
            "icon, nothing of alpha",
            icon(1, &with_mask(&bitmap(4, (32, 0, 0), &[], &wide))),
        ),
        (
            "icon without its mask",
            icon(1, &bitmap(4, (8, 0, 4), &four, &rows)),
        ),
        ("GIF, its own palette", gif(true)),
    ]
}

/// Each index as the two bytes of its value.
trait Sixteen {
    fn map16(&self, values: [u16; 4]) -> Vec<u8>;
}

impl Sixteen for Vec<u8> {
    fn map16(&self, values: [u16; 4]) -> Vec<u8> {
        let value = |n: &u8| values[usize::from(*n)].to_le_bytes();
        self.iter().flat_map(value).collect()
    }
}

/// A head of OS/2 of so many bytes.
fn os2(head: u32, entry: usize, rows: &[u8]) -> Vec<u8> {
    let mut out = head.to_le_bytes().to_vec();
    if head == 12 {
        out.extend([4, 0, 2, 0, 1, 0, 8, 0]);
    } else {
        out.extend([4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 8, 0]);
    }
    out.resize(head as usize, 0);
    let mut table = palette(entry);
    table.resize(256 * entry, 9);
    if head == 64 {
        // So many colours.
        out[32] = 4;
        table.truncate(4 * entry);
    }
    let at = 14 + out.len() + table.len();
    out.extend(table);
    out.extend(rows);
    file(&out, at as u32)
}

/// The oldest head, which has no count of colours, with four of them.
fn os2_few(rows: &[u8]) -> Vec<u8> {
    let head = [12, 0, 0, 0, 4, 0, 2, 0, 1, 0, 8, 0];
    file(&[&head[..], &palette(3), rows].concat(), 38)
}

fn os2_runs() -> Vec<u8> {
    let mut out = 64_u32.to_le_bytes().to_vec();
    out.extend([4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 4]);
    out.resize(64, 0);
    let bgr = |n: u8| {
        let [r, g, b] = COLOURS[usize::from(n)];
        [b, g, r]
    };
    for n in UP[0] {
        out.push(1);
        out.extend(bgr(n));
    }
    out.extend([0, 0, 0, 4]);
    out.extend(UP[1].into_iter().flat_map(bgr));
    out.extend([0, 1]);
    file(&out, 78)
}

/// With a head of 56 bytes, whose last mask is alpha's.
fn alpha_nothing(rows: &[u8]) -> Vec<u8> {
    let masks = [0xff_0000_u32, 0xff00, 0xff, 0xff00_0000].map(u32::to_le_bytes);
    let mut out = bitmap(2, (32, 3, 0), &masks.concat(), rows);
    out[0] = 56;
    file(&out, 70)
}

fn with_mask(bitmap: &[u8]) -> Vec<u8> {
    [bitmap, &[0; 8]].concat()
}

/// An icon, 1, or a cursor, 2.
fn icon(kind: u8, picture: &[u8]) -> Vec<u8> {
    let mut out = vec![0, 0, kind, 0, 1, 0, 4, 2, 0, 0, 1, 0, 8, 0];
    out.extend((picture.len() as u32).to_le_bytes());
    out.extend(22_u32.to_le_bytes());
    out.extend(picture);
    out
}

fn indexed_png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 4, 2);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(COLOURS.concat());
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0x1b, 0xe4]).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A GIF whose only palette is that of its frame, or that has none.
fn gif(palette: bool) -> Vec<u8> {
    let mut out = b"GIF89a\x04\0\x02\0\0\0\0,\0\0\0\0\x04\0\x02\0".to_vec();
    out.push(if palette { 0x81 } else { 0 });
    if palette {
        out.extend(COLOURS.concat());
    }
    // Codes of three bits: clear, the pixels with a clear between, the end.
    let codes = [4, 0, 1, 4, 2, 3, 4, 3, 2, 4, 1, 0, 5];
    let bits = codes
        .iter()
        .rev()
        .fold(0_u64, |bits, code| bits << 3 | code);
    let bytes = bits.to_le_bytes();
    out.extend([2, 5]);
    out.extend(&bytes[..5]);
    out.extend([0, 0x3b]);
    out
}

fn whole() -> Limits {
    Limits {
        side_min: 0,
        mimes: vec![Mime::Png],
        ..Limits::default()
    }
}

#[test]
fn rare_kinds_show_the_picture() {
    for (name, bytes) in files() {
        let made =
            prepare(name, &bytes, &whole()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let got = pixels(&made).into_rgba8();
        let wanted = DynamicImage::ImageRgb8(picture()).into_rgba8();
        assert_eq!(got, wanted, "{name}");
    }
}

#[test]
fn what_a_step_leaves_out_is_the_first_colour() {
    // Up a row and one to the right, then the end.
    let runs = [2, 3, 0, 2, 1, 1, 1, 2, 0, 1];
    let bytes = file(&bitmap(2, (8, 1, 4), &palette(4), &runs), 70);
    let got = pixels(&prepare("p", &bytes, &whole()).unwrap()).into_rgb8();
    let got: Vec<[u8; 3]> = got.pixels().map(|pixel| pixel.0).collect();
    let [red, _, blue, white] = COLOURS;
    let wanted = [red, red, red, blue, white, white, red, red];
    assert_eq!(got, wanted);
}

#[test]
fn a_gif_without_colours_is_grey() {
    let gif_or_png = Limits {
        mimes: vec![Mime::Gif, Mime::Png],
        ..whole()
    };
    let made = prepare("p", &gif(false), &gif_or_png).unwrap();
    // Not passed on as it is: every reader has its own colours for it.
    assert_eq!(made.picture.mime, "image/png");
    let got = pixels(&made).into_luma8();
    assert_eq!(got.as_raw(), &[0, 1, 2, 3, 3, 2, 1, 0]);
}

#[test]
fn the_mask_of_an_icon_cuts_out() {
    let rows = UP.concat();
    let picture = bitmap(4, (8, 0, 4), &palette(4), &rows);
    // The left pixel of the lower row, and the right one of the upper.
    let masked = [&picture[..], &[0x80, 0, 0, 0, 0x10, 0, 0, 0]].concat();
    let made = prepare("p", &icon(1, &masked), &whole()).unwrap();
    assert!(made.picture.done.contains(&protocol::Done::Flattened));
    let solid = prepare("p", &icon(1, &with_mask(&picture)), &whole()).unwrap();
    let [got, solid] = [made, solid].map(|made| pixels(&made).into_rgb8());
    let ground = *got.get_pixel(3, 0);
    for (n, (got, solid)) in got.pixels().zip(solid.pixels()).enumerate() {
        let is_out = matches!(n, 3 | 4);
        assert_eq!(*got, if is_out { ground } else { *solid }, "{n}");
    }
}

#[test]
fn the_largest_picture_of_an_icon_is_taken() {
    let small = with_mask(&bitmap(4, (8, 0, 4), &palette(4), &UP.concat()));
    let large = coded(
        RgbaImage::from_pixel(9, 7, Rgba([1, 2, 3, 255])),
        ImageFormat::Png,
    );
    let mut out = vec![0, 0, 1, 0, 2, 0];
    let places = [38, 38 + small.len() as u32];
    // Both say that they are of 16 pixels.
    for (bytes, at) in [&small, &large].into_iter().zip(places) {
        out.extend([16, 16, 0, 0, 1, 0, 8, 0]);
        out.extend((bytes.len() as u32).to_le_bytes());
        out.extend(at.to_le_bytes());
    }
    out.extend([small, large].concat());
    let made = prepare("p", &out, &whole()).unwrap();
    assert_eq!((made.picture.width, made.picture.height), (9, 7));
}

#[test]
fn bitmaps_that_lack_pixels_are_refused() {
    for (name, bytes) in files() {
        // What an icon lacks is its mask, and what a GIF lacks its mark of the end.
        if name.contains("icon") || name.contains("cursor") || name.contains("GIF") {
            continue;
        }
        // As many bytes as there are pixels: then those colours were only counted.
        if name.contains("colours there") {
            continue;
        }
        let cut = &bytes[..bytes.len() - 8];
        let code = protocol::IpcError::from(refusal(name, cut)).code;
        assert_eq!(code, protocol::ErrorCode::BrokenPicture, "{name}");
    }
}
