//! What stands in a line beside words: formulas, the tags that are let through, footnotes.

use std::ops::Range;

use super::{Kind, Writer};
use crate::math;
use crate::safe::escape;
use crate::scan::Form;
use crate::source::{HIDDEN, Shown};
use crate::tags::SafeTag;

/// The label of a footnote as it is shown and linked: letters, digits, `-` and `_`.
fn note_label(label: &str) -> String {
    let kept = label.chars().take(40);
    kept.map(|c| {
        if c.is_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    })
    .collect()
}

impl Writer<'_> {
    /// Text, and the formulas in it.
    pub(super) fn text(&mut self, text: &str, range: &Range<usize>) {
        if !text.contains(HIDDEN) {
            return escape(text, &mut self.out);
        }
        let source = self.source;
        for shown in source.shown(text, range) {
            match shown {
                Shown::Text(text) => escape(text, &mut self.out),
                Shown::Formula(span) if span.form == Form::Open => {
                    math::source(source.written(span), &mut self.out);
                }
                Shown::Formula(span) => {
                    let mut tex = source.tex(span);
                    if !self.tables.is_empty() {
                        // As in code, a cell's bar may be escaped.
                        tex = tex.replace("\\|", "|");
                    }
                    if !math::formula(&tex, span.is_display(), &mut self.out) {
                        math::source(source.written(span), &mut self.out);
                    }
                }
            }
        }
    }

    /// A tag: an element where it is on the short list and has its end, else text.
    pub(super) fn inline_html(&mut self, text: &str, range: &Range<usize>) {
        let tag = SafeTag::of(text);
        let written = self.source.as_written(text, range);
        let at = self.out.len();
        match tag {
            Some(SafeTag::Break) => self.out.push_str("<br>"),
            Some(SafeTag::Close(name)) if self.tags.end(name, self.depth, &mut self.out) => {}
            _ => escape(&written, &mut self.out),
        }
        if let Some(SafeTag::Open(name)) = tag {
            let length = self.out.len() - at;
            self.tags.begin(name, at, length, self.depth);
        }
    }

    /// What a footnote says, with the way back to where it is named.
    pub(super) fn start_note(&mut self, label: &str) {
        if self.depth == 1
            && let Some(top) = self.tops.last_mut()
        {
            top.kind = Kind::Note;
        }
        let label = note_label(label);
        let begin = ["<div class=\"note\" data-note=\"", &label, "\">"];
        self.out.extend(begin);
        self.out
            .extend(["<a href=\"#ref-", &label, "\">", &label, "</a>"]);
    }

    /// Where a footnote is named.
    pub(super) fn note_link(&mut self, label: &str) {
        let label = note_label(label);
        let link = [
            "<sup><a href=\"#note-",
            &label,
            "\" data-ref=\"",
            &label,
            "\">",
        ];
        self.out.extend(link);
        self.out.extend([&label, "</a></sup>"]);
    }
}
