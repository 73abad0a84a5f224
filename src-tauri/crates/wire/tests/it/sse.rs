//! The decoder against vectors of WPT, LaunchDarkly and WHATWG.

use std::ops::ControlFlow;

use bytes::Bytes;
use proptest::prelude::*;
use serde::Deserialize;
use wire::sse::{Decoder, Frame, TooBig};

use crate::support::{cut, lengths};

#[derive(Deserialize)]
struct Vector {
    name: String,
    wire: Option<String>,
    wire_hex: Option<String>,
    chunks: Option<Vec<String>>,
    events: Vec<Wanted>,
    retry: Option<u64>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Wanted {
    event: String,
    data: String,
    id: Option<String>,
}

impl Vector {
    fn bytes(&self) -> Vec<u8> {
        match (&self.wire, &self.wire_hex) {
            (Some(wire), _) => wire.clone().into_bytes(),
            (None, Some(hex)) => (0..hex.len() / 2)
                .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
                .collect(),
            (None, None) => panic!("{} has no bytes", self.name),
        }
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../sse_vectors.json")).unwrap()
}

fn run(mut decoder: Decoder, pieces: &[Bytes]) -> (Vec<Wanted>, Option<u64>) {
    let mut events = Vec::new();
    let mut take = |frame: Frame<'_>| {
        events.push(Wanted {
            event: frame.event.to_owned(),
            data: frame.data.to_owned(),
            id: Some(frame.id.to_owned()),
        });
        ControlFlow::Continue(())
    };
    for piece in pieces {
        assert!(decoder.push(piece, &mut take).unwrap().is_continue());
    }
    assert!(decoder.finish(&mut take).unwrap().is_continue());
    (events, decoder.retry())
}

fn check(vector: &Vector, pieces: &[Bytes], how: &str) {
    let (mut events, retry) = run(Decoder::strict(), pieces);
    // A vector that names no id does not care for it.
    for (event, wanted) in events.iter_mut().zip(&vector.events) {
        if wanted.id.is_none() {
            event.id = None;
        }
    }
    assert_eq!(events, vector.events, "{} {how}", vector.name);
    if vector.retry.is_some() {
        assert_eq!(retry, vector.retry, "{} {how}", vector.name);
    }
}

#[test]
fn every_vector_however_it_is_cut() {
    for vector in vectors() {
        let bytes = vector.bytes();
        check(&vector, &[Bytes::from(bytes.clone())], "whole");
        check(&vector, &cut(&bytes, &[1]), "byte by byte");
        check(&vector, &cut(&bytes, &[2]), "two bytes at a time");
        for seed in 0..200 {
            check(
                &vector,
                &cut(&bytes, &lengths(seed, 9)),
                &format!("seed {seed}"),
            );
        }
        if let Some(chunks) = &vector.chunks {
            let chunks: Vec<Bytes> = chunks.iter().cloned().map(Bytes::from).collect();
            check(&vector, &chunks, "in its own chunks");
        }
    }
}

fn data(decoder: Decoder, wire: &str) -> Vec<(String, String)> {
    let (events, _) = run(decoder, &[Bytes::copy_from_slice(wire.as_bytes())]);
    events.into_iter().map(|e| (e.event, e.data)).collect()
}

#[test]
fn the_lenient_decoder_takes_what_servers_send() {
    let event = |event: &str, data: &str| (event.to_owned(), data.to_owned());
    let lenient = |wire: &str| data(Decoder::lenient(), wire);
    assert_eq!(
        lenient("data: a\n\nid: 2\ndata: b"),
        [event("message", "a"), event("message", "b")]
    );
    assert_eq!(lenient("error: x\n\n"), [event("error", "x")]);
    assert_eq!(
        lenient(": PING\n\n{\"a\":1}\n"),
        [event("message", "{\"a\":1}")]
    );
    assert_eq!(
        lenient("{\n \"a\": 1\n}\ndata: b\n\n"),
        [event("message", "{\n \"a\": 1\n}"), event("message", "b")]
    );
    for wire in ["error: x\n\n", "{\"a\":1}\n\n", "data: b"] {
        assert_eq!(
            data(Decoder::strict(), wire),
            [],
            "{wire:?} means nothing to WHATWG"
        );
    }
}

#[test]
fn an_event_is_bounded() {
    let limit = 64;
    for wire in [
        format!("data: {}\n\n", "a".repeat(100)),
        format!("data: {}", "a".repeat(100)),
        "data: aaaaaaaaaaaaa\n".repeat(10),
        "{aaaaaaaaaaaaaaaaaaa\n".repeat(10),
    ] {
        for pieces in [cut(wire.as_bytes(), &[1000]), cut(wire.as_bytes(), &[1])] {
            let mut decoder = Decoder::new(true, limit);
            let mut end = |_: Frame<'_>| ControlFlow::Continue(());
            let failed = pieces.iter().find_map(|p| decoder.push(p, &mut end).err());
            assert_eq!(failed, Some(TooBig { limit }), "{wire:?}");
        }
    }
    // Many small ones are no matter.
    assert_eq!(
        data(Decoder::new(true, limit), &"data: a\n\n".repeat(1000)).len(),
        1000
    );
}

/// Bytes that look like an event stream, more often than not.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"data: ".to_vec()),
        Just(b"data".to_vec()),
        Just(b"event: x".to_vec()),
        Just(b"id: 1".to_vec()),
        Just(b"error: ".to_vec()),
        Just(b":".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"{\"a\":1}".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        Just("豆腐".as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_chunking_equals_whole(
        bytes in streams(),
        sizes in proptest::collection::vec(1usize..12, 1..20),
        lenient: bool,
    ) {
        let decoder = || Decoder::new(lenient, 1 << 20);
        let whole = run(decoder(), &[Bytes::from(bytes.clone())]);
        prop_assert_eq!(run(decoder(), &cut(&bytes, &sizes)), whole);
    }
}
