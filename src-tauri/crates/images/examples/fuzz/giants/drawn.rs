//! Drawings and pages.

use super::zeros::{SIDE, zeros};
use crate::{fixtures, kinds};

pub fn filters() -> Vec<u8> {
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
pub fn uses() -> Vec<u8> {
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
pub fn picture_within() -> Option<Vec<u8>> {
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
pub fn pdf_stream() -> Option<Vec<u8>> {
    Some(kinds::pdf_of(
        &[("/Filter/FlateDecode", &zeros(4 << 30)?)],
        &[],
    ))
}

/// Ten times ten, ten times over.
pub fn pdf_forms() -> Vec<u8> {
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
pub fn pdf_pattern() -> Vec<u8> {
    let words = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9000 9000]/XStep .01/YStep .01\
                 /Resources<<>>";
    kinds::pdf_of(
        &[("", b"/Pattern cs /X0 scn 0 0 144 72 re f")],
        &[(words, b"0 1 0 rg 0 0 9000 9000 re f")],
    )
}

/// A picture of 30,000 × 30,000 pixels with a mask of the same size.
pub fn pdf_picture() -> Option<Vec<u8>> {
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
pub fn pdf_page() -> Vec<u8> {
    let content = "1 0 0 rg 0 0 14400 14400 re f 9 w 5 5 m 14000 14000 l S ".repeat(5000);
    let bytes = kinds::pdf_of(&[("", content.as_bytes())], &[]);
    let text = String::from_utf8(bytes).unwrap_or_default();
    // The table of objects is off then, and found anew.
    text.replace("[0 0 144 72]", "[0 0 14400 14400]")
        .into_bytes()
}
