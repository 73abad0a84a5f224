//! What is signed: the first line is an Ed25519 signature in base64, of all that follows.

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// A version, as numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number([u32; 3]);

impl Number {
    /// Reads `1.2.3`, and nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut part = || parts.next()?.parse().ok();
        let number = Self([part()?, part()?, part()?]);
        parts.next().is_none().then_some(number)
    }
}

/// Which version is the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub version: String,
    pub number: Number,
    /// Its page, `https`.
    pub page: String,
    /// When it was signed, in seconds since 1970.
    pub issued: i64,
    /// What each platform downloads, as Tauri's updater reads it.
    pub release: Option<Value>,
}

/// Why one is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No signature, or not of these bytes by this key.
    Unsigned,
    /// Signed, and still nothing that can be read.
    Malformed,
    /// It was good until before now.
    Expired,
    /// A newer one was seen before.
    Older,
}

/// As it is written.
#[derive(Deserialize)]
struct Written {
    version: String,
    page: String,
    issued: i64,
    expires: i64,
    #[serde(default)]
    release: Option<Value>,
}

/// Reads what was fetched; `seen` is when the newest that was believed had been issued.
pub(crate) fn read(bytes: &[u8], key: &[u8], now: i64, seen: i64) -> Result<Manifest, Refused> {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (line, rest) = bytes
        .split_at_checked(end.ok_or(Refused::Unsigned)?)
        .ok_or(Refused::Unsigned)?;
    let signed = rest.get(1..).unwrap_or_default();
    let signature = BASE64_STANDARD.decode(line.trim_ascii());
    let signature = signature.map_err(|_| Refused::Unsigned)?;
    UnparsedPublicKey::new(&ED25519, key)
        .verify(signed, &signature)
        .map_err(|_| Refused::Unsigned)?;
    let Written {
        version,
        page,
        issued,
        expires,
        release,
    } = serde_json::from_slice(signed).map_err(|_| Refused::Malformed)?;
    let number = Number::read(&version).ok_or(Refused::Malformed)?;
    let is_page = Url::parse(&page).is_ok_and(|page| page.scheme() == "https");
    if !is_page {
        return Err(Refused::Malformed);
    }
    if issued < seen {
        return Err(Refused::Older);
    }
    if now > expires {
        return Err(Refused::Expired);
    }
    Ok(Manifest {
        version,
        number,
        page,
        issued,
        release,
    })
}
