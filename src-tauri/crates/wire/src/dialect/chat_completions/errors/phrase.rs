//! Words to look for in a message.

use protocol::ErrorRow;

/// Characters that a `*` stands for at most.
const GAP: usize = 90;

/// Of each piece, how many times three bytes are looked up before it is looked for.
const GRAMS: usize = 6;

/// Words that follow each other in a message, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pieces: Vec<String>,
    /// Some of what a message holds that it stands in.
    grams: Vec<u16>,
    /// The message begins so.
    first: bool,
    /// The message ends so.
    last: bool,
}

impl Phrase {
    /// Reads a phrase: `*` stands for a few words of the same sentence, `(a|b)` for
    /// either, `^` and `$` for where the message begins and ends. One for each choice;
    /// none of a text that offers too many.
    pub fn read(text: &str) -> Vec<Self> {
        if ErrorRow::choices(text) > ErrorRow::MAX_CHOICES {
            return Vec::new();
        }
        let texts = choices(&text.to_lowercase());
        texts.iter().map(|text| Self::of(text)).collect()
    }

    fn of(text: &str) -> Self {
        let (first, text) = match text.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (last, text) = match text.strip_suffix('$') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let pieces = pieces(text);
        let few = pieces.iter().flat_map(|piece| grams(piece).take(GRAMS));
        Self {
            grams: few.collect(),
            pieces,
            first,
            last,
        }
    }

    /// Does it stand in this message?
    pub fn is_in(&self, message: &Message) -> bool {
        message.may_hold(&self.grams) && self.stands_in(&message.text)
    }

    fn stands_in(&self, message: &str) -> bool {
        let Some((head, rest)) = self.pieces.split_first() else {
            return false;
        };
        let heads = match self.first {
            true if message.starts_with(head.as_str()) => vec![head.len()],
            true => Vec::new(),
            false => places(message, head).map(|at| at + head.len()).collect(),
        };
        let ends = rest
            .iter()
            .fold(heads, |ends, piece| behind(message, &ends, piece));
        match self.last {
            true => ends.contains(&message.len()),
            false => !ends.is_empty(),
        }
    }

    /// A message that it stands in.
    #[cfg(test)]
    pub fn example(&self) -> String {
        self.pieces.join(" x ")
    }
}

/// A message that is looked through for many phrases.
#[derive(Debug)]
pub(super) struct Message {
    /// In lower case.
    text: String,
    /// A bit for each three bytes that follow each other.
    grams: Vec<u64>,
}

impl Message {
    pub fn of(text: &str) -> Self {
        let text = text.trim().to_lowercase().replace('’', "'");
        let mut bits = vec![0_u64; 1 << 10];
        for gram in grams(&text) {
            if let Some(word) = bits.get_mut(usize::from(gram >> 6)) {
                *word |= 1 << (gram & 63);
            }
        }
        Self { text, grams: bits }
    }

    /// No, where one of these is not there: nearly always, and at once.
    fn may_hold(&self, grams: &[u16]) -> bool {
        let word = |gram: &u16| self.grams.get(usize::from(gram >> 6)).copied();
        let there = |gram| word(gram).is_some_and(|word| word >> (gram & 63) & 1 == 1);
        grams.iter().all(there)
    }
}

/// Every three bytes that follow each other, as a number of 16 bits.
fn grams(text: &str) -> impl Iterator<Item = u16> {
    text.as_bytes().windows(3).map(|three| {
        let mixed = three
            .iter()
            .fold(0_u32, |sum, byte| sum.wrapping_mul(167) + u32::from(*byte));
        (mixed & 0xffff) as u16
    })
}

/// The pieces between gaps, which may be empty: the blank before a gap is the gap's, and
/// so is the one behind it before a script that has no blanks.
fn pieces(text: &str) -> Vec<String> {
    let all = text.split('*').enumerate().map(|(at, piece)| {
        let piece = piece.strip_suffix(' ').unwrap_or(piece);
        match piece.strip_prefix(' ') {
            Some(rest) if at > 0 && !rest.is_ascii() => rest,
            _ => piece,
        }
    });
    all.map(str::to_owned).collect()
}

/// Where a piece stands, overlaps too.
fn places<'a>(message: &'a str, piece: &'a str) -> impl Iterator<Item = usize> {
    let find = move |from: usize| Some(from + message.get(from..)?.find(piece)?);
    let next = move |at: &usize| {
        let step = message.get(*at..)?.chars().next()?.len_utf8();
        find(at + step)
    };
    std::iter::successors(find(0), next)
}

/// Where a piece ends that follows one of these ends, which ascend: only the nearest
/// before it counts, as the gap from any other holds that one. So no message takes longer
/// than pieces times its length.
fn behind(message: &str, ends: &[usize], piece: &str) -> Vec<usize> {
    let Some(first) = ends.first() else {
        return Vec::new();
    };
    let follows = |at: &usize| {
        let before = ends.partition_point(|end| end <= at).checked_sub(1);
        let gap = before
            .and_then(|nearest| message.get(*ends.get(nearest)?..*at))
            .filter(|gap| gap.len() <= GAP * 4 && gap.chars().count() <= GAP);
        gap.is_some_and(|gap| !ends_a_sentence(gap))
    };
    let from = message.get(*first..).unwrap_or_default();
    let found = places(from, piece).map(|at| at + first).filter(follows);
    found.map(|at| at + piece.len()).collect()
}

fn ends_a_sentence(text: &str) -> bool {
    text.contains(". ") || text.contains(['\n', '。'])
}

/// `a (b|c)` as `a b` and `a c`; groups may stand in groups.
fn choices(text: &str) -> Vec<String> {
    let Some((before, within, after)) = group(text) else {
        return vec![text.to_owned()];
    };
    let ends = choices(after);
    let mut out = Vec::new();
    for one in within.iter().flat_map(|one| choices(one)) {
        out.extend(ends.iter().map(|end| format!("{before}{one}{end}")));
    }
    out
}

/// The first group that offers a choice: what stands before it, its choices, and what
/// stands behind it.
fn group(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    text.match_indices('(').find_map(|(open, _)| {
        let (mut depth, mut from, mut choices) = (0_usize, open + 1, Vec::new());
        for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open) {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                '|' if depth == 1 => {
                    choices.push(text.get(from..at)?);
                    from = at + 1;
                }
                _ => {}
            }
            if depth == 0 {
                choices.push(text.get(from..at)?);
                let found = choices.len() > 1;
                return found.then_some((text.get(..open)?, choices, text.get(at + 1..)?));
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(phrase: &str, message: &str) -> bool {
        Phrase::read(phrase)
            .iter()
            .any(|p| p.is_in(&Message::of(message)))
    }

    #[test]
    fn a_phrase_stands_in_one_sentence() {
        assert!(is_in(
            "model * not found",
            "the model `gpt-4.1` was not found"
        ));
        assert!(is_in("model * not found", "model not found"));
        assert!(is_in("额度 * 用尽", "额度用尽") && is_in("额度 * 用尽", "额度已 用尽"));
        assert!(!is_in("model * not found", "no model. file not found"));
        assert!(!is_in("model * not found", "model\nnot found"));
        assert!(is_in("(a|b) * (c|d)", "b or d") && !is_in("(a|b) * (c|d)", "c or b"));
        assert!(is_in("a(b|)c", "ac") && is_in("a(b|)c", "abc"));
        assert!(is_in("a (b|c (d|e)) f", "a c e f") && is_in("x (y) (a|b)", "x (y) b"));
        assert!(is_in("url (", "invalid url (post /v1)"));
        assert!(is_in("^not found$", "Not found".to_lowercase().as_str()));
        assert!(!is_in("^not found$", "model not found"));
        assert!(!is_in("a * b", &format!("a {} b", "x".repeat(200))));
        assert!(is_in("模型 * 不存在", "模型 豆包 不存在"));
        assert!(is_in("a * a * b", "a a. a b a b") && !is_in("a * a * b", "a a. x b"));
        assert!(is_in("aa*ab", "xaaab") && is_in("^a * b$", "a b b"));
    }

    /// Each further gap would double the ways to look.
    #[test]
    fn many_gaps_and_many_choices_take_no_time() {
        let gaps = format!("{}b", "a*".repeat(60));
        assert!(!is_in(&gaps, &"a".repeat(4000)));
        assert!(is_in(&gaps, &format!("{}b", "a".repeat(4000))));
        assert_eq!(Phrase::read(&"(a|b)".repeat(8)).len(), 256);
        assert_eq!(Phrase::read(&"(a|b)".repeat(40)), []);
    }
}
