//! What is found: a formula and its place.

/// Most bytes of a formula between lines of its own.
pub(super) const LONGEST: usize = 8 << 10;
/// The same of one within a sentence that goes on in the next line.
pub(super) const LONGEST_WITHIN: usize = 2 << 10;

/// Bytes of a delimiter whose backslash came doubled.
pub(crate) const DOUBLED: usize = 3;

/// How a formula is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Within a line.
    Inline,
    /// In lines of its own.
    Display,
    /// As its source: it is not closed yet.
    Open,
}

/// A formula, in bytes of the text.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// How many bytes of it are delimiters, at the start and at the end.
    pub(crate) marks: (usize, usize),
    pub(crate) form: Form,
    /// In so many quotes, whose marks stand before its lines.
    pub(crate) quotes: usize,
}

impl Span {
    /// True where it is shown in lines of its own.
    pub(crate) fn is_display(&self) -> bool {
        self.form == Form::Display
    }
}

/// How many times a text begins with a byte.
pub(super) fn run(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|byte| *byte == mark).count()
}
