//! What a provider adds to the table of errors.

use protocol::{ErrorRow, ManifestReason, Statuses};

use super::field::{at_most, ensure};
use crate::Error;

/// Most rows of one manifest, and most items of one list of a row.
const MAX_ROWS: usize = 200;

/// Most phrases of one manifest, each choice of each text counted: all are looked for in
/// each error.
const MAX_PHRASES: usize = 10_000;

pub(super) fn rows(at: &str, rows: &[ErrorRow]) -> Result<(), Error> {
    at_most(MAX_ROWS, rows.len(), at)?;
    for (place, row) in rows.iter().enumerate() {
        one(&format!("{at}[{place}]"), row)?;
    }
    let texts = rows
        .iter()
        .flat_map(|row| row.words.iter().chain(&row.unless));
    let phrases: usize = texts.map(|text| ErrorRow::choices(text)).sum();
    ensure(
        phrases <= MAX_PHRASES,
        at,
        ManifestReason::TooManyChoices { limit: MAX_PHRASES },
    )
}

fn one(at: &str, row: &ErrorRow) -> Result<(), Error> {
    ensure(
        ErrorRow::CLASSES.contains(&row.class),
        format!("{at}.class"),
        ManifestReason::Form {
            what: "anything that a provider tells",
            example: "rate_limit",
        },
    )?;
    for (place, status) in row.status.iter().enumerate() {
        if let Statuses::One(status) = status {
            ensure(
                (100..=999).contains(status),
                format!("{at}.status[{place}]"),
                ManifestReason::Form {
                    what: "an HTTP status",
                    example: "429",
                },
            )?;
        }
    }
    let lists = [
        ("code", &row.code),
        ("param", &row.parameter),
        ("words", &row.words),
        ("unless", &row.unless),
    ];
    for (name, list) in lists {
        let field = format!("{at}.{name}");
        at_most(MAX_ROWS, list.len(), &field)?;
        for (place, text) in list.iter().enumerate() {
            let shown = text.chars().any(char::is_alphanumeric);
            let good = shown && text.len() <= 200 && !text.contains(char::is_control);
            ensure(
                good,
                format!("{field}[{place}]"),
                ManifestReason::Phrase { most: 200 },
            )?;
            ensure(
                !["words", "unless"].contains(&name)
                    || ErrorRow::choices(text) <= ErrorRow::MAX_CHOICES,
                format!("{field}[{place}]"),
                ManifestReason::TooManyChoices {
                    limit: ErrorRow::MAX_CHOICES,
                },
            )?;
        }
    }
    // One that only says what does not stand there would explain nearly every error.
    let named = [&row.code, &row.parameter, &row.words];
    ensure(
        !row.status.is_empty() || named.iter().any(|list| !list.is_empty()),
        at,
        ManifestReason::FitsAll,
    )
}
