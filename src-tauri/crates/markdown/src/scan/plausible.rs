//! What may be a formula, and what is money, a shell's variable or words.

/// Letters of a TeX formula rather than of a sentence: a command, a script, an equation.
pub(super) fn is_tex(content: &str) -> bool {
    has_command(content) || content.contains(['^', '_', '=', '{', '<', '>'])
}

fn has_command(content: &str) -> bool {
    content.split('\\').skip(1).any(|after| {
        after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '{' | '|' | '\\' | ','))
    })
}

/// Most bytes of symbols that stand between blanks.
const SHORT: usize = 24;

/// Names that stand in formulas also where they are written without a backslash.
const FUNCTIONS: [&str; 18] = [
    "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "lg", "exp", "max", "min", "lim", "mod",
    "gcd", "det", "dim", "arg",
];

/// The words of at least two letters that are no commands.
fn words(content: &str) -> usize {
    let runs = content.split(|c: char| !c.is_ascii_alphabetic() && c != '\\');
    let word = |run: &&str| run.len() >= 2 && !run.contains('\\') && !FUNCTIONS.contains(run);
    runs.filter(word).count()
}

/// True where blanks stand before and behind a word, or before and behind several.
fn is_sentence_like(content: &str) -> bool {
    let words = content.split_whitespace().filter(|part| {
        let word = part.trim_matches(|c: char| c.is_ascii_punctuation());
        word.len() >= 2
            && word.bytes().all(|byte| byte.is_ascii_alphabetic())
            && !FUNCTIONS.contains(&word)
    });
    let count = words.count();
    let parts = content.split_whitespace().count();
    count >= 2 || (count == 1 && parts >= 3)
}

/// True where a number has a word beside it, and not only variables: `2ab` has none.
fn has_unit(content: &str) -> bool {
    let bare = |part: &str| !part.contains(|c: char| !c.is_ascii_alphabetic());
    let standing = content.split_whitespace().any(|part| {
        let part = part.trim_matches(|c: char| c.is_ascii_punctuation());
        part.len() >= 2 && bare(part) && !FUNCTIONS.contains(&part)
    });
    let mut runs = content.split(|c: char| !c.is_ascii_alphabetic());
    let behind_slash = content.split('/').skip(1).any(|part| words(part) > 0);
    standing
        || behind_slash
        || runs.any(|run| {
            run.len() > 3 || (run.len() > 1 && run.contains(|c: char| c.is_ascii_uppercase()))
        })
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Marks of a Chinese sentence.
fn is_han_mark(c: char) -> bool {
    matches!(c, '，' | '。' | '；' | '：' | '、' | '？' | '！')
}

/// True for what is words, or a sum of money with words behind it.
pub(super) fn is_prose(content: &str) -> bool {
    let content = content.trim();
    let sum = content.starts_with(|c: char| c.is_ascii_digit());
    if sum && !has_command(content) && !content.contains(['^', '_']) {
        return has_unit(content) || content.chars().any(|c| is_han(c) || is_han_mark(c));
    }
    let mixed = words(content) > 0 && content.contains(is_han_mark);
    !is_tex(content) && (is_sentence_like(content) || mixed)
}

/// True for what has no letter, no digit and no command: not worth a formula.
fn is_empty(content: &str) -> bool {
    let solid = |c: char| {
        c.is_alphanumeric() || "+-=<>*/|!".contains(c) || (!c.is_ascii() && !c.is_whitespace())
    };
    !content.contains(solid) && !has_command(content) && content.trim() != "\\%"
}

/// True for what may stand between `\(` and `\)`, or `$$` and `$$`.
pub(super) fn in_marks(content: &str) -> bool {
    let bare = content.trim_matches(|c: char| c.is_whitespace() || c == '\\');
    !bare.is_empty() && !is_empty(content) && !is_prose(content)
}

/// The same between `\[` and `\]`, which may be brackets: within a sentence, or around the
/// number of a source.
pub(super) fn in_brackets(content: &str, alone: bool) -> bool {
    let number = content.trim().bytes().all(|byte| byte.is_ascii_digit());
    in_marks(content) && !number && (alone || is_tex(content))
}

/// The same between `$$` and `$$` within a sentence, where they may be a price range.
pub(super) fn in_dollar_pairs(content: &str) -> bool {
    in_marks(content) && (is_tex(content) || words(content) == 0)
}

/// True for what begins as the length behind a line break of TeX: `[2pt]`.
pub(super) fn is_length(content: &str) -> bool {
    let number = content.trim_start_matches(|c: char| c.is_ascii_digit() || ".- ".contains(c));
    let units = ["pt", "em", "ex", "mm", "cm", "in", "px", "mu", "pc", "sp"];
    number.len() < content.len()
        && units
            .iter()
            .filter_map(|unit| number.strip_prefix(unit))
            .any(|rest| rest.starts_with(']'))
}

/// True where a line in a formula cannot be one: words after a blank line.
pub(super) fn is_sentence(line: &str) -> bool {
    let line = line.trim();
    let han = line.chars().filter(|c| is_han(*c)).count();
    line.starts_with("**")
        || (!line.contains('\\') && !line.contains('=') && (words(line) >= 4 || han >= 8))
}

/// True where a `$` may begin a formula, by what stands beside it.
pub(super) fn may_begin(before: Option<char>, rest: &str) -> bool {
    let word = before.is_some_and(|c| c.is_ascii_alphanumeric());
    before != Some('$') && !rest.starts_with('$') && !rest.is_empty() && (!word || attaches(rest))
}

/// True for what a number or a name may stand right before: `25$^\circ$C`, `CO$_2$`,
/// `2$\times$3`.
fn attaches(content: &str) -> bool {
    let rest = |mark| content.strip_prefix(mark).map(str::trim_start);
    let number = |c: char| c.is_ascii_digit() || matches!(c, '{' | '+' | '-' | '*');
    rest('^').is_some_and(|rest| rest.starts_with(|c| number(c) || c == '\\'))
        || rest('_').is_some_and(|rest| rest.starts_with(number))
        || content.strip_prefix('\\').is_some_and(|rest| {
            let name = rest.split(|c: char| !c.is_ascii_alphabetic()).next();
            rest.starts_with('%') || name.is_some_and(|name| name.len() >= 2)
        })
}

/// True for letters, numbers and operators, and no words: `a + b`, `n`, `-1`.
pub(super) fn is_symbols(content: &str) -> bool {
    let fits = |c: char| {
        c.is_alphanumeric()
            || c.is_whitespace()
            || "+-*/=<>,.()|!':;[]".contains(c)
            || !c.is_ascii()
    };
    words(content) == 0 && content.chars().all(fits) && !content.chars().any(is_han)
}

/// True for what may have blanks before and behind it between `$` and `$`.
fn may_be_spaced(content: &str) -> bool {
    let bare = content.trim();
    let letter = bare.starts_with(|c: char| c.is_alphabetic() || matches!(c, '(' | '-' | '|'));
    words(content) == 0 && (is_tex(content) || (letter && bare.len() <= SHORT && is_symbols(bare)))
}

/// True where what stands between two `$` is a formula, by itself and by the
/// character that follows.
pub(super) fn in_dollars(content: &str, after: Option<char>) -> bool {
    let (Some(first), Some(last)) = (content.chars().next(), content.chars().next_back()) else {
        return false;
    };
    // What begins so goes on with a sentence.
    if matches!(first, ',' | ';' | ':' | '?') || is_han_mark(first) {
        return false;
    }
    let attaches = attaches(content);
    let spaced = first.is_whitespace() && last.is_whitespace();
    if first.is_whitespace() != last.is_whitespace() || (spaced && !may_be_spaced(content)) {
        return false;
    }
    if after.is_some_and(|c| c == '$' || (c.is_ascii_digit() && !attaches)) {
        return false;
    }
    // The end of a cell.
    let odd = content.len() > 1 && last == '|' && !content.matches('|').count().is_multiple_of(2);
    if odd && !content.ends_with("\\|") {
        return false;
    }
    // A name or a sum may follow where what stands before ends like a formula.
    let goes_on = after.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '('));
    if goes_on {
        let name = content.len() >= 2
            && content
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !content.bytes().all(|byte| byte.is_ascii_digit());
        let other = after == Some(first) && matches!(first, '{' | '(');
        if (name && !attaches)
            || other
            || !(last.is_ascii_alphanumeric() || matches!(last, ')' | ']' | '}' | '\'' | '|' | '!'))
        {
            return false;
        }
    }
    let range =
        first.is_ascii_digit() && matches!(last, '-' | '–' | '—' | '~' | '/' | ',' | '，' | '、');
    !range && !is_empty(content) && !is_prose(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_words_are_no_formulas() {
        for text in [
            "5 and ",
            "5 and 10",
            "5-",
            "5/month, or 6",
            "5 million (was 8",
            "HOME/",
            "5，比",
            "5 元，然后是 100",
            "a and b are here",
            "HOME is set, and costs",
            "1,000–",
            " and ",
            "5 = five",
        ] {
            assert!(!in_dollars(text, Some('7')), "{text}");
            assert!(!in_dollars(text, Some('x')), "{text}");
        }
        for text in [
            "x",
            "5",
            "x_1",
            "a+b",
            r"\frac{a}{b}",
            "90^\\circ",
            "f(x)",
            "sin x",
            "速度 = 距离",
            "1 + 1 = 2",
            "AB",
            r"\alpha",
            "n!",
            "-1",
            r"5\,\text{kg and more}",
            "|x|",
            "x，y",
            "+",
            "a'",
            "dy/dx",
            "2 sin x cos x",
            "AB",
        ] {
            assert!(in_dollars(text, Some(' ')), "{text}");
            assert!(in_dollars(text, Some('，')), "{text}");
            assert!(in_dollars(text, None), "{text}");
        }
    }

    #[test]
    fn lengths_behind_line_breaks_are_told() {
        for text in ["2pt] b", "-0.5em]", "1.5 ex]"] {
            assert!(is_length(text), "{text}");
        }
        for text in ["2 + x]", "pt]", "2p"] {
            assert!(!is_length(text), "{text}");
        }
    }
}
