//! PDF, drawn by `hayro` page by page: nothing outside of the file is opened, and
//! no script is run.
//!
//! A page may ask for any amount of work and memory, and whoever draws it cannot
//! be stopped. So it is drawn by a thread that is given up when its time is over; its
//! memory is bounded by the process that does this work.

pub(crate) mod draw;
pub(crate) mod page;

use drawing::Error;
use drawing::raw::holds;

use self::page::{Failure, Page};
use crate::deadline::{self, Outcome};

/// What is said of a file without that page.
pub(crate) fn refused(name: &str, failure: Failure) -> Error {
    let (name, format) = (name.to_owned(), "PDF");
    match failure {
        Failure::Broken => Error::Broken { name, format },
        Failure::Protected => Error::Protected { name },
        Failure::TooMuch => Error::TooSlow { name, format },
    }
}

/// Bytes among which the mark of the end stands, with what mail and web servers
/// append to it.
const END: usize = 8 << 10;

/// The page, the first of which is 1, or only how many there are.
pub(crate) fn worked(bytes: &[u8], number: Option<u32>) -> Result<Page, Failure> {
    // Of a file that is cut off, what is left would be drawn: an empty page, perhaps.
    let end = bytes.get(bytes.len().saturating_sub(END)..);
    let marked = |end: &[u8]| holds(end, b"startxref") || holds(end, b"%%EOF");
    if !end.is_some_and(marked) {
        return Err(Failure::Broken);
    }
    let owned = bytes.to_vec();
    match deadline::within(deadline::DRAWING, move || draw::page(owned, number)) {
        Outcome::Done(page) => page,
        Outcome::Panicked => Err(Failure::Broken),
        Outcome::TooLong => Err(Failure::TooMuch),
    }
}
