//! What is in a backup, and what is not.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use backup::{check, set, sets};
use protocol::Keep;
use stores::KeyRow;

use crate::desk::{Desk, START, kept_files};

const DAY: i64 = 86_400_000;

fn key(id: &str, label: &str, kept: Keep) -> KeyRow {
    KeyRow {
        id: id.into(),
        provider: "zhipu".into(),
        origin: "https://open.bigmodel.cn".into(),
        label: label.into(),
        last4: "wxyz".into(),
        kept,
        created_at: 1,
        used_at: None,
        rests_until: None,
        rests_because: None,
    }
}

#[test]
fn of_keys_only_that_there_were_some_is_told_and_those_that_are_new_here_are_listed() {
    let mut desk = Desk::new();
    let add = |desk: &Desk, row: KeyRow| desk.history().write(move |w| w.add_key(&row)).wait();
    add(&desk, key("k1", "at work", Keep::Keyring)).unwrap();
    add(&desk, key("k2", "at home", Keep::Keyring)).unwrap();
    add(&desk, key("k3", "for this run", Keep::Session)).unwrap();
    let made = desk.back_up(START);
    let there = set(&desk.folder(), Some(&made.name)).unwrap();
    let labels = |keys: &[backup::KeyOf]| {
        let labels = keys.iter().map(|key| key.label.clone());
        labels.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(
        labels(&there.keys),
        ["at home", "at work"].map(String::from).into()
    );
    let said = |text: &str| {
        let text = text.as_bytes();
        let holds = |bytes: &Vec<u8>| bytes.windows(text.len()).any(|some| some == text);
        kept_files(desk.folder().path()).values().any(holds)
    };
    assert!(said("at work") && !said("for this run"));
    // What the keyring of this machine has still is not asked for.
    desk.history().write(|w| w.remove_key("k2")).wait().unwrap();
    let restored = desk.restore(&made.name);
    assert_eq!(labels(&restored.keys), ["at home".to_owned()].into());
    assert_eq!(desk.history().read(|r| r.keys()).wait().unwrap().len(), 2);
}

#[test]
fn it_is_of_one_moment_while_others_write() {
    let mut desk = Desk::new();
    for number in 0..40 {
        desk.add(
            &format!("What of {number}? {}", "x".repeat(50_000)),
            &[number; 5_000],
        );
    }
    let (history, ended) = (desk.history().clone(), AtomicBool::new(false));
    let made = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                let turn = history::NewTurn {
                    conversation: None,
                    text: "Meanwhile".repeat(500),
                    parts: Vec::new(),
                    answers: vec![protocol::Answer::default()],
                    params: protocol::ChatParams::default(),
                };
                history.write(move |w| w.begin_turn(turn)).wait().unwrap();
            }
        });
        let made = desk.back_up(START);
        ended.store(true, Ordering::Relaxed);
        made
    });
    drop(history);
    // A question and its answer are one change.
    assert_eq!(made.messages, made.conversations * 2);
    assert!(made.conversations >= 40);
    desk.restore(&made.name);
    let kept = desk
        .history()
        .read(|r| r.conversations(None, 10_000))
        .wait()
        .unwrap()
        .0;
    assert_eq!(kept.len() as u64, made.conversations);
}

#[test]
fn old_sets_go_with_the_pictures_that_only_they_had_and_others_stay() {
    let desk = Desk::new();
    let once = desk.add("Once", b"once");
    let first = desk.back_up(START);
    // Not of this home, and not ours at all.
    let sets_folder = desk.folder().path().join("dragoman-sets");
    let (own, other) = (
        sets_folder.join(&first.name),
        sets_folder.join("2020-01-01T00-00-00Z"),
    );
    fs::create_dir(&other).unwrap();
    for (path, bytes) in kept_files(&own) {
        fs::write(other.join(path.file_name().unwrap()), bytes).unwrap();
    }
    let manifest = fs::read_to_string(other.join("manifest.json")).unwrap();
    fs::write(
        other.join("manifest.json"),
        manifest.replace("\"one\"", "\"two\""),
    )
    .unwrap();
    fs::write(
        desk.folder().path().join("dragoman-pictures/mine.txt"),
        "mine",
    )
    .unwrap();
    desk.erase(&once);
    desk.add("Kept", b"kept");
    for day in 1..=64 {
        desk.back_up(START + day * DAY);
    }
    let left = sets(&desk.folder()).unwrap();
    assert!((10..=18).contains(&left.len()), "{} are left", left.len());
    assert!(!own.exists() && other.exists());
    // Another's set names it.
    let pictures = || {
        let files = kept_files(&desk.folder().path().join("dragoman-pictures"));
        files
            .into_values()
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(
        pictures(),
        ["kept", "mine", "once"].map(String::from).into()
    );
    fs::remove_dir_all(&other).unwrap();
    for day in 65..=80 {
        desk.back_up(START + day * DAY);
    }
    assert_eq!(pictures(), ["kept", "mine"].map(String::from).into());
    assert!(
        check(&desk.folder(), None, &mut |_| true)
            .unwrap()
            .is_whole()
    );
}

#[test]
fn what_is_unchanged_is_not_written_again() {
    let desk = Desk::new();
    for number in 0..20 {
        desk.add("?", &[number; 1_000]);
    }
    let first = desk.back_up(START);
    let picture = |made: &backup::Made| (made.pictures, made.new_pictures);
    assert_eq!(picture(&first), (20, 20));
    let second = desk.back_up(START);
    assert_eq!(picture(&second), (20, 0));
    assert_ne!(first.name, second.name);
    assert_eq!(first.written, second.written + 20_000);
    assert_eq!(first.bytes, second.bytes);
}
