//! Bodies that nobody would send, and bodies that somebody nearly did.

use crate::replay::chunks::Random;

/// Pieces that mean something to a decoder somewhere.
const TOKENS: &[&[u8]] = &[
    b"data: ",
    b"data:",
    b"data",
    b"event: ",
    b"event: error\n",
    b"id: 7\n",
    b"id:\0\n",
    b"retry: 5\n",
    b"error: ",
    b": PING\n\n",
    b":",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"\r\n\r\n",
    b"\xEF\xBB\xBF",
    b"\xEF\xBB",
    b"[DONE]",
    b"data: [DONE]\n\n",
    b"<think>",
    b"</think>",
    b"<thi",
    b"</",
    b"<",
    b"`",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud83d",
    b"\\ude00",
    b"\xF0\x9F",
    b"\x80",
    b"\xFF",
    b"\xC0\xAF",
    b"\0",
    b"\t",
    b" ",
    b"null",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-0",
    b"18446744073709551616",
    b"\"content\":",
    b"\"delta\":",
    b"\"choices\":[",
    b"\"error\":",
    b"\"usage\":",
    b"{\"choices\":[{\"delta\":{\"content\":\"",
    b"\"}}]}\n\n",
    b"<html><title>x</title>",
    "豆腐".as_bytes(),
    "，".as_bytes(),
    "😀".as_bytes(),
];

/// Names of fields that are read.
const KEYS: &[&str] = &[
    "id",
    "model",
    "object",
    "type",
    "choices",
    "usage",
    "x_groq",
    "error",
    "errors",
    "success",
    "base_resp",
    "code",
    "detail",
    "message",
    "delta",
    "text",
    "finish_reason",
    "content",
    "reasoning_content",
    "reasoning",
    "reasoning_details",
    "refusal",
    "audio",
    "transcript",
    "thinking",
    "summary",
    "value",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "reasoning_tokens",
    "completion_tokens_details",
    "status_code",
    "status_msg",
    "metadata",
    "raw",
    "seed",
    "role",
];

/// Values of fields.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "1e999",
    "18446744073709551616",
    "\"\"",
    "\"a\"",
    "\"stop\"",
    "\"length\"",
    "\"error\"",
    "\"<think>\"",
    "\"</think>\"",
    "\"\\n\"",
    "\"\\ud83d\"",
    "\"thinking\"",
    "\"text\"",
    "\"12\"",
    "[]",
    "{}",
    "\"豆\"",
    "NaN",
];

/// A stream of events, one payload each.
pub fn frames(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for _ in 0..=random.below(10) {
        let frame = if random.once_in(3) {
            let mut json = Vec::new();
            payload(random, &mut json);
            json
        } else {
            random.pick(corpus).cloned().unwrap_or_default()
        };
        // Often nearly the same comes again.
        for _ in 0..=random.below(4) {
            let mut again = frame.clone();
            retext(random, &mut again);
            frames.push(again);
        }
    }
    frames
}

/// A body of any kind.
pub fn body(random: &mut Random, corpus: &[Vec<u8>], bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut body = match random.below(8) {
        0 => soup(random),
        1 => (0..random.below(200)).map(|_| byte(random)).collect(),
        2 => {
            let mut json = Vec::new();
            payload(random, &mut json);
            json
        }
        3 | 4 => {
            let end = random
                .pick(&["\n\n", "\r\n\r\n", "\r\r", "\n"])
                .copied()
                .unwrap_or("\n\n");
            let frames = frames(random, corpus);
            frames
                .iter()
                .flat_map(|frame| [b"data: ", frame.as_slice(), end.as_bytes()].concat())
                .collect()
        }
        _ => random.pick(bodies).cloned().unwrap_or_default(),
    };
    for _ in 0..random.below(4) {
        mutate(random, &mut body, bodies);
    }
    body
}

/// Changes something.
fn mutate(random: &mut Random, body: &mut Vec<u8>, bodies: &[Vec<u8>]) {
    let at = random.below(body.len() + 1);
    let end = (at + random.below(40)).min(body.len());
    match random.below(9) {
        0 => {
            if let Some(byte) = body.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => drop(body.drain(at..end)),
        2 => body.truncate(at),
        3 => {
            let again = body.get(at..end).unwrap_or_default().to_vec();
            body.splice(at..at, again.repeat(1 + random.below(5)));
        }
        4 => {
            let other = random.pick(bodies).cloned().unwrap_or_default();
            let from = random.below(other.len() + 1);
            body.splice(at..end, other.into_iter().skip(from));
        }
        5 => *body = line_ends(random, body),
        6 if random.once_in(4) => {
            let deep = 1 + random.below(400);
            let open = random
                .pick(&["[", "{\"content\":", "{\"error\":"])
                .copied()
                .unwrap_or("[");
            body.splice(at..at, open.repeat(deep).into_bytes());
        }
        7 if random.once_in(16) => {
            let long = 1 + random.below(70_000);
            body.splice(at..at, std::iter::repeat_n(b'a', long));
        }
        _ => {
            let token = random.pick(TOKENS).copied().unwrap_or_default();
            body.splice(at..end.min(at + random.below(3)), token.iter().copied());
        }
    }
}

fn line_ends(random: &mut Random, body: &[u8]) -> Vec<u8> {
    let mut changed = Vec::with_capacity(body.len());
    for byte in body {
        match byte {
            b'\n' => changed.extend_from_slice(
                random
                    .pick(&["\n", "\r\n", "\r"])
                    .copied()
                    .unwrap_or("\n")
                    .as_bytes(),
            ),
            byte => changed.push(*byte),
        }
    }
    changed
}

fn soup(random: &mut Random) -> Vec<u8> {
    let mut soup = Vec::new();
    for _ in 0..random.below(40) {
        if random.once_in(8) {
            soup.push(byte(random));
        } else {
            soup.extend_from_slice(random.pick(TOKENS).copied().unwrap_or_default());
        }
    }
    soup
}

fn byte(random: &mut Random) -> u8 {
    (random.next() & 0xFF) as u8
}

/// A payload with fields that are read, in places where they are not expected.
fn payload(random: &mut Random, json: &mut Vec<u8>) {
    if random.once_in(3) {
        object(random, json, 0);
        return;
    }
    json.extend_from_slice(b"{\"choices\":[{\"delta\":");
    object(random, json, 2);
    json.extend_from_slice(b",\"message\":");
    value(random, json, 2);
    json.extend_from_slice(b",\"finish_reason\":");
    value(random, json, 4);
    json.extend_from_slice(b"}],\"usage\":");
    value(random, json, 2);
    json.extend_from_slice(b"}");
}

fn value(random: &mut Random, json: &mut Vec<u8>, depth: usize) {
    match random.below(if depth > 4 { 3 } else { 5 }) {
        3 => object(random, json, depth + 1),
        4 => {
            json.push(b'[');
            for at in 0..random.below(4) {
                if at > 0 {
                    json.push(b',');
                }
                value(random, json, depth + 1);
            }
            json.push(b']');
        }
        _ => json.extend_from_slice(random.pick(VALUES).copied().unwrap_or_default().as_bytes()),
    }
}

fn object(random: &mut Random, json: &mut Vec<u8>, depth: usize) {
    json.push(b'{');
    for at in 0..random.below(5) {
        if at > 0 {
            json.push(b',');
        }
        let key = random.pick(KEYS).copied().unwrap_or_default();
        json.extend_from_slice(format!("\"{key}\":").as_bytes());
        value(random, json, depth + 1);
    }
    json.push(b'}');
}

/// Puts another text into a string of the payload.
fn retext(random: &mut Random, payload: &mut Vec<u8>) {
    let quotes: Vec<usize> = (0..payload.len())
        .filter(|at| payload.get(*at) == Some(&b'"'))
        .collect();
    let Some([from, to]) = quotes
        .windows(2)
        .nth(random.below(quotes.len()))
        .and_then(|pair| <[usize; 2]>::try_from(pair).ok())
    else {
        return;
    };
    if random.once_in(2) {
        return;
    }
    let text = random.pick(&[
        "",
        "a",
        "豆腐",
        "\\n",
        "\\\"",
        "<think>",
        "</think>",
        "\\ud83d",
        "`",
        " ",
        "a\",\"content\":\"b",
    ]);
    payload.splice(from + 1..to, text.copied().unwrap_or_default().bytes());
}
