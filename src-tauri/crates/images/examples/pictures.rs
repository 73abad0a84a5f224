//! `cargo xtask pictures DIR --out DIR2`: prepares every file of a folder as if
//! it were dropped, for the default budget.
//!
//! They are read as the app reads them, by `dragoman-draw`, which must lie in the folder
//! above this program.
//!
//! One line of JSON on stdout for each entry of the folder, by name; sub-folders
//! are not entered, a drop of one is refused and so is it here. A PDF, which becomes
//! a picture a page in the app, is its first page here, and `done` says `first_page`
//! where there are more. What would be
//! sent is written to DIR2 under the name of the file plus its own extension.
//! With `--whole` it is as large as it is, and PNG, which loses nothing.
//! Ends with 0 however bad the files are.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use drawing::{Draw, Error, Limits, Mime, Prepared, read};
use protocol::IpcError;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let (folder, out, limits) = match arguments.as_slice() {
        [folder, out] => (folder, out, Limits::default()),
        [folder, out, flag] if flag.as_os_str() == "--whole" => (folder, out, whole()),
        _ => {
            eprintln!("usage: pictures DIR DIR2 [--whole]");
            return ExitCode::from(2);
        }
    };
    match every(folder, out, &limits) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pictures: {error}");
            ExitCode::from(2)
        }
    }
}

/// All of the pixels.
fn whole() -> Limits {
    Limits {
        long_side: u32::MAX,
        out_pixels: u32::MAX,
        side_min: 0,
        ratio_max: 0,
        out_bytes: u32::MAX,
        mimes: vec![Mime::Png],
        ..Limits::default()
    }
}

fn every(folder: &Path, out: &Path, limits: &Limits) -> std::io::Result<()> {
    // Listed before anything is written: DIR2 may be in DIR, or DIR itself.
    let mut files = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    std::fs::create_dir_all(out)?;
    let draw = Draw::beside();
    let same = out.canonicalize()?;
    for path in files {
        if path.canonicalize().is_ok_and(|path| path == same) {
            continue;
        }
        let line = one(&draw, &std::path::absolute(&path)?, out, limits);
        // Whoever reads may have had enough.
        if writeln!(std::io::stdout().lock(), "{line}").is_err() {
            break;
        }
    }
    Ok(())
}

/// The line of one file.
fn one(draw: &Draw, path: &Path, out: &Path, limits: &Limits) -> Value {
    let start = Instant::now();
    let result = read(path, limits).and_then(|(name, bytes)| draw.prepare(&name, &bytes, limits));
    let ms = (start.elapsed().as_secs_f64() * 1e4).round() / 10.0;
    let file = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    match result {
        Ok(prepared) => accepted(file, path, &prepared, out, ms),
        Err(error) => refused(file, error, ms),
    }
}

fn accepted(file: Option<String>, path: &Path, made: &Prepared, out: &Path, ms: f64) -> Value {
    let extension = match made.picture.mime.as_str() {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/webp" => ".webp",
        _ => ".gif",
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(extension);
    if let Err(error) = std::fs::write(out.join(&name), &made.bytes) {
        eprintln!("pictures: {}: {error}", name.to_string_lossy());
    }
    json!({
        "file": file,
        "accepted": true,
        "code": null,
        "message": null,
        "width": made.picture.width,
        "height": made.picture.height,
        "bytes": made.picture.bytes,
        "mime": made.picture.mime,
        "done": made.picture.done,
        "ms": ms,
    })
}

fn refused(file: Option<String>, error: Error, ms: f64) -> Value {
    let error = IpcError::from(error);
    json!({
        "file": file,
        "accepted": false,
        "code": error.code,
        "message": error.message,
        "width": null,
        "height": null,
        "bytes": null,
        "mime": null,
        "done": [],
        "ms": ms,
    })
}
