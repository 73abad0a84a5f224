//! Which font each word of a drawing is drawn in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use resvg::usvg::{Font, FontFamily, FontResolver, FontStretch, FontStyle, fontdb};

use fontdb::{Database, Family, ID, Query, Stretch, Style, Weight};

use crate::formats::fonts::{CHINESE, MONOSPACE, SANS, SERIF, families};

/// Finds fonts for words; `missing` is set where there is none for some of them.
pub(super) fn resolver(missing: &Arc<AtomicBool>) -> FontResolver<'static> {
    let (no_font, no_letter) = (Arc::clone(missing), Arc::clone(missing));
    let other = FontResolver::default_fallback_selector();
    FontResolver {
        select_font: Box::new(move |font, fonts| {
            let found = named(font, fonts);
            no_font.fetch_or(found.is_none(), Ordering::Relaxed);
            found
        }),
        select_fallback: Box::new(move |letter, used, fonts| {
            let found = chinese(letter, used, fonts).or_else(|| other(letter, used, fonts));
            let lost = found.is_none() && is_seen(letter);
            no_letter.fetch_or(lost, Ordering::Relaxed);
            found
        }),
    }
}

/// The first family of those that are named, or what stands for it.
fn named(font: &Font, fonts: &Database) -> Option<ID> {
    let mut wanted = Vec::new();
    for family in font.families() {
        match family {
            FontFamily::Named(name) => {
                wanted.push(Family::Name(name));
                wanted.extend(families(kind(name)));
            }
            FontFamily::Serif => wanted.extend(families(SERIF)),
            FontFamily::Monospace => wanted.extend(families(MONOSPACE)),
            FontFamily::SansSerif | FontFamily::Cursive | FontFamily::Fantasy => {
                wanted.extend(families(SANS));
            }
        }
    }
    wanted.extend(families(SANS));
    fonts.query(&Query {
        families: &wanted,
        weight: Weight(font.weight()),
        stretch: match font.stretch() {
            FontStretch::UltraCondensed => Stretch::UltraCondensed,
            FontStretch::ExtraCondensed => Stretch::ExtraCondensed,
            FontStretch::Condensed => Stretch::Condensed,
            FontStretch::SemiCondensed => Stretch::SemiCondensed,
            FontStretch::Normal => Stretch::Normal,
            FontStretch::SemiExpanded => Stretch::SemiExpanded,
            FontStretch::Expanded => Stretch::Expanded,
            FontStretch::ExtraExpanded => Stretch::ExtraExpanded,
            FontStretch::UltraExpanded => Stretch::UltraExpanded,
        },
        style: match font.style() {
            FontStyle::Normal => Style::Normal,
            FontStyle::Italic => Style::Italic,
            FontStyle::Oblique => Style::Oblique,
        },
    })
}

/// What stands for a family by its name: kinds that the drawer knows no word for, and
/// fonts whose letters are all of one width or have feet.
fn kind(name: &str) -> &'static [&'static str] {
    let name = name.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["mono", "courier", "consol", "menlo", "code"]) {
        MONOSPACE
    } else if has(&["sans"]) {
        SANS
    } else if has(&[
        "serif", "times", "georgia", "garamond", "cambria", "palatino",
    ]) {
        SERIF
    } else {
        &[]
    }
}

fn chinese(letter: char, used: &[ID], fonts: &Database) -> Option<ID> {
    if !matches!(letter, '\u{2e80}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
    {
        return None;
    }
    let wanted: Vec<_> = families(CHINESE).collect();
    let query = Query {
        families: &wanted,
        ..Query::default()
    };
    fonts.query(&query).filter(|id| !used.contains(id))
}

/// Does the letter leave a mark?
fn is_seen(letter: char) -> bool {
    !letter.is_whitespace()
        && !letter.is_control()
        && !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use resvg::usvg::{Options, Tree};

    use super::*;
    use crate::formats::fonts::OWN;

    /// Noto Sans CJK, a dozen of its letters.
    const CJK: &[u8] = include_bytes!("../../../tests/images/fonts/cjk.otf");

    /// Are words left out where only these fonts are there, and does anything mark the
    /// drawing?
    fn drawn(families: &str, words: &str, fonts: &[&[u8]]) -> (bool, bool) {
        let mut database = Database::new();
        for font in fonts {
            database.load_font_data(font.to_vec());
        }
        let missing = Arc::new(AtomicBool::new(false));
        let options = Options {
            font_resolver: resolver(&missing),
            fontdb: Arc::new(database),
            ..Options::default()
        };
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><text y="30" {families}>{words}</text></svg>"#
        );
        let tree = Tree::from_str(&svg, &options).unwrap();
        let marks = tree.root().abs_stroke_bounding_box().width() > 5.0;
        (missing.load(Ordering::Relaxed), marks)
    }

    #[test]
    fn every_family_is_drawn_in_what_there_is() {
        for families in [
            "",
            "font-family='serif'",
            "font-family='cursive'",
            "font-family='ui-monospace, monospace'",
            "font-family='Helvetica'",
            "style='font-family: -apple-system, \"Segoe UI\", system-ui'",
            "font-family='No Such Font' font-weight='bold' font-style='italic'",
        ] {
            assert_eq!(
                drawn(families, "Words 7", &[OWN]),
                (false, true),
                "{families}"
            );
        }
    }

    #[test]
    fn words_without_a_font_are_said_to_be_missing() {
        assert!(drawn("", "中文", &[OWN]).0);
        assert!(drawn("", "a 中 b", &[OWN]).0);
        assert_eq!(drawn("", "中文", &[OWN, CJK]), (false, true));
        assert!(!drawn("font-family='Helvetica'", "中文 and words", &[CJK, OWN]).0);
        assert!(drawn("", "words", &[]).0);
        assert_eq!(drawn("", "a\u{200b}\u{fe0f} b", &[OWN]), (false, true));
    }
}
