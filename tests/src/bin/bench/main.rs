//! Figures of a release build: start, memory, latency of a token, size.
//!
//! `bench [RUNS]` prints a table, and one line of JSON. The app and an empty
//! Tauri window take turns, so that both meet the same machine. `bench drops
//! [RUNS]` measures nothing but drops, `bench history [RUNS]` the history, `bench backup`
//! of it only backups, `bench page
//! [RUNS]` the page with much in it, `bench cli [RUNS]` the command line beside `curl`.

mod cli;
mod drops;
mod figures;
mod history;
mod page;
mod started;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::desktop::{Desktop, Keyring};
use tests::process::built;
use tests::provider::{Piece, Provider, Reply};
use tests::stage::{Stage, play};
use tests::steps::{ask, use_provider, wait_answer};

use self::drops::{Drops, drops};
use self::figures::{median, quantile};
use self::started::{Start, start};

/// Starts of each window, unless told otherwise.
const RUNS: usize = 9;

/// Tokens of the latency run, and the pause between two.
const TOKENS: u32 = 300;
const PACE: Duration = Duration::from_millis(20);

/// Notes when each token came to the DOM, as milliseconds since the epoch.
const WATCH: &str = r"
    window.benchSeen = []
    const look = () => {
        const now = performance.timeOrigin + performance.now()
        const texts = document.querySelectorAll('[data-testid=message-text]')
        const text = texts.length ? texts[texts.length - 1].textContent : ''
        const whole = text.slice(0, text.lastIndexOf(';') + 1)
        if (!whole) return
        const index = parseInt(whole.slice(whole.lastIndexOf('#') + 1), 10)
        for (let i = window.benchSeen.length; i <= index; i++) window.benchSeen.push(now)
    }
    new MutationObserver(look)
        .observe(document.body, { subtree: true, childList: true, characterData: true })
";

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1).peekable();
    if arguments.next_if(|what| what == "history").is_some() {
        let runs = arguments.next().map(|runs| runs.parse()).transpose()?;
        return history::history(runs);
    }
    if arguments.next_if(|what| what == "backup").is_some() {
        return history::only_backups();
    }
    if arguments.next_if(|what| what == "cli").is_some() {
        let runs = arguments.next().map(|runs| runs.parse()).transpose()?;
        return cli::cli(runs);
    }
    if arguments.next_if(|what| what == "page").is_some() {
        let runs = arguments.next().map_or(Ok(RUNS), |runs| runs.parse())?;
        return page::page(runs);
    }
    let only_drops = arguments.next_if(|what| what == "drops").is_some();
    let runs = arguments.next().map_or(Ok(RUNS), |runs| runs.parse())?;
    let dropped = drops(runs)?;
    if only_drops {
        dropped.iter().for_each(Drops::print);
        println!("{}", Value::from_iter(dropped.iter().map(Drops::json)));
        return Ok(());
    }
    let (app, empty) = (built("dragoman")?, built("empty-window")?);
    let (ours, theirs) = starts(&app, &empty, runs)?;
    let latency = latency()?;
    let ready = |starts: &[Start]| median(starts.iter().map(|s| s.ready.as_secs_f64() * 1e3));
    let memory = |starts: &[Start]| median(starts.iter().map(|s| s.pss_kib as f64 / 1024.0));
    let figures = Figures {
        start: (ready(&ours), ready(&theirs)),
        memory: (memory(&ours), memory(&theirs)),
        latency: (quantile(&latency, 0.5), quantile(&latency, 0.95)),
        size: fs::metadata(&app)?.len(),
        dropped,
        runs,
    };
    figures.print();
    Ok(())
}

struct Figures {
    start: (f64, f64),
    memory: (f64, f64),
    latency: (f64, f64),
    size: u64,
    dropped: Vec<Drops>,
    runs: usize,
}

impl Figures {
    fn print(&self) {
        let Self {
            start,
            memory,
            latency,
            size,
            dropped,
            runs,
        } = self;
        let (start_ratio, memory_ratio) = (start.0 / start.1, memory.0 / memory.1);
        println!("                             Dragoman  empty window   ratio");
        println!(
            "start to usable, median    {:8.0} ms   {:8.0} ms  {start_ratio:6.2}",
            start.0, start.1
        );
        println!(
            "memory (PSS), median       {:8.0} MiB  {:8.0} MiB {memory_ratio:6.2}",
            memory.0, memory.1
        );
        println!(
            "token, socket to DOM       {:8.1} ms median, {:.1} ms at the 95th",
            latency.0, latency.1
        );
        dropped.iter().for_each(Drops::print);
        println!("release binary             {size:8} bytes");
        let line = json!({
            "runs": runs,
            "start_ms": start.0, "empty_start_ms": start.1, "start_ratio": start_ratio,
            "pss_mib": memory.0, "empty_pss_mib": memory.1, "pss_ratio": memory_ratio,
            "token_ms_median": latency.0, "token_ms_p95": latency.1,
            "binary_bytes": size, "drops": Value::from_iter(dropped.iter().map(Drops::json)),
        });
        println!("{line}");
    }
}

/// Starts both windows in turn; the first start of each only warms the machine.
fn starts(app: &Path, empty: &Path, runs: usize) -> Result<(Vec<Start>, Vec<Start>)> {
    let desktop = Desktop::start(Keyring::Unlocked)?;
    let home = desktop.path("home");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        let (one, other) = (
            start(&desktop, app, &home, "dragoman: ready")?,
            start(&desktop, empty, &home, "empty-window: ready")?,
        );
        if run > 0 {
            ours.push(one);
            theirs.push(other);
        }
    }
    Ok((ours, theirs))
}

/// Milliseconds from the provider's socket to the DOM, token by token.
fn latency() -> Result<Vec<f64>> {
    let mut measured = Vec::new();
    play("bench", Keyring::Unlocked, |stage| {
        measured = latency_on(stage)?;
        Ok(())
    })?;
    Ok(measured)
}

fn latency_on(stage: &Stage) -> Result<Vec<f64>> {
    let sent: Arc<Mutex<Vec<f64>>> = Arc::default();
    let provider = Provider::start()?;
    let mut reply = Reply::stream();
    for index in 0..TOKENS {
        let sent = Arc::clone(&sent);
        let made = move || {
            sent.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(now());
            let delta = json!({ "choices": [{ "index": 0, "delta": { "content": format!("#{index}; ") } }] });
            format!("data: {delta}\n\n").into_bytes()
        };
        reply = reply
            .piece(Piece::Made(Arc::new(made)))
            .piece(Piece::Pause(PACE));
    }
    provider.chat(reply.finish("stop").done());
    let window = stage.open()?;
    use_provider(&window, &provider, "sk-bench-00000000")?;
    window.script(WATCH, &[])?;
    ask(&window, "Count")?;
    wait_answer(&window, "complete")?;
    let seen = window.script("return window.benchSeen", &[])?;
    let seen = seen
        .as_array()
        .context("a list of times")?
        .iter()
        .filter_map(Value::as_f64);
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(sent
        .iter()
        .zip(seen)
        .map(|(sent, seen)| seen - sent)
        .collect())
}

/// Milliseconds since the epoch.
fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
