//! A code block of a text.

use super::pieces::{Piece, Pieces};
use super::rendered;

/// Most characters of what stands before a block, of which the end is kept.
const BEFORE: usize = 400;

/// A code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// As it is written.
    pub text: String,
    /// The language that the answer names, in lower case; empty where it names none.
    pub language: String,
    /// The end of what is read right before it.
    pub lead: String,
}

/// The code block of a text that this many stand before, in the order that they are shown.
pub fn code_block(text: &str, before: usize) -> Option<Code> {
    let html = rendered(text);
    let mut blocks = 0;
    let mut lead = String::new();
    let mut found: Option<Code> = None;
    for piece in Pieces::of(&html) {
        match (&piece, &mut found) {
            (Piece::Open(element), None) if element.is("code") => {
                if blocks == before {
                    found = Some(Code {
                        text: String::new(),
                        language: element.attribute("data-lang").unwrap_or_default().into(),
                        lead: std::mem::take(&mut lead),
                    });
                }
                blocks += 1;
            }
            // Only `div.code` has this class, and holds no other box.
            (Piece::Close("div"), Some(_)) => break,
            (Piece::Text(text), Some(code)) => code.text.push_str(text),
            (Piece::Close("pre"), None) => lead.clear(),
            (Piece::Text(text), None) => {
                lead.push_str(text);
                if lead.len() > 2 * BEFORE {
                    let from = lead.ceil_char_boundary(lead.len() - BEFORE);
                    lead.drain(..from);
                }
            }
            _ => {}
        }
    }
    found
}
