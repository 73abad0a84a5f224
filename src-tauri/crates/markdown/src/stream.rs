//! Text that grows: what is closed is committed, only the rest is parsed again.
//!
//! Markdown's block structure is decided line by line, so with whole lines at
//! hand every top-level block but the last is closed for good. Three kinds of
//! block are committed piece by piece while they are open: the lines of a
//! fenced code block, the rows of a table, the items of a list. What is left
//! of such a table or list is parsed behind a *context* (the table's head, an
//! item of the same list) that makes the parser read it as the continuation
//! that it is; the context's own output is dropped.
//!
//! What stays open may be long by itself: one paragraph, one item, one line of
//! code. It is parsed again only where the [`Budget`] allows, and what came
//! since stands behind it as plain text until then.

mod budget;
mod cut;
mod open;
mod text;

use protocol::{Block, Patch};

use crate::code::{CodeCache, split_line, unfinished_line};
use crate::parse::{Definitions, Parsed, parse};
use crate::patch::Draft;
use crate::plain;
use crate::scan::{Scanner, Span};
use crate::source::Source;
use crate::write::{Kind, Top};
use budget::Budget;
use cut::{Cut, ends_blank, is_blank, line_start};
use open::{Fence, List, Open, Table};
use text::Text;

/// Renders a text as it grows.
///
/// After each [`push`](Self::push) the blocks are those of the text so far; the
/// patch says how they changed. The end of a block that is long by itself may
/// stand behind it as plain text for a while. A link reference definition takes
/// effect on what follows it at once, and on what stands before it in
/// [`finish`](Self::finish), which is also when the blocks are exactly those of
/// [`crate::render`], however the text was cut.
#[derive(Default)]
pub struct Renderer {
    text: Text,
    blocks: Vec<Block>,
    /// Up to where in the text the blocks show it.
    shown: usize,
    /// How many blocks are closed.
    closed: usize,
    /// How many parts of the open block are committed.
    committed_parts: usize,
    /// Where in the text the part that is still parsed begins; a line start.
    base: usize,
    /// Up to where in the text settled lines were looked at.
    seen: usize,
    open: Open,
    /// A list that begins here is not committed by items: it was tried, and
    /// the parser did not read it as expected.
    whole_list: Option<usize>,
    definitions: Definitions,
    cache: CodeCache,
    budget: Budget,
    scanner: Scanner,
    /// The formulas at the end of the text, where not all is settled.
    rest: Vec<Span>,
}

impl Renderer {
    /// A renderer of an empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// A renderer that has the text, but has not looked at it.
    pub(crate) fn whole(text: &str) -> Self {
        let mut renderer = Self::default();
        renderer.text.push(text);
        renderer
    }

    /// A whole text as the parser is given it.
    pub(crate) fn source(text: &str) -> Source {
        let mut renderer = Self::whole(text);
        renderer.scan();
        renderer.rest = renderer.scanner.rest(renderer.text.as_str());
        renderer.whole_source("", 0)
    }

    pub(crate) fn into_blocks(self) -> Vec<Block> {
        self.blocks
    }

    /// The blocks of the text so far.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Bytes that were parsed so far, again and again: what the text cost.
    pub fn parsed(&self) -> usize {
        self.budget.parsed()
    }

    /// Takes more text and tells how the blocks changed. An empty patch
    /// ([`Patch::is_empty`]) means that they did not.
    pub fn push(&mut self, delta: &str) -> Patch {
        self.text.push(delta);
        self.scan();
        let length = self.text.len();
        let draft = if self.budget.allows(self.cost(), length, self.text.ended()) {
            self.text.forget_ended();
            let mut draft = Draft::new(self.closed, self.committed_parts);
            self.commit(&mut draft);
            self.show(&mut draft);
            draft
        } else {
            self.show_plain()
        };
        self.publish(draft)
    }

    /// Ends the text: renders it once more as a whole, so that the result does
    /// not depend on how it came. More may be pushed afterwards; the blocks
    /// then begin anew.
    pub fn finish(&mut self) -> Patch {
        let mut draft = Draft::new(0, 0);
        self.scan();
        self.rest = self.scanner.rest(self.text.as_str());
        let source = self.whole_source("", 0);
        let parsed = parse(&source, 0, &Definitions::default(), &mut self.cache);
        self.budget.spend(source.len(), parsed.html());
        // What footnotes say stands at the end.
        let (notes, tops): (Vec<Top>, Vec<Top>) =
            (parsed.tops.into_iter()).partition(|top| top.kind == Kind::Note);
        for top in tops.into_iter().chain(notes) {
            draft.push(top.html, top.parts);
        }
        self.closed = 0;
        self.committed_parts = 0;
        self.base = 0;
        self.seen = 0;
        self.open = Open::Nothing;
        self.whole_list = None;
        self.publish(draft)
    }

    fn publish(&mut self, draft: Draft) -> Patch {
        self.shown = self.text.len();
        let patch = draft.into_patch(&self.blocks);
        patch.apply(&mut self.blocks);
        patch
    }

    fn scan(&mut self) {
        self.scanner.scan(self.text.between(0, self.text.whole()));
    }

    /// What is settled of the text from `from` on, behind a context.
    fn settled_source(&self, context: &str, from: usize) -> Source {
        let text = self.text.between(from, self.scanner.settled());
        Source::new(context, text, from, self.scanner.since(from))
    }

    /// The text from `from` on, behind a context.
    fn whole_source(&self, context: &str, from: usize) -> Source {
        let spans = self.scanner.since(from).iter().chain(&self.rest);
        Source::new(context, self.text.since(from), from, spans)
    }

    /// How many bytes a push has to look at beside what is new.
    fn cost(&self) -> usize {
        let length = self.text.len();
        match &self.open {
            // Each whole line of code is looked at once.
            Open::Code(_) => length - self.text.whole().max(self.base),
            Open::Table(table) => length - self.base + table.head.len(),
            Open::Nothing | Open::List(_) => length - self.base,
        }
    }

    /// Shows what is new as it came, behind what is shown: as code in the code
    /// that is open, else in a block of its own.
    fn show_plain(&self) -> Draft {
        let parts = plain::parts(self.text.since(self.shown));
        let code = matches!(self.open, Open::Code(_));
        let end = self.blocks.len();
        match self.blocks.last() {
            Some(last) if code || last.html == plain::HTML => {
                let mut draft = Draft::new(end - 1, last.parts.len());
                draft.push(last.html.clone(), parts);
                draft
            }
            _ => {
                let mut draft = Draft::new(end, 0);
                if !parts.is_empty() {
                    draft.push(plain::HTML.to_owned(), parts);
                }
                draft
            }
        }
    }

    /// Parses a part of the text behind a context.
    fn parse(&mut self, context: &str, from: usize, source: &Source) -> Parsed {
        let origin = from as isize - context.len() as isize;
        let parsed = parse(source, origin, &self.definitions, &mut self.cache);
        self.budget.spend(source.len(), parsed.html());
        parsed
    }

    /// Commits what whole lines have closed.
    fn commit(&mut self, draft: &mut Draft) {
        let settled = self.scanner.settled();
        if settled <= self.seen.max(self.base) {
            return;
        }
        self.seen = settled;
        loop {
            let more = match std::mem::take(&mut self.open) {
                Open::Nothing => self.commit_blocks(draft),
                Open::Code(fence) => self.commit_code(fence, draft),
                Open::Table(table) => self.commit_rows(table, draft),
                Open::List(list) => self.commit_items(list, draft),
            };
            if !more {
                return;
            }
        }
    }

    /// Closes blocks and goes into the last one where it can be committed by
    /// parts. True where there may be more to commit.
    fn commit_blocks(&mut self, draft: &mut Draft) -> bool {
        let base = self.base;
        let source = self.settled_source("", base);
        let parsed = self.parse("", base, &source);
        if let Some(cut) = Cut::behind(&source, &parsed.tops) {
            self.close(parsed, cut, 0, draft);
            return false;
        }
        let Some(cut) = Cut::find(&source, &parsed.tops, 0) else {
            return false;
        };
        let last = parsed.tops.len() == cut.tops + 1;
        let kind = parsed.tops.last().map(|top| top.kind.clone());
        let (html, range) = match parsed.tops.get(cut.tops) {
            Some(top) => (top.html.clone(), top.range.clone()),
            None => return false,
        };
        self.close(parsed, cut, 0, draft);
        if !last {
            return false;
        }
        let rest = source.get(cut.at..).unwrap_or_default();
        self.open = match kind {
            Some(Kind::FencedCode { language }) => {
                Fence::open(rest, language, html.clone(), self.base)
            }
            Some(Kind::Table) => Table::open(rest, html.clone()),
            Some(Kind::List) if self.whole_list != Some(self.base) => {
                let marker = source.get(range.start..).unwrap_or_default();
                List::open(marker, html.clone(), self.base)
            }
            _ => Open::Nothing,
        };
        match &self.open {
            Open::Nothing => return false,
            Open::Code(fence) => {
                self.base += fence.first_line;
                self.cache.fresh(fence.start, &fence.language);
                draft.push(html, Vec::new());
            }
            Open::Table(table) => {
                self.base += table.head.len();
                draft.push(html, Vec::new());
            }
            Open::List(_) => draft.push(html, Vec::new()),
        }
        true
    }

    /// Commits the blocks before a cut; `context` is the length of what stands
    /// before the text in the source that was parsed.
    fn close(&mut self, parsed: Parsed, cut: Cut, context: usize, draft: &mut Draft) {
        for definition in parsed.definitions {
            if definition.end > context && definition.end <= cut.at {
                self.definitions.insert(definition);
            }
        }
        for top in parsed.tops.into_iter().take(cut.tops) {
            draft.push(top.html, top.parts);
            self.closed += 1;
        }
        self.base += cut.at.saturating_sub(context);
    }

    /// The block that is open, in the draft; it stands after the closed ones.
    fn open_block<'d>(&self, draft: &'d mut Draft, html: &str) -> Option<&'d mut Block> {
        let index = self.closed.checked_sub(draft.at)?;
        if draft.blocks.len() == index {
            draft.push(html.to_owned(), Vec::new());
        }
        draft.blocks.get_mut(index)
    }

    fn commit_parts(&mut self, parts: Vec<String>, html: &str, draft: &mut Draft) {
        self.committed_parts += parts.len();
        if let Some(block) = self.open_block(draft, html) {
            block.parts.extend(parts);
        }
    }

    /// Counts the open block as closed.
    fn close_open(&mut self, html: &str, draft: &mut Draft) {
        self.open_block(draft, html);
        self.closed += 1;
        self.committed_parts = 0;
    }

    fn commit_code(&mut self, fence: Fence, draft: &mut Draft) -> bool {
        let source = self
            .text
            .between(self.base, self.scanner.settled())
            .to_owned();
        let mut rest = source.as_str();
        let mut parts = Vec::new();
        let mut closed = false;
        while let Some((line, after)) = split_line(rest) {
            self.base += line.len();
            rest = after;
            if fence.closes(line) {
                closed = true;
                break;
            }
            let code = self.cache.entry(fence.start, &fence.language);
            parts.push(code.push_line(line).to_owned());
        }
        self.commit_parts(parts, &fence.html, draft);
        if closed {
            self.close_open(&fence.html, draft);
            return true;
        }
        self.open = Open::Code(fence);
        false
    }

    fn commit_rows(&mut self, table: Table, draft: &mut Draft) -> bool {
        let base = self.base;
        let source = self.settled_source(&table.head, base);
        let mut parsed = self.parse(&table.head, base, &source);
        let Some(rows) = table.take_rows(&mut parsed.tops) else {
            // What follows is not parsed, so the table is not either.
            self.close_open(&table.html, draft);
            return true;
        };
        if !parsed.tops.is_empty() {
            let Some(cut) = Cut::find(&source, &parsed.tops, rows.end) else {
                self.open = Open::Table(table);
                return false;
            };
            self.commit_parts(rows.html, &table.html, draft);
            self.close_open(&table.html, draft);
            self.close(parsed, cut, table.head.len(), draft);
            return true;
        }
        if source.get(rows.end..).is_some_and(is_blank) {
            self.commit_parts(rows.html, &table.html, draft);
            self.base += source.len() - table.head.len();
            if ends_blank(&source) {
                self.close_open(&table.html, draft);
                return false;
            }
        }
        self.open = Open::Table(table);
        false
    }

    fn commit_items(&mut self, mut list: List, draft: &mut Draft) -> bool {
        let base = self.base;
        let context = list.context();
        let source = self.settled_source(&context, base);
        let mut parsed = self.parse(&context, base, &source);
        let Some(mut items) = list.take_items(&mut parsed.tops) else {
            self.restart_list(&list, draft);
            self.whole_list = Some(list.start);
            return true;
        };
        if items.loose != list.loose {
            // One blank line makes every item of the list loose: once over.
            self.restart_list(&list, draft);
            self.open_block(draft, &list.html);
            list.loose = true;
            self.open = Open::List(list);
            return true;
        }
        if !parsed.tops.is_empty() {
            let Some(cut) = Cut::find(&source, &parsed.tops, items.end) else {
                self.open = Open::List(list);
                return false;
            };
            self.commit_parts(items.html, &list.html, draft);
            self.close_open(&list.html, draft);
            self.close(parsed, cut, context.len(), draft);
            return true;
        }
        // The last item may go on.
        items.html.pop();
        let last = items.starts.last().map(|start| line_start(&source, *start));
        if let Some(last) = last.filter(|last| *last > context.len()) {
            for definition in parsed.definitions {
                if definition.end <= last {
                    self.definitions.insert(definition);
                }
            }
            self.commit_parts(items.html, &list.html, draft);
            self.base += last - context.len();
        }
        self.open = Open::List(list);
        false
    }

    /// Forgets what was committed of a list.
    fn restart_list(&mut self, list: &List, draft: &mut Draft) {
        self.base = list.start;
        self.committed_parts = 0;
        match self.closed.checked_sub(draft.at) {
            Some(index) => {
                draft.blocks.truncate(index);
                if index == 0 {
                    draft.skip = 0;
                }
            }
            None => draft.blocks.clear(),
        }
    }

    /// Adds to the draft what is not committed, the unfinished line included.
    fn show(&mut self, draft: &mut Draft) {
        self.rest = self.scanner.rest(self.text.as_str());
        match std::mem::take(&mut self.open) {
            Open::Nothing => self.show_rest(draft),
            Open::Code(fence) => {
                self.show_code(&fence, draft);
                self.open = Open::Code(fence);
            }
            Open::Table(table) => {
                let source = self.whole_source(&table.head, self.base);
                let base = self.base;
                let mut parsed = self.parse(&table.head, base, &source);
                match table.take_rows(&mut parsed.tops) {
                    Some(rows) => self.show_open(rows.html, &table.html, parsed.tops, draft),
                    None => {
                        self.open_block(draft, &table.html);
                        self.show_rest(draft);
                    }
                }
                self.open = Open::Table(table);
            }
            Open::List(list) => {
                self.show_items(&list, draft);
                self.open = Open::List(list);
            }
        }
    }

    fn show_rest(&mut self, draft: &mut Draft) {
        let source = self.whole_source("", self.base);
        let base = self.base;
        for top in self.parse("", base, &source).tops {
            draft.push(top.html, top.parts);
        }
    }

    fn show_open(&self, parts: Vec<String>, html: &str, after: Vec<Top>, draft: &mut Draft) {
        if let Some(block) = self.open_block(draft, html) {
            block.parts.extend(parts);
        }
        for top in after {
            draft.push(top.html, top.parts);
        }
    }

    fn show_code(&mut self, fence: &Fence, draft: &mut Draft) {
        let line = self.text.since(self.base);
        let length = line.len();
        let mut parts = Vec::new();
        if !line.is_empty() && !fence.closes(line) {
            parts.push(unfinished_line(line));
        }
        self.budget.spend(length, 0);
        self.show_open(parts, &fence.html, Vec::new(), draft);
    }

    fn show_items(&mut self, list: &List, draft: &mut Draft) {
        let context = list.context();
        let source = self.whole_source(&context, self.base);
        let base = self.base;
        let mut parsed = self.parse(&context, base, &source);
        match list.take_items(&mut parsed.tops) {
            Some(items) if items.loose == list.loose => {
                self.show_open(items.html, &list.html, parsed.tops, draft);
            }
            _ => {
                // The unfinished line makes the list loose, perhaps only until
                // it is whole: show the list anew, and take nothing of it as
                // committed.
                self.restart_list(list, draft);
                self.show_rest(draft);
                self.seen = self.base;
            }
        }
    }
}
