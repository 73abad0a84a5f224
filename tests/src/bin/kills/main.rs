//! What is on the screen outlives the app: it is killed at random moments, and what
//! the next start finds is held against what was seen.
//!
//! `kills [ROUNDS]` prints a line for each kill, then counts and the longest time that
//! something was on the screen and was lost; it fails when anything is not as it must
//! be. `SEED=n` for the moments of an earlier run. The app is this program again, with
//! the real commands on a runtime without a window (`app.rs`); the provider is here.

// What is not there fails the proof, as it would a test.
#![allow(clippy::indexing_slicing)]

mod app;
mod disk;
mod ledger;
mod seen;
mod server;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, thread};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use tempfile::TempDir;
use tests::process::{Program, kill, mortal, runs};
use tests::provider::Provider;
use tests::wait::PATIENCE;

use self::app::{ACTS, Act};
use self::ledger::Ledger;
use self::seen::{Line, Micros, Seen, now};
use self::server::provider;

/// Kills, unless told otherwise.
const ROUNDS: u64 = 200;

/// Latest moment of a kill: after the start where pictures are moved, else after the
/// app told what it found.
const LATEST_MS: u64 = 2_500;

/// A home with more conversations than this makes way for another.
const MANY: usize = 60;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["app", home, server, act, run] => {
            app::run(Path::new(home), server, act, run.parse()?)?;
            Ok(ExitCode::SUCCESS)
        }
        [] => prove(ROUNDS),
        [rounds] => prove(rounds.parse().context("usage: kills [ROUNDS]")?),
        _ => bail!("usage: kills [ROUNDS]"),
    }
}

fn prove(rounds: u64) -> Result<ExitCode> {
    let seed = match env::var("SEED") {
        Ok(seed) => seed.parse().context("SEED is no number")?,
        Err(_) => now(),
    };
    println!("SEED={seed}");
    let mut proof = Proof {
        random: Rng::with_seed(seed),
        provider: provider()?,
        pictures: disk::pictures()?,
        runs: 0,
        counts: BTreeMap::new(),
        gap: 0,
        wrong: 0,
    };
    let mut everyday = Home::new(None)?;
    let mut old = Home::new(Some(&proof.pictures))?;
    for round in 0..rounds {
        let at = usize::try_from(round)? % ACTS.len();
        let (act, _) = *ACTS.get(at).context("no act")?;
        let home = if act == Act::Move {
            &mut old
        } else {
            &mut everyday
        };
        let left = proof.round(home, act)?;
        // What was seen last is found by a run of its own.
        if act == Act::Move && left == 0 {
            proof.rest(&mut old)?;
            old = Home::new(Some(&proof.pictures))?;
        }
        if everyday.ledger.len() > MANY {
            proof.rest(&mut everyday)?;
            everyday = Home::new(None)?;
        }
    }
    proof.rest(&mut everyday)?;
    proof.rest(&mut old)?;
    Ok(proof.finish())
}

/// A home that lives through several kills, and what it must hold.
struct Home {
    folder: TempDir,
    ledger: Ledger,
}

impl Home {
    /// A new one, or one of an old version with these pictures.
    fn new(old: Option<&[Vec<u8>]>) -> Result<Self> {
        let mut home = Self {
            folder: tempfile::tempdir()?,
            ledger: Ledger::default(),
        };
        fs::create_dir(home.path())?;
        if let Some(pictures) = old {
            home.ledger = Ledger::of(&disk::old(&home.path(), pictures)?);
        }
        Ok(home)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// What the app wrote to stderr, in all of its runs.
    fn log(&self) -> PathBuf {
        self.folder.path().join("stderr.txt")
    }

    /// The app, running in it, and what it found there.
    fn found(&self, app: &Program) -> Result<Line> {
        let line = app.line(PATIENCE, |line| {
            parse(line).filter(|line| matches!(line.seen, Seen::Found(_)))
        });
        line.with_context(|| fs::read_to_string(self.log()).unwrap_or_default())
    }
}

fn parse(line: &str) -> Option<Line> {
    serde_json::from_str(line).ok()
}

struct Proof {
    random: Rng,
    provider: Provider,
    pictures: Vec<Vec<u8>>,
    runs: u64,
    counts: BTreeMap<&'static str, Counts>,
    gap: Micros,
    wrong: usize,
}

/// Of one kind of kills.
#[derive(Debug, Default)]
struct Counts {
    kills: usize,
    /// Kills in the middle of what their kind is about.
    amidst: usize,
    /// Answers that were being written.
    answers: usize,
    /// Messages and pictures that were looked at afterwards.
    messages: usize,
    pictures: usize,
}

impl Proof {
    /// Starts the app, uses it, kills it, and looks at what is left; how many pictures
    /// lie in the database still.
    fn round(&mut self, home: &mut Home, act: Act) -> Result<usize> {
        let app = self.start(home, act)?;
        let mut lines = Vec::new();
        if act != Act::Move {
            lines.push(home.found(&app)?);
        }
        let moment = Duration::from_millis(self.random.u64(0..LATEST_MS));
        thread::sleep(moment);
        let ended = !runs(app.id());
        let killed = now();
        kill(app.id())?;
        while let Ok(line) = app.line(PATIENCE, parse) {
            lines.push(line);
        }
        drop(app);
        let mut wrong = Vec::new();
        if ended {
            wrong.push("the app ended by itself".to_owned());
        }
        let gap = self.learn(home, act, lines, killed, &mut wrong);

        let mut disk = disk::look(&home.path())?;
        wrong.append(&mut disk.wrong);
        let pictures = home.ledger.pictures();
        for hash in pictures.difference(&disk.hashes) {
            wrong.push(format!("picture {hash} is gone"));
        }
        let busy = home.ledger.busy;
        let counts = self.counts.entry(act.name()).or_default();
        counts.kills += 1;
        counts.answers += busy.answers;
        counts.pictures += pictures.len();
        counts.amidst += usize::from(match act {
            Act::Move => disk.blobs > 0,
            Act::Remove => busy.removing,
            Act::Settings => busy.setting,
            Act::Stream | Act::Rest => busy.answers > 0,
        });
        println!(
            "{:4} {:8} {:4} ms: {:2} answers, {:2} pictures in the database; of the kill before, {:3} ms were lost",
            self.runs,
            act.name(),
            moment.as_millis(),
            busy.answers,
            disk.blobs,
            gap / 1_000,
        );
        self.tell(home, &wrong);
        Ok(disk.blobs)
    }

    /// A last run that finds what the kill before left, and ends.
    fn rest(&mut self, home: &mut Home) -> Result<()> {
        let app = self.start(home, Act::Rest)?;
        let line = home.found(&app)?;
        let mut wrong = Vec::new();
        self.learn(home, Act::Rest, vec![line], now(), &mut wrong);
        self.tell(home, &wrong);
        Ok(())
    }

    fn start(&mut self, home: &Home, act: Act) -> Result<Program> {
        self.runs += 1;
        let log = File::options().create(true).append(true).open(home.log())?;
        let mut command = mortal(env::current_exe()?);
        command
            .arg("app")
            .arg(home.path())
            .args([&self.provider.origin(), act.name(), &self.runs.to_string()])
            // No other instance, and no keyring: nothing here needs a key.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .stderr(log);
        Program::start("the app", &mut command)
    }

    /// Holds what a run found against what was seen before it, and notes what was seen
    /// in it; the longest time of something that was lost.
    fn learn(
        &mut self,
        home: &mut Home,
        act: Act,
        lines: Vec<Line>,
        killed: Micros,
        wrong: &mut Vec<String>,
    ) -> Micros {
        let mut gap = 0;
        for line in &lines {
            match &line.seen {
                Seen::Found(found) => {
                    let mut verdict = home.ledger.check(found);
                    wrong.append(&mut verdict.wrong);
                    gap = verdict.gap;
                    let counts = self.counts.entry(act.name()).or_default();
                    counts.messages += verdict.messages;
                }
                Seen::Failed { error } => wrong.push(format!("a command failed: {error}")),
                _ => {}
            }
        }
        home.ledger.note(lines, killed);
        self.gap = self.gap.max(gap);
        gap
    }

    fn tell(&mut self, home: &mut Home, wrong: &[String]) {
        for line in wrong {
            println!("     WRONG: {line}");
        }
        if !wrong.is_empty() {
            home.folder.disable_cleanup(true);
            println!("     kept: {}", home.folder.path().display());
        }
        self.wrong += wrong.len();
    }

    fn finish(self) -> ExitCode {
        println!(
            "\n{:8} {:>6} {:>6} {:>8} {:>9} {:>9}",
            "kind", "kills", "amidst", "answers", "messages", "pictures"
        );
        for (kind, counts) in &self.counts {
            println!(
                "{kind:8} {:6} {:6} {:8} {:9} {:9}",
                counts.kills, counts.amidst, counts.answers, counts.messages, counts.pictures
            );
        }
        println!(
            "longest on the screen and lost: {} ms; wrong: {}",
            self.gap / 1_000,
            self.wrong
        );
        if self.wrong == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
