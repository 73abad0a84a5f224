//! PDF, drawn by `hayro` page by page: nothing outside of the file is opened, and
//! no script is run.
//!
//! A page may ask for any amount of work and memory, and whoever draws it cannot
//! be stopped. So it is drawn by a thread that is given up when its time is over; its
//! memory is bounded by the process that does this work.

pub(crate) mod draw;
mod fields;
mod forms;
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

/// Bytes among which the mark of the end stands: mail and web servers append some,
/// disks and signers up to 100 KB.
const END: usize = 1 << 20;

/// Is all of the file there? Of one that is cut off, what is left would be drawn: an
/// empty page, perhaps.
fn is_ended(bytes: &[u8]) -> bool {
    let end = bytes.get(bytes.len().saturating_sub(END)..);
    let end = end.unwrap_or_default();
    let last = |mark: &[u8]| end.windows(mark.len()).rposition(|window| window == mark);
    // A file that was changed, or is made for the web, has such a mark also further up.
    let mark = last(b"startxref").max(last(b"%%EOF"));
    mark.and_then(|mark| end.get(mark..))
        .is_some_and(|rest| !holds(rest, b" 0 obj") && !holds(rest, b"endobj"))
}

/// The page, the first of which is 1, or only how many there are.
pub(crate) fn worked(bytes: &[u8], number: Option<u32>) -> Result<Page, Failure> {
    if !is_ended(bytes) {
        return Err(Failure::Broken);
    }
    let owned = bytes.to_vec();
    match deadline::within(deadline::DRAWING, move || draw::page(owned, number)) {
        Outcome::Done(page) => page,
        Outcome::Panicked => Err(Failure::Broken),
        Outcome::TooLong => Err(Failure::TooMuch),
    }
}
