//! `cargo xtask fuzz images [EXECUTIONS]`: damaged files of every kind that is
//! read, a million unless said otherwise, after the largest and most costly files
//! that each kind allows.
//!
//! Nothing may panic in this crate, take longer than five seconds, hold more than
//! [`MEMORY`], or come out other than promised; a file that does is written to
//! `target/fuzz-images/`. Time is the processor's, that of threads which were given
//! up included, so that what else the machine does is no fault; a watchdog goes by
//! the wall clock. PDF, whose memory only the process that draws it bounds, is read by
//! `dragoman-draw`, which must lie in the folder above this program. SEED=n for others; each execution depends on the seed and its
//! number only, FROM=n begins at one.

#[path = "../../tests/images/damage.rs"]
#[allow(clippy::indexing_slicing, dead_code)]
mod damage;
#[path = "../../tests/images/fixtures.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code
)]
mod fixtures;
mod giants;
#[path = "../../tests/images/kinds.rs"]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]
mod kinds;
mod measured;
#[path = "../../tests/images/odd.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    unused_imports
)]
mod odd;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, Write};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use damage::Came;
use drawing::{Draw, Error, Limits};
use fixtures::Noise;
use measured::{LONGEST, MEMORY, peak, processor};

/// Longest that one execution may last, whatever else the machine does.
const HANGS: Duration = Duration::from_secs(90);

static OURS: AtomicU64 = AtomicU64::new(0);
static DONE: AtomicU64 = AtomicU64::new(0);
static BAD: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// The last panic of all, those of decoders included.
static LAST: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    let first = std::env::args().nth(1);
    if first.as_deref() == Some("giant") {
        return giants::one(&std::env::args().nth(2).unwrap_or_default());
    }
    let executions = first.and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let number = |name| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let (seed, from) = (number("SEED").unwrap_or(1), number("FROM").unwrap_or(0));
    let _ = std::fs::create_dir_all(folder());
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST.lock() {
            *last = info.to_string();
        }
        let file = info.location().map_or("", |at| at.file());
        if file.contains("crates/images/") {
            OURS.fetch_add(1, Ordering::Relaxed);
            bad(format!("panic: {info}"));
        }
    }));
    if from == 0 {
        giants::all().into_iter().for_each(bad);
    }
    let start = Instant::now();
    std::thread::spawn(move || watch(executions));
    let kinds = catch_unwind(|| run(seed, from, executions)).unwrap_or_else(|_| {
        let last = LAST.lock().map(|last| last.clone()).unwrap_or_default();
        bad(format!("ended by a panic that nobody caught: {last}"));
        BTreeMap::new()
    });
    let memory = peak() / 1024;
    if memory > MEMORY {
        bad(format!("{memory} MB held, more than {MEMORY}"));
    }
    for (name, kind) in &kinds {
        println!(
            "{name}: {} executions, {} taken, {} too slow, slowest {} ms",
            kind.executions,
            kind.taken,
            kind.too_slow,
            kind.slowest.as_millis()
        );
    }
    let bad = BAD.lock().map(|bad| bad.clone()).unwrap_or_default();
    let all = |what: fn(&Kind) -> u64| kinds.values().map(what).sum::<u64>();
    println!(
        "{} executions from seed {seed} in {:.0} s, {} taken, {} too slow, slowest {} ms of the \
         processor, peak memory {memory} of {MEMORY} MB, {} faults",
        all(|kind| kind.executions),
        start.elapsed().as_secs_f64(),
        all(|kind| kind.taken),
        all(|kind| kind.too_slow),
        kinds
            .values()
            .map(|kind| kind.slowest)
            .max()
            .unwrap_or_default()
            .as_millis(),
        bad.len(),
    );
    for line in &bad {
        println!("{line}");
    }
    if bad.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What became of the files of one kind.
#[derive(Default)]
struct Kind {
    executions: u64,
    taken: u64,
    too_slow: u64,
    slowest: Duration,
}

fn run(seed: u64, from: u64, executions: u64) -> BTreeMap<&'static str, Kind> {
    let seeds = kinds::seeds();
    let draw = Draw::beside();
    let mut kinds: BTreeMap<&'static str, Kind> = BTreeMap::new();
    let mut now = File::create(folder().join("now")).ok();
    for n in from..from + executions {
        let mut noise = Noise(mixed(seed, n));
        let Some((name, whole)) = seeds.get(noise.below(seeds.len())) else {
            continue;
        };
        let bytes = damage::damaged(whole, &mut noise);
        // What is tried, should it take the process along.
        if let Some(now) = &mut now {
            let _ = note(now, &bytes);
        }
        let before = OURS.load(Ordering::Relaxed);
        let (start, busy) = (Instant::now(), processor());
        let outcome = if bytes.starts_with(b"%PDF") {
            elsewhere(&draw, &bytes)
        } else {
            damage::check(&bytes, n)
        };
        let took = start.elapsed();
        // Alone it takes no longer than the wall clock says.
        let took = if took > Duration::from_millis(500) {
            processor().saturating_sub(busy)
        } else {
            took
        };
        let kind = kinds.entry(name).or_default();
        kind.executions += 1;
        kind.slowest = kind.slowest.max(took);
        kind.taken += u64::from(outcome == Ok(Came::Taken));
        kind.too_slow += u64::from(outcome == Ok(Came::TooSlow));
        let fault = match outcome {
            Err(fault) => Some(fault),
            Ok(_) if took > LONGEST => Some(format!("{} ms", took.as_millis())),
            Ok(_) if OURS.load(Ordering::Relaxed) > before => Some("panicked".to_owned()),
            Ok(came) => {
                if came == Came::TooSlow {
                    let _ =
                        std::fs::write(folder().join(format!("slow-{name}-{seed}-{n}")), &bytes);
                }
                None
            }
        };
        if let Some(fault) = fault {
            let file = format!("{name}-{seed}-{n}");
            bad(format!("{name}: {fault} ({file})"));
            let _ = std::fs::write(folder().join(file), &bytes);
        }
        DONE.fetch_add(1, Ordering::Relaxed);
    }
    kinds
}

/// What became of a file that the process which draws was given.
fn elsewhere(draw: &Draw, bytes: &[u8]) -> Result<Came, String> {
    match draw.prepare("damaged", bytes, &Limits::default()) {
        Ok(_) => Ok(Came::Taken),
        // Beyond the memory that a page is given, the process ends.
        Err(Error::TooSlow { .. } | Error::Crashed { .. }) => Ok(Came::TooSlow),
        Err(error @ Error::NoReader { .. }) => Err(error.to_string()),
        Err(_) => Ok(Came::Refused),
    }
}

/// Overwrites what is there: emptied first, some file systems wait for the disk.
fn note(file: &mut File, bytes: &[u8]) -> std::io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

/// A state that is never 0, another for each execution.
fn mixed(seed: u64, n: u64) -> u32 {
    let mut x = (seed << 40 ^ n).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x >> 32) as u32 | 1
}

fn folder() -> PathBuf {
    PathBuf::from("target/fuzz-images")
}

fn bad(line: String) {
    if let Ok(mut bad) = BAD.lock() {
        eprintln!("{line}");
        bad.push(line);
    }
}

/// Ends the process when one execution hangs; says how far it is.
fn watch(all: u64) {
    let (mut last, mut since, mut told) = (0, Instant::now(), 0);
    loop {
        std::thread::sleep(Duration::from_millis(500));
        let done = DONE.load(Ordering::Relaxed);
        if done != last {
            (last, since) = (done, Instant::now());
        } else if since.elapsed() > HANGS {
            println!(
                "hangs after {done} executions: {}",
                folder().join("now").display()
            );
            std::process::exit(1);
        }
        if done / 100_000 != told {
            told = done / 100_000;
            eprintln!("{done} of {all}, peak {} MB", peak() / 1024);
        }
    }
}
