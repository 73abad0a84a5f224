//! The decoder against vectors of WPT, LaunchDarkly and WHATWG.

use std::ops::ControlFlow;

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;
use wire::sse::{Decoder, Frame, TooBig};

use crate::replay::vectors::{read, replay};
use crate::replay::{cases, name};
use crate::support::cut;

#[test]
fn every_vector_however_it_is_cut() {
    for (place, case) in cases(include_str!("../sse_vectors.json"))
        .unwrap()
        .iter()
        .enumerate()
    {
        let verdict = replay(case, 0, 200);
        let name = name(case, place);
        assert_eq!(verdict.wrong, [""; 0], "{name}");
        assert_eq!(verdict.unknown, [""; 0], "{name}");
    }
}

#[test]
fn a_vector_that_falls_short_is_told_and_why() {
    let vector = |more: serde_json::Value| {
        let mut case =
            json!({"wire": "id: 7\ndata: a\n\n", "events": [{"event": "message", "data": "a"}]});
        case.as_object_mut()
            .unwrap()
            .append(more.clone().as_object_mut().unwrap());
        replay(&case, 0, 1).wrong.concat()
    };
    assert_eq!(vector(json!({"last_event_id": "7"})), "");
    for (more, why) in [
        (json!({"events": []}), "1 events came, wanted 0: "),
        (
            json!({"events": [{"data": "b"}]}),
            r#"data of event 1 is "a", wanted "b" (whole)"#,
        ),
        (
            json!({"events": [{"id": "8"}]}),
            r#"id of event 1 is "7", wanted "8" (whole)"#,
        ),
        (json!({"retry": 5}), "retry is None, wanted 5 (whole)"),
        (
            json!({"last_event_id": ""}),
            r#"last_event_id is "7", wanted "" (whole)"#,
        ),
        (
            json!({"wire": null, "wire_hex": "0g"}),
            "wire_hex is not hexadecimal",
        ),
        (
            json!({"wire": null}),
            "the case has neither wire nor wire_hex",
        ),
    ] {
        let said = vector(more.clone());
        assert!(said.starts_with(why), "{more}: {said}");
    }
}

fn data(decoder: Decoder, wire: &str) -> Vec<(String, String)> {
    let events = read(decoder, &[Bytes::copy_from_slice(wire.as_bytes())]).events;
    events
        .into_iter()
        .map(|[event, data, _]| (event, data))
        .collect()
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
        let whole = read(decoder(), &[Bytes::from(bytes.clone())]);
        prop_assert_eq!(read(decoder(), &cut(&bytes, &sizes)), whole);
    }
}
