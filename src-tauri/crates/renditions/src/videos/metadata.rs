//! What a video says beside what it shows: where, when and with what it was taken. It
//! is overwritten where it stands, so that nothing else of the file moves.
//!
//! Nothing is decoded here: sizes and names are read, and bytes become zeros. Every
//! place is checked against the file, each step goes forward, and all of what is
//! written is bounded.

use protocol::VideoMetadata;

mod file;
mod iso;
mod matroska;
mod riff;
mod samples;

use file::File;

/// Takes it out of a whole file. Of one that cannot be read to its end some may stay,
/// which is said.
pub fn take_out(bytes: &mut [u8]) -> VideoMetadata {
    let mut file = File::new(bytes);
    let read = match file.bytes {
        [0x1a, 0x45, 0xdf, 0xa3, ..] => matroska::take_out(&mut file),
        [b'R', b'I', b'F', b'F', ..] => riff::take_out(&mut file),
        _ => iso::take_out(&mut file),
    };
    match (read, file.changed) {
        (None, _) => VideoMetadata::Stays,
        (Some(()), true) => VideoMetadata::Removed,
        (Some(()), false) => VideoMetadata::None,
    }
}

#[cfg(test)]
#[path = "metadata_tests.rs"]
mod tests;
