//! Several processes use one history: each is another opening of its file.

use history::Error;
use protocol::{Keep, MessageState, Picture};
use rusqlite::Connection;

use crate::keys_and_providers::key;
use crate::support::{ask, close, open, open_any};

fn dropped(hash: &str) -> Picture {
    Picture {
        hash: hash.to_owned(),
        mime: "image/png".to_owned(),
        ..Picture::default()
    }
}

#[test]
fn a_second_process_leaves_alone_what_the_first_owns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let first = open(&path);
    first.put_picture(&dropped("waits"), b"png").unwrap();
    let session = stores::KeyRow {
        kept: Keep::Session,
        ..key("session", "p")
    };
    first.add_key(&session).unwrap();
    let turn = ask(&first, "streams");
    first.flush(&turn.answers[0].id, "so far", "").unwrap();

    // A command line asks, ends, and comes again.
    for _ in 0..2 {
        let second = open(&path);
        assert_eq!(second.keys().unwrap(), [], "it is in the first's memory");
        let seen = second.message(&turn.answers[0].id).unwrap();
        assert_eq!(
            (seen.state, seen.text.as_str()),
            (MessageState::Streaming, "so far")
        );
        assert_ne!(seen.run.as_deref(), Some(second.run()));
        ask(&second, "asked beside it");
        close(second);
    }
    assert!(first.picture("waits").unwrap().is_some());
    assert_eq!(first.keys().unwrap().len(), 1);
    assert!(first.flush(&turn.answers[0].id, ", and on", "").unwrap());
    assert_eq!(
        first.message(&turn.answers[0].id).unwrap().text,
        "so far, and on"
    );
    // It sees what the others wrote.
    assert_eq!(first.conversations().unwrap().len(), 3);
}

#[test]
fn what_a_dead_process_owned_is_seen_to_by_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let lives = open(&path);
    let dies = open(&path);
    dies.put_picture(&dropped("waits"), b"png").unwrap();
    lives.put_picture(&dropped("mine"), b"png").unwrap();
    let session = stores::KeyRow {
        kept: Keep::Session,
        ..key("session", "p")
    };
    dies.add_key(&session).unwrap();
    let turn = ask(&dies, "streams");
    dies.flush(&turn.answers[0].id, "so far", "").unwrap();
    let run = dies.run().to_owned();
    // Not closed: its threads end, and with them its locks.
    drop(dies);
    let ended = || lives.message(&turn.answers[0].id).unwrap();
    while ended().state == MessageState::Streaming {
        std::thread::yield_now();
    }
    assert_eq!(ended().text, "so far");
    lives.settle().unwrap();
    let file = Connection::open(&path).unwrap();
    let count = |sql: &str| -> i64 { file.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(
        count("SELECT count(*) FROM message WHERE state = 'interrupted'"),
        1
    );
    assert_eq!(count("SELECT count(*) FROM piece"), 0);
    assert_eq!(count("SELECT count(*) FROM key"), 0);
    assert_eq!(count("SELECT count(*) FROM waiting"), 1);
    assert!(lives.picture("waits").unwrap().is_none());
    assert!(lives.picture("mine").unwrap().is_some());
    assert!(
        !folder
            .path()
            .join(format!("dragoman.db.run-{run}"))
            .exists()
    );
    assert_eq!(ended().text, "so far");
}

#[test]
fn a_version_that_would_have_to_migrate_says_to_close_the_other_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let running = open(&path);
    ask(&running, "q");
    // The file is of the format before, as seen from a newer version.
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 3).unwrap();
    raw.close().unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = open_any(&path).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error}");
    assert!(error.to_string().contains("Close Dragoman"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert!(!folder.path().join("dragoman.db.v3.bak").exists());
    assert_eq!(running.conversations().unwrap().len(), 1);
}

#[test]
fn a_version_that_shares_with_nobody_is_waited_for_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let lock = std::fs::File::create(folder.path().join("dragoman.db.lock")).unwrap();
    lock.lock().unwrap();
    let error = open_any(&path).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error}");
    assert!(!path.exists());
    lock.unlock().unwrap();
    open(&path);
}

#[test]
fn one_is_told_of_what_another_wrote_and_not_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let (told, events) = std::sync::mpsc::channel();
    let first = open(&path);
    first.tend(move |what| told.send(matches!(what, history::Told::Elsewhere)).unwrap());
    ask(&first, "own");
    let second = open(&path);
    let elsewhere = loop {
        ask(&second, "of another");
        match events.try_recv() {
            Ok(elsewhere) => break elsewhere,
            Err(_) => std::thread::yield_now(),
        }
    };
    assert!(elsewhere);
    close(second);
    close(first);
    // Whoever is told is let go with the history.
    while events.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {}
}
