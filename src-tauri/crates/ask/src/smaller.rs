//! A request that was too large, with smaller pictures.

use drawing::{Draw, Limits};
use stores::Blobs;

use crate::payload::{Payload, What};

/// Of a limit that is known, how much is used: what counts bytes may count more.
const OF_THE_LIMIT: f64 = 0.95;

/// Where no limit is known, a body is brought down to this part of what it was.
const OF_THE_BODY: f64 = 0.5;

/// No picture is made smaller than this, in bytes: nothing could be read in it.
const LEAST: u32 = 24 * 1024;

impl Payload {
    /// Makes the pictures of this request smaller, so that its body falls under
    /// `limit`, or to half of what it is where none is known. Answers how many were;
    /// 0 when there is nothing to win. The pictures that are kept stay as they are.
    /// Blocking.
    pub fn smaller(
        &mut self,
        blobs: &dyn Blobs,
        draw: &Draw,
        limits: &Limits,
        limit: Option<u64>,
    ) -> u32 {
        let size = self.size() as f64;
        let goal = match limit {
            Some(limit) if (limit as f64) < size => limit as f64 * OF_THE_LIMIT,
            _ => size * OF_THE_BODY,
        };
        let pictures: f64 = self.all().map(|piece| base64(&piece.what)).sum();
        let ratio = (goal - (size - pictures)) / pictures;
        if pictures <= 0.0 || ratio <= 0.0 {
            return 0;
        }
        let mut count = 0;
        let mut entries = std::mem::take(&mut self.entries);
        for piece in entries.iter_mut().flat_map(|entry| &mut entry.pieces) {
            let What::Picture(picture) = &piece.what else {
                continue;
            };
            // One that is gone or cannot be read is met again where the body is made.
            let Ok(Some((_, bytes))) = self.read(picture, blobs) else {
                continue;
            };
            let budget = Limits {
                // `as` saturates, which is meant.
                out_bytes: ((f64::from(picture.bytes) * ratio) as u32).max(LEAST),
                long_side: (f64::from(picture.width.max(picture.height)) * ratio.sqrt()) as u32,
                ..limits.clone()
            };
            // One that cannot be made smaller goes as it is: the others may do.
            if let Ok(prepared) = draw.prepare(&picture.name, &bytes, &budget)
                && prepared.picture.bytes < picture.bytes
            {
                piece.what = What::Smaller {
                    mime: prepared.picture.mime,
                    bytes: prepared.bytes.into(),
                };
                count += 1;
            }
        }
        self.entries = entries;
        count
    }
}

/// Bytes that a picture takes in the body.
fn base64(what: &What) -> f64 {
    match what {
        What::Picture(picture) => f64::from(picture.bytes.div_ceil(3)) * 4.0,
        _ => 0.0,
    }
}
