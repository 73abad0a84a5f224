//! Homes made for the bench: a large one, and one of the format that kept its pictures
//! in the file.

use std::path::Path;

use anyhow::{Context, Result};
use history::{History, NewTurn, Writer};
use protocol::{Answer, ChatParams, MessageState};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

/// Messages of the large home, its conversations, and the messages of one of them.
pub const MESSAGES: usize = 100_000;
const CONVERSATIONS: usize = 2_000;
pub const LONG: usize = 2_000;

/// Pictures of the old home, a million bytes each.
pub const PICTURES: usize = 1_000;
const PICTURE: usize = 1_000_000;

/// What an answer says; about half a kilobyte.
const ANSWER: &str = "The picture shows **three cats**; one of them sleeps on the window sill.\n\n\
    | what | where |\n| --- | --- |\n| cat | left |\n| cat | right |\n\n\
    图片里有三只猫，其中一只在窗台上睡觉。左上角的标志是红色的，约二百像素宽。\n\n\
    - the first looks at you\n- the second does not\n- the third sleeps\n";

/// Writes the large home; the id of its long conversation.
pub fn write_large(home: &Path) -> Result<String> {
    let history = History::open(&home.join("dragoman.db"))?.history;
    let long = history.write(|w| conversation(w, LONG)).wait()?;
    let (others, messages) = (CONVERSATIONS - 1, MESSAGES - LONG);
    for number in 0..others {
        // As many for each as it takes to come out even.
        let (from, to) = (messages * number / others, messages * (number + 1) / others);
        let turns = to / 2 - from / 2;
        history.write(move |w| conversation(w, turns * 2)).wait()?;
    }
    history.close().wait()?;
    Ok(long)
}

/// A question without pictures, and one answer.
pub fn new_turn(conversation: Option<String>, text: &str) -> NewTurn {
    NewTurn {
        conversation,
        text: text.to_owned(),
        parts: Vec::new(),
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    }
}

/// One conversation of as many messages, in one transaction.
pub fn conversation(writer: &Writer<'_>, messages: usize) -> Result<String, history::Error> {
    let mut id = None;
    for number in 0..messages.max(2) / 2 {
        let turn = writer.begin_turn(new_turn(id, &format!("What of picture {number}?")))?;
        let (end, answer) = (MessageState::Complete, Answer::default());
        for one in &turn.answers {
            writer.close(&one.id, end, ANSWER, "", &answer, None)?;
        }
        id = Some(turn.conversation);
    }
    Ok(id.unwrap_or_default())
}

/// Writes a home of format 3 whose one conversation holds a gigabyte of pictures; the
/// id of that.
pub fn write_old(home: &Path) -> Result<String> {
    std::fs::create_dir_all(home)?;
    let mut file = Connection::open(home.join("dragoman.db"))?;
    file.pragma_update(None, "auto_vacuum", "incremental")?;
    // The conversation names its last message before that is there.
    file.pragma_update(None, "foreign_keys", false)?;
    file.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    for sql in [
        include_str!("../../../../../src-tauri/crates/history/migrations/0001.sql"),
        include_str!("../../../../../src-tauri/crates/history/migrations/0002.sql"),
        include_str!("../../../../../src-tauri/crates/history/migrations/0003.sql"),
        "PRAGMA user_version = 3;
         INSERT INTO conversation (id, title, head, created_at, updated_at)
             VALUES ('c', 'a gigabyte', 'm', 1, 1);
         INSERT INTO message (id, conversation, role, state, text, created_at)
             VALUES ('m', 'c', 'user', 'complete', '?', 1);",
    ] {
        file.execute_batch(sql).context("the format before")?;
    }
    let mut bytes = vec![0_u8; PICTURE];
    for number in 0..PICTURES {
        fastrand::Rng::with_seed(number as u64).fill(&mut bytes);
        let digest = Sha256::digest(&bytes);
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let transaction = file.transaction()?;
        transaction.execute(
            "INSERT INTO picture VALUES (?, 'image/png', 1, 1, ?, 1, ?)",
            params![hash, PICTURE as i64, bytes],
        )?;
        transaction.execute(
            "INSERT INTO part (message, position, kind, picture, name)
             VALUES ('m', ?, 'picture', ?, 'a.png')",
            params![number as i64, hash],
        )?;
        transaction.commit()?;
    }
    file.close().map_err(|(_, error)| error)?;
    Ok("c".to_owned())
}
