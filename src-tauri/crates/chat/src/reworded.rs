//! Whether a text begins anew what another began, in other words.
//!
//! It is said only of what cannot go on: the first text stopped within a sentence, and the
//! second begins one, with most of the words that the first began with. What counts things
//! up says much the same of each, and goes on.

/// So many words of a beginning are compared; a character of Chinese is one.
const WORDS: usize = 16;

/// Fewer say too little.
const ENOUGH: usize = 12;

/// What an answer says before it begins.
const GREETINGS: [&str; 12] = [
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "okay",
    "ok",
    "好的",
    "当然",
    "当然可以",
    "没问题",
    "可以",
    "好",
];

/// Names of numbers: what differs by one goes on with the next.
const NUMBERS: [&str; 26] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "last", "next", "one", "two", "three",
    "four", "five", "left", "right", "other", "一", "二", "三", "四", "五", "六", "七", "左", "右",
    "另",
];

/// May it still turn out that what came begins anew?
pub(crate) fn may_be(before: &str, came: &str) -> bool {
    begins(before, came) && words(opening(came)).len() < WORDS
}

/// Does what came begin anew, in other words?
pub(crate) fn is(before: &str, came: &str) -> bool {
    if !begins(before, came) {
        return false;
    }
    let (one, other) = (words(opening(before)), words(opening(came)));
    let least = one.len().min(other.len());
    // Five of eight are alike where it begins anew.
    least >= ENOUGH && alike(&one, &other) * 8 >= least * 5 && !counts_on(&one, &other)
}

/// The first stopped within a sentence, and the second begins one.
fn begins(before: &str, came: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || matches!(c, ',' | '，' | '、' | '(' | '（');
    let stopped = before.chars().next_back().is_some_and(within);
    let first = came.trim_start().chars().next();
    stopped && first.is_some_and(|c| c.is_uppercase() || is_wide(c))
}

/// A text without its greeting.
fn opening(text: &str) -> &str {
    let text = text.trim_start();
    let Some((first, rest)) = text.split_once(['!', ',', '.', '！', '，', '。']) else {
        return text;
    };
    let greets = GREETINGS.contains(&first.to_lowercase().as_str());
    if greets { rest } else { text }
}

/// The first words of a text, folded.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() && !is_wide(c) {
            word.extend(c.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if is_wide(c) && c.is_alphanumeric() {
            words.push(c.to_string());
        }
        if words.len() >= WORDS {
            break;
        }
    }
    // The last word may not be whole yet: it counts with what follows it.
    words.truncate(WORDS);
    words
}

/// How many words stand in both, in the same order.
fn alike(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for a in one {
        let mut diagonal = 0;
        for (at, b) in other.iter().enumerate() {
            let (left, above) = (
                row.get(at).copied().unwrap_or(0),
                row.get(at + 1).copied().unwrap_or(0),
            );
            let best = if a == b {
                diagonal + 1
            } else {
                above.max(left)
            };
            diagonal = above;
            if let Some(cell) = row.get_mut(at + 1) {
                *cell = best;
            }
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Do they name different numbers?
fn counts_on(one: &[String], other: &[String]) -> bool {
    let numbers = |words: &[String]| -> Vec<String> {
        let is = |word: &&String| {
            NUMBERS.contains(&word.as_str()) || word.starts_with(|c: char| c.is_ascii_digit())
        };
        words.iter().filter(is).cloned().collect()
    };
    numbers(one) != numbers(other)
}

/// A character of a script without blanks between words.
fn is_wide(c: char) -> bool {
    (c as u32) >= 0x2e80 && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_anew_in_other_words_is_told() {
        for (before, came) in [
            (
                "The image shows a red fox sitting in the snow, looking straight at the camera. Its fur is",
                "The image depicts a red fox sitting in snow and looking straight at the camera. It is a winter day.",
            ),
            (
                "这张图片展示了一只红色的狐狸坐在雪地里，看着镜头，它的毛",
                "这张照片展示了一只红色的狐狸，坐在雪地上，正看着镜头。",
            ),
            (
                "Sure! Here is a description of the picture: a harbour at dusk with seven boats and",
                "Certainly! Here's a description of the picture: a harbour at dusk, with seven boats moored along the quay.",
            ),
            (
                "Dieses Bild zeigt einen Hafen am Abend mit sieben Booten und einem gelben Kran, der",
                "Das Bild zeigt einen Hafen am Abend mit sieben Booten und einem großen gelben Kran am Kai.",
            ),
        ] {
            assert!(is(before, came), "{before} + {came}");
        }
    }

    #[test]
    fn what_may_go_on_is_left() {
        for (before, came) in [
            // A sentence has ended: what looks alike may be the next one.
            (
                "The image shows a cat sitting on the red couch in the middle of the room.",
                "The image also shows a dog sitting on the red couch in the middle of the room.",
            ),
            // The next of several.
            (
                "The first boat is red and has a tall mast with two sails and a flag, and",
                "The second boat is blue and has a tall mast with two sails and a flag, too.",
            ),
            (
                "第一张图是一只红色的狐狸坐在雪地里看着镜头，旁边，",
                "第二张图是一只红色的狐狸坐在雪地里看着远处，旁边",
            ),
            // It goes on within the sentence.
            (
                "The image shows a red fox sitting in the snow, looking straight at the camera",
                " and the image shows a red fox sitting in the snow, looking straight at us",
            ),
            (
                "The image shows a red fox sitting in the snow, looking straight at the camera of",
                "Maria, who took it in the winter of 1987 when she lived near the northern woods.",
            ),
            ("The image shows a red", "The image shows a red"),
            (
                "| a | b |\n| - | - |\n| one of the many long rows that stand in this table here | c",
                "| one of the many long rows that stand in this table here | d |",
            ),
        ] {
            assert!(!is(before, came), "{before} + {came}");
        }
    }
}
