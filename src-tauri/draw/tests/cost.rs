//! What the way to the process and back costs: `cargo test -p draw --test cost -- --ignored
//! --nocapture` prints it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::Cursor;
use std::time::{Duration, Instant};

use drawing::{Caps, Draw, Limits, ToAttach};
use image::{ImageFormat, Rgb, RgbImage};

fn file(width: u32, height: u32, noise: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 7;
        let noise = grain % noise;
        Rgb([
            (x * 180 / width + noise) as u8,
            (y * 180 / height + noise) as u8,
            90,
        ])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The middle of eleven.
fn middle(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<Duration> = (0..11)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[5].as_secs_f64() * 1e3
}

#[test]
#[ignore = "measures"]
fn the_way_there_and_back() {
    let draw = Draw::at(env!("CARGO_BIN_EXE_dragoman-draw").into());
    let (caps, limits) = (Caps::default(), Limits::default());
    for (name, bytes) in [
        ("12 MP JPEG", file(4032, 3024, 24, ImageFormat::Jpeg)),
        ("small PNG", file(400, 300, 2, ImageFormat::Png)),
    ] {
        let wanted = ToAttach {
            side: 320,
            caps: &caps,
            limits: &limits,
            side_by_side: true,
        };
        let target = (320, &caps, &limits);
        println!(
            "{name}, {} KB: prepare {:.2} ms here, {:.2} there; attach {:.2} here, {:.2} there; outline {:.2} here, {:.2} there",
            bytes.len() / 1000,
            middle(|| drop(images::prepare(name, &bytes, &limits).unwrap())),
            middle(|| drop(draw.prepare(name, &bytes, &limits).unwrap())),
            middle(|| drop(images::attach(name, &bytes, target, true, &mut |_| ()).unwrap())),
            middle(|| drop(draw.attach(name, &bytes, &wanted, &mut |_| ()).unwrap())),
            middle(|| _ = images::outline(&bytes)),
            middle(|| _ = draw.outline(&bytes)),
        );
    }
    let start = middle(|| {
        drop(
            Draw::at(env!("CARGO_BIN_EXE_dragoman-draw").into())
                .bounds()
                .unwrap(),
        )
    });
    println!("start to the first word {start:.2} ms");
}
