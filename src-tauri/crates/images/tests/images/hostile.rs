//! Thousands of damaged files: no panic of ours, and what is taken is good.

use std::sync::{Mutex, Once};

use crate::damage::{Came, check, damaged};
use crate::fixtures::*;
use crate::kinds::seeds;

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

#[test]
fn damaged_files_never_panic_and_never_get_out_of_bounds() {
    watch();
    let seeds = seeds();
    let mut noise = Noise(0x5eed);
    for turn in 0..6000 {
        let (kind, whole) = &seeds[noise.below(seeds.len())];
        let bytes = damaged(whole, &mut noise);
        if let Err(fault) = check(&bytes, turn) {
            panic!("{kind}, turn {turn}: {fault}");
        }
    }
    let ours = OURS.lock().unwrap();
    assert!(ours.is_empty(), "{:?}", *ours);
}

#[test]
fn every_seed_is_taken_whole() {
    for (kind, bytes) in seeds() {
        assert_eq!(check(&bytes, 1), Ok(Came::Taken), "{kind}");
    }
}
