//! The preferences as a process sees them: kept, restored, and shared with others.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use protocol::{
    BackupSchedule, BackupSettings, ErrorCode, IpcError, Language, NetworkSettings, Notice,
    ProxyMode, Settings, Theme, TitleModel,
};
use settings::{Allowed, Preferences, language_in};
use tempfile::tempdir;

/// Opens a file that can be read.
fn open(folder: &Path) -> Preferences {
    let mut notices = Vec::new();
    let preferences = Preferences::open(folder, &mut notices);
    assert_eq!(notices, []);
    preferences
}

/// Opens a file that was broken: the settings that hold then, the path of the file
/// that was set aside, and whether a copy was restored.
fn open_broken(folder: &Path) -> (Settings, String, bool) {
    let mut notices = Vec::new();
    let preferences = Preferences::open(folder, &mut notices);
    let [
        Notice::SettingsRestored {
            set_aside,
            from_copy,
        },
    ] = &notices[..]
    else {
        panic!("{notices:?}");
    };
    (preferences.now(), set_aside.clone(), *from_copy)
}

fn all_set() -> Settings {
    Settings {
        theme: Theme::Dark,
        language: Language::Chinese,
        zoom: 150.into(),
        provider: Some("demo".into()),
        model: Some("demo".into()),
        titles: Some(TitleModel {
            provider: "demo".into(),
            model: "demo".into(),
        }),
        network: NetworkSettings {
            proxy: ProxyMode::Manual,
            proxy_url: "socks5h://127.0.0.1:1".into(),
            proxy_user: "mei".into(),
            ca_file: Some("/etc/ca.pem".into()),
            idle_seconds: 600,
        },
        check_updates: true,
        backup: BackupSettings {
            folder: Some("/media/disk".into()),
            schedule: BackupSchedule::Weekly,
        },
    }
}

/// What no version wrote.
const BROKEN: [&str; 9] = [
    "",
    "{\"settings\": {\"theme\":",
    "\0\0\0\0",
    "[]",
    "{\"theme\":\"dark\"}",
    "{\"settings\":{\"theme\":7}}",
    "{\"settings\":{\"theme\":\"sepia\"}}",
    "{\"settings\":{\"network\":{\"idleSeconds\":-1}}}",
    "{\"settings\":{\"colour\":\"red\"}}",
];

#[test]
fn what_was_set_is_there_after_the_next_start() {
    let folder = tempdir().unwrap();
    let first = open(folder.path());
    assert_eq!(first.now(), Settings::default());
    let set = first.set(&first.now(), all_set()).unwrap();
    assert_eq!(set, all_set());
    assert_eq!(first.now(), all_set());
    assert_eq!(open(folder.path()).now(), all_set());
}

#[test]
fn an_end_with_nothing_set_is_no_broken_file() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("settings.json"), "{}").unwrap();
    assert_eq!(open(folder.path()).now(), Settings::default());
}

#[test]
fn a_file_of_an_older_version_is_read() {
    let folder = tempdir().unwrap();
    let old = r#"{"settings":{"theme":"dark","language":"en","provider":null,"model":null}}"#;
    fs::write(folder.path().join("settings.json"), old).unwrap();
    let now = open(folder.path()).now();
    assert_eq!((now.theme, now.language), (Theme::Dark, Language::English));
    assert_eq!(now.network, NetworkSettings::default());
}

#[test]
fn a_size_that_nothing_could_be_read_at_is_the_nearest_that_can() {
    let folder = tempdir().unwrap();
    for (written, read) in [(0, 50), (49, 50), (50, 50), (130, 130), (9_000, 300)] {
        let file = format!("{{\"settings\":{{\"zoom\":{written}}}}}");
        fs::write(folder.path().join("settings.json"), file).unwrap();
        assert_eq!(open(folder.path()).now().zoom.percent(), read);
    }
    assert_eq!(Settings::default().zoom.percent(), 100);
}

#[test]
fn the_language_is_known_before_the_settings_are_opened() {
    let folder = tempdir().unwrap();
    let at_home = || language_in(folder.path());
    assert_ne!(at_home(), Language::System);
    for language in [Language::English, Language::Chinese] {
        open(folder.path())
            .change(|settings| settings.language = language)
            .unwrap();
        assert_eq!(at_home(), language);
    }
    fs::write(folder.path().join("settings.json"), "broken").unwrap();
    assert_ne!(at_home(), Language::System);
    assert_eq!(
        fs::read_to_string(folder.path().join("settings.json")).unwrap(),
        "broken"
    );
}

#[test]
fn a_broken_file_is_set_aside_and_the_copy_before_the_last_write_restored() {
    for broken in BROKEN {
        let folder = tempdir().unwrap();
        let first = open(folder.path());
        first.change(|settings| *settings = all_set()).unwrap();
        first
            .change(|settings| settings.theme = Theme::Light)
            .unwrap();
        fs::write(folder.path().join("settings.json"), broken).unwrap();
        let (now, aside, from_copy) = open_broken(folder.path());
        assert!(from_copy, "{broken:?}");
        assert_eq!(now, all_set(), "{broken:?}");
        assert_eq!(fs::read_to_string(aside).unwrap(), broken);
        // It is restored in the file too: the next start has nothing to say.
        assert_eq!(open(folder.path()).now(), all_set());
    }
}

#[test]
fn without_a_copy_the_defaults_take_the_place_of_a_broken_file() {
    for copy in [None, Some("{\"settings\":"), Some("{}")] {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("settings.json"), [0xff, 0xfe]).unwrap();
        if let Some(copy) = copy {
            fs::write(folder.path().join("settings.json.last-good"), copy).unwrap();
        }
        let (now, aside, from_copy) = open_broken(folder.path());
        assert!(!from_copy);
        assert_eq!(now, Settings::default());
        assert_eq!(fs::read(aside).unwrap(), [0xff, 0xfe]);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_changes_nothing() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "in the way").unwrap();
    let preferences = open(&file);
    let error = preferences.set(&preferences.now(), all_set()).unwrap_err();
    let error = IpcError::from(error);
    assert_eq!(error.code, ErrorCode::Storage);
    assert!(error.args["path"].contains("a-file"), "{error}");
    assert_eq!(preferences.now(), Settings::default());
}

#[test]
fn a_write_keeps_what_another_process_set() {
    let folder = tempdir().unwrap();
    let (app, line) = (open(folder.path()), open(folder.path()));
    let with = |of: &Preferences, change: fn(&mut Settings)| {
        let known = of.now();
        let mut wanted = known.clone();
        change(&mut wanted);
        of.set(&known, wanted).unwrap()
    };
    with(&app, |settings| settings.theme = Theme::Dark);
    with(&line, |settings| settings.network.idle_seconds = 60);
    with(&app, |settings| settings.language = Language::English);
    let stored = with(&line, |settings| settings.theme = Theme::Light);
    assert_eq!(
        stored,
        Settings {
            theme: Theme::Light,
            language: Language::English,
            network: NetworkSettings {
                idle_seconds: 60,
                ..NetworkSettings::default()
            },
            ..Settings::default()
        }
    );
    assert_eq!(open(folder.path()).now(), stored);
}

#[test]
fn what_means_something_only_together_is_taken_together() {
    let folder = tempdir().unwrap();
    let (app, line) = (open(folder.path()), open(folder.path()));
    let before = app.change(|settings| *settings = all_set()).unwrap();
    line.change(|settings| {
        settings.provider = Some("ollama".into());
        settings.model = Some("llava".into());
        settings.network.proxy_url = "http://proxy.example".into();
        settings.network.proxy_user = String::new();
        settings.network.ca_file = None;
    })
    .unwrap();
    let mut wanted = before.clone();
    wanted.model = Some("another of Demo".into());
    wanted.network.proxy_user = "lin".into();
    let stored = app.set(&before, wanted.clone()).unwrap();
    // Neither a model of Demo at Ollama, nor a user of one proxy at the other.
    wanted.network.ca_file = None;
    assert_eq!(stored, wanted);
}

#[test]
fn a_file_that_breaks_or_goes_while_it_is_used_is_written_anew() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("settings.json");
    let preferences = open(folder.path());
    preferences
        .change(|settings| *settings = all_set())
        .unwrap();
    for spoil in [
        |file: &Path| fs::write(file, "{").unwrap(),
        |file: &Path| fs::remove_file(file).unwrap(),
    ] {
        spoil(&file);
        preferences
            .change(|settings| settings.network.idle_seconds += 1)
            .unwrap();
        assert_eq!(open(folder.path()).now(), preferences.now());
        assert_eq!(preferences.now().language, Language::Chinese);
    }
}

/// Folder in which [`writes`] writes until it is killed.
const FOLDER: &str = "DRAGOMAN_SETTINGS_TEST";

/// Another process: sets the model, again and again, and says each that is set.
#[test]
fn writes() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let preferences = open(Path::new(&folder));
    for n in 0_u64.. {
        let model = format!("model {n}");
        preferences
            .change(|settings| settings.model = Some(model.clone()))
            .unwrap();
        println!("\nset {model}");
    }
}

#[test]
fn a_process_that_is_killed_amid_its_writes_leaves_a_whole_file_and_no_lock() {
    let folder = tempdir().unwrap();
    for kill in 1..=8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = None;
        for line in lines.map(Result::unwrap) {
            let Some(n) = line.strip_prefix("set model ") else {
                continue;
            };
            said = Some(n.parse::<u64>().unwrap());
            if said == Some(kill) {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        let next = open(folder.path());
        let model = next.now().model.unwrap();
        let kept: u64 = model.trim_start_matches("model ").parse().unwrap();
        // The last that was said to be set, or the one that was being written.
        let said = said.unwrap();
        assert!(kept == said || kept == said + 1, "{kept} after {said}");
        next.change(|settings| settings.model = None).unwrap();
    }
}

#[test]
fn processes_that_write_at_once_lose_nothing_of_each_other() {
    let folder = tempdir().unwrap();
    let write = |change: fn(&mut Settings, u32)| {
        let preferences = open(folder.path());
        move || {
            for n in 1..=20 {
                preferences.change(|settings| change(settings, n)).unwrap();
            }
        }
    };
    let model = write(|settings, n| settings.model = Some(n.to_string()));
    let idle = write(|settings, n| settings.network.idle_seconds = n);
    std::thread::scope(|scope| {
        scope.spawn(model);
        scope.spawn(idle);
    });
    let now = open(folder.path()).now();
    assert_eq!(now.model.as_deref(), Some("20"));
    assert_eq!(now.network.idle_seconds, 20);
}

#[test]
fn what_was_allowed_is_kept_beside_the_preferences_by_every_process() {
    let home = tempdir().unwrap();
    let (one, other) = (Allowed::open(home.path()), Allowed::open(home.path()));
    assert!(!one.has("host a"));
    one.add(["host a".to_owned()]);
    other.add(["host b".to_owned(), "host c".to_owned()]);
    assert!(one.has("host a") && other.has("host a"));
    let next = Allowed::open(home.path());
    for what in ["host a", "host b", "host c"] {
        assert!(next.has(what), "{what}");
    }
    assert!(!next.has("host") && !next.has("host a "));
    assert!(!home.path().join("settings.json").exists());

    for broken in ["", "{", "[]", "{\"allowed\":7}", "{\"allowed\":[7]}", "\0"] {
        fs::write(home.path().join("allowed.json"), broken).unwrap();
        assert!(!Allowed::open(home.path()).has("host a"), "{broken:?}");
    }
    // Where nothing can be written it holds for this run.
    let nowhere = Allowed::open(&home.path().join("not/there"));
    nowhere.add(["host a".to_owned()]);
    assert!(nowhere.has("host a"));
}
