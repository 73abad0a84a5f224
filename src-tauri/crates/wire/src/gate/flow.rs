//! A text that comes in pieces, with the secrets in it masked.

use std::ops::Range;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::forms::Forms;
use super::mask::MASK;
use super::scan::{Scan, merged};

/// One text, such as all the reasoning of an answer. Of a tail that may become a
/// secret it holds back what is telling, and gives it out when it is none.
pub(super) struct Flow {
    scan: Scan,
    /// What is held back, and where it begins.
    held: Zeroizing<String>,
    from: u64,
    /// Where the last mask ends.
    masked: u64,
    /// How things stood before the blanks at the end of the text.
    trimmed: Option<Box<Scan>>,
}

impl Flow {
    pub fn new(forms: Arc<Forms>) -> Self {
        Self {
            scan: Scan::new(forms),
            held: Zeroizing::default(),
            from: 0,
            masked: 0,
            trimmed: None,
        }
    }

    /// Takes the next piece, and leaves what can be shown of the text now, which may
    /// be nothing.
    #[inline]
    pub fn push(&mut self, piece: &mut String) {
        // Of what ends in blanks it matters as well how things stood before them.
        if !piece.ends_with(char::is_whitespace) && self.scan.pass(piece) {
            self.trimmed = None;
            self.from = self.scan.at();
        } else {
            self.push_slowly(piece);
        }
    }

    fn push_slowly(&mut self, piece: &mut String) {
        self.read(piece);
        let doubtful = self.scan.doubtful();
        if self.held.is_empty() && self.scan.found.is_empty() && doubtful.is_none() {
            self.from = self.scan.at();
            return;
        }
        self.held.push_str(piece);
        *piece = self.show(doubtful.unwrap_or(self.scan.at()));
    }

    /// The text ended here, for now: what was held back.
    pub fn finish(&mut self) -> String {
        let mut goes_on = self.scan.clone();
        goes_on.found.clear();
        self.scan.end();
        let shown = self.show(self.scan.at());
        self.scan = goes_on;
        shown
    }

    /// The text is moved behind `other`, its end trimmed, and another begins here:
    /// what of a secret stands at its end may go on there. Gives out what was held
    /// back.
    pub fn move_to(&mut self, other: &mut Self, forms: Arc<Forms>) -> String {
        let tail = self.finish();
        let mut moved = std::mem::replace(self, Self::new(forms));
        if let Some(before) = moved.trimmed.take() {
            moved.scan = *before;
        }
        moved.from = moved.scan.at();
        moved.masked = moved.masked.min(moved.from);
        *other = moved;
        tail
    }

    fn read(&mut self, piece: &str) {
        let (words, blanks) = piece.split_at(piece.trim_end().len());
        if !words.is_empty() {
            self.trimmed = None;
            self.scan.read(words);
        }
        if !blanks.is_empty() {
            if self.trimmed.is_none() && !self.scan.is_calm() {
                self.trimmed = Some(Box::new(self.scan.clone()));
            }
            self.scan.read(blanks);
        }
    }

    /// Everything up to `to`, masked; the rest stays.
    fn show(&mut self, to: u64) -> String {
        let found = merged(&mut self.scan.found);
        let mut shown = String::with_capacity(self.held.len());
        for range in found {
            if range.start >= to {
                self.scan.found.push(range);
                continue;
            }
            shown.push_str(self.held_in(self.from.max(self.masked)..range.start));
            if self.masked == 0 || range.start > self.masked {
                shown.push_str(MASK);
            }
            self.masked = self.masked.max(range.end);
        }
        shown.push_str(self.held_in(self.from.max(self.masked)..to));
        let gone = usize::try_from(to.saturating_sub(self.from)).unwrap_or(usize::MAX);
        if gone >= self.held.len() {
            self.held = Zeroizing::default();
        } else {
            self.held.drain(..gone);
        }
        self.from = to;
        shown
    }

    /// A part of what is held.
    fn held_in(&self, range: Range<u64>) -> &str {
        let at = |place: u64| usize::try_from(place.saturating_sub(self.from)).unwrap_or(0);
        let range = at(range.start)..at(range.end);
        self.held.get(range).unwrap_or_default()
    }
}
