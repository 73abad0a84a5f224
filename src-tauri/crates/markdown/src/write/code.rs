//! Blocks of code, and formulas that are fenced like code.

use std::ops::Range;

use pulldown_cmark::CodeBlockKind;

use super::{Kind, OpenCode, Writer};
use crate::code::shell;
use crate::math;
use crate::safe::language;

/// The language whose blocks are drawn as formulas, as GitHub and GitLab do.
const MATH: &str = "math";

impl Writer<'_> {
    pub(super) fn start_code(&mut self, kind: CodeBlockKind<'_>, range: Range<usize>) {
        let (language, fenced) = match kind {
            CodeBlockKind::Fenced(info) => (language(&info), true),
            CodeBlockKind::Indented => (String::new(), false),
        };
        if self.depth == 1
            && fenced
            && language != MATH
            && let Some(top) = self.tops.last_mut()
        {
            let language = language.clone();
            top.kind = Kind::FencedCode { language };
        }
        self.code = Some(OpenCode {
            range,
            language,
            text: String::new(),
            growing: false,
        });
    }

    pub(super) fn end_code(&mut self) {
        let Some(code) = self.code.take() else {
            return;
        };
        if code.language == MATH && self.fenced_formula(&code) {
            return;
        }
        let key = code.range.start.saturating_add_signed(self.origin);
        let lines = self
            .cache
            .lines(key, &code.language, &code.text, code.growing);
        let at_top = self.depth == 0;
        let (open, close) = shell(&code.language, at_top);
        self.out.push_str(&open);
        if at_top {
            if let Some(top) = self.tops.last_mut() {
                top.parts = lines;
            }
        } else {
            for line in &lines {
                self.out.push_str(line);
            }
        }
        self.out.push_str(close);
    }

    /// Writes a block of TeX as a formula; false, and nothing written, where it is not
    /// closed yet or cannot be drawn.
    fn fenced_formula(&mut self, code: &OpenCode) -> bool {
        let written = self.source.get(code.range.clone()).unwrap_or_default();
        if !is_closed(written, &code.text) {
            return false;
        }
        let mut tex = code.text.trim();
        for (open, close) in [("$$", "$$"), ("\\[", "\\]")] {
            let inner = tex
                .strip_prefix(open)
                .and_then(|tex| tex.strip_suffix(close));
            tex = inner.unwrap_or(tex);
        }
        let begin = self.out.len();
        self.out.push_str("<p>");
        if tex.trim().is_empty() || !math::formula(tex, true, &mut self.out) {
            self.out.truncate(begin);
            return false;
        }
        self.out.push_str("</p>");
        true
    }
}

/// True where a fence ends a block: the last line is one, and none of the code.
fn is_closed(written: &str, code: &str) -> bool {
    let length = |line: &str| {
        let line = line.trim_end();
        let marks = line.trim_end_matches(['`', '~']);
        let bare = marks
            .bytes()
            .all(|byte| matches!(byte, b' ' | b'\t' | b'>'));
        if bare { line.len() - marks.len() } else { 0 }
    };
    let lines = written.trim_end_matches('\n').matches('\n').count();
    let last = written.trim_end_matches('\n').rsplit('\n').next();
    lines > code.matches('\n').count() && last.is_some_and(|last| length(last) >= 3)
}
