//! Names of kinds that are English phrases, for a page in another language.

use super::kind::Format;

/// What a name says that is more than a name; the page words it by [`Phrase::id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase<'a> {
    /// The raw file of some camera.
    Raw,
    /// The raw file of a camera of this maker.
    RawOf(&'a str),
    /// An animated cursor.
    Cursor,
    /// A coding that is not read within this format.
    CodingOf(&'a str),
}

impl<'a> Phrase<'a> {
    /// What the name of a kind says; `None` where it is a name in every language, such
    /// as `JPEG XL`.
    pub fn of(name: &'a str) -> Option<Self> {
        if name.starts_with(RAW) {
            return Some(Self::Raw);
        }
        if let Some(maker) = name.strip_suffix(" raw") {
            return Some(Self::RawOf(maker));
        }
        if name == CURSOR {
            return Some(Self::Cursor);
        }
        // Names are written with capitals.
        let is_phrase = name
            .split(' ')
            .any(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
        let container = name
            .split(' ')
            .find(|word| *word == "HEIF" || Format::ALL.iter().any(|one| one.name() == *word));
        container.filter(|_| is_phrase).map(Self::CodingOf)
    }

    /// As the page is told.
    pub fn id(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::RawOf(_) => "raw_of",
            Self::Cursor => "cursor",
            Self::CodingOf(_) => "coding_of",
        }
    }

    /// The maker or the format that it names.
    pub fn whose(self) -> Option<&'a str> {
        match self {
            Self::Raw | Self::Cursor => None,
            Self::RawOf(whose) | Self::CodingOf(whose) => Some(whose),
        }
    }
}

/// What the raw file of a camera is called whose maker is not known.
pub(super) const RAW: &str = "camera raw";

/// What an animated cursor is called.
pub(super) const CURSOR: &str = "animated cursor";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{in_heif, in_tiff};
    use crate::format::{camera, others};

    #[test]
    fn a_name_in_words_is_a_phrase_that_the_page_has_words_for() {
        let codings = [in_tiff(0), in_tiff(10), in_heif(*b"tmap"), "lossless JPEG"];
        for name in codings {
            assert!(
                matches!(Phrase::of(name), Some(Phrase::CodingOf(_))),
                "{name}"
            );
        }
        assert_eq!(
            Phrase::of("TIFF with JPEG XL"),
            Some(Phrase::CodingOf("TIFF"))
        );
        assert_eq!(Phrase::of("camera raw (DNG)"), Some(Phrase::Raw));
        assert_eq!(Phrase::of("camera raw in TIFF"), Some(Phrase::Raw));
        assert_eq!(
            Phrase::of("Phase One raw"),
            Some(Phrase::RawOf("Phase One"))
        );
        assert_eq!(Phrase::of("JPEG XL"), None);
        for name in camera::names().chain([CURSOR]) {
            assert!(Phrase::of(name).is_some(), "{name}");
        }
        let plain = others::names().chain(Format::ALL.iter().map(|one| one.name()));
        for name in plain {
            assert_eq!(Phrase::of(name), None, "{name}");
            let in_words = name
                .split(' ')
                .any(|word| word.chars().all(|c| c.is_ascii_lowercase()));
            assert!(!in_words, "{name} has no words in other languages");
        }
    }
}
