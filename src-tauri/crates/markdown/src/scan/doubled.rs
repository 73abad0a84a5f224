//! Formulas whose backslashes came doubled, as some gateways send them: `\\(x\\)`,
//! `\\[x\\]`. By the rules of markdown these are a backslash and a bracket, so one is a
//! formula only where it cannot be a path, a regular expression or a line break of TeX.

use super::lines::Lines;
use super::open::{Closer, Found};
use super::plausible::{in_marks, is_length, is_symbols, is_tex};
use super::span::{DOUBLED as MARK, Form, Span, run};

/// What `\\(` or `\\[` at a place begins.
pub(super) fn doubled(lines: &Lines<'_>, at: usize, first: usize) -> Found {
    let text = Found::Text(2);
    let bracket = lines.from(at).as_bytes().get(2) == Some(&b'[');
    let closer = if bracket {
        Closer::DoubleBracket
    } else {
        Closer::DoubleParen
    };
    let before = lines.between(lines.start, at);
    if before.ends_with(|c: char| c.is_ascii_alphanumeric() || "\\/\"'".contains(c))
        || is_drive(before)
    {
        return text;
    }
    let rest = lines.from(at + MARK);
    if let Some(length) = closer.find(rest).at() {
        let content = lines.between(at + MARK, at + MARK + length);
        let after = lines.from(at + 2 * MARK + length).chars().next();
        let path = after.is_some_and(|c| matches!(c, '\\' | '/'));
        if path || !is_formula(content) {
            return text;
        }
        return Found::Formula(Span {
            start: at,
            end: at + 2 * MARK + length,
            marks: (MARK, MARK),
            form: if bracket { Form::Display } else { Form::Inline },
            quotes: 0,
        });
    }
    let line = rest.trim_end();
    let begins = line.is_empty() || (is_formula(line) && is_tex(line) && !line.contains(']'));
    if bracket && at == first && begins && !closer.is_wrong_in(rest) {
        return Found::Open(closer, MARK);
    }
    text
}

/// True for `C:` before a path.
fn is_drive(before: &str) -> bool {
    let mut back = before.chars().rev();
    back.next() == Some(':')
        && back.next().is_some_and(|c| c.is_ascii_alphabetic())
        && !back.next().is_some_and(char::is_alphanumeric)
}

fn is_formula(content: &str) -> bool {
    in_marks(content)
        && !is_length(content)
        && !is_regular_expression(content)
        && (is_tex(content) || is_symbols(content))
}

/// True where classes or repetitions of a regular expression stand in it.
fn is_regular_expression(content: &str) -> bool {
    let class = |after: &str| {
        let mut after = after.chars();
        after.next().is_some_and(|c| "dwsbDWSB".contains(c))
            && !after.next().is_some_and(|c| c.is_ascii_alphabetic())
    };
    ["[^", ".*", ".+", "(?", "]+", "]*"]
        .iter()
        .any(|mark| content.contains(mark))
        || content.split('\\').skip(1).any(class)
}

/// The TeX of a formula with single backslashes, where all of it came with two: `surely`
/// where its delimiters did, else where it has a command that is known.
pub(crate) fn halved(tex: &str, surely: bool) -> Option<String> {
    let mut out = String::with_capacity(tex.len());
    let mut doubled = surely;
    let mut rest = tex;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at_checked(at)?;
        let length = run(from, b'\\');
        if !length.is_multiple_of(2) {
            return None;
        }
        let after = from.get(length..)?;
        let name = after.split(|c: char| !c.is_ascii_alphabetic()).next()?;
        doubled |= length == 2 && COMMANDS.contains(&name);
        out.push_str(before);
        out.extend(std::iter::repeat_n('\\', length / 2));
        rest = after;
    }
    out.push_str(rest);
    (doubled && out.len() < tex.len()).then_some(out)
}

/// Commands that show, behind two backslashes, that these were one.
const COMMANDS: [&str; 66] = [
    "frac",
    "dfrac",
    "tfrac",
    "sqrt",
    "sum",
    "int",
    "prod",
    "lim",
    "text",
    "mathrm",
    "mathbf",
    "mathbb",
    "mathcal",
    "operatorname",
    "left",
    "right",
    "begin",
    "end",
    "cdot",
    "times",
    "div",
    "pm",
    "leq",
    "geq",
    "neq",
    "approx",
    "equiv",
    "infty",
    "partial",
    "nabla",
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
    "Delta",
    "Gamma",
    "Lambda",
    "Omega",
    "Phi",
    "Pi",
    "Psi",
    "Sigma",
    "Theta",
    "vec",
    "hat",
    "overline",
    "boxed",
    "quad",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_are_halved_where_all_came_as_two() {
        for (tex, surely, mended) in [
            (r"\\frac{a}{b}", false, Some(r"\frac{a}{b}")),
            (r"a \\\\ \\alpha", false, Some(r"a \\ \alpha")),
            (r"\\zz x", true, Some(r"\zz x")),
            (r"\\zz x", false, None),
            (r"a \\ b", false, None),
            (r"\frac{a}{b} \\ \alpha", true, None),
            (r"\frac{a}{b} \\alpha", false, None),
            ("x", true, None),
        ] {
            assert_eq!(halved(tex, surely).as_deref(), mended, "{tex}");
        }
    }
}
