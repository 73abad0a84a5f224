//! How what is kept is named.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// SHA-256 as hex.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
