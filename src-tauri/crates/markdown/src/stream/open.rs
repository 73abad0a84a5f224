//! The blocks that are committed piece by piece while they are open.

use crate::code::split_line;
use crate::write::{Kind, Top};

/// What the text goes on with.
#[derive(Default)]
pub(super) enum Open {
    /// No block that is committed by parts.
    #[default]
    Nothing,
    Code(Fence),
    Table(Table),
    List(List),
}

/// A fenced code block at the left margin.
pub(super) struct Fence {
    /// Where the block begins in the text.
    pub(super) start: usize,
    pub(super) language: String,
    /// The element without lines.
    pub(super) html: String,
    /// The length of the line that opens it.
    pub(super) first_line: usize,
    mark: u8,
    length: usize,
}

impl Fence {
    /// The fence that `rest` begins with. An indented one is left to the
    /// parser, for its lines lose as much indentation.
    pub(super) fn open(rest: &str, language: String, html: String, start: usize) -> Open {
        let (Some(mark), Some((line, _))) = (rest.bytes().next(), split_line(rest)) else {
            return Open::Nothing;
        };
        if !matches!(mark, b'`' | b'~') {
            return Open::Nothing;
        }
        Open::Code(Self {
            start,
            language,
            html,
            first_line: line.len(),
            mark,
            length: run(line, mark),
        })
    }

    /// True for the line that ends the block: up to three spaces, at least as
    /// many marks as it was opened with, then nothing but blanks.
    pub(super) fn closes(&self, line: &str) -> bool {
        let marks = line.trim_start_matches(' ');
        let length = run(marks, self.mark);
        line.len() - marks.len() <= 3
            && length >= self.length
            && marks
                .bytes()
                .skip(length)
                .all(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
    }
}

fn run(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|byte| *byte == mark).count()
}

/// A table.
pub(super) struct Table {
    /// The element without rows.
    pub(super) html: String,
    /// Head and delimiter lines: the context of the rows to come, with its formulas
    /// hidden.
    pub(super) head: String,
}

impl Table {
    pub(super) fn open(rest: &str, html: String) -> Open {
        let head = split_line(rest).and_then(|(head, after)| {
            let (delimiters, _) = split_line(after)?;
            rest.get(..head.len() + delimiters.len())
        });
        match head {
            Some(head) => Open::Table(Self {
                html,
                head: head.to_owned(),
            }),
            None => Open::Nothing,
        }
    }

    /// Takes the table off the front of `tops`.
    pub(super) fn take_rows(&self, tops: &mut Vec<Top>) -> Option<Rows> {
        let first = tops.first()?;
        if first.kind != Kind::Table {
            return None;
        }
        let table = tops.remove(0);
        Some(Rows {
            html: table.parts,
            end: table.range.end,
        })
    }
}

/// Rows of a table that follow its head.
pub(super) struct Rows {
    pub(super) html: Vec<String>,
    /// Where the table ends in the source that was parsed.
    pub(super) end: usize,
}

/// A list.
pub(super) struct List {
    /// The element without items.
    pub(super) html: String,
    /// Where the list begins in the text.
    pub(super) start: usize,
    /// A blank line between blocks of its items was seen: all of them have
    /// their text in paragraphs.
    pub(super) loose: bool,
    /// An item of the same kind of list. Its text stands so far in that no
    /// item of the list can be read as nested in it.
    sample: String,
}

impl List {
    /// The list whose first item is at the start of `source`.
    pub(super) fn open(source: &str, html: String, start: usize) -> Open {
        let source = source.trim_start_matches(' ');
        let number = source.bytes().take_while(u8::is_ascii_digit).count();
        let sample = match source.as_bytes().get(number) {
            Some(mark @ (b'-' | b'+' | b'*')) if number == 0 => char::from(*mark).to_string(),
            Some(mark @ (b'.' | b')')) if number > 0 => format!("1{}", char::from(*mark)),
            _ => return Open::Nothing,
        };
        Open::List(Self {
            html,
            start,
            loose: false,
            sample: sample + "    x\n",
        })
    }

    /// What has to stand before some items of the list for them to be read as
    /// its continuation: one item, or two that make it loose.
    pub(super) fn context(&self) -> String {
        if self.loose {
            [&self.sample, "\n", &self.sample].concat()
        } else {
            self.sample.clone()
        }
    }

    /// Takes the list off the front of `tops`, and the context's items off the
    /// list. `None` where they are not what they should be.
    pub(super) fn take_items(&self, tops: &mut Vec<Top>) -> Option<Items> {
        let context = if self.loose { 2 } else { 1 };
        let first = tops.first()?;
        let same_parts = first.parts.len() == first.part_starts.len();
        if first.kind != Kind::List || first.parts.len() <= context || !same_parts {
            return None;
        }
        let loose = match first.parts.first()?.as_str() {
            "<li>x</li>" => false,
            "<li><p>x</p></li>" => true,
            _ => return None,
        };
        let mut list = tops.remove(0);
        Some(Items {
            html: list.parts.split_off(context),
            starts: list.part_starts.split_off(context),
            end: list.range.end,
            loose,
        })
    }
}

/// Items of a list.
pub(super) struct Items {
    pub(super) html: Vec<String>,
    /// Where each begins in the source that was parsed.
    pub(super) starts: Vec<usize>,
    /// Where the list ends in it.
    pub(super) end: usize,
    pub(super) loose: bool,
}
