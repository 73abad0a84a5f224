//! Thousands of damaged files: no panic of ours, and what is taken is good.

use std::sync::{Mutex, Once};

use image::{Rgba, RgbaImage};
use images::{Limits, measure, prepare};
use proptest::prelude::*;

use crate::fixtures::*;

static OURS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// `prepare` outlives a decoder that panics; a panic of its own would be hidden
/// with it, so each is noted by the file it comes from.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let file = info.location().map_or("", |at| at.file());
            if file.contains("crates/images/src") {
                OURS.lock().unwrap().push(info.to_string());
            }
            // The decoders' own are caught, and not worth a line each.
            if !file.contains("registry") {
                before(info);
            }
        }));
    });
}

fn seeds() -> Vec<Vec<u8>> {
    let small = photo(20, 14);
    let exif = exif_block(6, true, true);
    let frames = [0, 99].map(|v| RgbaImage::from_pixel(9, 7, Rgba([v, 90, 30, 255])));
    vec![
        jpeg_exif(&small, &exif),
        jpeg_with(&small, true, &[(13, b"Photoshop 3.0\0".to_vec())]),
        CMYK_JPEG.to_vec(),
        png_with(&png(rgba(&small)), &[(b"eXIf", &exif), (b"tEXt", b"a\0b")]),
        png(screenshot(20, 14)),
        webp_with(&rgba(&small), 0x08, &[(b"EXIF", &exif)]),
        LOSSY_WEBP.to_vec(),
        gif(&frames),
        bmp(small),
    ]
}

/// One way to damage a file.
#[derive(Debug, Clone)]
enum Damage {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Double(prop::sample::Index, prop::sample::Index),
    Remove(prop::sample::Index, u8),
    Number(prop::sample::Index, u32),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        6 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, v)| Damage::Set(at, v)),
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
        1 => (any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(a, b)| Damage::Double(a, b)),
        1 => (any::<prop::sample::Index>(), 1..16_u8).prop_map(|(at, n)| Damage::Remove(at, n)),
        2 => (
            any::<prop::sample::Index>(),
            prop::sample::select(vec![0, 1, 0xff, 0xffff, 0x7fff_ffff, u32::MAX, 0x8000_0000]),
        )
            .prop_map(|(at, v)| Damage::Number(at, v)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    match damage {
        Damage::Set(at, value) => bytes[at.index(length)] = *value,
        Damage::Cut(at) => bytes.truncate(at.index(length)),
        Damage::Double(a, b) => {
            let (a, b) = (a.index(length), b.index(length));
            let part = bytes[a.min(b)..a.max(b)].to_vec();
            bytes.splice(a.max(b)..a.max(b), part);
        }
        Damage::Remove(at, n) => {
            let at = at.index(length);
            bytes.drain(at..(at + usize::from(*n)).min(length));
        }
        Damage::Number(at, value) => {
            let at = at.index(length);
            let end = (at + 4).min(length);
            bytes[at..end].copy_from_slice(&value.to_be_bytes()[..end - at]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn damaged_files_never_panic_and_never_get_out_of_bounds(
        seed in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 1..6),
        small in any::<bool>(),
    ) {
        thread_local! {
            static SEEDS: Vec<Vec<u8>> = seeds();
        }
        watch();
        let mut bytes = SEEDS.with(|seeds| seeds[seed.index(seeds.len())].clone());
        for damage in &damages {
            apply(&mut bytes, damage);
        }
        // Low caps keep the run short and are met often.
        let limits = if small {
            Limits { pixels: 20_000, long_side: 12, out_pixels: 90, out_bytes: 900,
                ..Limits::default() }
        } else {
            Limits { pixels: 300_000, ..Limits::default() }
        };
        match prepare("damaged", &bytes, &limits) {
            Ok(done) => {
                let m = measure(&done.bytes);
                prop_assert!(m.is_ok(), "what was taken does not decode: {m:?}");
                let m = m.unwrap();
                prop_assert_eq!((m.width, m.height), (done.picture.width, done.picture.height));
                prop_assert!(!m.metadata);
                prop_assert!(m.width >= 1 && m.height >= 1);
                prop_assert!(m.width.max(m.height) <= limits.long_side);
                prop_assert!(done.picture.bytes <= limits.out_bytes);
            }
            Err(error) => prop_assert!(error.to_string().len() > 20),
        }
        let ours = OURS.lock().unwrap();
        prop_assert!(ours.is_empty(), "{:?}", *ours);
    }
}
