//! Typing Chinese with a real input method: composing shows in the field, and the keys
//! of a composition do nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use anyhow::Result;
use serde_json::json;
use tests::desktop::Keyring;
use tests::input_method::InputMethod;
use tests::screen::Key;
use tests::stage::{Stage, play};
use tests::steps::{ask, open_settings, wait_answer};
use tests::wait;
use tests::window::{Part, Window};

fn open(stage: &Stage) -> Result<std::rc::Rc<Window>> {
    let window = stage.open_app(&InputMethod::with(stage.app()?))?;
    window.part("composer-input").wait_shown()?;
    Ok(window)
}

fn press(window: &Window, keys: &str) -> Result<()> {
    keys.chars()
        .try_for_each(|key| window.keys(&[Key::Char(key)]))
}

fn wait_value(field: &Part<'_>, wanted: impl Fn(&str) -> bool) -> Result<String> {
    let mut last = String::new();
    wait::until(format!("the value of {field}"), || {
        last = field.value()?;
        anyhow::ensure!(wanted(&last), "it is {last:?}");
        Ok(Some(last.clone()))
    })
}

/// Composes in a field that has the focus, and holds `before`, in every way that a
/// composition ends; what the field holds then.
fn compose(
    pinyin: &InputMethod<'_>,
    window: &Window,
    field: &Part<'_>,
    before: &str,
) -> Result<String> {
    pinyin.wait_on()?;
    // What is being composed stands in the field, blanks between its syllables or not.
    let composing = |value: &str| value.replace([' ', '\''], "") == format!("{before}nihao");
    press(window, "nihao")?;
    wait_value(field, composing)?;
    let covered = window.script(
        "return document.activeElement.matches(':placeholder-shown')",
        &[],
    )?;
    assert_eq!(covered, json!(false), "the placeholder of {field}");
    // Escape drops it.
    window.keys(&[Key::Escape])?;
    wait_value(field, |value| value == before)?;
    // A blank chooses the first candidate.
    press(window, "nihao")?;
    wait_value(field, composing)?;
    press(window, " ")?;
    let chosen = format!("{before}你好");
    wait_value(field, |value| value == chosen)?;
    // Enter takes the letters themselves.
    press(window, "abc")?;
    wait_value(field, |value| {
        value.replace([' ', '\''], "") == format!("{chosen}abc")
    })?;
    window.keys(&[Key::Enter])?;
    let letters = format!("{chosen}abc");
    wait_value(field, |value| value == letters)?;
    Ok(letters)
}

#[test]
fn composing_shows_in_the_composer_and_enter_sends_only_after_it() -> Result<()> {
    play("composing_in_the_composer", Keyring::Unlocked, |stage| {
        let pinyin = InputMethod::start(&stage.desktop)?;
        let window = open(stage)?;
        let input = window.part("composer-input");
        input.click()?;
        pinyin.wait_on()?;
        press(&window, "nihao")?;
        wait_value(&input, |value| !value.is_empty())?;
        window.screenshot(&stage.kept("composing.png"))?;
        window.keys(&[Key::Escape])?;
        wait_value(&input, str::is_empty)?;
        let typed = compose(&pinyin, &window, &input, "")?;
        assert_eq!(window.part("message").count()?, 0, "it was sent");
        // The next Enter is the person's.
        window.keys(&[Key::Enter])?;
        let question = window.part("message").with("data-role", "user");
        question
            .part("message-text")
            .wait_text(|text| text == typed)?;
        wait_answer(&window, "complete")
    })
}

#[test]
fn a_composition_in_other_fields_closes_nothing() -> Result<()> {
    play("composing_in_other_fields", Keyring::Unlocked, |stage| {
        let pinyin = InputMethod::start(&stage.desktop)?;
        let window = open(stage)?;
        // Search: the list of models stays open, and none is chosen.
        window.part("model-picker").click()?;
        let search = window.part("model-search");
        search.click()?;
        compose(&pinyin, &window, &search, "")?;
        assert_eq!(search.count()?, 1, "the list of models is closed");
        window.keys(&[Key::Escape])?;
        search.wait_gone()?;

        // A title: Enter and Escape of a composition do not end the field.
        ask(&window, "hello")?;
        wait_answer(&window, "complete")?;
        window.script(
            "const more = document.querySelector('[data-testid=conversation] button[aria-haspopup=menu]');
             more.focus(); more.click()",
            &[],
        )?;
        window.css(".menu-item").click()?;
        let title = window.part("conversation").css("input");
        title.wait_shown()?;
        let typed = compose(&pinyin, &window, &title, "")?;
        assert_eq!(title.count()?, 1, "the title is no field any more");
        window.keys(&[Key::Enter])?;
        title.wait_gone()?;
        window
            .part("conversation")
            .wait_text(|text| text.contains(&typed))?;

        // The name of a key: Escape does not close the settings, Enter stores nothing.
        open_settings(&window)?;
        let name = window.part("key-label");
        name.click()?;
        compose(&pinyin, &window, &name, "")?;
        assert_eq!(window.part("key").count()?, 0, "a key was stored");
        window.part("provider-add").wait_shown()
    })
}
