//! What is remembered of earlier starts, and what follows from it for the next.

use std::fmt::Write as _;

/// How a window is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    /// As `WebKitGTK` does it of itself, but for what is known of a driver.
    Usual,
    /// Without the graphics card.
    Safe,
}

impl Drawing {
    /// Its name, in a file and in the environment.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Safe => "safe",
        }
    }

    /// The one of this name.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Usual, Self::Safe]
            .into_iter()
            .find(|drawing| drawing.word() == word)
    }
}

/// So many failures in a row are no accident, as an early end by hand is.
const BELIEVED: u32 = 2;

/// After so many seconds the usual way is tried again: drivers are mended.
const REMEMBERED: u64 = 30 * 24 * 60 * 60;

/// Starts of one home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// A start whose page has not answered.
    trying: Option<Drawing>,
    /// How often in a row no page came of the usual way.
    failures: u32,
    /// When the last time was, in seconds since 1970.
    failed_at: u64,
}

impl Record {
    /// From the text of a file; what cannot be read is nothing.
    pub fn read(text: &str) -> Self {
        let mut words = text.split_whitespace();
        Self {
            trying: words.next().and_then(Drawing::read),
            failures: words.next().and_then(|n| n.parse().ok()).unwrap_or(0),
            failed_at: words.next().and_then(|n| n.parse().ok()).unwrap_or(0),
        }
    }

    /// The text of a file; `None` where there is nothing to remember.
    pub fn text(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        let trying = self.trying.map_or("none", Drawing::word);
        let mut text = String::new();
        let _ = writeln!(text, "{trying} {} {}", self.failures, self.failed_at);
        Some(text)
    }

    /// How the next start is drawn, and what a start before it that came to nothing
    /// says of its way.
    pub fn next(&mut self, now: u64) -> Drawing {
        match self.trying.take() {
            Some(Drawing::Usual) => {
                self.failures = self.failures.saturating_add(1);
                self.failed_at = now;
                Drawing::Safe
            }
            // It is not the drawing, then.
            Some(Drawing::Safe) => {
                *self = Self::default();
                Drawing::Usual
            }
            None if self.failures >= BELIEVED
                && now.saturating_sub(self.failed_at) < REMEMBERED =>
            {
                Drawing::Safe
            }
            None => Drawing::Usual,
        }
    }

    /// A window opens.
    pub fn begins(&mut self, drawing: Drawing) {
        self.trying = Some(drawing);
    }

    /// Its page answered.
    pub fn answered(&mut self, drawing: Drawing) {
        self.trying = None;
        if drawing == Drawing::Usual {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    /// A start, told by its file alone; how it was drawn.
    fn start(file: &mut Option<String>, now: u64, page_comes: bool) -> Drawing {
        let mut record = Record::read(file.as_deref().unwrap_or_default());
        let drawing = record.next(now);
        record.begins(drawing);
        if page_comes {
            record.answered(drawing);
        }
        *file = record.text();
        drawing
    }

    #[test]
    fn a_start_that_works_leaves_nothing() {
        let mut file = None;
        assert_eq!(start(&mut file, NOW, true), Drawing::Usual);
        assert_eq!(file, None);
    }

    #[test]
    fn one_failure_is_answered_by_the_safe_way_and_two_are_remembered() {
        let mut file = None;
        assert_eq!(start(&mut file, NOW, false), Drawing::Usual);
        assert_eq!(start(&mut file, NOW, true), Drawing::Safe);
        assert_eq!(start(&mut file, NOW, false), Drawing::Usual);
        for _ in 0..3 {
            assert_eq!(start(&mut file, NOW, true), Drawing::Safe);
        }
        // A month later the driver may have been mended.
        let later = NOW + REMEMBERED;
        assert_eq!(start(&mut file, later, true), Drawing::Usual);
        assert_eq!(file, None);
    }

    #[test]
    fn an_accident_is_forgotten() {
        let mut file = None;
        start(&mut file, NOW, false);
        start(&mut file, NOW, true);
        assert_eq!(start(&mut file, NOW, true), Drawing::Usual);
        assert_eq!(file, None);
    }

    #[test]
    fn where_both_ways_fail_they_take_turns() {
        let mut file = None;
        let drawn: Vec<Drawing> = (0..4).map(|_| start(&mut file, NOW, false)).collect();
        let turns = [Drawing::Usual, Drawing::Safe];
        assert_eq!(drawn, [turns, turns].concat());
    }

    #[test]
    fn a_broken_file_is_none() {
        for text in ["", "???", "usual x y", "\0\0", "safe"] {
            let _ = Record::read(text).next(NOW);
        }
        assert_eq!(Record::read("nonsense"), Record::default());
    }
}
