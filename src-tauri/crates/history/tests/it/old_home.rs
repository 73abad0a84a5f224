//! A history of format 3, as the version before wrote it: pictures in the file.

use std::path::Path;

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

/// What it holds, to be looked for.
pub const QUESTION: &str = "canary-question-问题";
pub const ANSWER: &str = "canary-answer-回答";
pub const REASONING: &str = "canary-reasoning-想法";
pub const NAME: &str = "canary-name.png";

/// The conversation that holds all of them.
pub const CONVERSATION: &str = "0197a0aa-0000-7000-8000-00000000c001";

/// Another, of which only the title is looked at.
pub const OTHER: &str = "0197a0aa-0000-7000-8000-00000000c002";

/// The hash of some bytes, as pictures are named.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The bytes of a picture: `number` tells them apart, and can be found in a file.
pub fn picture(number: usize) -> Vec<u8> {
    format!("canary-picture-{number:04}-")
        .repeat(2000)
        .into_bytes()
}

/// Writes the file; its first conversation holds this many pictures, and a video.
pub fn write(path: &Path, pictures: usize) {
    let file = Connection::open(path).unwrap();
    file.pragma_update(None, "auto_vacuum", "incremental")
        .unwrap();
    file.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))
        .unwrap();
    for sql in [
        include_str!("../../migrations/0001.sql"),
        include_str!("../../migrations/0002.sql"),
        include_str!("../../migrations/0003.sql"),
        "PRAGMA user_version = 3; PRAGMA foreign_keys = OFF;",
    ] {
        file.execute_batch(sql).unwrap();
    }
    for (id, head, title) in [(CONVERSATION, "a1", QUESTION), (OTHER, "a2", "other")] {
        let sql = "INSERT INTO conversation (id, title, head, created_at, updated_at) VALUES (?, ?, ?, 1, 1)";
        file.execute(sql, [id, title, head]).unwrap();
    }
    for (id, conversation, parent, role, text, reasoning) in [
        ("q1", CONVERSATION, None, "user", QUESTION, ""),
        (
            "a1",
            CONVERSATION,
            Some("q1"),
            "assistant",
            ANSWER,
            REASONING,
        ),
        ("q2", OTHER, None, "user", "other question", ""),
        ("a2", OTHER, Some("q2"), "assistant", "other answer", ""),
    ] {
        let sql = "INSERT INTO message (id, conversation, parent, role, state, text, reasoning, created_at)
                   VALUES (?, ?, ?, ?, 'complete', ?, ?, 1)";
        let row = params![id, conversation, parent, role, text, reasoning];
        file.execute(sql, row).unwrap();
    }
    for number in 0..pictures {
        let bytes = picture(number);
        let row = params![hash(&bytes), bytes.len() as i64, bytes];
        file.execute(
            "INSERT INTO picture VALUES (?, 'image/png', 1, 1, ?, 1, ?)",
            row,
        )
        .unwrap();
        let part = params![number as i64, hash(&bytes), NAME];
        let sql = "INSERT INTO part (message, position, kind, picture, name) VALUES ('q1', ?, 'picture', ?, ?)";
        file.execute(sql, part).unwrap();
    }
    let film = b"canary-video".repeat(2000);
    let row = params![hash(&film), film.len() as i64, film];
    file.execute("INSERT INTO video VALUES (?, 'video/mp4', ?, 1, ?)", row)
        .unwrap();
    let part = params![pictures as i64, hash(&film)];
    let sql = "INSERT INTO part (message, position, kind, video, name) VALUES ('q1', ?, 'video', ?, 'a.mp4')";
    file.execute(sql, part).unwrap();
    file.close().unwrap();
}

/// The files under a folder that hold this text.
pub fn holding(folder: &Path, text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let name = path.to_string_lossy();
            let named = name.as_bytes().windows(text.len()).any(|part| part == text);
            if named || bytes.windows(text.len()).any(|part| part == text) {
                found.push(name.into_owned());
            }
        }
    }
    found
}
