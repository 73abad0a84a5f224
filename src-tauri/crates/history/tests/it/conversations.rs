//! Conversations, messages and pictures, as a caller sees them.

use history::{Error, NewTurn, StoredMessage, Turn};
use protocol::{
    Answer, AnswerNote, ChatParams, Done, ErrorCode, ErrorDetail, IpcError, MessageState, Picture,
    Role, Usage,
};
use stores::Part;

use crate::support::{History, open};

pub fn picture(hash: &str, name: &str) -> Picture {
    Picture {
        hash: hash.to_owned(),
        name: name.to_owned(),
        mime: "image/png".to_owned(),
        width: 20,
        height: 10,
        bytes: 3,
        original_width: 4000,
        original_height: 2000,
        original_bytes: 5_000_000,
        done: vec![Done::Resized, Done::LocationRemoved],
        refused: false,
        ..Picture::default()
    }
}

pub fn asked() -> Answer {
    Answer {
        provider: "chenyu".to_owned(),
        provider_name: "Chenyu".to_owned(),
        model: "gpt-x".to_owned(),
        key_label: Some("工作".to_owned()),
        key_last4: Some("cdef".to_owned()),
        ..Answer::default()
    }
}

pub fn ask(history: &History, conversation: Option<&str>, text: &str) -> Turn {
    ask_about(history, conversation, text, vec![])
}

pub fn ask_about(
    history: &History,
    conversation: Option<&str>,
    text: &str,
    pictures: Vec<Picture>,
) -> Turn {
    for picture in &pictures {
        history.put_picture(picture, b"png").unwrap();
    }
    let turn = NewTurn {
        conversation: conversation.map(str::to_owned),
        text: text.to_owned(),
        parts: pictures.into_iter().map(Part::Picture).collect(),
        answers: vec![asked()],
        params: ChatParams::default(),
    };
    history.begin_turn(turn).unwrap()
}

pub fn finish(history: &History, turn: &Turn, text: &str) {
    let end = MessageState::Complete;
    let closed = history.close(&turn.answers[0].id, end, text, "", &asked(), None);
    assert!(closed.unwrap());
}

fn texts(messages: &[StoredMessage]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.text.as_str())
        .collect()
}

#[test]
fn a_turn_is_kept_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("新 folder").join("dragoman.db");
    let picture = picture("aa11", "假日 照片.jpg");
    let (turn, error) = {
        let history = open(&path);
        let question = "图里是什么？🦊\n第二行";
        let turn = ask_about(
            &history,
            None,
            question,
            vec![picture.clone(), picture.clone()],
        );
        assert_eq!(turn.answers[0].state, MessageState::Streaming);
        assert_eq!(
            turn.answers[0].parent.as_deref(),
            Some(turn.user.id.as_str())
        );
        assert!(history.flush(&turn.answers[0].id, "一只", "想").unwrap());
        let open = history.message(&turn.answers[0].id).unwrap();
        assert_eq!(
            (open.text.as_str(), open.reasoning.as_str()),
            ("一只", "想")
        );
        let answer = Answer {
            answered_by: Some("gpt-x-2026".to_owned()),
            finish_reason: Some("length".to_owned()),
            usage: Some(Usage {
                prompt_tokens: Some(1200),
                completion_tokens: Some(34),
                total_tokens: None,
                reasoning_tokens: Some(u32::MAX),
            }),
            first_token_ms: Some(700),
            reasoning_ms: Some(500),
            total_ms: Some(4200),
            request_id: Some("req-1".to_owned()),
            notes: vec![
                AnswerNote::RefusedPicturesLeftOut { count: 2 },
                AnswerNote::SmallerPictures { count: 1, bytes: 9 },
            ],
            ..asked()
        };
        let error = IpcError::new(ErrorCode::RateLimit, "Slow down.").with_detail(ErrorDetail {
            status: Some(429),
            message: Some("慢一点".to_owned()),
            ..ErrorDetail::default()
        });
        let closed = history.close(
            &turn.answers[0].id,
            MessageState::Failed,
            "一只狐狸",
            "想了想",
            &answer,
            Some(&error),
        );
        assert!(closed.unwrap());
        let kept = StoredMessage {
            state: MessageState::Failed,
            text: "一只狐狸".to_owned(),
            reasoning: "想了想".to_owned(),
            answer: Some(answer),
            error: Some(error.clone()),
            run: None,
            ..turn.answers[0].clone()
        };
        ((turn.conversation, turn.user, kept), error)
    };
    let history = open(&path);
    let (id, user, assistant) = turn;
    let kept = history.conversation(&id).unwrap();
    assert_eq!(kept.title, "图里是什么？🦊");
    assert_eq!(kept.messages, [user, assistant]);
    assert!(kept.messages[0].pictures().eq([&picture, &picture]));
    assert_eq!(kept.messages[0].role, Role::User);
    assert_eq!(kept.messages[0].answer, None);
    assert_eq!(kept.messages[1].error.as_ref(), Some(&error));
    let list = history.conversations().unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].thumbnail.as_deref(), Some("aa11"));
    assert!(!list[0].answering);
    let (mime, bytes) = history.picture("aa11").unwrap().unwrap();
    assert_eq!(
        (mime.as_str(), bytes.as_slice()),
        ("image/png", &b"png"[..])
    );
    assert_eq!(history.picture("bb").unwrap(), None);
}

#[test]
fn the_first_that_closes_an_answer_wins() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "one");
    finish(&history, &turn, "whole");
    let id = &turn.answers[0].id;
    let late = history.close(id, MessageState::Stopped, "half", "", &asked(), None);
    assert!(!late.unwrap());
    assert!(!history.flush(id, "half", "").unwrap());
    let kept = history.message(id).unwrap();
    assert_eq!(
        (kept.state, kept.text.as_str()),
        (MessageState::Complete, "whole")
    );
    // One that was removed while it was written.
    let gone = ask(&history, None, "two");
    history.remove(&gone.conversation).unwrap();
    assert!(!history.flush(&gone.answers[0].id, "x", "").unwrap());
    let late = history.close(
        &gone.answers[0].id,
        MessageState::Complete,
        "x",
        "",
        &asked(),
        None,
    );
    assert!(!late.unwrap());
}

#[test]
fn a_retry_is_a_branch_of_its_own_and_the_newest() {
    let history = History::in_memory().unwrap();
    let first = ask(&history, None, "q1");
    finish(&history, &first, "a1");
    let id = first.conversation.as_str();
    let second = ask(&history, Some(id), "q2");
    finish(&history, &second, "a2");
    assert_eq!(
        texts(&history.conversation(id).unwrap().messages),
        ["q1", "a1", "q2", "a2"]
    );

    let again = history
        .begin_retry(&second.answers[0].id, asked(), &ChatParams::default())
        .unwrap();
    assert_eq!(again.user, second.user);
    assert_ne!(again.answers[0].id, second.answers[0].id);
    finish(&history, &again, "a2'");
    assert_eq!(
        texts(&history.conversation(id).unwrap().messages),
        ["q1", "a1", "q2", "a2'"]
    );

    let third = ask(&history, Some(id), "q3");
    assert_eq!(third.user.parent, Some(again.answers[0].id.clone()));
    assert_eq!(
        texts(&history.path_to(&third.user.id).unwrap()),
        ["q1", "a1", "q2", "a2'", "q3"]
    );
    // The other branch is still there.
    assert_eq!(
        texts(&history.path_to(&second.answers[0].id).unwrap()),
        ["q1", "a1", "q2", "a2"]
    );

    // Of an early answer: what followed it is on another branch.
    let early = history
        .begin_retry(&first.answers[0].id, asked(), &ChatParams::default())
        .unwrap();
    assert_eq!(
        texts(&history.conversation(id).unwrap().messages),
        ["q1", ""]
    );
    assert_eq!(
        history.conversation(id).unwrap().messages[1].id,
        early.answers[0].id
    );
    // By the question's own id.
    let by_question = history
        .begin_retry(&first.user.id, asked(), &ChatParams::default())
        .unwrap();
    assert_eq!(by_question.user, first.user);
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_kept() {
    let history = History::in_memory().unwrap();
    let turn = NewTurn {
        conversation: Some("nowhere".to_owned()),
        text: "q".to_owned(),
        parts: vec![],
        answers: vec![asked()],
        params: ChatParams::default(),
    };
    let orphan = NewTurn {
        conversation: None,
        parts: vec![Part::Picture(picture("never-put", "a.png"))],
        ..turn.clone()
    };
    let errors = [
        history.begin_turn(turn).map(drop),
        history.begin_turn(orphan).map(drop),
        history
            .begin_retry("nowhere", asked(), &ChatParams::default())
            .map(drop),
        history.conversation("nowhere").map(drop),
        history.path_to("nowhere").map(drop),
        history.message("nowhere").map(drop),
        history.rename("nowhere", "x"),
        history.remove("nowhere"),
    ];
    for result in errors {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{error}");
        assert_eq!(IpcError::from(error).code, ErrorCode::NotFound);
    }
    assert_eq!(history.conversations().unwrap(), []);
}

#[test]
fn titles_are_the_first_line_the_pictures_name_or_the_persons_own() {
    let history = History::in_memory().unwrap();
    let id = ask_about(&history, None, " ", vec![picture("aa", "猫.png")]).conversation;
    let title = || history.conversation(&id).unwrap().title;
    assert_eq!(title(), "猫.png");
    history.rename(&id, "  我的\n 标题 ").unwrap();
    assert_eq!(title(), "我的 标题");
    assert_eq!(history.conversations().unwrap()[0].title, "我的 标题");
    history.rename(&id, " ").unwrap();
    assert_eq!(title(), "猫.png");
}

#[test]
fn conversations_come_newest_message_first() {
    let history = History::in_memory().unwrap();
    let first = ask(&history, None, "first");
    let second = ask(&history, None, "second");
    let order = || -> Vec<String> {
        let list = history.conversations().unwrap();
        list.into_iter().map(|summary| summary.title).collect()
    };
    // The clock counts milliseconds: wait until it has moved on.
    let tick = || {
        let then = std::time::SystemTime::now();
        while then.elapsed().unwrap().as_millis() < 2 {
            std::thread::yield_now();
        }
    };
    assert_eq!(order(), ["second", "first"]);
    tick();
    finish(&history, &first, "a");
    assert_eq!(order(), ["first", "second"]);
    tick();
    // Two that close: the late one changes nothing.
    finish(&history, &second, "b");
    tick();
    let late = history.close(
        &first.answers[0].id,
        MessageState::Stopped,
        "",
        "",
        &asked(),
        None,
    );
    assert!(!late.unwrap());
    assert_eq!(order(), ["second", "first"]);
}

#[test]
fn pictures_are_kept_once_and_go_with_the_last_that_holds_them() {
    let history = History::in_memory().unwrap();
    let kept = |hash| history.picture(hash).unwrap().is_some();
    let shared = picture("shared", "a.png");
    let one = ask_about(
        &history,
        None,
        "1",
        vec![shared.clone(), picture("own", "b.png")],
    );
    let two = ask_about(&history, None, "2", vec![shared.clone()]);
    history.remove(&one.conversation).unwrap();
    assert!(kept("shared") && !kept("own"));
    // It waits in the composer too, twice.
    history.put_picture(&shared, b"png").unwrap();
    history.put_picture(&shared, b"png").unwrap();
    history.remove(&two.conversation).unwrap();
    assert!(kept("shared"));
    history.release("shared").unwrap();
    assert!(kept("shared"));
    history.release("shared").unwrap();
    assert!(!kept("shared"));
    // Released while a message holds it.
    history.put_picture(&shared, b"png").unwrap();
    let three = ask_about(&history, None, "3", vec![shared]);
    history.release("shared").unwrap();
    assert!(kept("shared"));
    history.remove(&three.conversation).unwrap();
    assert!(!kept("shared"));
}

#[test]
fn a_very_long_conversation_is_read_and_removed() {
    let history = History::in_memory().unwrap();
    let mut id = None;
    for n in 0..800 {
        id = Some(ask(&history, id.as_deref(), &n.to_string()).conversation);
    }
    let id = id.unwrap();
    assert_eq!(history.conversation(&id).unwrap().messages.len(), 1600);
    history.remove(&id).unwrap();
    assert_eq!(history.conversations().unwrap(), []);
}

#[test]
fn several_threads_write_at_once() {
    let history = History::in_memory().unwrap();
    std::thread::scope(|scope| {
        for n in 0..4 {
            let history = history.clone();
            scope.spawn(move || {
                let turn = ask(&history, None, &n.to_string());
                for length in 1..50 {
                    assert!(
                        history
                            .flush(&turn.answers[0].id, &"字".repeat(length), "")
                            .unwrap()
                    );
                }
                finish(&history, &turn, "done");
            });
        }
    });
    assert_eq!(history.conversations().unwrap().len(), 4);
}
