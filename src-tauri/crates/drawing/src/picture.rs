//! What is made of a file. Bytes of pictures cross beside what is said of them.

use protocol::{Done, Picture};
use serde::{Deserialize, Serialize};

use crate::colour;
use crate::format::{FormatName, named};
use crate::mime::Mime;

/// A picture that can be kept and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The bytes that are sent.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// What the page is told of them.
    pub picture: Picture,
}

/// A picture as it is kept: all of its pixels, nothing private.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Master {
    /// JPEG, PNG, WebP or GIF.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes, hex.
    pub hash: String,
    /// What the bytes are.
    pub mime: Mime,
    /// Width upright, in pixels.
    pub width: u32,
    /// Height upright, in pixels.
    pub height: u32,
    /// Bytes of what was given.
    pub original_bytes: u64,
    /// What was done to it, in the order done.
    pub done: Vec<Done>,
}

/// A small picture to be shown while the true one is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// JPEG; what is transparent is laid on a ground.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// What the bytes are.
    pub mime: Mime,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Width of the whole, upright.
    pub original_width: u32,
    /// Height of the whole, upright.
    pub original_height: u32,
}

/// What a file becomes when it is attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// What is kept of it.
    pub master: Master,
    /// What is sent of that.
    pub prepared: Prepared,
}

/// A part of a long picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// The part of the whole that it shows, upright, in pixels of the master.
    pub place: Rect,
    /// What is sent.
    pub prepared: Prepared,
}

/// A picture by what its file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// Width upright, in pixels.
    pub width: u32,
    /// Height upright, in pixels.
    pub height: u32,
    /// Pixels that are decoded to see it.
    pub pixels: u64,
    /// It lies as it was taken, and its file says how to turn it.
    pub turned: bool,
}

/// A part of a picture, in pixels of the upright master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Rect {
    /// A part by its corner and its size.
    pub fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// All of a picture.
    pub fn whole(width: u32, height: u32) -> Self {
        Self::new(0, 0, width, height)
    }

    /// What of it lies within a picture; `None` when nothing does.
    pub fn within(self, width: u32, height: u32) -> Option<Self> {
        let (x, y) = (self.x.min(width), self.y.min(height));
        let part = Self::new(x, y, self.width.min(width - x), self.height.min(height - y));
        (part.width > 0 && part.height > 0).then_some(part)
    }
}

/// Something drawn onto a picture, in pixels of the upright master.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Mark {
    /// A line with a head at its end.
    Arrow {
        /// Where it begins.
        from: (f32, f32),
        /// Where it points.
        to: (f32, f32),
        /// Width of the line.
        thickness: f32,
        /// sRGB.
        colour: [u8; 3],
    },
    /// A frame.
    Box {
        /// The outer edge.
        rect: Rect,
        /// Width of the line, drawn inwards.
        thickness: f32,
        /// sRGB.
        colour: [u8; 3],
    },
    /// Makes a part unreadable: all that is left is a few blurred colours.
    Blur {
        /// The part.
        rect: Rect,
    },
    /// Makes a part unreadable: all that is left is a few squares.
    Pixelate {
        /// The part.
        rect: Rect,
    },
}

/// What can be measured in a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// `JPEG`, `PNG`, `WebP`, `GIF` and so on.
    #[serde(deserialize_with = "named")]
    pub format: FormatName,
    /// Width in pixels, as stored.
    pub width: u32,
    /// Height in pixels, as stored.
    pub height: u32,
    /// Bytes of the file.
    pub bytes: u64,
    /// Up to five colours, the one that covers most first.
    pub dominant: Vec<Colour>,
    /// Variance of the Laplacian of the brightness (0 to 255) at a long side of
    /// at most 512 pixels; under about 100 a photo looks soft, 0 is a flat area.
    pub sharpness: f32,
    /// Mean brightness: 0 is black, 1 is white.
    pub brightness: f32,
    /// Some pixel is transparent.
    pub alpha: bool,
    /// Carries EXIF, XMP, comments or the like.
    pub metadata: bool,
    /// Has no colour but greys.
    pub grey: bool,
}

/// The name of a colour, in one language.
pub type ColourName = &'static str;

/// A colour, how much it covers, and its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Share", into = "Share")]
pub struct Colour {
    /// Red, sRGB.
    pub r: u8,
    /// Green, sRGB.
    pub g: u8,
    /// Blue, sRGB.
    pub b: u8,
    /// Part of the picture that it and its close neighbours cover, 0 to 1.
    pub share: f32,
    /// Its name in English.
    pub name_en: ColourName,
    /// Its name in Chinese.
    pub name_zh: ColourName,
}

impl Colour {
    /// A colour that covers such a part, by its nearest name.
    pub fn new([r, g, b]: [u8; 3], share: f32) -> Self {
        let (name_en, name_zh) = colour::name([r, g, b]);
        Self {
            r,
            g,
            b,
            share,
            name_en,
            name_zh,
        }
    }
}

/// A colour as it crosses: whoever gets it names it.
#[derive(Serialize, Deserialize)]
struct Share {
    rgb: [u8; 3],
    share: f32,
}

impl From<Share> for Colour {
    fn from(Share { rgb, share }: Share) -> Self {
        Self::new(rgb, share)
    }
}

impl From<Colour> for Share {
    fn from(colour: Colour) -> Self {
        Self {
            rgb: [colour.r, colour.g, colour.b],
            share: colour.share,
        }
    }
}
