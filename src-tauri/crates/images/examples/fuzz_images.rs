//! `cargo xtask fuzz images [EXECUTIONS]`: damaged files of every kind that is
//! read, a million unless said otherwise. Nothing may panic in this crate, take
//! longer than five seconds, or come out other than promised; a file that does
//! is written to `target/fuzz-images/`. SEED=n for others.

#[path = "../tests/images/damage.rs"]
#[allow(clippy::indexing_slicing, dead_code)]
mod damage;
#[path = "../tests/images/fixtures.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code
)]
mod fixtures;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fixtures::Noise;

static OURS: AtomicU64 = AtomicU64::new(0);
static DONE: AtomicU64 = AtomicU64::new(0);
static TAKEN: AtomicU64 = AtomicU64::new(0);
static BAD: Mutex<Vec<String>> = Mutex::new(Vec::new());

const THREADS: u64 = 2;
const LONGEST: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let argument = |n: usize| std::env::args().nth(n).and_then(|a| a.parse::<u64>().ok());
    let executions = argument(1).unwrap_or(1_000_000);
    let seed = std::env::var("SEED").ok().and_then(|s| s.parse().ok());
    let seed = seed.unwrap_or(1);
    std::panic::set_hook(Box::new(|info| {
        let file = info.location().map_or("", |at| at.file());
        if file.contains("crates/images/src") {
            OURS.fetch_add(1, Ordering::Relaxed);
            bad(format!("panic: {info}"));
        }
    }));
    let start = Instant::now();
    let slowest = Mutex::new(Duration::ZERO);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let slowest = &slowest;
            scope.spawn(move || run(seed * 1000 + thread, executions / THREADS, slowest));
        }
        scope.spawn(|| watch(executions / THREADS * THREADS));
    });
    let slowest = slowest.into_inner().unwrap_or_default();
    let bad = BAD.lock().map(|bad| bad.clone()).unwrap_or_default();
    println!(
        "{} executions in {:.0} s, {} taken, slowest {} ms, peak memory {} MB, {} faults",
        DONE.load(Ordering::Relaxed),
        start.elapsed().as_secs_f64(),
        TAKEN.load(Ordering::Relaxed),
        slowest.as_millis(),
        peak() / 1024,
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

fn run(seed: u64, executions: u64, slowest: &Mutex<Duration>) {
    let seeds = fixtures::seeds();
    let mut noise = Noise(u32::try_from(seed % 0xffff_fff0).unwrap_or(7) | 1);
    for n in 0..executions {
        let Some((kind, whole)) = seeds.get(noise.below(seeds.len())) else {
            continue;
        };
        let mut bytes = whole.clone();
        for _ in 0..=noise.below(5) {
            damage::damage(&mut bytes, &mut noise);
        }
        let before = OURS.load(Ordering::Relaxed);
        let start = Instant::now();
        let outcome = damage::check(&bytes, n);
        let took = start.elapsed();
        if let Ok(mut slowest) = slowest.lock() {
            *slowest = took.max(*slowest);
        }
        let fault = match outcome {
            Ok(taken) => {
                TAKEN.fetch_add(u64::from(taken), Ordering::Relaxed);
                if took > LONGEST {
                    Some(format!("{kind}: {} ms", took.as_millis()))
                } else if OURS.load(Ordering::Relaxed) > before {
                    Some(format!("{kind}: panicked"))
                } else {
                    None
                }
            }
            Err(fault) => Some(format!("{kind}: {fault}")),
        };
        if let Some(fault) = fault {
            let name = format!("{kind}-{seed}-{n}");
            bad(format!("{fault} ({name})"));
            let folder = Path::new("target/fuzz-images");
            let _ = std::fs::create_dir_all(folder);
            let _ = std::fs::write(folder.join(name), &bytes);
        }
        DONE.fetch_add(1, Ordering::Relaxed);
    }
}

fn bad(line: String) {
    if let Ok(mut bad) = BAD.lock() {
        eprintln!("{line}");
        bad.push(line);
    }
}

fn watch(all: u64) {
    loop {
        std::thread::sleep(Duration::from_millis(500));
        let done = DONE.load(Ordering::Relaxed);
        if done >= all {
            return;
        }
        if done / 50_000 != (done + 5_000) / 50_000 {
            eprintln!("{done} of {all}, peak {} MB", peak() / 1024);
        }
    }
}

/// Peak memory in KB, by Linux.
fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}
