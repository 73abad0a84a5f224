//! Pictures of older formats move out of the file, and hide nothing meanwhile.

use std::path::Path;

use rusqlite::Connection;

use crate::old_home::{self, ANSWER, CONVERSATION, OTHER, QUESTION, hash, holding, picture};
use crate::support::{History, close, open, open_any};

const PICTURES: usize = 40;

fn all_are_there(history: &History) {
    for number in 0..PICTURES {
        let bytes = picture(number);
        let kept = history.picture(&hash(&bytes)).unwrap();
        assert_eq!(kept, Some(("image/png".to_owned(), bytes)), "{number}");
    }
    let film = b"canary-video".repeat(2000);
    assert_eq!(history.video(&hash(&film)).unwrap().unwrap().1, film);
    let messages = history.conversation(CONVERSATION).unwrap().messages;
    assert_eq!(messages[0].parts.len(), PICTURES + 1);
}

fn in_the_file(path: &Path) -> i64 {
    let file = Connection::open(path).unwrap();
    let sql = "SELECT (SELECT count(*) FROM picture_blob) + (SELECT count(*) FROM video_blob)";
    file.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn pictures_move_into_files_and_the_room_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    old_home::write(&path, PICTURES);
    let before = std::fs::metadata(&path).unwrap().len();
    let (history, _) = open_any(&path).unwrap();
    // Not moved yet, and there all the same.
    assert_eq!(in_the_file(&path), 1 + PICTURES as i64);
    all_are_there(&history);
    history.settle().unwrap();
    all_are_there(&history);
    assert_eq!(in_the_file(&path), 0);
    close(history);
    let files = std::fs::read_dir(folder.path().join("pictures")).unwrap();
    assert_eq!(files.count(), PICTURES + 1);
    let after = std::fs::metadata(&path).unwrap().len();
    assert!(after * 3 < before, "{before} bytes, then {after}");
    assert_eq!(holding(folder.path(), b"canary-picture-0007").len(), 1);
}

#[test]
fn a_mover_that_is_killed_goes_on_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    old_home::write(&path, PICTURES);
    // As a kill leaves it: some moved, one written and still in the file, one in part.
    let (history, _) = open_any(&path).unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir_all(&pictures).unwrap();
    std::fs::write(pictures.join(hash(&picture(3))), picture(3)).unwrap();
    let part = pictures.join("0197a0aa-dead_0197a0aa-0001.part");
    std::fs::write(&part, "half").unwrap();
    drop(history);
    let history = open(&path);
    all_are_there(&history);
    assert_eq!(in_the_file(&path), 0);
    assert!(!part.exists());
    close(history);
    all_are_there(&open(&path));
}

#[test]
fn a_picture_that_is_damaged_stays_where_it_is_and_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    old_home::write(&path, PICTURES);
    let other = Connection::open(&path).unwrap();
    let damage = "UPDATE picture SET data = x'00' WHERE hash = ?";
    other.execute(damage, [hash(&picture(5))]).unwrap();
    other.close().unwrap();
    let (history, _) = open_any(&path).unwrap();
    let said = history.settle().unwrap_err().to_string();
    assert!(said.contains(&hash(&picture(5))), "{said}");
    assert_eq!(in_the_file(&path), 1);
    let kept = history.picture(&hash(&picture(5))).unwrap().unwrap();
    assert_eq!(kept.1, [0]);
    let whole = history.picture(&hash(&picture(6))).unwrap().unwrap();
    assert_eq!(whole.1, picture(6));
}

#[test]
fn a_damaged_page_among_pictures_hides_no_conversation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    old_home::write(&path, PICTURES);
    let root: u32 = Connection::open(&path)
        .unwrap()
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'picture'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[(root as usize - 1) * 4096..root as usize * 4096].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let (history, set_aside) = open_any(&path).unwrap();
    assert_eq!(set_aside, None);
    // What cannot be moved is said, and keeps nothing from being read and written.
    assert!(history.settle().is_err());
    let messages = history.conversation(CONVERSATION).unwrap().messages;
    let texts: Vec<_> = messages.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, [QUESTION, ANSWER]);
    history.rename(OTHER, "renamed").unwrap();
    close(history);
    let again = open_any(&path).unwrap().0;
    assert_eq!(again.conversation(OTHER).unwrap().title, "renamed");
}
