//! The page with much in it: conversations of any length, a list of thousands, a long
//! answer into a long conversation.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use history::History;
use serde_json::{Value, json};
use tests::desktop::Keyring;
use tests::process::built;
use tests::provider::{Piece, Provider, Reply};
use tests::stage::{Stage, play};
use tests::steps::{ask, use_provider, wait_answer};
use tests::window::Window;

use crate::figures::{median, quantile};
use crate::history::home::conversation;
use crate::started::{SETTLE, Start, pss, start};

/// Messages of the long conversation, and of the one that an answer streams into.
const LONG: usize = 2_000;
const MIDDLE: usize = 500;

/// Conversations of the large list.
const MANY: usize = 10_000;

/// The answer that streams: so many tokens, one a millisecond.
const TOKENS: usize = 50_000;
const PACE: Duration = Duration::from_millis(1);

/// Opens the conversation of an id; milliseconds until its messages are painted.
const OPEN: &str = r"
    const [id, done] = arguments
    for (const one of document.querySelectorAll('[data-testid=message]')) one.dataset.old = ''
    const begun = performance.now()
    document.querySelector(`[data-testid=conversation][data-id='${id}'] button`).click()
    const look = () => {
        const all = document.querySelectorAll('[data-testid=message]')
        if (all.length > 1 && ![...all].some((one) => 'old' in one.dataset))
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)))
        else requestAnimationFrame(look)
    }
    look()
";

/// Scrolls what holds the conversation up by so many frames, and tells the time between
/// two of them.
const SCROLL: &str = r"
    const [frames, done] = arguments
    const log = document.querySelector('[role=feed]').closest('[tabindex]')
    const gaps = []
    let last = performance.now()
    const step = (now) => {
        gaps.push(now - last)
        last = now
        log.scrollTop -= 90
        if (gaps.length > frames) done(gaps.slice(1))
        else requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
";

/// Puts a still copy of the conversation in the place of the page.
const FREEZE: &str = r"
    const log = document.querySelector('[role=feed]').closest('[tabindex]')
    const copy = log.parentElement.cloneNode(true)
    document.body.replaceChildren(copy)
    copy.style.height = '100vh'
    const still = document.querySelector('[role=feed]').closest('[tabindex]')
    still.scrollTop = still.scrollHeight
";

/// Reads up to the beginning; how many messages the page then has in it.
const TO_THE_TOP: &str = r"
    const [done] = arguments
    const log = document.querySelector('[role=feed]').closest('[tabindex]')
    let still = 0
    let height = 0
    const step = () => {
        log.scrollTop = 0
        still = log.scrollHeight === height ? still + 1 : 0
        height = log.scrollHeight
        if (still > 120) done(document.querySelectorAll('[data-testid=message]').length)
        else requestAnimationFrame(step)
    }
    step()
";

/// Notes how long each frame took, and when every ten thousand characters were there.
const WATCH: &str = r"
    window.benchGaps = []
    window.benchAt = []
    let last = performance.now()
    const step = (now) => {
        window.benchGaps.push(now - last)
        last = now
        requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
    const look = () => {
        const texts = document.querySelectorAll('[data-testid=message-text]')
        const length = texts.length ? texts[texts.length - 1].textContent.length : 0
        while (window.benchAt.length < Math.floor(length / 10000)) window.benchAt.push(performance.now())
    }
    new MutationObserver(look)
        .observe(document.body, { subtree: true, childList: true, characterData: true })
";

/// Prints every figure of the page.
///
/// # Errors
/// When a home cannot be written, or the app does not start.
pub fn page(runs: usize) -> Result<()> {
    let (mut opened, mut memory, mut scrolled) = ((0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0));
    let mut drawn = 0;
    play("bench_page", Keyring::Unlocked, |stage| {
        let ids = write(&stage.home(), &[2, LONG])?;
        let [short, long] = ids.as_slice() else {
            return Ok(());
        };
        let window = stage.open()?;
        opened = opens(&window, short, long, runs)?;
        open(&window, short)?;
        memory.0 = settled(&window)?;
        open(&window, long)?;
        memory.1 = settled(&window)?;
        let all = window.session().execute_async(TO_THE_TOP, &[])?;
        drawn = all.as_u64().context("a number of messages")?;
        memory.2 = settled(&window)?;
        open(&window, short)?;
        open(&window, long)?;
        scrolled.0 = gaps(&window)?;
        window.script(FREEZE, &[])?;
        scrolled.1 = gaps(&window)?;
        Ok(())
    })?;
    let ((many_start, many_memory), (few_start, few_memory)) = lists(runs)?;
    let streamed = streams()?;

    println!("a conversation of {LONG} messages, in the real window");
    println!(
        "  first screen, median             {:8.0} ms: at most 150; one of 2 messages {:.0} ms",
        opened.1, opened.0
    );
    println!(
        "  a frame of scrolling, 95th       {:8.1} ms, a still page {:.1} ms  ratio {:.2}: at most 1.30",
        scrolled.0,
        scrolled.1,
        scrolled.0 / scrolled.1
    );
    println!(
        "  memory (PSS)                     {:8.0} MiB, of 2 messages {:.0} MiB  ratio {:.2}: at most 1.25",
        memory.1,
        memory.0,
        memory.1 / memory.0
    );
    println!(
        "  the same, read to its beginning  {:8.0} MiB, {drawn} messages in the page  ratio {:.2}",
        memory.2,
        memory.2 / memory.0
    );
    println!("{MANY} conversations beside an empty home");
    println!(
        "  start to usable, median          {many_start:8.0} ms, {few_start:.0} ms  ratio {:.2}: at most 1.10",
        many_start / few_start
    );
    println!(
        "  memory (PSS), median             {many_memory:8.0} MiB, {few_memory:.0} MiB  ratio {:.2}: at most 1.10",
        many_memory / few_memory
    );
    println!("{TOKENS} tokens, one a millisecond, into {MIDDLE} messages");
    println!(
        "  largest gap between two frames   {:8.0} ms: at most 50; 95th {:.0} ms",
        streamed.largest, streamed.p95
    );
    println!(
        "  the last 10,000 characters       {:8.0} ms, the first {:.0} ms  ratio {:.2}: at most 1.20",
        streamed.last,
        streamed.first,
        streamed.last / streamed.first
    );
    println!(
        "{}",
        json!({
            "open_ms": opened.1, "open_short_ms": opened.0,
            "scroll_p95_ms": scrolled.0, "scroll_still_p95_ms": scrolled.1,
            "pss_mib": memory.1, "pss_short_mib": memory.0, "pss_top_mib": memory.2,
            "many_start_ms": many_start, "few_start_ms": few_start,
            "many_pss_mib": many_memory, "few_pss_mib": few_memory,
            "stream_gap_ms": streamed.largest, "stream_gap_p95_ms": streamed.p95,
            "stream_last_ms": streamed.last, "stream_first_ms": streamed.first,
        })
    );
    Ok(())
}

/// Writes conversations of as many messages each; their ids.
fn write(home: &Path, lengths: &[usize]) -> Result<Vec<String>> {
    let history = History::open(&home.join("dragoman.db"))?.history;
    let written = lengths.iter().map(|&length| {
        let id = history.write(move |w| conversation(w, length)).wait()?;
        Ok(id)
    });
    let ids = written.collect::<Result<_>>()?;
    // As a home is that was used before.
    while history.write(|w| w.index_some()).wait()? {}
    history.close().wait()?;
    Ok(ids)
}

fn open(window: &Window, id: &str) -> Result<f64> {
    let took = window.session().execute_async(OPEN, &[json!(id)])?;
    took.as_f64().context("a time")
}

/// Milliseconds to the first screen of the short one and of the long one, in turn.
fn opens(window: &Window, short: &str, long: &str, runs: usize) -> Result<(f64, f64)> {
    window.part("conversation").wait_count(2)?;
    let (mut of_short, mut of_long) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        let (one, other) = (open(window, short)?, open(window, long)?);
        if run > 0 {
            of_short.push(one);
            of_long.push(other);
        }
    }
    Ok((median(of_short.into_iter()), median(of_long.into_iter())))
}

/// Memory once nothing more happens, in MiB.
fn settled(window: &Window) -> Result<f64> {
    thread::sleep(SETTLE);
    Ok(pss(window.process())? as f64 / 1024.0)
}

/// The 95th percentile of the frames of a scroll, in milliseconds.
fn gaps(window: &Window) -> Result<f64> {
    let gaps = window.session().execute_async(SCROLL, &[json!(200)])?;
    let gaps = gaps.as_array().context("a list of times")?;
    let gaps: Vec<f64> = gaps.iter().filter_map(Value::as_f64).collect();
    Ok(quantile(&gaps, 0.95))
}

/// Start and memory with the large list, and with an empty home.
fn lists(runs: usize) -> Result<((f64, f64), (f64, f64))> {
    let desktop = tests::desktop::Desktop::start(Keyring::Unlocked)?;
    let (large, empty) = (desktop.path("large"), desktop.path("empty"));
    std::fs::create_dir_all(&large)?;
    write(&large, &[2; MANY])?;
    let app = built("dragoman")?;
    let (mut many, mut few) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        let with = start(&desktop, &app, &large, "dragoman: ready")?;
        let without = start(&desktop, &app, &empty, "dragoman: ready")?;
        if run > 0 {
            many.push(with);
            few.push(without);
        }
    }
    let middle = |starts: &[Start]| {
        (
            median(starts.iter().map(|one| one.ready.as_secs_f64() * 1e3)),
            median(starts.iter().map(|one| one.pss_kib as f64 / 1024.0)),
        )
    };
    Ok((middle(&many), middle(&few)))
}

/// What a long answer costs, in milliseconds.
#[derive(Default)]
struct Streamed {
    largest: f64,
    p95: f64,
    first: f64,
    last: f64,
}

fn streams() -> Result<Streamed> {
    let mut streamed = Streamed::default();
    play("bench_page_stream", Keyring::Unlocked, |stage| {
        streamed = stream(stage)?;
        Ok(())
    })?;
    Ok(streamed)
}

fn stream(stage: &Stage) -> Result<Streamed> {
    let ids = write(&stage.home(), &[MIDDLE])?;
    let provider = Provider::start()?;
    let mut reply = Reply::stream();
    for index in 0..TOKENS {
        let end = if index % 60 == 59 { ".\n\n" } else { " " };
        reply = reply
            .delta(&format!("n{:03}{end}", index % 1000))
            .piece(Piece::Pause(PACE));
    }
    provider.chat(reply.finish("stop").done());
    let window = stage.open()?;
    use_provider(&window, &provider, "sk-bench-00000000")?;
    let id = ids.first().context("a conversation")?;
    window.part("conversation").wait()?;
    open(&window, id)?;
    window.script(WATCH, &[])?;
    ask(&window, "Go on")?;
    while window.script("return window.benchAt.length", &[])?.as_u64() < Some(20) {
        thread::sleep(SETTLE);
    }
    let read = |name: &str| -> Result<Vec<f64>> {
        let list = window.script(&format!("return window.{name}"), &[])?;
        let list = list.as_array().context("a list of times")?;
        Ok(list.iter().filter_map(Value::as_f64).collect())
    };
    let (gaps, at) = (read("benchGaps")?, read("benchAt")?);
    wait_answer(&window, "complete")?;
    let between = |from: usize| {
        let times = (at.get(from), at.get(from + 1));
        times.0.zip(times.1).map_or(0.0, |(from, to)| to - from)
    };
    Ok(Streamed {
        largest: gaps.iter().copied().fold(0.0, f64::max),
        p95: quantile(&gaps, 0.95),
        first: between(0),
        last: between(at.len().saturating_sub(2)),
    })
}
