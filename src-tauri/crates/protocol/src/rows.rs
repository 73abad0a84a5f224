//! Rows of the table of errors. Not for the page: the wire has its own, and a provider
//! plugin may add some.

use serde::{Deserialize, Serialize};

use crate::ErrorCode;

/// What an error of a provider looks like, and what it means. All that a row names
/// must hold; of a list one is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRow {
    /// What it means.
    pub class: ErrorCode,
    /// What it is about, where the class leaves that open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// HTTP status; any where there is none. A code within an answer of a good status
    /// that is a status number counts as one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<Statuses>,
    /// Codes, types and reasons anywhere in the body, letter case aside. A `*` at an
    /// end stands for anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code: Vec<String>,
    /// The parameter that the error names, or a step of its path.
    #[serde(default, rename = "param", skip_serializing_if = "Vec::is_empty")]
    pub parameter: Vec<String>,
    /// Words of the message, letter case aside: `*` stands for a few words of the same
    /// sentence, `(a|b)` for either, `^` and `$` for where the message begins and ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Words that must not stand in the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// Whether the body is JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<bool>,
    /// Where it is known from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// What an error is about, where its class leaves that open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The model takes no pictures at all.
    Blind,
    /// There are too many pictures.
    Number,
    /// The model takes no instructions of the system.
    SystemRole,
}

impl About {
    /// Its name, as an error tells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blind => "blind",
            Self::Number => "number",
            Self::SystemRole => "system_role",
        }
    }
}

/// One status, or many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Statuses {
    /// This one.
    One(u16),
    /// All of a kind.
    Of(StatusOf),
}

/// Statuses of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatusOf {
    /// Below 400: an error within an answer.
    #[serde(rename = "answered")]
    Answered,
    /// Those from 400 on that are about what was asked: not 401, 402, 408, 413, 429
    /// and 451.
    #[serde(rename = "asked")]
    Asked,
    /// From 500 on.
    #[serde(rename = "5xx")]
    Failed,
}
