//! A table of a text: its cells as they are shown, and as they were written.

use std::ops::Range;

use pulldown_cmark::{Alignment, Event, Parser, Tag, TagEnd};

use super::pieces::{Piece, Pieces};
use super::plain::Plain;
use super::rendered;
use crate::Renderer;
use crate::parse::options;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its rows, the head first: each cell as it is shown. Formulas are TeX; a line that
    /// was broken is broken.
    pub rows: Vec<Vec<String>>,
    /// The same in Markdown, a line a row, for a place of its own.
    pub markdown: String,
}

/// The table of a text that this many stand before, in the order that they are shown.
pub fn table(text: &str, before: usize) -> Option<Table> {
    Some(Table {
        rows: rows(&rendered(text), before)?,
        markdown: written(text, before)?,
    })
}

fn rows(html: &str, before: usize) -> Option<Vec<Vec<String>>> {
    let mut tables = 0;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut cell: Option<Plain> = None;
    for piece in Pieces::of(html) {
        match &piece {
            Piece::Open(element) if element.name == "table" => tables += 1,
            Piece::Close("table") if tables > before => break,
            _ if tables <= before => continue,
            Piece::Open(element) if element.name == "tr" => rows.push(Vec::new()),
            Piece::Open(element) if matches!(element.name, "th" | "td") => {
                cell = Some(Plain::new(false));
            }
            Piece::Close("th" | "td") => {
                let ended = cell.take().map(|cell| cell.out).unwrap_or_default();
                if let Some(row) = rows.last_mut() {
                    row.push(ended.trim().to_owned());
                }
            }
            _ => {
                if let Some(cell) = &mut cell {
                    cell.take(piece);
                }
            }
        }
    }
    (tables > before).then_some(rows)
}

/// Where the cells of a table are written.
#[derive(Default)]
struct Written {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Range<usize>>>,
}

fn written(text: &str, before: usize) -> Option<String> {
    let source = Renderer::source(text);
    // What footnotes say is shown at the end.
    let (mut tables, mut in_notes) = (Vec::new(), Vec::new());
    let mut in_note = false;
    let mut table = Written::default();
    for (event, range) in Parser::new_ext(&source, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::FootnoteDefinition(_)) => in_note = true,
            Event::End(TagEnd::FootnoteDefinition) => in_note = false,
            Event::Start(Tag::Table(alignments)) => {
                table = Written {
                    alignments,
                    rows: Vec::new(),
                };
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => table.rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => {
                if let Some(row) = table.rows.last_mut() {
                    row.push(range);
                }
            }
            Event::End(TagEnd::Table) => {
                let ended = std::mem::take(&mut table);
                if in_note { &mut in_notes } else { &mut tables }.push(ended);
            }
            _ => {}
        }
    }
    let found = tables.into_iter().chain(in_notes).nth(before)?;
    let cell = |at: &Range<usize>| {
        let written = source.given().get(at.clone()).unwrap_or_default();
        written.trim().to_owned()
    };
    let rows = found.rows.iter();
    let mut lines = rows.map(|row| line(row.iter().map(&cell)));
    let marks = found.alignments.iter().map(|alignment| {
        let mark = match alignment {
            Alignment::None => "---",
            Alignment::Left => ":---",
            Alignment::Center => ":---:",
            Alignment::Right => "---:",
        };
        mark.to_owned()
    });
    let head = [lines.next()?, line(marks)];
    Some(head.into_iter().chain(lines).collect::<Vec<_>>().join("\n"))
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.fold("|".to_owned(), |line, cell| line + " " + &cell + " |")
}
