//! What lies in files.

use std::fs;
use std::io::Write;

use export::{Assets, Error, Fault, file_name, write_whole};
use history::History;
use serde_json::json;

use crate::support::{
    all, asset, conversation, end, exported, head, imported, is_kept, lines, question,
};

/// A history with one picture, and the picture's hash.
fn with_picture() -> (History, String) {
    let (line, part) = asset(1);
    let hash = line["hash"].as_str().unwrap().to_owned();
    let mut asked = question("a1", "?");
    asked["parts"] = json!([part, part]);
    let history = History::in_memory().unwrap();
    let text = lines(&[head(), line, conversation("a", "a1", 1), asked, end()]);
    imported(&history, &text, None).unwrap();
    (history, hash)
}

#[test]
fn pictures_beside_an_export_are_found_again_by_their_hash() {
    let (history, hash) = with_picture();
    let folder = tempfile::tempdir().unwrap();
    let out = exported(&history, &Assets::Files(folder.path().to_owned()));
    assert!(!out.contains("\"data\""));
    let file = folder.path().join(format!("assets/{hash}.png"));
    assert_eq!(drawing::hash(&fs::read(&file).unwrap()), hash);
    let names = fs::read_dir(folder.path().join("assets")).unwrap();
    assert_eq!(names.count(), 1, "no half file is left");

    let back = History::in_memory().unwrap();
    let (done, broken) = imported(&back, &out, Some(folder.path())).unwrap();
    assert_eq!((done.conversations, done.without, broken), (1, 0, vec![]));
    assert_eq!(all(&back), all(&history));
    assert!(is_kept(&back, &hash));

    fs::write(&file, b"\x89PNG\r\n\x1a\nanother").unwrap();
    let other = History::in_memory().unwrap();
    let (_, broken) = imported(&other, &out, Some(folder.path())).unwrap();
    assert_eq!(broken[0].fault, Fault::Hash);
    assert_eq!(all(&other), []);
    fs::remove_file(&file).unwrap();
    let (_, broken) = imported(&other, &out, Some(folder.path())).unwrap();
    assert!(matches!(&broken[0].fault, Fault::File { file, .. } if file.contains(&hash)));
    assert_eq!(all(&other), []);
}

#[test]
fn a_file_that_an_export_names_is_only_one_of_its_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let (mut line, part) = asset(1);
    let bytes = crate::support::png(1);
    fs::write(folder.path().join("secret.png"), &bytes).unwrap();
    line["data"] = json!(null);
    let mut asked = question("a1", "?");
    asked["parts"] = json!([part]);
    let absolute = folder.path().join("secret.png");
    for file in [
        "secret.png",
        "assets/../secret.png",
        absolute.to_str().unwrap(),
    ] {
        line["file"] = json!(file);
        let text = lines(&[
            head(),
            line.clone(),
            conversation("a", "a1", 1),
            asked.clone(),
            end(),
        ]);
        let history = History::in_memory().unwrap();
        let (done, broken) = imported(&history, &text, Some(folder.path())).unwrap();
        assert!(matches!(broken[0].fault, Fault::File { .. }), "{broken:?}");
        assert_eq!(done.conversations, 0);
    }
}

#[test]
fn a_file_is_there_whole_or_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.md");
    let full = || Error::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
    fs::write(&path, "before").unwrap();
    let failed = write_whole(&path, |file| {
        file.write_all(b"half")?;
        Err::<(), _>(full())
    });
    let said = failed.unwrap_err().to_string();
    assert!(said.contains("out.md"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), b"before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    write_whole(&path, |file| Ok(file.write_all(b"after")?)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"after");
}

#[test]
fn a_title_becomes_a_name_that_every_file_system_takes() {
    for (title, name) in [
        ("这是什么？", "这是什么？"),
        ("a/b\\c: \"d\" <e>|f?\n", "a b c d e f"),
        ("../../etc/passwd", "etc passwd"),
        ("...", "conversation"),
        ("", "conversation"),
        ("nul", "nul conversation"),
        ("COM1.txt", "COM1.txt conversation"),
        ("Common", "Common"),
        ("ends. ", "ends"),
    ] {
        assert_eq!(file_name(title), name);
    }
    assert!(file_name(&"图".repeat(300)).len() < 255 - 20);
}
