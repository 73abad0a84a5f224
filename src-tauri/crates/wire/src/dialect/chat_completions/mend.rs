//! JSON that is nearly JSON, as some servers write it.

use std::borrow::Cow;

/// `json` with what JSON forbids put right: half a surrogate pair becomes U+FFFD, a
/// control character within a string is escaped, an unknown escape stands for its
/// character, and Python's `NaN` and `Infinity` are null. Borrowed when there is
/// nothing of it.
pub(crate) fn mend(json: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    // All before it is in `mended`, or needs no mending.
    let mut kept = 0;
    let mut in_string = false;
    let mut at = 0;
    while let Some(rest) = json.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, instead) = if in_string {
            within(rest)
        } else {
            outside(rest)
        };
        if rest.starts_with('"') {
            in_string = !in_string;
        }
        if let Some(instead) = instead {
            mended.push_str(json.get(kept..at).unwrap_or_default());
            mended.push_str(&instead);
            kept = at + length;
        }
        at += length;
    }
    if kept == 0 && mended.is_empty() {
        return Cow::Borrowed(json);
    }
    mended.push_str(json.get(kept..).unwrap_or_default());
    Cow::Owned(mended)
}

/// How long the next piece is, and what to write instead of it.
fn outside(rest: &str) -> (usize, Option<Cow<'static, str>>) {
    for word in ["NaN", "Infinity", "-Infinity"] {
        if rest.starts_with(word) {
            return (word.len(), Some(Cow::Borrowed("null")));
        }
    }
    (width(rest), None)
}

fn within(rest: &str) -> (usize, Option<Cow<'static, str>>) {
    let Some(escaped) = rest.strip_prefix('\\') else {
        let control = rest.chars().next().filter(|c| *c < ' ');
        return (
            width(rest),
            control.map(|c| Cow::Owned(format!("\\u{:04x}", u32::from(c)))),
        );
    };
    match escaped.chars().next() {
        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => (2, None),
        Some('u') => match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, None),
            (Some(0xD800..=0xDFFF), _) => (6, Some(Cow::Borrowed("\\ufffd"))),
            (Some(_), _) => (6, None),
            (None, _) => (1, Some(Cow::Borrowed("\\\\"))),
        },
        // The character itself comes next.
        Some(c) if c >= ' ' => (1, Some(Cow::Borrowed(""))),
        _ => (1, Some(Cow::Borrowed("\\\\"))),
    }
}

/// The UTF-16 unit of an escape such as `\u8c46` at the start.
fn unit(rest: &str) -> Option<u32> {
    let digits = rest.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

fn width(rest: &str) -> usize {
    rest.chars().next().map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        serde_json::from_str(&mend(json)).unwrap()
    }

    #[test]
    fn strings_are_put_right() {
        assert_eq!(text(r#""a\ud83d""#), "a\u{fffd}");
        assert_eq!(
            text(r#""\ude00b\ud83d\ud83d\ude00""#),
            "\u{fffd}b\u{fffd}😀"
        );
        assert_eq!(text("\"a\tb\nc\u{0}\""), "a\tb\nc\u{0}");
        assert_eq!(text(r#""it\'s \豆 \u12""#), r"it's 豆 \u12");
        assert_eq!(text(r#""NaN \" \\""#), r#"NaN " \"#);
    }

    #[test]
    fn numbers_that_are_none_are_null() {
        let mended = mend(r#"{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN"}"#);
        assert_eq!(mended, r#"{"a":null,"b":[null,null],"c":"NaN"}"#);
    }

    #[test]
    fn what_is_right_is_left() {
        for json in [
            r#"{"a":"\u8c46\\\"\n","b":[1e9,null]}"#,
            "",
            "\"",
            r#""\"#,
            "豆",
        ] {
            assert!(
                matches!(mend(json), Cow::Borrowed(_)) || json == r#""\"#,
                "{json}"
            );
        }
    }
}
