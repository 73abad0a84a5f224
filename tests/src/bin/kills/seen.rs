//! What the person at the screen saw and did, a line of JSON each: the app that will
//! be killed tells it, and who kills it reads it.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Microseconds since the Unix epoch; both processes are on one machine.
pub type Micros = u64;

/// One thing, and when it was seen.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    pub at: Micros,
    pub seen: Seen,
}

/// One thing that was seen or done.
#[derive(Debug, Serialize, Deserialize)]
pub enum Seen {
    /// All that the home holds, before anything was done.
    Found(Found),
    /// A question is sent.
    Asking { question: String },
    /// The app said that it is kept; its answer comes over the channel.
    Asked { sent: Value, channel: u32 },
    /// More of an answer was shown: the last words of its text and of its reasoning,
    /// 0 where there is none.
    Shown {
        channel: u32,
        text: u32,
        reasoning: u32,
    },
    /// An answer was shown to be over.
    Ended { channel: u32, state: String },
    /// A conversation is removed.
    Removing { conversation: String },
    /// The app said that it is.
    Removed { conversation: String },
    /// Settings are changed.
    Setting { settings: Value },
    /// The app said that they are kept.
    Set { settings: Value },
    /// A command failed that must not.
    Failed { error: Value },
}

/// All that a home holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Found {
    /// As `history|open` tells each, with the pages before it.
    pub conversations: Vec<Value>,
    /// As `settings|get` tells them.
    pub settings: Value,
    /// As `desktop|hello` tells them.
    pub notices: Vec<Value>,
}

/// The time now.
pub fn now() -> Micros {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| since.as_micros().try_into().ok())
        .unwrap_or(0)
}

/// Tells who reads stdout, at once. What was told outlives the process.
pub fn tell(seen: Seen) {
    let line = Line { at: now(), seen };
    if let Ok(mut text) = serde_json::to_vec(&line) {
        text.push(b'\n');
        let mut out = io::stdout().lock();
        // Nobody reads any more: then it does not matter.
        let _ = out.write_all(&text).and_then(|()| out.flush());
    }
}

/// The word number `n` of an answer's text (`w`) or reasoning (`r`).
pub fn word(kind: char, n: u32) -> String {
    format!("{kind}{n:05} ")
}

/// The numbers of the words in a text, in order.
pub fn words(kind: char, text: &str) -> Vec<u32> {
    text.split(kind)
        .skip(1)
        .filter_map(|rest| rest.get(..5)?.parse().ok())
        .collect()
}
