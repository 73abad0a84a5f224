//! Folders that cannot be used, in words that name them.

use std::fs;

use backup::{Error, Folder, Why, check, set, sets};

use crate::desk::{Desk, START};

fn named(desk: &Desk, error: &Error, name: &str) {
    let path = desk.root.path().join(name);
    assert_eq!(error.path, path);
    let said = protocol::IpcError::from(error.clone());
    assert!(said.message.contains(path.to_str().unwrap()), "{said}");
    assert_eq!(said.args["why"], error.why.name());
}

#[test]
fn a_folder_that_is_gone_is_no_folder_or_lies_in_the_home_is_named() {
    let desk = Desk::new();
    let of = |name: &str| Folder::for_home(&desk.root.path().join(name), &desk.home()).unwrap_err();
    let gone = of("gone");
    assert_eq!(gone.why, Why::Gone);
    named(&desk, &gone, "gone");
    fs::write(desk.root.path().join("file"), "").unwrap();
    assert_eq!(of("file").why, Why::NoFolder);
    fs::create_dir(desk.home().join("mine")).unwrap();
    for inside in ["home", "home/mine", "home/../home"] {
        assert_eq!(of(inside).why, Why::InsideHome, "{inside}");
    }
    #[cfg(unix)]
    {
        let link = desk.root.path().join("link");
        std::os::unix::fs::symlink(desk.home().join("mine"), link).unwrap();
        assert_eq!(of("link").why, Why::InsideHome);
    }
    // Nothing was begun anywhere.
    assert!(!desk.root.path().join("gone").exists());
    let made = set(&desk.folder(), None).unwrap_err();
    assert_eq!(made.why, Why::NoSet);
    named(&desk, &made, "backups");
    assert_eq!(
        check(&desk.folder(), None, &mut |_| true).unwrap_err().why,
        Why::NoSet
    );
    assert!(sets(&desk.folder()).unwrap().is_empty());
}

/// Nobody may write there, root included.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let desk = Desk::new();
    let folder = Folder::of(std::path::Path::new("/sys")).unwrap();
    let settings = protocol::Settings::default();
    let source = backup::Source {
        history: desk.history(),
        home: &desk.home(),
        settings: &settings,
        app: "1",
        id: "one",
    };
    let error = backup::make(&folder, &source, START, &mut |_| true).unwrap_err();
    assert_eq!(
        (error.why, error.path.to_str().unwrap()),
        (Why::ReadOnly, "/sys")
    );
}

#[test]
fn two_make_no_backup_in_one_folder_at_once() {
    let desk = Desk::new();
    desk.add("The first", b"one");
    let mut inner = None;
    desk.try_back_up(START, &mut |_| {
        let tried = || desk.try_back_up(START, &mut |_| true).map(drop);
        inner.get_or_insert_with(tried);
        true
    })
    .unwrap();
    assert_eq!(inner.unwrap().unwrap_err().why, Why::Busy);
    desk.back_up(START);
}

#[test]
fn a_history_that_is_not_kept_has_no_backup() {
    let mut desk = Desk::new();
    desk.close();
    desk.history = Some(history::History::in_memory().unwrap());
    let error = desk.try_back_up(START, &mut |_| true).unwrap_err();
    assert!(matches!(error.why, Why::History(_)));
    assert!(sets(&desk.folder()).unwrap().is_empty());
}
