//! Where links lead: what may be opened, and what is shown of it before.

use url::{Host, Url};

use crate::safe::link_allowed;

/// The header fields of a `mailto` link that are kept; others, such as `bcc` and
/// `attach`, would send or tell what nobody sees (RFC 6068, 4 and 7).
const MAIL_FIELDS: [&str; 3] = ["subject", "body", "cc"];

/// Most characters of a name that are shown; hosts have 253 at most.
const SHOWN: usize = 260;

/// The scripts that are told apart in names. What is of another is not shown as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    /// Han, Kana, Bopomofo and Hangul, which are written together.
    EastAsian,
    Other,
}

/// The address that a link opens: `http`, `https` or `mailto`, and of a mail only the
/// addresses, [subject, text and copy](MAIL_FIELDS). `None` for anything else.
pub fn destination(address: &str) -> Option<String> {
    if !link_allowed(address) {
        return None;
    }
    let (scheme, rest) = address.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("mailto") {
        return Some(address.to_owned());
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (to, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let mut out = format!("{scheme}:{}", one_line(to).replace('&', "%26"));
    let mut before = '?';
    for field in fields.split('&') {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let name = name.to_ascii_lowercase();
        if !MAIL_FIELDS.contains(&name.as_str()) {
            continue;
        }
        // A mail program that splits twice must not find more fields.
        let value = value.replace('?', "%3F");
        let value = if name == "body" {
            value
        } else {
            one_line(&value)
        };
        out.extend([before.to_string().as_str(), &name, "=", &value]);
        before = '&';
    }
    Some(out)
}

/// Without what ends a line, plain or percent-encoded: more header fields could follow.
fn one_line(text: &str) -> String {
    let mut text = text.replace(['\r', '\n', '\0'], "");
    for ends in ["%0D", "%0d", "%0A", "%0a", "%00"] {
        text = text.replace(ends, "");
    }
    text
}

/// Where a link leads, as a person should see it before following it: the host in
/// ASCII, as the connection takes it, with its scheme where that is not `https` and its
/// port where it is unusual; before it the name as it is written, where each part of it
/// is of one script. Of a mail the addresses. `None` where there is nothing to tell.
pub(crate) fn title(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    if url.scheme() == "mailto" {
        let to = url.path();
        return (!to.is_empty()).then(|| to.chars().take(SHOWN).collect());
    }
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let scheme = if url.scheme() == "http" {
        "http://"
    } else {
        ""
    };
    let port = url.port().map(|port| format!(":{port}"));
    let ascii = format!("{scheme}{host}{}", port.unwrap_or_default());
    let ascii: String = ascii.chars().take(SHOWN).collect();
    Some(match url.host() {
        Some(Host::Domain(name)) => match readable(name) {
            Some(name) => format!("{name} ({ascii})"),
            None => ascii,
        },
        _ => ascii,
    })
}

/// A name that is not ASCII as it is written, if each part of it is of one script.
fn readable(name: &str) -> Option<String> {
    let (written, whole) = idna::domain_to_unicode(name);
    let plain = whole.is_ok() && !written.is_ascii() && written.split('.').all(of_one_script);
    plain.then(|| written.chars().take(SHOWN).collect())
}

fn of_one_script(label: &str) -> bool {
    let letters = label.chars().filter(|c| !c.is_ascii_digit() && *c != '-');
    let mut scripts = letters.map(script);
    let first = scripts.next();
    first.is_none_or(|first| first != Script::Other && scripts.all(|next| next == first))
}

fn script(letter: char) -> Script {
    match letter {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        // Without the marks among them that pass for a slash, a dot or a hyphen.
        '\u{3005}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{3105}'..='\u{312f}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{20000}'..='\u{3ffff}' => Script::EastAsian,
        _ => Script::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_keeps_what_its_writer_sees() {
        for (address, kept) in [
            ("mailto:a@b.example", "mailto:a@b.example"),
            ("MAILTO:A@B.EXAMPLE", "MAILTO:A@B.EXAMPLE"),
            (
                "mailto:a@b?Subject=Hi%20you&BODY=one%0D%0Atwo&cc=c@d",
                "mailto:a@b?subject=Hi%20you&body=one%0D%0Atwo&cc=c@d",
            ),
            ("mailto:a@b?bcc=spy@evil&subject=x", "mailto:a@b?subject=x"),
            ("mailto:a@b?attach=/etc/passwd", "mailto:a@b"),
            ("mailto:a@b?attachment=~/.ssh/id&BCC=x", "mailto:a@b"),
            ("mailto:?to=spy@evil&body=x", "mailto:?body=x"),
            (
                "mailto:a@b?%62cc=x&from=y&in-reply-to=z&X-A=b",
                "mailto:a@b",
            ),
            (
                "mailto:a@b?subject=x%0D%0ABcc:%20spy@evil",
                "mailto:a@b?subject=xBcc:%20spy@evil",
            ),
            ("mailto:a@b%0aBcc:spy@evil", "mailto:a@bBcc:spy@evil"),
            ("mailto:a@b&bcc=spy@evil", "mailto:a@b%26bcc=spy@evil"),
            ("mailto:a@b?cc=x?bcc=spy", "mailto:a@b?cc=x%3Fbcc=spy"),
            ("mailto:a@b?subject=x#bcc=y", "mailto:a@b?subject=x"),
            ("mailto:a@b?", "mailto:a@b"),
        ] {
            assert_eq!(destination(address).as_deref(), Some(kept), "{address}");
            assert_eq!(destination(kept).as_deref(), Some(kept), "again");
        }
    }

    #[test]
    fn other_addresses_are_left_alone_or_refused() {
        for web in ["https://a.example/x?bcc=1%2B&b#c", "HTTP://a.example/%2B"] {
            assert_eq!(destination(web).as_deref(), Some(web));
        }
        for other in [
            "javascript:alert(1)",
            " https://a.example",
            "file:///etc/passwd",
            "smb://a/b",
            "ms-msdt:/id",
            "tel:+1",
            "https:a.example",
            "",
        ] {
            assert_eq!(destination(other), None, "{other}");
        }
    }

    #[test]
    fn a_title_names_the_true_host() {
        for (address, shown) in [
            ("https://a.example/x?y", "a.example"),
            ("https://bank.example@evil.example/", "evil.example"),
            ("https://bank.example\\@evil.example/", "bank.example"),
            ("https://A.Example:8443/x", "a.example:8443"),
            ("http://a.example/", "http://a.example"),
            ("https://0x7f.1/", "127.0.0.1"),
            ("https://[::1]:2/", "[::1]:2"),
            (
                "https://例子.example/",
                "例子.example (xn--fsqu00a.example)",
            ),
            (
                "https://xn--fsqu00a.example/",
                "例子.example (xn--fsqu00a.example)",
            ),
            (
                "https://bücher.example/",
                "bücher.example (xn--bcher-kva.example)",
            ),
            (
                "https://пример.example/",
                "пример.example (xn--e1afmkfd.example)",
            ),
            // A Cyrillic а in a Latin word, Greek, a slash that is none, Latin and Han.
            ("https://pаypal.example/", "xn--pypal-4ve.example"),
            ("https://gοogle.example/", "xn--ggle-55da.example"),
            ("https://a日.example/", "xn--a-xu2b.example"),
            ("mailto:me@a.example?subject=x", "me@a.example"),
        ] {
            let title = title(address);
            if shown.starts_with("xn--") {
                let title = title.unwrap();
                assert!(title.is_ascii() && title.starts_with("xn--"), "{title}");
            } else {
                assert_eq!(title.as_deref(), Some(shown), "{address}");
            }
        }
        let slash = "https://a.example／b.evil.example/";
        for none in ["https://", "https://[bad", "mailto:", "nothing", slash] {
            assert_eq!(title(none), None, "{none}");
        }
    }
}
