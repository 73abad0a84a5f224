use serde::Serialize;
use ts_rs::TS;

/// Why a provider file is refused, worded to follow the name of its field. Its tag and
/// its facts, each as text, are `args` of [`ErrorCode::Manifest`](crate::ErrorCode).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[serde(tag = "why", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ManifestReason {
    // JSON.
    /// No JSON, or not all of it.
    #[error("cannot be read: {words} (line {line}, column {column})")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// In the reader's words.
        words: String,
    },
    /// Something follows the object.
    #[error("holds more than one JSON object (line {line})")]
    MoreThanOne {
        /// Line of what follows.
        line: usize,
    },
    /// A field that has to be there.
    #[error("is missing (line {line}, column {column})")]
    Missing {
        /// Line where it is looked for.
        line: usize,
        /// Column of the same.
        column: usize,
    },
    /// A field of a name that there is none of.
    #[error("cannot be read: {words} (line {line}, column {column})")]
    UnknownField {
        /// Its name.
        name: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// In the reader's words.
        words: String,
    },
    /// A value other than those that there are.
    #[error("cannot be read: {words} (line {line}, column {column})")]
    UnknownValue {
        /// The value.
        value: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// In the reader's words.
        words: String,
    },
    /// A value of another type.
    #[error("cannot be read: {words} (line {line}, column {column})")]
    WrongType {
        /// What it has to be, as JSON calls it: `string`, `integer`, `array` and so on.
        expected: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// In the reader's words.
        words: String,
    },
    /// A value that does not do, for a reason that only the reader's words tell.
    #[error("cannot be read: {words} (line {line}, column {column})")]
    Unfit {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// In the reader's words.
        words: String,
    },

    // Any field.
    /// It holds nothing.
    #[error("is empty; leave it out where unknown")]
    Empty,
    /// Text of a length on one line.
    #[error("takes 1 to {most} characters on one line")]
    OneLine {
        /// Most characters.
        most: usize,
    },
    /// The same, counted in bytes.
    #[error("takes 1 to {most} bytes on one line")]
    OneLineBytes {
        /// Most bytes.
        most: usize,
    },
    /// The same, with something in it that can be found.
    #[error("takes 1 to {most} bytes on one line, a letter or digit among them")]
    Phrase {
        /// Most bytes.
        most: usize,
    },
    /// It has to have a form.
    #[error("is not {what}, such as {example}")]
    Form {
        /// What it has to be.
        what: &'static str,
        /// One that would do.
        example: &'static str,
    },
    /// No tag that thoughts stand between.
    #[error("is not a tag of 3 to 100 characters that begins with < or [, such as <thinking>")]
    Tag,
    /// More items than there may be.
    #[error("holds more than {limit} items")]
    TooMany {
        /// Most items.
        limit: usize,
    },
    /// Words with more choices than are looked for.
    #[error("offers more than {limit} choices")]
    TooManyChoices {
        /// Most choices.
        limit: usize,
    },
    /// The same a second time.
    #[error("repeats {value}")]
    Repeats {
        /// What is repeated.
        value: String,
    },
    /// A number that is too small.
    #[error("must be at least {least}")]
    AtLeast {
        /// The least that there may be.
        least: u32,
    },
    /// A number of nothing, or less.
    #[error("must be over 0")]
    Positive,
    /// A least value over the greatest.
    #[error("is over {other}")]
    Over {
        /// Name of the field with the greatest.
        other: &'static str,
    },
    /// A default outside of its own range.
    #[error("{words}: outside of its own range")]
    OutOfRange {
        /// What it is, and what it takes.
        words: String,
    },

    // What it may not say.
    /// Only a person allows a private address.
    #[error("is for a person to choose, in Settings; take it out")]
    Personal,
    /// The id or the field of a provider that comes with the app.
    #[error("is built in and cannot be changed")]
    BuiltIn,
    /// A provider that is a file of its own, and is edited there.
    #[error("is in a plugin file; edit that")]
    InFile,
    /// An id of another shape.
    #[error("takes 1 to 64 lower-case letters, digits and hyphens, a letter or digit first")]
    IdForm,
    /// An id of a built-in provider.
    #[error("is {id}, that of a built-in provider; choose another")]
    IdBuiltIn {
        /// The id.
        id: String,
    },
    /// An id that another provider has.
    #[error("is {id}, which another provider has; choose another")]
    IdTaken {
        /// The id.
        id: String,
    },
    /// An id that another file has.
    #[error("is {id}, which {first} has; choose another, or remove a file")]
    IdInFile {
        /// The id.
        id: String,
        /// Name of the other file.
        first: String,
    },
    /// An id that was another.
    #[error("is {id}, but was {was}; keep it, or save a copy")]
    IdChanged {
        /// The id.
        id: String,
        /// What it was.
        was: String,
    },
    /// A character that is not shown.
    #[error("holds a character that cannot be seen ({character}); take it out")]
    Invisible {
        /// Its code, such as `U+200B`.
        character: String,
    },
    /// A name that reads like that of a built-in provider.
    #[error(
        "reads like {name}, which comes with the app{}; choose another",
        at(origin)
    )]
    Posing {
        /// Whose name it reads like.
        name: String,
        /// The only address with that name; empty where there is none.
        origin: String,
    },
    /// A field or header that the app sets.
    #[error("is set by the app; take it out, or choose another")]
    SetByApp,
    /// A field or header that would carry a key.
    #[error("would carry a key, and files are shared; take it out and enter the key in Settings")]
    CarriesKey,
    /// A header that may carry no key.
    #[error(
        "has another meaning, and is repeated or logged on the way; the key goes into another header"
    )]
    NotForKeys,
    /// A header with a value that none takes.
    #[error("has a value with characters that no HTTP header takes")]
    HeaderValue,
    /// A row of the table of errors without a condition.
    #[error("fits every error; give it a status, code, param or words")]
    FitsAll,

    // Addresses.
    /// No address at all.
    #[error("is empty; only Demo needs none")]
    NoAddress,
    /// An address that cannot be used.
    #[error("cannot be used: {words}")]
    Address {
        /// The name of the reason, as of [`ErrorCode::BaseUrl`](crate::ErrorCode).
        refusal: &'static str,
        /// The address.
        url: String,
        /// The reason in words.
        words: String,
    },
    /// An address that parsing would change.
    #[error("must be written as {url}")]
    WrittenAs {
        /// How it has to be written.
        url: String,
    },

    // The file itself.
    /// A link to a file.
    #[error("is a link; put the file itself here")]
    FileLink,
    /// A folder, a device or a pipe.
    #[error("is not a regular file")]
    NoFile,
    /// More bytes than are read.
    #[error("is larger than {limit}")]
    FileSize {
        /// Most that is read, with its unit.
        limit: &'static str,
    },
    /// No text.
    #[error("is not UTF-8 text")]
    NotText,
    /// The system does not let it be read.
    #[error("cannot be read: {error}")]
    NotRead {
        /// In the system's words.
        error: String,
    },
    /// The system does not let it be written.
    #[error("cannot be written: {error}")]
    NotWritten {
        /// In the system's words.
        error: String,
    },
    /// The system does not let it be removed.
    #[error("cannot be removed: {error}")]
    NotRemoved {
        /// In the system's words.
        error: String,
    },
}

fn at(origin: &str) -> String {
    match origin {
        "" => String::new(),
        origin => format!(" and is at {origin}"),
    }
}
