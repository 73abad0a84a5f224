//! The provider that the killed app asks.

use std::time::Duration;

use anyhow::Result;
use tests::pictures::{encode, two_colours};
use tests::provider::{CHAT, Piece, Provider, Reply};

use crate::seen::word;

/// Pictures that questions come with.
pub const PICTURES: u8 = 3;

/// Words of an answer and of its reasoning, and the pause after each.
const WORDS: u32 = 300;
const THOUGHTS: u32 = 40;
const PACE: Duration = Duration::from_millis(5);

/// Answers every question in the same words, slowly, and has some pictures.
pub fn provider() -> Result<Provider> {
    let provider = Provider::start()?;
    let mut answer = Reply::stream();
    for n in 1..=THOUGHTS {
        answer = answer.reasoning(&word('r', n)).piece(Piece::Pause(PACE));
    }
    for n in 1..=WORDS {
        // A paragraph now and then.
        let end = if n % 25 == 0 { "\n\n" } else { "" };
        let text = format!("{}{end}", word('w', n));
        answer = answer.delta(&text).piece(Piece::Pause(PACE));
    }
    provider.always(CHAT, answer.finish("stop").done());
    for n in 0..PICTURES {
        let picture = two_colours(80, 60, [n, 90, 200], [200, 90, n]);
        let bytes = encode(&picture, image::ImageFormat::Png)?;
        provider.always(
            &format!("/{n}.png"),
            Reply::new(200, "image/png").bytes(bytes),
        );
    }
    Ok(provider)
}
