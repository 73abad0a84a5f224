//! Whether a text that comes in pieces stands within code of markdown.

/// A place in a text: what of code is open there.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Code {
    open: Option<Open>,
    /// Backticks or tildes that were just read, and whether they begin their line.
    run: Run,
    /// Something other than blanks and marks of quotations and lists stands on this
    /// line.
    begun: bool,
    /// How far the number of a list that leads this line has come.
    number: Number,
}

/// The number of a list, such as `1. ` or `2) `.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Number {
    #[default]
    None,
    Digits,
    /// The mark behind it came; a blank is to follow.
    Mark,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    mark: u8,
    length: usize,
    fence: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct Run {
    mark: u8,
    length: usize,
    first: bool,
}

/// Backticks or tildes that make a fence.
const FENCE: usize = 3;

impl Code {
    /// Goes on over more of the text.
    pub fn pass(&mut self, text: &str) {
        for &byte in text.as_bytes() {
            if self.run.length > 0 && byte == self.run.mark {
                self.run.length += 1;
                continue;
            }
            self.settle();
            if !self.begun {
                self.number = match (self.number, byte) {
                    (Number::None | Number::Digits, b'0'..=b'9') => Number::Digits,
                    (Number::Digits, b'.' | b')') => Number::Mark,
                    // What it leads begins where the line would.
                    (Number::Mark, b' ' | b'\t' | b'\n') | (Number::None, _) => Number::None,
                    _ => {
                        self.begun = true;
                        Number::None
                    }
                };
                if self.number != Number::None {
                    continue;
                }
            }
            match byte {
                b'`' | b'~' => {
                    self.run = Run {
                        mark: byte,
                        length: 1,
                        first: !self.begun,
                    };
                    self.begun = true;
                }
                b'\n' => {
                    self.begun = false;
                    self.number = Number::None;
                    // Code within a line ends with it at the latest.
                    self.open = self.open.filter(|open| open.fence);
                }
                // A fence may stand in a quotation or a list.
                b' ' | b'\t' | b'>' | b'-' | b'*' => {}
                _ => self.begun = true,
            }
        }
    }

    /// True within code.
    pub fn within(&mut self) -> bool {
        self.settle();
        self.open.is_some()
    }

    /// The run of marks that was read is over: it opens, closes, or is text.
    fn settle(&mut self) {
        let Run {
            mark,
            length,
            first,
        } = std::mem::take(&mut self.run);
        if length == 0 {
            return;
        }
        let fence = first && length >= FENCE;
        match self.open {
            None if fence || mark == b'`' => {
                self.open = Some(Open {
                    mark,
                    length,
                    fence,
                });
            }
            Some(open) if open.mark == mark => {
                let closes = if open.fence {
                    fence && length >= open.length
                } else {
                    length == open.length
                };
                if closes {
                    self.open = None;
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_however_it_is_cut() {
        for (text, within) in [
            ("a `b", true),
            ("a `b`", false),
            ("``a`b", true),
            ("``a`b``", false),
            ("a ` b\nc", false),
            ("```\na", true),
            ("```\na\n```", false),
            ("- ```rust\na `b` c", true),
            ("````\n```\na", true),
            ("~~~\na\n```\n", true),
            ("a ~~b", false),
            ("a ```b", true),
            ("1. ```sh\na\n   ```\nb", false),
            ("1. ```sh\na", true),
            ("12) ~~~\na\n    ~~~\nb", false),
            ("> 1.\t```\n> a\n> ```\nb", false),
            // No number of a list: code within a line, which ends with it.
            ("1.5 ```\na", false),
            ("1 ```\na", false),
            ("1.```\na", false),
            ("1\n```\na", true),
        ] {
            for (at, _) in text.char_indices() {
                let mut code = Code::default();
                let (a, b) = text.split_at(at);
                code.pass(a);
                code.pass(b);
                assert_eq!(code.within(), within, "{text:?} cut at {at}");
            }
        }
    }
}
