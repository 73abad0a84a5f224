//! What is brought back is what there was.

use std::collections::BTreeMap;
use std::fs;

use backup::{check, sets};
use proptest::prelude::*;

use crate::desk::{Desk, START, kept_files};

const DAY: i64 = 86_400_000;

#[derive(Debug, Clone)]
enum Act {
    Add(u8),
    Erase(usize),
    BackUp,
    Restore(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..6_u8).prop_map(Act::Add),
        1 => (0..8_usize).prop_map(Act::Erase),
        3 => Just(Act::BackUp),
        1 => (0..8_usize).prop_map(Act::Restore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is done between them: each set that is there is, brought back, the home of
    /// its time, and no backup changes a file of one before it.
    #[test]
    fn any_set_is_the_home_of_its_time(acts in prop::collection::vec(act(), 1..14)) {
        let mut desk = Desk::new();
        let folder = desk.folder();
        let (mut here, mut was) = (Vec::new(), BTreeMap::new());
        let mut at = START;
        for act in acts {
            match act {
                Act::Add(picture) => {
                    let text = format!("What of {picture} at {at}?");
                    here.push(desk.add(&text, &vec![picture; 40_000]));
                }
                Act::Erase(which) if !here.is_empty() => {
                    let id = here.remove(which % here.len());
                    desk.erase(&id);
                }
                Act::BackUp => {
                    let before = kept_files(folder.path());
                    let made = desk.back_up(at);
                    let after = kept_files(folder.path());
                    let same = |(path, bytes): (&std::path::PathBuf, &Vec<u8>)| after.get(path).is_none_or(|now| now == bytes);
                    prop_assert!(before.iter().all(same));
                    was.insert(made.name, (desk.kept(), here.clone()));
                    at += DAY / 3;
                }
                Act::Restore(which) if !was.is_empty() => {
                    let names: Vec<_> = sets(&folder).unwrap().into_iter().map(|set| set.name).collect();
                    let name = &names[which % names.len()];
                    let restored = desk.restore(name);
                    let (kept, ids) = &was[name];
                    prop_assert_eq!(&desk.kept(), kept);
                    here.clone_from(ids);
                    if let Some(aside) = restored.aside {
                        fs::remove_dir_all(aside).unwrap();
                    }
                }
                _ => {}
            }
        }
        let checked = check(&folder, None, &mut |_| true);
        prop_assert!(was.is_empty() || checked.unwrap().is_whole());
    }
}

#[test]
fn an_older_set_comes_back_and_what_was_there_is_set_aside_whole() {
    let mut desk = Desk::new();
    desk.settings.zoom = 150.into();
    fs::create_dir(desk.home().join("plugins")).unwrap();
    fs::write(desk.home().join("plugins/mine.json"), "{}").unwrap();
    desk.add("The first", b"one");
    let first = desk.back_up(START);
    let kept = desk.kept();
    desk.add("The second", b"two");
    fs::write(desk.home().join("plugins/mine.json"), "{ }").unwrap();
    fs::write(
        desk.home().join("settings.json"),
        r#"{"settings":{"zoom":80,"network":{"idleSeconds":60}}}"#,
    )
    .unwrap();
    fs::write(desk.home().join("allowed.json"), "here").unwrap();
    let second = desk.back_up(START + DAY);
    assert_eq!((first.pictures, first.new_pictures), (1, 1));
    assert_eq!((second.pictures, second.new_pictures), (2, 1));
    assert_eq!((second.conversations, second.messages), (2, 4));
    let newer = desk.kept();

    let restored = desk.restore(&first.name);
    assert_eq!(desk.kept(), kept);
    assert_eq!(restored.at, START);
    let text = |name: &str| fs::read_to_string(desk.home().join(name)).unwrap();
    assert_eq!(text("plugins/mine.json"), "{}");
    assert_eq!(text("allowed.json"), "here");
    // The set's, but what is this machine's.
    let settings: serde_json::Value = serde_json::from_str(&text("settings.json")).unwrap();
    assert_eq!(settings["settings"]["zoom"], 150);
    assert_eq!(settings["settings"]["network"]["idleSeconds"], 60);

    // What was set aside is a home.
    let aside = restored.aside.unwrap();
    assert!(aside.starts_with(desk.root.path()) && !aside.starts_with(desk.home()));
    desk.close();
    fs::remove_dir_all(desk.home()).unwrap();
    fs::rename(&aside, desk.home()).unwrap();
    desk.open();
    assert_eq!(desk.kept(), newer);
}

#[test]
fn a_set_comes_back_where_there_was_nothing() {
    let mut desk = Desk::new();
    desk.add("The first", b"one");
    let kept = desk.kept();
    let made = desk.back_up(START);
    desk.close();
    fs::remove_dir_all(desk.home()).unwrap();
    desk.prepare(None).unwrap();
    let restored = backup::finish(&desk.home()).unwrap().unwrap();
    desk.open();
    assert_eq!((restored.aside, restored.at), (None, made.at));
    assert_eq!(desk.kept(), kept);
    assert!(backup::finish(&desk.home()).unwrap().is_none());
}
