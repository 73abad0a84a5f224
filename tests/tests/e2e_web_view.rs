//! The web view under the page: its process dies, it draws nothing, it is asked for
//! more than it should give.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use anyhow::{Result, ensure};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use tests::desktop::Keyring;
use tests::provider::{CHAT, Gate, Provider, Reply};
use tests::screen::{Key, Screen};
use tests::stage::play;
use tests::steps::{answer_part, ask, use_provider, wait_answer};
use tests::wait;
use tests::window::Window;

const KEY: &str = "sk-web-view-00000000";

/// `--warn-wash` of the light theme, which a notice stands on.
const NOTICE: [u8; 3] = [0xfb, 0xf1, 0xdc];

#[test]
fn a_page_whose_process_dies_is_loaded_again_and_nothing_is_lost() -> Result<()> {
    play("a_page_whose_process_dies", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let gate = Gate::new();
        let start = Reply::stream().delta("Before, ").wait(&gate);
        provider.chat(start.delta("and after.").finish("stop").done());
        let mut app = stage.app()?;
        app.env.push(("DRAGOMAN_BENCH".into(), "1".into()));
        let window = stage.open_app(&app)?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "Tell me")?;
        answer_part(&window, "message-text").wait_text(|text| text.contains("Before,"))?;
        let screen = Screen::open(stage.desktop.server())?;
        assert_eq!(screen.count_pixels(NOTICE)?, 0);
        window.kill_page()?;

        // The driver's session ends with the page's process: what goes on is seen on the
        // screen, at the provider and by the next start.
        wait::until("the page to be there again", || {
            let pages = window.log()?.matches("dragoman: ready").count();
            Ok((pages == 2).then_some(()))
        })?;
        wait::until("the notice", || {
            Ok((screen.count_pixels(NOTICE)? > 1_000).then_some(()))
        })?;
        gate.open();
        let file = stage.home().join("dragoman.db");
        wait::until("the whole answer to be kept", || {
            let history = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            let kept =
                "SELECT count(*) FROM message WHERE state = 'complete' AND role = 'assistant'";
            let kept: i64 = history.query_row(kept, [], |row| row.get(0))?;
            Ok((kept == 1).then_some(()))
        })?;
        window.close()?;

        let window = stage.open()?;
        window.part("conversation").css("button").click()?;
        wait_answer(&window, "complete")?;
        let text = answer_part(&window, "message-text").text()?;
        assert_eq!(text.trim(), "Before, and after.");
        assert_eq!(window.part("notice").count()?, 0);
        assert_eq!(provider.requests(CHAT).len(), 1);
        Ok(())
    })
}

/// What the page is shown at, in percent.
fn size(window: &Window) -> Result<i64> {
    let scale = window.script("return Math.round(100 * outerWidth / innerWidth)", &[])?;
    Ok(scale.as_i64().unwrap())
}

fn wait_size(window: &Window, wanted: i64) -> Result<()> {
    wait::until(format!("a page at {wanted} %"), || {
        let now = size(window)?;
        ensure!(now == wanted, "it is at {now} %");
        Ok(Some(()))
    })
}

#[test]
fn the_size_of_the_page_is_kept_over_a_restart() -> Result<()> {
    play("the_size_of_the_page", Keyring::Unlocked, |stage| {
        let window = stage.open()?;
        wait_size(&window, 100)?;
        window.keys(&[Key::Control, Key::Char('=')])?;
        wait_size(&window, 110)?;
        window.keys(&[Key::Control, Key::Char('=')])?;
        wait_size(&window, 125)?;
        window.close()?;
        let window = stage.open()?;
        wait_size(&window, 125)?;
        window.keys(&[Key::Control, Key::Char('-')])?;
        wait_size(&window, 110)?;
        window.keys(&[Key::Control, Key::Char('0')])?;
        wait_size(&window, 100)
    })
}

/// How much of a screenshot is as red as the line under a misspelt word.
fn red(window: &Window, picture: &std::path::Path) -> Result<usize> {
    window.screenshot(picture)?;
    let picture = image::open(picture)?.into_rgb8();
    let red = picture
        .pixels()
        .filter(|image::Rgb([r, g, b])| *r > 150 && i16::from(*r) - i16::from(*g.max(b)) > 80);
    Ok(red.count())
}

#[test]
fn spelling_is_checked_in_the_composer_but_not_of_chinese_and_not_in_other_fields() -> Result<()> {
    play("spelling", Keyring::Unlocked, |stage| {
        let window = stage.open()?;
        let picture = stage.kept("spelling.png");
        let press = |keys: &str| {
            keys.chars()
                .try_for_each(|key| window.keys(&[Key::Char(key)]))
        };
        let input = window.part("composer-input");
        input.click()?;
        press("right wrods here ")?;
        wait::until("a red line", || {
            Ok((red(&window, &picture)? > 0).then_some(()))
        })?;
        input.fill("")?;
        wait::until("no red line", || {
            Ok((red(&window, &picture)? == 0).then_some(()))
        })?;
        input.type_keys("你好 世界 wrods ")?;
        wait::until("the last word", || {
            Ok(input.value()?.ends_with("wrods ").then_some(()))
        })?;
        assert_eq!(red(&window, &picture)?, 0, "see {}", picture.display());
        let fields = window.script(
            "return [...document.querySelectorAll('input')].filter((field) => field.spellcheck).length",
            &[],
        )?;
        assert_eq!(fields, json!(0));
        Ok(())
    })
}

#[test]
fn the_menu_on_the_right_button_offers_what_makes_sense_and_else_there_is_none() -> Result<()> {
    play("the_menu", Keyring::Unlocked, |stage| {
        let window = stage.open()?;
        let screen = Screen::open(stage.desktop.server())?;
        let input = window.part("composer-input");
        input.type_keys("something")?;
        let before = screen.menus()?;
        // Where there is nothing to copy there is no menu: one would take the next click.
        window.right_click(&window.css("h1"))?;
        window.right_click(&input)?;
        wait::until("a menu", || Ok((screen.menus()? > before).then_some(())))?;
        // From below, the first is Select All: no method of input, no inspector.
        screen.keys(&[Key::Up])?;
        screen.keys(&[Key::Enter])?;
        wait::until("all to be selected", || {
            let selected = "return getSelection().toString()";
            Ok((window.script(selected, &[])? == json!("something")).then_some(()))
        })?;
        assert_eq!(screen.menus()?, before);
        Ok(())
    })
}
