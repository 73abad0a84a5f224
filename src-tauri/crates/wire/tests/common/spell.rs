//! A key as servers may write it, and whether a text shows it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// Every way to write `key` that the gate has to know.
pub fn forms(key: &str) -> Vec<String> {
    let mut all = vec![
        key.to_owned(),
        format!("Bearer {key}"),
        key.to_ascii_lowercase(),
        key.to_ascii_uppercase(),
    ];
    let mut encoded = Vec::new();
    for before in ["", "x", "xy", "Bearer "] {
        for after in ["", "z", "\n"] {
            let whole = format!("{before}{key}{after}");
            encoded.push(STANDARD.encode(&whole));
            encoded.push(STANDARD_NO_PAD.encode(&whole));
            encoded.push(URL_SAFE.encode(&whole));
            encoded.push(URL_SAFE_NO_PAD.encode(&whole));
        }
    }
    let escaped: Vec<String> = [key, &encoded[0], &encoded[13]]
        .iter()
        .flat_map(|text| escapes(text))
        .collect();
    let twice: Vec<String> = escaped.iter().flat_map(|text| escapes(text)).collect();
    all.extend(encoded);
    all.extend(escaped);
    all.extend(twice);
    all.sort();
    all.dedup();
    all
}

/// A text in the escapes of URLs, JSON and HTML, some of it or all.
fn escapes(text: &str) -> Vec<String> {
    let plain = |c: char| c.is_ascii_alphanumeric();
    let each = |escape: &dyn Fn(usize, char) -> String| {
        let written = text.chars().enumerate().map(|(at, c)| escape(at, c));
        written.collect::<String>()
    };
    let url = |c: char| format!("%{:02X}", u32::from(c));
    let json = |c: char| format!("\\u{:04x}", u32::from(c));
    vec![
        each(&|_, c| if plain(c) { c.to_string() } else { url(c) }),
        each(&|_, c| {
            if plain(c) {
                c.to_string()
            } else {
                url(c).to_ascii_lowercase()
            }
        }),
        each(&|_, c| url(c)),
        each(&|_, c| json(c)),
        each(&|at, c| {
            if at % 3 == 0 || c == '\\' {
                json(c)
            } else {
                c.to_string()
            }
        }),
        each(&|_, c| format!("\\u{:04X}", u32::from(c))),
        each(&|_, c| match c {
            '/' | '"' | '\\' => format!("\\{c}"),
            c => c.to_string(),
        }),
        each(&|_, c| {
            if plain(c) {
                c.to_string()
            } else {
                format!("&#{};", u32::from(c))
            }
        }),
        each(&|_, c| format!("\\x{:02x}", u32::from(c))),
    ]
}

/// The text shows the key, in whatever form.
pub fn shows(text: &str, key: &str) -> bool {
    let mut own = vec![
        key.to_owned(),
        key.to_ascii_lowercase(),
        key.to_ascii_uppercase(),
    ];
    for before in 0..3_usize {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let whole = [&vec![0; before], key.as_bytes()].concat();
            let text = engine.encode(&whole);
            own.push(text[(before * 8).div_ceil(6)..whole.len() * 8 / 6].to_owned());
        }
    }
    let mut text = text.to_owned();
    for _ in 0..5 {
        if own.iter().any(|form| text.contains(form)) {
            return true;
        }
        let read = unescaped(&text);
        if read == text {
            break;
        }
        text = read;
    }
    false
}

/// The text with its escapes read once.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (read, length) = escape(rest).unwrap_or((c, c.len_utf8()));
        out.push(read);
        rest = &rest[length..];
    }
    out
}

fn escape(rest: &str) -> Option<(char, usize)> {
    let code = |from: usize, to: usize| {
        let code = u32::from_str_radix(rest.get(from..to)?, 16).ok()?;
        Some((char::from_u32(code)?, to))
    };
    if rest.starts_with('%') {
        return code(1, 3);
    }
    if rest.starts_with("\\u") {
        return code(2, 6);
    }
    if rest.starts_with("\\x") {
        return code(2, 4);
    }
    if let Some(number) = rest.strip_prefix("&#") {
        let (number, _) = number.split_once(';')?;
        let c = char::from_u32(number.parse().ok()?)?;
        return Some((c, number.len() + 3));
    }
    let c = rest.strip_prefix('\\')?.chars().next()?;
    matches!(c, '/' | '"' | '\\').then_some((c, 2))
}
