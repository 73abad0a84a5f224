//! Where the words of a query stand in a text, and the piece of it that shows them.

use std::ops::Range;

use protocol::{Marked, TextRange};

use super::query::Term;
use crate::words::tokens;

/// Characters of a piece: three or four lines of the sidebar.
const PIECE: usize = 140;

/// Of those, before the first mark.
const BEFORE: usize = 32;

/// Marks of a piece.
const MOST: usize = 32;

/// A word that was found: which term, and where, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    term: usize,
    range: Range<usize>,
}

/// The piece of a text that shows the most of the terms, with marks on them; `None`
/// where one of the terms stands neither in it nor in `names`.
pub(crate) fn piece(text: &str, names: &str, terms: &[Term]) -> Option<Marked> {
    let in_text = find(text, terms, true);
    let mut missing = missing(terms, &in_text);
    if missing.iter().any(|missing| *missing) {
        for found in find(names, terms, false) {
            if let Some(missing) = missing.get_mut(found.term) {
                *missing = false;
            }
        }
    }
    if missing.iter().any(|missing| *missing) {
        return None;
    }
    Some(cut(text, &in_text))
}

/// A whole text, with marks on what is found of the terms; and whether all of them are.
pub(crate) fn whole(text: &str, terms: &[Term]) -> (Marked, bool) {
    let found = find(text, terms, false);
    let all = !missing(terms, &found).contains(&true);
    (marked(text, 0..text.len(), &found, ""), all)
}

fn missing(terms: &[Term], found: &[Found]) -> Vec<bool> {
    let is_found = |at: usize| found.iter().any(|one| one.term == at);
    (0..terms.len()).map(|at| !is_found(at)).collect()
}

/// Where terms stand in a text. `enough`: the search ends where all were found and a
/// piece after the first of them is looked through.
fn find(text: &str, terms: &[Term], enough: bool) -> Vec<Found> {
    let longest = terms.iter().map(|term| term.tokens.len()).max();
    let longest = longest.unwrap_or_default();
    let mut last: Vec<(String, Range<usize>)> = Vec::with_capacity(longest);
    let mut found: Vec<Found> = Vec::new();
    let mut open: Vec<usize> = (0..terms.len()).collect();
    let mut left = MOST * 4;
    tokens(text, |token| {
        if last.len() == longest && !last.is_empty() {
            last.rotate_left(1);
            if let Some((folded, range)) = last.last_mut() {
                folded.clear();
                folded.push_str(token.folded);
                *range = token.range.clone();
            }
        } else {
            last.push((token.folded.to_owned(), token.range.clone()));
        }
        for (at, term) in terms.iter().enumerate() {
            let Some(start) = ends_with(&last, term) else {
                continue;
            };
            if left > 0 || open.contains(&at) {
                left = left.saturating_sub(1);
                open.retain(|other| *other != at);
                let range = start..token.range.end;
                found.push(Found { term: at, range });
            }
        }
        let piece_end = found.first().map(|first| first.range.start + PIECE * 4);
        !(open.is_empty()
            && (left == 0 || enough && piece_end.is_some_and(|end| token.range.start > end)))
    });
    found
}

/// Do the tokens end with this term, and where does it begin then?
fn ends_with(last: &[(String, Range<usize>)], term: &Term) -> Option<usize> {
    let from = last.len().checked_sub(term.tokens.len())?;
    let tokens = last.get(from..)?;
    let final_one = term.tokens.len().checked_sub(1)?;
    let fits = tokens
        .iter()
        .zip(&term.tokens)
        .enumerate()
        .all(|(at, (token, wanted))| {
            if at == final_one && term.begins {
                token.0.starts_with(wanted.as_str())
            } else {
                token.0 == *wanted
            }
        });
    if fits {
        tokens.first().map(|first| first.1.start)
    } else {
        None
    }
}

/// The piece around the place where the most different terms stand together.
fn cut(text: &str, found: &[Found]) -> Marked {
    let width = PIECE - BEFORE;
    let best = found.iter().enumerate().max_by_key(|(at, first)| {
        let near = found
            .iter()
            .skip(*at)
            .take_while(|one| one.range.end < first.range.start + width);
        let mut terms: Vec<usize> = near.map(|one| one.term).collect();
        terms.sort_unstable();
        terms.dedup();
        (terms.len(), std::cmp::Reverse(*at))
    });
    let center = best.map_or(0, |(_, found)| found.range.start);
    let start = back(text, center, BEFORE);
    let end = forth(text, start, PIECE);
    let before = if start > 0 { "…" } else { "" };
    let mut piece = marked(text, start..end, found, before);
    if end < text.len() {
        piece.text.push('…');
    }
    piece
}

/// So many characters before a place, and not within a word.
fn back(text: &str, at: usize, count: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let mut start = at;
    let mut blank = None;
    for (from, c) in before.char_indices().rev().take(count) {
        if c == '\n' && blank.is_some() {
            return start;
        }
        if c.is_whitespace() {
            blank = Some(start);
        }
        start = from;
    }
    if start == 0 {
        0
    } else {
        blank.unwrap_or(start)
    }
}

/// So many characters after a place.
fn forth(text: &str, at: usize, count: usize) -> usize {
    let after = text.get(at..).unwrap_or_default();
    after
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(end, _)| at + end)
}

/// A range of a text as one line: blanks made one, marks of emphasis and code left out;
/// with marks, in UTF-16 units, on what was found in it.
fn marked(text: &str, range: Range<usize>, found: &[Found], before: &str) -> Marked {
    let mut out = before.to_owned();
    let mut units = out.encode_utf16().count();
    let mut marks: Vec<TextRange> = Vec::new();
    let mut ranges: Vec<&Range<usize>> = found.iter().map(|one| &one.range).collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let of = |at: usize, from: usize| {
        let here = ranges.iter().skip(from).take_while(|one| one.start <= at);
        here.into_iter().any(|one| one.contains(&at))
    };
    // Ranges before this one end before the place that is looked at.
    let mut passed = 0;
    let piece = text.get(range.clone()).unwrap_or_default();
    let mut chars = piece.char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let at = range.start + offset;
        while ranges.get(passed).is_some_and(|one| one.end <= at) {
            passed += 1;
        }
        let next = chars.peek().map(|(_, next)| *next);
        let strong = c == '*' && next == Some('*');
        if (strong || c == '`') && !of(at, passed) {
            chars.next_if(|_| strong);
            continue;
        }
        let c = if c.is_whitespace() || c.is_control() {
            ' '
        } else {
            c
        };
        if c == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        if of(at, passed) && marks.len() < MOST {
            let start = u32::try_from(units).unwrap_or(u32::MAX);
            let end = start.saturating_add(if c.len_utf16() == 2 { 2 } else { 1 });
            match marks.last_mut() {
                Some(last) if last.end == start && !begins(&ranges, at) => last.end = end,
                _ => marks.push(TextRange { start, end }),
            }
        }
        units += c.len_utf16();
        out.push(c);
    }
    units -= out.len() - out.trim_end().len();
    out.truncate(out.trim_end().len());
    let end = u32::try_from(units).unwrap_or(u32::MAX);
    for mark in &mut marks {
        mark.end = mark.end.min(end);
    }
    Marked { text: out, marks }
}

/// Does a range begin here?
fn begins(ranges: &[&Range<usize>], at: usize) -> bool {
    ranges
        .binary_search_by_key(&at, |range| range.start)
        .is_ok()
}
