//! What a provider plugin may add to the tables of the wire. Not for the page.

use serde::{Deserialize, Serialize};

use crate::ErrorCode;

/// What a provider adds to the tables of the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// What its errors mean.
    pub errors: Vec<ErrorRow>,
    /// Between which tags its models write their thoughts.
    pub thoughts: Vec<ThoughtTags>,
}

/// Tags between which thoughts stand in the text of an answer. They count where they
/// lead it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThoughtTags {
    /// What stands before the thoughts, such as `<thinking>`.
    pub open: String,
    /// What stands after them.
    pub close: String,
    /// Where it is known from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

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

impl ErrorRow {
    /// Most phrases that one text of `words` or `unless` stands for.
    pub const MAX_CHOICES: usize = 256;

    /// What a row may tell: what a provider says of a request.
    pub const CLASSES: [ErrorCode; 13] = [
        ErrorCode::KeyRefused,
        ErrorCode::NoBalance,
        ErrorCode::ModelNotFound,
        ErrorCode::RateLimit,
        ErrorCode::TooLong,
        ErrorCode::TooLarge,
        ErrorCode::PictureRefused,
        ErrorCode::Moderated,
        ErrorCode::ParameterRefused,
        ErrorCode::BadRequest,
        ErrorCode::Forbidden,
        ErrorCode::ProviderDown,
        ErrorCode::NotAnApi,
    ];

    /// How many phrases a text stands for: `a (b|c)` for two. Where there are very many,
    /// some other great number.
    pub fn choices(text: &str) -> usize {
        // Of each group that is open, how many each of its choices stands for.
        let mut open: Vec<Vec<usize>> = vec![vec![1]];
        let times = |open: &mut Vec<Vec<usize>>, by: usize| {
            if let Some(last) = open.last_mut().and_then(|group| group.last_mut()) {
                *last = last.saturating_mul(by);
            }
        };
        for c in text.chars() {
            match c {
                '(' => open.push(vec![1]),
                '|' if open.len() > 1 => {
                    open.last_mut().into_iter().for_each(|group| group.push(1));
                }
                ')' if open.len() > 1 => {
                    let group = open.pop().unwrap_or_default();
                    times(
                        &mut open,
                        group.iter().fold(0, |all, one| all.saturating_add(*one)),
                    );
                }
                _ => {}
            }
        }
        // A group that does not close is none: its bars are letters.
        let rest = open.iter().flatten();
        rest.fold(1, |all, one| all.saturating_mul(*one))
    }
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
    /// Two messages of one role stand in a row.
    AlternatingRoles,
    /// The model wants the reasoning of its answers back.
    ReasoningContent,
    /// The account has to switch the model on first.
    NotActivated,
}

impl About {
    /// Its name, as an error tells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blind => "blind",
            Self::Number => "number",
            Self::SystemRole => "system_role",
            Self::AlternatingRoles => "alternating_roles",
            Self::ReasoningContent => "reasoning_content",
            Self::NotActivated => "not_activated",
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

#[cfg(test)]
mod tests {
    use super::ErrorRow;

    #[test]
    fn choices_are_counted() {
        for (text, count) in [
            ("a", 1),
            ("a (b|c)", 2),
            ("(a|b|)(c|d)", 6),
            ("(a|b (c|d)) (e)", 3),
            ("url ( * (a|b", 1),
            ("a) (b|c)", 2),
            ("((a|b)(c|d) e", 4),
            ("(a|b)(c|d|(e|f)", 2 * 2),
        ] {
            assert_eq!(ErrorRow::choices(text), count, "{text}");
        }
        assert_eq!(ErrorRow::choices(&"(a|b)".repeat(70)), usize::MAX);
    }
}
