//! Keys, in a keyring of the test's own.

use std::process::Command;

use crate::desk::{DONE, HEAD, Provider, cli, delta, error, home, run, run_with, send, told};

#[allow(dead_code)]
#[path = "../../../crates/keys/tests/session/mod.rs"]
mod session;

const KEY: &str = "sk-snark-0123456789abcdef";

/// The command line within the session.
fn there(home: &std::path::Path) -> Command {
    let mut command = cli(home);
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").unwrap();
    command.env("DBUS_SESSION_BUS_ADDRESS", bus);
    command
}

#[test]
fn a_key_is_added_tested_used_and_removed_and_never_shown() {
    if !session::inside("keys::a_key_is_added_tested_used_and_removed_and_never_shown") {
        return;
    }
    session::unlock();
    let provider = Provider::start(|socket, seen| match seen.key.as_str() {
        KEY if seen.body.is_null() => {
            let list = r#"{"object":"list","data":[{"id":"m"}]}"#;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            send(
                socket,
                &format!("{head}\r\ncontent-length: {}\r\n\r\n{list}", list.len()),
            );
        }
        KEY => send(socket, &format!("{HEAD}{}{DONE}", delta("Known."))),
        // A provider that gives the key back in its complaint.
        other => send(
            socket,
            &error(401, "invalid_api_key", &format!("Bad key: {other}")),
        ),
    });
    let home = home(&provider);
    let mut shown = String::new();
    let mut seen = |output: (i32, String, String)| {
        shown.push_str(&output.1);
        shown.push_str(&output.2);
        output
    };
    let add = ["keys", "add", "keyed", "--label", "mine"];
    let added = run_with(there(home.path()).args(add), format!("{KEY}\n").as_bytes());
    let (code, out, err) = seen(told(&added));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.contains("keyed") && out.contains("mine") && out.contains("…cdef"),
        "{out}"
    );
    let (code, list, _) = seen(run(there(home.path()).arg("keys")));
    assert_eq!(code, 0);
    let id = list.split_whitespace().last().unwrap().to_owned();
    let (code, out, err) = seen(run(there(home.path()).args(["keys", "test", "keyed"])));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("accepted"), "{out}");
    let ask = ["ask", "-m", "keyed/m", "?"];
    let answered = seen(run(there(home.path()).args(ask)));
    assert_eq!(answered, (0, "Known.".into(), String::new()));

    let other = "sk-boojum-fedcba9876543210";
    let bad = run_with(
        there(home.path()).args(["ask", "-m", "keyed/m", "--key-stdin", "?"]),
        format!("{other}\r\n").as_bytes(),
    );
    // It is refused, and the one that is kept takes over.
    let (code, out, err) = seen(told(&bad));
    assert_eq!((code, out.as_str()), (0, "Known."), "{err}");
    assert!(err.contains("took over"), "{err}");

    let removed = seen(run(there(home.path()).args(["keys", "remove", &id])));
    assert_eq!(removed, (0, String::new(), String::new()));
    assert_eq!(seen(run(there(home.path()).arg("keys"))).1, "");
    assert_eq!(
        seen(run(there(home.path()).args(["keys", "remove", &id]))).0,
        1
    );
    assert_eq!(seen(run(there(home.path()).args(ask))).0, 1);
    let bad = run_with(
        there(home.path()).args(["ask", "-m", "keyed/m", "--key-stdin", "?"]),
        other.as_bytes(),
    );
    let (code, _, err) = seen(told(&bad));
    assert_eq!(code, 1);
    assert!(err.contains("Bad key"), "{err}");
    assert!(!shown.contains(KEY) && !shown.contains(other), "{shown}");
}

#[test]
fn everything_is_forgotten_where_a_yes_was_said() {
    if !session::inside("keys::everything_is_forgotten_where_a_yes_was_said") {
        return;
    }
    session::unlock();
    let provider = Provider::start(|_, _| {});
    let home = home(&provider);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kept = || {
        let keys = ::keys::Keys::open(app::IDENTIFIER);
        runtime.block_on(keys.entries()).unwrap().len()
    };
    let add = ["keys", "add", "keyed"];
    run_with(there(home.path()).args(add), KEY.as_bytes());
    std::fs::write(home.path().join("holiday.txt"), "mine").unwrap();
    assert_eq!(kept(), 1);
    // Nobody is at a terminal to say yes.
    let asked = run_with(
        there(home.path()).args(["forget", "--everything"]),
        b"yes\n",
    );
    let (code, out, err) = told(&asked);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains(&home.path().display().to_string()), "{err}");
    assert!(err.contains("Nothing was removed"), "{err}");
    assert_eq!(kept(), 1);
    assert!(home.path().join("dragoman.db").exists());
    // What is meant has to be said whole.
    assert_eq!(run(there(home.path()).args(["forget", "--yes"])).0, 2);
    assert_eq!(kept(), 1);

    let forget = ["forget", "--everything", "--yes"];
    let forgotten = run(there(home.path()).args(forget));
    assert_eq!(forgotten, (0, String::new(), String::new()));
    assert_eq!(kept(), 0);
    let left: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["holiday.txt"]);
}
