//! Pictures as the provider gets them through the real window: long ones, photos
//! on their side, a hundred at once, a folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use tests::desktop::Keyring;
use tests::pictures::{encode, save_png};
use tests::provider::{Provider, Reply};
use tests::stage::{Stage, play};
use tests::steps::{ask, sent_pictures, use_provider, wait_answer, wait_attachments};
use tests::wait;

const BLUE: Rgb<u8> = Rgb([10, 100, 200]);
const GOLD: Rgb<u8> = Rgb([250, 200, 20]);

/// Stands in the place of a photo's text, so that it can be looked for.
const CANARY: &str = "canary-of-the-place";

fn folder(stage: &Stage, name: &str) -> PathBuf {
    let folder = stage.desktop.path("我的 图片").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The bytes of the pictures that were sent last, in order.
fn received(provider: &Provider, n: usize) -> Result<Vec<Vec<u8>>> {
    let urls = sent_pictures(&provider.chat_request(n)?.json()?)?;
    let bytes = |url: &String| STANDARD.decode(url.split_once(";base64,").unwrap().1);
    Ok(urls.iter().map(bytes).collect::<Result<_, _>>()?)
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().into_rgb8()
}

fn close(a: Rgb<u8>, b: Rgb<u8>) -> bool {
    a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) < 12)
}

#[test]
fn a_long_screenshot_arrives_in_pieces_in_reading_order() -> Result<()> {
    play("a_long_screenshot", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["Long."]));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-long-screenshot-01")?;
        let height = 7000;
        let long = RgbImage::from_fn(500, height, |x, y| {
            let line = if (y / 20) % 2 == 0 && x > 40 { 60 } else { 0 };
            Rgb([(y * 255 / height) as u8, line, 90])
        });
        let path = folder(stage, "long").join("聊天 记录.png");
        save_png(&long, &path)?;
        stage.drop_files(&window, &[&path])?;
        wait_attachments(&window, "ready", 1)?;
        window.screenshot(&stage.kept("long.png"))?;
        ask(&window, "What was said?")?;
        wait_answer(&window, "complete")?;
        let pieces: Vec<_> = received(&provider, 0)?
            .iter()
            .map(|one| decoded(one))
            .collect();
        assert!(pieces.len() > 2, "{} pieces", pieces.len());
        let shade = |y: u32, piece: &RgbImage| u32::from(piece.get_pixel(9, y).0[0]);
        for piece in &pieces {
            assert_eq!(piece.width(), 500, "it was shrunk");
        }
        for pair in pieces.windows(2) {
            assert!(shade(0, &pair[0]) < shade(0, &pair[1]), "out of order");
            // The next begins before this one ends.
            let end = shade(pair[0].height() - 1, &pair[0]);
            assert!(shade(0, &pair[1]) < end, "nothing overlaps");
        }
        assert_eq!(shade(0, &pieces[0]), 0);
        let last = pieces.last().unwrap();
        assert!(shade(last.height() - 1, last) >= 254);
        Ok(())
    })
}

/// Two pages of 400 × 200 pixels at 200 dots an inch, the first red, the second blue.
const PAGES: &[u8] = include_bytes!("pages.pdf");

#[test]
fn a_pdf_arrives_as_a_picture_a_page() -> Result<()> {
    play("a_pdf", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["Two pages."]));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-pages-of-a-pdf-001")?;
        let path = folder(stage, "papers").join("报告.pdf");
        fs::write(&path, PAGES)?;
        stage.drop_files(&window, &[&path])?;
        wait_attachments(&window, "ready", 2)?;
        ask(&window, "What do they say?")?;
        wait_answer(&window, "complete")?;
        let pages: Vec<_> = received(&provider, 0)?
            .iter()
            .map(|one| decoded(one))
            .collect();
        assert_eq!(pages.len(), 2);
        for (page, colour) in pages.iter().zip([[230, 26, 26], [26, 51, 230]]) {
            assert_eq!(page.dimensions(), (400, 200));
            let seen = *page.get_pixel(200, 100);
            assert!(close(seen, Rgb(colour)), "{seen:?}");
        }
        Ok(())
    })
}

/// EXIF as a phone writes it: turned by 90°, a text, and a place.
fn exif() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = tag.to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes
    };
    let text = CANARY.as_bytes();
    let count = text.len() as u32;
    // Three entries after their number, and the place of the next list.
    let gps = 8 + 2 + 3 * 12 + 4;
    let texts = gps + 2 + 2 * 12 + 4;
    tiff.extend(3_u16.to_le_bytes());
    tiff.extend(entry(0x010e, 2, count, texts));
    tiff.extend(entry(0x0112, 3, 1, 6));
    tiff.extend(entry(0x8825, 4, 1, gps));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, u32::from(b'N')));
    tiff.extend(entry(0x001c, 7, count, texts));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(text);
    let mut segment = vec![0xff, 0xe1];
    let length = (2 + 6 + tiff.len()) as u16;
    segment.extend(length.to_be_bytes());
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    segment
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn a_photo_on_its_side_arrives_upright_without_its_place() -> Result<()> {
    play("a_photo_on_its_side", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["A coast."]));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-photo-upright-0001")?;
        // The left half as stored is the upper half as seen.
        let stored = RgbImage::from_fn(320, 240, |x, _| if x < 160 { BLUE } else { GOLD });
        let mut bytes = encode(&stored, ImageFormat::Jpeg)?;
        bytes.splice(2..2, exif());
        assert!(holds(&bytes, CANARY.as_bytes()));
        let path = folder(stage, "photos").join("IMG_0001.jpg");
        fs::write(&path, bytes)?;
        stage.drop_files(&window, &[&path])?;
        wait_attachments(&window, "ready", 1)?;
        let card = window.part("attachment").text()?;
        assert!(card.contains("ocation removed"), "the card says {card:?}");
        ask(&window, "Where is this?")?;
        wait_answer(&window, "complete")?;
        let sent = received(&provider, 0)?.remove(0);
        let seen = decoded(&sent);
        assert_eq!(seen.dimensions(), (240, 320));
        assert!(
            close(*seen.get_pixel(120, 40), BLUE),
            "{:?}",
            seen.get_pixel(120, 40)
        );
        assert!(close(*seen.get_pixel(120, 280), GOLD));
        for private in [
            b"Exif".as_slice(),
            CANARY.as_bytes(),
            b"http://ns.adobe.com",
        ] {
            assert!(!holds(&sent, private), "it still holds {private:?}");
        }
        Ok(())
    })
}

/// Different files of one large picture: what follows its end is not looked at.
fn large(folder: &Path, count: usize) -> Vec<PathBuf> {
    let mut seed = 7_u32;
    let picture = RgbImage::from_fn(2600, 1950, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([(x % 251) as u8, (y % 241) as u8, (seed >> 26) as u8])
    });
    let bytes = encode(&picture, ImageFormat::Jpeg).unwrap();
    let file = |n: usize| {
        let path = folder.join(format!("photo {n}.jpg"));
        let mut own = bytes.clone();
        own.extend(format!("{n}").bytes());
        fs::write(&path, own).unwrap();
        path
    };
    (1..=count).map(file).collect()
}

#[test]
fn a_hundred_files_can_be_given_up_and_the_rest_is_sent() -> Result<()> {
    play("a_hundred_files", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["Some."]));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-hundred-files-0001")?;
        let paths = large(&folder(stage, "hundred"), 100);
        stage.drop_files(&window, &paths)?;
        let cards = window.part("attachment");
        cards.wait_count(100)?;
        window.part("cancel-all").click()?;
        wait_attachments(&window, "preparing", 0)?;
        let left = wait::until("the cards that are left", || {
            let left = cards.count()?;
            Ok((left < 100).then_some(left))
        })?;
        // The window still does what it is told.
        ask(&window, "What is left?")?;
        wait_answer(&window, "complete")?;
        assert_eq!(received(&provider, 0).unwrap_or_default().len(), left);
        Ok(())
    })
}

#[test]
fn a_folder_is_asked_about_before_its_pictures_come() -> Result<()> {
    play("a_folder_is_asked_about", Keyring::Unlocked, |stage| {
        let window = stage.open()?;
        let album = folder(stage, "album");
        fs::create_dir_all(album.join("more"))?;
        for name in ["10.png", "9.png", ".hidden.png", "more/1.png", "notes.txt"] {
            let side = 20 + name.len() as u32;
            save_png(&RgbImage::from_pixel(side, 20, BLUE), &album.join("x.png"))?;
            fs::rename(album.join("x.png"), album.join(name))?;
        }
        stage.drop_files(&window, &[&album])?;
        let question = window.part("folder-question");
        question.wait_shown()?;
        question.wait_text(|text| text.contains("album") && text.contains('3'))?;
        assert_eq!(window.part("attachment").count()?, 0);
        window.part("folder-leave").click()?;
        question.wait_gone()?;
        stage.drop_files(&window, &[&album])?;
        window.part("folder-take").click()?;
        wait_attachments(&window, "ready", 3)?;
        let first = window.part("attachment").text()?;
        assert!(first.contains("9.png"), "{first}");
        Ok(())
    })
}
