//! Code blocks: highlighted line by line, with the state kept between lines.

mod classes;

use std::collections::HashMap;
use std::sync::OnceLock;

use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

use crate::safe::escape;
use classes::{Class, classify};

/// A line longer than this (bytes) is shown plain: highlighting minified code
/// costs much and helps nobody.
const LONGEST_LINE: usize = 2_000;
/// What follows so many bytes of one code block is shown plain: highlighting
/// takes seconds for 1 MB.
const LONGEST_CODE: usize = 256 << 10;

fn syntaxes() -> &'static SyntaxSet {
    static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
    SYNTAXES.get_or_init(two_face::syntax::extra_newlines)
}

/// Loads what highlighting needs, once. Call it on a background thread after
/// the start, so that the first code block of an answer does not wait for it.
pub fn warm() {
    let mut highlighter = Highlighter::new("rust");
    highlighter.line("fn main() {}\n", &mut String::new());
}

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let token = match language {
        "" | "text" | "plain" | "plaintext" | "txt" | "output" | "log" => return None,
        "shell" | "zsh" | "console" | "shell-session" | "sh-session" => "bash",
        "golang" => "go",
        "c#" | "csharp" => "cs",
        "c++" => "cpp",
        "f#" => "fs",
        "jsonc" | "json5" | "jsonl" => "json",
        "mjs" | "cjs" | "node" => "js",
        "mts" | "cts" => "ts",
        "py3" | "python3" => "python",
        "docker" => "dockerfile",
        "objc" | "objectivec" => "objective-c",
        "vue" | "svelte" => "html",
        other => other,
    };
    syntaxes().find_syntax_by_token(token)
}

/// The state of the highlighter between two lines.
#[derive(Clone)]
struct Highlighter {
    /// `None` where the language is unknown or the highlighter failed.
    state: Option<(ParseState, ScopeStack)>,
    /// Bytes of the lines so far.
    length: usize,
}

impl Highlighter {
    fn new(language: &str) -> Self {
        let state = syntax(language).map(|syntax| (ParseState::new(syntax), ScopeStack::new()));
        Self { state, length: 0 }
    }

    /// Appends the HTML of one line (which ends with a newline).
    fn line(&mut self, line: &str, out: &mut String) {
        self.length = self.length.saturating_add(line.len());
        out.push_str("<span class=\"line\">");
        let long = line.len() > LONGEST_LINE || self.length > LONGEST_CODE;
        if long || self.highlight(line, out).is_none() {
            escape(line, out);
        }
        out.push_str("</span>");
    }

    /// Appends the highlighted line; `None` where that is not possible, with
    /// nothing appended.
    fn highlight(&mut self, line: &str, out: &mut String) -> Option<()> {
        let (state, scopes) = self.state.as_mut()?;
        let Ok(ops) = state.parse_line(line, syntaxes()) else {
            self.state = None;
            return None;
        };
        let mut spans = Spans { out, open: None };
        let mut from = 0;
        for (at, op) in ops {
            let at = at.clamp(from, line.len());
            spans.write(line.get(from..at).unwrap_or_default(), scopes);
            from = at;
            // A stack that does not fit is the syntax definition's fault: the
            // rest of the line keeps the class it has.
            let _ = scopes.apply(&op);
        }
        spans.write(line.get(from..).unwrap_or_default(), scopes);
        spans.close();
        Some(())
    }
}

/// Writes runs of text, one span for neighbours of the same class.
struct Spans<'o> {
    out: &'o mut String,
    open: Option<Class>,
}

impl Spans<'_> {
    fn write(&mut self, text: &str, scopes: &ScopeStack) {
        if text.is_empty() {
            return;
        }
        let class = if text.trim().is_empty() {
            // Blanks have no colour: they join what is open.
            self.open
        } else {
            classify(scopes.as_slice())
        };
        if class != self.open {
            self.close();
            if let Some(class) = class {
                self.out.push_str("<span class=\"");
                self.out.push_str(class.name());
                self.out.push_str("\">");
            }
            self.open = class;
        }
        escape(text, self.out);
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.out.push_str("</span>");
        }
    }
}

/// The opening of a code block's element, up to where its lines stand, and
/// its end.
pub(crate) fn shell(language: &str, slot: bool) -> (String, &'static str) {
    let mut open = String::from("<div class=\"code\" data-lang=\"");
    escape(language, &mut open);
    open.push_str(if slot {
        "\"><pre><code data-slot>"
    } else {
        "\"><pre><code>"
    });
    (open, "</code></pre></div>")
}

/// A code block that grows: its finished lines, and the highlighter's state
/// after them.
pub(crate) struct GrowingCode {
    language: String,
    source: String,
    lines: Vec<String>,
    highlighter: Highlighter,
}

impl GrowingCode {
    pub(crate) fn new(language: &str) -> Self {
        Self {
            language: language.to_owned(),
            source: String::new(),
            lines: Vec::new(),
            highlighter: Highlighter::new(language),
        }
    }

    /// Takes a finished line, with its newline, and gives its HTML.
    pub(crate) fn push_line(&mut self, line: &str) -> &str {
        let mut html = String::new();
        self.highlighter.line(line, &mut html);
        self.source.push_str(line);
        self.lines.push(html);
        self.lines.last().map(String::as_str).unwrap_or_default()
    }

    /// Starts again where `source` is no continuation of what is there.
    fn restart_unless_prefix_of(&mut self, source: &str) {
        if !source.starts_with(&self.source) {
            *self = Self::new(&self.language);
        }
    }
}

/// The HTML of a line that may still grow, given without a newline. It is not
/// coloured before it is whole: that would highlight it once for each push.
pub(crate) fn unfinished_line(line: &str) -> String {
    let mut html = String::from("<span class=\"line\">");
    escape(line, &mut html);
    html.push_str("\n</span>");
    html
}

/// The code blocks of one text, by the byte at which each begins, so that a
/// line is highlighted once however often its block is parsed again.
#[derive(Default)]
pub(crate) struct CodeCache(HashMap<usize, GrowingCode>);

impl CodeCache {
    /// The HTML of each line of a code block. Where `growing`, the last line is
    /// not whole yet.
    pub(crate) fn lines(
        &mut self,
        start: usize,
        language: &str,
        source: &str,
        growing: bool,
    ) -> Vec<String> {
        let whole = match source.strip_suffix('\n').unwrap_or(source).rfind('\n') {
            _ if !growing => source.len(),
            Some(at) => at + 1,
            None => 0,
        };
        let (whole, last) = source.split_at_checked(whole).unwrap_or((source, ""));
        let code = self.entry(start, language);
        code.restart_unless_prefix_of(whole);
        let mut rest = whole.get(code.source.len()..).unwrap_or_default();
        while let Some((line, after)) = split_line(rest) {
            code.push_line(line);
            rest = after;
        }
        let mut lines = code.lines.clone();
        let last = if last.is_empty() { rest } else { last };
        if !last.is_empty() {
            lines.push(unfinished_line(last.trim_end_matches('\n')));
        }
        lines
    }

    /// The block that begins at `start`, made where there is none.
    pub(crate) fn entry(&mut self, start: usize, language: &str) -> &mut GrowingCode {
        let code = self
            .0
            .entry(start)
            .or_insert_with(|| GrowingCode::new(language));
        if code.language != language {
            *code = GrowingCode::new(language);
        }
        code
    }

    /// The block that begins at `start`, without lines.
    pub(crate) fn fresh(&mut self, start: usize, language: &str) -> &mut GrowingCode {
        let code = self.entry(start, language);
        *code = GrowingCode::new(language);
        code
    }
}

/// The first line with its newline, and the rest.
pub(crate) fn split_line(text: &str) -> Option<(&str, &str)> {
    let end = text.find('\n')? + 1;
    text.split_at_checked(end)
}
