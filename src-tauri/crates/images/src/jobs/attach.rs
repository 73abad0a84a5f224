//! A file that is attached: a small picture, what is kept of it, and what is sent.

use drawing::{Attached, Caps, Error, Limits, Master, Prepared, Thumbnail};

use super::master::{master, master_copy};
use super::prepare::prepare;
use super::thumbnail::thumbnail;

/// What is made of a file that is attached; the small picture of at most `side` pixels
/// a side goes to `small` as soon as it is there, where it can be made.
///
/// Where the master is a copy, making the rendition of that proves it whole, and
/// nothing is decoded twice. `side_by_side` makes that on a thread of its own.
///
/// # Errors
/// As [`prepare`].
pub fn attach(
    name: &str,
    bytes: &[u8],
    (side, caps, limits): (u32, &Caps, &Limits),
    side_by_side: bool,
    small: &mut dyn FnMut(Thumbnail),
) -> Result<Attached, Error> {
    let copy = master_copy(name, bytes, caps)?;
    let mut shown = false;
    let mut show = || {
        if !std::mem::replace(&mut shown, true)
            && let Ok(thumbnail) = thumbnail(name, bytes, side, caps)
        {
            small(thumbnail);
        }
    };
    if let Some(copy) = copy {
        let fit = || prepare(name, &copy.bytes, limits);
        let (prepared, ()) = both(side_by_side, fit, &mut show);
        if let Ok(prepared) = prepared {
            return Ok(Attached {
                master: copy,
                prepared,
            });
        }
    }
    // What is wrong with the picture, this says.
    let fit = || prepare(name, bytes, limits);
    let keep = || {
        show();
        master(name, bytes, caps)
    };
    let (prepared, master): (Result<Prepared, _>, Result<Master, _>) =
        both(side_by_side, fit, keep);
    Ok(Attached {
        master: master?,
        prepared: prepared?,
    })
}

/// Does both, the first on a thread of its own where that is wanted.
fn both<A: Send, B>(
    side_by_side: bool,
    first: impl Fn() -> A + Sync,
    second: impl FnOnce() -> B,
) -> (A, B) {
    if !side_by_side {
        let second = second();
        return (first(), second);
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(&first);
        let second = second();
        // It never panics: decoders' panics are caught.
        (other.join().unwrap_or_else(|_| first()), second)
    })
}
