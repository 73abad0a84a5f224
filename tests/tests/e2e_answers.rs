//! What else an answer holds than text, in the real window.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use serde_json::json;
use tests::desktop::Keyring;
use tests::pictures::{encode, photo};
use tests::provider::{Provider, Reply};
use tests::screen::Key;
use tests::stage::play;
use tests::steps::{answer, ask, sent_pictures, use_provider, wait_answer};

const KEY: &str = "sk-test-0123456789abcdef";

#[test]
fn a_picture_in_an_answer_is_shown_kept_and_sent_along() -> Result<()> {
    play("a_picture_in_an_answer", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let png = STANDARD.encode(encode(&photo(640, 420, 3), ImageFormat::Png)?);
        let image = json!({
            "type": "image_url",
            "image_url": { "url": format!("data:image/png;base64,{png}") },
        });
        let delta = json!({ "index": 0, "delta": { "images": [image] } });
        provider.chat(
            Reply::stream()
                .delta("<|begin_of_box|>A picture<|end_of_box|> of what you asked for.")
                .event(&json!({ "id": "1", "choices": [delta] }))
                .bytes("data: {\"id\": \"1\", \"choi\n\n")
                .finish("eos")
                .done(),
        );
        provider.chat(Reply::streamed(&["It is the same picture."]));
        let window = stage.open()?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "Draw something")?;
        wait_answer(&window, "complete")?;
        let pictures = || answer(&window).part("message-picture").wait_count(1);
        pictures()?;
        let words = answer(&window).text()?;
        assert!(
            words.contains("A picture of what you asked for."),
            "{words}"
        );
        assert!(
            words.contains('1'),
            "the piece that broke is counted: {words}"
        );
        window.screenshot(&stage.kept("picture.png"))?;
        window.reload()?;
        window.part("conversation").css("button").click()?;
        pictures()?;
        ask(&window, "Is it the same?")?;
        wait_answer(&window, "complete")?;
        assert_eq!(sent_pictures(&provider.chat_request(1)?.json()?)?.len(), 1);
        window.screenshot(&stage.kept("two.png"))
    })
}

#[test]
fn a_picture_that_an_answer_names_is_loaded_by_a_press_and_kept() -> Result<()> {
    play("a_named_picture", Keyring::Unlocked, |stage| {
        let provider = Provider::start()?;
        let web = Provider::start()?;
        let png = encode(&photo(640, 420, 3), ImageFormat::Png)?;
        web.answer("/cat.png", Reply::new(200, "image/png").bytes(png));
        let address = format!("{}/cat.png", web.origin());
        let text = format!("Here it is: ![a cat]({address})\n\nShall I draw another?");
        provider.chat(Reply::streamed(&[&text]));
        let window = stage.open()?;
        use_provider(&window, &provider, KEY)?;
        ask(&window, "Find a cat")?;
        wait_answer(&window, "complete")?;
        let card = answer(&window).part("named-picture");
        assert!(card.text()?.contains("a cat"));
        assert_eq!(web.requests("/cat.png").len(), 0);
        window.screenshot(&stage.kept("named.png"))?;
        // A press of the driver's is none that the window sees.
        window.script(
            "document.querySelector('[data-testid=named-picture] button').focus()",
            &[],
        )?;
        window.keys(&[Key::Enter])?;
        let pictures = || answer(&window).part("message-picture").wait_count(1);
        pictures()?;
        // The server would give nothing more.
        window.reload()?;
        window.part("conversation").css("button").click()?;
        pictures()?;
        assert_eq!(web.requests("/cat.png").len(), 1);
        window.screenshot(&stage.kept("loaded.png"))
    })
}
