//! The file: begun, broken, newer, of an older version, in use, cut off.

use std::path::{Path, PathBuf};

use history::{Error, NewTurn};
use protocol::{Answer, ChatParams, ErrorCode, IpcError, MessageState};
use rusqlite::Connection;
use stores::Part;

use crate::support::{History, ask, close, open, open_any};

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("dragoman.db.lock") && !name.contains(".run-"))
        .collect();
    names.sort();
    names
}

#[test]
fn the_file_is_as_durable_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    ask(&history, "q");
    let reader = Connection::open(&path).unwrap();
    let mode: String = reader
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
    let loose: i64 = reader
        .query_row("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(loose, 0);
    #[cfg(unix)]
    for name in names(folder.path()) {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name} can be read by others");
    }
}

/// The files as a power cut leaves them: copied while they are open.
fn cut_off(path: &Path, to: &Path) -> PathBuf {
    for suffix in ["", "-wal"] {
        let name = format!("dragoman.db{suffix}");
        std::fs::copy(path.with_file_name(&name), to.join(&name)).unwrap();
    }
    to.join("dragoman.db")
}

#[test]
fn an_answer_that_was_cut_off_keeps_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let done = ask(&history, "whole");
    let end = MessageState::Complete;
    history
        .close(
            &done.answers[0].id,
            end,
            "all of it",
            "",
            &Answer::default(),
            None,
        )
        .unwrap();
    let turn = ask(&history, "问题");
    assert!(
        history
            .flush(&turn.answers[0].id, "写到一半", "想到一半")
            .unwrap()
    );

    let after = tempfile::tempdir().unwrap();
    let again = open(&cut_off(&path, after.path()));
    let kept = again.conversation(&turn.conversation).unwrap().messages;
    assert_eq!(kept[0].text, "问题");
    assert_eq!(kept[1].state, MessageState::Interrupted);
    assert_eq!(
        (kept[1].text.as_str(), kept[1].reasoning.as_str()),
        ("写到一半", "想到一半")
    );
    assert_eq!(
        again.message(&done.answers[0].id).unwrap().state,
        MessageState::Complete
    );
    // It is closed now, for whoever still writes it.
    assert!(!again.flush(&turn.answers[0].id, "x", "").unwrap());
}

#[test]
fn pictures_that_nothing_holds_are_swept_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let picture = protocol::Picture {
        hash: "aa".to_owned(),
        name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        width: 1,
        height: 1,
        bytes: 8,
        original_width: 1,
        original_height: 1,
        original_bytes: 8,
        done: vec![],
        refused: false,
        ..protocol::Picture::default()
    };
    let lost = protocol::Picture {
        hash: "bb".to_owned(),
        ..picture.clone()
    };
    {
        let history = open(&path);
        history.put_picture(&picture, b"canary-1").unwrap();
        history.put_picture(&lost, b"canary-2").unwrap();
        let turn = NewTurn {
            conversation: None,
            text: String::new(),
            parts: vec![Part::Picture(picture)],
            answers: vec![Answer::default()],
            params: ChatParams::default(),
        };
        history.begin_turn(turn).unwrap();
        assert!(history.picture("bb").unwrap().is_some());
        close(history);
    }
    let history = open(&path);
    assert!(history.picture("aa").unwrap().is_some());
    assert!(history.picture("bb").unwrap().is_none());
    assert_eq!(names(&folder.path().join("pictures")), ["aa"]);
}

/// Overwrites a table's first page, which nothing reads at start.
fn spoil_messages(path: &Path) {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'message'";
    let page: u32 = Connection::open(path)
        .unwrap()
        .query_row(sql, [], |row| row.get(0))
        .unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let end = page as usize * 4096;
    bytes[end - 4096..end].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_broken_file_is_set_aside_and_a_new_one_begun() {
    type Break = fn(&Path);
    let breaks: [Break; 3] = [
        |path| std::fs::write(path, "no database, but as long as one ".repeat(40)).unwrap(),
        spoil_messages,
        // Cut off in the middle.
        |path| {
            let bytes = std::fs::read(path).unwrap();
            std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        },
    ];
    for spoil in breaks {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dragoman.db");
        let history = open(&path);
        ask(&history, "q");
        close(history);
        spoil(&path);
        std::fs::write(folder.path().join("dragoman.db-wal"), "stale").unwrap();
        let broken = std::fs::read(&path).unwrap();

        let (history, aside) = open_any(&path).unwrap();
        let aside = aside.unwrap();
        assert!(!aside.reason.is_empty());
        let aside = aside.path;
        let name = aside.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("dragoman.db.corrupt-"), "{name}");
        assert_eq!(std::fs::read(&aside).unwrap(), broken);
        let wal = aside.with_file_name(format!("{name}-wal"));
        assert_eq!(std::fs::read(wal).unwrap(), b"stale");
        assert_eq!(history.conversations().unwrap(), []);
        let turn = ask(&history, "new");
        close(history);
        assert_eq!(
            open(&path).conversation(&turn.conversation).unwrap().title,
            "new"
        );
    }
}

#[test]
fn a_newer_file_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    close(open(&path));
    // As a newer version wrote it.
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.execute_batch("CREATE TABLE future (x)").unwrap();
    // Before its writer moved it from the `-wal`, and after.
    let unfinished = tempfile::tempdir().unwrap();
    cut_off(&path, unfinished.path());
    newer.close().unwrap();
    for folder in [folder.path(), unfinished.path()] {
        let path = folder.join("dragoman.db");
        let before = std::fs::read(&path).unwrap();
        let error = open_any(&path).unwrap_err();
        assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
        let shown = IpcError::from(error);
        assert_eq!(shown.code, ErrorCode::StorageNewer);
        assert_eq!(shown.args["path"], path.display().to_string());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    let wal = std::fs::metadata(unfinished.path().join("dragoman.db-wal")).unwrap();
    assert!(wal.len() > 0);
    assert!(
        !names(folder.path())
            .iter()
            .any(|name| name.contains("corrupt"))
    );
}

#[test]
fn a_newer_file_that_this_version_cannot_read_is_not_taken_for_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    close(open(&path));
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.close().unwrap();
    spoil_messages(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    // The list of tables, which follows the header.
    bytes[100..4096].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let error = open_any(&path).unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_file_of_version_1_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch(concat!(
            include_str!("../fixtures/v1.sql"),
            // Older and newer keys than the chosen one.
            "INSERT INTO key VALUES (-1, 'old', 'chenyu', 'o', '', '', 'keyring', 0, 1, NULL),
                                    (2, 'new', 'chenyu', 'o', '', '', 'keyring', 0, 1, NULL);"
        ))
        .unwrap();
    let history = open_any(&path).unwrap().0;
    // Its made-up pictures are not what their hashes say: they stay where they are.
    assert!(history.settle().is_err());
    let list = history.conversations().unwrap();
    assert_eq!(
        (list.len(), list[0].title.as_str()),
        (1, "这张照片里有什么？")
    );
    assert_eq!(list[0].thumbnail.as_deref(), Some("5f70bf18"));
    let messages = history.conversation(&list[0].id).unwrap().messages;
    let states: Vec<_> = messages.iter().map(|message| message.state).collect();
    assert_eq!(states, [MessageState::Complete, MessageState::Failed]);
    let pictures: Vec<_> = messages[0].pictures().collect();
    assert_eq!(pictures[0].name, "假日.jpg");
    assert_eq!((pictures[0].done.len(), pictures[0].refused), (2, false));
    assert_eq!(
        messages[1].error.as_ref().unwrap().code,
        ErrorCode::RateLimit
    );
    assert_eq!(messages[1].answer.as_ref().unwrap().model, "gpt-x");
    assert!(history.picture("5f70bf18").unwrap().is_some());
    assert_eq!(history.providers().unwrap()[0].0, "custom-1");
    let keys = history.keys_of("chenyu").unwrap();
    let order: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(
        order,
        ["0197a0aa-0000-7000-8000-000000000005", "new", "old"],
        "the chosen one comes first"
    );
    // And written.
    history
        .begin_retry(&messages[1].id, Answer::default(), &ChatParams::default())
        .unwrap();
}

#[test]
fn a_place_that_cannot_be_written_is_said_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "x").unwrap();
    let taken = folder.path().join("taken.db");
    std::fs::create_dir(&taken).unwrap();
    let mut places = vec![file.join("dragoman.db"), taken];
    if cfg!(target_os = "linux") {
        places.push(PathBuf::from("/proc/dragoman/dragoman.db"));
    }
    for path in places {
        let error = open_any(&path).unwrap_err();
        assert!(matches!(error, Error::Storage { .. }), "{error}");
        let shown = IpcError::from(error);
        assert_eq!(shown.code, ErrorCode::Storage);
        assert_eq!(shown.args["path"], path.display().to_string());
        assert!(!shown.args["reason"].is_empty());
    }
    // The app goes on without a file.
    let history = History::in_memory().unwrap();
    let turn = ask(&history, "q");
    assert_eq!(
        history
            .conversation(&turn.conversation)
            .unwrap()
            .messages
            .len(),
        2
    );
}
