//! The language that a text's script tells, by the rule of the page (`ui/src/lib/script.ts`).

/// How much of a text is looked at, in characters.
const LOOKED_AT: usize = 2000;

/// Characters that only traditional Chinese has; each is common.
const TRADITIONAL: &str =
    "這個們來時為說會對過還後國學開關點電話圖與無從兩長問題應該樣麼嗎請讓幾張書頁";
/// Characters that only simplified Chinese has; each is common.
const SIMPLIFIED: &str =
    "这个们来时为说会对过还后国学开关点电话图与无从两长问题应该样么吗请让几张书页";

/// The language (BCP 47), where the script tells one.
pub(super) fn language(text: &str) -> Option<&'static str> {
    let (mut latin, mut han, mut kana, mut hangul) = (0_u32, 0_u32, 0_u32, 0_u32);
    let (mut traditional, mut simplified) = (0_u32, 0_u32);
    for c in text.chars().take(LOOKED_AT) {
        match c {
            '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' => kana += 1,
            '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}' => {
                hangul += 1;
            }
            '\u{3005}'
            | '\u{3007}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}' => {
                han += 1;
                traditional += u32::from(TRADITIONAL.contains(c));
                simplified += u32::from(SIMPLIFIED.contains(c));
            }
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => latin += 1,
            _ => {}
        }
    }
    let east = han + kana + hangul;
    // A word of Latin letters is about five of them, one of Han two characters or one.
    if east == 0 || east * 4 < latin {
        return None;
    }
    if hangul > kana && hangul * 2 > han {
        return Some("ko");
    }
    if kana * 8 > han {
        return Some("ja");
    }
    Some(if traditional > simplified {
        "zh-Hant"
    } else {
        "zh-Hans"
    })
}
