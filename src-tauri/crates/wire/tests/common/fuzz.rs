//! What must hold for any bytes: nothing panics, what is held is bounded, and it
//! does not matter how the bytes are cut.

mod generate;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::noop_waker_ref;
use futures_util::{StreamExt, stream};
use serde_json::Value;
use wire::Response;
use wire::sse::{Decoder, Frame};

use crate::replay::cases;
use crate::replay::chunks::{Random, cut};
use crate::replay::taken::{Taken, Taking};

/// What is fuzzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Bytes to frames.
    Sse,
    /// Bytes to events: the kind of body, frames, payloads, tags, usage, errors.
    Fold,
}

impl std::str::FromStr for Target {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "sse" => Ok(Self::Sse),
            "fold" => Ok(Self::Fold),
            _ => Err(format!("{name} is neither sse nor fold")),
        }
    }
}

/// Recorded bodies and their payloads, to start from.
#[derive(Debug)]
pub struct Corpus {
    bodies: Vec<Vec<u8>>,
    payloads: Vec<Vec<u8>>,
}

impl Corpus {
    /// Every body of the cases of this crate.
    ///
    /// # Errors
    /// When a file is no file of cases.
    pub fn read() -> Result<Self, String> {
        let mut bodies = Vec::new();
        for file in [
            include_str!("../quirks.json"),
            include_str!("../variants.json"),
            include_str!("../sse_vectors.json"),
        ] {
            for case in cases(file)? {
                let body = case.get("body").or_else(|| case.get("wire"));
                bodies.extend(
                    body.and_then(Value::as_str)
                        .map(|body| body.as_bytes().to_vec()),
                );
            }
        }
        let payloads = bodies.iter().flat_map(|body| {
            let lines = body.split(|byte| *byte == b'\n');
            let payload = |line: &[u8]| line.strip_prefix(b"data: ").map(<[u8]>::to_vec);
            lines.filter_map(payload).collect::<Vec<_>>()
        });
        Ok(Self {
            payloads: payloads.collect(),
            bodies,
        })
    }
}

/// Runs one case of its own for each seed, and tells the most bytes held.
///
/// # Errors
/// What did not hold, with the bytes.
pub fn run(target: Target, corpus: &Corpus, seed: u64) -> Result<usize, String> {
    let mut random = Random::new(seed);
    let body = generate::body(&mut random, &corpus.payloads, &corpus.bodies);
    let held = catch_unwind(AssertUnwindSafe(|| {
        let mut held = check(target, &body, &mut random)?;
        if target == Target::Fold && random.once_in(4) {
            let frames = generate::frames(&mut random, &corpus.payloads);
            held = held.max(same_with_nothing_between(&frames)?);
        }
        Ok(held)
    }));
    let held: Result<usize, String> = held.unwrap_or_else(|_| Err("it panicked".into()));
    held.map_err(|why| {
        let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("seed {seed}: {why}\nbytes: {hex}")
    })
}

/// Checks one body at cuts of `random`; tells the most bytes held.
///
/// # Errors
/// What did not hold.
pub fn check(target: Target, body: &[u8], random: &mut Random) -> Result<usize, String> {
    let longest = random.pick(&[1, 3, 20, 300]).copied().unwrap_or(1);
    let lengths: Vec<usize> = (0..31).map(|_| 1 + random.below(longest)).collect();
    let whole = [Bytes::copy_from_slice(body)];
    let pieces = cut(body, &lengths);
    match target {
        Target::Sse => {
            let lenient = random.once_in(2);
            let limit = random
                .pick(&[16, 64, 512, 4096, 1 << 20])
                .copied()
                .unwrap_or(64);
            let (wanted, one) = frames(&whole, lenient, limit)?;
            let (got, other) = frames(&pieces, lenient, limit)?;
            same(&wanted, &got)?;
            Ok(one.max(other))
        }
        Target::Fold => {
            let status = random
                .pick(&[200, 200, 200, 400, 429, 503])
                .copied()
                .unwrap_or(200);
            let (wanted, one) = answer(&whole, status)?;
            let (got, other) = answer(&pieces, status)?;
            same(&wanted, &got)?;
            Ok(one.max(other))
        }
    }
}

/// A payload that says nothing, put between the others, changes nothing, though it
/// keeps what is remembered of one payload from the next.
fn same_with_nothing_between(frames: &[Vec<u8>]) -> Result<usize, String> {
    let body = |between: &[u8]| {
        let event = |frame: &Vec<u8>| [b"data: ", frame.as_slice(), b"\n\n", between].concat();
        Bytes::from(frames.iter().flat_map(event).collect::<Vec<u8>>())
    };
    let (wanted, one) = answer(&[body(b"")], 200)?;
    let (got, other) = answer(&[body(b"data: {}\n\n")], 200)?;
    same(&wanted, &got)?;
    Ok(one.max(other))
}

fn same<T: PartialEq + std::fmt::Debug>(whole: &T, pieces: &T) -> Result<(), String> {
    if whole == pieces {
        return Ok(());
    }
    Err(format!(
        "whole and in pieces differ:\n{whole:?}\n{pieces:?}"
    ))
}

type Frames = (Vec<[String; 3]>, Option<u64>, String, bool);

/// The frames of these pieces, and the most bytes held.
fn frames(pieces: &[Bytes], lenient: bool, limit: usize) -> Result<(Frames, usize), String> {
    let mut decoder = Decoder::new(lenient, limit);
    let (mut frames, mut held, mut too_big) = (Vec::new(), 0, false);
    let mut take = |frame: Frame<'_>| {
        frames.push([frame.event, frame.data, frame.id].map(str::to_owned));
        ControlFlow::Continue(())
    };
    for piece in pieces {
        too_big = decoder.push(piece, &mut take).is_err();
        held = held.max(decoder.held());
        if too_big {
            break;
        }
    }
    too_big = too_big || decoder.finish(&mut take).is_err();
    // Buffers double as they grow, and keep at most 64 KiB for the next event.
    let bound = (10 * limit).min(4 * limit + 5 * 64 * 1024) + 128;
    if held > bound {
        return Err(format!("{held} bytes are held, at a limit of {limit}"));
    }
    let id = decoder.last_event_id().to_owned();
    Ok(((frames, decoder.retry(), id, too_big), held))
}

/// The answer of these pieces, and the most bytes held.
fn answer(pieces: &[Bytes], status: u16) -> Result<(Taken, usize), String> {
    let head = Response {
        status,
        ..Response::default()
    };
    let received: usize = pieces.iter().map(Bytes::len).sum();
    let mut events = wire::decode(head, stream::iter(pieces.iter().cloned().map(Ok)));
    let mut context = Context::from_waker(noop_waker_ref());
    let (mut taking, mut held) = (Taking::default(), 0);
    while let Poll::Ready(Some(event)) = events.poll_next_unpin(&mut context) {
        held = held.max(events.held());
        taking.add(event)?;
    }
    // An event that is waiting to be taken is larger than the bytes it came from.
    if held > 16 * received + 16 * 1024 {
        return Err(format!("{held} bytes are held of {received}"));
    }
    Ok((taking.whole()?, held))
}
