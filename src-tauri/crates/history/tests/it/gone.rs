//! What is removed for good is gone from every file.

use history::NewTurn;
use protocol::{Answer, Area, ChatParams, MessageState, Picture};
use stores::{Part, Rendition};

use crate::branches::long_ago;
use crate::old_home::{self, ANSWER, CONVERSATION, NAME, OTHER, QUESTION, REASONING, holding};
use crate::support::{History, close, open};

#[test]
fn a_removed_conversation_is_in_no_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    old_home::write(&path, 6);
    // As an older version copied the file before a migration: with its pictures.
    std::fs::copy(&path, folder.path().join("dragoman.db.v2.bak")).unwrap();
    let history = open(&path);
    let canaries = [
        QUESTION,
        ANSWER,
        REASONING,
        NAME,
        "canary-picture-0003",
        "canary-video",
    ];
    for canary in &canaries[..4] {
        let found = holding(folder.path(), canary.as_bytes());
        assert!(
            found.iter().any(|file| file.ends_with(".v3.bak")),
            "{canary}"
        );
    }
    let copied = |name: &str| name.ends_with(".bak");
    let pictures = holding(folder.path(), b"canary-picture-0003");
    assert!(!pictures.iter().any(|name| copied(name)), "{pictures:?}");
    // The history goes on, and is open.
    history.rename(OTHER, "stays").unwrap();
    history.remove(CONVERSATION).unwrap();
    history.settle().unwrap();
    for canary in canaries {
        assert_eq!(
            holding(folder.path(), canary.as_bytes()),
            Vec::<String>::new(),
            "{canary}"
        );
    }
    assert_eq!(holding(folder.path(), CONVERSATION.as_bytes()).len(), 0);
    close(history);
    assert_eq!(open(&path).conversation(OTHER).unwrap().title, "stays");
}

#[test]
fn a_removed_question_is_in_no_file_any_more_nor_what_followed_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    old_home::write(&path, 6);
    std::fs::copy(&path, folder.path().join("dragoman.db.v2.bak")).unwrap();
    let history = open(&path);
    let messages = history.conversation(CONVERSATION).unwrap().messages;
    history.remove_message(&messages[0].id).unwrap();
    assert!(!holding(folder.path(), QUESTION.as_bytes()).is_empty());
    long_ago(folder.path());
    history.settle().unwrap();
    for canary in [
        QUESTION,
        ANSWER,
        REASONING,
        NAME,
        "canary-picture-0003",
        "canary-video",
    ] {
        assert_eq!(
            holding(folder.path(), canary.as_bytes()),
            Vec::<String>::new(),
            "{canary}"
        );
    }
    // The conversation itself goes on, as does the other.
    assert_eq!(history.conversation(CONVERSATION).unwrap().messages, []);
    assert!(!history.conversation(OTHER).unwrap().messages.is_empty());
}

fn turn(history: &History) -> history::Turn {
    let picture = Picture {
        hash: "canaryrendition".into(),
        master: "canarymaster".into(),
        name: "canary-new-name".into(),
        mime: "image/png".into(),
        width: 1,
        height: 1,
        bytes: 1,
        ..Picture::default()
    };
    let master = Picture {
        hash: "canarymaster".into(),
        ..picture.clone()
    };
    history.put_picture(&master, b"canary-new-master").unwrap();
    let made = Rendition {
        hash: "canaryrendition".into(),
        mime: "image/png".into(),
        width: 1,
        height: 1,
        bytes: 1,
        area: Area {
            x: 0,
            y: 0,
            width: 1,
            height: 1,
        },
        done: vec![],
    };
    history
        .put_renditions(
            "canarymaster",
            "s",
            &[(made, b"canary-new-rendition".to_vec())],
        )
        .unwrap();
    let small = history.write(|w| w.put_small("canaryrendition", "image/png", b"canary-new-small"));
    small.wait().unwrap();
    let new = NewTurn {
        conversation: None,
        text: "canary-new-question".into(),
        parts: vec![Part::Picture(picture)],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    history.begin_turn(new).unwrap()
}

#[test]
fn what_was_streamed_is_gone_too_with_all_that_was_made_of_its_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let turn = turn(&history);
    for n in 0..200 {
        let text = format!("canary-new-piece {n} ").repeat(20);
        history.flush(&turn.answers[0].id, &text, "").unwrap();
    }
    assert!(!holding(folder.path(), b"canary-new-piece").is_empty());
    let end = MessageState::Complete;
    let (id, answer) = (turn.answers[0].id.as_str(), Answer::default());
    history
        .close(id, end, "canary-new-answer", "", &answer, None)
        .unwrap();
    history.remove(&turn.conversation).unwrap();
    history.settle().unwrap();
    assert_eq!(holding(folder.path(), b"canary"), Vec::<String>::new());
}

#[test]
fn a_picture_that_comes_back_before_its_bytes_went_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let other = open(&path);
    let turn = turn(&history);
    history.remove(&turn.conversation).unwrap();
    // Another process is given the same picture before this one got to unlink it.
    let master = Picture {
        hash: "canarymaster".into(),
        mime: "image/png".into(),
        ..Picture::default()
    };
    other.put_picture(&master, b"canary-new-master").unwrap();
    history.settle().unwrap();
    let kept = other.picture("canarymaster").unwrap().unwrap();
    assert_eq!(kept.1, b"canary-new-master");
    assert_eq!(history.picture("canaryrendition").unwrap(), None);
}
