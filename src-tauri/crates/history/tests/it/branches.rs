//! Branches that a person makes, and what becomes of pictures in them.

use std::collections::BTreeMap;

use history::{NewTurn, StoredMessage, Turn};
use protocol::{ChatParams, MessageState, Role};
use stores::Part;

use crate::conversations::{ask, ask_about, asked, finish, picture};
use crate::support::{History, close, open};

/// What was removed was removed long ago.
pub fn long_ago(folder: &std::path::Path) {
    let connection = rusqlite::Connection::open(folder.join("dragoman.db")).unwrap();
    let sql = "UPDATE message SET removed_at = 1 WHERE removed_at IS NOT NULL";
    connection.execute(sql, []).unwrap();
}

pub fn texts(messages: &[StoredMessage]) -> Vec<&str> {
    messages.iter().map(|one| one.text.as_str()).collect()
}

#[test]
fn a_changed_question_keeps_its_pictures_and_stepping_back_finds_what_followed() {
    let history = History::in_memory().unwrap();
    let pictures = vec![picture("aa11", "a.png")];
    let first = ask_about(&history, None, "q", pictures.clone());
    finish(&history, &first, "a");
    let second = ask(&history, Some(&first.conversation), "q2");
    finish(&history, &second, "a2");

    let new = NewTurn {
        conversation: None,
        text: "q'".to_owned(),
        parts: pictures.into_iter().map(Part::Picture).collect(),
        answers: vec![asked()],
        params: ChatParams::default(),
    };
    let changed = history.begin_beside(&first.user.id, new).unwrap();
    assert_eq!(changed.conversation, first.conversation);
    let both = [first.user.id.clone(), changed.user.id.clone()];
    assert_eq!(changed.user.versions, both);
    finish(&history, &changed, "a'");

    let back = history.show(&first.user.id).unwrap();
    assert_eq!(texts(&back), ["q", "a", "q2", "a2"]);
    assert_eq!(back[0].versions, both);
    assert_eq!(back[0].parts, changed.user.parts);
}

#[test]
fn an_answer_that_failed_without_a_word_is_no_version_of_the_next() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "q");
    let answer = |turn: &Turn| turn.answers[0].id.clone();
    let failed = MessageState::Failed;
    history
        .close(&answer(&turn), failed, "", "", &asked(), None)
        .unwrap();
    let again = history
        .begin_retry(&answer(&turn), asked(), &ChatParams::default())
        .unwrap();
    assert_eq!(again.answers[0].versions, Vec::<String>::new());
    // One that said something is.
    history
        .close(&answer(&again), failed, "half", "", &asked(), None)
        .unwrap();
    let third = history
        .begin_retry(&answer(&again), asked(), &ChatParams::default())
        .unwrap();
    assert_eq!(third.answers[0].versions, [answer(&again), answer(&third)]);
}

#[test]
fn an_answer_that_is_gone_on_with_is_there_whole_whenever_its_run_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let turn = ask(&history, None, "q");
    let cut = MessageState::Cut;
    history
        .close(&turn.answers[0].id, cut, "The quick", "hm", &asked(), None)
        .unwrap();
    let on = history
        .begin_going_on(&turn.answers[0].id, asked())
        .unwrap();
    history.flush(&on.answers[0].id, " brown", "").unwrap();
    let read = |history: &History| history.conversation(&turn.conversation).unwrap().messages;
    assert_eq!(texts(&read(&history)), ["q", "The quick brown"]);
    // The app ends here.
    close(history);
    let history = open(&path);
    let messages = read(&history);
    assert_eq!(texts(&messages), ["q", "The quick brown"]);
    assert_eq!(messages[1].state, MessageState::Interrupted);
    assert_eq!(messages[1].reasoning, "hm");
    assert_eq!(messages[1].role, Role::Assistant);
    assert_eq!(
        texts(&history.path_to(&turn.answers[0].id).unwrap()),
        ["q", "The quick"]
    );
}

#[test]
fn an_answer_that_begins_anew_has_only_its_own_words() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "q");
    finish(&history, &turn, "The quick");
    let on = history
        .begin_going_on(&turn.answers[0].id, asked())
        .unwrap();
    history.begin_anew(&on.answers[0].id).unwrap();
    history.flush(&on.answers[0].id, "A fox", "").unwrap();
    let messages = history.conversation(&turn.conversation).unwrap().messages;
    assert_eq!(texts(&messages), ["q", "A fox"]);
    assert_eq!(messages[1].versions.len(), 2);
}

#[test]
fn what_is_removed_is_forgotten_with_its_pictures_and_what_is_left_shows_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let first = ask_about(&history, None, "q", vec![picture("aa11", "a.png")]);
    finish(&history, &first, "a");
    let id = first.conversation.as_str();
    let second = ask_about(&history, Some(id), "q2", vec![picture("bb22", "b.png")]);
    finish(&history, &second, "a2");

    // Copied, its pictures are held there, too.
    let copy = history.fork(&first.answers[0].id).unwrap();
    assert_eq!(history.remove_message(&first.user.id).unwrap(), []);
    assert_eq!(history.conversation(id).unwrap().messages, []);
    let back = history.restore_message(&first.user.id).unwrap();
    assert_eq!(texts(&back), ["q", "a", "q2", "a2"]);

    history.remove_message(&first.user.id).unwrap();
    long_ago(folder.path());
    history.settle().unwrap();
    assert!(history.restore_message(&first.user.id).is_err());
    assert!(history.message(&second.user.id).is_err());
    assert!(history.picture("bb22").unwrap().is_none());
    assert!(history.picture("aa11").unwrap().is_some());
    let list = history.conversations().unwrap();
    let row = |id: &str| list.iter().find(|row| row.id == id).unwrap();
    assert_eq!(
        (row(id).thumbnail.as_deref(), row(id).title.as_str()),
        (None, "")
    );
    assert_eq!(row(&copy).thumbnail.as_deref(), Some("aa11"));
    assert_eq!(row(&copy).title, "q");

    // The next question names it.
    ask(&history, Some(id), "q3");
    assert_eq!(history.conversation(id).unwrap().title, "q3");
}

#[test]
fn ids_that_are_not_there_are_said() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "q");
    let mut said = BTreeMap::new();
    said.insert("show", history.show("nowhere").map(drop));
    said.insert("remove", history.remove_message("nowhere").map(drop));
    said.insert("restore", history.restore_message("nowhere").map(drop));
    said.insert("fork", history.fork("nowhere").map(drop));
    said.insert(
        "go on",
        history.begin_going_on("nowhere", asked()).map(drop),
    );
    // A question is nothing to go on from.
    said.insert(
        "go on from a question",
        history.begin_going_on(&turn.user.id, asked()).map(drop),
    );
    for (what, result) in said {
        assert!(
            matches!(result, Err(history::Error::NotFound { .. })),
            "{what}"
        );
    }
}
