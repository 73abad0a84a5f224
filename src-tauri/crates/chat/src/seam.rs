//! The seam between an answer that ended early and what goes on from it: what is said
//! twice is cut, and what begins anew is told from what goes on.

use history::StoredMessage;

use crate::reworded;

/// What an answer goes on from.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    /// The answer that ended early.
    pub message: StoredMessage,
    /// The versions that stand in the place once what goes on stands beside it.
    pub versions: Vec<String>,
}

/// Most bytes that wait before it is settled how they are joined.
const HELD: usize = 400;

/// So many characters alike with the beginning are no accident.
const ALIKE: usize = 40;

/// So many characters said twice are no accident.
const LONG: usize = 12;

/// A first line of fewer characters says nothing.
const LINE: usize = 8;

/// Tells how what comes is joined to what was there.
#[derive(Debug)]
pub(crate) struct Seam {
    before: String,
    held: String,
    /// The model goes on at the letter: nothing is mended, only what is long is cut.
    exact: bool,
}

/// What is to be done with what came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Joint {
    /// Nothing yet: it waits.
    Held,
    /// This goes on from what was there.
    On(String),
    /// This is an answer of its own.
    Anew(String),
}

impl Seam {
    pub fn new(before: &str, exact: bool) -> Self {
        Self {
            before: before.to_owned(),
            held: String::new(),
            exact,
        }
    }

    /// More text came.
    pub fn push(&mut self, delta: &str) -> Joint {
        self.held.push_str(delta);
        if self.held.len() < HELD && self.is_open() {
            return Joint::Held;
        }
        self.finish()
    }

    /// No more comes before it is settled.
    pub fn finish(&mut self) -> Joint {
        let held = std::mem::take(&mut self.held);
        let (before, came) = (self.before.as_str(), self.led(&held));
        if let Some(twice) = self.overlap(came) {
            return Joint::On(came.get(twice..).unwrap_or_default().to_owned());
        }
        if begins_anew(before, came) || (!self.exact && reworded::is(before, came)) {
            return Joint::Anew(came.to_owned());
        }
        // Words are told apart where nothing tells them from one that was cut.
        let apart = !self.exact
            && before.chars().last().is_some_and(is_of_a_word)
            && held.chars().next().is_some_and(is_of_a_word)
            && !held.starts_with(char::is_lowercase);
        Joint::On(format!("{}{came}", if apart { " " } else { "" }))
    }

    /// May what comes next change how this is joined?
    fn is_open(&self) -> bool {
        let held = self.held.as_str();
        let came = held.trim_start();
        if came.is_empty() {
            return true;
        }
        let fence = !self.exact
            && is_in_code(&self.before)
            && (came.starts_with("```") || "```".starts_with(came));
        if fence && !came.contains('\n') {
            return true;
        }
        let came = self.led(held);
        let repeats = |end: &str| {
            let mut ways = [came, came.trim_start()].into_iter();
            ways.any(|came| end.len() > came.len() && end.starts_with(came))
        };
        if ends(&self.before).any(repeats) {
            return true;
        }
        if !self.exact && reworded::may_be(&self.before, came) {
            return true;
        }
        let first = self.before.trim_start();
        let alike = came.trim_start();
        first.starts_with(alike) && alike.chars().count() < ALIKE && alike.len() < first.len()
    }

    /// What came, without what leads it: a fence that opens code which is open already,
    /// blanks before what is said twice.
    fn led<'a>(&self, came: &'a str) -> &'a str {
        let trimmed = came.trim_start();
        if !self.exact
            && is_in_code(&self.before)
            && trimmed.starts_with("```")
            && let Some((_, rest)) = trimmed.split_once('\n')
        {
            return rest;
        }
        match self.overlap(trimmed) {
            Some(_) => trimmed,
            None => came,
        }
    }

    /// Bytes of what came that end the text already; none where that may be an accident.
    fn overlap(&self, came: &str) -> Option<usize> {
        let enough = |end: &&str| match self.exact {
            true => end.trim().chars().count() >= LONG,
            false => is_enough(&self.before, end),
        };
        let twice = ends(&self.before).find(|end| enough(end) && came.starts_with(end))?;
        Some(twice.len())
    }
}

/// The ends of a text, the longest first.
fn ends(text: &str) -> impl Iterator<Item = &str> {
    let from = text.len().saturating_sub(HELD);
    let starts = text.char_indices().map(|(at, _)| at);
    starts
        .skip_while(move |at| *at < from)
        .filter_map(|at| text.get(at..))
}

/// Is an end that comes again no accident? It is long or a line, or some letters of it are
/// of scripts that write a word in one, or it begins where a word may begin.
fn is_enough(before: &str, end: &str) -> bool {
    if end.trim().chars().count() >= LONG {
        return true;
    }
    let wide = end.chars().filter(|c| !c.is_ascii() && c.is_alphabetic());
    if wide.filter(|c| !is_of_a_word(*c)).count() >= 3 {
        return true;
    }
    let last = before.strip_suffix(end).unwrap_or_default().chars().last();
    if last == Some('\n') && end.chars().count() >= 2 && !end.trim().is_empty() {
        return true;
    }
    let cuts = last.is_some_and(is_of_a_word) && end.starts_with(is_of_a_word);
    !cuts && end.chars().filter(|c| c.is_alphanumeric()).count() >= 3
}

/// Letters and digits of scripts that part words by blanks.
fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() && (c as u32) < 0x2e80
}

/// Does it begin as the text began?
fn begins_anew(before: &str, came: &str) -> bool {
    let (before, came) = (before.trim_start(), came.trim_start());
    let alike = before.chars().zip(came.chars());
    let alike = alike.take_while(|(one, other)| one == other).count();
    if alike >= ALIKE {
        return true;
    }
    let line = |text: &str| {
        text.split_once('\n')
            .map(|(line, _)| line.trim_end().to_owned())
    };
    match (line(before), line(came)) {
        (Some(one), Some(other)) => one == other && one.chars().count() >= LINE,
        _ => false,
    }
}

/// Is the end of a text inside a block of code?
fn is_in_code(text: &str) -> bool {
    let fences = text
        .lines()
        .filter(|line| line.trim_start().starts_with("```"));
    fences.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text becomes with what comes in pieces of so many characters.
    fn joined(before: &str, came: &str, size: usize) -> String {
        joined_by(Seam::new(before, false), before, came, size)
    }

    fn joined_by(seam: Seam, before: &str, came: &str, size: usize) -> String {
        let mut seam = Some(seam);
        let mut whole = before.to_owned();
        let chars: Vec<char> = came.chars().collect();
        let mut take = |joint: Joint| match joint {
            Joint::Held => false,
            Joint::On(text) => {
                whole.push_str(&text);
                true
            }
            Joint::Anew(text) => {
                whole = format!("anew: {text}");
                true
            }
        };
        for piece in chars.chunks(size) {
            let piece: String = piece.iter().collect();
            match &mut seam {
                Some(open) => {
                    if take(open.push(&piece)) {
                        seam = None;
                    }
                }
                None => {
                    take(Joint::On(piece));
                }
            }
        }
        if let Some(mut open) = seam {
            take(open.finish());
        }
        whole
    }

    #[test]
    fn what_goes_on_is_joined_without_a_seam_whatever_the_pieces() {
        let cases = [
            ("The quick", " brown fox", "The quick brown fox"),
            ("The qui", "ck brown fox", "The quick brown fox"),
            // Said twice, from a word on.
            ("The quick bro", "quick brown fox", "The quick brown fox"),
            (
                "The quick brown",
                "The quick brown fox",
                "The quick brown fox",
            ),
            (
                "It has three parts: the hull",
                "\nthree parts: the hull, and",
                "It has three parts: the hull, and",
            ),
            (
                "这张图里有一只红色的狐狸，它",
                "红色的狐狸，它正在看镜头",
                "这张图里有一只红色的狐狸，它正在看镜头",
            ),
            // No accident is cut.
            ("1, 2, 3", ", 4", "1, 2, 3, 4"),
            ("haha", "ha", "hahaha"),
            ("好的好", "的", "好的好的"),
            // A word that begins after one that ended.
            ("see Figure", "2 below", "see Figure 2 below"),
            // Code that is open is not opened once more.
            (
                "```py\na = 1\n",
                "```py\nb = 2\n```",
                "```py\na = 1\nb = 2\n```",
            ),
            (
                "```py\na = 1\nb =",
                "```python\nb = 2\n```",
                "```py\na = 1\nb = 2\n```",
            ),
            ("Done.", "", "Done."),
            ("Done. And", "And", "Done. And"),
            (
                "- one\n- two\n- th",
                "- two\n- three",
                "- one\n- two\n- three",
            ),
            ("- one\n- ", "- two", "- one\n- two"),
            ("été", "té", "étété"),
        ];
        for (before, came, whole) in cases {
            for size in [1, 2, 3, 7, 1000] {
                assert_eq!(
                    joined(before, came, size),
                    whole,
                    "{before:?} + {came:?} by {size}"
                );
            }
        }
    }

    #[test]
    fn what_goes_on_at_the_letter_is_left_as_it_is() {
        for (before, came) in [("see Figure", "2"), ("ha ha", "ha"), ("```py\na", "```x\n")] {
            let exact = Seam::new(before, true);
            assert_eq!(joined_by(exact, before, came, 1), format!("{before}{came}"));
        }
        // One that says the beginning again, too, is joined all the same.
        let exact = Seam::new("The quick brown", true);
        let whole = joined_by(exact, "The quick brown", "The quick brown fox", 3);
        assert_eq!(whole, "The quick brown fox");
    }

    #[test]
    fn what_begins_anew_is_an_answer_of_its_own() {
        let long = "The picture shows a harbour at dusk, with seven boats and a crane. ".repeat(20);
        let cases = [
            (
                long.as_str(),
                "The picture shows a harbour at dusk, with some boats.",
            ),
            (
                "The image shows a red fox sitting in the snow, looking at the camera. Its fur is",
                "The image depicts a red fox sitting in snow and looking at the camera. It is cold.",
            ),
            (
                "这张图片展示了一只红色的狐狸坐在雪地里，它的毛",
                "这张照片展示了一只红色的狐狸，坐在雪地上，看着镜头。",
            ),
            (
                "# The harbour\n\nIt is dusk and",
                "# The harbour\n\nSeven boats lie in it.",
            ),
        ];
        for (before, came) in cases {
            for size in [1, 5, 1000] {
                assert_eq!(joined(before, came, size), format!("anew: {came}"));
            }
        }
    }
}
