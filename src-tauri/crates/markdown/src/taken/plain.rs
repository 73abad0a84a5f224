//! Plain text, as one reads it: no marks, links with their address, tables with tabs.

use super::pieces::{Element, Piece, Pieces};
use super::raised::raised;
use super::rendered;

/// Levels of lists and quotes that are set in; deeper ones stand as far in as these.
const LEVELS: usize = 16;

/// How far a quote is set in.
const QUOTE: usize = 4;

/// What stands for a line across the page.
const RULE: &str = "———";

/// A text without its marks. Formulas are TeX between `$`, links are followed by their
/// address, the cells of a table by tabs, raised figures are raised.
pub fn plain_text(text: &str) -> String {
    let html = rendered(text);
    let mut plain = Plain::new(true);
    for piece in Pieces::of(&html) {
        plain.take(piece);
    }
    plain.out
}

/// Writes pieces as plain text.
pub(super) struct Plain {
    pub(super) out: String,
    /// Is a link followed by its address?
    with_addresses: bool,
    /// Lines that are ended before what comes next.
    gap: usize,
    /// How far in each level stands; the last is the innermost.
    levels: Vec<usize>,
    /// Lists that are open: the number of the next item, where they have numbers.
    lists: Vec<Option<u64>>,
    /// Stands before what comes next, in its line.
    marker: String,
    /// Elements that are open, and where in `out` they begin.
    open: Vec<(Kind, usize)>,
    /// Within code, where text is as it was written.
    code: bool,
    /// Within a cell of a table: which one of its row.
    cell: Option<usize>,
}

/// What an open element asks for at its end.
enum Kind {
    Nothing,
    Block,
    Item,
    Quote,
    Note,
    List,
    Code,
    Row,
    Cell,
    Link(String),
    Raised { lowered: bool },
}

impl Plain {
    /// Nothing yet.
    pub(super) fn new(with_addresses: bool) -> Self {
        Self {
            out: String::new(),
            with_addresses,
            gap: 0,
            levels: Vec::new(),
            lists: Vec::new(),
            marker: String::new(),
            open: Vec::new(),
            code: false,
            cell: None,
        }
    }

    /// Takes a piece.
    pub(super) fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => self.text(&text),
            Piece::Formula(tex) => self.text(&tex),
            Piece::Close(_) => self.close(),
            Piece::Open(element) if element.is_empty() => self.sign(element),
            Piece::Open(element) => {
                let kind = self.begin(element);
                if matches!(kind, Kind::Link(_) | Kind::Raised { .. }) {
                    self.come_to_line();
                }
                self.open.push((kind, self.out.len()));
            }
        }
    }

    fn sign(&mut self, element: Element<'_>) {
        match element.name {
            "br" if self.cell.is_some() => self.put(" "),
            "br" if self.gap > 0 => {}
            "br" => self.put("\n"),
            "hr" => {
                self.part(2);
                self.put(RULE);
                self.gap = 2;
            }
            _ => self.put(if element.has("checked") { "☑" } else { "☐" }),
        }
    }

    fn begin(&mut self, element: Element<'_>) -> Kind {
        match element.name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.part(2);
                Kind::Block
            }
            "div" if element.is("note") => {
                self.part(2);
                Kind::Note
            }
            "div" | "table" => {
                self.part(2);
                Kind::Block
            }
            "pre" => {
                self.part(2);
                self.code = true;
                Kind::Code
            }
            "blockquote" => {
                self.part(2);
                self.levels.push(QUOTE);
                Kind::Quote
            }
            "ul" | "ol" => {
                self.part(if self.lists.is_empty() { 2 } else { 1 });
                let start = element.attribute("start");
                let start = start.and_then(|number| number.parse().ok()).unwrap_or(1);
                self.lists.push((element.name == "ol").then_some(start));
                Kind::List
            }
            "li" => {
                self.part(1);
                self.item();
                Kind::Item
            }
            "tr" => {
                self.part(1);
                self.cell = Some(0);
                Kind::Row
            }
            "th" | "td" => {
                if let Some(at) = &mut self.cell {
                    *at += 1;
                    if *at > 1 {
                        self.put("\t");
                    }
                }
                Kind::Cell
            }
            "a" => self.link(element),
            "span" if element.is("remote-image") => {
                Kind::Link(element.attribute("data-url").unwrap_or_default().into())
            }
            "sup" | "sub" => Kind::Raised {
                lowered: element.name == "sub",
            },
            _ => Kind::Nothing,
        }
    }

    fn link(&mut self, element: Element<'_>) -> Kind {
        match element.attribute("href") {
            // The label of a footnote: where it is named, and where it is explained.
            Some(address) if address.starts_with('#') => Kind::Link(address.into()),
            Some(address) => {
                let mail = address.strip_prefix("mailto:");
                Kind::Link(mail.unwrap_or(&address).to_owned())
            }
            None => Kind::Nothing,
        }
    }

    fn item(&mut self) {
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "• ".to_owned(),
        };
        self.levels.push(marker.chars().count());
        self.marker.push_str(&marker);
    }

    fn close(&mut self) {
        let Some((kind, start)) = self.open.pop() else {
            return;
        };
        match kind {
            Kind::Nothing => {}
            Kind::Block => self.gap = self.gap.max(2),
            Kind::Item => {
                self.empty_item();
                self.levels.pop();
                self.gap = self.gap.max(1);
            }
            Kind::Quote => {
                self.levels.pop();
                self.gap = self.gap.max(2);
            }
            Kind::Note => {
                self.empty_item();
                self.gap = self.gap.max(1);
            }
            Kind::List => {
                self.lists.pop();
                self.gap = self.gap.max(if self.lists.is_empty() { 2 } else { 1 });
            }
            Kind::Code => {
                self.code = false;
                while self.out.len() > start && self.out.ends_with('\n') {
                    self.out.pop();
                }
                self.gap = 2;
            }
            Kind::Row => {
                self.cell = None;
                self.gap = 1;
            }
            Kind::Cell => {}
            Kind::Link(address) => self.end_link(&address, start),
            Kind::Raised { lowered } => {
                let text = self.out.split_off(start);
                // The label of a footnote stands in brackets.
                let is_note = text.starts_with('[');
                let written = if is_note || text.is_empty() {
                    text
                } else {
                    raised(&text, lowered)
                };
                self.out.push_str(&written);
            }
        }
    }

    fn end_link(&mut self, address: &str, start: usize) {
        let text = self.out.get(start..).unwrap_or_default().trim();
        if let Some(place) = address.strip_prefix('#') {
            let label = text.to_owned();
            self.out.truncate(start);
            if place.starts_with("note-") {
                self.put(&format!("[{label}]"));
            } else {
                self.marker = format!("[{label}] ");
            }
            return;
        }
        let is_shown = text == address || format!("{text}/") == address;
        if text.is_empty() {
            self.put(address);
        } else if self.with_addresses && !is_shown {
            self.put(&format!(" ({address})"));
        }
    }

    /// An item that holds nothing has its marker all the same.
    fn empty_item(&mut self) {
        if !self.marker.is_empty() {
            self.end_lines();
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
        }
    }

    /// What comes next stands so many lines further down, unless it is the first of an item.
    fn part(&mut self, lines: usize) {
        if self.marker.is_empty() {
            self.gap = self.gap.max(lines);
        }
    }

    fn text(&mut self, text: &str) {
        if self.cell.is_some() {
            self.put(&text.replace(['\n', '\t', '\r'], " "));
        } else if self.code {
            self.put(text);
        } else {
            // Between two elements a newline is none.
            let is_between = self.gap > 0 || self.out.is_empty() || !self.marker.is_empty();
            let after_break = self.out.ends_with('\n');
            let text = match is_between || after_break {
                true => text.trim_start_matches('\n'),
                false => text,
            };
            if !(is_between && text.trim().is_empty()) {
                self.put(text);
            }
        }
    }

    /// Writes, in the line that it belongs to.
    fn put(&mut self, text: &str) {
        self.end_lines();
        for line in text.split_inclusive('\n') {
            if self.at_line_start() && line != "\n" {
                self.set_in(self.depth());
            }
            self.out.push_str(line);
        }
    }

    /// Comes to where the next character stands.
    fn come_to_line(&mut self) {
        self.end_lines();
        if self.at_line_start() {
            self.set_in(self.depth());
        }
    }

    /// Ends lines as is wanted, and writes the marker of the item that begins.
    fn end_lines(&mut self) {
        if self.gap > 0 {
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
            if !self.out.is_empty() {
                self.out.extend(std::iter::repeat_n('\n', self.gap));
            }
            self.gap = 0;
        }
        if !self.marker.is_empty() {
            let marker = std::mem::take(&mut self.marker);
            if self.at_line_start() {
                let own = marker.chars().count();
                self.set_in(self.depth().saturating_sub(own));
            }
            self.out.push_str(&marker);
        }
    }

    fn at_line_start(&self) -> bool {
        self.out.is_empty() || self.out.ends_with('\n')
    }

    fn depth(&self) -> usize {
        self.levels.iter().take(LEVELS).sum()
    }

    fn set_in(&mut self, by: usize) {
        self.out.extend(std::iter::repeat_n(' ', by));
    }
}
