//! Kinds of files, and what is said of them.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::mime::Mime;

/// A kind of file that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
    /// Windows icon.
    Ico,
    /// AVIF.
    Avif,
    /// HEIC.
    Heif,
    /// SVG.
    Svg,
    /// PDF.
    Pdf,
}

/// The name of a [`Format`].
pub type FormatName = &'static str;

impl Format {
    /// Each of them.
    pub(super) const ALL: [Self; 11] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Gif,
        Self::Bmp,
        Self::Tiff,
        Self::Ico,
        Self::Avif,
        Self::Heif,
        Self::Svg,
        Self::Pdf,
    ];

    /// What people call it.
    pub fn name(self) -> FormatName {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Ico => "ICO",
            Self::Avif => "AVIF",
            Self::Heif => "HEIC",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
        }
    }

    /// What it is sent as; `None` where no target takes the format as it is.
    pub fn mime(self) -> Option<Mime> {
        match self {
            Self::Jpeg => Some(Mime::Jpeg),
            Self::Png => Some(Mime::Png),
            Self::Webp => Some(Mime::Webp),
            Self::Gif => Some(Mime::Gif),
            _ => None,
        }
    }
}

/// Reads a format's name back.
pub(crate) fn named<'de, D: Deserializer<'de>>(from: D) -> Result<FormatName, D::Error> {
    let text = String::deserialize(from)?;
    let mut known = Format::ALL.iter().map(|format| format.name());
    let known = known.find(|name| *name == text);
    known.ok_or_else(|| de::Error::custom("no format is called so"))
}

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    /// Is read.
    Known(Format),
    /// A picture, but not one that is read: its kind, and what to do.
    Unsupported(&'static str, &'static str),
    /// No picture, but something else that is known.
    Other(Other),
    /// Nothing that is known.
    Unknown,
}

/// What helps against a kind that is not read.
pub const SAVE: &str = "Open it in an image viewer, save it as PNG or JPEG, and attach that.";
pub(super) const PAGE: &str =
    "Save the page you ask about as PNG, or take a screenshot of it, and attach that.";

/// Something that is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    /// HTML: an error page, or what a link led to.
    WebPage,
    /// MP4, MOV, AVI, WebM and so on.
    Video,
    /// MP3, WAV and so on.
    Sound,
    /// Word, Excel, PowerPoint, OpenDocument, RTF, e-books.
    Document,
    /// ZIP, gzip and so on.
    Archive,
    /// Words or data: plain text, JSON, XML.
    Text,
    /// A program.
    Program,
    /// A font.
    Font,
}

impl Other {
    /// What it is, as the page is told.
    pub fn id(self) -> &'static str {
        match self {
            Self::WebPage => "web_page",
            Self::Video => "video",
            Self::Sound => "sound",
            Self::Document => "document",
            Self::Archive => "archive",
            Self::Text => "text",
            Self::Program => "program",
            Self::Font => "font",
        }
    }

    /// What it is, with its article.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebPage => "a web page",
            Self::Video => "a video",
            Self::Sound => "a sound file",
            Self::Document => "an office document",
            Self::Archive => "an archive",
            Self::Text => "a text file",
            Self::Program => "a program",
            Self::Font => "a font",
        }
    }

    /// What to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::WebPage => {
                "What it was downloaded from gave a page instead: open the address in a browser, \
                 save the picture itself, and attach that; or take a screenshot of the page."
            }
            Self::Video => "Save a frame of it as PNG or JPEG, and attach that.",
            Self::Document => "Save it as PDF, or take a screenshot of it, and attach that.",
            Self::Archive => "Unpack it, and attach the pictures in it.",
            Self::Text => "Copy its text into the question.",
            Self::Sound | Self::Program | Self::Font => "Attach a JPEG, PNG, WebP or PDF file.",
        }
    }
}
