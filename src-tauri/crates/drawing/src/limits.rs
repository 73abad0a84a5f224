//! What is read, what is decoded, and what is sent.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::mime::Mime;

/// What is read, what is decoded, and what the target takes.
///
/// The defaults fit every provider known: a long side of 2,048 pixels is the
/// most OpenAI looks at, 4 megapixels the most Volcengine Ark does, and
/// Anthropic takes 5 MiB of base64, which is 3.75 MB of file; Ark wants sides
/// over 14 pixels, Qwen a ratio of less than 200.
/// (developers.openai.com/api/docs/guides/images-vision,
/// volcengine.com/docs/82379/1362931,
/// platform.claude.com/docs/en/build-with-claude/vision)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most bytes of a file that are read.
    pub file_bytes: u64,
    /// Most pixels that are decoded.
    pub pixels: u64,
    /// Longest side that is sent, in pixels.
    pub long_side: u32,
    /// Most pixels that are sent.
    pub out_pixels: u32,
    /// Shortest side that is sent, in pixels: a narrower picture is laid in the
    /// middle of white. 0 or 1 for no such limit.
    pub side_min: u32,
    /// Most times the long side may be the short one; a thinner picture is laid in
    /// the middle of white. 0 for no such limit.
    pub ratio_max: u32,
    /// Most bytes that are sent, before base64.
    pub out_bytes: u32,
    /// What the target takes. JPEG is what is left when nothing else fits, so
    /// every target is taken to accept JPEG, PNG, or both; with neither
    /// listed, JPEG is sent.
    pub mimes: Vec<Mime>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 * 1024 * 1024,
            pixels: 100_000_000,
            long_side: 2048,
            out_pixels: 4_000_000,
            side_min: 15,
            ratio_max: 199,
            out_bytes: 3_700_000,
            mimes: vec![Mime::Jpeg, Mime::Png, Mime::Webp, Mime::Gif],
        }
    }
}

/// What is read and decoded, whatever is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// Most bytes of a file that are read.
    pub file_bytes: u64,
    /// Most pixels that are decoded.
    pub pixels: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Limits::default().caps()
    }
}

impl Caps {
    /// Refuses a file without bytes, and one with too many.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`].
    pub fn admit(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let name = name.to_owned();
        if bytes.is_empty() {
            return Err(Error::Empty { name });
        }
        if bytes.len() as u64 > self.file_bytes {
            return Err(Error::TooLarge {
                name,
                bytes: bytes.len() as u64,
                limit: self.file_bytes,
            });
        }
        Ok(())
    }
}

/// More often as long as wide (or as wide as long) than this, and a picture is
/// crushed when it is shrunk to fit.
const LONG: u32 = 3;

/// Is a picture so long that it is better sent in parts?
///
/// It has a ratio of more than 3 to 1, and does not fit as it is.
pub fn is_long(width: u32, height: u32, limits: &Limits) -> bool {
    let (long, short) = (width.max(height), width.min(height));
    u64::from(long) > u64::from(short) * u64::from(LONG)
        && limits.fit(width, height) != (width, height)
}

impl Limits {
    /// The part of the limits that does not depend on the target.
    pub fn caps(&self) -> Caps {
        Caps {
            file_bytes: self.file_bytes,
            pixels: self.pixels,
        }
    }

    /// Does the target take this kind?
    pub fn takes(&self, mime: Mime) -> bool {
        self.mimes.contains(&mime)
    }

    /// The canvas that a picture of `width` × `height` pixels has to be laid on so
    /// that it is neither too narrow nor too thin; its own size where it is not.
    pub fn canvas(&self, width: u32, height: u32) -> (u32, u32) {
        let long = width.max(height).max(self.side_min);
        let thin = long.checked_div(self.ratio_max).map_or(1, |side| {
            // Rounded up, so that the ratio is kept and not just missed.
            if side * self.ratio_max < long {
                side + 1
            } else {
                side
            }
        });
        let least = self.side_min.max(thin).max(1).min(self.long_side.max(1));
        let canvas = (width.max(least), height.max(least));
        // A target that takes hardly any pixels gets them as they are.
        if u64::from(canvas.0) * u64::from(canvas.1) > u64::from(self.out_pixels) {
            return (width, height);
        }
        canvas
    }

    /// The size a picture of `width` × `height` pixels is sent in: the same
    /// shape, no side under one pixel, never larger than it was.
    pub fn fit(&self, width: u32, height: u32) -> (u32, u32) {
        // No JPEG is wider or higher than this.
        let side = f64::from(self.long_side.clamp(1, 65_535));
        let area = f64::from(self.out_pixels.max(1));
        let (w, h) = (f64::from(width), f64::from(height));
        let scale = (side / w.max(h)).min((area / (w * h)).sqrt());
        if scale >= 1.0 {
            return (width, height);
        }
        let round = |v: f64| (v.round() as u32).max(1);
        let (mut fw, mut fh) = (round(w * scale), round(h * scale));
        if u64::from(fw) * u64::from(fh) > u64::from(self.out_pixels) {
            let floor = |v: f64| (v as u32).max(1);
            (fw, fh) = (floor(w * scale), floor(h * scale));
            // Only a side that was held at one pixel leaves the area too large.
            let most = self.out_pixels.max(1);
            (fw, fh) = (fw.min((most / fh).max(1)), fh.min((most / fw).max(1)));
        }
        (fw, fh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_any_shape_and_never_enlarges() {
        let limits = Limits::default();
        assert_eq!(limits.fit(4032, 3024), (2048, 1536));
        assert_eq!(limits.fit(100, 50), (100, 50));
        assert_eq!(limits.fit(65_535, 1), (2048, 1));
        assert_eq!(limits.fit(1, 100_000_000), (1, 2048));
        assert_eq!(limits.fit(2048, 2048), (2000, 2000));
        let tiny = Limits {
            out_pixels: 10,
            ..Limits::default()
        };
        for (w, h) in [(1, 5000), (5000, 1), (77, 33), (u32::MAX, u32::MAX), (3, 4)] {
            let (fw, fh) = tiny.fit(w, h);
            assert!(
                fw >= 1 && fh >= 1 && fw * fh <= 10,
                "{w}x{h} became {fw}x{fh}"
            );
        }
        let none = Limits {
            out_pixels: 0,
            long_side: 0,
            ..Limits::default()
        };
        assert_eq!(none.fit(9, 9), (1, 1));
    }
}
