//! What comes from outside: which words are files, which are the question; what a link may
//! do; what another process is handed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

use composer::{Arrivals, Outside};
use protocol::ErrorCode;
use tempfile::TempDir;

/// A folder with files of all kinds of names.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "cat.png",
        "my cat (1).png",
        "猫.jpg",
        "-dash.png",
        "notes",
        "100%.png",
        "a#b?.png",
    ] {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    fs::create_dir(folder.path().join("holiday")).unwrap();
    folder
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

#[test]
fn what_is_there_or_looks_like_a_file_is_one_and_the_rest_is_the_question() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let uri = |name: &str| format!("file://{}", at(name).display());
    for (named, files, text) in [
        (vec!["cat.png"], vec![at("cat.png")], ""),
        (vec!["./-dash.png"], vec![at("./-dash.png")], ""),
        (
            vec!["my cat (1).png", "what", "is this?"],
            vec![at("my cat (1).png")],
            "what is this?",
        ),
        (
            vec!["猫.jpg", "cat.png", "哪只更大？"],
            vec![at("猫.jpg"), at("cat.png")],
            "哪只更大？",
        ),
        // A name without an ending, and a folder, are files where they are there.
        (
            vec!["notes", "holiday"],
            vec![at("notes"), at("holiday")],
            "",
        ),
        (vec!["", "hello"], vec![], "hello"),
        // What is not there: by its looks.
        (vec!["gone.png"], vec![at("gone.png")], ""),
        (vec!["./gone"], vec![at("./gone")], ""),
        (
            vec!["/nowhere/at/all"],
            vec![PathBuf::from("/nowhere/at/all")],
            "",
        ),
        (
            vec!["/nowhere/my cat.png"],
            vec![PathBuf::from("/nowhere/my cat.png")],
            "",
        ),
        (vec!["scans/page.PDF"], vec![at("scans/page.PDF")], ""),
        (vec!["what is cat.png"], vec![], "what is cat.png"),
        (vec!["1/2", "+", "and/or"], vec![], "1/2 + and/or"),
        (vec!["/help", "v1.2"], vec![], "/help v1.2"),
        (
            vec!["Is it a cat.png or a dog?"],
            vec![],
            "Is it a cat.png or a dog?",
        ),
        (
            vec!["note:", "C:\\ is a drive"],
            vec![],
            "note: C:\\ is a drive",
        ),
        (
            vec!["see https://a.example/ please"],
            vec![],
            "see https://a.example/ please",
        ),
    ] {
        let read = Outside::read(&words(&named), &[], Some(folder.path()));
        assert_eq!((read.files, read.text.as_str()), (files, text), "{named:?}");
        assert!(read.links.is_empty());
    }
    // As `%U` names them.
    for (named, file) in [
        (uri("cat.png"), at("cat.png")),
        (uri("my%20cat%20(1).png"), at("my cat (1).png")),
        (uri("my cat (1).png"), at("my cat (1).png")),
        (uri("%E7%8C%AB.jpg"), at("猫.jpg")),
        (uri("100%25.png"), at("100%.png")),
        (uri("a#b?.png"), at("a#b?.png")),
        (
            "https://a.example/cat.png".to_owned(),
            "https://a.example/cat.png".into(),
        ),
        ("smb://nas/cat.png".to_owned(), "smb://nas/cat.png".into()),
    ] {
        let read = Outside::read(&words(&[&named]), &[], Some(folder.path()));
        assert_eq!(
            (read.files, read.text.as_str()),
            (vec![file], ""),
            "{named}"
        );
    }
}

#[test]
fn what_is_told_is_the_question_whatever_it_looks_like() {
    let folder = folder();
    let told = words(&["cat.png", "--help", "dragoman://ask?image=x"]);
    let read = Outside::read(&words(&["cat.png"]), &told, Some(folder.path()));
    assert_eq!(read.files, [folder.path().join("cat.png")]);
    assert_eq!(read.text, "cat.png --help dragoman://ask?image=x");
    assert!(read.links.is_empty());
}

#[test]
fn relative_names_are_of_the_folder_that_is_named_and_of_no_other() {
    let folder = folder();
    let named = words(&["notes"]);
    let other = tempfile::tempdir().unwrap();
    for (place, is_file) in [
        (Some(folder.path()), true),
        (Some(other.path()), false),
        (None, false),
    ] {
        let read = Outside::read(&named, &[], place);
        assert_eq!(!read.files.is_empty(), is_file, "{place:?}");
        assert_eq!(read.text.is_empty(), is_file);
    }
}

#[test]
fn another_process_reads_what_it_is_handed_as_it_was() {
    let folder = folder();
    let mut named = words(&[
        "cat.png",
        "my cat (1).png",
        "猫.jpg",
        "100%.png",
        "a#b?.png",
        "holiday",
        "gone.png",
        "https://a.example/a%2Bb.png?q=1",
    ]);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        for bytes in [&b"caf\xe9.png"[..], b"two\nlines.png", b" blanks .png "] {
            let name = OsStr::from_bytes(bytes);
            fs::write(folder.path().join(name), "x").unwrap();
            named.push(name.to_owned());
        }
        // One that is not there, and whose name is no text, can be no question.
        named.push(OsStr::from_bytes(b"gone\xff").to_owned());
    }
    let told = words(&["-- what", "is\nthis?"]);
    let read = Outside::read(&named, &told, Some(folder.path()));
    assert_eq!(read.files.len(), named.len());
    let handed = read.words();
    let split = handed.iter().position(|word| word == "--").unwrap();
    let (named, told) = handed.split_at(split);
    let named: Vec<_> = named.iter().map(OsString::from).collect();
    let told: Vec<_> = told[1..].iter().map(OsString::from).collect();
    assert!(
        named
            .iter()
            .all(|word| !word.to_string_lossy().starts_with('-'))
    );
    let elsewhere = Path::new("/");
    assert_eq!(Outside::read(&named, &told, Some(elsewhere)), read);
}

/// What the page is told of words on a command line.
fn arrived(named: &[&str]) -> (String, u32, Vec<String>) {
    let arrivals = Arrivals::default();
    arrivals.put(Outside::read(&words(named), &[], Some(Path::new("/"))));
    let told = arrivals.tell();
    let whys = told.refused.iter().map(|error| {
        assert_eq!(error.code, ErrorCode::LinkRefused);
        error.args["why"].clone()
    });
    (told.text, told.files, whys.collect())
}

#[test]
fn a_link_fills_in_text_and_nothing_else() {
    for (link, text) in [
        ("dragoman://ask?text=hello", "hello"),
        ("dragoman://ask/?text=hello", "hello"),
        ("DRAGOMAN://ASK?text=hello", "hello"),
        ("dragoman://ask?text=a+b%20c%2Bd", "a b c+d"),
        ("dragoman://ask?text=%E7%8C%AB%EF%BC%9F", "猫？"),
        ("dragoman://ask?text=猫？", "猫？"),
        ("dragoman://ask?text=a%26b%3D%23c", "a&b=#c"),
        ("dragoman://ask?text=/etc/passwd", "/etc/passwd"),
        (
            "dragoman://ask?text=file:///etc/passwd",
            "file:///etc/passwd",
        ),
        ("dragoman://ask?text=--help", "--help"),
        ("dragoman://ask?text=", ""),
        ("dragoman://ask", ""),
        ("dragoman://", ""),
        // What cannot be seen stays out, and what hides below.
        ("dragoman://ask?text=a%00b%1B%5B31mc%7F", "ab[31mc"),
        (
            "dragoman://ask?text=a%E2%80%AEb%E2%81%A6c%E2%80%8Bd",
            "abcd",
        ),
        ("dragoman://ask?text=a%F3%A0%81%81b", "ab"),
        (
            "dragoman://ask?text=a%0D%0Ab%0D%0A%0D%0A%0D%0A%0D%0Ac",
            "a\nb\n\nc",
        ),
        (
            "dragoman://ask?text=a%0A%20%0A%20%0A%20%0Ab%09c",
            "a\n \n  b\tc",
        ),
    ] {
        assert_eq!(arrived(&[link]), (text.to_owned(), 0, vec![]), "{link}");
    }
}

#[test]
fn a_link_that_asks_for_more_is_refused_as_a_whole() {
    let long = |length: usize| format!("dragoman://ask?text={}", "%E7%8C%AB".repeat(length));
    assert_eq!(arrived(&[&long(10_000)]).0.chars().count(), 10_000);
    let (longer, endless) = (long(10_001), long(1_000_000));
    for (link, why) in [
        ("dragoman://ask?text=a&image=/etc/passwd", "more"),
        ("dragoman://ask?text=a&file=file:///etc/passwd", "more"),
        ("dragoman://ask?text=a&send=1", "more"),
        ("dragoman://ask?send", "more"),
        ("dragoman://ask?text=a&model=x", "more"),
        ("dragoman://ask?Text=a", "more"),
        ("dragoman://send?text=a", "more"),
        ("dragoman://ask/send?text=a", "more"),
        ("dragoman://ask/../../etc/passwd", "more"),
        ("dragoman:///etc/passwd", "more"),
        ("dragoman://?text=a", "form"),
        ("dragoman:ask?text=a", "form"),
        ("dragoman:", "form"),
        ("dragoman://ask?text=a&text=b", "form"),
        ("dragoman://ask?text=issue #5", "form"),
        ("dragoman://me@ask?text=a", "form"),
        ("dragoman://:secret@ask?text=a", "form"),
        ("dragoman://ask:80?text=a", "form"),
        ("dragoman://a sk?text=a", "form"),
        (&longer, "long"),
        (&endless, "long"),
    ] {
        let shown: String = link.chars().take(60).collect();
        assert_eq!(
            arrived(&[link]),
            (String::new(), 0, vec![why.to_owned()]),
            "{shown}"
        );
    }
    // Nothing that stands beside one is taken.
    for beside in ["/etc/passwd", "and more", "https://a.example/cat.png"] {
        let both = ["dragoman://ask?text=a", beside];
        assert_eq!(arrived(&both), (String::new(), 0, vec!["alone".to_owned()]));
    }
    let both = ["dragoman://ask?text=a", "dragoman://ask?text=b"];
    assert_eq!(arrived(&both), ("a\nb".to_owned(), 0, vec![]));
}

#[test]
fn what_a_refused_link_asked_for_is_named_in_a_few_plain_characters() {
    let arrivals = Arrivals::default();
    let link = format!("dragoman://ask?%E2%80%AE%0A{}=1", "x".repeat(300));
    arrivals.put(Outside::read(&words(&[&link]), &[], None));
    let [refused] = &arrivals.tell().refused[..] else {
        unreachable!()
    };
    assert_eq!(refused.args["what"], "x".repeat(40));
    assert!(
        refused
            .message
            .contains("Nothing was read, fetched or sent")
    );
}

#[test]
fn what_arrived_is_told_and_taken_once() {
    let folder = folder();
    let arrivals = Arrivals::default();
    let put = |named: &[&str]| {
        arrivals.put(Outside::read(&words(named), &[], Some(folder.path())));
    };
    put(&["cat.png", "what is it?"]);
    put(&["猫.jpg", "and this?"]);
    let told = arrivals.tell();
    assert_eq!(
        (told.text.as_str(), told.files),
        ("what is it?\nand this?", 2)
    );
    // Until they are taken, a page that is loaded again hears of them.
    let again = arrivals.tell();
    assert_eq!((again.text.as_str(), again.files), ("", 2));
    assert_eq!(arrivals.take().len(), 2);
    assert_eq!(arrivals.tell(), Default::default());
    assert!(arrivals.take().is_empty());
}
