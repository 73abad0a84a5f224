//! Presets: listed, and asked with.

use std::path::Path;

use history::History;
use protocol::{ChatParams, Preset};

use crate::desk::{cli, home, run, says};

/// Keeps a preset in a home.
fn keep(home: &Path, preset: Preset) {
    let history = History::open(&home.join("dragoman.db")).unwrap().history;
    let saved = history.write(move |w| w.save_preset(preset));
    saved.wait().unwrap();
    history.close().wait().unwrap();
}

fn shop(prompt: &str) -> Preset {
    Preset {
        name: "网店 Shop".into(),
        params: ChatParams {
            system: Some(prompt.into()),
            temperature: Some(0.5),
            ..ChatParams::default()
        },
        provider: Some("loop".into()),
        model: Some("a/b".into()),
        ..Preset::default()
    }
}

#[test]
fn a_question_begins_with_a_preset() {
    let provider = says("ok");
    let home = home(&provider);
    keep(home.path(), shop("In {language}: {\"a\": {}}"));
    let asked = ["ask", "--preset", "网店 shop", "--param", "top_p=0.5", "?"];
    let done = run(cli(home.path()).args(asked));
    assert_eq!(done, (0, "ok".into(), String::new()));
    let body = provider.only();
    assert_eq!(body["model"], "a/b");
    assert_eq!(
        (&body["temperature"], &body["top_p"]),
        (&0.5.into(), &0.5.into())
    );
    assert_eq!(body["messages"][0]["content"], "In English: {\"a\": {}}");

    // A model that is named is asked instead; what is kept begins with the preset.
    let args = [
        "ask",
        "--preset",
        "网店 Shop",
        "-m",
        "loop/c",
        "--keep",
        "?",
    ];
    assert_eq!(run(cli(home.path()).args(args)).0, 0);
    assert_eq!(provider.seen()[1].body["model"], "c");
    assert_eq!(
        run(cli(home.path()).args(["ask", "--continue", "and?"])).0,
        0
    );
    let system = &provider.seen()[2].body["messages"][0];
    assert_eq!(system["content"], "In English: {\"a\": {}}");
}

#[test]
fn presets_are_listed_in_both_languages() {
    let home = home(&says("ok"));
    let list = |language: &str| run(cli(home.path()).env("LC_ALL", language).arg("presets"));
    assert!(list("en").2.contains("There are no presets yet."));
    assert!(list("zh_CN.UTF-8").2.contains("还没有预设"));
    keep(home.path(), shop("\n Prices \nand more"));
    let plain = Preset {
        name: "Plain".into(),
        ..Preset::default()
    };
    keep(home.path(), plain);
    assert_eq!(
        list("en").1,
        "网店 Shop  loop/a/b          Prices\nPlain    the model chosen\n"
    );
    assert!(list("zh_CN.UTF-8").1.contains("Plain    当前模型"));
}

#[test]
fn what_cannot_be_begun_with_says_why_and_asks_nobody() {
    let provider = says("ok");
    let home = home(&provider);
    keep(home.path(), shop("Use {clipboard}"));
    let ask = |language: &str, name: &str| {
        let mut command = cli(home.path());
        let command = command.env("LC_ALL", language);
        run(command.args(["ask", "--preset", name, "?"]))
    };
    let (code, _, said) = ask("en", "Store");
    assert_eq!(code, 1);
    assert!(said.contains("There is no preset “Store”"), "{said}");
    assert!(
        ask("zh_CN.UTF-8", "Store")
            .2
            .contains("没有名为“Store”的预设")
    );
    let (code, _, said) = ask("en", "网店 Shop");
    assert_eq!(code, 1);
    assert!(said.contains("only the window reads"), "{said}");
    assert!(
        ask("zh_CN.UTF-8", "网店 Shop")
            .2
            .contains("只有窗口才能读取")
    );
    assert!(provider.seen().is_empty());
}
