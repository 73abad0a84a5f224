//! How large these files are, and what fills them.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

/// Width and height: just under 100 megapixels.
pub const SIDE: u32 = 10_000;

/// As many zeros, packed.
pub fn zeros(mut count: u64) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let part = vec![0; 1 << 20];
    while count > 0 {
        let length = count.min(1 << 20);
        encoder.write_all(part.get(..length as usize)?).ok()?;
        count -= length;
    }
    encoder.finish().ok()
}
