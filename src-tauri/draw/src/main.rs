//! `dragoman-draw`: reads hostile files, so that nobody else has to.
//!
//! It is started by the app, gets jobs on its standard input and answers on its
//! standard output, see [`drawing::frame`] and [`drawing::job`]. Before the first byte
//! it gives up whatever decoding does not take. It opens no file but fonts, ends with
//! its input, also in the middle of a job, and after a job that may have broken
//! something in it.

mod bounds;
#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
#[cfg(debug_assertions)]
mod trial;
mod work;

use std::io;
use std::panic::catch_unwind;
use std::process::ExitCode;
use std::sync::mpsc::sync_channel;
use std::thread;

use drawing::frame;
use drawing::job::{Hello, Job, VERSION};

/// Room for decoders, which call themselves; what nests without end has a thread of
/// its own.
const STACK: usize = 64 << 20;

fn main() -> ExitCode {
    work::hear_of_panics();
    let hello = Hello {
        version: VERSION.to_owned(),
        bounds: bounds::hold(),
    };
    if frame::write(&mut io::stdout().lock(), &hello, &[] as &[&[u8]]).is_err() {
        return ExitCode::FAILURE;
    }
    let (give, take) = sync_channel::<(Job, Vec<u8>)>(1);
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        for (job, bytes) in take {
            // A panic that nobody caught ends all of it, or the app would wait for this.
            let more = catch_unwind(|| work::work(&job, &bytes));
            if !more.unwrap_or(false) {
                std::process::exit(0);
            }
        }
    });
    if worker.is_err() {
        return ExitCode::FAILURE;
    }
    let mut input = io::stdin().lock();
    loop {
        match frame::read::<Job>(&mut input) {
            Ok(Some((job, mut payloads))) if payloads.len() == 1 => {
                let bytes = payloads.pop().unwrap_or_default();
                if give.send((job, bytes)).is_err() {
                    return ExitCode::FAILURE;
                }
            }
            // Whoever wanted something is gone, and so nobody waits for what is at work.
            Ok(None) => return ExitCode::SUCCESS,
            _ => return ExitCode::FAILURE,
        }
    }
}
