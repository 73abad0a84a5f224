//! Cases of the format of `sse_vectors.json`: bytes of an event stream, and the
//! events that WHATWG's rules make of them.

use std::ops::ControlFlow;

use bytes::Bytes;
use serde_json::Value;
use wire::sse::{Decoder, Frame};

use super::chunks::{cut, lengths};
use super::{Verdict, shown};

/// The longest piece of a random cut, in bytes.
const LONGEST: usize = 9;

/// What a decoder made of some bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Type, data and id of each event.
    pub events: Vec<[String; 3]>,
    /// The reconnection time, in milliseconds.
    pub retry: Option<u64>,
    /// The id of the last event that ended.
    pub last_event_id: String,
    /// An event outgrew the limit.
    pub too_big: bool,
}

/// Decodes these pieces.
pub fn read(mut decoder: Decoder, pieces: &[Bytes]) -> Read {
    let mut events = Vec::new();
    let mut take = |frame: Frame<'_>| {
        events.push([frame.event, frame.data, frame.id].map(str::to_owned));
        ControlFlow::Continue(())
    };
    let fed = pieces
        .iter()
        .find_map(|piece| decoder.push(piece, &mut take).err());
    let too_big = fed.is_some() || decoder.finish(&mut take).is_err();
    Read {
        events,
        retry: decoder.retry(),
        last_event_id: decoder.last_event_id().to_owned(),
        too_big,
    }
}

/// Replays a case: whole, byte by byte, two bytes at a time, in its own chunks,
/// and at random cuts from `seed` on.
pub fn replay(case: &Value, seed: u64, random: u64) -> Verdict {
    let bytes = match bytes(case) {
        Ok(bytes) => bytes,
        Err(why) => return Verdict::broken(why),
    };
    let mut ways = vec![
        ("whole".to_owned(), vec![bytes.clone()]),
        ("byte by byte".to_owned(), cut(&bytes, &[1])),
        ("two bytes at a time".to_owned(), cut(&bytes, &[2])),
    ];
    if let Some(chunks) = chunks(case) {
        ways.push(("in its own chunks".to_owned(), chunks));
    }
    for seed in (0..random).map(|n| seed.wrapping_add(n)) {
        ways.push((
            format!("cut with seed {seed}"),
            cut(&bytes, &lengths(seed, LONGEST)),
        ));
    }
    let mut verdict = Verdict::default();
    for (at, (how, pieces)) in ways.iter().enumerate() {
        let mut unknown = Vec::new();
        let wrong = differences(case, &read(Decoder::strict(), pieces), &mut unknown);
        if at == 0 {
            verdict.unknown = unknown;
        }
        if !wrong.is_empty() {
            verdict.wrong.push(format!("{} ({how})", wrong.join("; ")));
            break;
        }
    }
    verdict
}

fn chunks(case: &Value) -> Option<Vec<Bytes>> {
    let chunks = case.get("chunks")?.as_array()?;
    let chunk = |chunk: &Value| chunk.as_str().map(|text| Bytes::from(text.to_owned()));
    chunks.iter().map(chunk).collect()
}

fn bytes(case: &Value) -> Result<Bytes, String> {
    if let Some(wire) = case.get("wire").and_then(Value::as_str) {
        return Ok(Bytes::from(wire.to_owned()));
    }
    if let Some(hex) = case.get("wire_hex").and_then(Value::as_str) {
        let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
        let pair = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok();
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
        return match bytes {
            Some(bytes) if digits.len().is_multiple_of(2) => Ok(bytes.into()),
            _ => Err("wire_hex is not hexadecimal".into()),
        };
    }
    match chunks(case) {
        Some(chunks) => Ok(chunks.concat().into()),
        None => Err("the case has neither wire nor wire_hex".into()),
    }
}

fn differences(case: &Value, read: &Read, unknown: &mut Vec<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    if read.too_big {
        wrong.push("an event is larger than the limit".into());
    }
    for (key, wanted) in case.as_object().into_iter().flatten() {
        match key.as_str() {
            "name" | "source" | "behaviour" | "wire" | "wire_hex" | "chunks" => {}
            "events" => events(wanted, read, &mut wrong, unknown),
            "retry" if *wanted != Value::from(read.retry) => {
                wrong.push(format!("retry is {:?}, wanted {wanted}", read.retry));
            }
            "last_event_id" if wanted.as_str() != Some(&read.last_event_id) => {
                let got = &read.last_event_id;
                wrong.push(format!("last_event_id is {got:?}, wanted {wanted}"));
            }
            "retry" | "last_event_id" => {}
            _ => unknown.push(key.clone()),
        }
    }
    if case.get("events").is_none() {
        wrong.push("the case has no events".into());
    }
    wrong
}

fn events(wanted: &Value, read: &Read, wrong: &mut Vec<String>, unknown: &mut Vec<String>) {
    let Some(wanted) = wanted.as_array() else {
        return wrong.push("events is no array".into());
    };
    if wanted.len() != read.events.len() {
        let (got, wanted) = (read.events.len(), wanted.len());
        wrong.push(format!(
            "{got} events came, wanted {wanted}: {}",
            shown(&format!("{:?}", read.events))
        ));
    }
    for (at, (wanted, [event, data, id])) in wanted.iter().zip(&read.events).enumerate() {
        for (key, wanted) in wanted.as_object().into_iter().flatten() {
            let got = match key.as_str() {
                "event" | "type" => event,
                "data" => data,
                "id" | "lastEventId" => id,
                _ => {
                    unknown.push(format!("events.{key}"));
                    continue;
                }
            };
            if wanted.as_str() != Some(got) {
                wrong.push(format!(
                    "{key} of event {} is {}, wanted {wanted}",
                    at + 1,
                    shown(got)
                ));
            }
        }
    }
}
