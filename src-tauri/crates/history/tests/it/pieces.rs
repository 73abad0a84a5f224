//! An answer while it is written, and pages of what is read.

use history::{NewTurn, Piece, Turn};
use protocol::{Answer, ChatParams, ConversationPlace, MessageState};

use crate::support::{History, close, open};

fn ask(history: &History, conversation: Option<&str>, text: &str) -> Turn {
    let turn = NewTurn {
        conversation: conversation.map(str::to_owned),
        text: text.to_owned(),
        parts: vec![],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    history.begin_turn(turn).unwrap()
}

fn flush(history: &History, id: &str, pieces: Vec<Piece>) -> bool {
    let id = id.to_owned();
    history
        .0
        .write(move |w| w.flush(&id, &pieces))
        .wait()
        .unwrap()
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

#[test]
fn pieces_read_as_one_text_while_it_is_written_and_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let id = ask(&history, None, "q").answers[0].id.clone();
    assert!(flush(&history, &id, vec![text("想"), text("一想 \n")]));
    assert!(flush(
        &history,
        &id,
        vec![Piece::TextWasReasoning, Piece::Reasoning("!".into())]
    ));
    assert!(flush(&history, &id, vec![text("猫"), text("。")]));
    let open_now = history.message(&id).unwrap();
    assert_eq!(
        (open_now.text.as_str(), open_now.reasoning.as_str()),
        ("猫。", "想一想!")
    );
    let of = id.clone();
    let source = history.0.read(move |r| r.source(&of)).wait().unwrap();
    assert_eq!(source, "猫。");
    // The end brings the whole text, and leaves no piece.
    let end = MessageState::Complete;
    assert!(
        history
            .close(&id, end, "猫。🐈", "想", &Answer::default(), None)
            .unwrap()
    );
    let of = id.clone();
    let source = history.0.read(move |r| r.source(&of)).wait().unwrap();
    assert_eq!(source, "猫。🐈");
    close(history);
    let file = rusqlite::Connection::open(&path).unwrap();
    let left: i64 = file
        .query_row("SELECT count(*) FROM piece", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn conversations_come_a_page_at_a_time_each_once() {
    let history = History::in_memory().unwrap();
    // Many of one millisecond: the id decides.
    let mut asked: Vec<String> = (0..120)
        .map(|n| ask(&history, None, &n.to_string()).conversation)
        .collect();
    asked.reverse();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let from: Option<ConversationPlace> = after.clone();
        let page = history.0.read(move |r| r.conversations(from.as_ref(), 50));
        let (page, more) = page.wait().unwrap();
        assert!(page.len() <= 50);
        seen.extend(page.iter().map(|one| one.id.clone()));
        if !more {
            break;
        }
        after = page.last().map(|one| ConversationPlace {
            pinned: false,
            updated_at: one.updated_at,
            id: one.id.clone(),
        });
    }
    assert_eq!(seen, asked);
}

#[test]
fn messages_come_from_the_end_a_page_at_a_time() {
    let history = History::in_memory().unwrap();
    let mut id = None;
    for n in 0..25 {
        id = Some(ask(&history, id.as_deref(), &n.to_string()).conversation);
    }
    let id = id.unwrap();
    let last = history
        .0
        .read(move |r| r.conversation(&id, 20))
        .wait()
        .unwrap();
    assert_eq!(last.messages.len(), 20);
    assert!(last.earlier);
    assert_eq!(last.messages[18].text, "24");
    let first = last.messages[0].id.clone();
    let page = history
        .0
        .read(move |r| r.earlier(&first, 20))
        .wait()
        .unwrap();
    assert_eq!(page.messages.len(), 20);
    assert!(page.earlier);
    assert_eq!(page.messages[18].text, "14");
    assert_eq!(
        last.messages[0].parent.as_ref(),
        Some(&page.messages[19].id)
    );
    let first = page.messages[0].id.clone();
    let page = history
        .0
        .read(move |r| r.earlier(&first, 20))
        .wait()
        .unwrap();
    assert_eq!((page.messages.len(), page.earlier), (10, false));
    let first = page.messages[0].id.clone();
    let none = history
        .0
        .read(move |r| r.earlier(&first, 20))
        .wait()
        .unwrap();
    assert_eq!((none.messages.len(), none.earlier), (0, false));
}

#[test]
fn of_calls_that_share_a_moment_one_that_fails_or_panics_takes_none_along() {
    let history = History::in_memory().unwrap();
    // What follows waits behind this, and so shares one transaction.
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let first = history.0.write(move |_| {
        wait.recv().unwrap();
        Ok(())
    });
    let one = history.0.write(|w| w.put_provider("one", "{}"));
    let fails = history.0.write(|w| {
        w.put_provider("half", "{}")?;
        w.put_provider("bad", "no json")
    });
    let panics = history.0.write(|w| {
        w.put_provider("torn", "{}")?;
        if w.providers()?.len() > 1 {
            panic!("on purpose");
        }
        Ok(())
    });
    let two = history.0.write(|w| w.put_provider("two", "{}"));
    go.send(()).unwrap();
    first.wait().unwrap();
    one.wait().unwrap();
    assert!(fails.wait().is_err());
    assert!(panics.wait().is_err());
    two.wait().unwrap();
    let ids: Vec<String> = history
        .providers()
        .unwrap()
        .into_iter()
        .map(|one| one.0)
        .collect();
    assert_eq!(ids, ["one", "two"]);
}

#[test]
fn a_closed_history_answers_every_call_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let clone = history.clone();
    let late = history.0.write(|w| w.put_provider("late", "{}"));
    close(history);
    late.wait().unwrap();
    assert!(clone.providers().is_err());
    assert!(clone.put_provider("x", "{}").is_err());
    let wal = std::fs::metadata(folder.path().join("dragoman.db-wal"));
    assert!(wal.map_or(true, |wal| wal.len() == 0));
    let names = std::fs::read_dir(folder.path()).unwrap();
    let runs = names.filter(|name| {
        let name = name.as_ref().unwrap().file_name();
        name.to_string_lossy().contains(".run-")
    });
    assert_eq!(runs.count(), 0);
}
