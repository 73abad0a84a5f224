//! Messages, titles and names of attachments are found by what a person types.

use history::{NewTurn, Turn};
use protocol::{
    Answer, ChatParams, Link, Marked, MessageState, Picture, SearchAnswer, SearchPlace, Video,
};
use stores::Part;

use crate::support::{History, ask, open};

pub fn turn(history: &History, question: &str, answer: &str) -> Turn {
    let turn = ask(history, question);
    end(history, &turn, answer, &Answer::default());
    turn
}

pub fn end(history: &History, turn: &Turn, text: &str, answer: &Answer) {
    let id = &turn.answers[0].id;
    assert!(
        history
            .close(id, MessageState::Complete, text, "", answer, None)
            .unwrap()
    );
}

fn filled(texts: &[&str]) -> History {
    let history = History::in_memory().unwrap();
    for text in texts {
        turn(&history, "?", text);
    }
    history.settle().unwrap();
    history
}

/// A text with its marks in brackets.
fn shown(marked: &Marked) -> String {
    let units: Vec<u16> = marked.text.encode_utf16().collect();
    let mut out = String::new();
    let mut at = 0;
    for mark in &marked.marks {
        let (start, end) = (mark.start as usize, mark.end as usize);
        out += &String::from_utf16(&units[at..start]).unwrap();
        out += &format!("[{}]", String::from_utf16(&units[start..end]).unwrap());
        at = end;
    }
    out + &String::from_utf16(&units[at..]).unwrap()
}

pub fn hits(answer: &SearchAnswer) -> Vec<String> {
    let hits = answer.groups.iter().flat_map(|group| &group.hits);
    hits.map(|hit| shown(&hit.text)).collect()
}

pub fn found(history: &History, query: &str) -> Vec<String> {
    let answer = history.search(query, None);
    assert_eq!(answer.notes, [], "{query}");
    hits(&answer)
}

#[test]
fn every_script_is_found_by_any_part_that_a_person_would_type() {
    let texts = [
        "图片里有三只猫在窗台上睡觉。",
        "用GPT模型看 Ｆｕｌｌ 图。",
        "カメラで写真を撮る",
        "학교에 갑니다",
        "The photographer's café, naïvely",
        "C++ and C# are languages",
        "Looks good 👍🏽 to me",
        "สวัสดีครับ",
        "x AND y NEAR(z*) \"quoted\" ^caret -dash col:umn",
        "表意文字𠮷野家",
    ];
    let history = filled(&texts);
    for (query, expected) in [
        ("猫", vec!["图片里有三只[猫]在窗台上睡觉。"]),
        ("窗台", vec!["图片里有三只猫在[窗台]上睡觉。"]),
        ("三只猫在窗台上", vec!["图片里有[三只猫在窗台上]睡觉。"]),
        ("猫窗台", vec![]),
        ("猫 窗台", vec!["图片里有三只[猫]在[窗台]上睡觉。"]),
        ("GPT模型", vec!["用[GPT模型]看 Ｆｕｌｌ 图。"]),
        ("模型 gp", vec!["用[GPT][模型]看 Ｆｕｌｌ 图。"]),
        ("full", vec!["用GPT模型看 [Ｆｕｌｌ] 图。"]),
        ("ＧＰＴ", vec!["用[GPT]模型看 Ｆｕｌｌ 图。"]),
        ("カメラ", vec!["[カメラ]で写真を撮る"]),
        ("ｶﾒﾗ", vec!["[カメラ]で写真を撮る"]),
        ("写真", vec!["カメラで[写真]を撮る"]),
        ("학교", vec!["[학교]에 갑니다"]),
        ("니다", vec!["학교에 갑[니다]"]),
        ("photo", vec!["The [photographer]'s café, naïvely"]),
        ("cafe naive", vec!["The photographer's [café], [naïvely]"]),
        ("CAFÉ", vec!["The photographer's [café], naïvely"]),
        (
            "\"photographer's café\"",
            vec!["The [photographer's café], naïvely"],
        ),
        ("\"photo\"", vec![]),
        ("c++", vec!["[C++] and C# are languages"]),
        ("C#", vec!["C++ and [C#] are languages"]),
        ("👍", vec!["Looks good [👍🏽] to me"]),
        ("ครับ", vec!["สวัสดี[ครับ]"]),
        (
            "NEAR(z*)",
            vec!["x AND y [NEAR(z]*) \"quoted\" ^caret -dash col:umn"],
        ),
        (
            "^caret",
            vec!["x AND y NEAR(z*) \"quoted\" ^[caret] -dash col:umn"],
        ),
        (
            "-dash",
            vec!["…y NEAR(z*) \"quoted\" ^caret -[dash] col:umn"],
        ),
        (
            "col:umn",
            vec!["…NEAR(z*) \"quoted\" ^caret -dash [col:umn]"],
        ),
        (
            "AND quoted",
            vec!["x [AND] y NEAR(z*) \"[quoted]\" ^caret -dash col:umn"],
        ),
        ("𠮷野", vec!["表意文字[𠮷野]家"]),
        ("?!。", vec![]),
        ("\"", vec![]),
        ("猫 dog", vec![]),
    ] {
        assert_eq!(found(&history, query), expected, "{query}");
    }
}

#[test]
fn titles_and_names_are_found_and_hits_stand_by_conversation_newest_first() {
    let history = History::in_memory().unwrap();
    let first = turn(&history, "a lighthouse at night", "It is a tower.");
    let second = turn(&history, "something else", "The lighthouse again.");
    let picture = Picture {
        hash: "p".into(),
        name: "leuchtturm lighthouse-2.png".into(),
        mime: "image/png".into(),
        ..Picture::default()
    };
    history.put_picture(&picture, b"bytes").unwrap();
    let third = NewTurn {
        conversation: Some(first.conversation.clone()),
        text: "and this".into(),
        parts: vec![Part::Picture(picture)],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    let third = history.begin_turn(third).unwrap();
    history.settle().unwrap();
    let answer = history.search("lighthouse", None);
    let groups: Vec<_> = answer
        .groups
        .iter()
        .map(|group| {
            let hits = group.hits.iter().map(|hit| {
                let names = hit.names.as_ref().map(shown);
                (hit.message.clone(), shown(&hit.text), names)
            });
            (
                group.conversation.clone(),
                shown(&group.title),
                group.titled,
                hits.collect::<Vec<_>>(),
            )
        })
        .collect();
    let name = Some("leuchtturm [lighthouse]-2.png".to_owned());
    assert_eq!(
        groups,
        [
            (
                first.conversation.clone(),
                "a [lighthouse] at night".into(),
                true,
                vec![
                    (third.user.id, "and this".into(), name),
                    (first.user.id, "a [lighthouse] at night".into(), None),
                ]
            ),
            (
                second.conversation.clone(),
                "something else".into(),
                false,
                vec![(
                    second.answers[0].id.clone(),
                    "The [lighthouse] again.".into(),
                    None
                ),]
            ),
        ]
    );
    // A title of one's own is found, and the one before it is not any more.
    history
        .rename(&second.conversation, "Phare d'Eckmühl")
        .unwrap();
    history.rename(&first.conversation, "Other").unwrap();
    history.settle().unwrap();
    let titles = |query: &str| {
        let answer = history.search(query, None);
        assert!(answer.groups.iter().all(|group| group.hits.is_empty()));
        answer
            .groups
            .iter()
            .map(|group| shown(&group.title))
            .collect::<Vec<_>>()
    };
    assert_eq!(titles("in:title eckmuhl"), ["Phare d'[Eckmühl]"]);
    assert_eq!(titles("in:title lighthouse"), Vec::<String>::new());
    assert_eq!(titles("in:title"), Vec::<String>::new());
}

fn asked(history: &History, text: &str, parts: Vec<Part>, provider: &str, model: &str) -> Turn {
    let of = Answer {
        provider: provider.into(),
        provider_name: provider.to_uppercase(),
        model: model.into(),
        ..Answer::default()
    };
    let new = NewTurn {
        conversation: None,
        text: text.into(),
        parts,
        answers: vec![of.clone()],
        params: ChatParams::default(),
    };
    let turn = history.begin_turn(new).unwrap();
    end(history, &turn, "an answer", &of);
    turn
}

#[test]
fn filters_narrow_a_question_with_its_answers() {
    let history = History::in_memory().unwrap();
    let picture = Picture {
        hash: "p".into(),
        name: "a.png".into(),
        ..Picture::default()
    };
    history.put_picture(&picture, b"bytes").unwrap();
    let video = Video {
        hash: "v".into(),
        name: "a.mp4".into(),
        mime: "video/mp4".into(),
        bytes: 5,
    };
    history.put_video(&video, b"bytes").unwrap();
    let link = Link {
        url: "https://a.b/c".into(),
        host: "a.b".into(),
        video: false,
        refused: false,
    };
    asked(
        &history,
        "one",
        vec![Part::Picture(picture)],
        "acme",
        "acme/GPT-Vision-4",
    );
    asked(&history, "two", vec![Part::Video(video)], "other", "clip-2");
    asked(
        &history,
        "three",
        vec![Part::Link {
            link,
            picture: None,
        }],
        "other",
        "clip-3",
    );
    asked(&history, "four", vec![], "other", "clip-3");
    history.settle().unwrap();
    for (query, expected) in [
        ("model:gpt", vec!["an answer", "one"]),
        (
            "model:\"clip-3\" answer",
            vec!["an [answer]", "an [answer]"],
        ),
        (
            "model:clip-3 model:gpt answer",
            vec!["an [answer]", "an [answer]", "an [answer]"],
        ),
        ("model:gpt answer two", vec![]),
        ("provider:ACME", vec!["an answer", "one"]),
        ("provider:other two", vec!["[two]"]),
        ("has:image", vec!["an answer", "one"]),
        ("has:图片 answer", vec!["an [answer]"]),
        ("has:video", vec!["an answer", "two"]),
        ("has:link", vec!["an answer", "three"]),
        ("has:link has:video", vec![]),
        ("model:nobody", vec![]),
        ("four after:2020-01-01 before:2999", vec!["[four]"]),
        ("four before:2020", vec![]),
        ("four after:2999", vec![]),
    ] {
        assert_eq!(found(&history, query), expected, "{query}");
    }
}

#[test]
fn pages_follow_each_other_without_gap_or_double() {
    let history = History::in_memory().unwrap();
    let texts: Vec<String> = (0..130).map(|n| format!("cat number {n}")).collect();
    for text in &texts {
        turn(&history, "a dog", text);
    }
    history.settle().unwrap();
    for (query, expected) in [
        ("cat", 130),
        ("dog", 130),
        ("has:image", 0),
        ("before:2999", 260),
    ] {
        let mut after: Option<SearchPlace> = None;
        let (mut messages, mut titles, mut pages) = (Vec::new(), Vec::new(), 0);
        loop {
            let page = history.search(query, after);
            let hits = page
                .groups
                .iter()
                .map(|group| group.hits.len() + usize::from(group.titled));
            assert!(hits.sum::<usize>() <= 50);
            for group in page.groups {
                titles.extend(group.titled.then_some(group.conversation));
                messages.extend(group.hits.into_iter().map(|hit| hit.message));
            }
            pages += 1;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut once = messages.clone();
        once.sort();
        once.dedup();
        // Ids are made in order. A title takes those of its millisecond along.
        let in_order = messages.is_sorted_by(|a, b| a > b);
        assert!(in_order || query == "dog", "{query}");
        assert_eq!(
            (messages.len(), once.len()),
            (expected, expected),
            "{query}"
        );
        assert_eq!(titles.len(), if query == "dog" { 130 } else { 0 });
        assert!(pages <= 6, "{pages}");
    }
}

#[test]
fn an_answer_is_found_once_it_is_closed_and_not_by_its_flushes() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, "?");
    history.flush(&turn.answers[0].id, "a walrus", "").unwrap();
    history.settle().unwrap();
    assert_eq!(found(&history, "walrus"), Vec::<String>::new());
    let pending = |history: &History| history.search("x", None).waiting;
    assert_eq!(pending(&history), 0);
    end(&history, &turn, "a walrus", &Answer::default());
    assert_eq!(pending(&history), 1);
    history.settle().unwrap();
    assert_eq!(found(&history, "walrus"), ["a [walrus]"]);
}

#[test]
fn words_of_every_piece_are_marked_as_they_stand_in_it() {
    let long = format!(
        "{} the **needle** in\n\n`hay` {}",
        "x ".repeat(400),
        "y ".repeat(400)
    );
    let history = filled(&[&long, "😀 needle 😀 hay needle"]);
    let got = found(&history, "needle hay");
    assert_eq!(got[0], "😀 [needle] 😀 [hay] [needle]");
    assert!(got[1].starts_with("…x x"), "{}", got[1]);
    assert!(got[1].contains("the [needle] in [hay] y y"), "{}", got[1]);
    assert!(
        got[1].ends_with("y…") && got[1].chars().count() < 150,
        "{}",
        got[1]
    );
}

#[test]
fn a_search_that_is_overtaken_is_answered_as_such_and_the_last_one_fully() {
    let folder = tempfile::tempdir().unwrap();
    let history = open(&folder.path().join("dragoman.db"));
    for n in 0..200 {
        turn(&history, "?", &format!("some words {n}"));
    }
    history.settle().unwrap();
    let all: Vec<_> = (0..50)
        .map(|_| {
            history
                .0
                .search(crate::support::searched("words some model:nobody", None))
        })
        .collect();
    let last = history.search("words", None);
    assert_eq!(hits(&last).len(), 50);
    for one in all {
        let answer = one.wait().unwrap();
        assert!(answer.groups.is_empty());
    }
}

#[test]
fn a_message_is_shown_on_the_newest_branch_that_holds_it() {
    let history = History::in_memory().unwrap();
    let first = turn(&history, "q1", "a1");
    let params = ChatParams::default();
    let again = history
        .begin_retry(&first.answers[0].id, Answer::default(), &params)
        .unwrap();
    let on = NewTurn {
        conversation: Some(first.conversation.clone()),
        text: "q2".into(),
        parts: vec![],
        answers: vec![Answer::default()],
        params,
    };
    let on = history.begin_turn(on).unwrap();
    let branch = || -> Vec<String> {
        let messages = history.conversation(&first.conversation).unwrap().messages;
        messages.into_iter().map(|message| message.id).collect()
    };
    let newest = vec![
        first.user.id.clone(),
        again.answers[0].id.clone(),
        on.user.id.clone(),
        on.answers[0].id.clone(),
    ];
    assert_eq!(branch(), newest);
    // What is shown already stays as it is shown.
    for id in [&first.user.id, &on.user.id] {
        let shown = (first.conversation.clone(), false);
        assert_eq!(history.show_message(id).unwrap(), shown);
        assert_eq!(branch(), newest);
    }
    history.show_message(&first.answers[0].id).unwrap();
    assert_eq!(
        branch(),
        [first.user.id.clone(), first.answers[0].id.clone()]
    );
    assert!(history.show_message(&again.answers[0].id).unwrap().1);
    assert_eq!(branch(), newest);
    assert!(matches!(
        history.show_message("nobody"),
        Err(history::Error::NotFound { .. })
    ));
}

#[test]
fn what_was_removed_is_not_found_until_it_is_brought_back() {
    let history = filled(&["apples", "pears"]);
    let first = turn(&history, "grapes", "figs");
    let answer = &first.answers[0].id;
    history.settle().unwrap();
    assert_eq!(found(&history, "figs").len(), 1);
    history.remove_message(&first.user.id).unwrap();
    for text in ["figs", "grapes"] {
        assert!(found(&history, text).is_empty(), "{text}");
    }
    assert_eq!(found(&history, "pears").len(), 1);
    assert!(matches!(
        history.show_message(answer),
        Err(history::Error::NotFound { .. })
    ));
    history.restore_message(&first.user.id).unwrap();
    assert_eq!(found(&history, "figs").len(), 1);
    assert!(!history.show_message(answer).unwrap().1);
}

#[test]
fn a_text_is_counted_as_a_reader_takes_it() {
    for (text, sought, expected) in [
        ("Cat cat CAT concat", "cat", 4),
        ("café cafe\u{301}", "CAFE", 2),
        ("三只猫，三只", "三只", 2),
        ("Ｆｕｌｌ", "full", 1),
        ("one\n  two", "one two", 1),
        ("aaaa", "aa", 2),
        ("a.b*c", ".b*", 1),
        ("x", "", 0),
        ("x y", "  ", 0),
    ] {
        assert_eq!(history::count(text, sought), expected, "{text} {sought}");
    }
}

#[test]
fn what_is_archived_is_found_and_says_so() {
    let history = filled(&["a red boat", "a red car"]);
    let found = history.search("boat", None);
    let id = found.groups[0].conversation.clone();
    assert!(!found.groups[0].archived);
    let archived = id.clone();
    let write = history.0.write(move |w| w.archive(&[archived], true));
    write.wait().unwrap();
    let found = history.search("red", None);
    let archived = found.groups.iter().filter(|group| group.archived);
    let archived: Vec<_> = archived.map(|group| &group.conversation).collect();
    assert_eq!((found.groups.len(), archived), (2, vec![&id]));
}
