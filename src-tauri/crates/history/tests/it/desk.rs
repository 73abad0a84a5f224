//! What was open, what is typed and not sent, and what nobody saw, over restarts.

use history::{Error, NewTurn};
use protocol::{Answer, ChatParams};

use crate::support::{History, close, open, wait};

fn conversation(history: &History) -> String {
    let turn = NewTurn {
        conversation: None,
        text: "What is it?".into(),
        parts: Vec::new(),
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    history.begin_turn(turn).unwrap().conversation
}

fn set_open(history: &History, id: Option<&str>) -> Result<bool, Error> {
    let id = id.map(str::to_owned);
    wait(history.0.write(move |w| w.set_open(id.as_deref())))
}

fn is_open(history: &History) -> Option<String> {
    wait(history.0.read(|r| r.open_conversation())).unwrap()
}

fn keep_draft(history: &History, id: Option<&str>, text: &str) {
    let (id, text) = (id.map(str::to_owned), text.to_owned());
    wait(history.0.write(move |w| w.keep_draft(id.as_deref(), &text))).unwrap();
}

fn draft(history: &History, id: Option<&str>) -> String {
    let id = id.map(str::to_owned);
    wait(history.0.read(move |r| r.draft(id.as_deref()))).unwrap()
}

fn is_unread(history: &History, id: &str) -> bool {
    let id = id.to_owned();
    let found = wait(history.0.read(move |r| r.summary(&id)));
    found.unwrap().unwrap().unread
}

fn mark_unread(history: &History, id: &str) {
    let id = id.to_owned();
    wait(history.0.write(move |w| w.mark_unread(&id))).unwrap();
}

#[test]
fn what_was_open_is_found_after_a_restart_and_gone_with_its_conversation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    assert_eq!(is_open(&history), None);
    let (first, second) = (conversation(&history), conversation(&history));
    assert!(!set_open(&history, Some(&first)).unwrap());
    close(history);

    let history = open(&path);
    assert_eq!(is_open(&history).as_ref(), Some(&first));
    set_open(&history, None).unwrap();
    assert_eq!(is_open(&history), None);
    set_open(&history, Some(&second)).unwrap();
    history.remove(&second).unwrap();
    assert_eq!(is_open(&history), None);
    let gone = set_open(&history, Some(&second));
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
}

#[test]
fn a_draft_is_kept_for_each_conversation_until_it_is_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let id = conversation(&history);
    keep_draft(&history, None, "for a new one");
    keep_draft(&history, Some(&id), "old");
    keep_draft(&history, Some(&id), "and\nthen 你好");
    close(history);

    let history = open(&path);
    assert_eq!(draft(&history, None), "for a new one");
    assert_eq!(history.conversation(&id).unwrap().draft, "and\nthen 你好");
    keep_draft(&history, None, "");
    assert_eq!(draft(&history, None), "");
    history.remove(&id).unwrap();
    assert_eq!(draft(&history, Some(&id)), "");
    // Typed in a conversation that is gone meanwhile.
    keep_draft(&history, Some(&id), "late");
    assert_eq!(draft(&history, Some(&id)), "");
}

#[test]
fn what_nobody_saw_is_marked_until_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let (first, second) = (conversation(&history), conversation(&history));
    assert!(!is_unread(&history, &first));
    mark_unread(&history, &first);
    close(history);

    let history = open(&path);
    assert!(is_unread(&history, &first) && !is_unread(&history, &second));
    assert!(!set_open(&history, Some(&second)).unwrap());
    assert!(is_unread(&history, &first));
    assert!(set_open(&history, Some(&first)).unwrap());
    assert!(!is_unread(&history, &first));
}
