//! Pages of PDF files.

use images::{Caps, Error, Limits, page, pages, prepare};
use protocol::{Done, ErrorCode, IpcError};

use crate::fixtures::*;
use crate::kinds::{pdf, pdf_of, pdf_page};

/// Encrypted, by pikepdf 10: with a password, and without one for whoever reads it.
const PROTECTED: &[u8] = include_bytes!("protected.pdf");
const LOCKED: &[u8] = include_bytes!("locked.pdf");

const COLOURS: [[u8; 3]; 3] = [[220, 30, 40], [30, 160, 60], [250, 240, 30]];

fn drawn(bytes: &[u8], number: u32) -> image::RgbImage {
    let png = page("paper.pdf", bytes, number, &Caps::default()).unwrap();
    image::load_from_memory(&png).unwrap().into_rgb8()
}

#[test]
fn a_page_becomes_a_picture_that_can_be_read() {
    let bytes = pdf(&COLOURS);
    assert_eq!(pages("paper.pdf", &bytes, &Caps::default()), Ok(Some(3)));
    for (number, colour) in (1..).zip(COLOURS) {
        let image = drawn(&bytes, number);
        // Two inches by one, at 200 dots an inch.
        assert_eq!(image.dimensions(), (400, 200));
        let [r, g, b] = image.get_pixel(20, 20).0;
        let [wr, wg, wb] = colour;
        let off = r.abs_diff(wr).max(g.abs_diff(wg)).max(b.abs_diff(wb));
        assert!(off <= 1, "{number}: {:?}", [r, g, b]);
        // The word, in a font that is not in the file.
        let dark = image
            .pixels()
            .filter(|p| p.0.iter().all(|v| *v < 40))
            .count();
        assert!(dark > 800, "{number}: {dark}");
    }
    let past = page("paper.pdf", &bytes, 4, &Caps::default());
    assert!(matches!(past, Err(Error::Broken { .. })), "{past:?}");
}

#[test]
fn a_page_shows_forms_patterns_and_pictures_on_white() {
    let image = drawn(&pdf_page(), 1);
    let scale = |x: u32, y: u32| *image.get_pixel(x * 200 / 72, (72 - y) * 200 / 72);
    assert_eq!(scale(2, 70).0, [255, 255, 255]);
    let [r, _, b] = scale(80, 50).0;
    assert!(b > 200 && r < 40, "the form");
    let clipped: Vec<_> = (21..59).map(|x| scale(x, 44).0).collect();
    assert!(
        clipped.iter().any(|[r, g, _]| *g > 200 && *r < 60),
        "the pattern"
    );
    assert_ne!(scale(100, 35).0, [255, 255, 255], "the picture");
}

#[test]
fn prepared_as_one_picture_it_is_its_first_page_and_says_so() {
    let done = prepared(&pdf(&COLOURS));
    let picture = &done.picture;
    assert_eq!((picture.width, picture.height), (400, 200));
    assert_eq!(picture.mime, "image/png");
    assert_eq!(picture.done, [Done::FirstPage, Done::Reencoded]);
    let one = prepared(&pdf(&COLOURS[..1]));
    assert_eq!(one.picture.done, [Done::Reencoded]);
    let kept = images::master("paper.pdf", &pdf(&COLOURS), &Caps::default()).unwrap();
    assert_eq!((kept.width, kept.mime), (400, images::Mime::Png));
}

#[test]
fn what_is_no_pdf_has_no_pages() {
    for bytes in [png(flat(3, 3, [1, 2, 3])), b"hello".to_vec(), Vec::new()] {
        assert_eq!(pages("x.pdf", &bytes, &Caps::default()), Ok(None));
    }
}

#[test]
fn refuses_what_cannot_be_opened_in_words() {
    let code = |bytes: &[u8]| {
        let both = [
            pages("paper.pdf", bytes, &Caps::default()).map(|_| ()),
            prepare("paper.pdf", bytes, &Limits::default()).map(|_| ()),
        ];
        let [counted, prepared] = both.map(|done| IpcError::from(done.unwrap_err()));
        assert_eq!(counted, prepared);
        assert!(counted.message.contains("paper.pdf"), "{}", counted.message);
        counted
    };
    let protected = code(PROTECTED);
    assert_eq!(protected.code, ErrorCode::PdfProtected);
    assert!(
        protected.message.contains("screenshot"),
        "{}",
        protected.message
    );
    assert_eq!(code(b"%PDF-1.7\n").code, ErrorCode::BrokenPicture);
    assert_eq!(code(&pdf(&[])).code, ErrorCode::BrokenPicture);
    let whole = pdf(&COLOURS);
    // Of what is left of one that was cut off a white page could be drawn.
    for tenths in [1, 4, 7, 9] {
        let cut = &whole[..whole.len() * tenths / 10];
        assert_eq!(code(cut).code, ErrorCode::BrokenPicture, "{tenths}");
    }
    let small = Caps {
        file_bytes: 100,
        ..Caps::default()
    };
    let large = pages("paper.pdf", &whole, &small);
    assert!(matches!(large, Err(Error::TooLarge { .. })), "{large:?}");
}

#[test]
fn what_everybody_may_read_is_read() {
    assert_eq!(pages("locked.pdf", LOCKED, &Caps::default()), Ok(Some(2)));
    assert_eq!(drawn(LOCKED, 2).get_pixel(5, 5).0, [255, 255, 255]);
}

#[test]
fn nothing_outside_of_the_file_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret.jpg");
    std::fs::write(&secret, jpeg(&flat(8, 8, [255, 0, 0]))).unwrap();
    let words = format!(
        "/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceRGB/BitsPerComponent 8\
         /F({})/FFilter/DCTDecode",
        secret.display()
    );
    let bytes = pdf_of(&[("", b"144 0 0 72 0 0 cm /X0 Do")], &[(&words, b"")]);
    let image = drawn(&bytes, 1);
    assert!(image.pixels().all(|p| p.0[1] > 200), "it was opened");
}
