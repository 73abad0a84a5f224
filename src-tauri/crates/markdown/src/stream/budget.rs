//! How much may be parsed again.

/// An open block up to this length, in bytes, is parsed at each push: what is on
/// the screen is then always what the text so far is.
const SHORT: usize = 4 << 10;
/// Bytes that may be parsed of longer ones for each byte of text: what is not
/// parsed of a very long one is an eighth of it.
const AGAIN: usize = 8;
/// The same once a blank line came, which ends most blocks: what follows a long
/// one then need not wait.
const ENDED: usize = 12;

/// HTML that counts as one byte of text: more than text usually becomes.
const HTML: usize = 8;

/// Keeps what is parsed, and what is made of it, in proportion to the text.
#[derive(Default)]
pub(super) struct Budget {
    /// Bytes that were parsed.
    parsed: usize,
    /// What of it was spent on more than [`SHORT`] at once.
    spent: usize,
}

impl Budget {
    /// May so many bytes be parsed, of a text that is `length` long so far?
    pub(super) fn allows(&self, bytes: usize, length: usize, ended: bool) -> bool {
        let most = length.saturating_mul(if ended { ENDED } else { AGAIN });
        bytes <= SHORT || self.spent.saturating_add(bytes) <= most
    }

    /// So many bytes were parsed, and so many of HTML came of them.
    pub(super) fn spend(&mut self, bytes: usize, html: usize) {
        self.parsed += bytes;
        if bytes > SHORT {
            self.spent += bytes.max(html / HTML);
        }
    }

    pub(super) fn parsed(&self) -> usize {
        self.parsed
    }
}
