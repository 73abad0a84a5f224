//! Values of colours as CSS has them by now, written as the drawer knows them: what
//! stands in variables, `light-dark()`, whose light side is drawn, and
//! `rgb(1 2 3 / 50%)`, `hwb()`, `lab()`, `oklch()` and their like.

use std::cell::Cell;

/// Functions that name a colour; the four last also in the old way, with commas, which
/// the drawer knows.
const COLOURS: [&str; 9] = [
    "oklab", "oklch", "lab", "lch", "hwb", "rgb", "rgba", "hsl", "hsla",
];
/// Functions within functions, and variables within variables.
const DEPTH: usize = 8;
/// Bytes that may be written for all functions together: variables in variables could
/// grow without end.
pub(super) const WRITTEN: usize = 32 << 20;

/// Where a value stands.
pub(super) struct Scope<'a> {
    /// What a variable holds there.
    pub variables: &'a dyn Fn(&str) -> Option<String>,
    /// Bytes that may still be written, at first [`WRITTEN`].
    pub left: &'a Cell<usize>,
}

/// A value whose functions are worked out, as far as they are known.
pub(super) fn rewritten(value: &str, scope: &Scope<'_>) -> String {
    within(value, scope, DEPTH)
}

fn within(value: &str, scope: &Scope<'_>, depth: usize) -> String {
    let (mut out, mut rest) = (String::new(), value);
    while let Some((before, name, inner, after)) = call(rest) {
        out.push_str(before);
        let inner = match depth.checked_sub(1) {
            Some(depth) if name != "url" => within(inner, scope, depth),
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
                Some(within(&value, scope, depth))
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
pub(super) fn closing(rest: &str, open: char, close: char) -> Option<usize> {
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
