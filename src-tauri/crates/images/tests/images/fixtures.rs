//! Pictures and files, made when needed.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::codecs::gif::GifEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ExtendedColorType, Frame, ImageFormat, Rgb, RgbImage, RgbaImage};
use images::{Error, Limits, Prepared, prepare};

/// A lossy WebP file of 32 × 24 pixels, which no encoder here makes.
pub const LOSSY_WEBP: &[u8] = include_bytes!("lossy.webp");
/// A CMYK JPEG file of 24 × 16 pixels.
pub const CMYK_JPEG: &[u8] = include_bytes!("cmyk.jpg");

/// AVIF files of 48 × 32 pixels: four quarters in red, green, blue and near white
/// (4:2:0; 10 bits 4:4:4), and the same with its left 8 columns transparent.
pub const AVIF: &[u8] = include_bytes!("quarters.avif");
pub const AVIF_10: &[u8] = include_bytes!("quarters10.avif");
pub const AVIF_ALPHA: &[u8] = include_bytes!("alpha.avif");
/// A lossy WebP file of those quarters, and one with a grey second frame.
pub const QUARTERS_WEBP: &[u8] = include_bytes!("quarters.webp");
/// A lossy WebP file of 301 × 203 pixels: colours that run, with grain.
pub const PHOTO_WEBP: &[u8] = include_bytes!("photo.webp");
pub const ANIMATED_WEBP: &[u8] = include_bytes!("animated.webp");

/// Noise that is the same each time.
pub struct Noise(pub u32);

impl Noise {
    pub fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// A number under `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end.max(1)
    }
}

/// What a camera makes: soft shades with some noise.
pub fn photo(width: u32, height: u32) -> RgbImage {
    let mut noise = Noise(7);
    RgbImage::from_fn(width, height, |x, y| {
        let n = (noise.next() % 16) as u8;
        let x = (x * 200 / width.max(1)) as u8;
        let y = (y * 200 / height.max(1)) as u8;
        Rgb([x + n, y + n, (x / 2 + y / 2) + n])
    })
}

/// What a screenshot tool makes: flat areas with small dark marks.
pub fn screenshot(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let text = y % 24 < 12 && x % 9 < 2 && (x / 9 + y / 24) % 5 != 0;
        match (y < height / 10, text) {
            (true, _) => Rgb([47, 111, 134]),
            (false, true) => Rgb([20, 20, 20]),
            (false, false) => Rgb([250, 250, 250]),
        }
    })
}

pub fn flat(width: u32, height: u32, rgb: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb(rgb))
}

pub fn rgba(image: &RgbImage) -> RgbaImage {
    DynamicImage::ImageRgb8(image.clone()).into_rgba8()
}

pub fn coded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    coded(image, ImageFormat::Png)
}

pub fn bmp(image: impl Into<DynamicImage>) -> Vec<u8> {
    coded(image, ImageFormat::Bmp)
}

/// JPEG with segments before its tables, each a number and its data.
pub fn jpeg_with(image: &RgbImage, progressive: bool, segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 90);
    encoder.set_progressive(progressive);
    for (number, data) in segments {
        encoder.add_app_segment(*number, data.clone()).unwrap();
    }
    let (w, h) = (image.width() as u16, image.height() as u16);
    encoder
        .encode(image.as_raw(), w, h, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    out
}

pub fn jpeg(image: &RgbImage) -> Vec<u8> {
    jpeg_with(image, false, &[])
}

pub fn jpeg_exif(image: &RgbImage, exif: &[u8]) -> Vec<u8> {
    jpeg_with(image, false, &[(1, [b"Exif\0\0", exif].concat())])
}

pub fn gif(frames: &[RgbaImage]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new(&mut out);
    encoder
        .encode_frames(frames.iter().cloned().map(Frame::new))
        .unwrap();
    drop(encoder);
    out
}

pub fn webp(image: &RgbaImage) -> Vec<u8> {
    let mut out = Vec::new();
    WebPEncoder::new_lossless(&mut out)
        .encode(
            image.as_raw(),
            image.width(),
            image.height(),
            ExtendedColorType::Rgba8,
        )
        .unwrap();
    out
}

/// A lossless WebP file with more chunks after its picture, flags in its header.
pub fn webp_with(image: &RgbaImage, flags: u8, chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let plain = webp(image);
    let mut body = b"WEBP".to_vec();
    let mut header = vec![flags, 0, 0, 0];
    for side in [image.width() - 1, image.height() - 1] {
        header.extend_from_slice(&side.to_le_bytes()[..3]);
    }
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        body.extend_from_slice(kind);
        body.extend_from_slice(&(data.len() as u32).to_le_bytes());
        body.extend_from_slice(data);
        body.resize(body.len().next_multiple_of(2), 0);
    };
    chunk(b"VP8X", &header);
    let length = u32::from_le_bytes(plain[16..20].try_into().unwrap()) as usize;
    chunk(b"VP8L", &plain[20..20 + length]);
    for (kind, data) in chunks {
        chunk(kind, data);
    }
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

/// A PNG file with chunks after its header.
pub fn png_with(plain: &[u8], chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut out = plain[..33].to_vec();
    for (kind, data) in chunks {
        out.extend(png_chunk(kind, data));
    }
    out.extend_from_slice(&plain[33..]);
    out
}

pub fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [kind, data].concat();
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], &named, &crc(&named).to_be_bytes()].concat()
}

/// CRC-32, the check sum of a PNG chunk.
pub fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// An EXIF block: orientation, and what a phone adds.
pub fn exif_block(orientation: u16, maker: bool, place: bool) -> Vec<u8> {
    let field = |tag, value| Field {
        tag,
        ifd_num: In::PRIMARY,
        value,
    };
    let mut fields = vec![field(Tag::Orientation, Value::Short(vec![orientation]))];
    if maker {
        fields.push(field(Tag::Make, Value::Ascii(vec![b"Pinhole".to_vec()])));
    }
    if place {
        let degrees = [31, 14, 0].map(|num| Rational { num, denom: 1 }).to_vec();
        fields.push(field(
            Tag::GPSLatitudeRef,
            Value::Ascii(vec![b"N".to_vec()]),
        ));
        fields.push(field(Tag::GPSLatitude, Value::Rational(degrees)));
    }
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut out = Cursor::new(Vec::new());
    writer
        .write(&mut out, orientation.is_multiple_of(2))
        .unwrap();
    out.into_inner()
}

/// A TIFF file, low byte first, with its orientation and further tags: each a
/// number, a kind and its bytes.
pub fn tiff_with(image: &RgbImage, orientation: u16, told: &[(u16, u16, &[u8])]) -> Vec<u8> {
    let (w, h) = image.dimensions();
    let short = |v: u16| v.to_le_bytes().to_vec();
    let long = |v: u32| v.to_le_bytes().to_vec();
    let rows = image.as_raw();
    let mut tags: Vec<(u16, u16, Vec<u8>)> = vec![
        (256, 4, long(w)),
        (257, 4, long(h)),
        (258, 3, [8_u16; 3].map(u16::to_le_bytes).concat()),
        (259, 3, short(1)),
        (262, 3, short(2)),
        (273, 4, long(8)),
        (274, 3, short(orientation)),
        (277, 3, short(3)),
        (278, 4, long(h)),
        (279, 4, long(rows.len() as u32)),
    ];
    tags.extend(
        told.iter()
            .map(|(tag, kind, data)| (*tag, *kind, data.to_vec())),
    );
    tags.sort();
    let pixels_end = (8 + rows.len()).next_multiple_of(2) as u32;
    let mut extra = Vec::new();
    let mut entries = Vec::new();
    let after = pixels_end + 2 + 12 * tags.len() as u32 + 4;
    for (tag, kind, data) in &tags {
        let size = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8][usize::from(*kind) % 11];
        entries.extend(tag.to_le_bytes());
        entries.extend(kind.to_le_bytes());
        entries.extend((data.len() as u32 / size).to_le_bytes());
        let mut value = data.clone();
        if data.len() > 4 {
            value = (after + extra.len() as u32).to_le_bytes().to_vec();
            extra.extend_from_slice(data);
            extra.resize(extra.len().next_multiple_of(2), 0);
        }
        value.resize(4, 0);
        entries.extend(value);
    }
    let mut out = b"II*\0".to_vec();
    out.extend(pixels_end.to_le_bytes());
    out.extend_from_slice(rows);
    out.resize(pixels_end as usize, 0);
    out.extend((tags.len() as u16).to_le_bytes());
    out.extend(entries);
    out.extend([0; 4]);
    out.extend(extra);
    out
}

/// Prepares with the default limits.
pub fn prepared(bytes: &[u8]) -> Prepared {
    prepare("picture", bytes, &Limits::default()).unwrap()
}

pub fn refusal(name: &str, bytes: &[u8]) -> Error {
    prepare(name, bytes, &Limits::default()).unwrap_err()
}

/// Decodes what was prepared, with a reader that shares no code with `prepare`'s.
pub fn pixels(prepared: &Prepared) -> DynamicImage {
    image::load_from_memory(&prepared.bytes).unwrap()
}

/// What the AVIF and WebP fixtures show.
pub fn quarters() -> RgbImage {
    RgbImage::from_fn(48, 32, |x, y| {
        Rgb(match (x < 24, y < 16) {
            (true, true) => [220, 30, 40],
            (true, false) => [30, 60, 200],
            (false, true) => [40, 180, 60],
            (false, false) => [240, 240, 240],
        })
    })
}

pub fn heic(image: &RgbImage) -> Vec<u8> {
    let options = heifer::EncodeOptions {
        quality: 90,
        max_threads: 1,
    };
    heifer::encode_rgb8(image.width(), image.height(), image.as_raw(), &options).unwrap()
}

/// A grey of ten bits by HEVC that does not say what its values mean; with the maker of a
/// camera in EXIF, or without.
pub fn heic_unmarked(value: u16, maker: Option<&str>) -> Vec<u8> {
    let exif = maker.map(|maker| {
        let field = Field {
            tag: Tag::Make,
            ifd_num: In::PRIMARY,
            value: Value::Ascii(vec![maker.as_bytes().to_vec()]),
        };
        let mut out = Cursor::new(Vec::new());
        let mut writer = Writer::new();
        writer.push_field(&field);
        writer.write(&mut out, false).unwrap();
        out.into_inner()
    });
    let metadata = heifer::Metadata {
        exif,
        ..heifer::Metadata::default()
    };
    let image = heifer::Image::filled(32, 32, 10, [value, value, value, 1023]);
    let options = heifer::EncodeOptions::default();
    let mut bytes = heifer::encode_with_metadata(&image, &metadata, &options).unwrap();
    // The box that says it becomes one that nobody knows.
    let said = bytes
        .windows(8)
        .position(|part| part == b"colrnclx")
        .unwrap();
    bytes[said..said + 4].copy_from_slice(b"skip");
    // And the stream, whose numbers begin at any bit, says: not said (2).
    let head = bytes.windows(4).position(|part| part == b"mdat").unwrap() * 8;
    let bits = |bytes: &[u8], at: usize| (at..at + 24).fold(0, |v, n| v << 1 | bit(bytes, n));
    let said = (0..head - 24).find(|at| bits(&bytes, *at) == 0x01_0d_06);
    let said = said.unwrap();
    for n in 0..16 {
        let place = said + n;
        let mask = 0x80 >> (place % 8);
        match 0x0202 >> (15 - n) & 1 {
            0 => bytes[place / 8] &= !mask,
            _ => bytes[place / 8] |= mask,
        }
    }
    bytes
}

fn bit(bytes: &[u8], at: usize) -> u32 {
    u32::from(bytes[at / 8] >> (7 - at % 8) & 1)
}

pub fn svg() -> Vec<u8> {
    let mut text = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32">
<rect width="24" height="16" fill="#dc1e28"/><rect x="24" width="24" height="16" fill="#28b43c"/>
<rect y="16" width="24" height="16" fill="#1e3cc8"/><g transform="rotate(0)">"##,
    );
    text.push_str(r##"<rect x="24" y="16" width="24" height="16" fill="#f0f0f0"/></g></svg>"##);
    text.into_bytes()
}

/// The ICC profile of an iPhone's photos, as moxcms writes it.
pub fn display_p3() -> Vec<u8> {
    moxcms::ColorProfile::new_display_p3().encode().unwrap()
}
