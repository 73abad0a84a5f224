//! The program itself: files that do harm cost one file each, and it does nothing that
//! decoding does not take.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![cfg(target_os = "linux")]

use std::io::{Cursor, Read};
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use drawing::job::{Bound, Job, Want};
use drawing::{Caps, Draw, Error, Limits, Mark, Rect, ToAttach, frame};
use image::{ImageFormat, Rgb, RgbImage};
use protocol::{ErrorCode, IpcError};

const PROGRAM: &str = env!("CARGO_BIN_EXE_dragoman-draw");

fn draw() -> Draw {
    Draw::at(PROGRAM.into())
}

/// A picture in which no two neighbours are the same.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let noise = (x * 37 + y * 91 + x * y) % 40;
        Rgb([(x % 200 + noise) as u8, (y % 180 + noise) as u8, 90])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG that tries something when it is read.
fn trial(what: &str) -> Vec<u8> {
    let mut bytes = picture(20, 10, ImageFormat::Png);
    bytes.extend_from_slice(format!("\ndragoman-trial {what}").as_bytes());
    bytes
}

fn width(draw: &Draw) -> u32 {
    let png = picture(20, 10, ImageFormat::Png);
    let prepared = draw.prepare("good.png", &png, &Limits::default()).unwrap();
    prepared.picture.width
}

/// The file is refused, and the next one is read.
fn refused(draw: &Draw, what: &str) -> Error {
    let made = draw.prepare("bad.png", &trial(what), &Limits::default());
    let error = made.expect_err(what);
    assert_eq!(width(draw), 20, "after {what}");
    error
}

fn crashed() -> Error {
    Error::Crashed {
        name: "bad.png".to_owned(),
    }
}

#[test]
fn everything_holds_it() {
    let bounds = draw().bounds().unwrap();
    assert_eq!(
        bounds,
        [Bound::Memory, Bound::Processor, Bound::Files, Bound::Calls]
    );
}

#[test]
fn a_decoder_that_crashes_is_one_refused_file() {
    let draw = draw();
    for what in ["crash", "panic", "stack", "memory"] {
        let error = refused(&draw, what);
        assert_eq!(error, crashed(), "{what}");
        let error = IpcError::from(error);
        assert_eq!(error.code, ErrorCode::PictureCrashed);
        assert!(error.message.contains("bad.png"), "{}", error.message);
    }
}

#[test]
fn a_pdf_gets_less_memory_than_a_picture() {
    let draw = draw();
    let pdf = |what: &str| {
        let file = format!("%PDF-1.7\n\ndragoman-trial {what}");
        let pages = draw.pages("bad.png", file.as_bytes(), &Limits::default().caps());
        pages.unwrap_err()
    };
    assert_eq!(pdf("take 900"), crashed());
    // It is let in, and found to be none.
    assert_ne!(pdf("take 400"), crashed());
    let picture = |what: &str| draw.prepare("bad.png", &trial(what), &Limits::default());
    assert!(picture("take 900").is_ok());
    assert_eq!(picture("take 3100").unwrap_err(), crashed());
}

#[test]
fn one_that_hangs_is_ended_and_refused_as_slow() {
    let draw = draw().patient(Duration::from_secs(1));
    for what in ["hang", "spin"] {
        let error = refused(&draw, what);
        assert!(matches!(error, Error::TooSlow { .. }), "{what}: {error:?}");
    }
}

#[test]
fn one_that_hangs_holds_up_nobody_else() {
    let draw = draw().patient(Duration::from_secs(2));
    std::thread::scope(|scope| {
        let hanging = draw.clone();
        let hung = scope.spawn(move || {
            let job = hanging.prepare("bad.png", &trial("hang"), &Limits::default());
            job.unwrap_err()
        });
        for _ in 0..3 {
            assert_eq!(width(&draw), 20);
        }
        assert!(matches!(hung.join().unwrap(), Error::TooSlow { .. }));
    });
}

#[test]
fn it_opens_no_file_makes_none_and_reaches_nobody() {
    let draw = draw();
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "s").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tries = [
        format!("open {}", secret.display()),
        format!("write {}", secret.display()),
        format!("make {}", folder.path().join("new").display()),
        format!("list {}", folder.path().display()),
        "open /proc/self/environ".to_owned(),
        "open /etc/passwd".to_owned(),
        "run /bin/true".to_owned(),
        format!("connect {}", listener.local_addr().unwrap()),
    ];
    for what in tries {
        assert_eq!(refused(&draw, &what), crashed(), "{what}");
    }
    assert!(!folder.path().join("new").exists());
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn it_reads_fonts() {
    let draw = draw();
    let fonts = Path::new("/usr/share/fonts");
    let tries = [format!("list {}", fonts.display())];
    for what in tries {
        let made = draw.prepare("font.png", &trial(&what), &Limits::default());
        assert!(made.is_ok(), "{what}: {made:?}");
    }
}

#[test]
fn words_of_a_drawing_are_drawn_with_them() {
    let text = r##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><text
        x="5" y="45" font-size="48" font-family="DejaVu Sans, Liberation Sans, Noto Sans">MMMM</text></svg>"##;
    let draw = draw();
    let limits = Limits::default();
    let prepared = draw.prepare("t.svg", text.as_bytes(), &limits).unwrap();
    let here = images::prepare("t.svg", text.as_bytes(), &limits).unwrap();
    assert_eq!(prepared, here);
    let drawn = image::load_from_memory(&prepared.bytes)
        .unwrap()
        .into_rgba8();
    assert!(drawn.pixels().any(|p| p.0[3] > 200), "some letter is there");
}

#[test]
fn what_comes_back_is_what_the_crate_makes() {
    let draw = draw();
    let (caps, limits) = (Caps::default(), Limits::default());
    let small = Limits {
        long_side: 100,
        ..Limits::default()
    };
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Bmp] {
        let bytes = picture(300, 200, format);
        let (name, bytes) = ("a", bytes.as_slice());
        let made = draw.prepare(name, bytes, &small);
        assert_eq!(made, images::prepare(name, bytes, &small));
        assert_eq!(
            draw.rendition(name, bytes, &limits),
            images::rendition(name, bytes, &limits)
        );
        assert_eq!(
            draw.master(name, bytes, &caps),
            images::master(name, bytes, &caps)
        );
        assert_eq!(
            draw.master_copy(name, bytes, &caps),
            images::master_copy(name, bytes, &caps)
        );
        assert_eq!(
            draw.thumbnail(name, bytes, 50, &caps),
            images::thumbnail(name, bytes, 50, &caps)
        );
        assert_eq!(draw.outline(bytes), images::outline(bytes));
        assert_eq!(draw.measure(bytes), images::measure(bytes));
        assert_eq!(draw.pages(name, bytes, &caps), Ok(None));
        let part = Rect::new(10, 20, 30, 40);
        assert_eq!(
            draw.crop(name, bytes, part, &caps),
            images::crop(name, bytes, part, &caps)
        );
        let outside = Rect::new(900, 20, 30, 40);
        assert_eq!(
            draw.crop(name, bytes, outside, &caps),
            images::crop(name, bytes, outside, &caps)
        );
        let marks = [
            Mark::Blur { rect: part },
            Mark::Arrow {
                from: (1.5, 2.0),
                to: (80.25, 90.1),
                thickness: 3.3,
                colour: [255, 0, 0],
            },
        ];
        assert_eq!(
            draw.mark(name, bytes, &marks, &caps),
            images::mark(name, bytes, &marks, &caps)
        );
    }
    let long = picture(300, 9000, ImageFormat::Png);
    let tiles = draw.tiles("long", &long, &limits).unwrap();
    assert!(tiles.len() > 1);
    assert_eq!(Ok(tiles), images::tiles("long", &long, &limits));
    // What is refused, is refused in the same words.
    let mut cut = picture(300, 200, ImageFormat::Png);
    cut.truncate(cut.len() / 2);
    for bytes in [&cut[..], b"hello", b"", b"8BPS\0\0"] {
        let refused = draw.prepare("x", bytes, &limits);
        assert!(refused.is_err());
        assert_eq!(refused, images::prepare("x", bytes, &limits));
    }
}

#[test]
fn attaching_gives_the_small_picture_first() {
    let draw = draw();
    let (caps, limits) = (Caps::default(), Limits::default());
    for (side_by_side, format) in [
        (true, ImageFormat::Jpeg),
        (false, ImageFormat::Jpeg),
        (true, ImageFormat::Bmp),
    ] {
        let bytes = picture(900, 700, format);
        let wanted = ToAttach {
            side: 64,
            caps: &caps,
            limits: &limits,
            side_by_side,
        };
        let mut shown = Vec::new();
        let mut small = |thumbnail| shown.push(thumbnail);
        let attached = draw.attach("a", &bytes, &wanted, &mut small).unwrap();
        assert_eq!(shown, [images::thumbnail("a", &bytes, 64, &caps).unwrap()]);
        assert_eq!(attached.master, images::master("a", &bytes, &caps).unwrap());
        let sent = images::prepare("a", &bytes, &limits).unwrap();
        assert_eq!(attached.prepared.bytes, sent.bytes);
    }
}

#[test]
fn where_it_is_missing_that_is_said_and_nothing_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let draw = Draw::at(folder.path().join("dragoman-draw"));
    let png = picture(20, 10, ImageFormat::Png);
    let error = draw.prepare("a.png", &png, &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::NoReader { .. }), "{error:?}");
    let error = IpcError::from(error);
    assert_eq!(error.code, ErrorCode::PictureReader);
    assert!(error.args["program"].ends_with("dragoman-draw"));
    assert_eq!(draw.outline(&png), None);
    // Another program is none either.
    let draw = Draw::at("/bin/true".into());
    let error = draw.measure(&png).unwrap_err();
    assert!(matches!(error, Error::NoReader { .. }), "{error:?}");
}

#[test]
fn it_is_found_beside_a_test() {
    assert_eq!(width(&Draw::beside()), 20);
}

/// The program without anyone to end it.
fn alone() -> Child {
    Command::new(PROGRAM)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn spin(child: &mut Child) {
    let job = Job {
        name: "a".to_owned(),
        want: Want::Measured,
        patience: Duration::ZERO,
    };
    let input = child.stdin.as_mut().unwrap();
    frame::write(input, &job, &[trial("spin")]).unwrap();
}

#[test]
fn it_ends_with_its_input_also_at_work() {
    let mut child = alone();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());

    let mut child = alone();
    let job = Job {
        name: "a".to_owned(),
        want: Want::Measured,
        patience: Duration::from_secs(600),
    };
    let input = child.stdin.as_mut().unwrap();
    frame::write(input, &job, &[trial("spin")]).unwrap();
    drop(child.stdin.take());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(0), "by itself: {status}");
}

#[test]
fn it_ends_when_it_took_its_time() {
    let mut child = alone();
    spin(&mut child);
    let mut said = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut said).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(24), "{status}");
}

#[test]
fn what_is_no_job_ends_it() {
    let mut child = alone();
    let input = child.stdin.as_mut().unwrap();
    frame::write(input, &"hello", &[b"x"]).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}
