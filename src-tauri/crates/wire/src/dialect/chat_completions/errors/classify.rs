//! What an error is, by the table of `table.json` and the rows that a provider adds.
//!
//! The first row whose conditions all hold tells; a condition that is left out holds
//! always. Words that no code can outdo come first, then codes, then other words, then
//! codes that say little, and last the status alone.

use std::sync::LazyLock;

use protocol::ErrorCode;

use super::form::Form;
use super::phrase::{Message, Phrase};
use crate::error::{About, ErrorRow, StatusOf, Statuses};

/// The rows that hold for every provider, each with its source.
const TABLE: &str = include_str!("table.json");

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows: Vec<ErrorRow> = serde_json::from_str(TABLE).unwrap_or_default();
    rows.iter().map(Row::of).collect()
});

/// What is known of an error before it has a class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    /// HTTP status.
    pub status: u16,
    /// Codes, types and reasons, from all over the body.
    pub codes: &'a [String],
    /// The parameter that it names.
    pub parameter: Option<&'a str>,
    /// The provider's words.
    pub message: &'a str,
    /// What kind of body it is.
    pub form: Form,
}

/// What a row says of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub class: ErrorCode,
    pub about: Option<About>,
    /// A code told it, and no parameter that stands beside it tells better.
    pub by_code: bool,
}

/// A row, made ready.
#[derive(Debug)]
struct Row {
    told: Told,
    status: Vec<Statuses>,
    codes: Vec<String>,
    parameters: Vec<String>,
    words: Vec<Phrase>,
    unless: Vec<Phrase>,
    json: Option<bool>,
}

/// What an error is. Within an answer of a good status a code that is a status counts
/// as the status.
pub(super) fn classify(seen: &Seen<'_>, added: &[ErrorRow]) -> Told {
    let status = if seen.status >= 400 {
        seen.status
    } else {
        let inner = seen.codes.iter().find_map(|code| code.parse().ok());
        (inner.filter(|n| (400..=599).contains(n))).unwrap_or(seen.status)
    };
    let message = Message::of(seen.message);
    let codes: Vec<String> = seen.codes.iter().map(|c| c.to_ascii_lowercase()).collect();
    let steps: Vec<&str> = seen.parameter.map(steps).unwrap_or_default();
    let holds = |row: &Row| row.holds(status, &codes, &steps, &message, seen.form);
    let own: Vec<Row> = added.iter().map(Row::of).collect();
    let mut rows = own.iter().chain(ROWS.iter());
    rows.find(|row| holds(row)).map_or(
        Told {
            class: ErrorCode::ProviderDown,
            about: None,
            by_code: false,
        },
        |row| row.told,
    )
}

/// The steps of a path: `messages[0].content[1].image_url`.
fn steps(path: &str) -> Vec<&str> {
    let steps = path.split(['.', '[', ']', '/']);
    steps.filter(|step| !step.is_empty()).collect()
}

impl Row {
    fn of(row: &ErrorRow) -> Self {
        let phrases = |list: &[String]| list.iter().flat_map(|text| Phrase::read(text)).collect();
        let lower = |list: &[String]| list.iter().map(|text| text.to_lowercase()).collect();
        Self {
            told: Told {
                class: row.class,
                about: row.about,
                by_code: !row.code.is_empty(),
            },
            status: row.status.clone(),
            codes: lower(&row.code),
            parameters: lower(&row.parameter),
            words: phrases(&row.words),
            unless: phrases(&row.unless),
            json: row.json,
        }
    }

    fn holds(
        &self,
        status: u16,
        codes: &[String],
        steps: &[&str],
        message: &Message,
        form: Form,
    ) -> bool {
        let any = |phrases: &[Phrase]| phrases.iter().any(|phrase| phrase.is_in(message));
        // A page speaks of itself, whatever words are in it.
        let words = || self.words.is_empty() || form != Form::Page && any(&self.words);
        let code = || {
            codes
                .iter()
                .any(|code| self.codes.iter().any(|known| is(code, known)))
        };
        let step = || {
            let one = |step: &&str| self.parameters.iter().any(|p| step.eq_ignore_ascii_case(p));
            // How closely to look, and the like, is no picture.
            let of_a_picture = !steps
                .last()
                .is_some_and(|last| ["detail", "fps"].contains(last));
            of_a_picture && steps.iter().any(one)
        };
        (self.status.is_empty() || self.status.iter().any(|one| covers(*one, status)))
            && self.json.is_none_or(|json| json == (form == Form::Json))
            && (self.codes.is_empty() || code())
            && (self.parameters.is_empty() || step())
            && words()
            && !any(&self.unless)
    }
}

/// A `*` at either end of what is known stands for anything.
fn is(code: &str, known: &str) -> bool {
    match (known.strip_prefix('*'), known.strip_suffix('*')) {
        (Some(_), Some(_)) => code.contains(known.trim_matches('*')),
        (Some(end), None) => code.ends_with(end),
        (None, Some(start)) => code.starts_with(start),
        (None, None) => code == known,
    }
}

fn covers(statuses: Statuses, status: u16) -> bool {
    match statuses {
        Statuses::One(one) => one == status,
        Statuses::Of(StatusOf::Answered) => status < 400,
        Statuses::Of(StatusOf::Failed) => (500..=599).contains(&status),
        Statuses::Of(StatusOf::Asked) => {
            (400..=499).contains(&status) && ![401, 402, 408, 413, 429, 451].contains(&status)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<ErrorRow> {
        serde_json::from_str(TABLE).unwrap()
    }

    /// A status at which the row holds.
    fn status(row: &ErrorRow) -> u16 {
        match row.status.first() {
            Some(Statuses::One(one)) => *one,
            Some(Statuses::Of(StatusOf::Answered)) => 200,
            Some(Statuses::Of(StatusOf::Failed)) => 500,
            Some(Statuses::Of(StatusOf::Asked)) | None => 400,
        }
    }

    /// Each word of each row tells its class, and no row above hides it.
    #[test]
    fn every_row_of_the_table_tells_its_class() {
        let told = |row: &ErrorRow, code: &str, parameter: Option<&str>, message: &str| {
            let codes: Vec<String> = (!code.is_empty())
                .then(|| code.into())
                .into_iter()
                .collect();
            let form = match row.json {
                Some(false) => Form::Text,
                _ => Form::Json,
            };
            let (status, codes) = (status(row), codes.as_slice());
            classify(
                &Seen {
                    status,
                    codes,
                    parameter,
                    message,
                    form,
                },
                &[],
            )
        };
        let rows = rows();
        assert!(rows.len() > 50, "the table is there");
        for row in &rows {
            assert!(!row.source.is_empty(), "{row:?} has a source");
            assert!(ErrorRow::CLASSES.contains(&row.class), "{row:?}");
            for text in row.words.iter().chain(&row.unless) {
                assert!(
                    ErrorRow::choices(text) <= ErrorRow::MAX_CHOICES,
                    "{text} offers too many choices"
                );
            }
            let known = |list: &[String]| match list {
                [] => vec![String::new()],
                list => list.iter().map(|text| text.replace('*', "x")).collect(),
            };
            let phrases: Vec<String> = match row.words.as_slice() {
                [] => vec![String::new()],
                words => (words.iter().flat_map(|text| Phrase::read(text)))
                    .map(|phrase| phrase.example())
                    .collect(),
            };
            for code in known(&row.code) {
                for parameter in known(&row.parameter) {
                    let path = format!("messages[0].content[1].{parameter}");
                    let parameter = (!parameter.is_empty()).then_some(path.as_str());
                    for message in &phrases {
                        let told = told(row, &code, parameter, message);
                        let is = (told.class, told.about);
                        assert_eq!(is, (row.class, row.about), "{code} {message} of {row:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_row_that_a_provider_adds_comes_first() {
        let row: ErrorRow = serde_json::from_str(
            r#"{"class":"no_balance","status":[429],"code":["E77"],"words":["no * beans"],"unless":["tomorrow"]}"#,
        )
        .unwrap();
        let told = |status, code: &str, message| {
            let codes = [code.to_owned()];
            let seen = Seen {
                status,
                codes: &codes,
                parameter: None,
                message,
                form: Form::Json,
            };
            classify(&seen, std::slice::from_ref(&row)).class
        };
        assert_eq!(told(429, "e77", "No more beans"), ErrorCode::NoBalance);
        assert_eq!(
            told(429, "E77", "no beans until tomorrow"),
            ErrorCode::RateLimit
        );
        assert_eq!(told(429, "E78", "no more beans"), ErrorCode::RateLimit);
        assert_eq!(told(400, "E77", "no more beans"), ErrorCode::BadRequest);
    }
}
