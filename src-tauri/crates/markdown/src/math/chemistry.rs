//! `\ce{…}`: what is most used of the notation of the LaTeX package mhchem.

/// The TeX of a formula or a reaction; `None` where it holds what is not known.
pub(super) fn tex(formula: &str) -> Option<String> {
    if formula.len() > 500 || formula.contains('$') {
        return None;
    }
    let mut out = String::from("{");
    for word in formula.split_whitespace() {
        match word {
            "+" | "-" | "=" => out.push_str(word),
            "^" => out.push_str("\\uparrow "),
            "v" => out.push_str("\\downarrow "),
            "." | "*" => out.push_str("\\cdot "),
            _ if word.starts_with("->") || word.starts_with('<') => arrow(word, &mut out)?,
            _ => species(word, &mut out)?,
        }
    }
    out.push('}');
    Some(out)
}

fn arrow(word: &str, out: &mut String) -> Option<()> {
    let known = [
        ("<=>", "\\rightleftharpoons "),
        ("<->", "\\leftrightarrow "),
        ("<-", "\\leftarrow "),
        ("->", "\\rightarrow "),
    ];
    let (mark, command) = known.iter().find(|(mark, _)| word.starts_with(mark))?;
    let label = word.get(mark.len()..)?;
    if label.is_empty() {
        out.push_str(command);
        return Some(());
    }
    let label = label.strip_prefix('[')?.strip_suffix(']')?;
    let plain = label
        .chars()
        .all(|c| c.is_alphanumeric() || " ,.°".contains(c));
    if !plain || *mark != "->" {
        return None;
    }
    out.extend(["\\xrightarrow{\\text{", label, "}}"]);
    Some(())
}

/// One substance: `2H2O`, `SO4^2-`, `Fe^{3+}`, `[Cu(NH3)4]^2+`, `H2O(l)`.
fn species(word: &str, out: &mut String) -> Option<()> {
    let mut rest = word;
    let mut atom = false;
    while let Some(c) = rest.chars().next() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let mut length = c.len_utf8();
        match c {
            _ if digits > 0 => {
                length = digits;
                let number = rest.get(..digits)?;
                let parts = if atom {
                    ["_{", number, "}"]
                } else {
                    [number, "\\,", ""]
                };
                out.extend(parts);
            }
            'A'..='Z' | 'a'..='z' => {
                length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                out.extend(["\\mathrm{", rest.get(..length)?, "}"]);
                atom = true;
            }
            '(' | '[' => {
                out.push(c);
                atom = false;
            }
            ')' | ']' => {
                out.push(c);
                atom = true;
            }
            '^' | '_' => {
                let inner = rest.get(1..)?;
                let script = match inner.strip_prefix('{') {
                    Some(inner) => inner.split_once('}')?.0,
                    None => inner,
                };
                let simple = !script.is_empty()
                    && script
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "+-".contains(c));
                if !simple {
                    return None;
                }
                out.extend([if c == '^' { "^{" } else { "_{" }, script, "}"]);
                length = if inner.starts_with('{') {
                    script.len() + 3
                } else {
                    script.len() + 1
                };
            }
            '+' | '-' if atom && rest.len() == 1 => out.extend(["^{", rest, "}"]),
            '-' => out.push_str("{-}"),
            '=' => out.push_str("{=}"),
            '#' => out.push_str("{\\equiv}"),
            '*' | '.' => {
                out.push_str("\\cdot ");
                atom = false;
            }
            _ => return None,
        }
        rest = rest.get(length..)?;
    }
    Some(())
}
