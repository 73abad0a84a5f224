//! One call of the markdown parser, with the settings of the whole house.

use std::collections::HashMap;

use pulldown_cmark::{BrokenLink, CowStr, Options, Parser};

use crate::code::CodeCache;
use crate::nesting::too_deep;
use crate::source::Source;
use crate::write::{Top, Writer};

/// Bytes of addresses that links to earlier definitions may bring in: a long
/// address that is named often would else make any amount of HTML. The parser
/// has such a limit of its own for definitions that it sees.
const ADDRESSES: usize = 4 << 10;

pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
}

/// A link reference definition.
pub(crate) struct Definition {
    label: String,
    address: String,
    /// Where it ends in the source that was parsed.
    pub(crate) end: usize,
}

/// The definitions of text that is parsed no more.
#[derive(Default)]
pub(crate) struct Definitions(HashMap<String, String>);

impl Definitions {
    /// Takes a definition; the first of a label counts.
    pub(crate) fn insert(&mut self, definition: Definition) {
        self.0.entry(definition.label).or_insert(definition.address);
    }

    fn address(&self, label: &str) -> Option<&String> {
        self.0.get(&fold(label))
    }
}

/// Labels match without regard to case and to how much blank stands between
/// words.
fn fold(label: &str) -> String {
    label
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// The blocks of a source, and the definitions found in it.
pub(crate) struct Parsed {
    pub(crate) tops: Vec<Top>,
    pub(crate) definitions: Vec<Definition>,
}

impl Parsed {
    /// Bytes of HTML that were made.
    pub(crate) fn html(&self) -> usize {
        let parts = self.tops.iter().flat_map(|top| &top.parts);
        let blocks = self.tops.iter().map(|top| &top.html);
        blocks.chain(parts).map(String::len).sum()
    }
}

/// Parses a source. `origin` added to an offset in it is the offset in the
/// whole text; `earlier` are the definitions that stand before it.
pub(crate) fn parse(
    source: &Source,
    origin: isize,
    earlier: &Definitions,
    cache: &mut CodeCache,
) -> Parsed {
    if too_deep(source) {
        return Parsed {
            tops: vec![Top::plain(source.given())],
            definitions: Vec::new(),
        };
    }
    let mut left = ADDRESSES.max(source.len());
    let resolve = (!earlier.0.is_empty()).then_some(|link: BrokenLink<'_>| {
        let address = earlier.address(&link.reference)?;
        left = left.checked_sub(address.len())?;
        Some((CowStr::from(address.clone()), CowStr::Borrowed("")))
    });
    let events =
        Parser::new_with_broken_link_callback(source, options(), resolve).into_offset_iter();
    let definitions = events
        .reference_definitions()
        .iter()
        .map(|(label, definition)| Definition {
            label: fold(label),
            address: definition.dest.to_string(),
            end: definition.span.end,
        })
        .collect();
    Parsed {
        tops: Writer::new(cache, origin, source).run(events),
        definitions,
    }
}
