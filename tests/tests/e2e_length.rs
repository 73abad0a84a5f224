//! A long conversation in the real window: what is drawn as one comes near to it moves
//! nothing that is looked at.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;

use anyhow::Result;
use history::{History, NewTurn};
use pretty_assertions::assert_eq;
use protocol::{Answer, ChatParams, MessageState};
use serde_json::json;
use tests::desktop::Keyring;
use tests::stage::play;

/// Questions and answers of every length.
const TURNS: usize = 90;

/// Scrolls up by so many steps of so many pixels. Of each frame: how far the last message
/// in sight moved otherwise than it was scrolled, and the places in sight where none was drawn.
const SCROLL: &str = r"
    const [steps, by, done] = arguments
    const log = document.querySelector('[role=feed]').closest('[tabindex]')
    const inSight = () => {
        const { top, bottom } = log.getBoundingClientRect()
        return [...log.querySelectorAll('article')].filter((one) => {
            const at = one.getBoundingClientRect()
            return at.bottom > top && at.top < bottom
        })
    }
    const faults = []
    let left = steps
    let mark = null
    let at = 0
    const step = () => {
        const moved = mark ? mark.getBoundingClientRect().top - at : by
        if (Math.abs(moved - by) > 1.5) faults.push(`moved by ${moved}, ${left} steps before the end`)
        if (inSight().some((one) => one.hasAttribute('data-far'))) faults.push(`a place, ${left}`)
        if (left-- === 0) return done([faults, log.querySelectorAll('[data-testid=message]').length])
        mark = inSight().at(-1)
        at = mark.getBoundingClientRect().top
        log.scrollTop -= by
        next()
    }
    // After a frame is drawn: within it things are on their way.
    const next = () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(step)))
    next()
";

fn write(home: &Path) -> Result<()> {
    let history = History::open(&home.join("dragoman.db"))?.history;
    history
        .write(|w| {
            let mut id = None;
            for number in 0..TURNS {
                let turn = w.begin_turn(NewTurn {
                    conversation: id,
                    text: format!("Question {number}. {}", "And more? ".repeat(number * 7 % 40)),
                    parts: Vec::new(),
                    answers: vec![Answer::default()],
                    params: ChatParams::default(),
                })?;
                let text = format!(
                    "Answer {number}.\n\n{}```rust\nfn main() {{}}\n{}```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
                    "A line of an answer, which goes on for a while. ".repeat(number * 11 % 30),
                    "    let a = 1;\n".repeat(number * 5 % 13),
                );
                for one in &turn.answers {
                    let end = MessageState::Complete;
                    w.close(&one.id, end, &text, "", &Answer::default(), None)?;
                }
                id = Some(turn.conversation);
            }
            Ok::<_, history::Error>(())
        })
        .wait()?;
    history.close().wait()?;
    Ok(())
}

#[test]
fn a_long_conversation_is_read_upwards_without_a_jump_or_a_hole() -> Result<()> {
    play("length", Keyring::Unlocked, |stage| {
        write(&stage.home())?;
        let window = stage.open()?;
        window.part("conversation").css("button").click()?;
        window.css("[role=feed] > article").wait()?;
        let end = window.css("[role=feed] > article:last-child").text()?;
        assert!(end.contains(&format!("Answer {}.", TURNS - 1)), "{end}");

        let read = window
            .session()
            .execute_async(SCROLL, &[json!(50), json!(180)])?;
        assert_eq!(read[0], json!([]));
        // What was read is not kept in the page.
        assert!(read[1].as_u64().unwrap() < 60, "{}", read[1]);
        window.close()
    })
}
