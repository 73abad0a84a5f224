//! Backups, as far as a page may have them made and brought back.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ::consent::Question;

use super::*;

/// A home whose backups go to a folder, as the person chose before.
fn home_with(folder: &Path) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let settings = json!({ "settings": { "backup": { "folder": folder } } });
    fs::write(home.path().join("settings.json"), settings.to_string()).unwrap();
    home
}

fn names(folder: &Path) -> BTreeSet<PathBuf> {
    let all = fs::read_dir(folder).unwrap();
    all.map(|one| one.unwrap().path()).collect()
}

#[test]
fn a_page_names_no_folder_to_write_to_or_read_from() {
    let home = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let mut settings = page.call("plugin:settings|get", Value::Null).unwrap();
    settings["backup"] = json!({ "folder": other.path(), "schedule": "daily" });
    let params = json!({ "settings": settings });
    let stored = page.call("plugin:settings|set", params).unwrap();
    assert_eq!(
        stored["backup"],
        json!({ "folder": null, "schedule": "daily" })
    );
    for (command, params) in [
        ("start", Value::Null),
        ("look", json!({ "own": true, "folder": other.path() })),
        ("set", json!({ "name": "x", "folder": other.path() })),
        ("restore", json!({ "name": "x", "folder": other.path() })),
    ] {
        let error = page.call(&format!("plugin:backup|{command}"), params);
        assert_eq!(error.unwrap_err()["args"]["why"], "gone", "{command}");
    }
    assert!(page.person.asked().is_empty());
    assert!(names(other.path()).is_empty());
}

#[test]
fn a_backup_is_made_looked_at_and_not_brought_back_without_a_yes() {
    let folder = tempfile::tempdir().unwrap();
    let home = home_with(folder.path());
    let page = start(home.path());
    let state = page.call("plugin:backup|state", Value::Null).unwrap();
    assert_eq!(
        state,
        json!({ "last": null, "failure": null, "running": null })
    );
    let made = page.call("plugin:backup|start", Value::Null).unwrap();
    assert_eq!(made["last"]["folder"], folder.path().display().to_string());
    assert!(made["last"]["bytes"].as_u64().unwrap() > 0);
    let found = page
        .call("plugin:backup|look", json!({ "own": true }))
        .unwrap();
    let sets = found["sets"].as_array().unwrap();
    assert_eq!((sets.len(), &sets[0]["faults"]), (1, &json!([])));
    let name = &sets[0]["name"];
    let set = page
        .call("plugin:backup|set", json!({ "name": name }))
        .unwrap();
    assert_eq!(set, sets[0]);
    for other in ["", "..", "../dragoman-sets", "2000-01-01T00-00-00Z"] {
        let error = page.call("plugin:backup|restore", json!({ "name": other }));
        assert_eq!(error.unwrap_err()["args"]["why"], "no_set", "{other}");
    }
    assert!(page.person.asked().is_empty());

    page.person.refuse();
    let before = names(home.path());
    let restore = || page.call("plugin:backup|restore", json!({ "name": name }));
    assert_eq!(restore().unwrap_err()["code"], "not_allowed");
    let asked = page.person.asked();
    let [Question::Restore { from, home: of, .. }] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(*from, folder.path().display().to_string());
    assert_eq!(*of, home.path().display().to_string());
    assert_eq!(names(home.path()), before);
    // Another process holds the file of its run: nobody is asked in vain.
    let held = fs::File::create(home.path().join("dragoman.db.run-another")).unwrap();
    held.lock().unwrap();
    assert_eq!(restore().unwrap_err()["args"]["why"], "home_in_use");
    assert!(page.person.asked().is_empty());
}

#[test]
fn why_none_was_made_is_kept_for_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let home = home_with(&folder.path().join("gone"));
    let page = start(home.path());
    let error = page.call("plugin:backup|start", Value::Null).unwrap_err();
    assert_eq!(error["code"], "backup");
    let state = page.call("plugin:backup|state", Value::Null).unwrap();
    assert_eq!(state["failure"]["error"], error);
    assert_eq!(
        (&state["last"], &state["running"]),
        (&json!(null), &json!(null))
    );
}
