//! Videos, links and the parameters that go with a conversation.

use history::{Error, NewTurn};
use protocol::{Answer, ChatParams, Link, Picture, Video};
use stores::Part;

use crate::conversations::{asked, picture};
use crate::support::History;

#[test]
fn videos_and_links_are_kept_in_their_order() {
    let history = History::in_memory().unwrap();
    let video = Video {
        hash: "v1".into(),
        name: "猫.mp4".into(),
        mime: "video/mp4".into(),
        bytes: 3,
    };
    history.put_video(&video, b"mp4").unwrap();
    history
        .put_picture(&picture("p1", "a.png"), b"png")
        .unwrap();
    let link = |url: &str, video| Link {
        url: url.into(),
        host: "pictures.example".into(),
        video,
        refused: false,
    };
    let bare = |link| Part::Link {
        link,
        picture: None,
    };
    let parts = vec![
        bare(link("https://pictures.example/cat.png?x=1", false)),
        Part::Video(video.clone()),
        Part::Picture(picture("p1", "a.png")),
        bare(link("https://pictures.example/cat.mp4", true)),
    ];
    let turn = NewTurn {
        conversation: None,
        text: String::new(),
        parts: parts.clone(),
        answers: vec![asked()],
        params: ChatParams::default(),
    };
    let turn = history.begin_turn(turn).unwrap();
    let kept = || history.message(&turn.user.id).unwrap();
    assert_eq!(kept().parts, parts);
    let conversation = history.conversation(&turn.conversation).unwrap();
    assert_eq!(conversation.title, "pictures.example");

    // What was fetched from a link stands for it, and is kept as any picture.
    let fetched = Picture {
        refused: false,
        ..picture("p2", "cat.png")
    };
    for (position, is_kept) in [(0, true), (1, false), (9, false)] {
        let kept = history.keep_fetched(&turn.user.id, position, &fetched, b"cat");
        assert_eq!(kept.unwrap(), is_kept, "{position}");
    }
    assert!(kept().pictures().eq([&fetched, &picture("p1", "a.png")]));
    assert_eq!(kept().links().count(), 1);
    assert!(kept().videos().eq([&video]));

    history.mark_refused(&turn.user.id, &[0, 2], true).unwrap();
    assert!(kept().pictures().all(|picture| picture.refused));
    history.mark_refused(&turn.user.id, &[2], false).unwrap();
    let refused: Vec<_> = kept().pictures().map(|picture| picture.refused).collect();
    assert_eq!(refused, [true, false]);

    history.remove(&turn.conversation).unwrap();
    assert_eq!(history.video("v1").unwrap(), None);
    for hash in ["p1", "p2"] {
        assert_eq!(history.picture(hash).unwrap(), None, "{hash}");
    }
}

#[test]
fn a_video_stays_as_long_as_anything_holds_it() {
    let history = History::in_memory().unwrap();
    let video = Video {
        hash: "v1".into(),
        name: "a.mp4".into(),
        mime: "video/mp4".into(),
        bytes: 3,
    };
    for _ in 0..2 {
        history.put_video(&video, b"mp4").unwrap();
    }
    let is_kept = || history.video("v1").unwrap().is_some();
    history.release("v1").unwrap();
    assert!(is_kept());
    history.release("v1").unwrap();
    assert!(!is_kept());
    let never_put = NewTurn {
        conversation: None,
        text: "?".into(),
        parts: vec![Part::Video(video)],
        answers: vec![asked()],
        params: ChatParams::default(),
    };
    assert!(matches!(
        history.begin_turn(never_put),
        Err(Error::NotFound { what: "video", .. })
    ));
}

#[test]
fn parameters_stay_with_their_conversation() {
    let history = History::in_memory().unwrap();
    let hot = ChatParams {
        temperature: Some(1.5),
        extra: Some("{\"seed\": 1}".into()),
        ..ChatParams::default()
    };
    let turn = NewTurn {
        conversation: None,
        text: "a".into(),
        parts: vec![],
        answers: vec![asked()],
        params: hot.clone(),
    };
    let turn = history.begin_turn(turn).unwrap();
    let kept = || history.conversation(&turn.conversation).unwrap();
    assert_eq!(kept().params, hot);
    assert_eq!(kept().asked, Some(("chenyu".into(), "gpt-x".into())));
    let cold = ChatParams {
        temperature: Some(0.0),
        ..ChatParams::default()
    };
    history.set_params(&turn.conversation, &cold).unwrap();
    assert_eq!(kept().params, cold);
    let other = Answer {
        provider: "demo".into(),
        model: "demo".into(),
        ..Answer::default()
    };
    history.begin_retry(&turn.user.id, other, &hot).unwrap();
    assert_eq!(kept().params, hot);
    assert_eq!(kept().asked, Some(("demo".into(), "demo".into())));
    assert!(matches!(
        history.set_params("nowhere", &cold),
        Err(Error::NotFound { .. })
    ));
}
