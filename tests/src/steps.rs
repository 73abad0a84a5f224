//! What a user does in the page, step by step.

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbImage;

use crate::provider::Provider;
use crate::wait;
use crate::window::{Part, Window};

/// Opens the settings, which show the providers first.
///
/// # Errors
/// When they do not open.
pub fn open_settings(window: &Window) -> Result<()> {
    window.part("settings").click()?;
    window.part("provider-add").wait_shown()
}

/// Closes the settings.
///
/// # Errors
/// When they stay.
pub fn close_settings(window: &Window) -> Result<()> {
    window.part("settings").click()?;
    window.part("composer-input").wait_shown()
}

/// Enters a custom endpoint in the open settings; its id.
///
/// # Errors
/// When it is not taken.
pub fn add_provider(window: &Window, base_url: &str) -> Result<String> {
    window.part("provider-add").click()?;
    window.part("provider-base-url").fill(base_url)?;
    window.part("provider-save").click()?;
    wait::until(format!("a provider at {base_url}"), || {
        let cards = window.session().find_all("[data-testid=\"provider\"]")?;
        for card in cards.iter().rev() {
            if window.session().text(card)?.contains(base_url) {
                return window.session().attribute(card, "data-provider");
            }
        }
        Ok(None)
    })
}

/// The card of a provider in the open settings.
pub fn provider_card<'a>(window: &'a Window, id: &str) -> Part<'a> {
    window.part("provider").with("data-provider", id)
}

/// Stores a key in the keyring, in the open settings.
///
/// # Errors
/// When it is not stored.
pub fn save_key(window: &Window, provider: &str, key: &str, label: &str) -> Result<()> {
    let card = provider_card(window, provider);
    let before = card.clone().part("key").count()?;
    card.clone().part("key-input").fill(key)?;
    card.clone().part("key-label").fill(label)?;
    card.clone().part("key-save").click()?;
    card.part("key").wait_count(before + 1)
}

/// Chooses a model in the composer.
///
/// # Errors
/// When it is not offered.
pub fn choose_model(window: &Window, provider: &str, model: &str) -> Result<()> {
    window.part("model-picker").click()?;
    window.part("model-search").fill(model)?;
    window
        .part("model-option")
        .with("data-provider", provider)
        .with("data-model", model)
        .click()?;
    window
        .part("model-picker")
        .wait_attribute("data-model", model)
}

/// Enters a scripted provider with a key, and chooses its model; the
/// provider's id. Ends in the composer.
///
/// # Errors
/// When a step fails.
pub fn use_provider(window: &Window, provider: &Provider, key: &str) -> Result<String> {
    open_settings(window)?;
    let id = add_provider(window, &provider.base_url())?;
    save_key(window, &id, key, "test")?;
    close_settings(window)?;
    choose_model(window, &id, "scripted")?;
    Ok(id)
}

/// Types a question and sends it.
///
/// # Errors
/// When it cannot be sent.
pub fn ask(window: &Window, question: &str) -> Result<()> {
    window.part("composer-input").type_keys(question)?;
    window.part("send").click()
}

/// The last answer.
pub fn answer(window: &Window) -> Part<'_> {
    window.part("message").with("data-role", "assistant").last()
}

/// A part of the last answer that has it.
pub fn answer_part<'a>(window: &'a Window, testid: &str) -> Part<'a> {
    window
        .part("message")
        .with("data-role", "assistant")
        .part(testid)
        .last()
}

/// Waits until the last answer is in a state.
///
/// # Errors
/// With the state it stayed in.
pub fn wait_answer(window: &Window, state: &str) -> Result<()> {
    answer(window).wait_attribute("data-state", state)
}

/// Waits until the composer holds exactly `n` attachments in a state.
///
/// # Errors
/// With the number it stayed at.
pub fn wait_attachments(window: &Window, state: &str, n: usize) -> Result<()> {
    window
        .part("attachment")
        .with("data-state", state)
        .wait_count(n)
}

/// The pictures of the last user message of a request, as data URLs.
///
/// # Errors
/// When the request has no such message.
pub fn sent_pictures(request: &serde_json::Value) -> Result<Vec<String>> {
    let messages = request
        .get("messages")
        .and_then(|m| m.as_array())
        .context("messages")?;
    let last = messages.last().context("a message")?;
    let parts = last
        .get("content")
        .and_then(|c| c.as_array())
        .context("parts")?;
    let urls = parts
        .iter()
        .filter_map(|part| part.pointer("/image_url/url")?.as_str());
    Ok(urls.map(str::to_owned).collect())
}

/// The pictures of the last user message of a request, decoded.
///
/// # Errors
/// When one of them is no picture that was embedded.
pub fn received(request: &serde_json::Value) -> Result<Vec<RgbImage>> {
    let picture = |url: String| {
        let (_, data) = url.split_once(";base64,").context("a data URL")?;
        Ok(image::load_from_memory(&STANDARD.decode(data)?)?.into_rgb8())
    };
    sent_pictures(request)?.into_iter().map(picture).collect()
}
