//! Files that do harm on purpose, in builds that are tested only: a picture after whose
//! end stands a word of what to try. What it must not do ends the process, as a decoder
//! would that was stopped on its way; where it can be done, the picture is read as any
//! other, and a test sees that.

use std::fs::{File, OpenOptions};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, abort};
use std::time::Duration;

/// What stands before the word.
const MARK: &[u8] = b"\ndragoman-trial ";
/// Bytes at the end among which it is looked for.
const END: usize = 4096;

/// Does what the file tries, if it does.
#[allow(clippy::panic, reason = "this is what is tried")]
pub fn undergo(bytes: &[u8]) {
    let end = bytes.get(bytes.len().saturating_sub(END)..);
    let end = end.unwrap_or_default();
    let at = end.windows(MARK.len()).rposition(|window| window == MARK);
    let word = at.and_then(|at| end.get(at + MARK.len()..));
    let Some(word) = word.and_then(|word| std::str::from_utf8(word).ok()) else {
        return;
    };
    let (word, rest) = word.split_once(' ').unwrap_or((word, ""));
    let path = Path::new(rest);
    let done = match word {
        "crash" => abort(),
        "panic" => panic!("a decoder that gave up"),
        "hang" => loop {
            std::thread::sleep(Duration::from_secs(3600));
        },
        "spin" => loop {
            std::hint::spin_loop();
        },
        "stack" => deeper(0) == 0,
        "memory" => loop {
            // Never touched, so that it costs nobody else anything.
            std::mem::forget(std::hint::black_box(Vec::<u8>::with_capacity(64 << 20)));
        },
        // As many megabytes at once.
        "take" => rest.parse().is_ok_and(|mb: usize| {
            let mut room: Vec<u8> = Vec::new();
            let got = room.try_reserve_exact(mb << 20);
            std::hint::black_box(room);
            got.is_ok()
        }),
        "open" => File::open(path).is_ok(),
        "list" => std::fs::read_dir(path).is_ok(),
        "write" => OpenOptions::new().append(true).open(path).is_ok(),
        "make" => File::create(path).is_ok(),
        "run" => Command::new(path).spawn().is_ok(),
        "connect" => TcpStream::connect(rest).is_ok(),
        _ => false,
    };
    if !done {
        abort();
    }
}

/// Calls itself until there is no more room.
fn deeper(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    if depth == u64::MAX {
        return 0;
    }
    deeper(depth + 1) ^ room.first().copied().unwrap_or(0)
}
