//! One job by each of the three.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use images::{Limits, prepare};

use crate::result::Result;

/// What a job took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// Milliseconds.
    pub ms: f64,
    /// Peak memory.
    pub kb: u64,
}

/// Shrink some files to fit 2,048 pixels.
pub struct Job<'a> {
    /// Where sharp is installed.
    pub sharp: &'a Path,
    /// Where results go.
    pub folder: &'a Path,
    /// `jpg` or `png`.
    pub format: &'a str,
    /// One file, or a burst of them.
    pub files: &'a [PathBuf],
}

/// The quality that `prepare` codes photos in.
const QUALITY: u8 = 88;

impl Job<'_> {
    /// The result of one of the three.
    pub fn out(&self, who: &str) -> PathBuf {
        self.folder.join(format!("{who}.{}", self.format))
    }

    /// Ours, in a process of its own.
    pub fn ours(&self) -> Result<Took> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("job").arg(self.out("ours")).args(self.files);
        reported(&mut command)
    }

    /// sharp, in a node of its own.
    pub fn sharp(&self) -> Result<Took> {
        self.sharp_at(QUALITY)
    }

    /// sharp at another quality.
    pub fn sharp_at(&self, quality: u8) -> Result<Took> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/bench/sharp.mjs");
        let mut command = Command::new("node");
        command
            .env("SHARP_HOME", self.sharp)
            .arg(script)
            .args([self.format, &quality.to_string(), "2048"])
            .arg(self.out("sharp"))
            .args(self.files);
        reported(&mut command)
    }

    /// `vipsthumbnail`, timed from outside.
    pub fn vips(&self) -> Result<Took> {
        let to = match self.format {
            "png" => "vips.png".to_owned(),
            _ => format!("vips.jpg[Q={QUALITY}]"),
        };
        let out = if self.files.len() == 1 {
            self.folder.join(&to)
        } else {
            self.folder.join(format!("vips-%s-{to}"))
        };
        let mut command = Command::new("vipsthumbnail");
        command
            .args(["-s", "2048x2048>", "-o"])
            .arg(out)
            .args(self.files);
        watched(&mut command)
    }
}

/// What `vipsthumbnail` takes to do nothing, in milliseconds.
pub fn vips_start() -> Result<f64> {
    let mut all = Vec::new();
    for _ in 0..7 {
        let mut command = Command::new("vipsthumbnail");
        command.arg("--vips-version").stdout(Stdio::null());
        all.push(watched(&mut command)?.ms);
    }
    all.sort_by(f64::total_cmp);
    Ok(all.get(3).copied().unwrap_or_default())
}

/// Two numbers that a process prints of itself.
fn reported(command: &mut Command) -> Result<Took> {
    let output = command.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = text.split_whitespace();
    let mut next = || words.next().ok_or_else(|| format!("{command:?}: {text}"));
    Ok(Took {
        ms: next()?.parse()?,
        kb: next()?.parse()?,
    })
}

fn watched(command: &mut Command) -> Result<Took> {
    let start = Instant::now();
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut kb = 0;
    let ended = loop {
        kb = kb.max(peak(&status));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    if !ended.success() {
        return Err(format!("{command:?}: {ended}").into());
    }
    let ms = start.elapsed().as_secs_f64() * 1e3;
    Ok(Took { ms, kb })
}

/// Peak memory of a process that runs, by Linux; 0 elsewhere.
fn peak(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// The job itself: two at a time, as the app does.
pub fn ours(out: &str, files: &[&str]) -> Result<()> {
    let limits = Limits::default();
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let work = || -> std::result::Result<(), String> {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
            let made = prepare("picture", &bytes, &limits).map_err(|error| error.to_string())?;
            std::fs::write(out, &made.bytes).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let other = (files.len() > 1).then(|| scope.spawn(work));
        work()?;
        match other.map(|other| other.join()) {
            Some(Ok(done)) => done,
            Some(Err(_)) => Err("panicked".to_owned()),
            None => Ok(()),
        }
    })?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    println!("{ms:.2} {}", peak("/proc/self/status"));
    Ok(())
}
