//! The index for search: what leaves it, what comes into it late, and one that is damaged.

use history::Turn;
use protocol::{Answer, MessageState};
use rusqlite::Connection;

use crate::old_home::holding;
use crate::search::{end, found, hits, turn};
use crate::support::{History, ask, close, open};

#[test]
fn what_is_removed_or_changed_leaves_no_trace_in_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let kept = turn(&history, "a question", "an answer that stays");
    // Many, so that the index has several pages and was merged.
    let removed: Vec<Turn> = (0..60)
        .map(|n| {
            turn(
                &history,
                &format!("zqcanary{n} asks"),
                &format!("zqcanary{n} 罕見龘 w{n}"),
            )
        })
        .collect();
    history.rename(&kept.conversation, "zqcanarytitle").unwrap();
    history.settle().unwrap();
    assert_eq!(found(&history, "zqcanary7").len(), 2);
    let traces = [&b"zqcanary"[..], "龘".as_bytes()];
    for trace in traces {
        assert!(!holding(folder.path(), trace).is_empty());
    }
    history.rename(&kept.conversation, "another").unwrap();
    for turn in &removed {
        history.remove(&turn.conversation).unwrap();
    }
    // Gone at once for who searches, whatever the index still holds.
    assert_eq!(found(&history, "zqcanary"), Vec::<String>::new());
    history.settle().unwrap();
    for trace in traces {
        assert_eq!(holding(folder.path(), trace), Vec::<String>::new());
    }
    assert_eq!(found(&history, "stays"), ["an answer that [stays]"]);
    close(history);
    integrity(&path);
}

/// The index and what it was made of say the same.
fn integrity(path: &std::path::Path) {
    let file = Connection::open(path).unwrap();
    file.execute_batch("INSERT INTO search (search) VALUES ('integrity-check')")
        .unwrap();
    for table in ["search_todo", "search_stale"] {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = file.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

#[test]
fn rows_that_change_before_and_after_they_are_indexed_are_found_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let turn = turn(&history, "the question", "first words");
    let id = turn.answers[0].id.clone();
    let sql = |history: &History, sql: &'static str| {
        let beside = Connection::open(&path).unwrap();
        beside.pragma_update(None, "foreign_keys", true).unwrap();
        beside.execute_batch(sql).unwrap();
        let _ = history;
    };
    for settled in [true, false] {
        if settled {
            history.settle().unwrap();
        }
        // As one that goes on: it streams again, grows, and is closed again.
        sql(
            &history,
            "UPDATE message SET state = 'streaming' WHERE role = 'assistant'",
        );
        assert_eq!(found(&history, "words"), Vec::<String>::new());
        history.flush(&id, " flushed", "").unwrap();
        if settled {
            history.settle().unwrap();
        }
        let answer = Answer::default();
        history
            .close(
                &id,
                MessageState::Stopped,
                "second words",
                "",
                &answer,
                None,
            )
            .unwrap();
        sql(
            &history,
            "UPDATE message SET text = 'third words' WHERE role = 'assistant'",
        );
        sql(
            &history,
            "UPDATE message SET text = 'last words' WHERE role = 'assistant'",
        );
    }
    history.settle().unwrap();
    assert_eq!(found(&history, "words"), ["last [words]"]);
    assert_eq!(found(&history, "first"), Vec::<String>::new());
    // The newest goes, and its row number is given to another.
    sql(
        &history,
        "UPDATE conversation SET head = NULL; DELETE FROM message WHERE role = 'assistant'",
    );
    let other = ask(&history, "x");
    end(&history, &other, "others", &Answer::default());
    history.settle().unwrap();
    assert_eq!(found(&history, "last"), Vec::<String>::new());
    assert_eq!(found(&history, "others"), ["[others]"]);
    close(history);
    integrity(&path);
}

#[test]
fn an_old_history_is_searchable_while_it_is_indexed_and_a_kill_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    for n in 0..300 {
        turn(
            &history,
            &format!("question {n}"),
            &"several words of an answer ".repeat(40),
        );
    }
    history.settle().unwrap();
    close(history);
    // As it is after the update: nothing is indexed.
    let file = Connection::open(&path).unwrap();
    file.execute_batch(include_str!("../../migrations/0007.sql"))
        .unwrap();
    file.close().unwrap();
    let history = crate::support::open_any(&path).unwrap().0;
    let first = history.search("several", None);
    assert_eq!((first.waiting, first.groups.len()), (900, 0));
    history.write(|w| w.index_some()).wait().unwrap();
    history.write(|w| w.index_some()).wait().unwrap();
    let then = history.search("question", None);
    assert!(then.waiting > 0 && then.waiting < 900);
    assert!(then.groups.iter().any(|group| group.titled));
    // Killed: nothing is closed.
    std::mem::forget(history);
    let history = open(&path);
    let answer = history.search("several", None);
    assert_eq!(answer.waiting, 0);
    assert_eq!(hits(&answer).len(), 50);
    close(history);
    integrity(&path);
}

#[test]
fn a_damaged_index_is_made_anew_and_fails_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let one = turn(&history, "?", "some words");
    history.settle().unwrap();
    close(history);
    let file = Connection::open(&path).unwrap();
    file.execute_batch("UPDATE search_data SET block = zeroblob(20) WHERE id > 10")
        .unwrap();
    file.close().unwrap();
    let history = crate::support::open_any(&path).unwrap().0;
    let params = crate::support::searched("words", None);
    assert!(history.0.search(params).wait().is_err());
    // Asking, answering and removing go on.
    turn(&history, "?", "other words");
    history.remove(&one.conversation).unwrap();
    let _ = history.settle();
    history.settle().unwrap();
    assert_eq!(found(&history, "words"), ["other [words]"]);
    close(history);
    integrity(&path);
}

#[test]
fn a_file_without_an_index_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    turn(&history, "?", "some words");
    close(history);
    let file = Connection::open(&path).unwrap();
    let triggers: Vec<String> = file
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(triggers.len() > 8);
    for name in triggers {
        file.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    file.execute_batch("DROP TABLE search; DROP TABLE search_todo; DROP TABLE search_stale; DROP TABLE search_title").unwrap();
    file.close().unwrap();
    let history = open(&path);
    assert_eq!(found(&history, "words"), ["some [words]"]);
}
