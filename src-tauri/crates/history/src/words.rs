//! Text as it is searched: folded, and taken apart into tokens.
//!
//! Folding makes one of what a person takes for the same: case, accents, full and half
//! width. The page folds alike (`ui/src/lib/folded.ts`). What is in the index is found,
//! and removed, only by the tokens that were put in: where this changes, a migration
//! makes the index anew.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// A token is cut after so many characters: what is longer is no word.
const LONGEST: usize = 64;

/// A piece of a text that is searched for as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// Folded; never empty, without blanks and quotes.
    pub folded: &'a str,
    /// It is one character of a script that writes no blanks, or a sign: never the
    /// beginning of a longer word.
    pub single: bool,
}

/// Folds one character with the marks that follow it.
fn fold(cluster: &str, into: &mut String) {
    if is_folded(cluster) {
        into.push_str(cluster);
        return;
    }
    let plain = cluster
        .nfkd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c) && !is_ignored(*c))
        .nfc();
    for c in plain {
        match c {
            'ß' => into.push_str("ss"),
            _ => into.extend(c.to_lowercase()),
        }
    }
}

/// Is it one character of those that are most of a text, and folded as it stands?
fn is_folded(cluster: &str) -> bool {
    let mut chars = cluster.chars();
    let first = chars.next();
    chars.next().is_none()
        && first.is_some_and(|c| {
            matches!(c,
                'a'..='z' | '0'..='9'
                | '\u{4e00}'..='\u{9fff}'
                | '\u{3400}'..='\u{4dbf}'
                | '\u{3041}'..='\u{3096}'
                | '\u{30a1}'..='\u{30fa}'
                | '\u{ac00}'..='\u{d7a3}')
        })
}

/// Is it written without blanks between words: each character is a token?
fn is_single(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}'       // Thai, Lao
        | '\u{1000}'..='\u{109f}'   // Myanmar
        | '\u{1780}'..='\u{17ff}'   // Khmer
        | '\u{1100}'..='\u{11ff}'   // Hangul jamo
        | '\u{2e80}'..='\u{2fdf}'   // radicals
        | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{3041}'..='\u{318f}'   // kana, bopomofo, compatibility jamo
        | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{a4cf}'   // Han, Yi
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}'   // Hangul
        | '\u{f900}'..='\u{faff}'
        | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}'
    ) && c != '\u{30fb}'
}

/// Is it a sign that is searched for by itself: an emoji, an arrow, a currency?
fn is_sign(c: char) -> bool {
    matches!(c,
        '¢'..='¥' | '©' | '®' | '°' | '±' | '×' | '÷'
        | '\u{20a0}'..='\u{20cf}'
        | '\u{2190}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1f3fa}'
        | '\u{1f400}'..='\u{1faff}'
    )
}

/// Does it only say how what stands around it is drawn: soft hyphens, joiners,
/// variants, colours of skin?
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Does it belong to the character before it?
fn joins(c: char) -> bool {
    // Marks, the vowels and finals of decomposed Hangul, half-width voicing marks.
    canonical_combining_class(c) != 0
        || is_ignored(c)
        || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}')
}

/// The end of the character that begins at `at`, with the marks that follow it.
fn cluster_end(text: &str, at: usize) -> usize {
    let mut chars = text.get(at..).unwrap_or_default().char_indices();
    chars.next();
    let next = chars.find(|(_, c)| c.is_ascii() || !joins(*c));
    next.map_or(text.len(), |(after, _)| at + after)
}

/// What a character is to a search.
enum Kind {
    Letter,
    Single,
    Other,
}

fn kind(c: char) -> Kind {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() {
            Kind::Letter
        } else {
            Kind::Other
        };
    }
    if is_sign(c) {
        return Kind::Single;
    }
    match (c.is_alphanumeric(), is_single(c)) {
        (true, true) => Kind::Single,
        // A spacing vowel of those scripts stands alone, too.
        (true, false) => Kind::Letter,
        (false, _) => Kind::Other,
    }
}

/// Takes a text apart, until `each` answers false.
pub(crate) fn tokens(text: &str, mut each: impl FnMut(Token<'_>) -> bool) {
    let bytes = text.as_bytes();
    let (mut word, mut length) = (String::new(), 0);
    let (mut begun, mut at) = (0, 0);
    let mut one = String::new();
    while let Some(&byte) = bytes.get(at) {
        // By far the most common: no table is asked.
        let alone = bytes.get(at + 1).is_none_or(u8::is_ascii);
        if byte.is_ascii_alphanumeric() && alone {
            if word.is_empty() {
                begun = at;
            }
            if length < LONGEST {
                word.push(byte.to_ascii_lowercase().into());
                length += 1;
            }
            at += 1;
            continue;
        }
        let end = cluster_end(text, at);
        let cluster = text.get(at..end).unwrap_or_default();
        one.clear();
        fold(cluster, &mut one);
        let kind = one.chars().next().map_or(Kind::Other, kind);
        if let Kind::Letter = kind {
            if word.is_empty() {
                begun = at;
            }
            // One character may stand for several: letters with their marks are of the word.
            for c in one.chars().filter(|c| c.is_alphanumeric() || joins(*c)) {
                if length < LONGEST {
                    word.push(c);
                    length += 1;
                }
            }
            at = end;
            continue;
        }
        if !word.is_empty() {
            // "C++" and "C#" are words.
            let signs = bytes.get(at..).unwrap_or_default();
            let signs = signs.iter().take_while(|sign| b"+#".contains(sign)).count();
            let after = bytes.get(at + signs);
            let ends = after.is_none_or(|next| !next.is_ascii_alphanumeric());
            if signs > 0 && signs <= 2 && ends {
                word.push_str(text.get(at..at + signs).unwrap_or_default());
                at += signs;
            }
            let goes_on = each(Token {
                range: begun..at,
                folded: &word,
                single: false,
            });
            word.clear();
            length = 0;
            if !goes_on {
                return;
            }
            if signs > 0 {
                continue;
            }
        }
        if let Kind::Single = kind {
            let mut from = 0;
            // "㍻" and the like are two.
            while let Some(c) = one.get(from..).and_then(|rest| rest.chars().next()) {
                let to = cluster_end(&one, from);
                let token = Token {
                    range: at..end,
                    folded: one.get(from..to).unwrap_or_default(),
                    single: true,
                };
                if !matches!(self::kind(c), Kind::Other) && !each(token) {
                    return;
                }
                from = to;
            }
        }
        at = end;
    }
    if !word.is_empty() {
        each(Token {
            range: begun..at,
            folded: &word,
            single: false,
        });
    }
}

/// A text as the index takes it: its tokens, with blanks between.
pub(crate) fn indexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    tokens(text, |token| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token.folded);
        true
    });
    out
}

/// A text folded whole, blanks that follow each other made one.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let end = cluster_end(text, at);
        let cluster = text.get(at..end).unwrap_or_default();
        if cluster.starts_with(char::is_whitespace) {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            fold(cluster, &mut out);
        }
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_as_its_script_writes_it() {
        for (text, expected) in [
            ("GPT模型 V2", "gpt 模 型 v2"),
            ("Ｆｕｌｌ　ｗｉｄｔｈ１２", "full width12"),
            ("café Cafe\u{301} CAFÉ", "cafe cafe cafe"),
            ("カメラ ｶﾞｽ が か\u{3099}", "カ メ ラ ガ ス が が"),
            ("학교에 \u{1112}\u{1161}\u{11ab}", "학 교 에 한"),
            ("C++ and C# a+b #1", "c++ and c# a b 1"),
            ("don't snake_case a-b", "don t snake case a b"),
            ("Straße İzmir ﬁle", "strasse izmir file"),
            ("👍🏽 ok→done €5", "👍 ok → done € 5"),
            ("soft\u{ad}hyphen می\u{200c}خواهم", "softhyphen میخواهم"),
            ("「引用」、。・", "引 用"),
            ("ไทย", "ไ ท ย"),
            ("हिन्दी", "हिन्दी"),
            ("\"AND\" NEAR(a*) ^b -c d:e", "and near a b c d e"),
            ("!?…—「」", ""),
            ("", ""),
        ] {
            assert_eq!(indexed(text), expected, "{text}");
        }
    }

    #[test]
    fn a_token_says_where_it_stands() {
        let text = "é 模型e\u{301}x。C++";
        let mut found = Vec::new();
        tokens(text, |token| {
            found.push(text[token.range].to_owned());
            true
        });
        assert_eq!(found, ["é", "模", "型", "e\u{301}x", "C++"]);
    }

    #[test]
    fn an_endless_word_is_cut() {
        let text = "x".repeat(1_000_000);
        assert_eq!(indexed(&text), "x".repeat(LONGEST));
    }

    #[test]
    fn folding_whole_keeps_signs_and_makes_blanks_one() {
        assert_eq!(folded("A\n\t É：ｂ"), "a e:b");
    }
}
