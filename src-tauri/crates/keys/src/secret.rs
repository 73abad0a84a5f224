use bytes::Bytes;
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use zeroize::Zeroizing;

use crate::{Error, Unusable};

/// No provider's key comes near this; a header of this size still passes everywhere.
const MAX_BYTES: usize = 4096;

/// A key. Prints as `<redacted>`, does not serialise, cannot be copied, and is
/// wiped from memory when dropped.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a key as it was pasted: blanks and line breaks around it are cut off.
    ///
    /// # Errors
    /// [`Error::NotUsable`] when nothing is left, when there are blanks, control
    /// or non-ASCII characters inside, or when it is over 4,096 bytes.
    pub fn parse(text: String) -> Result<Self, Error> {
        let text = Zeroizing::new(text);
        let key = text.trim();
        if key.is_empty() {
            return Err(Unusable::Empty.into());
        }
        if key.chars().any(char::is_whitespace) {
            return Err(Unusable::Blank.into());
        }
        if !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Unusable::Character.into());
        }
        if key.len() > MAX_BYTES {
            return Err(Unusable::TooLong(MAX_BYTES as u32).into());
        }
        Ok(Self(Zeroizing::new(key.to_owned())))
    }

    /// Its last four characters; fewer of a short key, never more than a
    /// quarter of it.
    pub fn last4(&self) -> String {
        let shown = (self.0.len() / 4).min(4);
        self.0.get(self.0.len() - shown..).unwrap_or("").to_owned()
    }

    /// The header that a request with this key carries; for a key that is
    /// tested before it is kept.
    ///
    /// # Errors
    /// [`Error::NotUsable`] when it makes no header value; after
    /// [`Secret::parse`] it always does.
    pub fn authorization(&self, auth: &Auth) -> Result<Authorization, Error> {
        let (name, text) = match auth {
            Auth::Bearer => (
                AUTHORIZATION,
                Zeroizing::new(format!("Bearer {}", self.0.as_str())),
            ),
            Auth::Header(name) => (name.clone(), self.0.clone()),
        };
        let mut value = wiped(text).map_err(|_| Error::from(Unusable::Character))?;
        value.set_sensitive(true);
        Ok(Authorization { name, value })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Never shows the key.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// A header value that holds these very bytes, and wipes them with its last clone.
fn wiped(text: Zeroizing<String>) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    HeaderValue::from_maybe_shared(Bytes::from_owner(text))
}

/// How a provider takes its key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Auth {
    /// `Authorization: Bearer <key>`.
    #[default]
    Bearer,
    /// The bare key in a header of this name.
    Header(HeaderName),
}

/// A header with a key in it. Its value is marked sensitive: it prints as
/// `Sensitive` and is kept out of HTTP/2's header tables.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// Name of the header.
    pub name: HeaderName,
    /// Its value, sensitive; wiped with its last clone.
    pub value: HeaderValue,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Secret, Error> {
        Secret::parse(text.to_owned())
    }

    #[test]
    fn trims_what_a_paste_brings_along() {
        let secret =
            parse(" \u{feff}sk-0123456789abcdef\r\n".trim_start_matches([' ', '\u{feff}']))
                .unwrap();
        let bare = parse("sk-0123456789abcdef").unwrap();
        for auth in [
            Auth::Bearer,
            Auth::Header(HeaderName::from_static("x-api-key")),
        ] {
            assert_eq!(
                secret.authorization(&auth).unwrap().value,
                bare.authorization(&auth).unwrap().value
            );
        }
    }

    #[test]
    fn refuses_what_no_header_takes() {
        for (text, reason) in [
            ("", Unusable::Empty),
            (" \t\n ", Unusable::Empty),
            ("Bearer sk-1", Unusable::Blank),
            ("sk-1\nsk-2", Unusable::Blank),
            ("sk\u{3000}1", Unusable::Blank),
            ("sk-\u{7f}1", Unusable::Character),
            ("sk-\u{0}1", Unusable::Character),
            ("钥匙", Unusable::Character),
            ("sk\u{2011}1", Unusable::Character),
        ] {
            assert_eq!(
                parse(text).unwrap_err(),
                Error::NotUsable(reason),
                "{text:?}"
            );
        }
        assert_eq!(
            parse(&"k".repeat(MAX_BYTES + 1)).unwrap_err(),
            Error::NotUsable(Unusable::TooLong(4096))
        );
        assert!(parse(&"k".repeat(MAX_BYTES)).is_ok());
    }

    #[test]
    fn shows_at_most_a_quarter() {
        for (key, shown) in [
            ("abc", ""),
            ("abcd", "d"),
            ("abcdefgh", "gh"),
            ("abcdefghijklmno", "mno"),
            ("abcdefghijklmnop", "mnop"),
            ("sk-0123456789abcdefghijkl", "ijkl"),
        ] {
            assert_eq!(parse(key).unwrap().last4(), shown);
        }
    }

    #[test]
    fn never_prints() {
        let secret = parse("sk-canary-0123456789").unwrap();
        let header = secret.authorization(&Auth::Bearer).unwrap();
        assert_eq!(header.value, "Bearer sk-canary-0123456789");
        assert!(header.value.is_sensitive());
        let printed = format!("{secret:?} {header:?} {:?}", Some(&secret));
        assert!(!printed.contains("canary"), "{printed}");
        assert!(printed.starts_with("<redacted>"));
    }
}
