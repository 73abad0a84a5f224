//! TeX as models write it, brought to what is drawn, within bounds.

use super::chemistry;

/// Most bytes of a formula.
const LONGEST: usize = 8 << 10;
/// How deep a formula may be nested. A level takes up to 3 KB of the stack, so this is a
/// quarter of the smallest one that a thread has here (2 MB).
const DEEPEST: usize = 200;

/// Stand, as texts, before and behind what is boxed.
pub(super) const BOX: &str = "\u{e000}";
pub(super) const BOX_END: &str = "\u{e001}";

/// A formula to draw.
pub(super) struct Normal {
    pub(super) tex: String,
    /// What stands beside it, from `\tag`.
    pub(super) tag: Option<String>,
}

/// `None` where it is too long or too deep, or holds what nothing is known of.
pub(super) fn normalise(tex: &str, display: bool) -> Option<Normal> {
    if tex.len() > LONGEST
        || tex.contains(
            [BOX, BOX_END]
                .concat()
                .chars()
                .collect::<Vec<_>>()
                .as_slice(),
        )
    {
        return None;
    }
    let tags = if display { tags(tex) } else { Vec::new() };
    let mut reader = Reader {
        rest: tex,
        out: String::with_capacity(tex.len()),
        groups: Vec::new(),
        chain: 0,
        one_tag: tags.len() == 1,
        aligned: false,
    };
    while !reader.rest.is_empty() {
        reader.step()?;
    }
    let tex = if reader.aligned {
        ["\\begin{aligned}", &reader.out, "\\end{aligned}"].concat()
    } else {
        reader.out
    };
    let tag = tags.into_iter().next().filter(|_| reader.one_tag);
    Some(Normal { tex, tag })
}

/// What stands in the tags of a formula, as it is shown.
fn tags(tex: &str) -> Vec<String> {
    let found = tex.split("\\tag").skip(1).filter_map(|after| {
        let (bare, after) = match after.strip_prefix('*') {
            Some(after) => (true, after),
            None => (false, after),
        };
        let (tag, _) = after.trim_start().strip_prefix('{')?.split_once('}')?;
        let tag = tag.trim().trim_matches('$');
        Some(if bare {
            tag.to_owned()
        } else {
            format!("({tag})")
        })
    });
    found.collect()
}

/// What is open: a brace, an environment, `\left`.
struct Group {
    kind: Kind,
    /// What is written for its end, beside its own brace.
    end: &'static str,
    /// How many commands stand before it in the group around it.
    chain: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Brace,
    Environment,
    Fence,
}

struct Reader<'t> {
    rest: &'t str,
    out: String,
    groups: Vec<Group>,
    /// Commands since the group or cell began: each may hold the next.
    chain: usize,
    one_tag: bool,
    /// A `&` stands in no environment: the whole is made one.
    aligned: bool,
}

impl<'t> Reader<'t> {
    fn step(&mut self) -> Option<()> {
        let c = self.rest.chars().next()?;
        let after = self.rest.get(c.len_utf8()..)?;
        match c {
            '\\' => return self.command(after),
            '{' => self.open(Kind::Brace, "")?,
            '}' => {
                self.rest = after;
                let end = self.close(Kind::Brace)?;
                self.out.push('}');
                self.out.push_str(end);
                return Some(());
            }
            '&' => {
                self.chain = 0;
                self.aligned |= self.groups.is_empty();
            }
            // Models mean the sign, and seldom a comment.
            '%' => {
                self.rest = after;
                if self.out.ends_with(|c: char| c.is_ascii_digit()) {
                    self.out.push_str("\\%");
                } else {
                    self.rest = after.split_once('\n').map_or("", |(_, rest)| rest);
                }
                return Some(());
            }
            '\n' | '\r' | '\t' | '\u{a0}' | '\u{3000}' => {
                self.out.push(' ');
                self.rest = after;
                return Some(());
            }
            _ => {}
        }
        self.out.push(c);
        self.rest = after;
        Some(())
    }

    fn open(&mut self, kind: Kind, end: &'static str) -> Option<()> {
        let deep: usize = self.groups.iter().map(|group| group.chain + 1).sum();
        if deep + self.chain > DEEPEST {
            return None;
        }
        let chain = std::mem::take(&mut self.chain);
        self.groups.push(Group { kind, end, chain });
        Some(())
    }

    fn close(&mut self, kind: Kind) -> Option<&'static str> {
        let group = self.groups.pop().filter(|group| group.kind == kind)?;
        self.chain = group.chain;
        Some(group.end)
    }

    fn command(&mut self, after: &'t str) -> Option<()> {
        let length = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length == 0 {
            let c = after.chars().next()?;
            self.rest = after.get(c.len_utf8()..)?;
            if c == '\\' {
                self.chain = 0;
            }
            // A line end behind the last backslash is a blank.
            self.out
                .extend(['\\', if c.is_whitespace() { ' ' } else { c }]);
            return Some(());
        }
        let (name, rest) = after.split_at(length);
        self.rest = rest;
        self.chain += 1;
        if self.chain > DEEPEST {
            return None;
        }
        match name {
            "begin" => self.begin(),
            "end" => self.end(),
            "left" => {
                self.open(Kind::Fence, "")?;
                self.keep(name)
            }
            "right" => {
                self.close(Kind::Fence)?;
                self.keep(name)
            }
            "text" | "textrm" | "textnormal" | "textup" | "textmd" | "mbox" | "hbox" => {
                self.text("text")
            }
            "textbf" | "textit" | "texttt" | "textsf" | "emph" => self.text(name),
            "boxed" | "framebox" => self.wrap("{\\text{\u{e000}}{", "\\text{\u{e001}}}"),
            "fbox" => {
                self.out.push_str("{\\text{\u{e000}}");
                self.text("text")?;
                self.out.push_str("\\text{\u{e001}}}");
                Some(())
            }
            "substack" => self.wrap("\\begin{subarray}{c}{", "\\end{subarray}"),
            "ce" => {
                let formula = self.argument()?;
                self.out.push_str(&chemistry::tex(formula)?);
                Some(())
            }
            "tag" => self.tag(),
            "ref" | "eqref" => {
                let label = self.argument()?;
                self.out.push_str("\\text{");
                escape_text(label, &mut self.out);
                self.out.push('}');
                Some(())
            }
            // What says how, and not what.
            "label" | "color" | "textcolor" | "vspace" => self.argument().map(|_| ()),
            "nonumber" | "notag" | "smash" | "tiny" | "scriptsize" | "footnotesize" | "small"
            | "normalsize" | "large" | "Large" | "LARGE" | "huge" | "Huge" | "displaylimits"
            | "allowbreak" | "nobreak" | "break" => Some(()),
            "limits" | "nolimits" if self.out.trim_end().ends_with('}') => Some(()),
            "mathbbm" | "mathds" => self.keep("mathbb"),
            "cr" | "newline" => {
                self.chain = 0;
                self.out.push_str("\\\\ ");
                Some(())
            }
            _ => self.keep(name),
        }
    }

    fn keep(&mut self, name: &str) -> Option<()> {
        self.out.push('\\');
        self.out.push_str(name);
        Some(())
    }

    /// Writes a group as another one.
    fn wrap(&mut self, begin: &str, end: &'static str) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix('{')?;
        self.out.push_str(begin);
        self.open(Kind::Brace, end)
    }

    /// The group that follows, without its braces.
    fn argument(&mut self) -> Option<&'t str> {
        let text = self.rest.trim_start().strip_prefix('{')?;
        let mut depth = 1_usize;
        let mut escaped = false;
        for (at, c) in text.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.rest = text.get(at + 1..)?;
                return text.get(..at);
            }
        }
        None
    }

    fn text(&mut self, name: &str) -> Option<()> {
        let text = self.argument()?;
        // What is nested in it may be a formula again.
        if text.contains('$') && !text.contains("\\$") {
            for (at, part) in text.split('$').enumerate() {
                if at % 2 == 1 {
                    self.out.push('{');
                    self.out.push_str(&normalise(part, false)?.tex);
                    self.out.push('}');
                } else if !part.is_empty() {
                    self.words(name, part);
                }
            }
            return (text.matches('$').count() % 2 == 0).then_some(());
        }
        if text.matches('{').count() + self.groups.len() > DEEPEST / 2 {
            return None;
        }
        self.words(name, text);
        Some(())
    }

    fn words(&mut self, name: &str, text: &str) {
        self.out.extend(["\\", name, "{"]);
        escape_text(text, &mut self.out);
        self.out.push('}');
    }

    fn tag(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix('*').unwrap_or(self.rest);
        let tag = self.argument()?;
        if !self.one_tag {
            self.out.push_str("\\qquad\\text{(");
            escape_text(tag.trim_matches('$'), &mut self.out);
            self.out.push_str(")}");
        }
        Some(())
    }

    fn begin(&mut self) -> Option<()> {
        let name = self.argument()?;
        self.open(Kind::Environment, "")?;
        let (written, skip) = environment(name);
        if let Some(rest) = self.rest.trim_start().strip_prefix('[')
            && written != "{"
        {
            // Where it stands beside the line.
            self.rest = rest.split_once(']')?.1;
        }
        for _ in 0..skip {
            self.argument()?;
        }
        match written {
            "{" => self.out.push('{'),
            "array" if name.starts_with("eqnarray") => self.out.push_str("\\begin{array}{rcl}"),
            "array" | "darray" | "subarray" => {
                let columns = self.argument()?;
                self.out.extend(["\\begin{", written, "}{"]);
                let kept = columns
                    .chars()
                    .filter(|c| matches!(c, 'l' | 'c' | 'r' | '|' | ':'));
                self.out.extend(kept);
                self.out.push('}');
            }
            _ => self.out.extend(["\\begin{", written, "}"]),
        }
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        let name = self.argument()?;
        self.close(Kind::Environment)?;
        match environment(name).0 {
            "{" => self.out.push('}'),
            written => self.out.extend(["\\end{", written, "}"]),
        }
        Some(())
    }
}

/// The environment that is drawn for one, and how many arguments of it are left out.
/// Numbers of equations say nothing in an answer, unless a `\tag` asks for one.
fn environment(name: &str) -> (&str, usize) {
    match name {
        "equation" | "equation*" | "displaymath" | "math" => ("{", 0),
        "align" | "align*" | "aligned" | "split" | "flalign" | "flalign*" => ("aligned", 0),
        "alignat" | "alignat*" | "alignedat" => ("aligned", 1),
        "gather" | "gather*" | "gathered" | "multline" | "multline*" => ("gathered", 0),
        "eqnarray" | "eqnarray*" => ("array", 0),
        "smallmatrix" | "matrix*" => ("matrix", 0),
        "pmatrix*" => ("pmatrix", 0),
        "bmatrix*" => ("bmatrix", 0),
        other => (other, 0),
    }
}

/// Appends words so that TeX reads none of them as more.
fn escape_text(text: &str, out: &mut String) {
    let mut escaped = false;
    for c in text.chars() {
        if !escaped && matches!(c, '_' | '^' | '#' | '&' | '%') {
            // TeX has no other way to write this one in a text.
            out.push_str(if c == '^' { "\\textasciicircum " } else { "\\" });
        }
        if c == '\n' {
            out.push(' ');
        } else if escaped || c != '^' {
            out.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
}
