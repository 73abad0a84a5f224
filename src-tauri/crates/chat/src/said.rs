//! What an answer says so far: all of it, how much of it is on the screen, and what of
//! it is not kept yet.

use history::Piece;

/// Bytes of all text, and how many of them are shown.
#[derive(Debug, Default)]
pub(crate) struct Growing {
    pub all: String,
    shown: usize,
}

impl Growing {
    fn is_hidden(&self) -> bool {
        self.shown < self.all.len()
    }

    fn next(&mut self) -> String {
        let next = self.all.get(self.shown..).unwrap_or_default().to_owned();
        self.shown = self.all.len();
        next
    }
}

/// An answer's words.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub text: Growing,
    pub reasoning: Growing,
    /// What came since it was last given to the history, in order.
    unkept: Vec<Piece>,
}

impl Said {
    /// An answer that begins with what is kept and on the screen already.
    pub fn after(text: &str, reasoning: &str) -> Self {
        let shown = |all: &str| Growing {
            all: all.to_owned(),
            shown: all.len(),
        };
        Self {
            text: shown(text),
            reasoning: shown(reasoning),
            unkept: Vec::new(),
        }
    }

    /// It does not begin with that after all; all else is not kept yet.
    pub fn without(&mut self, text: &str, reasoning: &str) {
        for (growing, before) in [(&mut self.text, text), (&mut self.reasoning, reasoning)] {
            let own = growing.all.strip_prefix(before).unwrap_or(&growing.all);
            growing.all = own.trim_start().to_owned();
            growing.shown = 0;
        }
    }

    /// More text.
    pub fn text(&mut self, delta: &str) {
        self.text.all.push_str(delta);
        match self.unkept.last_mut() {
            Some(Piece::Text(last)) => last.push_str(delta),
            _ => self.unkept.push(Piece::Text(delta.to_owned())),
        }
    }

    /// More reasoning.
    pub fn reasoning(&mut self, delta: &str) {
        self.reasoning.all.push_str(delta);
        match self.unkept.last_mut() {
            Some(Piece::Reasoning(last)) => last.push_str(delta),
            _ => self.unkept.push(Piece::Reasoning(delta.to_owned())),
        }
    }

    /// What was shown as text is reasoning, but for what the answer began with.
    pub fn text_was_reasoning(&mut self, before: &str) {
        let text = std::mem::take(&mut self.text);
        let own = text.all.strip_prefix(before).unwrap_or(&text.all);
        self.reasoning.all.push_str(own.trim_end());
        self.unkept.push(Piece::TextWasReasoning);
        if !before.is_empty() {
            before.clone_into(&mut self.text.all);
            self.unkept.push(Piece::Text(before.to_owned()));
        }
    }

    /// Is there something that is not on the screen?
    pub fn is_hidden(&self) -> bool {
        self.text.is_hidden() || self.reasoning.is_hidden()
    }

    /// All of it, shown anew.
    pub fn next_whole(&mut self) -> (String, String) {
        let whole = |growing: &mut Growing| {
            growing.shown = growing.all.len();
            growing.all.clone()
        };
        (whole(&mut self.text), whole(&mut self.reasoning))
    }

    /// Text and reasoning that are to be shown now.
    pub fn next(&mut self) -> (String, String) {
        (self.text.next(), self.reasoning.next())
    }

    /// Is there something that the history was not given?
    pub fn is_unkept(&self) -> bool {
        !self.unkept.is_empty()
    }

    /// What the history is to be given now.
    pub fn take_unkept(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.unkept)
    }

    /// The history did not take these: they stand before what came since.
    pub fn give_back(&mut self, pieces: Vec<Piece>) {
        self.unkept.splice(0..0, pieces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_comes_again_in_its_order() {
        let mut said = Said::default();
        said.text("a");
        said.text("b");
        said.reasoning("c");
        let first = said.take_unkept();
        assert_eq!(
            first,
            [Piece::Text("ab".into()), Piece::Reasoning("c".into())]
        );
        said.text_was_reasoning("");
        said.give_back(first);
        assert_eq!(
            said.take_unkept(),
            [
                Piece::Text("ab".into()),
                Piece::Reasoning("c".into()),
                Piece::TextWasReasoning
            ]
        );
        assert!(!said.is_unkept());
        assert_eq!(said.next(), (String::new(), "cab".to_owned()));
        assert!(!said.is_hidden());
    }
}
