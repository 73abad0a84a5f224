//! Where answers and complaints go. Nothing that a provider says reaches a terminal
//! with its control characters: they could move its cursor, or speak to it.

use std::{
    io::{self, IsTerminal, Write},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use tokio::sync::oneshot;

/// Writes what is given to it, in order and each at once, on a thread of its own, so
/// that a reader that does not read keeps nobody from stopping.
pub struct Output {
    pieces: Sender<Piece>,
    /// Until it was told that it ended.
    ended: Option<oneshot::Receiver<io::Result<()>>>,
}

enum Piece {
    Out(String),
    Err(String),
}

impl Output {
    /// Begins to write.
    pub fn start() -> Self {
        let (pieces, given) = channel();
        let (tell, ended) = oneshot::channel();
        thread::spawn(move || {
            let _ = tell.send(write(&given));
        });
        Self {
            pieces,
            ended: Some(ended),
        }
    }

    /// Writes to stdout.
    pub fn out(&self, text: impl Into<String>) {
        // Who reads no more is told by `broken`.
        let _ = self.pieces.send(Piece::Out(text.into()));
    }

    /// Writes to stderr.
    pub fn err(&self, text: impl Into<String>) {
        let _ = self.pieces.send(Piece::Err(text.into()));
    }

    /// Waits until stdout takes no more; told once.
    pub async fn broken(&mut self) {
        match &mut self.ended {
            Some(ended) => {
                let _ = ended.await;
                self.ended = None;
            }
            None => std::future::pending().await,
        }
    }

    /// Waits until all is written, or cannot be.
    pub async fn finish(self) {
        drop(self.pieces);
        if let Some(ended) = self.ended {
            let _ = ended.await;
        }
    }
}

fn write(pieces: &Receiver<Piece>) -> io::Result<()> {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    let (shown, err_shown) = (out.is_terminal(), err.is_terminal());
    // What stands on the last line of either, where that is a terminal.
    let (mut out_open, mut err_open) = (false, false);
    for piece in pieces {
        match piece {
            Piece::Out(text) => {
                if err_open && shown {
                    let _ = err.write_all(b"\n");
                    err_open = false;
                }
                let text = if shown { harmless(&text) } else { text };
                out.write_all(text.as_bytes())?;
                out.flush()?;
                out_open = shown && !text.ends_with('\n');
            }
            Piece::Err(text) => {
                if out_open && err_shown {
                    out.write_all(b"\n")?;
                    out.flush()?;
                    out_open = false;
                }
                let text = harmless(&text);
                // An answer is not lost for that.
                let _ = err.write_all(text.as_bytes());
                err_open = err_shown && !text.ends_with('\n');
            }
        }
    }
    if out_open {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Without control characters but for line ends and tabs.
pub fn harmless(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.replace("\r\n", "\n").chars().map(shown).collect()
}

/// Asks at the terminal for a yes; where there is none, nobody said it.
pub fn is_meant(question: &str) -> bool {
    say(question);
    let mut line = String::new();
    io::stdin().is_terminal()
        && io::stdin().read_line(&mut line).is_ok()
        && line.trim().eq_ignore_ascii_case("yes")
}

/// Says one thing on stderr.
pub fn say(text: &str) {
    // Nobody is left to be told when this fails.
    let _ = writeln!(io::stderr(), "dragoman-cli: {}", harmless(text));
}

/// Prints to stdout; a reader that is gone wants no more.
pub fn print(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Prints rows of a table, its columns side by side.
pub fn table(rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut all = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{:width$}  ", harmless(cell)));
        }
        all.push_str(line.trim_end());
        all.push('\n');
    }
    print(all.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_speak_to_the_terminal_does_not() {
        let said = "a\tb\r\n\u{1b}]52;c;aGk=\u{7}\u{1b}[2J\rc\u{9b}x 好";
        assert_eq!(
            harmless(said),
            "a\tb\n\u{fffd}]52;c;aGk=\u{fffd}\u{fffd}[2J\u{fffd}c\u{fffd}x 好"
        );
    }
}
