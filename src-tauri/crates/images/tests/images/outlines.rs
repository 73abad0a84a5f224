//! What files say of themselves, and masters of files that are decoded elsewhere.

use images::{Caps, Limits, master, master_copy, outline, prepare, rendition};

use crate::fixtures::*;
use crate::kinds::seeds;

/// Some kinds of a format are refused.
fn accepted() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let limits = Limits::default();
    let taken = move |bytes: &[u8]| prepare("picture", bytes, &limits).is_ok();
    seeds().into_iter().filter(move |(_, bytes)| taken(bytes))
}

#[test]
fn every_format_says_its_size_before_it_is_decoded() {
    for (name, bytes) in accepted() {
        let said = outline(&bytes).unwrap_or_else(|| panic!("{name} says nothing"));
        let seen = prepared(&bytes).picture;
        assert_eq!(
            (said.width, said.height),
            (seen.original_width, seen.original_height),
            "{name}"
        );
        let area = u64::from(said.width) * u64::from(said.height);
        assert!(said.pixels >= area, "{name}: {}", said.pixels);
    }
    let said = outline(&heic(&photo(160, 96))).unwrap();
    assert_eq!(said.pixels, 160 * 96);
    let turned = jpeg_exif(&photo(64, 32), &exif_block(6, false, false));
    let said = outline(&turned).unwrap();
    assert_eq!((said.width, said.height, said.turned), (32, 64, true));
    assert!(!outline(&jpeg(&photo(64, 32))).unwrap().turned);
    for bytes in [b"".as_slice(), b"text", &turned[..20]] {
        assert_eq!(outline(bytes), None);
    }
}

#[test]
fn a_copy_is_the_master_where_it_decodes() {
    let (caps, limits) = (Caps::default(), Limits::default());
    let mut copies = 0;
    for (name, bytes) in accepted() {
        let whole = master(name, &bytes, &caps).unwrap();
        let Some(copy) = master_copy(name, &bytes, &caps).unwrap() else {
            continue;
        };
        assert!(rendition(name, &copy.bytes, &limits).is_ok(), "{name}");
        assert_eq!(copy, whole, "{name}");
        copies += 1;
    }
    assert!(copies > 8, "{copies}");
    let cut = jpeg(&photo(300, 200));
    let cut = &cut[..cut.len() / 3];
    if let Ok(Some(copy)) = master_copy("cut.jpg", cut, &caps) {
        assert!(rendition("cut.jpg", &copy.bytes, &limits).is_err());
    }
    assert!(master_copy("text", b"text", &caps).is_err());
}
