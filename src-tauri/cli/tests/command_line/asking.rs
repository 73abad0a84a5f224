//! A question, and its answer on stdout.

use std::io::Read;
use std::sync::{Mutex, mpsc};

use base64::Engine;
use protocol::{MessageState, Settings};
use serde_json::json;

use crate::desk::{DONE, HEAD, Provider, cli, data, delta, error, home, kept, pictures, png};
use crate::desk::{run, run_with, says, send, told};

#[test]
fn an_answer_is_written_as_it_comes_and_nothing_is_kept() {
    let (go_on, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let provider = Provider::start(move |socket, _| {
        send(socket, &format!("{HEAD}{}", delta("one ")));
        // Until the test has read the first word.
        gate.lock().unwrap().recv().unwrap();
        send(socket, &format!("{}{DONE}", delta("two")));
    });
    let home = home(&provider);
    let mut child = cli(home.path())
        .args(["ask", "--model", "loop/a/b", "--system", "Be brief."])
        .args(["--param", "temperature=0.5", "--param", "seed=7", "Why?"])
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut word = [0; 4];
    out.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"one ");
    go_on.send(()).unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "two");
    assert_eq!(
        told(&child.wait_with_output().unwrap()),
        (0, String::new(), String::new())
    );
    let body = provider.only();
    assert_eq!(body["model"], "a/b");
    assert_eq!(
        (&body["temperature"], &body["seed"]),
        (&json!(0.5), &json!(7))
    );
    assert_eq!(body["messages"][0]["content"], "Be brief.");
    assert_eq!(body["messages"][1]["content"], "Why?");
    assert!(kept(home.path()).is_empty());
}

#[test]
fn ten_megabytes_come_through_pipes_unchanged() {
    // No line ends at its end, none in some places, and characters of every length.
    let piece = "a line of it, \t好 and 🦀, e\u{301}; and the next\r\n\n\u{1b}[0m ".repeat(2000);
    let whole = piece.repeat(10_000_000 / piece.len() + 1);
    let answer = whole.clone();
    let provider = Provider::start(move |socket, _| {
        send(socket, HEAD);
        let mut rest = answer.as_str();
        while !rest.is_empty() {
            let cut = rest.ceil_char_boundary(60_000.min(rest.len()));
            let (now, then) = rest.split_at(cut);
            send(socket, &delta(now));
            rest = then;
        }
        send(socket, DONE);
    });
    let home = home(&provider);
    let mut command = cli(home.path());
    let output = run_with(command.args(["ask", "-m", "loop/m", "-"]), whole.as_bytes());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{:?}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(whole.len() > 10_000_000);
    assert!(
        output.stdout == whole.as_bytes(),
        "{} bytes",
        output.stdout.len()
    );
    let asked = provider.only();
    assert!(asked["messages"][0]["content"] == whole.as_str());
}

#[test]
fn pictures_come_from_files_addresses_and_standard_input() {
    let provider = says("Three.");
    let home = home(&provider);
    let file = home.path().join("red.png");
    std::fs::write(&file, png([200, 0, 0])).unwrap();
    let mut command = cli(home.path());
    command.current_dir(home.path()).args([
        "ask",
        "-m",
        "loop/m",
        "-i",
        "red.png",
        "-i",
        "-",
        "How many?",
    ]);
    let output = run_with(&mut command, &png([0, 0, 200]));
    assert_eq!(told(&output), (0, "Three.".into(), String::new()));
    let sent = pictures(&provider.only());
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().all(|one| one.starts_with("data:image/")));
    assert_ne!(sent[0], sent[1]);
    // None of it stays where nothing is kept.
    let left = std::fs::read_dir(home.path().join("pictures"));
    assert_eq!(left.map_or(0, Iterator::count), 0);

    let missing = run(cli(home.path()).args(["ask", "-m", "loop/m", "-i", "no.png", "?"]));
    assert_eq!(missing.0, 1);
    assert!(missing.2.contains("no.png"), "{}", missing.2);
    assert_eq!(provider.seen().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_picture_may_have_any_name_and_what_lies_elsewhere_is_said() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let provider = says("Coffee.");
    let home = home(&provider);
    let name = OsStr::from_bytes(b"caf\xe9 #1.png");
    std::fs::write(home.path().join(name), png([200, 0, 0])).unwrap();
    let folder = home.path().to_str().unwrap();
    let address = format!("file://{folder}/caf%E9%20%231.png");
    for one in [name, OsStr::new(&address)] {
        let mut command = cli(home.path());
        command.current_dir(home.path());
        command
            .args(["ask", "-m", "loop/m", "What?", "-i"])
            .arg(one);
        assert_eq!(run(&mut command), (0, "Coffee.".into(), String::new()));
        let sent = provider.seen().len();
        assert_eq!(pictures(&provider.seen()[sent - 1].body).len(), 1);
    }
    for (locale, said) in [
        ("C.UTF-8", "Copy it to this computer first"),
        ("zh_CN.UTF-8", "请先复制到本机"),
    ] {
        let mut command = cli(home.path());
        command.env("LC_ALL", locale).env("LANG", locale);
        command.args([
            "ask",
            "-m",
            "loop/m",
            "?",
            "-i",
            "sftp://me:pw@nas/a%20cat.png",
        ]);
        let (code, _, err) = run(&mut command);
        assert_eq!(code, 1);
        assert!(err.contains(said) && err.contains("sftp://nas"), "{err}");
        assert!(err.contains("a cat.png") && !err.contains("pw"), "{err}");
    }
    assert_eq!(provider.seen().len(), 2);
}

#[test]
fn reasoning_goes_to_stderr_and_only_when_asked_for() {
    let provider = Provider::start(|socket, _| {
        let thought = data(json!({"reasoning_content": "Hm\u{1b}[2J."}));
        send(socket, &format!("{HEAD}{thought}{}{DONE}", delta("So.")));
    });
    let home = home(&provider);
    let ask = ["ask", "-m", "loop/m", "?"];
    assert_eq!(
        run(cli(home.path()).args(ask)),
        (0, "So.".into(), String::new())
    );
    let with = run(cli(home.path()).args(ask).arg("--reasoning"));
    assert_eq!(with, (0, "So.".into(), "Hm\u{fffd}[2J.".into()));
}

#[test]
fn a_refusal_is_told_in_the_providers_words_and_the_language_of_the_environment() {
    let provider = Provider::start(|socket, _| {
        send(socket, &error(400, "odd", "No such thing as a snark."));
    });
    let home = home(&provider);
    let ask = ["ask", "-m", "loop/m", "?"];
    let (code, out, err) = run(cli(home.path()).args(ask));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("No such thing as a snark."), "{err}");
    let (code, _, err) = run(cli(home.path()).env("LC_ALL", "zh_CN.UTF-8").args(ask));
    assert_eq!(code, 1);
    assert!(err.contains("服务商无法接受此请求"), "{err}");
    assert!(
        err.contains("HTTP 400 · No such thing as a snark."),
        "{err}"
    );
    let (code, _, err) = run(cli(home.path()).args(["ask", "-m", "openai/m", "?"]));
    assert_eq!(code, 1);
    assert!(err.contains("keys add openai"), "{err}");
}

#[test]
fn an_answer_that_does_not_end_well_is_no_success() {
    let provider = Provider::start(|socket, seen| {
        let end = match seen.body["model"].as_str() {
            Some("cut") => {
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"
            }
            Some("withheld") => {
                "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n"
            }
            _ => "",
        };
        send(socket, &format!("{HEAD}{}{end}", delta("Half")));
    });
    let home = home(&provider);
    for (model, code) in [("cut", 0), ("withheld", 1), ("open", 1)] {
        let model = format!("loop/{model}");
        let (ended, out, err) = run(cli(home.path()).args(["ask", "-m", &model, "?"]));
        assert_eq!((ended, out.as_str()), (code, "Half"), "{model}: {err}");
        assert!(err.starts_with("dragoman-cli: "), "{model}: {err}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    let provider = says("");
    let home = home(&provider);
    let wrong: [&[&str]; 7] = [
        &["ask"],
        &["ask", " "],
        &["ask", "-", "--image", "-"],
        &["ask", "-", "--key-stdin"],
        &["ask", "?", "--model", "loop"],
        &["ask", "?", "--param", "temperature=warm"],
        &["tell", "?"],
    ];
    for arguments in wrong {
        let (code, out, err) = run(cli(home.path()).args(arguments));
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains("--help"), "{err}");
    }
    assert!(provider.seen().is_empty());
}

#[test]
fn without_a_model_it_asks_the_one_that_is_set_or_demo_and_says_so() {
    let provider = says("Here.");
    let home = home(&provider);
    let file = home.path().join("red.png");
    std::fs::write(&file, png([200, 0, 0])).unwrap();
    let mut ask = cli(home.path());
    ask.args(["ask", "What colour?", "--image"]).arg(&file);
    let (code, out, err) = run(&mut ask);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Demo") && out.contains("64"), "{out}");
    assert!(err.contains("Demo") && err.contains("--model"), "{err}");

    let set = settings::Preferences::open(home.path(), &mut Vec::new());
    let chosen = Settings {
        provider: Some("loop".into()),
        model: Some("set".into()),
        ..Settings::default()
    };
    set.set(&Settings::default(), chosen).unwrap();
    assert_eq!(run(&mut ask), (0, "Here.".into(), String::new()));
    assert_eq!(provider.only()["model"], "set");
}

#[test]
fn a_kept_conversation_goes_on() {
    let provider = Provider::start(|socket, seen| {
        let count = seen.body["messages"].as_array().unwrap().len();
        send(
            socket,
            &format!("{HEAD}{}{DONE}", delta(&format!("after {count}"))),
        );
    });
    let home = home(&provider);
    let file = home.path().join("red.png");
    std::fs::write(&file, png([200, 0, 0])).unwrap();
    let none = run(cli(home.path()).args(["ask", "--continue", "?"]));
    assert_eq!(none.0, 1);
    let mut first = cli(home.path());
    first.args([
        "ask",
        "-m",
        "loop/m",
        "--keep",
        "-p",
        "top_p=0.5",
        "One?",
        "-i",
    ]);
    assert_eq!(run(first.arg(&file)), (0, "after 1".into(), String::new()));
    let second = run(cli(home.path()).args(["ask", "--continue", "Two?"]));
    assert_eq!(second, (0, "after 3".into(), String::new()));
    let body = provider.seen()[1].body.clone();
    assert_eq!((&body["model"], &body["top_p"]), (&json!("m"), &json!(0.5)));
    assert_eq!(pictures(&body).len(), 1);
    let said = |text: &str| (MessageState::Complete, text.to_owned());
    let all = ["One?", "after 1", "Two?", "after 3"].map(said);
    assert_eq!(kept(home.path()), [all.to_vec()]);
}

#[test]
fn a_picture_of_an_answer_is_said_to_be_where_it_is() {
    let base64 = base64::engine::general_purpose::STANDARD.encode(png([9, 9, 9]));
    let url = format!("data:image/png;base64,{base64}");
    let provider = Provider::start(move |socket, _| {
        send(socket, HEAD);
        let picture = json!({"content": "Look", "images": [{"url": url}]});
        send(socket, &data(picture));
        send(socket, DONE);
    });
    let home = home(&provider);
    let said = |keep: &[&str]| {
        let mut command = cli(home.path());
        run(command.args(["ask", "-m", "loop/m", "?"]).args(keep)).2
    };
    let advised = said(&[]);
    assert!(advised.contains("ask with --keep"), "{advised}");
    let kept = said(&["--keep"]);
    assert!(kept.contains("it is in the conversation"), "{kept}");
    assert!(!kept.contains("--keep"), "{kept}");
}
