//! `dragoman://ask?text=…`: a link that any web page may offer. It fills in a question
//! and does nothing else; one that asks for more is refused as a whole.

use protocol::{ErrorCode, IpcError};
use url::Url;

/// The scheme, with its colon.
const SCHEME: &str = "dragoman:";

/// The text of a link, in characters.
const LONGEST: usize = 10_000;

/// A character of it is at most this long as it is written: four bytes, each escaped.
const ESCAPED: usize = 12;

/// What is shown of a name that a link made up, in characters.
const SHOWN: usize = 40;

/// Is this a link of ours?
pub fn is_ours(text: &str) -> bool {
    text.trim_start()
        .get(..SCHEME.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}

/// The text that a link fills in; empty where it only opens the window.
///
/// # Errors
/// [`ErrorCode::LinkRefused`].
pub fn read(link: &str) -> Result<String, IpcError> {
    if link.len() > LONGEST * ESCAPED + 100 {
        return Err(too_long());
    }
    let url = Url::parse(link).map_err(|_| malformed())?;
    let is_plain = !url.cannot_be_a_base()
        && url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
        // A # that was not escaped would cut the text short.
        && url.fragment().is_none();
    if !is_plain {
        return Err(malformed());
    }
    let action = format!("{}{}", url.host_str().unwrap_or_default(), url.path());
    let action = action.trim_end_matches('/');
    if action.is_empty() && url.query().is_none() {
        return Ok(String::new());
    }
    if !action.eq_ignore_ascii_case("ask") {
        return Err(asks_for(action));
    }
    let mut text = None;
    for (name, value) in url.query_pairs() {
        if name != "text" {
            return Err(asks_for(&name));
        }
        if text.replace(value).is_some() {
            return Err(malformed());
        }
    }
    let text = text.unwrap_or_default();
    if text.chars().count() > LONGEST {
        return Err(too_long());
    }
    Ok(clean(&text))
}

/// Text without what cannot be seen and changes what is read: control characters, marks
/// that turn the direction of writing, characters that hide others. No more than one
/// empty line in a row, so that nothing hides far below.
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut breaks = 0;
    let mut after_return = false;
    for c in text.chars() {
        let is_break = matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let is_second = after_return && c == '\n';
        after_return = c == '\r';
        if is_break {
            breaks += usize::from(!is_second);
            if breaks <= 2 && !is_second {
                clean.push('\n');
            }
        } else if c == '\t' || !is_hidden(c) {
            // Blanks alone make no line that can be seen.
            if !c.is_whitespace() {
                breaks = 0;
            }
            clean.push(c);
        }
    }
    clean.trim().to_owned()
}

/// Is it a character that cannot be seen, or that turns the direction of writing? The
/// joiners stay (U+200C, U+200D): Persian and emoji are written with them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            // Tags, by which words are written that nobody sees, and their kin.
            | '\u{e0000}'..='\u{e0fff}')
}

/// It came with words beside it.
pub fn not_alone() -> IpcError {
    refused("alone", "it came together with other arguments")
}

fn too_long() -> IpcError {
    let reason = format!("its text is longer than {LONGEST} characters");
    refused("long", &reason).arg("limit", LONGEST)
}

fn malformed() -> IpcError {
    refused("form", "it is not written as dragoman://ask?text=…")
}

fn asks_for(what: &str) -> IpcError {
    let what: String = clean(what).chars().take(SHOWN).collect();
    if what.is_empty() {
        return malformed();
    }
    refused("more", &format!("it asks for “{what}”")).arg("what", what)
}

fn refused(why: &str, reason: &str) -> IpcError {
    let message = format!(
        "A link was refused: {reason}. A link may fill in a question, and nothing else. \
         Nothing was read, fetched or sent."
    );
    IpcError::new(ErrorCode::LinkRefused, message).arg("why", why)
}
