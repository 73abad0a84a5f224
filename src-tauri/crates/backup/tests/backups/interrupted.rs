//! Whenever it ends early, what was there before is whole.

use std::fs;

use backup::{Why, check, finish, pending, sets};

use crate::desk::{Desk, START, kept_files};

#[test]
fn a_backup_that_is_stopped_anywhere_leaves_the_earlier_and_is_made_the_next_time() {
    let desk = Desk::new();
    desk.add("The first", &[1; 600_000]);
    desk.back_up(START);
    desk.add("The second", &[2; 600_000]);
    desk.add("The third", &[3; 600_000]);
    let before = kept_files(&desk.folder().path().join("dragoman-sets"));
    let mut steps = 0;
    loop {
        let mut left = steps;
        let tried = desk.try_back_up(START + 1_000, &mut |_| {
            left -= 1;
            left >= 0
        });
        match tried {
            Err(error) => assert_eq!(error.why, Why::Stopped),
            Ok(made) => {
                assert_eq!(made.pictures, 3);
                break;
            }
        }
        assert_eq!(
            kept_files(&desk.folder().path().join("dragoman-sets")),
            before
        );
        assert!(
            check(&desk.folder(), None, &mut |_| true)
                .unwrap()
                .is_whole()
        );
        steps += 1;
    }
    assert!(steps > 8, "{steps} steps");
    assert_eq!(sets(&desk.folder()).unwrap().len(), 2);
}

#[test]
fn what_a_killed_one_left_goes_the_next_time() {
    let desk = Desk::new();
    let removed = desk.add("The first", b"one");
    desk.back_up(START);
    let folder = desk.folder();
    let half = folder
        .path()
        .join("dragoman-sets/2026-11-28T17-00-00Z.part");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("dragoman.db"), "half").unwrap();
    // A picture of it was whole already, and no set names it.
    let stray = "ab".repeat(32);
    fs::create_dir_all(folder.path().join("dragoman-pictures/ab")).unwrap();
    let stray = folder.path().join("dragoman-pictures/ab").join(stray);
    fs::write(&stray, "stray").unwrap();
    assert_eq!(sets(&folder).unwrap().len(), 1);
    desk.erase(&removed);
    desk.back_up(START + 1_000);
    assert!(!half.exists() && !stray.exists());
    assert_eq!(sets(&folder).unwrap().len(), 2);
    assert!(check(&folder, None, &mut |_| true).unwrap().is_whole());
}

#[test]
fn a_restore_that_ends_amid_moving_goes_on_where_it_was() {
    for moved in 0..=6 {
        let mut desk = Desk::new();
        desk.add("The first", b"one");
        let kept = desk.kept();
        let made = desk.back_up(START);
        desk.add("The second", b"two");
        let newer = desk.kept();
        desk.close();
        desk.prepare(Some(&made.name)).unwrap();
        let home = desk.home();
        let aside = desk.root.path().join("home.before-restore-x");
        fs::create_dir(&aside).unwrap();
        let note = home.join("restore.json");
        let text = fs::read_to_string(&note).unwrap();
        let to_aside = serde_json::json!({ "aside": aside });
        let phase = |of: serde_json::Value| {
            let mut all: serde_json::Value = serde_json::from_str(&text).unwrap();
            all["phase"] = of;
            fs::write(&note, all.to_string()).unwrap();
        };
        phase(to_aside);
        let mut left = moved;
        let mut take = |from: &std::path::Path, to: &std::path::Path, names: &[&str]| {
            for name in names {
                if left > 0 && from.join(name).exists() {
                    fs::rename(from.join(name), to.join(name)).unwrap();
                    left -= 1;
                }
            }
            left > 0
        };
        let names = ["dragoman.db", "pictures", "settings.json"];
        if take(&home, &aside, &names) {
            phase(serde_json::json!({ "place": aside }));
            take(&home.join("restore"), &home, &names);
        }
        // Nobody begins another meanwhile.
        assert_eq!(desk.prepare(None).unwrap_err().why, Why::HomeInUse);
        assert!(!backup::discard(&home).unwrap());
        let restored = finish(&home).unwrap().unwrap();
        assert_eq!(restored.aside, Some(aside.clone()));
        assert_eq!(pending(&home), None);
        assert!(!home.join("restore").exists());
        desk.open();
        assert_eq!(desk.kept(), kept, "after {moved}");
        desk.close();
        fs::remove_dir_all(&home).unwrap();
        fs::rename(&aside, &home).unwrap();
        desk.open();
        assert_eq!(desk.kept(), newer, "after {moved}");
    }
}

#[test]
fn nothing_moves_while_another_process_uses_the_home() {
    let mut desk = Desk::new();
    desk.add("The first", b"one");
    let made = desk.back_up(START);
    desk.add("The second", b"two");
    let newer = desk.kept();
    // It can be gathered while the home is used.
    desk.prepare(Some(&made.name)).unwrap();
    let error = finish(&desk.home()).unwrap_err();
    assert_eq!(error.why, Why::HomeInUse);
    assert_eq!(desk.kept(), newer);
    assert!(backup::discard(&desk.home()).unwrap());
    desk.close();
    assert!(finish(&desk.home()).unwrap().is_none());
    desk.open();
    assert_eq!(desk.kept(), newer);
}
