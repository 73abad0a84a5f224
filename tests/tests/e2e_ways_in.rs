//! Ways of pictures into the real window beside files: what a browser copies, the
//! conversation itself; and what a person does with them before they are sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use tests::clipboard::Clipboard;
use tests::desktop::Keyring;
use tests::drag::Drag;
use tests::pictures::encode;
use tests::provider::{Provider, Reply};
use tests::screen::Key;
use tests::stage::{Stage, play};
use tests::steps::{ask, received, use_provider, wait_answer, wait_attachments};
use tests::wait;
use tests::window::Window;

/// The widths of the pictures of the n-th question, in their order.
fn widths(provider: &Provider, n: usize) -> Result<Vec<u32>> {
    let pictures = received(&provider.chat_request(n)?.json()?)?;
    Ok(pictures.iter().map(RgbImage::width).collect())
}

/// A PNG of one colour and this width.
fn png(width: u32) -> Vec<u8> {
    let picture = RgbImage::from_pixel(width, 60, Rgb([10, 100, 200]));
    encode(&picture, ImageFormat::Png).unwrap()
}

/// Such a file.
fn file(stage: &Stage, width: u32) -> PathBuf {
    let path = stage.desktop.path(&format!("{width}.png"));
    fs::write(&path, png(width)).unwrap();
    path
}

fn paste(window: &Window) -> Result<()> {
    window.keys(&[Key::Control, Key::Char('v')])
}

/// The widths of the ready pictures in the composer, in their order, by their cards.
fn cards(window: &Window) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('[data-testid=attachment] b')]
        .map((name) => name.textContent)";
    let names = window.script(script, &[])?;
    let names = names.as_array().into_iter().flatten();
    Ok(names.filter_map(|n| Some(n.as_str()?.to_owned())).collect())
}

fn wait_cards(window: &Window, names: &[&str]) -> Result<()> {
    wait::until(format!("the cards {names:?}"), || {
        let now = cards(window)?;
        anyhow::ensure!(now == names, "they are {now:?}");
        Ok(Some(()))
    })
}

#[test]
fn what_a_browser_copies_becomes_a_picture_or_stays_text() -> Result<()> {
    play("what_a_browser_copies", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["Seen."]));
        provider.always("/cat.png", Reply::new(200, "image/png").bytes(png(102)));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-ways-into-it-0001")?;
        let input = window.part("composer-input");
        input.click()?;
        let img = |url: &str| format!("<meta charset=\"utf-8\"><img src=\"{url}\" alt=\"x\">");
        let cat = format!("{}/cat.png", provider.origin());

        // A picture that stands in its page as a data URL.
        let data = format!("data:image/png;base64,{}", STANDARD.encode(png(101)));
        let held = Clipboard::kinds(&stage.desktop, &[("text/html", &img(&data))])?;
        paste(&window)?;
        wait_attachments(&window, "ready", 1)?;
        drop(held);
        // One without its bitmap: a link, and nothing is fetched.
        let held = Clipboard::kinds(&stage.desktop, &[("text/html", &img(&cat))])?;
        paste(&window)?;
        wait_attachments(&window, "ready", 2)?;
        drop(held);
        let card = window.part("attachment").last();
        assert_eq!(card.attribute("data-kind")?.as_deref(), Some("link"));
        assert!(card.text()?.contains("127.0.0.1"), "{}", card.text()?);
        // One with its bitmap, and its address as text.
        let bitmap = format!("@{}", file(stage, 103).display());
        let held = Clipboard::kinds(
            &stage.desktop,
            &[
                ("text/html", &img("https://pictures.example/cat.png")),
                ("image/png", &bitmap),
                ("text/plain", "https://pictures.example/cat.png"),
            ],
        )?;
        paste(&window)?;
        wait_attachments(&window, "ready", 3)?;
        drop(held);
        assert_eq!(card.attribute("data-kind")?.as_deref(), Some("picture"));
        assert_eq!(input.value()?, "");

        // Text with a picture in it, and cells with a picture of themselves.
        let page = format!("<p>A cat: {}</p>", img(&cat));
        let held = Clipboard::kinds(
            &stage.desktop,
            &[("text/html", &page), ("text/plain", "A cat: ")],
        )?;
        paste(&window)?;
        wait::until("the text", || {
            let value = input.value()?;
            anyhow::ensure!(value == "A cat: ", "it is {value:?}");
            Ok(Some(()))
        })?;
        drop(held);
        let held = Clipboard::kinds(
            &stage.desktop,
            &[
                ("text/html", "<table><tr><td>1<td>2</table>"),
                ("text/plain", "1\t2 "),
                ("image/png", &bitmap),
            ],
        )?;
        paste(&window)?;
        wait::until("the cells", || {
            let value = input.value()?;
            anyhow::ensure!(value == "A cat: 1\t2 ", "it is {value:?}");
            Ok(Some(()))
        })?;
        drop(held);

        // The address of a picture is a link, and text again on request.
        let address = "https://pictures.example/a%20cat.webp?w=640";
        for kinds in [
            [("text/plain", address)].as_slice(),
            &[("text/uri-list", address), ("text/x-moz-url", address)],
        ] {
            let _held = Clipboard::kinds(&stage.desktop, kinds)?;
            paste(&window)?;
            wait_attachments(&window, "ready", 4)?;
            assert!(
                card.text()?.contains("pictures.example"),
                "{}",
                card.text()?
            );
            window.part("keep-as-text").click()?;
            wait_attachments(&window, "ready", 3)?;
        }
        let text = format!("A cat: 1\t2 {address}{address}");
        assert_eq!(input.value()?, text);

        assert_eq!(provider.requests("/cat.png").len(), 0, "fetched unasked");
        window.part("send").click()?;
        wait_answer(&window, "complete")?;
        assert_eq!(widths(&provider, 0)?, [101, 102, 103]);
        let question = provider.chat_request(0)?.json()?.to_string();
        assert!(question.contains(address), "{question}");
        assert_eq!(provider.requests("/cat.png").len(), 1);
        Ok(())
    })
}

#[test]
fn pictures_are_ordered_taken_out_brought_back_and_asked_about_again() -> Result<()> {
    play("pictures_are_ordered", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["Four."]));
        provider.chat(Reply::streamed(&["Again."]));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-order-of-them-0001")?;
        let paths = [201, 202, 203].map(|width| file(stage, width));
        stage.drop_files(&window, &paths)?;
        wait_attachments(&window, "ready", 3)?;
        let thumb = |n: usize| window.part("attachment").css("button.thumb").nth(n);

        // By keys, by the pointer, out and back.
        window.script(
            "document.querySelectorAll('[data-testid=attachment] button.thumb')[2].focus()",
            &[],
        )?;
        window.keys(&[Key::Alt, Key::Left])?;
        wait_cards(&window, &["201.png", "203.png", "202.png"])?;
        window.drag(&thumb(2), &thumb(0))?;
        wait_cards(&window, &["202.png", "201.png", "203.png"])?;
        window.part("attachment-remove").nth(1).click()?;
        wait_cards(&window, &["202.png", "203.png"])?;
        window.part("attachment-undo").click()?;
        wait_cards(&window, &["202.png", "201.png", "203.png"])?;

        // What is there already is said to be, and stays.
        let copy = stage.desktop.path("copy.png");
        fs::copy(&paths[0], &copy)?;
        stage.drop_files(&window, &[&copy])?;
        wait_attachments(&window, "ready", 4)?;
        let said = window.part("attachment-same");
        assert_eq!(said.count()?, 1);
        assert!(said.text()?.contains("201.png"), "{}", said.text()?);
        window.screenshot(&stage.kept("cards.png"))?;
        ask(&window, "All four")?;
        wait_answer(&window, "complete")?;
        assert_eq!(widths(&provider, 0)?, [202, 201, 203, 201]);

        // Two of the conversation's: asked about again, and dragged to the question.
        let shown = window.part("message").with("data-role", "user");
        let pictures = shown.clone().css(".pic .open");
        shown.part("picture-again").nth(2).click()?;
        wait_attachments(&window, "ready", 1)?;
        window.drag(&pictures.nth(0), &window.part("composer-input"))?;
        wait_attachments(&window, "ready", 2)?;
        wait_cards(&window, &["203.png", "202.png"])?;
        ask(&window, "And these?")?;
        wait_answer(&window, "complete")?;
        assert_eq!(widths(&provider, 1)?, [203, 202]);
        Ok(())
    })
}

#[test]
fn what_is_dropped_is_taken_as_it_was_written() -> Result<()> {
    play("dropped_as_written", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["Seen."]));
        let path = "/a%2Bb%2Fc%23d+e.png";
        provider.always(path, Reply::new(200, "image/png").bytes(png(102)));
        let window = stage.open()?;
        use_provider(&window, &provider, "sk-as-written-0001")?;
        // A name of Latin-1, a link, and a file on a share.
        let folder = stage.desktop.path("");
        fs::write(folder.join(OsStr::from_bytes(b"caf\xe9.png")), png(101))?;
        let own = format!("file://{}/caf%E9.png", folder.display());
        let link = format!("{}{path}", provider.origin());
        let addresses = [own.as_str(), link.as_str(), "sftp://me@nas/a%20cat.png"];
        let drag = Drag::addresses(&stage.desktop, &addresses)?;
        drag.over(window.rect()?.center())?;
        drag.drop()?;
        wait_attachments(&window, "ready", 2)?;
        wait_attachments(&window, "failed", 1)?;
        wait_cards(&window, &["caf\u{fffd}.png", "a+b/c#d+e.png", "a cat.png"])?;
        let failed = window.part("attachment").last().text()?;
        assert!(
            failed.contains("Copy it to this computer first"),
            "{failed}"
        );
        window.screenshot(&stage.kept("cards.png"))?;
        ask(&window, "Both")?;
        wait_answer(&window, "complete")?;
        assert_eq!(widths(&provider, 0)?, [101, 102]);
        assert_eq!(provider.requests(path).len(), 1);
        Ok(())
    })
}

/// Starts the app a second time, in this folder, and waits for its end.
fn second_start(stage: &Stage, folder: &Path, arguments: &[&OsStr]) -> Result<()> {
    let app = stage.app()?;
    let mut second = stage.desktop.command(&app.binary);
    second.envs(app.env).current_dir(folder).args(arguments);
    // Not as the first was started.
    second.env("LANG", "zh_CN.UTF-8").env("TZ", "Asia/Shanghai");
    let output = second.output()?;
    anyhow::ensure!(output.status.success(), "{output:?}");
    Ok(())
}

fn wait_text(window: &Window, wanted: &str) -> Result<()> {
    let input = window.part("composer-input");
    wait::until(format!("the text {wanted:?}"), || {
        let value = input.value()?;
        anyhow::ensure!(value == wanted, "it is {value:?}");
        Ok(Some(()))
    })
}

#[test]
fn what_a_second_start_names_fills_the_composer_of_the_first_and_sends_nothing() -> Result<()> {
    play("a_second_start", Keyring::Absent, |stage| {
        let folder = stage.desktop.path("holiday 猫");
        fs::create_dir(&folder)?;
        let latin = OsStr::from_bytes(b"caf\xe9 1.png");
        for (name, width) in [
            (OsStr::new("my cat.png"), 111),
            (OsStr::new("by uri.png"), 112),
            (latin, 113),
        ] {
            fs::write(folder.join(name), png(width))?;
        }
        let window = stage.open()?;
        // Relative to the folder of the second.
        let named = ["my cat.png", "what is", "it?"].map(OsStr::new);
        second_start(stage, &folder, &named)?;
        wait_attachments(&window, "ready", 1)?;
        wait_cards(&window, &["my cat.png"])?;
        wait_text(&window, "what is it?")?;
        // As a file manager names it, beside a name that is no text.
        let uri = format!("file://{}/by%20uri.png", folder.display());
        second_start(stage, Path::new("/"), &[OsStr::new(&uri)])?;
        wait_attachments(&window, "ready", 2)?;
        second_start(stage, &folder, &[latin])?;
        wait_attachments(&window, "ready", 3)?;
        wait_cards(&window, &["my cat.png", "by uri.png", "caf\u{fffd} 1.png"])?;
        // A link fills in text, after what is there; no file goes along.
        let link = OsStr::new("dragoman://ask?text=in%20a%20word%E3%80%82");
        second_start(stage, &folder, &[link])?;
        wait_text(&window, "what is it?\nin a word。")?;
        for (link, named) in [
            ("dragoman://ask?text=x&image=my%20cat.png", "“image”"),
            ("dragoman://send?text=x", "“send”"),
        ] {
            second_start(stage, &folder, &[OsStr::new(link)])?;
            let notice = window.part("notice").last();
            notice.wait_text(|text| text.contains(named))?;
        }
        wait_text(&window, "what is it?\nin a word。")?;
        assert_eq!(cards(&window)?.len(), 3);
        // One that is not there is said, on a card of its own.
        second_start(stage, &folder, &[OsStr::new("gone.png")])?;
        wait_attachments(&window, "failed", 1)?;
        assert_eq!(window.part("message").count()?, 0);
        Ok(())
    })
}

#[test]
fn what_the_first_start_names_waits_in_a_new_conversation() -> Result<()> {
    play("a_first_start_with_files", Keyring::Absent, |stage| {
        let picture = file(stage, 121);
        let window = stage.open()?;
        ask(&window, "a question of before")?;
        wait_answer(&window, "complete")?;
        window.close()?;
        let mut app = stage.app()?;
        app.args = vec![picture.display().to_string(), "what is it?".to_owned()];
        let window = stage.open_app(&app)?;
        wait_attachments(&window, "ready", 1)?;
        wait_text(&window, "what is it?")?;
        assert_eq!(window.part("message").count()?, 0);
        // A page that is loaded again has it once.
        window.reload()?;
        wait_attachments(&window, "ready", 1)?;
        wait_text(&window, "what is it?")?;
        window.part("conversation").click()?;
        window.part("message").wait_count(2)
    })
}
