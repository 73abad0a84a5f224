//! Conversations out of a home, and back into another.

use std::fs;
use std::path::Path;

use base64::Engine;
use history::{History, NewTurn};
use protocol::{Answer, ChatParams, MessageState, Picture};
use sha2::{Digest, Sha256};
use stores::Part;
use tempfile::TempDir;

use crate::desk::{cli, kept, png, run, run_with, told};

/// A home with two conversations, the first with a picture; their ids.
pub fn home() -> (TempDir, Vec<String>) {
    let home = tempfile::tempdir().unwrap();
    let opened = History::open(&home.path().join("dragoman.db")).unwrap();
    let history = opened.history;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let bytes = png([200, 0, 0]);
    let hash = Sha256::digest(&bytes);
    let picture = Picture {
        hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        name: "red.png".into(),
        mime: "image/png".into(),
        width: 64,
        height: 48,
        bytes: u32::try_from(bytes.len()).unwrap(),
        ..Picture::default()
    };
    runtime
        .block_on(history.put_picture(picture.clone(), bytes))
        .unwrap();
    let mut ids = Vec::new();
    for (text, parts) in [
        ("What is red?", vec![Part::Picture(picture)]),
        ("什么是蓝？", vec![]),
    ] {
        let asked = Answer {
            provider: "loop".into(),
            provider_name: "Loop".into(),
            model: "m".into(),
            key_label: Some("a private label".into()),
            ..Answer::default()
        };
        let turn = NewTurn {
            conversation: None,
            text: text.into(),
            parts,
            answers: vec![asked.clone()],
            params: ChatParams::default(),
        };
        let turn = history.write(move |w| w.begin_turn(turn)).wait().unwrap();
        let id = turn.answers[0].id.clone();
        let end = MessageState::Complete;
        let closed = history.write(move |w| w.close(&id, end, "**It is.**", "", &asked, None));
        assert!(closed.wait().unwrap());
        ids.push(turn.conversation);
    }
    history.close().wait().unwrap();
    (home, ids)
}

/// Names of the files in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = all
        .map(|one| one.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_exported_is_imported_into_another_home_and_only_once() {
    let (from, _) = home();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.jsonl");
    for assets in ["embed", "files"] {
        let mut export = cli(from.path());
        export.args(["export", "--assets", assets, "-o"]).arg(&file);
        let (code, out, said) = run(&mut export);
        let written = format!(
            "dragoman-cli: Conversations written to {}: 2.\n",
            file.display()
        );
        assert_eq!((code, out, said), (0, String::new(), written));
        assert!(
            !fs::read_to_string(&file)
                .unwrap()
                .contains("a private label")
        );

        let to = tempfile::tempdir().unwrap();
        let import = || run(cli(to.path()).arg("import").arg(&file));
        let said = |new: u32, messages: u32, known: u32| {
            format!(
                "dragoman-cli: Conversations imported: {new} (messages: {messages}); here already: {known}; pictures and videos missing: 0; broken: 0.\n"
            )
        };
        assert_eq!(import(), (0, String::new(), said(2, 4, 0)));
        assert_eq!(import(), (0, String::new(), said(0, 0, 2)));
        assert_eq!(kept(to.path()), kept(from.path()));
        assert_eq!(
            names(&to.path().join("pictures")),
            names(&from.path().join("pictures"))
        );
    }
    assert_eq!(names(folder.path()), ["all.jsonl", "assets"]);
}

#[test]
fn json_lines_go_through_a_pipe() {
    let (from, ids) = home();
    let (code, out, said) = run(cli(from.path()).args(["export", "-c", &ids[1]]));
    assert_eq!((code, said), (0, String::new()));
    assert!(out.contains("什么是蓝？") && !out.contains("What is red?"));
    let to = tempfile::tempdir().unwrap();
    let (code, _, said) = told(&run_with(
        cli(to.path()).args(["import", "-"]),
        out.as_bytes(),
    ));
    assert_eq!(code, 0, "{said}");
    assert_eq!(kept(to.path()), kept(from.path())[..1]);
}

#[test]
fn a_broken_line_is_named_and_the_rest_is_imported() {
    let (from, ids) = home();
    let (_, out, _) = run(cli(from.path()).args(["export", "--assets", "none"]));
    let mut lines: Vec<&str> = out.lines().collect();
    lines[2] = "{";
    let to = tempfile::tempdir().unwrap();
    let broken = lines.join("\n") + "\n";
    let import = || run_with(cli(to.path()).args(["import", "-"]), broken.as_bytes());
    let (code, _, said) = told(&import());
    assert_eq!(code, 1);
    let named = format!("Conversation {} is not imported.", ids[0]);
    assert!(
        said.contains("dragoman-cli: Line 3 cannot be read: ") && said.contains(&named),
        "{said}"
    );
    assert!(
        said.contains("Conversations imported: 1 (messages: 2)"),
        "{said}"
    );
    assert_eq!(kept(to.path()), kept(from.path())[..1]);

    let (code, _, said) = told(&run_with(cli(to.path()).args(["import", "-"]), b"[]"));
    assert_eq!(code, 1);
    assert!(
        said.starts_with("dragoman-cli: This is no export of Dragoman"),
        "{said}"
    );
    let (code, _, said) = run(cli(to.path()).args(["import", "nowhere.jsonl"]));
    assert_eq!(code, 1);
    assert!(
        said.starts_with("dragoman-cli: nowhere.jsonl cannot be read: "),
        "{said}"
    );
}

#[test]
fn each_conversation_becomes_a_file_for_people() {
    let (from, ids) = home();
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("notes");
    let mut export = cli(from.path());
    export.args(["export", "-f", "md", "-o"]).arg(&into);
    let (code, _, said) = run(&mut export);
    assert_eq!(code, 0, "{said}");
    let tail = |id: &str| id[id.len() - 8..].to_owned();
    let (red, blue) = (
        format!("What is red ({}).md", tail(&ids[0])),
        format!("什么是蓝？ ({}).md", tail(&ids[1])),
    );
    assert_eq!(names(&into), [red.as_str(), "assets", blue.as_str()]);
    let text = fs::read_to_string(into.join(&red)).unwrap();
    assert!(text.starts_with("# What is red?\n\n## You · "), "{text}");
    assert!(
        text.contains("\n## m · Loop · ") && text.contains("\n**It is.**\n"),
        "{text}"
    );
    let address = text.split("![red.png](").nth(1).unwrap();
    let address = address.split(')').next().unwrap();
    assert_eq!(fs::read(into.join(address)).unwrap(), png([200, 0, 0]));

    let html = folder.path().join("red.html");
    let mut export = cli(from.path());
    export
        .args(["export", "-f", "html", "-c", &ids[0], "-o"])
        .arg(&html);
    assert_eq!(run(&mut export).0, 0);
    let data = base64::engine::general_purpose::STANDARD.encode(png([200, 0, 0]));
    let html = fs::read_to_string(html).unwrap();
    assert!(html.contains(&format!("data:image/png;base64,{data}")));
    assert!(html.contains("<strong>It is.</strong>"));

    let (code, out, said) = run(cli(from.path())
        .args(["export", "-f", "txt", "-c", &ids[1]])
        .env("LC_ALL", "zh_CN.UTF-8"));
    assert_eq!((code, said), (0, String::new()));
    assert!(out.starts_with("什么是蓝？\n\n你 · "), "{out}");
}

#[test]
fn what_makes_no_sense_is_said_before_anything_is_written() {
    let (from, ids) = home();
    let one = ids[0].as_str();
    for (arguments, said) in [
        (vec!["-f", "md"], "name a folder with --output"),
        (
            vec!["-f", "html", "-c", one, "-a", "files", "-o", "x.html"],
            "an HTML page is one file",
        ),
        (
            vec!["-f", "txt", "-c", one, "-a", "embed"],
            "plain text only names pictures",
        ),
        (
            vec!["-a", "files"],
            "standard output has no folder for pictures",
        ),
    ] {
        let (code, out, error) = run(cli(from.path()).arg("export").args(&arguments));
        assert_eq!((code, out), (2, String::new()), "{arguments:?}");
        assert!(
            error.contains(said) && error.contains("Usage: dragoman-cli export"),
            "{error}"
        );
    }
    let missing = ["export", "-f", "md", "-c", "none", "-o", "none.md"];
    let folder = tempfile::tempdir().unwrap();
    let (code, _, error) = run(cli(from.path()).args(missing).current_dir(folder.path()));
    assert_eq!(code, 1);
    assert!(error.contains("There is no conversation none"), "{error}");
    assert_eq!(names(folder.path()), [""; 0], "nothing half is left");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let (from, _) = home();
    let mut export = cli(from.path());
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let (code, _, said) = told(&export.arg("export").stdout(full).output().unwrap());
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("room on the disk"), "{said}");
}
