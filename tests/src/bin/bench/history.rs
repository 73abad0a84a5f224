//! The history: a large home beside an empty one, and what an answer costs it.

pub(crate) mod backups;
mod export;
pub(crate) mod home;
mod search;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use history::{History, Piece};
use protocol::MessageState;
use serde_json::json;
use tests::desktop::{Desktop, Keyring};
use tests::process::{Program, built};

use self::home::{LONG, MESSAGES, PICTURES};
use crate::figures::{median, milliseconds, quantile};

/// Starts of the app on each home, unless told otherwise.
const RUNS: usize = 9;

/// Messages and conversations that the page asks for at once.
const PAGE: usize = 40;
const LIST: usize = 50;

/// Flushes of which the 95th percentile is told, and what each adds.
const FLUSHES: usize = 400;
const DELTA: &str = "几个字, and some more of them; ";

/// Prints every figure of the history.
///
/// # Errors
/// When a home cannot be made or read, or the app does not start.
pub fn history(runs: Option<usize>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (large, empty) = (folder.path().join("large"), folder.path().join("empty"));
    let long = home::write_large(&large)?;
    let opened = starts(&large, &empty, runs.unwrap_or(RUNS))?;
    let (page, last) = reads(&large, &long)?;
    let exported = export::export(&large)?;
    let short_flush = flushes(&folder.path().join("short"), 10_000)?;
    let long_flush = flushes(&folder.path().join("long"), 1_000_000)?;
    let (moving, gap, idle_gap) = pictures(&folder.path().join("old"))?;
    let found = search::search(&folder.path().join("search"))?;
    let backed = backups::backups(&folder.path().join("backed"))?;

    println!("a home of {MESSAGES} messages beside an empty one, medians, clean ends");
    println!(
        "  history open and its first page {:8.2} ms  {:8.2} ms  ratio {:.2}",
        opened.history.0,
        opened.history.1,
        opened.history.0 / opened.history.1
    );
    println!(
        "  window to usable                {:8.0} ms  {:8.0} ms  ratio {:.2}: at most 1.10",
        opened.window.0,
        opened.window.1,
        opened.window.0 / opened.window.1
    );
    println!("a page of the list ({LIST})           {page:8.2} ms: at most 5");
    println!("the last page of {LONG} messages    {last:8.2} ms: at most 20");
    println!(
        "one flush, 95th percentile        {short_flush:8.2} ms at 10 KB, {long_flush:.2} ms at 1 MB: at most 2"
    );
    println!("moving 1 GB of pictures out       {moving:8.0} MB/s");
    println!(
        "largest gap of an answer's flushes {gap:7.0} ms while 1 GB is removed, {idle_gap:.0} ms without"
    );
    for (kind, (alone, answering)) in search::KINDS.iter().zip(&found.took) {
        println!(
            "search for {kind:22} {alone:8.2} ms, {answering:.2} ms while an answer is written: at most 10"
        );
    }
    println!(
        "the index is made at              {:8.0} messages/s, {:.1} MB/s, in slices of at most {:.0} ms; {:.2} bytes a byte of text",
        found.rate, found.megabytes, found.slice, found.size
    );
    println!("export of all as JSON Lines       {exported:8.0} MB/s: at least 50");
    println!("removed from it for good          {:8.0} ms", found.removed);
    print_backups(&backed);
    println!(
        "{}",
        json!({
            "open_ms": opened.history.0, "open_empty_ms": opened.history.1,
            "window_ms": opened.window.0, "window_empty_ms": opened.window.1,
            "list_ms": page, "last_page_ms": last,
            "flush_10k_p95_ms": short_flush, "flush_1m_p95_ms": long_flush,
            "search_p95_ms": found.took, "index_messages_s": found.rate,
            "index_mb_s": found.megabytes, "index_slice_ms": found.slice,
            "index_size": found.size, "index_removed_ms": found.removed,
            "backup_first_ms": backed.first, "backup_unchanged_ms": backed.unchanged,
            "export_mb_s": exported, "move_mb_s": moving, "gap_ms": gap, "gap_without_ms": idle_gap,
        })
    );
    Ok(())
}

/// Prints the figures of backups alone.
///
/// # Errors
/// As [`backups::backups`].
pub fn only_backups() -> Result<()> {
    let folder = tempfile::tempdir()?;
    print_backups(&backups::backups(folder.path())?);
    Ok(())
}

fn print_backups(backed: &backups::Backups) {
    println!(
        "an unchanged home of {} pictures is backed up in {:.0} ms: at most 1000 (first {:.0})",
        backups::PICTURES,
        backed.unchanged,
        backed.first
    );
}

/// Milliseconds on the large home, and on the empty one.
struct Opened {
    history: (f64, f64),
    window: (f64, f64),
}

fn starts(large: &Path, empty: &Path, runs: usize) -> Result<Opened> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..=runs.max(20) {
        with.push(open(large)?);
        without.push(open(empty)?);
    }
    let desktop = Desktop::start(Keyring::Unlocked)?;
    let app = built("dragoman")?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        let (one, other) = (
            window(&desktop, &app, large)?,
            window(&desktop, &app, empty)?,
        );
        // The first of each only warms the machine.
        if run > 0 {
            ours.push(one);
            theirs.push(other);
        }
    }
    let middle = |all: &[f64]| median(all.iter().copied());
    Ok(Opened {
        history: (middle(&with), middle(&without)),
        window: (middle(&ours), middle(&theirs)),
    })
}

fn open(home: &Path) -> Result<f64> {
    let begun = Instant::now();
    let history = History::open(&home.join("dragoman.db"))?.history;
    history.read(|r| r.conversations(None, LIST)).wait()?;
    let took = milliseconds(begun);
    history.close().wait()?;
    Ok(took)
}

fn window(desktop: &Desktop, app: &Path, home: &Path) -> Result<f64> {
    let mut command = desktop.command("sh");
    command
        .args(["-c", "exec \"$0\" 2>&1"])
        .arg(app)
        .env("DRAGOMAN_HOME", home)
        .env("DRAGOMAN_BENCH", "1");
    let begun = Instant::now();
    let program = Program::start("the window", &mut command)?;
    let sign = |line: &str| line.starts_with("dragoman: ready").then_some(());
    program.line(Duration::from_secs(60), sign)?;
    let took = milliseconds(begun);
    ensure!(program.quit()?.success(), "the app did not end well");
    Ok(took)
}

fn reads(home: &Path, long: &str) -> Result<(f64, f64)> {
    let history = History::open(&home.join("dragoman.db"))?.history;
    let (mut pages, mut lasts) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        let begun = Instant::now();
        history.read(|r| r.conversations(None, LIST)).wait()?;
        pages.push(milliseconds(begun));
        let (begun, id) = (Instant::now(), long.to_owned());
        let page = history.read(move |r| r.conversation(&id, PAGE)).wait()?;
        for message in &page.messages {
            markdown::render(&message.text);
        }
        lasts.push(milliseconds(begun));
    }
    history.close().wait()?;
    Ok((median(pages.into_iter()), median(lasts.into_iter())))
}

/// The 95th percentile of a flush where the answer has this many bytes already.
fn flushes(home: &Path, bytes: usize) -> Result<f64> {
    let history = History::open(&home.join("dragoman.db"))?.history;
    let id = begin(&history)?;
    flush(&history, &id, &"字".repeat(bytes / 3))?;
    let mut took = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        let begun = Instant::now();
        flush(&history, &id, DELTA)?;
        took.push(milliseconds(begun));
    }
    history.close().wait()?;
    Ok(quantile(&took, 0.95))
}

/// Moves the pictures of an old home out of its file, in MB/s; then removes them while
/// an answer is written: the largest gap between two of its flushes, and that of as
/// many flushes before it.
fn pictures(home: &Path) -> Result<(f64, f64, f64)> {
    let conversation = home::write_old(home)?;
    let history = History::open(&home.join("dragoman.db"))?.history;
    let begun = Instant::now();
    history.settle()?;
    let moving = PICTURES as f64 / begun.elapsed().as_secs_f64();
    let id = begin(&history)?;
    let quiet = largest_gap(&history, &id, |flushed| flushed < FLUSHES)?;
    let done = AtomicBool::new(false);
    let gap = std::thread::scope(|scope| {
        let removing = scope.spawn(|| -> Result<()> {
            let erase = history.write(move |w| {
                w.remove(std::slice::from_ref(&conversation))?;
                w.erase(&conversation)
            });
            erase.wait()?;
            history.settle()?;
            done.store(true, Ordering::Relaxed);
            Ok(())
        });
        let gap = largest_gap(&history, &id, |_| !done.load(Ordering::Relaxed));
        done.store(true, Ordering::Relaxed);
        removing.join().ok().context("removing panicked")??;
        gap
    })?;
    history.close().wait()?;
    Ok((moving, gap, quiet))
}

/// Flushes as an answer does, every few milliseconds, as long as it goes on.
fn largest_gap(history: &History, id: &str, goes_on: impl Fn(usize) -> bool) -> Result<f64> {
    let (mut largest, mut flushed) = (0.0_f64, 0);
    while goes_on(flushed) {
        let begun = Instant::now();
        flush(history, id, DELTA)?;
        largest = largest.max(milliseconds(begun));
        flushed += 1;
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(largest)
}

fn begin(history: &History) -> Result<String> {
    let turn = history
        .write(|w| w.begin_turn(home::new_turn(None, "?")))
        .wait()?;
    let answer = turn.answers.into_iter().next().context("no answer")?;
    ensure!(answer.state == MessageState::Streaming);
    Ok(answer.id)
}

fn flush(history: &History, id: &str, text: &str) -> Result<()> {
    let (id, pieces) = (id.to_owned(), [Piece::Text(text.to_owned())]);
    let kept = history.write(move |w| w.flush(&id, &pieces)).wait()?;
    ensure!(kept, "the answer was closed");
    Ok(())
}
