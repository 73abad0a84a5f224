//! What a process says of a picture is believed as far as it can be seen from here:
//! a file may have taken it over.

use crate::format::{Format, Sniffed, sniff};
use crate::hash::hash;
use crate::job::Made;
use crate::mime::Mime;
use crate::picture::{Master, Prepared};

/// Are the bytes what is said of them? By what they are kept is worked out anew, and
/// what a picture is called is what the file is.
pub(crate) fn holds(made: &mut Made, name: &str, bytes: &[u8]) -> bool {
    match made {
        Made::Attached(attached) => {
            master(&mut attached.master, bytes) && prepared(&mut attached.prepared, name)
        }
        Made::Prepared(one) => prepared(one, name),
        Made::Tiles(tiles) => tiles
            .iter_mut()
            .all(|tile| prepared(&mut tile.prepared, name)),
        Made::Master(one) => one.as_mut().is_none_or(|one| master(one, bytes)),
        Made::Thumbnail(thumbnail) => is(&thumbnail.bytes, thumbnail.mime.as_str()),
        Made::Page { png } => is(png, Mime::Png.as_str()),
        Made::Outline(_) | Made::Pages(_) | Made::Measured(_) => true,
    }
}

fn prepared(prepared: &mut Prepared, name: &str) -> bool {
    let Prepared { bytes, picture } = prepared;
    picture.hash = hash(bytes);
    picture.name = name.to_owned();
    picture.bytes = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    is(bytes, &picture.mime)
}

fn master(master: &mut Master, bytes: &[u8]) -> bool {
    master.hash = hash(&master.bytes);
    master.original_bytes = bytes.len() as u64;
    is(&master.bytes, master.mime.as_str())
}

fn is(bytes: &[u8], mime: &str) -> bool {
    let known = match sniff(bytes) {
        Sniffed::Known(format) => Format::mime(format),
        _ => None,
    };
    known.is_some_and(|known| known.as_str() == mime)
}
