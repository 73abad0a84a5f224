//! Colours as CSS has them by now, written as the drawer knows them: what stands in
//! variables, `light-dark()`, whose light side is drawn, and `rgb(1 2 3 / 50%)`, `hwb()`,
//! `lab()`, `oklch()` and their like.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node};

/// What tells that there is anything to do.
const MODERN: [&str; 11] = [
    "light-dark(",
    "var(",
    "lab(",
    "lch(",
    "hwb(",
    "color(",
    "rgb(",
    "rgba(",
    "hsl(",
    "hsla(",
    "--",
];
/// Attributes that hold a colour, or declarations of such.
const PAINTED: [&str; 7] = [
    "fill",
    "stroke",
    "color",
    "stop-color",
    "flood-color",
    "lighting-color",
    "style",
];
/// Functions that name a colour; the four last also in the old way, with commas, which
/// the drawer knows.
const COLOURS: [&str; 9] = [
    "oklab", "oklch", "lab", "lch", "hwb", "rgb", "rgba", "hsl", "hsla",
];
/// Functions within functions, and variables within variables.
const DEPTH: usize = 8;
/// Bytes that may be written for all functions together: variables in variables could
/// grow without end.
const WRITTEN: usize = 32 << 20;

/// Where a value stands.
struct Scope<'a> {
    variables: &'a dyn Fn(&str) -> Option<String>,
    /// Bytes that may still be written.
    left: &'a Cell<usize>,
}

/// The drawing with its colours in words that are known; `None` where they are.
pub(super) fn plain(text: &str, document: &Document<'_>) -> Option<String> {
    if !MODERN.iter().any(|word| text.contains(word)) {
        return None;
    }
    let (mut edits, left) = (Vec::new(), Cell::new(WRITTEN));
    let mut sheets = HashMap::new();
    for node in document.descendants().filter(is_sheet) {
        let Some(sheet) = node.text() else { continue };
        for (name, value) in declared(&lit(sheet)) {
            sheets.insert(name.to_owned(), value.to_owned());
        }
    }
    for node in document.descendants() {
        let variables = |name: &str| {
            let own = node.ancestors().find_map(|node| {
                let style = node.attribute("style")?;
                let mut declared = declared(style);
                declared.find_map(|(own, value)| (own == name).then(|| value.to_owned()))
            });
            own.or_else(|| sheets.get(name).cloned())
        };
        let scope = Scope {
            variables: &variables,
            left: &left,
        };
        if is_sheet(&node) {
            for words in node.children().filter(Node::is_text) {
                let range = words.range();
                let new = lit(text.get(range.clone())?);
                edits.push((range, rewritten(&new, &scope, DEPTH)));
            }
        }
        for attribute in node.attributes() {
            if PAINTED.contains(&attribute.name()) {
                let range = attribute.range_value();
                let old = text.get(range.clone())?;
                edits.push((range, rewritten(old, &scope, DEPTH)));
            }
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    let (mut plain, mut at) = (String::with_capacity(text.len()), 0);
    for (range, new) in edits {
        // What comes from an entity stands in one place for all that use it.
        let Some(before) = text.get(at..range.start) else {
            continue;
        };
        plain.push_str(before);
        plain.push_str(&new);
        at = range.end;
    }
    plain.push_str(text.get(at..)?);
    Some(plain)
}

fn is_sheet(node: &Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().name() == "style"
}

/// A style sheet without what holds in the dark, or on paper.
fn lit(sheet: &str) -> Cow<'_, str> {
    let (mut lit, mut rest) = (String::new(), sheet);
    while let Some((before, from)) = rest.find("@media").and_then(|at| rest.split_at_checked(at)) {
        lit.push_str(before);
        let Some((head, body)) = from.split_once('{') else {
            rest = from;
            break;
        };
        let end = closing(body, '{', '}').unwrap_or(body.len());
        let other = head.contains("dark") || head.contains("print");
        if !other && let Some(body) = body.get(..end) {
            lit.push_str(body);
        }
        rest = body.get(end + 1..).unwrap_or_default();
    }
    if lit.is_empty() && rest.len() == sheet.len() {
        return Cow::Borrowed(sheet);
    }
    lit.push_str(rest);
    Cow::Owned(lit)
}

/// Variables that are declared, by their names.
fn declared(css: &str) -> impl Iterator<Item = (&str, &str)> {
    css.split([';', '{', '}']).filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let name = name.trim();
        name.starts_with("--").then_some((name, value.trim()))
    })
}

/// A value whose functions are worked out, as far as they are known.
fn rewritten(value: &str, scope: &Scope<'_>, depth: usize) -> String {
    let (mut out, mut rest) = (String::new(), value);
    while let Some((before, name, inner, after)) = call(rest) {
        out.push_str(before);
        let inner = match depth.checked_sub(1) {
            Some(depth) if name != "url" => rewritten(inner, scope, depth),
            _ => inner.to_owned(),
        };
        let worked = worked(name, inner, scope, depth);
        let Some(left) = scope.left.get().checked_sub(worked.len() + 1) else {
            scope.left.set(0);
            return value.to_owned();
        };
        scope.left.set(left);
        out.push_str(&worked);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn worked(name: &str, inner: String, scope: &Scope<'_>, depth: usize) -> String {
    let colour = match name {
        "light-dark" => first(&inner).map(|(light, _)| light.trim().to_owned()),
        "var" => {
            let (name, other) = first(&inner).unwrap_or((&inner, ""));
            let value = depth.checked_sub(1).and_then(|depth| {
                let value = (scope.variables)(name.trim())?;
                Some(rewritten(&value, scope, depth))
            });
            Some(value.unwrap_or_else(|| other.trim().to_owned()))
        }
        "color" => space(&inner),
        _ if COLOURS.contains(&name) && !inner.contains(',') => {
            let colour = csscolorparser::parse(&format!("{name}({inner})"));
            colour.ok().map(|colour| colour.to_css_hex().to_string())
        }
        _ => None,
    };
    colour.unwrap_or_else(|| format!("{name}({inner})"))
}

/// `srgb 1 0 0 / 50%`; other spaces are taken for it, which is near.
fn space(inner: &str) -> Option<String> {
    let mut numbers = inner.split([' ', '/']).filter(|part| !part.is_empty());
    numbers.next()?;
    let numbers = numbers.map(|number| match number.strip_suffix('%') {
        Some(share) => share.parse().map(|share: f32| share / 100.0),
        None if number == "none" => Ok(0.0),
        None => number.parse(),
    });
    let numbers = numbers.collect::<Result<Vec<f32>, _>>().ok()?;
    let colour = match *numbers.as_slice() {
        [r, g, b] => csscolorparser::Color::new(r, g, b, 1.0),
        [r, g, b, a] => csscolorparser::Color::new(r, g, b, a),
        _ => return None,
    };
    Some(colour.to_css_hex().to_string())
}

/// What stands before the first comma that is not within a function, and behind it.
fn first(inner: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let at = inner.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return Some(at),
            _ => {}
        }
        None
    })?;
    Some((inner.get(..at)?, inner.get(at + 1..)?))
}

/// The first function: what stands before it, its name, what stands within, and what
/// stands behind it.
fn call(value: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, rest) = value.split_once('(')?;
    let end = closing(rest, '(', ')')?;
    let name = head.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let start = name.map_or(0, |at| {
        at + head
            .get(at..)
            .and_then(|c| c.chars().next())
            .map_or(1, char::len_utf8)
    });
    Some((
        head.get(..start)?,
        head.get(start..)?,
        rest.get(..end)?,
        rest.get(end + 1..)?,
    ))
}

/// Where what was opened before `rest` is closed.
fn closing(rest: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    rest.char_indices().find_map(|(at, c)| {
        if c == open {
            depth += 1;
        } else if c == close {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> String {
        let document = Document::parse(text).unwrap();
        plain(text, &document).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn colours_are_written_as_the_drawer_knows_them() {
        for (modern, known) in [
            ("light-dark(#dc2828, var(--x, #121212))", "#dc2828"),
            (
                "light-dark(rgb(0, 0, 0), rgb(255, 255, 255))",
                "rgb(0, 0, 0)",
            ),
            ("rgb(1 2 3 / 100%)", "#010203"),
            ("rgb(255 0 0 / 0.5)", "#ff000080"),
            ("rgba(1, 2, 3, 0.5)", "rgba(1, 2, 3, 0.5)"),
            ("hsl(120 100% 50%)", "#00ff00"),
            ("hwb(0 0% 0%)", "#ff0000"),
            ("oklch(1 0 0)", "#ffffff"),
            ("color(srgb 0 1 0)", "#00ff00"),
            ("var(--none, var(--neither, blue))", "blue"),
            ("var(--a)", "#ff0000"),
            ("var(--c)", "#ff0000"),
            ("var(--loop)", ""),
            ("url(#a)", "url(#a)"),
            ("rgb(1 2", "rgb(1 2"),
            ("red", "red"),
        ] {
            let svg = |fill: &str| {
                format!(
                    "<svg style='--a: #ff0000; --b: var(--a); --loop: var(--loop)'><style>:root{{--c:var(--b)}}</style><g fill='{fill}'><text>rgb(1 2 3)</text></g></svg>"
                )
            };
            let made = made(&svg(modern));
            let fill = made.split("<g fill='").nth(1).unwrap().split('\'').next();
            assert_eq!(fill, Some(known), "{modern}");
            assert!(made.contains("<text>rgb(1 2 3)"), "{made}");
        }
    }

    #[test]
    fn style_sheets_too_but_for_what_holds_in_the_dark() {
        let svg = "<svg><style>.a{fill:oklch(1 0 0)}@media (prefers-color-scheme: dark){.a{fill:#123456}}@media screen{.b{fill:rgb(1 2 3)}}</style><p style='x:y'/></svg>";
        let made = made(svg);
        assert!(made.contains(".a{fill:#ffffff}"), "{made}");
        assert!(made.contains(".b{fill:#010203}"), "{made}");
        assert!(!made.contains("123456"), "{made}");
    }

    #[test]
    fn what_grows_without_end_ends() {
        let mut style = String::from("--v0: ");
        style.push_str(&"x".repeat(2000));
        for n in 1..40 {
            let own = format!("var(--v{})", n - 1);
            style.push_str(&format!("; --v{n}: {}", own.repeat(20)));
        }
        let made = made(&format!(
            "<svg style='{style}'><g fill='var(--v39)'/></svg>"
        ));
        assert!(made.len() < 64 << 20, "{}", made.len());
    }
}
