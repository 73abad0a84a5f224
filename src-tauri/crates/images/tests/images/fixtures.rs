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

/// The check sum of a PNG chunk.
fn crc(bytes: &[u8]) -> u32 {
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

pub fn svg() -> Vec<u8> {
    let mut text = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32">
<rect width="24" height="16" fill="#dc1e28"/><rect x="24" width="24" height="16" fill="#28b43c"/>
<rect y="16" width="24" height="16" fill="#1e3cc8"/><g transform="rotate(0)">"##,
    );
    text.push_str(r##"<rect x="24" y="16" width="24" height="16" fill="#f0f0f0"/></g></svg>"##);
    text.into_bytes()
}

/// One file of every kind that is read, and more of those that are read by parts.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let small = photo(20, 14);
    let exif = exif_block(6, true, true);
    let frames = [0, 99].map(|v| RgbaImage::from_pixel(9, 7, image::Rgba([v, 90, 30, 255])));
    let icc = [b"ICC_PROFILE\0\x01\x01".as_slice(), &display_p3()].concat();
    vec![
        ("jpeg", jpeg_exif(&small, &exif)),
        ("jpeg", jpeg(&photo(40, 30))),
        (
            "jpeg",
            jpeg_with(&small, true, &[(13, b"Photoshop 3.0\0".to_vec())]),
        ),
        ("jpeg", jpeg_with(&small, false, &[(2, icc)])),
        ("jpeg", CMYK_JPEG.to_vec()),
        (
            "png",
            png_with(
                &png(rgba(&small)),
                &[
                    (b"eXIf", &exif),
                    (b"tEXt", b"a\0b"),
                    (b"gAMA", &[0, 0, 177, 143]),
                ],
            ),
        ),
        ("png", png(screenshot(20, 14))),
        ("webp", webp_with(&rgba(&small), 0x08, &[(b"EXIF", &exif)])),
        ("webp", LOSSY_WEBP.to_vec()),
        ("webp", PHOTO_WEBP.to_vec()),
        ("webp", ANIMATED_WEBP.to_vec()),
        ("gif", gif(&frames)),
        ("bmp", bmp(small.clone())),
        ("tiff", coded(small.clone(), ImageFormat::Tiff)),
        ("ico", coded(rgba(&screenshot(16, 16)), ImageFormat::Ico)),
        ("avif", AVIF.to_vec()),
        ("avif", AVIF_ALPHA.to_vec()),
        ("heic", heic(&small)),
        ("svg", svg()),
    ]
}

/// The ICC profile of an iPhone's photos, as moxcms writes it.
pub fn display_p3() -> Vec<u8> {
    moxcms::ColorProfile::new_display_p3().encode().unwrap()
}
