//! `cargo xtask bench wire`: bytes to events, beside a peer and a floor.
//!
//! The stream is like one that Volcengine Ark sends: reasoning, then text, in
//! Chinese and English, usage at the end. Every figure is a median over rounds in
//! which all candidates take turns, of the processor's time where the system tells
//! it, so that a busy machine slows all alike.
//!
//! - **ours**: [`wire::decode`] and [`wire::Gate`] with a key, bytes to masked
//!   [`wire::Event`]s.
//! - **peer**: `eventsource-stream`, each payload read into `async-openai`'s types.
//! - **floor**: events found by memchr, each payload read by serde_json into
//!   borrowed fields, the same ones; nothing lenient, nothing joined over chunks.

use std::borrow::Cow;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use async_openai::types::chat::CreateChatCompletionStreamResponse;
use bytes::Bytes;
use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt, stream, task::noop_waker_ref};
use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use wire::{Event, Response};

/// Events of the stream, the last two (usage, `[DONE]`) not counted.
const EVENTS: usize = 20_000;
/// Rounds of which the median is told.
const ROUNDS: usize = 25;
/// Fragments of an answer, as a tokenizer cuts it.
const FRAGMENTS: &[&str] = &[
    "图片",
    "里",
    "有",
    "三只",
    "猫",
    "，",
    "其中",
    "一只",
    "在",
    "窗台上",
    "睡觉",
    "。",
    "The",
    " label",
    " reads",
    " \\\"GLM-4.7\\\"",
    "，",
    "左上角",
    "的",
    "标志",
    "是",
    "\\n\\n",
    "- ",
    "**",
    "红色",
    "**",
    "：",
    "约",
    " 42",
    "%",
    "；",
    "背景",
    "为",
    "浅灰色",
    " (#",
    "d8d8d8",
    ")",
];

fn main() -> Result<()> {
    println!("medians of {ROUNDS} rounds, candidates in turn; of all at once to the peer, of 3");
    compare("as Ark streams", &recording(EVENTS, ""))?;
    // Nothing of a payload can be taken over from the one before.
    let varied = recording(EVENTS, ",\"obfuscation\":");
    compare("the same, each payload with a random string", &varied)?;
    linearity();
    Ok(())
}

/// A table of all candidates over one stream.
fn compare(name: &str, body: &Bytes) -> Result<()> {
    let whole = ours(std::slice::from_ref(body));
    ensure!(whole.ended, "the answer has no end");
    ensure!(floor(body)? == whole.bytes, "the floor reads another text");
    println!(
        "\n{name}: {:.2} MB, {EVENTS} events, {} bytes of text and reasoning\n",
        body.len() as f64 / 1e6,
        whole.bytes,
    );
    println!("| chunk | ours ms | floor ms | peer ms | ours / floor | peer / ours |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    // The peer needs seconds for all at once: fewer rounds of it, on its own.
    for (name, size, times) in [
        ("1 KB", 1024, ROUNDS),
        ("16 KB", 16 * 1024, ROUNDS),
        ("all", body.len(), 3),
    ] {
        let pieces = cut(body, size);
        ensure!(ours(&pieces) == whole, "{name}: another answer");
        ensure!(peer(&pieces)? > 0, "{name}: the peer read nothing");
        let run_ours = &mut || ours(&pieces).bytes;
        let run_floor = &mut || floor(body).unwrap_or_default();
        let run_peer = &mut || peer(&pieces).unwrap_or_default();
        let [ours, floor, peer] = if times == ROUNDS {
            rounds(times, [run_ours, run_floor, run_peer])
        } else {
            let [ours, floor] = rounds(ROUNDS, [run_ours, run_floor]);
            let [peer] = rounds(times, [run_peer]);
            [ours, floor, peer]
        };
        println!(
            "| {name} | {ours:.2} | {floor:.2} | {peer:.2} | {:.2} | {:.2} |",
            ours / floor,
            peer / ours
        );
    }
    Ok(())
}

/// Two and four times the stream: the time for each megabyte stays.
fn linearity() {
    println!("\n| events | chunk | ours ms | ms for 1 MB |");
    println!("| ---: | --- | ---: | ---: |");
    let bodies = [1, 2, 4].map(|times| recording(EVENTS * times, ""));
    for (name, size) in [("1 KB", 1024), ("16 KB", 16 * 1024), ("all", usize::MAX)] {
        let pieces = bodies.each_ref().map(|body| cut(body, size));
        let [one, two, four] = &pieces;
        let times = rounds(
            ROUNDS,
            [
                &mut || ours(one).bytes,
                &mut || ours(two).bytes,
                &mut || ours(four).bytes,
            ],
        );
        for (ms, (body, factor)) in times.iter().zip(bodies.iter().zip([1, 2, 4])) {
            let each = ms / (body.len() as f64 / 1e6);
            println!("| {} | {name} | {ms:.2} | {each:.2} |", EVENTS * factor);
        }
    }
}

/// Runs the candidates in turn, again and again; the median of each, in ms.
fn rounds<const N: usize>(
    rounds: usize,
    mut candidates: [&mut dyn FnMut() -> usize; N],
) -> [f64; N] {
    let mut times = [const { Vec::new() }; N];
    for round in 0..=rounds {
        // Each comes first in turn: who follows the peer finds cold caches.
        for turn in 0..N {
            let who = (round + turn) % N;
            let (Some(run), Some(times)) = (candidates.get_mut(who), times.get_mut(who)) else {
                continue;
            };
            let start = now();
            black_box(run());
            // The first round warms the caches.
            if round > 0 {
                times.push(now().saturating_sub(start));
            }
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        let middle = times.get(times.len() / 2);
        middle.map_or(f64::NAN, Duration::as_secs_f64) * 1e3
    })
}

/// The processor's time of this thread, which other programs take nothing of.
#[cfg(unix)]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(not(unix))]
fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// A stream of this many events: reasoning first, then text, then usage. Each holds
/// `extra` and a string of its own, where that is not empty.
fn recording(events: usize, extra: &str) -> Bytes {
    const ENVELOPE: &str = "\"created\":1774236644,\"id\":\"021774236\",\
        \"model\":\"doubao-seed-2-0-lite-260428\",\"service_tier\":\"default\",\
        \"object\":\"chat.completion.chunk\"";
    let mut body = String::new();
    for (at, fragment) in FRAGMENTS.iter().cycle().take(events).enumerate() {
        let field = if at < events / 3 {
            "reasoning_content"
        } else {
            "content"
        };
        let reason = if at + 1 == events {
            "\"finish_reason\":\"stop\","
        } else {
            ""
        };
        let random = match extra {
            "" => String::new(),
            _ => format!("{extra}\"{:x}\"", at.wrapping_mul(0x9E37_79B9_7F4A)),
        };
        body += &format!(
            "data: {{\"choices\":[{{\"delta\":{{\"{field}\":\"{fragment}\",\"role\":\"assistant\"}},\
             {reason}\"index\":0}}],{ENVELOPE},\"usage\":null{random}}}\n\n"
        );
    }
    body += &format!(
        "data: {{\"choices\":[],{ENVELOPE},\"usage\":{{\"completion_tokens\":20000,\
         \"prompt_tokens\":1355,\"total_tokens\":21355,\
         \"prompt_tokens_details\":{{\"cached_tokens\":0}},\
         \"completion_tokens_details\":{{\"reasoning_tokens\":6666}}}}}}\n\ndata: [DONE]\n\n"
    );
    Bytes::from(body)
}

fn cut(body: &Bytes, size: usize) -> Vec<Bytes> {
    let mut rest = body.clone();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        pieces.push(rest.split_to(size.min(rest.len())));
    }
    pieces
}

/// What an answer came to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    bytes: usize,
    total_tokens: Option<u32>,
    ended: bool,
}

fn ours(pieces: &[Bytes]) -> Sum {
    let head = Response {
        status: 200,
        ..Response::default()
    };
    let body = stream::iter(pieces.iter().cloned().map(Ok));
    let mut sum = Sum::default();
    // Made for each answer, as the client does.
    let gate = wire::Gate::new(&endpoint());
    each(gate.events(wire::decode(head, body)), |event| match event {
        Ok(Event::Text(text) | Event::Reasoning(text)) => sum.bytes += text.len(),
        Ok(Event::Usage(usage)) => sum.total_tokens = usage.total_tokens,
        Ok(Event::End { .. }) => sum.ended = true,
        _ => {}
    });
    sum
}

/// An endpoint whose key is as long as OpenAI's are.
fn endpoint() -> wire::Endpoint {
    let mut key =
        HeaderValue::from_static("Bearer sk-T3BlbkFJ9xQ27mKzL0wRcYhJ8uN5dG4fA6sE1pIoXqVbZt7M");
    key.set_sensitive(true);
    wire::Endpoint {
        base_url: String::new(),
        headers: vec![(AUTHORIZATION, key)],
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    }
}

fn peer(pieces: &[Bytes]) -> Result<usize> {
    let body = stream::iter(pieces.iter().cloned().map(Ok::<_, std::io::Error>));
    let mut bytes = 0;
    let mut failed = None;
    each(body.eventsource(), |event| {
        let read = event.context("a frame").and_then(|event| {
            if event.data == "[DONE]" {
                return Ok(0);
            }
            let chunk: CreateChatCompletionStreamResponse = serde_json::from_str(&event.data)?;
            Ok(chunk
                .choices
                .iter()
                .filter_map(|choice| choice.delta.content.as_deref())
                .map(str::len)
                .sum())
        });
        match read {
            Ok(more) => bytes += more,
            Err(error) => failed = Some(error),
        }
    });
    failed.map_or(Ok(bytes), Err)
}

#[derive(Deserialize)]
struct FloorChunk<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(borrow)]
    choices: Vec<FloorChoice<'a>>,
    usage: Option<FloorUsage>,
}

#[derive(Deserialize)]
struct FloorChoice<'a> {
    #[serde(borrow)]
    delta: FloorDelta<'a>,
    #[serde(borrow)]
    finish_reason: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct FloorDelta<'a> {
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
    #[serde(borrow)]
    reasoning_content: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct FloorUsage {
    total_tokens: u32,
}

fn floor(body: &[u8]) -> Result<usize> {
    let mut bytes = 0;
    let mut start = 0;
    for end in memchr::memmem::find_iter(body, b"\n\n") {
        let event = body.get(start..end).unwrap_or_default();
        start = end + 2;
        let Some(payload) = event.strip_prefix(b"data: ") else {
            continue;
        };
        if payload == b"[DONE]" {
            break;
        }
        let chunk: FloorChunk<'_> = serde_json::from_slice(payload)?;
        for choice in &chunk.choices {
            let length = |text: &Option<Cow<'_, str>>| text.as_ref().map_or(0, |t| t.len());
            bytes += length(&choice.delta.content) + length(&choice.delta.reasoning_content);
            black_box(&choice.finish_reason);
        }
        black_box((&chunk.id, &chunk.model));
        black_box(chunk.usage.map(|usage| usage.total_tokens));
    }
    Ok(bytes)
}

/// Takes a stream that never waits.
fn each<S: Stream>(items: S, mut on: impl FnMut(S::Item)) {
    let mut items = pin!(items);
    let mut context = Context::from_waker(noop_waker_ref());
    while let Poll::Ready(Some(item)) = items.poll_next_unpin(&mut context) {
        on(item);
    }
}
