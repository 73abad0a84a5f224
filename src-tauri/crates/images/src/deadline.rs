//! Work that may take too long.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// Longest that a drawing is read and drawn, which may ask for any amount of work.
pub(crate) const DRAWING: Duration = Duration::from_secs(4);

/// Longest that a picture is decoded whose work is bounded by its pixels, AVIF,
/// HEIC and TIFF: four seconds, and half a microsecond for each pixel.
///
/// The slowest, AV1 and HEVC with much noise, take about 100 nanoseconds a pixel,
/// so a true photo is taken by a machine that is busy or five times as slow, and
/// up to 2 megapixels nothing takes five seconds. It is a net: what the work is
/// bounded by is counted before it begins.
pub(crate) fn decoding(pixels: u64) -> Duration {
    Duration::from_secs(4) + Duration::from_nanos(pixels.saturating_mul(500))
}
/// Drawings nest, and whoever draws them calls itself.
const STACK: usize = 256 << 20;
/// Threads that were given up and still run, at most.
const LOST: usize = 2;

static RUNNING_ON: AtomicUsize = AtomicUsize::new(0);

/// What became of the work.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    /// It ended.
    Done(T),
    /// It panicked.
    Panicked,
    /// It was given up; nobody waits for its thread any more.
    TooLong,
}

/// Does the work on a thread of its own, and waits for it no longer than
/// `patience`.
pub(crate) fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Outcome<T> {
    // Each would hold a core until it ends.
    if RUNNING_ON.load(Ordering::Relaxed) >= LOST {
        return Outcome::TooLong;
    }
    let (send, receive) = sync_channel(1);
    let spawned = thread::Builder::new()
        .name("picture".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let value = work();
            // Nobody may wait any more.
            let _ = send.send(value);
        });
    let Ok(handle) = spawned else {
        return Outcome::Panicked;
    };
    match receive.recv_timeout(patience) {
        Ok(value) => Outcome::Done(value),
        Err(RecvTimeoutError::Disconnected) => Outcome::Panicked,
        Err(RecvTimeoutError::Timeout) => {
            RUNNING_ON.fetch_add(1, Ordering::Relaxed);
            // Ends with the work, to tell that its core is free again.
            let _ = thread::Builder::new().spawn(move || {
                let _ = handle.join();
                RUNNING_ON.fetch_sub(1, Ordering::Relaxed);
            });
            Outcome::TooLong
        }
    }
}
