//! One job: the file's bytes and what is wanted in, what was made of it out.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use drawing::format::{Format, Sniffed, sniff};
use drawing::frame;
use drawing::job::{Answer, Job, Made, Want};
use drawing::{Error, Thumbnail, tail};

use crate::bounds;

/// A decoder panicked, and what it left behind nobody knows.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// Remembers a panic, and says nothing of it: nobody reads that.
pub fn hear_of_panics() {
    std::panic::set_hook(Box::new(|_| PANICKED.store(true, Ordering::Relaxed)));
}

/// Does a job and answers; false when it was the last.
pub fn work(job: &Job, bytes: &[u8]) -> bool {
    bounds::allow(job, sniff(bytes) == Sniffed::Known(Format::Pdf));
    #[cfg(debug_assertions)]
    crate::trial::undergo(bytes);
    let answer = |made, more, last| answer(made, bytes, more, last);
    let made = make(job, bytes, &mut |thumbnail| {
        // Whoever wanted it may be gone, which the end of the input will say.
        let _ = answer(Ok(Made::Thumbnail(thumbnail)), true, false);
    });
    // Of what took too long, a thread may still run.
    let late = matches!(made, Err(Error::TooSlow { .. }));
    let last = late || PANICKED.load(Ordering::Relaxed) || bounds::is_worn();
    answer(made, false, last).is_ok() && !last
}

fn answer(mut made: Result<Made, Error>, file: &[u8], more: bool, last: bool) -> io::Result<()> {
    let mut payloads: Vec<Vec<u8>> = match &mut made {
        Ok(made) => made.payloads().into_iter().map(std::mem::take).collect(),
        Err(_) => Vec::new(),
    };
    let tails = payloads
        .iter_mut()
        .map(|payload| tail::cut(payload, file))
        .collect();
    let answer = Answer {
        made,
        tails,
        more,
        last,
    };
    frame::write(&mut io::stdout().lock(), &answer, &payloads)
}

fn make(job: &Job, bytes: &[u8], small: &mut dyn FnMut(Thumbnail)) -> Result<Made, Error> {
    let name = job.name.as_str();
    let master = |master| Made::Master(Some(master));
    match &job.want {
        Want::Attached {
            side,
            caps,
            limits,
            side_by_side,
        } => images::attach(name, bytes, (*side, caps, limits), *side_by_side, small)
            .map(|attached| Made::Attached(Box::new(attached))),
        Want::Prepared(limits) => images::prepare(name, bytes, limits).map(Made::Prepared),
        Want::Tiles(limits) => images::tiles(name, bytes, limits).map(Made::Tiles),
        Want::Master(caps) => images::master(name, bytes, caps).map(master),
        Want::MasterCopy(caps) => images::master_copy(name, bytes, caps).map(Made::Master),
        Want::Thumbnail(side, caps) => {
            images::thumbnail(name, bytes, *side, caps).map(Made::Thumbnail)
        }
        Want::Marked(marks, caps) => images::mark(name, bytes, marks, caps).map(master),
        Want::Cropped(rect, caps) => images::crop(name, bytes, *rect, caps).map(master),
        Want::Outline => Ok(Made::Outline(images::outline(bytes))),
        Want::Pages(caps) => images::pages(name, bytes, caps).map(Made::Pages),
        Want::Page(number, caps) => {
            images::page(name, bytes, *number, caps).map(|png| Made::Page { png })
        }
        Want::Measured => images::measure(bytes).map(Made::Measured),
    }
}
