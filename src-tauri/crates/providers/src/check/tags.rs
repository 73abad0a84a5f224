//! What a provider adds to the table of the tags that thoughts stand between.

use protocol::{ManifestReason, ThoughtTags};

use super::field::{at_most, ensure};
use crate::Error;

/// Most pairs of one manifest: each is looked for in each answer.
const MAX_ROWS: usize = 20;

pub(super) fn rows(at: &str, rows: &[ThoughtTags]) -> Result<(), Error> {
    at_most(MAX_ROWS, rows.len(), at)?;
    for (place, row) in rows.iter().enumerate() {
        for (name, tag) in [("open", &row.open), ("close", &row.close)] {
            ensure(
                is_tag(tag),
                format!("{at}[{place}].{name}"),
                ManifestReason::Tag,
            )?;
        }
    }
    Ok(())
}

/// Is it nothing that stands in any text by itself?
fn is_tag(tag: &str) -> bool {
    let framed = tag.starts_with(['<', '[']) && tag.chars().any(char::is_alphanumeric);
    framed && (3..=100).contains(&tag.chars().count()) && !tag.contains(char::is_control)
}
