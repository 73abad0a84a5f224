//! TeX to MathML: one formula.
//!
//! `math-core` reads the TeX. It does so by recursion, so what is long or deep is not
//! given to it ([`normal`]); what it writes is written anew from a list of elements,
//! attributes and classes ([`tidy`]). What it does not know is shown as its source.

mod chemistry;
mod normal;
mod tidy;

use std::sync::OnceLock;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use crate::safe::escape;
use normal::{Normal, normalise};

/// A formula of more bytes of TeX within a sentence can be wider than a line: it scrolls.
const LONG: usize = 60;

fn converter() -> Option<&'static LatexToMathML> {
    static CONVERTER: OnceLock<Option<LatexToMathML>> = OnceLock::new();
    CONVERTER
        .get_or_init(|| LatexToMathML::new(MathCoreConfig::default()).ok())
        .as_ref()
}

/// Appends a formula; false, and nothing appended, where it cannot be drawn.
pub(crate) fn formula(tex: &str, display: bool, out: &mut String) -> bool {
    let tex = tex.trim();
    let Some((mathml, tag)) = draw(tex, display) else {
        return false;
    };
    let (before, after) = match (display, tex.len() > LONG) {
        (true, _) => (
            "<span class=\"math-block\"><math display=\"block\">",
            "</span>",
        ),
        (false, true) => ("<span class=\"math-long\"><math>", "</span>"),
        (false, false) => ("<math>", ""),
    };
    out.push_str(before);
    out.push_str("<semantics><mrow>");
    out.push_str(&mathml);
    out.push_str("</mrow><annotation encoding=\"application/x-tex\">");
    escape(tex, out);
    out.push_str("</annotation></semantics></math>");
    if let Some(tag) = tag {
        out.push_str("<span class=\"math-tag\">");
        escape(&tag, out);
        out.push_str("</span>");
    }
    out.push_str(after);
    true
}

/// Appends a formula as it was written.
pub(crate) fn source(written: &str, out: &mut String) {
    out.push_str("<code class=\"tex\">");
    escape(written, out);
    out.push_str("</code>");
}

/// The MathML of a formula, and what `\tag` puts beside it.
fn draw(tex: &str, display: bool) -> Option<(String, Option<String>)> {
    let Normal { tex, tag } = normalise(tex, display)?;
    let form = if display {
        MathDisplay::Block
    } else {
        MathDisplay::Inline
    };
    let drawn = converter()?.convert_with_local_state(&tex, form).ok()?;
    let (_, inner) = drawn.mathml.split_once('>')?;
    Some((tidy::tidy(inner.strip_suffix("</math>")?)?, tag))
}
