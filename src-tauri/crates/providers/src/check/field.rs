//! What is said of any field of a manifest.

use protocol::ManifestReason;

use crate::Error;

/// Parts of names that carry a key, wherever they stand.
const KEY_PARTS: [&str; 9] = [
    "authoriz",
    "authentic",
    "apikey",
    "cookie",
    "credential",
    "password",
    "passwd",
    "secret",
    "token",
];

/// The same as whole words between hyphens, underscores and dots.
const KEY_WORDS: [&str; 2] = ["auth", "key"];

/// Most models, patterns, headers or parameters of one manifest.
pub(super) const MAX_ITEMS: usize = 2_000;

pub(super) fn refuse(field: impl Into<String>, reason: ManifestReason) -> Error {
    Error::Manifest {
        field: field.into(),
        reason,
    }
}

pub(super) fn ensure(
    good: bool,
    field: impl Into<String>,
    reason: ManifestReason,
) -> Result<(), Error> {
    if good {
        Ok(())
    } else {
        Err(refuse(field, reason))
    }
}

/// Checks that a list of so many items holds no more than there may be.
pub(super) fn at_most(limit: usize, count: usize, field: impl Into<String>) -> Result<(), Error> {
    ensure(count <= limit, field, ManifestReason::TooMany { limit })
}

/// Does a field of this name carry a key?
pub(super) fn carries_key(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    KEY_PARTS.iter().any(|part| lower.contains(part))
        || lower
            .split(['-', '_', '.'])
            .any(|word| KEY_WORDS.contains(&word))
}
