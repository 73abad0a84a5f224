//! What is not what it was, and what is not there.

use std::fs;
use std::path::PathBuf;

use backup::{Fault, Wanted, Why, check, pending, prepare, set, sets};

use crate::desk::{Desk, START, files, kept_files};

fn shown(desk: &Desk, path: &std::path::Path) -> String {
    let path = path.strip_prefix(desk.folder().path()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Every file of a set of two conversations.
fn desk() -> (Desk, Vec<PathBuf>) {
    let desk = Desk::new();
    fs::create_dir(desk.home().join("plugins")).unwrap();
    fs::write(desk.home().join("plugins/mine.json"), "{}").unwrap();
    desk.add("The first", b"one");
    desk.add("The second", b"two");
    desk.back_up(START);
    let all: Vec<_> = kept_files(desk.folder().path()).into_keys().collect();
    assert_eq!(all.len(), 7, "{all:?}");
    (desk, all)
}

#[test]
fn any_altered_file_is_found_by_its_name_and_nothing_is_brought_back() {
    let (mut desk, all) = desk();
    desk.close();
    let home = files(&desk.home());
    for path in all {
        let before = fs::read(&path).unwrap();
        let name = shown(&desk, &path);
        let mut flipped = before.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        let is_manifest = name.ends_with("manifest.json");
        let altered = if is_manifest { b"{".to_vec() } else { flipped };
        fs::write(&path, altered).unwrap();
        let checked = check(&desk.folder(), None, &mut |_| true).unwrap();
        let fault = Fault {
            file: name.clone(),
            is_missing: false,
        };
        assert_eq!(checked.sets[0].1, [fault]);
        let error = desk.prepare(None).unwrap_err();
        assert_eq!(error.why, Why::Altered(name.clone()));
        assert!(error.to_string().contains(&name), "{error}");
        assert_eq!(files(&desk.home()), home);
        assert_eq!(pending(&desk.home()), None);

        fs::remove_file(&path).unwrap();
        let missing = Fault {
            file: name.clone(),
            is_missing: true,
        };
        let there = set(&desk.folder(), None).unwrap();
        let checked = check(&desk.folder(), None, &mut |_| true).unwrap();
        // Without the list its pictures are not known.
        if !name.ends_with("pictures.txt") {
            assert_eq!(there.faults, std::slice::from_ref(&missing));
        }
        assert_eq!(checked.sets[0].1, [missing]);
        assert_eq!(desk.prepare(None).unwrap_err().why, Why::Missing(name));
        assert_eq!(files(&desk.home()), home);
        fs::write(&path, before).unwrap();
    }
    assert!(
        check(&desk.folder(), None, &mut |_| true)
            .unwrap()
            .is_whole()
    );
}

#[test]
fn a_damaged_picture_in_the_folder_is_written_anew_and_one_in_the_home_is_told() {
    let (desk, all) = desk();
    let pictures: Vec<_> = all
        .iter()
        .filter(|path| shown(&desk, path).starts_with("dragoman-pictures"))
        .collect();
    fs::write(pictures[0], "another size").unwrap();
    fs::remove_file(pictures[1]).unwrap();
    let made = desk.back_up(START + 1_000);
    assert_eq!((made.new_pictures, made.lost), (2, 0));
    assert!(
        check(&desk.folder(), None, &mut |_| true)
            .unwrap()
            .is_whole()
    );
    // The same size and another time: only its hash tells.
    let bytes = fs::read(pictures[0]).unwrap();
    fs::write(pictures[0], "x".repeat(bytes.len())).unwrap();
    assert_eq!(desk.back_up(START + 2_000).new_pictures, 1);
    assert_eq!(fs::read(pictures[0]).unwrap(), bytes);

    desk.add("The third", b"three");
    let hash = {
        let pictures = fs::read_dir(desk.home().join("pictures")).unwrap();
        let mut all = pictures.map(|entry| entry.unwrap().path());
        all.find(|path| fs::read(path).unwrap() == b"three")
            .unwrap()
    };
    fs::write(&hash, "damaged").unwrap();
    let made = desk.back_up(START + 3_000);
    assert_eq!((made.pictures, made.lost), (2, 1));
    assert_eq!(sets(&desk.folder()).unwrap()[0].lost, 1);
    fs::remove_file(&hash).unwrap();
    assert_eq!(desk.back_up(START + 4_000).lost, 1);
}

#[test]
fn what_is_whole_comes_back_without_a_broken_picture_where_that_is_wanted() {
    let (mut desk, all) = desk();
    desk.close();
    let of = |start: &str| {
        all.iter()
            .find(|path| shown(&desk, path).starts_with(start))
            .unwrap()
    };
    fs::write(of("dragoman-pictures"), "altered").unwrap();
    let folder = desk.folder();
    let wanted = Wanted {
        folder: &folder,
        set: None,
        without_broken: true,
    };
    assert_eq!(prepare(&wanted, &desk.home(), &mut |_| true).unwrap(), 1);
    backup::finish(&desk.home()).unwrap().unwrap();
    assert_eq!(
        fs::read_dir(desk.home().join("pictures")).unwrap().count(),
        1
    );
    // Never without the history's file.
    let database = all
        .iter()
        .find(|path| path.ends_with("dragoman.db"))
        .unwrap();
    fs::write(database, "altered").unwrap();
    let error = prepare(&wanted, &desk.home(), &mut |_| true).unwrap_err();
    assert!(matches!(error.why, Why::Altered(_)));
}

#[test]
fn a_manifest_leads_to_no_other_file_and_a_newer_one_is_not_read() {
    let (mut desk, all) = desk();
    desk.close();
    let path = all
        .iter()
        .find(|path| path.ends_with("manifest.json"))
        .unwrap();
    let text = fs::read_to_string(path).unwrap();
    for other in [
        "../settings.json",
        "/etc/passwd",
        "plugins/../../x.json",
        "plugins/.x.json",
        "allowed.json",
    ] {
        fs::write(path, text.replace("plugins/mine.json", other)).unwrap();
        assert!(
            matches!(desk.prepare(None).unwrap_err().why, Why::Altered(_)),
            "{other}"
        );
    }
    fs::write(path, text.replace("\"version\": 1", "\"version\": 2")).unwrap();
    assert_eq!(desk.prepare(None).unwrap_err().why, Why::Newer);
    fs::write(path, text).unwrap();
    desk.prepare(None).unwrap();
}
