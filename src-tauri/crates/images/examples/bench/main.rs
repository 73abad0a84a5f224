//! `cargo xtask bench images`: `prepare` beside libvips' `vipsthumbnail` and
//! sharp, the same job to the same size in the same run.
//!
//! Every job is a process of its own, the three in turn, and each is timed from
//! the first byte read to the last written: sharp and `prepare` by themselves,
//! `vipsthumbnail` from outside, less what it takes to start. Quality is SSIM of
//! the brightness against the source shrunk in floating point (Lanczos3), sharp's
//! between the two of its qualities that make a little less and a little more.
//!
//! The pictures are made, not taken: noise in octaves for photos, flat areas and
//! marks for the screenshot. They are the same each time.

mod jobs;
mod pictures;
mod result;
mod ssim;

use std::path::Path;
use std::process::ExitCode;

use jobs::{Job, Took};
use result::Result;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["job", out, files @ ..] => jobs::ours(out, files),
        ["all", sharp, folder] => all(Path::new(sharp), Path::new(folder)),
        ["quality", sharp, folder] => qualities(Path::new(sharp), Path::new(folder)),
        _ => Err("usage: bench all|quality SHARP_HOME FOLDER".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Rounds, of which the median counts.
const ROUNDS: usize = 7;

fn all(sharp: &Path, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let files = pictures::make(sharp, folder)?;
    println!("\nmedian of {ROUNDS} interleaved rounds; ratio: ours to the faster of the two\n");
    println!(
        "{:<22} {:>10} {:>10} {:>10} {:>7}   {:>8} {:>8} {:>8} {:>7}",
        "", "ours ms", "vips ms", "sharp ms", "ratio", "ours MB", "vips MB", "sharp MB", "ratio"
    );
    let start = jobs::vips_start()?;
    for (name, format, files) in &files {
        let job = Job {
            sharp,
            folder,
            format,
            files,
        };
        let took = rounds(&job)?;
        line(name, took, start);
    }
    println!(
        "\nvipsthumbnail takes {start:.0} ms to start, which its times leave out; node and sharp more."
    );
    qualities(sharp, folder)
}

fn qualities(sharp: &Path, folder: &Path) -> Result<()> {
    println!("\nquality at the same number of bytes (SSIM of the brightness):\n");
    for (name, format, files) in &pictures::make(sharp, folder)? {
        if let ([file], "jpg") = (files.as_slice(), *format) {
            quality(name, file, sharp, folder)?;
        }
    }
    Ok(())
}

/// Milliseconds and kilobytes of the three.
fn rounds(job: &Job<'_>) -> Result<[Took; 3]> {
    let mut all: [Vec<Took>; 3] = Default::default();
    for round in 0..ROUNDS {
        // Each goes first as often as the others.
        for turn in 0..3 {
            let which = (round + turn) % 3;
            let took = match which {
                0 => job.ours()?,
                1 => job.vips()?,
                _ => job.sharp()?,
            };
            if let Some(took_before) = all.get_mut(which) {
                took_before.push(took);
            }
        }
    }
    Ok(all.map(|mut took| {
        took.sort_by(|a, b| a.ms.total_cmp(&b.ms));
        let kb = took.iter().map(|took| took.kb).max().unwrap_or(0);
        let ms = took.get(ROUNDS / 2).map_or(0.0, |took| took.ms);
        Took { ms, kb }
    }))
}

fn line(name: &str, [ours, mut vips, sharp]: [Took; 3], start: f64) {
    vips.ms = (vips.ms - start).max(0.1);
    let mb = |took: Took| took.kb as f64 / 1024.0;
    println!(
        "{name:<22} {:>10.1} {:>10.1} {:>10.1} {:>7.2}   {:>8.0} {:>8.0} {:>8.0} {:>7.2}",
        ours.ms,
        vips.ms,
        sharp.ms,
        ours.ms / vips.ms.min(sharp.ms),
        mb(ours),
        mb(vips),
        mb(sharp),
        mb(ours) / mb(vips).min(mb(sharp)),
    );
}

fn quality(name: &str, file: &Path, sharp: &Path, folder: &Path) -> Result<()> {
    let files = [file.to_owned()];
    let job = Job {
        sharp,
        folder,
        format: "jpg",
        files: &files,
    };
    job.ours()?;
    let ours = std::fs::read(job.out("ours"))?;
    let reference = ssim::reference(&std::fs::read(file)?)?;
    // sharp's qualities on either side of our bytes; between them its SSIM is taken
    // to grow evenly.
    let mut below: Option<(f64, f64)> = None;
    for q in 50..=98 {
        job.sharp_at(q)?;
        let theirs = std::fs::read(job.out("sharp"))?;
        let size = theirs.len() as f64;
        let seen = ssim::ssim(&reference, &theirs)?;
        if theirs.len() < ours.len() {
            below = Some((size, seen));
            continue;
        }
        let (least, worst) = below.unwrap_or((size, seen));
        let part = (ours.len() as f64 - least) / (size - least).max(1.0);
        println!(
            "{name:<22} {} KB: ours {:.4}, sharp {:.4} (between its qualities {} and {q})",
            ours.len() / 1024,
            ssim::ssim(&reference, &ours)?,
            worst + (seen - worst) * part.clamp(0.0, 1.0),
            q - 1,
        );
        break;
    }
    Ok(())
}
