//! How many pictures a provider takes, by the words in which it refused more.

/// Words beside which the limit stands.
const BESIDE: [&str; 12] = [
    "at most",
    "maximum",
    "max",
    "limit",
    "up to",
    "most",
    "only",
    "最多",
    "至多",
    "不超过",
    "不能超过",
    "上限",
];

/// Bytes between such a word and the number behind it, at most.
const NEAR: usize = 48;

/// Bytes between such a word and the number before it, at most: `3 images max`.
const CLOSE: usize = 12;

/// Numbers in words.
const ONE: [&str; 6] = [
    "one image",
    "one picture",
    "single image",
    "single picture",
    "一张",
    "一个图",
];

/// How many pictures a provider takes that refused `sent` of them: the number behind a
/// word such as `at most`, else the one before it, else the only one; none where that is
/// not less. Digits of a name, a version or an id are no number.
pub(crate) fn limit_in(words: &str, sent: u32) -> Option<u32> {
    let words = words.to_lowercase();
    // How many were sent is no limit.
    let mut others = numbers(&words);
    others.retain(|number| number.value != sent);
    let beside = |near: &dyn Fn(usize, usize) -> Option<u32>| {
        let found = |word: &&str| {
            let mut at = words.match_indices(*word);
            at.find_map(|(at, _)| near(at, at + word.len()))
        };
        BESIDE.iter().find_map(found)
    };
    let joins = |from: usize, to: usize, near: usize| {
        let between = words.get(from..to).unwrap_or_default();
        let breaks = ["\n", ";", "；", "。", "，", ". ", ", "];
        between.len() <= near && !breaks.iter().any(|one| between.contains(one))
    };
    let behind = |_: usize, end: usize| {
        let next = others.iter().find(|number| number.start >= end)?;
        joins(end, next.start, NEAR).then_some(next.value)
    };
    let before = |start: usize, _: usize| {
        let last = others.iter().rfind(|number| number.end <= start)?;
        joins(last.end, start, CLOSE).then_some(last.value)
    };
    let sole = || match others.as_slice() {
        [one] => Some(one.value),
        [] if ONE.iter().any(|one| words.contains(one)) => Some(1),
        _ => None,
    };
    let limit = beside(&behind).or_else(|| beside(&before)).or_else(sole);
    limit.filter(|limit| (1..sent).contains(limit))
}

/// A whole number in a text, and where it stands.
struct Number {
    value: u32,
    start: usize,
    end: usize,
}

/// The numbers of a text that stand for themselves: `3`, `(3)` and `3张`, not `gpt-4`,
/// `4.1`, `7f3a` and `20mb`.
fn numbers(text: &str) -> Vec<Number> {
    let digit = |c: char| c.is_ascii_digit();
    let touches = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(start) = (text.get(from..)).and_then(|rest| Some(from + rest.find(digit)?)) {
        let rest = text.get(start..).unwrap_or_default();
        let end = start + rest.find(|c| !digit(c)).unwrap_or(rest.len());
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        let mut after = text.get(end..).unwrap_or_default().chars();
        let (next, then) = (after.next(), after.next());
        // A dot that ends the sentence.
        let ends = next == Some('.') && !then.is_some_and(touches);
        let alone = !before.is_some_and(touches) && (ends || !next.is_some_and(touches));
        if alone && let Ok(value) = text.get(start..end).unwrap_or_default().parse() {
            out.push(Number { value, start, end });
        }
        from = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::limit_in;

    #[test]
    fn the_limit_stands_beside_a_word_of_limits() {
        for (words, sent, limit) in [
            ("gpt-4.1: maximum number of images is 3", 6, Some(3)),
            ("too many images (request 7f3a91)", 8, None),
            (
                "At most 5 image(s) may be provided in one request.",
                9,
                Some(5),
            ),
            ("Too many images: 6 sent, 3 allowed", 6, Some(3)),
            ("messages.2.content.5: too many images", 9, None),
            ("You sent 7 images, the limit is 4.", 8, Some(4)),
            (
                "error 2: images exceed the limit of 4 per request 3",
                8,
                Some(4),
            ),
            ("this model takes up to 5 images", 6, Some(5)),
            ("qwen-vl-7b, 3 images max, 5 were found", 6, Some(3)),
            ("图片数量超过限制，最多3张", 5, Some(3)),
            ("共5张图片，不超过4张", 6, Some(4)),
            ("最多 2 个图片（请求 20260101-4）", 9, Some(2)),
            ("max 10 images", 6, None),
            ("at most 20mb, claude-3-5", 30, None),
            ("limit reached. Code 3. See page 4", 6, None),
            ("only one image is supported", 3, Some(1)),
            ("Only 1 image is allowed", 3, Some(1)),
            ("at most 0 images", 3, None),
            ("at most 10 images per 2 requests", 6, None),
            ("images exceed the limit: 6 > 3", 6, Some(3)),
            ("too many items: max_images=3", 6, Some(3)),
            ("6 > 4 (limit), code 3", 6, Some(4)),
            ("Code 3. Maximum reached, see 2", 6, None),
        ] {
            assert_eq!(limit_in(words, sent), limit, "{words}");
        }
    }
}
