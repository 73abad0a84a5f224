//! Raised and lowered text without marks: 10⁶, H₂O.

/// Signs that have a raised and a lowered form.
const SIGNS: [(char, char, char); 15] = [
    ('0', '⁰', '₀'),
    ('1', '¹', '₁'),
    ('2', '²', '₂'),
    ('3', '³', '₃'),
    ('4', '⁴', '₄'),
    ('5', '⁵', '₅'),
    ('6', '⁶', '₆'),
    ('7', '⁷', '₇'),
    ('8', '⁸', '₈'),
    ('9', '⁹', '₉'),
    ('+', '⁺', '₊'),
    ('-', '⁻', '₋'),
    ('=', '⁼', '₌'),
    ('(', '⁽', '₍'),
    (')', '⁾', '₎'),
];

/// Text of `sup` (`sub` where it is lowered) as one can write it in a line: by signs that
/// have such a form, else after `^` or `_`.
pub(super) fn raised(text: &str, lowered: bool) -> String {
    let sign = |c: char| {
        let found = SIGNS.iter().find(|sign| sign.0 == c)?;
        Some(if lowered { found.2 } else { found.1 })
    };
    if let Some(written) = text.chars().map(sign).collect::<Option<String>>() {
        return written;
    }
    let mark = if lowered { '_' } else { '^' };
    if text.chars().count() == 1 {
        format!("{mark}{text}")
    } else {
        format!("{mark}({text})")
    }
}
