//! The commands with the real capabilities and the real services, on a runtime
//! without a window.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::page::{Page, Started};
use tests::provider::{Provider, Reply};

#[path = "commands/accounts.rs"]
mod accounts;
#[path = "commands/backup.rs"]
mod backup;
#[path = "commands/consent.rs"]
mod consent;
#[path = "commands/pictures.rs"]
mod pictures;

/// The app as it starts in this home.
fn start(home: &Path) -> Started {
    Started::in_home(home, |_, _| {}).unwrap()
}

#[test]
fn the_page_may_call_what_it_is_granted_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    for command in [
        "plugin:desktop|hello",
        "plugin:settings|get",
        "plugin:providers|list",
    ] {
        page.call(command, Value::Null).expect(command);
    }
    for command in [
        "plugin:event|emit",
        "plugin:event|emit_to",
        "plugin:path|resolve_directory",
        "plugin:dialog|open",
        "plugin:opener|open_url",
        "plugin:opener|open_path",
        "plugin:store|load",
        "plugin:store|get",
        "plugin:fs|read_file",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:keys|get",
    ] {
        let refused = page
            .call(command, Value::Null)
            .expect_err(command)
            .to_string();
        assert!(
            refused.contains("not allowed") || refused.contains("not found"),
            "{command}: {refused}"
        );
    }
}

#[test]
fn a_first_start_is_ready_on_demo_without_notices() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let hello = page.call("plugin:desktop|hello", Value::Null).unwrap();
    assert_eq!(hello["notices"], json!([]));
    let providers = page.call("plugin:providers|list", Value::Null).unwrap();
    assert_eq!(providers["providers"][0]["id"], "demo");
    assert_eq!(providers["providers"][0]["needsKey"], false);
    assert!(home.path().join("dragoman.db").is_file());
}

/// The settings files of one home in another: a history is open once in a
/// process, so a restart in the same process needs a home of its own.
fn moved(home: &TempDir) -> TempDir {
    let next = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(home.path()).unwrap() {
        let file = entry.unwrap();
        if file
            .file_name()
            .to_string_lossy()
            .starts_with("settings.json")
        {
            fs::copy(file.path(), next.path().join(file.file_name())).unwrap();
        }
    }
    next
}

#[test]
fn an_end_with_nothing_set_is_no_broken_file() {
    let home = tempfile::tempdir().unwrap();
    // What an earlier version wrote at its end.
    fs::write(home.path().join("settings.json"), "{}").unwrap();
    let page = start(home.path());
    let hello = page.call("plugin:desktop|hello", Value::Null).unwrap();
    assert_eq!(hello["notices"], json!([]));
}

#[test]
fn settings_are_kept_and_a_broken_file_is_set_aside() {
    let home = tempfile::tempdir().unwrap();
    let mut settings = json!({
        "theme": "dark", "language": "zh-CN", "zoom": 125, "provider": "demo", "model": "demo",
        "titles": null,
        "network": {
            "proxy": "system", "proxyUrl": "", "proxyUser": "", "caFile": null, "idleSeconds": 300,
        },
        "checkUpdates": true, "backup": { "folder": null, "schedule": "weekly" },
    });
    let set = |page: &Page, settings: &Value| {
        page.call("plugin:settings|set", json!({ "settings": settings }))
            .unwrap();
    };
    let page = start(home.path());
    set(&page, &settings);
    settings["theme"] = json!("light");
    set(&page, &settings);

    let next = moved(&home);
    let page = start(next.path());
    assert_eq!(
        page.call("plugin:settings|get", Value::Null).unwrap(),
        settings
    );

    for broken in [
        "",
        "{\"settings\": {\"theme\":",
        "\0\0\0\0",
        "{\"settings\":{\"theme\":7}}",
    ] {
        let next = moved(&home);
        fs::write(next.path().join("settings.json"), broken).unwrap();
        let page = start(next.path());
        let notice = page.call("plugin:desktop|hello", Value::Null).unwrap()["notices"][0].clone();
        assert_eq!(notice["type"], "settingsRestored", "{broken:?}");
        assert_eq!(notice["fromCopy"], true);
        let aside = notice["setAside"].as_str().unwrap();
        assert_eq!(
            fs::read_to_string(aside).unwrap(),
            broken,
            "set aside unchanged"
        );
        // The copy is of the write before the last.
        let restored = page.call("plugin:settings|get", Value::Null).unwrap();
        assert_eq!(restored["language"], "zh-CN");
        assert_eq!(restored["theme"], "dark");
    }
}

#[test]
fn a_home_that_cannot_be_written_is_said_and_the_app_works() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    fs::write(&file, "in the way").unwrap();
    let page = start(&file.join("home"));
    let hello = page.call("plugin:desktop|hello", Value::Null).unwrap();
    let notice = &hello["notices"][0];
    assert_eq!(notice["type"], "notKept");
    assert_eq!(notice["error"]["code"], "storage");
    assert!(
        notice["error"]["message"]
            .as_str()
            .unwrap()
            .contains("a-file"),
        "{notice}"
    );
    let first = json!({ "of": "listed", "after": null, "limit": 50 });
    page.call("plugin:history|list", first).unwrap();
    let error = page
        .call(
            "plugin:settings|set",
            json!({ "settings": { "theme": "dark", "language": "en", "provider": null, "model": null } }),
        )
        .unwrap_err();
    assert_eq!(error["code"], "storage");
}

#[test]
fn a_broken_history_is_set_aside_and_said() {
    let home = tempfile::tempdir().unwrap();
    fs::write(
        home.path().join("dragoman.db"),
        "not a database, by far".repeat(100),
    )
    .unwrap();
    let page = start(home.path());
    let notice = page.call("plugin:desktop|hello", Value::Null).unwrap()["notices"][0].clone();
    assert_eq!(notice["type"], "historySetAside");
    assert!(Path::new(notice["setAside"].as_str().unwrap()).is_file());
}

/// An endpoint where nobody listens. One that has a key is asked for its models at once,
/// so those that come with the app get none here: they are real.
const NOBODY: &str = "http://127.0.0.1:9/v1";

#[test]
fn keys_are_trimmed_or_refused_and_shown_by_four_characters() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let added = page.add_provider(NOBODY).unwrap();
    let provider = added["id"].as_str().unwrap();
    for unusable in [
        "",
        "   ",
        "sk-one two-three-four",
        "sk-钥匙-0123456789",
        "sk-a\nb-0123456789",
    ] {
        let error = page.set_key(provider, unusable).unwrap_err();
        assert_eq!(error["code"], "key_not_usable", "{unusable:?}");
        assert!(
            !error.to_string().contains("0123456789"),
            "the error repeats the key"
        );
    }
    let info = page
        .set_key(provider, "  sk-0123456789abcdef0123a91f\r\n")
        .unwrap();
    assert_eq!(info["last4"], "a91f");
    assert_eq!(info["origin"], "http://127.0.0.1:9");
    let list = page.call("plugin:keys|list", Value::Null).unwrap();
    assert_eq!(list["keys"].as_array().unwrap().len(), 1);
    assert!(!list.to_string().contains("0123456789"));
    page.call("plugin:keys|remove", json!({ "id": info["id"] }))
        .unwrap();
    let list = page.call("plugin:keys|list", Value::Null).unwrap();
    assert_eq!(list["keys"], json!([]));
}

#[test]
fn a_key_does_not_follow_its_provider_to_another_origin() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let provider = page.add_provider("http://127.0.0.1:4001/v1").unwrap();
    let id = provider["id"].as_str().unwrap();
    let key = page.set_key(id, "sk-0123456789abcdef").unwrap();
    assert_eq!(key["usable"], true);
    let moved = json!({ "id": id, "name": "", "baseUrl": "http://127.0.0.1:4002/v1", "allowPrivate": false });
    page.call("plugin:providers|update", moved).unwrap();
    let keys = page.call("plugin:keys|list", Value::Null).unwrap();
    assert_eq!(keys["keys"][0]["usable"], false);
    let error = page
        .call(
            "plugin:keys|test",
            json!({ "provider": id, "id": key["id"], "key": null }),
        )
        .unwrap_err();
    assert_eq!(error["code"], "key_other_origin");
}

#[test]
fn base_urls_are_put_right_or_refused_with_the_reason() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    for (typed, kept) in [
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        (
            " https://api.example.com/v1/chat/completions ",
            "https://api.example.com/v1",
        ),
        ("api.example.com/v1", "https://api.example.com/v1"),
    ] {
        assert_eq!(page.add_provider(typed).unwrap()["baseUrl"], kept);
    }
    for refused in [
        "",
        "http://api.example.com/v1",
        "ftp://api.example.com",
        "https://user:pass@api.example.com/v1",
        "https://api.example.com/v1?key=1",
        "http://169.254.169.254/v1",
        "http://192.168.1.2/v1",
    ] {
        let error = page.add_provider(refused).unwrap_err();
        assert_eq!(error["code"], "base_url", "{refused}");
    }
}

#[test]
fn a_web_page_at_the_base_url_is_named_and_the_api_suggested() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let web = Provider::start().unwrap();
    let index = "<!doctype html><html><head><title>New API</title></head></html>";
    web.always(
        "/models",
        Reply::whole(200, "text/html; charset=utf-8", index),
    );
    let provider = page.add_provider(&web.origin()).unwrap();
    let params = json!({ "provider": provider["id"], "id": null, "key": "sk-0123456789abcdef" });
    let report = page.call("plugin:keys|test", params).unwrap();
    assert_eq!(report["reachable"], false);
    assert_eq!(report["error"]["code"], "not_an_api", "{report}");
    assert_eq!(
        report["error"]["args"]["suggestion"],
        format!("{}/v1", web.origin())
    );
}
