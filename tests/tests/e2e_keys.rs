//! Keys in the real window and the real keyring: used, and found nowhere else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tests::desktop::Keyring;
use tests::provider::{CHAT, MODELS, Provider, Reply};
use tests::stage::play;
use tests::steps::{
    add_provider, ask, choose_model, close_settings, open_settings, provider_card, save_key,
    use_provider, wait_answer,
};
use tests::wait;
use tests::window::Window;

/// A key that no other text contains by chance.
const KEY: &str = "sk-Qz7/+canary~9vX3mLw8TtYp2Rb5";

/// The key in every form in which a careless program might leave it.
fn forms() -> Vec<(&'static str, String)> {
    let hex = KEY.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let mut forms = vec![
        ("plain", KEY.to_owned()),
        ("reversed", KEY.chars().rev().collect()),
        ("hex", hex),
        ("URL-encoded", KEY.replace('/', "%2F").replace('+', "%2B")),
        (
            "URL-encoded whole",
            KEY.replace('/', "%2F")
                .replace('+', "%2B")
                .replace('~', "%7E"),
        ),
        ("JSON-escaped", KEY.replace('/', "\\/")),
        (
            "UTF-16",
            KEY.chars().flat_map(|letter| [letter, '\0']).collect(),
        ),
    ];
    // Base64 looks different at each of three offsets; the ends depend on what is beside it.
    for shift in 0..3 {
        let padded = format!("{}{KEY}", "#".repeat(shift));
        let inner = |text: String| text.get(4..text.len() - 4).unwrap().to_owned();
        forms.push(("base64", inner(STANDARD_NO_PAD.encode(&padded))));
        forms.push(("base64url", inner(URL_SAFE_NO_PAD.encode(&padded))));
    }
    forms
}

/// The form in which the key is in these bytes.
fn found_in(bytes: &[u8]) -> Option<&'static str> {
    let is_in = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    forms()
        .into_iter()
        .find(|(_, text)| is_in(text))
        .map(|(form, _)| form)
}

fn assert_absent(place: &str, bytes: &[u8]) {
    if let Some(form) = found_in(bytes) {
        panic!("the key, {form}, is in {place}");
    }
}

#[test]
fn the_search_finds_a_key_in_each_form() {
    assert_eq!(found_in(b"sk-something-else"), None);
    for before in ["", "a", "ab", "abc", "{\"key\":\""] {
        let text = format!("{before}{KEY}\",");
        assert_eq!(found_in(text.as_bytes()), Some("plain"));
        assert_eq!(
            found_in(STANDARD_NO_PAD.encode(&text).as_bytes()),
            Some("base64")
        );
        let reversed: String = text.chars().rev().collect();
        assert_eq!(found_in(reversed.as_bytes()), Some("reversed"));
    }
}

/// Every file under a folder.
fn assert_absent_under(folder: &Path) {
    let mut files = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files += 1;
                assert_absent(
                    &entry.path().display().to_string(),
                    &fs::read(entry.path()).unwrap(),
                );
            }
        }
    }
    assert!(files > 0, "nothing was looked at");
}

/// All that a script of the page can reach: the DOM with its values, storage,
/// cookies, and every object that hangs on a global or on an element.
const REACH: &str = r"
    const seen = new Set(), found = []
    const take = value => {
        if (typeof value === 'string') { found.push(value); return }
        if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return
        if (seen.has(value) || seen.size > 400000) return
        seen.add(value)
        queue.push(value)
    }
    const queue = []
    for (const store of [localStorage, sessionStorage])
        for (let i = 0; i < store.length; i++) found.push(store.key(i), store.getItem(store.key(i)))
    found.push(document.cookie, document.documentElement.outerHTML, location.href, JSON.stringify(history.state))
    take(globalThis)
    for (const element of document.querySelectorAll('*')) {
        take(element)
        if ('value' in element) found.push(String(element.value), String(element.defaultValue))
    }
    while (queue.length > 0) {
        const object = queue.pop()
        let names
        try { names = Reflect.ownKeys(object) } catch { continue }
        for (const name of names) {
            if (typeof name === 'string') found.push(name)
            try { take(object[name]) } catch { }
        }
        if (object instanceof Map) for (const [key, value] of object) { take(key); take(value) }
        if (object instanceof Set) for (const value of object) take(value)
        try { take(Object.getPrototypeOf(object)) } catch { }
    }
    return { strings: found.join('\n'), objects: seen.size }
";

fn reach(window: &Window) -> Result<String> {
    let reached = window.script(REACH, &[])?;
    let objects = reached["objects"].as_u64().unwrap();
    assert!(objects > 1000, "only {objects} objects were reached");
    Ok(reached["strings"].as_str().unwrap().to_owned())
}

fn assert_absent_from_page(window: &Window, when: &str) -> Result<()> {
    assert_absent(&format!("the page {when}"), reach(window)?.as_bytes());
    Ok(())
}

#[test]
fn a_key_is_used_and_left_nowhere_but_in_the_keyring() -> Result<()> {
    play(
        "a_key_is_used_and_left_nowhere",
        Keyring::Unlocked,
        |stage| {
            let provider = Provider::start()?;
            // A provider that throws the key back at its caller.
            provider.chat(Reply::error(
                401,
                &format!("Incorrect API key: {KEY}"),
                "invalid_api_key",
            ));
            provider.chat(Reply::streamed(&["Yes."]));
            let window = stage.open()?;
            open_settings(&window)?;
            let id = add_provider(&window, &provider.base_url())?;
            // A blank and a line break around it are trimmed.
            let card = provider_card(&window, &id);
            save_key(&window, &id, &format!(" {KEY} "), "工作 key")?;
            let shown = card.clone().part("key").text()?;
            assert!(
                shown.contains("工作 key") && shown.contains("2Rb5"),
                "{shown}"
            );
            assert!(
                !shown.contains(&KEY[KEY.len() - 5..]),
                "more than four characters: {shown}"
            );
            assert_eq!(card.clone().part("key-input").value()?, "");
            card.part("key").part("key-test").click()?;
            // Its models were asked for before it had a key.
            let bearer = wait::until("a request with the key", || {
                let asked = provider.requests(MODELS);
                let sent = asked.iter().find_map(|one| one.header("authorization"));
                Ok(sent.map(str::to_owned))
            })?;
            assert_eq!(bearer, format!("Bearer {KEY}"));
            assert_absent_from_page(&window, "in the settings")?;
            close_settings(&window)?;
            choose_model(&window, &id, "scripted")?;
            ask(&window, "Refused?")?;
            wait_answer(&window, "failed")?;
            assert_absent_from_page(&window, "after a refusal that repeats it")?;
            ask(&window, "Hello")?;
            wait_answer(&window, "complete")?;
            let sent = provider.chat_request(1)?;
            assert_eq!(sent.header("authorization"), Some(bearer.as_str()));
            assert_absent("a request's body", &sent.body);
            assert_absent_from_page(&window, "after an answer")?;
            window.close()?;
            assert_absent_under(&stage.home());
            assert_absent("the log", window.log()?.as_bytes());
            Ok(())
        },
    )
}

#[test]
fn a_removed_key_is_gone_and_a_bad_one_is_refused() -> Result<()> {
    play("a_removed_key_is_gone", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let window = stage.open()?;
        open_settings(&window)?;
        let id = add_provider(&window, &provider.base_url())?;
        let card = provider_card(&window, &id);
        // The search of the page would find a key that lies deep in an object.
        let hidden = "const at = document.body; at.probe = { a: new Map([[1, [arguments[0]]]]) }";
        window.script(hidden, &[KEY.into()])?;
        assert_eq!(found_in(reach(&window)?.as_bytes()), Some("plain"));
        card.clone().part("key-input").fill("sk-with a blank")?;
        card.clone().part("key-save").click()?;
        card.clone().part("key-error").wait_shown()?;
        assert_eq!(card.clone().part("key").count()?, 0);
        card.clone().part("key-input").fill("sk-钥匙")?;
        card.clone().part("key-save").click()?;
        card.clone().part("key-error").wait_shown()?;
        assert_eq!(card.clone().part("key").count()?, 0);
        save_key(&window, &id, "sk-first-000000001111", "first")?;
        save_key(&window, &id, "sk-second-00000002222", "second")?;
        // The one entered last is tried first, and so stands first.
        card.clone().part("key-remove").nth(1).click()?;
        window.css("[role=alertdialog] .danger").click()?;
        card.clone().part("key").wait_count(1)?;
        let left = card.part("key").text()?;
        assert!(left.contains("second") && left.contains("2222"), "{left}");
        Ok(())
    })
}

#[test]
fn without_a_keyring_the_app_starts_and_keeps_a_key_for_the_session() -> Result<()> {
    play("without_a_keyring", Keyring::Absent, |stage| {
        let provider = Provider::start()?;
        provider.chat(Reply::streamed(&["With a key of this run."]));
        let window = stage.open()?;
        open_settings(&window)?;
        window
            .part("keyring")
            .wait_attribute("data-state", "unavailable")?;
        let id = add_provider(&window, &provider.base_url())?;
        let card = provider_card(&window, &id);
        card.clone().part("key-input").fill(KEY)?;
        card.clone().part("key-save").click()?;
        card.clone().part("key-error").wait_shown()?;
        window.screenshot(&stage.kept("no-keyring.png"))?;
        card.clone().part("key-save-session").click()?;
        card.part("key").wait_count(1)?;
        close_settings(&window)?;
        choose_model(&window, &id, "scripted")?;
        ask(&window, "Hello")?;
        wait_answer(&window, "complete")?;
        let bearer = format!("Bearer {KEY}");
        assert_eq!(
            provider.chat_request(0)?.header("authorization"),
            Some(bearer.as_str())
        );
        window.close()?;
        assert_absent_under(&stage.home());
        Ok(())
    })
}

#[test]
fn a_key_does_not_follow_a_base_url_to_another_origin() -> Result<()> {
    play(
        "a_key_does_not_follow_a_base_url",
        Keyring::Unlocked,
        |stage| {
            let (first, second) = (Provider::start()?, Provider::start()?);
            let window = stage.open()?;
            let id = use_provider(&window, &first, KEY)?;
            open_settings(&window)?;
            let card = provider_card(&window, &id);
            card.clone().part("provider-edit").click()?;
            window.part("provider-base-url").fill(&second.base_url())?;
            window.part("provider-save").click()?;
            card.wait_text(|text| text.contains(&second.base_url()))?;
            close_settings(&window)?;
            ask(&window, "Hello")?;
            // Refused before it is sent, or sent without the key: never with it.
            tests::wait::until("an outcome", || {
                let failed = window.part("message-error").count()?
                    + window.part("composer-error").count()?;
                Ok((failed > 0 || !second.requests(CHAT).is_empty()).then_some(()))
            })?;
            assert_absent("what the second origin received", second.heads().as_bytes());
            Ok(())
        },
    )
}
