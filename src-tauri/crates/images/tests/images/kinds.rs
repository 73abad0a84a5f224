//! Small files of every kind that is read, and of every oddity: what the damage
//! tests and `cargo xtask fuzz images` begin with.

use image::{DynamicImage, ImageFormat, RgbaImage};

use crate::fixtures::*;
use crate::odd;

/// 192 × 128 pixels in six tiles, the quarters of the others four times as large;
/// and 160 × 96 in two tiles of 10 bits, 4:2:0 (avifenc 0.11, `--grid`).
pub const AVIF_GRID: &[u8] = include_bytes!("grid.avif");
pub const AVIF_GRID_10: &[u8] = include_bytes!("grid10.avif");
/// 10,000 × 10,000 pixels of one colour, which take 2 KB (Pillow 13).
pub const AVIF_GIANT: &[u8] = include_bytes!("flat100.avif");
/// A lossy WebP with its left 8 columns transparent (Pillow 13), and an interlaced
/// PNG (ImageMagick 6.9).
pub const ALPHA_WEBP: &[u8] = include_bytes!("alpha.webp");
pub const INTERLACED: &[u8] = include_bytes!("interlaced.png");

/// Fields of 32 pixels, as `colours.rs` has them, in Display P3, 4:4:4, nclx 12/13/6
/// (avifenc 0.11).
pub const AVIF_P3: &[u8] = include_bytes!("p3.avif");
/// Fields of 16 pixels in 24 inks, 4:4:4, with the profile CGATS001Compat-v2-micro
/// of saucecontrol's Compact ICC Profiles (CC0-1.0), by Pillow 13.
pub const INKS_JPEG: &[u8] = include_bytes!("inks.jpg");

/// TIFF files of the quarters, by tifffile 2026, Pillow 13 and libtiff 4.5; some by
/// a script that writes what these do not: `TIFF 6.0` by its letter.
pub const TIFFS: [(&str, &[u8]); 41] = [
    ("alpha", include_bytes!("tiff/alpha.tif")),
    ("bigtiff", include_bytes!("tiff/bigtiff.tif")),
    ("cmyk", include_bytes!("tiff/cmyk.tif")),
    ("deep", include_bytes!("tiff/deep.tif")),
    (
        "deep, big endian",
        include_bytes!("tiff/deep_big_endian.tif"),
    ),
    ("deflate", include_bytes!("tiff/deflate.tif")),
    ("fax", include_bytes!("tiff/fax.tif")),
    ("float", include_bytes!("tiff/float.tif")),
    ("grey", include_bytes!("tiff/grey.tif")),
    ("jpeg", include_bytes!("tiff/jpeg.tif")),
    ("lzw", include_bytes!("tiff/lzw.tif")),
    ("lzw, differences", include_bytes!("tiff/lzw_predictor.tif")),
    ("packbits", include_bytes!("tiff/packbits.tif")),
    ("pages", include_bytes!("tiff/pages.tif")),
    ("palette", include_bytes!("tiff/palette.tif")),
    ("planar", include_bytes!("tiff/planar.tif")),
    ("tiled", include_bytes!("tiff/tiled.tif")),
    ("fax g3", include_bytes!("tiff/fax_g3.tif")),
    ("fax g3 two", include_bytes!("tiff/fax_g3_two.tif")),
    (
        "fax g4 low bit first",
        include_bytes!("tiff/fax_g4_low_bit_first.tif"),
    ),
    ("fax runs", include_bytes!("tiff/fax_runs.tif")),
    (
        "float predictor",
        include_bytes!("tiff/float_predictor.tif"),
    ),
    (
        "grey 2 white first",
        include_bytes!("tiff/grey_2_white_first.tif"),
    ),
    ("grey signed", include_bytes!("tiff/grey_signed.tif")),
    ("jpeg2000", include_bytes!("tiff/jpeg2000.tif")),
    ("jpeg old", include_bytes!("tiff/jpeg_old.tif")),
    (
        "jpeg old tables",
        include_bytes!("tiff/jpeg_old_tables.tif"),
    ),
    ("jpeg rgb", include_bytes!("tiff/jpeg_rgb.tif")),
    ("jpeg ycbcr", include_bytes!("tiff/jpeg_ycbcr.tif")),
    ("lab", include_bytes!("tiff/lab.tif")),
    ("low bit first", include_bytes!("tiff/low_bit_first.tif")),
    ("lzma", include_bytes!("tiff/lzma.tif")),
    ("no rows", include_bytes!("tiff/no_rows.tif")),
    ("palette 4", include_bytes!("tiff/palette_4.tif")),
    (
        "planar tiles 16",
        include_bytes!("tiff/planar_tiles_16.tif"),
    ),
    (
        "thumbnail first",
        include_bytes!("tiff/thumbnail_first.tif"),
    ),
    ("twelve", include_bytes!("tiff/twelve.tif")),
    ("webp", include_bytes!("tiff/webp.tif")),
    ("wide", include_bytes!("tiff/wide.tif")),
    ("ycbcr shared", include_bytes!("tiff/ycbcr_shared.tif")),
    ("zstd", include_bytes!("tiff/zstd.tif")),
];

/// The quarters, stored so that each of the eight EXIF orientations turns them
/// upright, which these formats say with a turn and a mirror of their own: AVIF by
/// Pillow 13, HEIC by pillow-heif 1.8. The HEIC ones say it in EXIF as well, which
/// does not count there.
pub const TURNED_AVIF: [&[u8]; 8] = [
    include_bytes!("turned/1.avif"),
    include_bytes!("turned/2.avif"),
    include_bytes!("turned/3.avif"),
    include_bytes!("turned/4.avif"),
    include_bytes!("turned/5.avif"),
    include_bytes!("turned/6.avif"),
    include_bytes!("turned/7.avif"),
    include_bytes!("turned/8.avif"),
];
pub const TURNED_HEIC: [&[u8]; 8] = [
    include_bytes!("turned/1.heic"),
    include_bytes!("turned/2.heic"),
    include_bytes!("turned/3.heic"),
    include_bytes!("turned/4.heic"),
    include_bytes!("turned/5.heic"),
    include_bytes!("turned/6.heic"),
    include_bytes!("turned/7.heic"),
    include_bytes!("turned/8.heic"),
];

/// One file of every kind that is read, and of its oddities.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = jpegs();
    seeds.extend(pngs());
    seeds.extend(webps_and_gifs());
    seeds.extend(bitmaps().map(|bytes| ("bmp", bytes)));
    let icon = rgba(&screenshot(16, 16));
    seeds.extend([
        ("ico", coded(icon, ImageFormat::Ico)),
        ("ico", old_icon()),
        ("svg", svg()),
        ("svg", drawing().into_bytes()),
    ]);
    seeds.extend(odd::files());
    let image = coded(photo(20, 14), ImageFormat::Tiff);
    seeds.push(("tiff", image));
    seeds.extend(TIFFS.iter().map(|(_, bytes)| ("tiff", bytes.to_vec())));
    let boxed: [(&str, &[u8]); 8] = [
        ("avif", AVIF),
        ("avif", AVIF_10),
        ("avif", AVIF_ALPHA),
        ("avif", AVIF_GRID),
        ("avif", AVIF_GRID_10),
        ("avif", TURNED_AVIF[4]),
        ("heic", TURNED_HEIC[0]),
        ("heic", TURNED_HEIC[6]),
    ];
    seeds.extend(boxed.map(|(kind, bytes)| (kind, bytes.to_vec())));
    seeds.push(("heic", heic(&photo(20, 14))));
    seeds.push(("pdf", pdf(&[[220, 30, 40], [30, 60, 200]])));
    seeds.push(("pdf", pdf_page()));
    // Two tiles of 512 × 512.
    seeds.push(("heic", heic(&flat(520, 24, [30, 90, 160]))));
    seeds
}

fn jpegs() -> Vec<(&'static str, Vec<u8>)> {
    let small = photo(20, 14);
    let exif = exif_block(6, true, true);
    let icc = [b"ICC_PROFILE\0\x01\x01".as_slice(), &display_p3()].concat();
    let mut restarting = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut restarting, 80);
    encoder.set_restart_interval(2);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    let image = photo(40, 30);
    encoder
        .encode(image.as_raw(), 40, 30, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let mut grey = Vec::new();
    jpeg_encoder::Encoder::new(&mut grey, 80)
        .encode(
            &image.as_raw()[..1200],
            40,
            30,
            jpeg_encoder::ColorType::Luma,
        )
        .unwrap();
    [
        jpeg_exif(&small, &exif),
        jpeg(&image),
        jpeg_with(&small, true, &[(13, b"Photoshop 3.0\0".to_vec())]),
        jpeg_with(&photo(33, 47), true, &[]),
        jpeg_with(&small, false, &[(2, icc)]),
        CMYK_JPEG.to_vec(),
        restarting,
        grey,
    ]
    .map(|bytes| ("jpeg", bytes))
    .into()
}

fn pngs() -> Vec<(&'static str, Vec<u8>)> {
    let exif = exif_block(6, true, true);
    let small = DynamicImage::ImageRgb8(photo(20, 14));
    let told: [(&[u8; 4], &[u8]); 3] = [
        (b"eXIf", &exif),
        (b"tEXt", b"a\0b"),
        (b"gAMA", &[0, 0, 177, 143]),
    ];
    let wide: [(&[u8; 4], &[u8]); 1] = [(b"cICP", &[12, 13, 0, 1])];
    [
        png_with(&png(small.to_rgba8()), &told),
        png(screenshot(20, 14)),
        png(small.to_luma8()),
        png(small.to_luma_alpha16()),
        png_with(&png(small.to_rgb16()), &wide),
        png(small.to_rgba16()),
        palette(png::BitDepth::Two, false),
        palette(png::BitDepth::Eight, true),
        INTERLACED.to_vec(),
    ]
    .map(|bytes| ("png", bytes))
    .into()
}

/// 16 × 16 pixels with a palette of which one colour is transparent; with two more
/// frames, as APNG has them.
pub fn palette(depth: png::BitDepth, animated: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 16, 16);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(depth);
    encoder.set_palette(vec![10, 200, 30, 250, 5, 5]);
    encoder.set_trns(vec![255, 0]);
    if animated {
        encoder.set_animated(3, 0).unwrap();
    }
    let mut writer = encoder.write_header().unwrap();
    for _ in 0..if animated { 3 } else { 1 } {
        writer
            .write_image_data(&vec![0; 2 * depth as usize * 16])
            .unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn webps_and_gifs() -> Vec<(&'static str, Vec<u8>)> {
    let exif = exif_block(6, true, true);
    let small = rgba(&photo(20, 14));
    let frames = [0, 99].map(|v| RgbaImage::from_pixel(9, 7, image::Rgba([v, 90, 30, 255])));
    vec![
        ("webp", webp_with(&small, 0x08, &[(b"EXIF", &exif)])),
        ("webp", LOSSY_WEBP.to_vec()),
        ("webp", PHOTO_WEBP.to_vec()),
        ("webp", QUARTERS_WEBP.to_vec()),
        ("webp", ANIMATED_WEBP.to_vec()),
        ("webp", ALPHA_WEBP.to_vec()),
        ("gif", gif(&frames)),
        ("gif", gif(&[rgba(&screenshot(24, 18))])),
    ]
}

/// A PDF of 144 × 72 points a page; each page is a colour all over, with a word.
pub fn pdf(colours: &[[u8; 3]]) -> Vec<u8> {
    let pages: Vec<String> = colours
        .iter()
        .map(|[r, g, b]| {
            let [r, g, b] = [r, g, b].map(|v| f64::from(*v) / 255.0);
            format!("{r} {g} {b} rg 0 0 144 72 re f 0 g BT /F 24 Tf 40 24 Td (Word) Tj ET")
        })
        .collect();
    let pages: Vec<_> = pages
        .iter()
        .map(|content| ("", content.as_bytes()))
        .collect();
    pdf_of(&pages, &[])
}

/// A PDF with a page for each content, and what its stream's dictionary says more;
/// further objects are numbered from 4.
pub fn pdf_of(pages: &[(&str, &[u8])], further: &[(&str, &[u8])]) -> Vec<u8> {
    let first = 4 + further.len();
    let number = |n: usize| first + n * 2;
    let kids: String = (0..pages.len())
        .map(|n| format!("{} 0 R ", number(n)))
        .collect();
    let names: String = (0..further.len())
        .map(|n| format!("/X{n} {} 0 R", n + 4))
        .collect();
    let plain = |text: String| (text.into_bytes(), Vec::new());
    let stream = |words: &str, data: &[u8]| {
        let head = format!("<</Length {}{words}>>", data.len());
        (
            head.into_bytes(),
            [b"stream\n", data, b"\nendstream"].concat(),
        )
    };
    let mut objects = vec![
        plain("<</Type/Catalog/Pages 2 0 R>>".to_owned()),
        plain(format!(
            "<</Type/Pages/Kids[{kids}]/Count {}>>",
            pages.len()
        )),
        plain("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned()),
    ];
    objects.extend(further.iter().map(|(words, data)| stream(words, data)));
    for (n, (words, data)) in pages.iter().enumerate() {
        objects.push(plain(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 144 72]/Contents {} 0 R\
             /Resources<</Font<</F 3 0 R>>/XObject<<{names}>>/Pattern<<{names}>>>>>>",
            number(n) + 1
        )));
        objects.push(stream(words, data));
    }
    pdf_file(&objects)
}

/// A PDF of objects, from 1 on, the first of which is the catalogue: what each says, and
/// the stream that follows.
pub fn pdf_file(objects: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (n, (head, rest)) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend(format!("{} 0 obj\n", n + 1).into_bytes());
        out.extend([head.as_slice(), rest, b"\nendobj\n"].concat());
    }
    let start = out.len();
    let end = objects.len() + 1;
    let tail = format!("{table}trailer\n<</Size {end}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    out.extend(tail.into_bytes());
    out
}

/// A page with what PDFs are made of: a form, a pattern, a clip, a picture, words.
pub fn pdf_page() -> Vec<u8> {
    let content = b"q 1 0 0 RG 3 w 10 10 m 60 60 l S 20 20 40 30 re W n /Pattern cs /X1 scn \
        0 0 144 72 re f Q q 40 0 0 30 90 20 cm /X2 Do Q /X0 Do BT /F 9 Tf 5 5 Td (Words) Tj ET";
    let form = b"0 0 1 rg 70 40 20 20 re f";
    let dot = jpeg(&photo(8, 8));
    pdf_of(
        &[("", content)],
        &[
            ("/Type/XObject/Subtype/Form/BBox[0 0 144 72]", form),
            (
                "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 6 6]/XStep 6/YStep 6/Resources<<>>",
                b"0 1 0 rg 0 0 3 3 re f",
            ),
            (
                "/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
                &dot,
            ),
        ],
    )
}

/// BMP with 24 bits, a palette, runs, masks, its top row first, and the oldest
/// header: 8 × 4 pixels each but the first.
pub fn bitmaps() -> [Vec<u8>; 6] {
    let palette: Vec<u8> = (0..=255_u8).flat_map(|v| [v, 255 - v, v / 2, 0]).collect();
    let rows: Vec<u8> = (0..32).collect();
    let runs = [
        8, 7, 0, 0, 3, 1, 5, 2, 0, 0, 0, 4, 9, 8, 7, 6, 4, 5, 0, 0, 8, 9, 0, 1,
    ];
    let masks = [0xf800_u32, 0x07e0, 0x001f].map(u32::to_le_bytes).concat();
    let mut old = b"BM\0\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x08\0\x04\0\x01\0\x18\0".to_vec();
    old.extend([90; 96]);
    [
        bmp(photo(20, 14)),
        bitmap(4, 8, 0, &palette, &rows),
        bitmap(4, 8, 1, &palette, &runs),
        bitmap(4, 16, 3, &masks, &[77; 64]),
        bitmap(-4, 32, 0, &[], &[120; 128]),
        old,
    ]
}

fn bitmap(height: i32, bits: u16, compression: u32, table: &[u8], data: &[u8]) -> Vec<u8> {
    let start = 54 + table.len() as u32;
    let mut out = b"BM".to_vec();
    out.extend((start + data.len() as u32).to_le_bytes());
    out.extend([0; 4]);
    out.extend(start.to_le_bytes());
    out.extend(40_u32.to_le_bytes());
    out.extend(8_i32.to_le_bytes());
    out.extend(height.to_le_bytes());
    out.extend(1_u16.to_le_bytes());
    out.extend(bits.to_le_bytes());
    out.extend(compression.to_le_bytes());
    out.extend([0; 20]);
    out.extend(table);
    out.extend(data);
    out
}

/// An icon as Windows 3 had them: a BMP without its first header, and a mask.
pub fn old_icon() -> Vec<u8> {
    let image = bitmap(8, 32, 0, &[], &[200; 128]);
    let picture = [&image[14..], &[0; 16]].concat();
    let mut out = vec![0, 0, 1, 0, 1, 0, 8, 4, 0, 0, 1, 0, 32, 0];
    out.extend((picture.len() as u32).to_le_bytes());
    out.extend(22_u32.to_le_bytes());
    out.extend(picture);
    out
}

/// A drawing with what may be made to cost: words, filters, masks, patterns, uses.
pub fn drawing() -> String {
    let dot = png(flat(2, 2, [250, 10, 20]));
    let dot = images::data_url("image/png", &dot);
    format!(
        r##"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">
<style>.a {{ fill: url(#g); stroke: #123 }} text {{ font-size: 9px }}</style><defs>
<linearGradient id="g"><stop stop-color="red"/><stop offset="1" stop-opacity=".5"/></linearGradient>
<pattern id="p" width="7" height="7" patternUnits="userSpaceOnUse"><circle r="3"/></pattern>
<filter id="f"><feGaussianBlur stdDeviation="2"/><feTurbulence numOctaves="2"/><feMorphology radius="1"/></filter>
<mask id="m"><rect width="30" height="30" fill="#fff"/></mask><clipPath id="c"><path d="M0 0h40v30z"/></clipPath>
<marker id="k" markerWidth="3" markerHeight="3"><rect width="3" height="3"/></marker></defs>
<g id="u" filter="url(#f)" mask="url(#m)"><path class="a" d="M1 2 C3 4 5 6 7 8 S9 9 20 5 A3 3 0 0 1 9 9z" marker-mid="url(#k)"/></g>
<use href="#u" x="9" transform="rotate(9) scale(.5)"/><rect width="50" height="9" fill="url(#p)" clip-path="url(#c)"/>
<ellipse cx="9" cy="30" rx="8" ry="5" stroke-dasharray="3 1" stroke="blue"/><image width="9" height="9" href="{dot}"/>
<text x="3" y="20" letter-spacing="1">W<tspan dx="3">m</tspan></text></svg>"##
    )
}
