//! A few thousand of the executions that `cargo xtask fuzz wire` makes a million
//! of, and every body that once did not hold.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::noop_waker_ref;
use futures_util::{StreamExt, stream};
use wire::Response;

use crate::fuzz::{Corpus, Target, check, run};
use crate::replay::chunks::Random;
use crate::replay::taken::{Taken, Taking};

/// Executions of each target: a second or two, unoptimised.
const EXECUTIONS: u64 = 2_500;

#[test]
fn any_bytes_hold() {
    let corpus = Corpus::read().unwrap();
    for target in [Target::Sse, Target::Fold] {
        for seed in 0..EXECUTIONS {
            let held = run(target, &corpus, seed);
            assert!(held.is_ok(), "{target:?}: {}", held.unwrap_err());
        }
    }
}

#[test]
fn what_once_did_not_hold_does() {
    let mut tried = 0;
    for line in include_str!("../fuzz-regressions.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (target, hex) = line.split_once(' ').unwrap();
        let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        let body: Vec<u8> = (0..hex.len() / 2).map(byte).collect();
        for seed in 0..200 {
            let held = check(target.parse().unwrap(), &body, &mut Random::new(seed));
            assert!(held.is_ok(), "{line}: {}", held.unwrap_err());
        }
        tried += 1;
    }
    assert!(tried > 0, "the cases are there");
}

/// Feeds these pieces and tells the end and the most bytes held.
fn flood(pieces: impl IntoIterator<Item = Bytes>) -> (Taken, usize) {
    let head = Response {
        status: 200,
        ..Response::default()
    };
    let mut events = wire::decode(head, stream::iter(pieces.into_iter().map(Ok)));
    let mut context = Context::from_waker(noop_waker_ref());
    let (mut taking, mut held) = (Taking::default(), 0);
    while let Poll::Ready(Some(event)) = events.poll_next_unpin(&mut context) {
        held = held.max(events.held());
        taking.add(event).unwrap();
    }
    (taking.whole().unwrap(), held)
}

#[test]
fn what_never_ends_is_refused_or_let_go() {
    let mega = |fill: &[u8]| Bytes::from(fill.repeat((1 << 20) / fill.len()));
    let after = |start: &'static str, fill: &[u8], times| {
        std::iter::once(Bytes::from(start)).chain(vec![mega(fill); times])
    };
    for (start, fill, times, state, most) in [
        // A line, an event, a comment, a name, an id without end.
        ("data: ", &b"a"[..], 40, "error", 130),
        (
            "data: a\n",
            b"data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            40,
            "error",
            130,
        ),
        (": ", b"a", 40, "error", 130),
        ("event: ", b"a", 40, "error", 130),
        ("id: ", b"a", 40, "error", 130),
        // One JSON body and a web page without end.
        ("{\"a\":\"", b"a", 80, "error", 130),
        ("<html>", b"a", 80, "error", 1),
        // Nothing at all, for ever.
        ("\n", b"\n \r\n", 20, "unterminated", 1),
        (": a\n", b"\n\n\n\n", 4, "unterminated", 1),
    ] {
        let (taken, held) = flood(after(start, fill, times));
        assert_eq!(taken.state, state, "{start:?}");
        assert!(held < most << 20, "{held} bytes are held of {start:?}");
    }
}

#[test]
fn messages_that_never_repeat_are_not_kept() {
    let message = |n: u8| {
        let text = char::from(b'a' + n).to_string().repeat(1 << 20);
        let message = format!(r#"{{"choices":[{{"message":{{"content":"{text}"}}}}]}}"#);
        Bytes::from(format!("data: {message}\n\n"))
    };
    let (taken, held) = flood((0..16).map(message));
    assert_eq!(taken.text.len(), 16 << 20);
    assert!(held < 33 << 20, "{held} bytes are held");
}
