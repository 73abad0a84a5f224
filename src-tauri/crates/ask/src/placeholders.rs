//! What stands in a prompt for something that is known only when it is sent.

/// What can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// The language of the interface, in its own words.
    Language,
    /// The day, as `2026-11-28`.
    Date,
    /// The text on the clipboard.
    Clipboard,
}

const NAMES: [(&str, Placeholder); 3] = [
    ("{language}", Placeholder::Language),
    ("{date}", Placeholder::Date),
    ("{clipboard}", Placeholder::Clipboard),
];

/// A prompt with each placeholder filled in: `{language}`, `{date}`, `{clipboard}`, as they
/// stand here. Doubled braces around such a name are a single pair and no placeholder; all
/// other braces stay as they are, so JSON and other templates pass unchanged. What is filled
/// in is not looked through again.
pub fn fill(prompt: &str, value: impl Fn(Placeholder) -> String) -> String {
    let mut filled = String::with_capacity(prompt.len());
    for piece in pieces(prompt) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Value(placeholder) => filled.push_str(&value(placeholder)),
        }
    }
    filled
}

/// Does a prompt hold this placeholder?
pub fn holds(prompt: &str, placeholder: Placeholder) -> bool {
    pieces(prompt).any(|piece| piece == Piece::Value(placeholder))
}

#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Value(Placeholder),
}

fn pieces(prompt: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = prompt;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = first(rest);
        rest = after;
        Some(piece)
    })
}

/// The first piece of a text that is not empty, and what follows it.
fn first(text: &str) -> (Piece<'_>, &str) {
    for (name, placeholder) in NAMES {
        if let Some(after) = text.strip_prefix(name) {
            return (Piece::Value(placeholder), after);
        }
        let inner = text
            .strip_prefix('{')
            .filter(|inner| inner.starts_with(name));
        let pair = inner.and_then(|inner| inner.split_at_checked(name.len()));
        if let Some((pair, after)) = pair
            && let Some(after) = after.strip_prefix('}')
        {
            return (Piece::Text(pair), after);
        }
    }
    let next = text.char_indices().skip(1).find(|(_, one)| *one == '{');
    let (text, after) = text.split_at(next.map_or(text.len(), |(at, _)| at));
    (Piece::Text(text), after)
}
