//! Backups of a home, checked, and brought back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::desk::{cli, kept, run};
use crate::exporting::home;

const CHINESE: &str = "zh_CN.UTF-8";

/// A folder for backups.
fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn backup(home: &Path, folder: &Path) -> Command {
    let mut command = cli(home);
    command.arg("backup").arg(folder);
    command
}

fn restore(home: &Path, folder: &Path, options: &[&str]) -> Command {
    let mut command = cli(home);
    command.arg("restore").arg(folder).args(options);
    command
}

/// The name of the only set, or of the newest.
fn newest(folder: &Path) -> String {
    let all = fs::read_dir(folder.join("dragoman-sets")).unwrap();
    let names = all.map(|one| one.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("20")).max().unwrap()
}

/// The only picture in the folder.
fn picture(folder: &Path) -> PathBuf {
    let only = |path: &Path| fs::read_dir(path).unwrap().next().unwrap().unwrap().path();
    only(&only(&folder.join("dragoman-pictures")))
}

#[test]
fn a_home_is_backed_up_checked_and_comes_back_in_both_languages() {
    let (from, _) = home();
    let before = kept(from.path());
    let folder = folder();
    let (code, out, said) = run(&mut backup(from.path(), folder.path()));
    assert_eq!((code, out.as_str()), (0, ""), "{said}");
    let first = newest(folder.path());
    assert!(said.contains(&format!("Backup {first} made in")), "{said}");
    assert!(
        said.contains("conversations 2, messages 4, pictures 1 (new: 1)"),
        "{said}"
    );
    let again = run(backup(from.path(), folder.path()).env("LC_ALL", CHINESE));
    assert!(
        again
            .2
            .contains("2 个对话，4 条消息，1 张图片（新增 0 张）"),
        "{}",
        again.2
    );

    let check = |locale: &str| {
        run(backup(from.path(), folder.path())
            .arg("--check")
            .env("LC_ALL", locale))
    };
    let (code, out, said) = check("C");
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(
        out.contains(&format!("{first}  whole\n")) && out.contains("Files read: "),
        "{out}"
    );
    assert!(check(CHINESE).1.contains(&format!("{first}  完好\n")));

    // Into another home, and first only shown.
    let to = tempfile::tempdir().unwrap();
    let to = to.path().join("home");
    let options = ["--set", first.as_str(), "--dry-run"];
    let (code, out, said) = run(&mut restore(&to, folder.path(), &options));
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(out.contains(&format!("Backup {first} (20")), "{out}");
    assert!(
        out.contains("conversations 2, messages 4, pictures 1;"),
        "{out}"
    );
    assert!(
        out.contains(&format!("Others there: {}", newest(folder.path()))),
        "{out}"
    );
    assert!(!to.exists());
    let (code, _, said) = run(&mut restore(&to, folder.path(), &["--yes"]));
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("The backup of 20") && !said.contains("What was here"),
        "{said}"
    );
    assert_eq!(kept(&to), before);

    // And over what has changed since.
    run(cli(&to).args(["ask", "--keep", "-m", "demo/demo", "And now?"]));
    let changed = kept(&to);
    assert_ne!(changed, before);
    let (code, _, said) = run(restore(&to, folder.path(), &["--yes"]).env("LC_ALL", CHINESE));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("原有的数据保留在"), "{said}");
    assert_eq!(kept(&to), before);
    let mut beside = fs::read_dir(to.parent().unwrap())
        .unwrap()
        .map(|one| one.unwrap().path());
    let aside = beside.find(|path| *path != to).unwrap();
    assert!(said.contains(aside.to_str().unwrap()), "{said}");
    assert_eq!(kept(&aside), changed);
}

#[test]
fn no_key_is_in_a_backup_and_those_to_enter_are_listed_with_their_page() {
    let (from, _) = home();
    let key = stores::KeyRow {
        id: "k1".into(),
        provider: "openai".into(),
        origin: "https://api.openai.com".into(),
        label: "at work".into(),
        last4: "wxyz".into(),
        kept: protocol::Keep::Keyring,
        created_at: 1,
        used_at: None,
        rests_until: None,
        rests_because: None,
    };
    let opened = history::History::open(&from.path().join("dragoman.db")).unwrap();
    opened
        .history
        .write(move |w| w.add_key(&key))
        .wait()
        .unwrap();
    opened.history.close().wait().unwrap();
    drop(opened);
    let folder = folder();
    run(&mut backup(from.path(), folder.path()));
    let (_, out, _) = run(&mut restore(from.path(), folder.path(), &["--dry-run"]));
    assert!(
        out.contains("keys, of which none is in it: openai “at work”"),
        "{out}"
    );
    for (locale, words) in [
        ("C", "Keys to be entered again:"),
        (CHINESE, "需要重新输入的密钥："),
    ] {
        let to = tempfile::tempdir().unwrap();
        let mut command = restore(to.path(), folder.path(), &["--yes"]);
        let (code, _, said) = run(command.env("LC_ALL", locale));
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(words), "{said}");
        assert!(said.contains("OpenAI “at work”: https://"), "{said}");
        assert!(said.contains("dragoman-cli keys add openai"), "{said}");
    }
    // Where the keyring has it still, it is not asked for.
    let (_, _, said) = run(&mut restore(from.path(), folder.path(), &["--yes"]));
    assert!(!said.contains("Keys to be entered"), "{said}");
}

#[test]
fn nothing_is_brought_back_without_a_yes_or_while_another_uses_the_home() {
    let (from, _) = home();
    let folder = folder();
    run(&mut backup(from.path(), folder.path()));
    run(cli(from.path()).args(["ask", "--keep", "-m", "demo/demo", "And now?"]));
    let before = kept(from.path());
    let (code, _, said) = run(&mut restore(from.path(), folder.path(), &[]));
    assert_eq!(code, 1);
    assert!(
        said.contains("Type yes") && said.contains("Nothing was changed."),
        "{said}"
    );
    let opened = history::History::open(&from.path().join("dragoman.db")).unwrap();
    for (locale, words) in [("C", "Another Dragoman uses"), (CHINESE, "另一个 Dragoman")] {
        let mut command = restore(from.path(), folder.path(), &["--yes"]);
        let (code, _, said) = run(command.env("LC_ALL", locale));
        assert_eq!(code, 1);
        assert!(said.contains(words), "{said}");
    }
    opened.history.close().wait().unwrap();
    drop(opened);
    assert_eq!(kept(from.path()), before);
    assert!(!from.path().join("restore").exists());
}

#[test]
fn what_is_broken_is_named_and_stays_out_where_that_is_wanted() {
    let (from, _) = home();
    let folder = folder();
    run(&mut backup(from.path(), folder.path()));
    let path = picture(folder.path());
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    fs::write(&path, "another").unwrap();
    let (code, out, _) = run(backup(from.path(), folder.path()).arg("--check"));
    assert_eq!(code, 1);
    assert!(
        out.contains("broken: 1") && out.contains("altered: dragoman-pictures/"),
        "{out}"
    );
    assert!(out.contains(&name), "{out}");
    let to = tempfile::tempdir().unwrap();
    for (locale, words) in [
        ("C", "is not what was written there"),
        (CHINESE, "与写入时不同"),
    ] {
        let mut command = restore(to.path(), folder.path(), &["--yes"]);
        let (code, out, said) = run(command.env("LC_ALL", locale));
        assert_eq!(code, 1);
        assert!(
            out.contains(&name) && said.contains(&name) && said.contains(words),
            "{said}"
        );
    }
    fs::remove_file(&path).unwrap();
    let (code, out, _) = run(&mut restore(to.path(), folder.path(), &["--dry-run"]));
    assert!(
        code == 1 && out.contains("missing: dragoman-pictures/"),
        "{out}"
    );
    let (code, _, said) = run(&mut restore(
        to.path(),
        folder.path(),
        &["--yes", "--without-broken"],
    ));
    assert_eq!(code, 1);
    assert!(said.contains("Pictures left out: 1."), "{said}");
    assert_eq!(kept(to.path()).len(), 2);
}

#[test]
fn a_folder_that_cannot_be_is_told_in_both_languages() {
    let (from, _) = home();
    let empty = folder();
    let inside = from.path().join("mine");
    fs::create_dir(&inside).unwrap();
    let gone = empty.path().join("gone");
    let cases = [
        (
            backup(from.path(), &gone),
            &gone,
            "is not there. Connect its disk",
            "请连接它所在的磁盘",
        ),
        (
            backup(from.path(), &inside),
            &inside,
            "lies in the one that is to be backed up",
            "要备份的文件夹里面",
        ),
        (
            restore(from.path(), empty.path(), &["--yes"]),
            &empty.path().to_owned(),
            "There is no such backup",
            "没有这个备份",
        ),
    ];
    for (mut command, path, english, chinese) in cases {
        for (locale, words) in [("C", english), (CHINESE, chinese)] {
            let (code, _, said) = run(command.env("LC_ALL", locale).env("LANG", locale));
            assert_eq!(code, 1);
            assert!(
                said.contains(words) && said.contains(path.to_str().unwrap()),
                "{said}"
            );
        }
    }
    assert!(fs::read_dir(empty.path()).unwrap().next().is_none());
}
