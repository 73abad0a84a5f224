//! Masters and what was made of them: kept once, gone together, and a file of
//! before them.

use history::{NewTurn, Turn};
use protocol::{Answer, Area, ChatParams, Done, Mark, Picture, PictureOptions, Tile};
use rusqlite::Connection;
use stores::{Part, Rendition};

use crate::support::{History, close, open, open_any};

fn master(hash: &str) -> Picture {
    Picture {
        hash: hash.to_owned(),
        name: "a.jpg".to_owned(),
        mime: "image/jpeg".to_owned(),
        width: 40,
        height: 30,
        bytes: 3,
        ..Picture::default()
    }
}

fn made(hash: &str) -> (Rendition, Vec<u8>) {
    let area = Area {
        x: 0,
        y: 5,
        width: 40,
        height: 25,
    };
    let rendition = Rendition {
        hash: hash.to_owned(),
        mime: "image/webp".to_owned(),
        width: 4,
        height: 3,
        bytes: 2,
        area,
        done: vec![Done::Resized],
    };
    (rendition, hash.as_bytes().to_vec())
}

fn sent(history: &History, picture: &str, master: &str) -> Turn {
    let area = made("").0.area;
    let picture = Picture {
        hash: picture.to_owned(),
        master: master.to_owned(),
        tokens: Some(77),
        tiles: vec![Tile {
            hash: "tile".to_owned(),
            area,
            width: 4,
            height: 3,
            bytes: 2,
        }],
        options: PictureOptions {
            whole: true,
            crop: Some(area),
            marks: vec![Mark::Blur { area }],
            ..PictureOptions::default()
        },
        ..self::master(picture)
    };
    let turn = NewTurn {
        conversation: None,
        text: String::new(),
        parts: vec![Part::Picture(picture)],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    history.begin_turn(turn).unwrap()
}

fn is_kept(history: &History, hash: &str) -> bool {
    history.picture(hash).unwrap().is_some()
}

#[test]
fn renditions_are_found_in_order_and_go_with_their_master() {
    let history = History::in_memory().unwrap();
    assert!(history.put_renditions("m", "s", &[made("r")]).is_err());
    history.put_picture(&master("m"), b"abc").unwrap();
    history
        .put_renditions("m", "s", &[made("r2"), made("r1")])
        .unwrap();
    history.put_renditions("m", "other", &[made("m")]).unwrap();
    let found = history.renditions("m", "s").unwrap();
    assert_eq!(found, [made("r2").0, made("r1").0]);
    assert_eq!(history.renditions("m", "none").unwrap(), []);
    assert_eq!(history.picture("r1").unwrap().unwrap().1, b"r1");

    // Attached twice: it goes with the last.
    assert!(history.hold("m").unwrap());
    history.release("m").unwrap();
    assert!(is_kept(&history, "m") && is_kept(&history, "r1"));
    history.release("m").unwrap();
    for hash in ["m", "r1", "r2"] {
        assert!(!is_kept(&history, hash), "{hash}");
    }
    assert!(!history.hold("m").unwrap());
}

#[test]
fn a_message_keeps_its_master_and_what_was_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let turn = {
        let history = open(&path);
        history.put_picture(&master("m"), b"abc").unwrap();
        history.put_renditions("m", "s", &[made("r")]).unwrap();
        history.put_renditions("m", "t", &[made("tile")]).unwrap();
        history.put_picture(&master("lost"), b"abc").unwrap();
        history.put_renditions("lost", "s", &[made("x")]).unwrap();
        let turn = sent(&history, "r", "m");
        // Sent: the composer no longer holds it.
        history.release("m").unwrap();
        close(history);
        turn
    };
    let history = open(&path);
    for hash in ["m", "r", "tile"] {
        assert!(is_kept(&history, hash), "{hash}");
    }
    assert!(!is_kept(&history, "lost") && !is_kept(&history, "x"));
    let kept = history.message(&turn.user.id).unwrap();
    assert_eq!(kept.parts.len(), 1);
    let Part::Picture(picture) = &kept.parts[0] else {
        panic!("{kept:?}")
    };
    assert_eq!((picture.hash.as_str(), picture.master.as_str()), ("r", "m"));
    assert_eq!(picture.tokens, Some(77));
    assert_eq!(picture.tiles[0].hash, "tile");
    assert!(picture.options.whole && picture.options.marks.len() == 1);
    history.remove(&turn.conversation).unwrap();
    for hash in ["m", "r", "tile"] {
        assert!(!is_kept(&history, hash), "{hash}");
    }
}

#[test]
fn a_picture_that_is_its_own_rendition_goes_too() {
    let history = History::in_memory().unwrap();
    history.put_picture(&master("m"), b"abc").unwrap();
    history.put_renditions("m", "s", &[made("m")]).unwrap();
    let turn = sent_bare(&history);
    history.remove(&turn.conversation).unwrap();
    assert!(!is_kept(&history, "m"));
}

fn sent_bare(history: &History) -> Turn {
    let picture = Picture {
        master: "m".to_owned(),
        ..master("m")
    };
    let turn = NewTurn {
        conversation: None,
        text: String::new(),
        parts: vec![Part::Picture(picture)],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    history.begin_turn(turn).unwrap()
}

#[test]
fn a_file_of_version_2_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let before = [
        include_str!("../fixtures/v1.sql"),
        include_str!("../../migrations/0002.sql"),
        "INSERT INTO video VALUES ('vv', 'video/mp4', 2, 1, x'0102');
         INSERT INTO part (message, position, kind, video, name)
             VALUES ('0197a0aa-0000-7000-8000-000000000002', 1, 'video', 'vv', 'a.mp4');
         INSERT INTO part (message, position, kind, url, name, refused)
             VALUES ('0197a0aa-0000-7000-8000-000000000002', 2, 'link', 'https://a.example/x', 'a.example', 1);
         PRAGMA user_version = 2;",
    ];
    Connection::open(&path)
        .unwrap()
        .execute_batch(&before.concat())
        .unwrap();
    let history = open_any(&path).unwrap().0;
    assert!(history.settle().is_err(), "made-up hashes");
    let list = history.conversations().unwrap();
    let messages = history.conversation(&list[0].id).unwrap().messages;
    let parts = &messages[0].parts;
    let Part::Picture(picture) = &parts[0] else {
        panic!("{parts:?}")
    };
    assert_eq!((picture.hash.as_str(), picture.done.len()), ("5f70bf18", 2));
    assert_eq!((picture.master.as_str(), picture.tokens), ("", None));
    assert_eq!(picture.tiles, []);
    assert_eq!(picture.options, PictureOptions::default());
    assert!(matches!(&parts[1], Part::Video(video) if video.hash == "vv"));
    assert!(matches!(&parts[2], Part::Link { link, .. } if link.refused));
    assert!(is_kept(&history, "5f70bf18"));
    assert!(folder.path().join("dragoman.db.v2.bak").is_file());
}

#[test]
fn what_was_used_least_lately_goes_first_and_what_a_message_shows_stays() {
    let history = History::in_memory().unwrap();
    let large = |hash: &str| {
        let (rendition, bytes) = made(hash);
        let rendition = Rendition {
            bytes: 400,
            ..rendition
        };
        [(rendition, bytes)]
    };
    // The clock counts milliseconds: wait until it has moved on.
    let tick = || {
        let then = std::time::SystemTime::now();
        while then.elapsed().unwrap().as_millis() < 2 {
            std::thread::yield_now();
        }
    };
    history.put_picture(&master("m"), b"abc").unwrap();
    history.put_renditions("m", "t", &large("tile")).unwrap();
    for hash in ["shown", "oldest", "used", "newest"] {
        history.put_renditions("m", hash, &large(hash)).unwrap();
        tick();
    }
    sent(&history, "shown", "m");
    let used = history.write(|w| w.renditions_used("m", "used"));
    used.wait().unwrap();
    let bound = |most| {
        let removed = history.write(move |w| w.bound_renditions(most));
        removed.wait().unwrap()
    };
    assert!(!bound(10_000));
    assert!(bound(800));
    history.settle().unwrap();
    let kept: Vec<bool> = ["m", "shown", "oldest", "used", "newest"]
        .map(|hash| is_kept(&history, hash))
        .to_vec();
    assert_eq!(kept, [true, true, false, true, true]);
    assert_eq!(history.renditions("m", "oldest").unwrap(), []);
}
