//! What is parsed: a part of the text, with the formulas hidden in it.
//!
//! A formula stands for the parser as one run of characters that no text has and
//! that mean nothing in markdown, as long as the formula. So every offset is that of the
//! text, and what the parser gives is what was there but for these runs.

use std::borrow::Cow;
use std::ops::Range;

use crate::scan::{DOUBLED, Span, halved};

/// Stands for the first byte of a formula; [`crate::stream`] lets no text have it.
pub(crate) const HIDDEN: char = '\u{2}';
/// Stands for every other byte of one.
pub(crate) const HIDDEN_MORE: char = '\u{1}';

/// Stands at the first or last bytes of a formula that passes for punctuation. It is another
/// way to write the middle dot, to which [`crate::stream`] brings it.
pub(crate) const HIDDEN_EDGE: char = '\u{387}';

/// At which ends a formula passes for punctuation.
struct Edges {
    before: bool,
    after: bool,
}

impl Edges {
    fn count(&self) -> usize {
        usize::from(self.before) + usize::from(self.after)
    }
}

/// Punctuation as sentences have it, in Latin and Chinese.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}'
            | '\u{3014}'..='\u{301b}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff3d}' | '\u{ff5b}'..='\u{ff65}')
}

/// What is parsed.
pub(crate) struct Source {
    /// As the parser sees it. Ends with a newline, unless it is empty.
    text: String,
    /// As it is, where formulas are hidden.
    written: Option<String>,
    /// The formulas, in bytes of this source.
    spans: Vec<Span>,
    /// Where the text ends in the middle of a line: a newline was added.
    pub(crate) unfinished: Option<usize>,
}

/// What the parser gave, with its formulas.
pub(crate) enum Shown<'s> {
    Text(&'s str),
    Formula(&'s Span),
}

impl Source {
    /// A text behind a context. `spans` are formulas by their place in the whole text, in
    /// which this one begins at `from`.
    pub(crate) fn new<'s>(
        context: &str,
        text: &str,
        from: usize,
        spans: impl IntoIterator<Item = &'s Span>,
    ) -> Self {
        let unfinished = !text.is_empty() && !text.ends_with('\n');
        let end = if unfinished { "\n" } else { "" };
        let mut source = Self {
            text: [context, text, end].concat(),
            written: None,
            spans: Vec::new(),
            unfinished: unfinished.then_some(context.len() + text.len()),
        };
        source.hide(context.len(), text.len(), from, spans);
        source
    }

    fn hide<'s>(
        &mut self,
        context: usize,
        length: usize,
        from: usize,
        spans: impl IntoIterator<Item = &'s Span>,
    ) {
        let mut hidden = String::new();
        let mut at = 0;
        for span in spans {
            let Some(start) = span.start.checked_sub(from) else {
                continue;
            };
            let (start, end) = (context + start, context + span.end.saturating_sub(from));
            let Some(before) = self.text.get(at..start) else {
                continue;
            };
            if end > context + length {
                break;
            }
            hidden.push_str(before);
            let edges = self.edges(start, end);
            let edge = |is_edge: bool| is_edge.then_some(HIDDEN_EDGE);
            let more = end - start - 1 - HIDDEN_EDGE.len_utf8() * edges.count();
            hidden.extend(edge(edges.before));
            hidden.push(HIDDEN);
            hidden.extend(std::iter::repeat_n(HIDDEN_MORE, more));
            hidden.extend(edge(edges.after));
            at = end;
            self.spans.push(Span {
                start,
                end,
                ..span.clone()
            });
        }
        if at > 0 {
            hidden.push_str(self.text.get(at..).unwrap_or_default());
            self.written = Some(std::mem::replace(&mut self.text, hidden));
        }
    }

    /// Where a formula has to pass for punctuation: beside marks of emphasis on whose other
    /// side punctuation stands, which else could not end, or begin, there: `**So:**$x$`.
    fn edges(&self, start: usize, end: usize) -> Edges {
        let is_mark = |c: char| matches!(c, '*' | '_' | '~');
        let before = self.text.get(..start).unwrap_or_default();
        let beyond = before.trim_end_matches(is_mark);
        let edge_before = beyond.len() < before.len() && beyond.ends_with(is_punctuation);
        let after = self.text.get(end..).unwrap_or_default();
        let beyond = after.trim_start_matches(is_mark);
        let edge_after = beyond.len() < after.len() && beyond.starts_with(is_punctuation);
        let room = (end - start - 1) / HIDDEN_EDGE.len_utf8();
        Edges {
            before: edge_before && room > 0,
            after: edge_after && room > usize::from(edge_before),
        }
    }

    /// The text as it was given, behind its context.
    pub(crate) fn given(&self) -> &str {
        let text = self.written.as_ref().unwrap_or(&self.text);
        text.get(..self.unfinished.unwrap_or(text.len()))
            .unwrap_or_default()
    }

    /// A part of what the parser gave, piece by piece; `range` is where it stands.
    pub(crate) fn shown<'s>(
        &'s self,
        text: &'s str,
        range: &Range<usize>,
    ) -> impl Iterator<Item = Shown<'s>> {
        let mut spans = self.within(range);
        let mut first = true;
        text.split(HIDDEN)
            .flat_map(move |part| {
                let part = part.trim_end_matches(HIDDEN_EDGE);
                if std::mem::take(&mut first) {
                    return [Some(Shown::Text(part)), None];
                }
                let after = part.trim_start_matches([HIDDEN_MORE, HIDDEN_EDGE]);
                [spans.next().map(Shown::Formula), Some(Shown::Text(after))]
            })
            .flatten()
    }

    /// The same as it was written.
    pub(crate) fn as_written<'s>(&'s self, text: &'s str, range: &Range<usize>) -> Cow<'s, str> {
        if !text.contains(HIDDEN) {
            return Cow::Borrowed(text);
        }
        self.shown(text, range)
            .map(|shown| match shown {
                Shown::Text(text) => text,
                Shown::Formula(span) => self.written(span),
            })
            .collect()
    }

    fn within(&self, range: &Range<usize>) -> impl Iterator<Item = &Span> + use<'_> {
        let first = self.spans.partition_point(|span| span.start < range.start);
        let end = range.end;
        let spans = self.spans.get(first..).unwrap_or_default().iter();
        spans.take_while(move |span| span.start < end)
    }

    /// A formula as it was written, with its delimiters.
    pub(crate) fn written(&self, span: &Span) -> &str {
        let text = self.written.as_ref().unwrap_or(&self.text);
        text.get(span.start..span.end).unwrap_or_default()
    }

    /// The TeX of a formula, without delimiters, marks of quotes and doubled backslashes.
    pub(crate) fn tex(&self, span: &Span) -> String {
        let tex = self.unquoted(span);
        halved(&tex, span.marks.0 == DOUBLED).unwrap_or(tex)
    }

    fn unquoted(&self, span: &Span) -> String {
        let written = self.written(span);
        let end = written.len().saturating_sub(span.marks.1);
        let tex = written.get(span.marks.0..end).unwrap_or_default();
        if span.quotes == 0 || !tex.contains('\n') {
            return tex.to_owned();
        }
        let lines = tex.split_inclusive('\n').enumerate().map(|(at, line)| {
            let quotes = if at == 0 { 0 } else { span.quotes };
            let start = crate::scan::behind_quotes(line, quotes).unwrap_or(0);
            line.get(start..).unwrap_or_default()
        });
        lines.collect()
    }
}

impl std::ops::Deref for Source {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}
