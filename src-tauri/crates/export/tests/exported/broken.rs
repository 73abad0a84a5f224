//! Files that are not what they should be.

use export::{Assets, Error, Fault};
use history::History;
use protocol::MessageState;
use serde_json::{Value, json};

use crate::support::{
    all, answer, asset, conversation, end, exported, head, imported, is_kept, lines, question,
};

/// The line, the conversation that is left out, and why.
type Named = (u64, Option<String>, Fault);

/// Ids of what an import of these lines keeps, and what is said of it.
fn kept(text: &str) -> (Vec<String>, Vec<Named>) {
    let history = History::in_memory().unwrap();
    let (imported, broken) = imported(&history, text, None).unwrap();
    let ids: Vec<_> = all(&history).into_iter().map(|one| one.id).collect();
    assert_eq!(imported.conversations, u64::try_from(ids.len()).unwrap());
    assert_eq!(imported.broken, u64::try_from(broken.len()).unwrap());
    let said = broken.into_iter();
    (
        ids,
        said.map(|one| (one.line, one.conversation, one.fault))
            .collect(),
    )
}

/// Three conversations, the middle one of these lines; its first is line 5.
fn around(middle: &[Value]) -> String {
    let before = [
        head(),
        conversation("a", "a2", 2),
        question("a1", "?"),
        answer("a2", "a1", "!"),
    ];
    let after = [conversation("c", "c1", 1), question("c1", "?"), end()];
    lines(&[&before, middle, &after].concat())
}

fn changed(mut line: Value, field: &str, value: Value) -> Value {
    line[field] = value;
    line
}

#[test]
fn a_broken_line_takes_its_conversation_along_and_no_other() {
    let b = || conversation("b", "b2", 2);
    let good = [b(), question("b1", "?"), answer("b2", "b1", "!")];
    let (ids, said) = kept(&around(&good));
    assert_eq!(
        (ids, said),
        (["a", "b", "c"].map(str::to_owned).into(), vec![])
    );

    let q = || question("b1", "?");
    let a = || answer("b2", "b1", "!");
    let of_b = Some("b".to_owned());
    for (middle, line, id, fault) in [
        (
            vec![b(), q(), answer("b2", "a1", "!")],
            7,
            of_b.clone(),
            Fault::NoParent("a1".into()),
        ),
        (
            vec![b(), q(), answer("b1", "b1", "!")],
            7,
            of_b.clone(),
            Fault::Twice,
        ),
        (
            vec![b(), a(), q()],
            6,
            of_b.clone(),
            Fault::NoParent("b1".into()),
        ),
        (
            vec![b(), q()],
            5,
            of_b.clone(),
            Fault::Missing { said: 2, found: 1 },
        ),
        (
            vec![b(), q(), a(), question("b3", "?")],
            8,
            None,
            Fault::NoConversation,
        ),
        (
            vec![b(), q(), changed(a(), "state", json!("streaming"))],
            7,
            of_b.clone(),
            Fault::Streaming,
        ),
        (
            vec![b(), q(), changed(a(), "shown", json!("b9"))],
            5,
            of_b.clone(),
            Fault::NotShown("b9".into()),
        ),
        (
            vec![changed(b(), "shown", json!("a1")), q(), a()],
            5,
            of_b.clone(),
            Fault::NotShown("a1".into()),
        ),
        (
            vec![changed(b(), "id", json!("../b")), q(), a()],
            5,
            None,
            Fault::Id,
        ),
        (
            vec![conversation("b", "a2", 2), q(), answer("a2", "b1", "!")],
            5,
            of_b.clone(),
            Fault::Elsewhere("a2".into()),
        ),
    ] {
        let (ids, said) = kept(&around(&middle));
        let expected: &[&str] = if fault == Fault::NoConversation {
            &["a", "b", "c"]
        } else {
            &["a", "c"]
        };
        assert_eq!(ids, expected, "{fault}");
        assert_eq!(said, [(line, id, fault)]);
    }
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let good = around(&[
        conversation("b", "b2", 2),
        question("b1", "?"),
        answer("b2", "b1", "!"),
    ]);
    for (number, bad) in [
        (5, "{\"type\":\"conversation\",\"id\":\"b\""),
        (6, "garbage"),
        (7, "{\"type\":\"message\",\"id\":\"b2\"}"),
        (7, "{\"type\":\"surprise\"}"),
        (7, "[]"),
        (
            7,
            "{\"type\":\"message\",\"id\":\"b2\",\"parent\":\"b1\",\"role\":\"god\",\"state\":\"complete\",\"createdAt\":0,\"text\":\"\"}",
        ),
    ] {
        let mut all: Vec<&str> = good.lines().collect();
        all[number - 1] = bad;
        let (ids, said) = kept(&(all.join("\n") + "\n"));
        assert_eq!(ids, ["a", "c"], "{bad}");
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].0, u64::try_from(number).unwrap());
        assert!(matches!(said[0].2, Fault::Unread(_)), "{said:?}");
    }
}

#[test]
fn wherever_a_file_is_cut_nothing_half_is_kept() {
    let (line, part) = asset(1);
    let asked = changed(question("b1", "?"), "parts", json!([part]));
    let text = around(&[
        line,
        conversation("b", "b2", 2),
        asked,
        answer("b2", "b1", "!"),
    ]);
    let whole = History::in_memory().unwrap();
    imported(&whole, &text, None).unwrap();
    let whole = all(&whole);
    for cut in (0..text.len()).step_by(41) {
        let history = History::in_memory().unwrap();
        match imported(&history, &text[..cut], None) {
            Ok((_, broken)) => assert!(!broken.is_empty(), "{cut}"),
            Err(error) => assert!(matches!(error, Error::NotOurs), "{error}"),
        }
        let kept = all(&history);
        assert_eq!(kept, whole[..kept.len()], "{cut}");
    }
}

#[test]
fn other_bytes_than_the_hash_says_are_not_kept() {
    let (line, part) = asset(1);
    let (other, _) = asset(2);
    let asked = changed(question("b1", "?"), "parts", json!([part]));
    let b = [conversation("b", "b1", 1), asked];
    let hash = line["hash"].as_str().unwrap().to_owned();
    for (bad, fault) in [
        (
            changed(line.clone(), "data", other["data"].clone()),
            Fault::Hash,
        ),
        (changed(line.clone(), "bytes", json!(47)), Fault::Hash),
        (
            changed(line.clone(), "mime", json!("image/jpeg")),
            Fault::NotOfKind("image/jpeg".into()),
        ),
        (
            changed(line.clone(), "mime", json!("text/html")),
            Fault::NotOfKind("picture or video that is kept".into()),
        ),
    ] {
        let history = History::in_memory().unwrap();
        let text = around(&[&[bad][..], &b].concat());
        let (_, broken) = imported(&history, &text, None).unwrap();
        let said: Vec<_> = broken
            .into_iter()
            .map(|one| (one.line, one.fault))
            .collect();
        assert_eq!(said, [(5, fault), (7, Fault::OfBroken(5))]);
        assert!(!is_kept(&history, &hash));
        let ids: Vec<_> = all(&history).into_iter().map(|one| one.id).collect();
        assert_eq!(ids, ["a", "c"]);
    }
}

#[test]
fn what_no_conversation_came_to_hold_is_not_kept() {
    let (line, part) = asset(1);
    let hash = line["hash"].as_str().unwrap().to_owned();
    let asked = changed(question("b1", "?"), "parts", json!([part]));
    let bad = changed(asked, "parent", json!("nowhere"));
    let history = History::in_memory().unwrap();
    imported(
        &history,
        &around(&[line, conversation("b", "b1", 1), bad]),
        None,
    )
    .unwrap();
    assert!(!is_kept(&history, &hash));
}

#[test]
fn a_file_of_others_or_of_a_newer_version_is_refused_and_nothing_changes() {
    let history = History::in_memory().unwrap();
    let rest = lines(&[conversation("a", "a1", 1), question("a1", "?"), end()]);
    let newer = changed(head(), "version", json!(2));
    let newer = imported(&history, &(lines(&[newer]) + &rest), None).unwrap_err();
    assert!(
        matches!(newer, Error::Newer { found: 2, known: 1 }),
        "{newer}"
    );
    let other = changed(head(), "format", json!("chatgpt"));
    for not_ours in [
        lines(&[other]) + &rest,
        rest,
        String::new(),
        "\0\u{1}PK".into(),
    ] {
        let error = imported(&history, &not_ours, None).unwrap_err();
        assert!(matches!(error, Error::NotOurs), "{error}");
    }
    assert_eq!(all(&history), []);
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let mut asked = question("b1", "?");
    asked["new"] = json!({"a": 1});
    let mut told = answer("b2", "b1", "!");
    told["answer"]["notes"] =
        json!([{"type": "unheard_of"}, {"type": "pieces_unread", "count": 1}]);
    told["error"] = json!({"code": "unheard_of", "message": "What it was."});
    told["state"] = json!("failed");
    let history = History::in_memory().unwrap();
    let text = around(&[conversation("b", "b2", 2), asked, told]);
    let (_, broken) = imported(&history, &text, None).unwrap();
    assert_eq!(broken, []);
    let told = &all(&history)[1].messages[1].message;
    assert_eq!(told.state, MessageState::Failed);
    assert_eq!(told.answer.as_ref().unwrap().notes.len(), 1);
    assert_eq!(told.error.as_ref().unwrap().message, "What it was.");
}

#[test]
fn an_export_without_pictures_comes_back_without_them() {
    let (line, part) = asset(1);
    let asked = changed(question("b1", "?"), "parts", json!([part]));
    let text = around(&[line, conversation("b", "b1", 1), asked]);
    let history = History::in_memory().unwrap();
    imported(&history, &text, None).unwrap();
    let out = exported(&history, &Assets::None);
    assert!(!out.contains("\"asset\""));

    let bare = History::in_memory().unwrap();
    let (done, broken) = imported(&bare, &out, None).unwrap();
    assert_eq!((done.conversations, done.without, broken), (3, 1, vec![]));
    assert_eq!(all(&bare)[1].messages[0].message.parts, []);
}
