//! What a person types into the search, understood. Any text is a query.

use protocol::{Millis, SearchNote};

use crate::words::tokens;

/// Words beyond so many are left out, and that is said.
const MOST_TERMS: usize = 32;

/// Longest text of a filter or a word, in tokens.
const MOST_TOKENS: usize = 64;

const DAY: Millis = 86_400_000;

/// A word or phrase: tokens that stand one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// Folded, never empty.
    pub tokens: Vec<String>,
    /// The last token may be the beginning of a word.
    pub begins: bool,
}

/// What a message, or its question, has beside text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Has {
    Picture,
    Video,
    Link,
}

/// A query, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// All of them are looked for.
    pub terms: Vec<Term>,
    /// Parts of the names of models, in lower case; one of them.
    pub models: Vec<String>,
    /// Parts of the names of providers, in lower case; one of them.
    pub providers: Vec<String>,
    /// All of these.
    pub has: Vec<Has>,
    /// Made before.
    pub before: Option<Millis>,
    /// Made then or later.
    pub after: Option<Millis>,
    /// In titles only.
    pub in_title: bool,
    /// What was not understood, or left out.
    pub notes: Vec<SearchNote>,
}

/// A word as it was typed.
struct Typed {
    /// Before the colon, in lower case, where there is one outside of quotes.
    name: Option<String>,
    /// Without quotes.
    value: String,
    /// With the name.
    whole: String,
    quoted: bool,
    /// The closing quote is not there yet.
    open: bool,
}

impl Query {
    /// Understands a text; `offset` is how far the person's clock is ahead of UTC, in
    /// minutes.
    pub fn parse(text: &str, offset: i32) -> Self {
        let mut query = Self::default();
        for typed in split(text) {
            query.take(&typed, offset);
        }
        query
    }

    /// Is nothing asked?
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && !self.narrows_messages()
            && self.after.is_none()
            && self.before.is_none()
    }

    /// Does it ask what only a message has?
    pub fn narrows_messages(&self) -> bool {
        !(self.models.is_empty() && self.providers.is_empty() && self.has.is_empty())
    }

    /// As FTS5 takes it: nothing but quoted tokens, which hold no quotes.
    pub fn expression(&self) -> String {
        let terms = self.terms.iter().map(|term| {
            let star = if term.begins { " *" } else { "" };
            format!("\"{}\"{star}", term.tokens.join(" "))
        });
        terms.collect::<Vec<_>>().join(" AND ")
    }

    fn take(&mut self, typed: &Typed, offset: i32) {
        let value = typed.value.trim();
        match typed.name.as_deref() {
            Some("model") => keep(&mut self.models, value),
            Some("provider") => keep(&mut self.providers, value),
            Some("has") if value.is_empty() => {}
            Some("has") => match has(value) {
                Some(has) => self.has.push(has),
                None => self.note(SearchNote::UnknownHas {
                    value: value.to_owned(),
                }),
            },
            Some("before" | "after") if value.is_empty() => {}
            Some(name @ ("before" | "after")) => match day(value) {
                Some(day) => {
                    let at = day * DAY - Millis::from(offset) * 60_000;
                    if name == "before" {
                        self.before = Some(self.before.map_or(at, |other| other.min(at)));
                    } else {
                        self.after = Some(self.after.map_or(at, |other| other.max(at)));
                    }
                }
                None => self.note(SearchNote::BadDate {
                    filter: name.to_owned(),
                    value: value.to_owned(),
                }),
            },
            Some("in") if value.eq_ignore_ascii_case("title") || value == "标题" => {
                self.in_title = true;
            }
            _ => self.word(typed),
        }
    }

    fn word(&mut self, typed: &Typed) {
        let mut found = Vec::new();
        let mut single = false;
        tokens(&typed.whole, |token| {
            found.push(token.folded.to_owned());
            single = token.single;
            found.len() < MOST_TOKENS
        });
        let Some(last) = found.last() else { return };
        if self.terms.len() >= MOST_TERMS {
            self.note(SearchNote::TooLong {
                words: u32::try_from(MOST_TERMS).unwrap_or(u32::MAX),
            });
            return;
        }
        // A word of one letter begins too many to be told from them.
        let long = last.chars().nth(1).is_some() || last.bytes().all(|byte| byte.is_ascii_digit());
        let begins = !single && long && (!typed.quoted || typed.open);
        let term = Term {
            tokens: found,
            begins,
        };
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
    }

    fn note(&mut self, note: SearchNote) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

fn keep(values: &mut Vec<String>, value: &str) {
    if !value.is_empty() {
        values.push(value.to_lowercase());
    }
}

fn has(value: &str) -> Option<Has> {
    match value.to_lowercase().as_str() {
        "image" | "images" | "picture" | "pictures" | "photo" | "图片" | "图像" => {
            Some(Has::Picture)
        }
        "video" | "videos" | "视频" => Some(Has::Video),
        "link" | "links" | "链接" => Some(Has::Link),
        _ => None,
    }
}

/// Words at blanks outside of quotes. Quotes of any kind close each other; one that is
/// not closed goes to the end.
fn split(text: &str) -> Vec<Typed> {
    let mut all = Vec::new();
    let mut typed: Option<Typed> = None;
    let mut open = false;
    for c in text.chars() {
        let quote = matches!(c, '"' | '“' | '”' | '„' | '＂' | '「' | '」' | '『' | '』');
        if c.is_whitespace() && !open {
            all.extend(typed.take());
            continue;
        }
        let now = typed.get_or_insert_with(|| Typed {
            name: None,
            value: String::new(),
            whole: String::new(),
            quoted: false,
            open: false,
        });
        if quote {
            // A quote in the middle of a word belongs to it: 5"x7".
            let begins = now.value.is_empty();
            if open {
                open = false;
                all.extend(typed.take());
            } else if begins {
                open = true;
                now.quoted = true;
            } else {
                now.value.push(c);
                now.whole.push(c);
            }
            continue;
        }
        let name = matches!(c, ':' | '：') && !open && !now.quoted && now.name.is_none();
        if name && is_name(&now.value) {
            now.name = Some(now.value.to_lowercase());
            now.value.clear();
            now.whole.push(c);
            continue;
        }
        now.value.push(c);
        now.whole.push(c);
    }
    if let Some(mut last) = typed {
        last.open = open;
        all.push(last);
    }
    all
}

fn is_name(text: &str) -> bool {
    let names = ["model", "provider", "has", "before", "after", "in"];
    names.iter().any(|name| text.eq_ignore_ascii_case(name))
}

/// The day, since 1970, on which what was typed of a date begins: a year, a month or a
/// day, as in 2025, 2025-03, 2025/3/1, 2025年3月1日. A month or day that is being typed
/// is not there yet.
fn day(text: &str) -> Option<Millis> {
    let mut parts = Vec::new();
    for part in text.split(['-', '/', '.', '年', '月', '日']) {
        if !part.bytes().all(|byte| byte.is_ascii_digit()) || part.len() > 4 {
            return None;
        }
        if !part.is_empty() && part != "0" {
            parts.push(part.parse::<Millis>().ok()?);
        }
    }
    let (year, month, day) = match *parts {
        [year] => (year, 1, 1),
        [year, month] => (year, month, 1),
        [year, month, day] => (year, month, day),
        _ => return None,
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=longest).contains(&day) {
        return None;
    }
    // Years from March on end with the leap day.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        Query::parse(text, 0).expression()
    }

    #[test]
    fn any_text_is_a_query_of_quoted_tokens() {
        for (text, expected) in [
            ("", ""),
            ("  \t ", ""),
            ("?!…。", ""),
            ("\"", ""),
            ("\"\"", ""),
            ("cat", "\"cat\" *"),
            ("cat dog", "\"cat\" * AND \"dog\" *"),
            ("\"cat dog\"", "\"cat dog\""),
            ("\"cat do", "\"cat do\" *"),
            ("“cat dog” x", "\"cat dog\" AND \"x\""),
            ("模", "\"模\""),
            ("GPT模型", "\"gpt 模 型\""),
            ("模型GPT", "\"模 型 gpt\" *"),
            ("gpt-4", "\"gpt 4\" *"),
            ("don't", "\"don t\""),
            ("5\"x7\"", "\"5 x7\" *"),
            ("AND OR NOT", "\"and\" * AND \"or\" * AND \"not\" *"),
            (
                "NEAR(a b) ^c -d* e:f {g}",
                "\"near a\" AND \"b\" AND \"c\" AND \"d\" AND \"e f\" AND \"g\"",
            ),
            ("foo:bar http://a.b/c", "\"foo bar\" * AND \"http a b c\""),
            ("cat cat", "\"cat\" *"),
            ("c++", "\"c++\" *"),
            ("👍", "\"👍\""),
            ("café ＣＡＦＥ", "\"cafe\" *"),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn filters_are_taken_out_of_the_words() {
        let query = Query::parse(
            "Model:\"GPT 4\" provider：OpenAI has:图片 has:link in:title before:2025-03-01 after:2024 cat",
            480,
        );
        assert_eq!(query.expression(), "\"cat\" *");
        assert_eq!(query.models, ["gpt 4"]);
        assert_eq!(query.providers, ["openai"]);
        assert_eq!(query.has, [Has::Picture, Has::Link]);
        assert!(query.in_title);
        // Midnight in Beijing.
        assert_eq!(query.before, Some(1_740_787_200_000 - 480 * 60_000));
        assert_eq!(query.after, Some(1_704_067_200_000 - 480 * 60_000));
        assert_eq!(query.notes, []);
    }

    #[test]
    fn a_filter_that_is_being_typed_is_nothing_yet() {
        for text in ["model:", "has:", "before:", "after:\"", "provider:\"\""] {
            let query = Query::parse(text, 0);
            assert!(
                query.is_empty() && query.notes.is_empty(),
                "{text}: {query:?}"
            );
        }
        for text in ["before:2025-", "before:2025-0", "before:2025"] {
            assert_eq!(
                Query::parse(text, 0).before,
                Some(1_735_689_600_000),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_filter_is_a_word_and_what_is_wrong_is_said() {
        assert_eq!(words("in:body"), "\"in body\" *");
        for bad in [
            "yesterday",
            "2025-13",
            "2025-02-30",
            "12",
            "99999",
            "2025-1-1-1",
        ] {
            let query = Query::parse(&format!("cat after:{bad}"), 0);
            assert_eq!(query.expression(), "\"cat\" *");
            let (filter, value) = ("after".to_owned(), bad.to_owned());
            assert_eq!(query.notes, [SearchNote::BadDate { filter, value }]);
        }
        let query = Query::parse("has:cheese", 0);
        let value = "cheese".to_owned();
        assert_eq!(query.notes, [SearchNote::UnknownHas { value }]);
    }

    #[test]
    fn days_are_counted_as_a_calendar_does() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1970-12-31", 364),
            ("2000/2/29", 11_016),
            ("2000.3.1", 11_017),
            ("2025年3月1日", 20_148),
        ] {
            assert_eq!(day(text), Some(days), "{text}");
        }
    }

    #[test]
    fn a_very_long_query_is_cut_and_that_is_said() {
        let text: String = (0..1000).map(|n| format!("w{n} ")).collect();
        let query = Query::parse(&text, 0);
        assert_eq!(query.terms.len(), MOST_TERMS);
        assert_eq!(query.notes, [SearchNote::TooLong { words: 32 }]);
        let one = Query::parse(&"字".repeat(100_000), 0);
        assert_eq!(one.terms[0].tokens.len(), MOST_TOKENS);
    }
}
