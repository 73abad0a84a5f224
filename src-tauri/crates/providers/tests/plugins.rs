//! Plugins of the user's in their folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::Path;

use protocol::{ErrorCode, IpcError};
use providers::plugins::{self, PluginError, copy_of, export, free_id, load_dir, remove, save};
use providers::{BaseUrl, Manifest, builtin, custom};
use serde_json::{Value, json};

fn plugin(id: &str) -> Value {
    json!({"id": id, "name": id, "base_url": "https://a.example/v1"})
}

fn put(folder: &Path, name: &str, json: &Value) {
    fs::write(folder.join(name), json.to_string()).unwrap();
}

/// Ids that load, and file, field and reason of those that do not.
fn loaded(folder: &Path) -> (Vec<String>, Vec<PluginError>) {
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    for one in load_dir(folder) {
        match one {
            Ok(loaded) => ids.push(loaded.manifest.id),
            Err(error) => errors.push(error),
        }
    }
    (ids, errors)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_folder_loads_in_the_order_of_its_names_and_a_bad_file_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(load_dir(&folder.join("none")).is_empty());
    put(folder, "b.json", &plugin("first"));
    put(folder, "a.JSON", &plugin("zero"));
    put(folder, "c.json", &json!({"id": "broken"}));
    put(folder, "d.json", &plugin("last"));
    put(folder, "e.json", &plugin("first"));
    put(folder, ".hidden.json", &plugin("hidden"));
    put(folder, "notes.txt", &plugin("notes"));
    fs::write(folder.join("f.json"), [b'{', 0xff]).unwrap();
    fs::write(folder.join("g.json"), vec![b' '; 1024 * 1024 + 1]).unwrap();
    fs::create_dir(folder.join("h.json")).unwrap();
    let (ids, errors) = loaded(folder);
    assert_eq!(ids, ["zero", "first", "last"]);
    let said: Vec<_> = errors
        .iter()
        .map(|e| (e.file.as_str(), e.field.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("c.json", "name"),
            ("e.json", "id"),
            ("f.json", "file"),
            ("g.json", "file"),
            ("h.json", "file")
        ]
    );
    assert!(
        errors[1].reason.to_string().contains("b.json"),
        "{}",
        errors[1]
    );
    assert!(
        errors[3].reason.to_string().contains("1 MiB"),
        "{}",
        errors[3]
    );
    let error = IpcError::from(errors[0].clone());
    assert_eq!(error.code, ErrorCode::Manifest);
    assert_eq!(error.args["file"], "c.json");
    assert_eq!(error.args["field"], "name");
    assert_eq!(error.args["why"], "missing");
    assert!(error.message.contains("Correct the file"), "{error:?}");
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    put(elsewhere.path(), "real.json", &plugin("real"));
    std::os::unix::fs::symlink(
        elsewhere.path().join("real.json"),
        folder.path().join("link.json"),
    )
    .unwrap();
    std::os::unix::net::UnixListener::bind(folder.path().join("pipe.json")).unwrap();
    let (ids, errors) = loaded(folder.path());
    assert!(ids.is_empty());
    assert!(
        errors[0].reason.to_string().contains("link"),
        "{}",
        errors[0]
    );
    assert!(
        errors[1].reason.to_string().contains("regular"),
        "{}",
        errors[1]
    );
}

#[test]
fn a_file_may_not_pass_for_a_built_in_provider_nor_carry_a_key() {
    let folder = tempfile::tempdir().unwrap();
    for id in ["demo", "chenyu", "openai"] {
        put(folder.path(), "a.json", &plugin(id));
        let (ids, errors) = loaded(folder.path());
        assert!(ids.is_empty() && errors[0].field == "id", "{errors:?}");
    }
    let mut keyed = plugin("mine");
    keyed["headers"] = json!({"X-Secret-Thing": "x"});
    put(folder.path(), "a.json", &keyed);
    assert_eq!(loaded(folder.path()).1[0].field, "headers.X-Secret-Thing");
    let mut private = plugin("mine");
    private["base_url"] = json!("http://192.168.1.5/v1");
    put(folder.path(), "a.json", &private);
    assert_eq!(loaded(folder.path()).1[0].field, "base_url");
    private["allow_private"] = json!(true);
    put(folder.path(), "a.json", &private);
    assert_eq!(loaded(folder.path()).1[0].field, "allow_private");
    let mut local = plugin("mine");
    local["base_url"] = json!("http://localhost:8000/v1");
    put(folder.path(), "a.json", &local);
    assert_eq!(loaded(folder.path()).0, ["mine"]);
}

#[test]
fn what_is_saved_loads_again_and_replaces_the_file_of_its_id() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("plugins");
    let mut mine = copy_of(&builtin()[1], "my-chenyu", "My Chenyu");
    let path = save(&folder, &mine).unwrap();
    assert_eq!(path, folder.join("my-chenyu.json"));
    assert_eq!(plugins::read(&path).unwrap(), mine);
    assert_eq!(mine.names.len(), 0, "the names are those of the original");
    assert_eq!(mine.models, builtin()[1].models);

    // A file of another name with this id is the one that is replaced.
    fs::rename(&path, folder.join("other.json")).unwrap();
    mine.name = "Renamed".into();
    assert_eq!(save(&folder, &mine).unwrap(), folder.join("other.json"));
    assert_eq!(names(&folder), ["other.json"]);
    assert_eq!(loaded(&folder).0, ["my-chenyu"]);

    // A broken file of its name is kept, out of the way.
    fs::write(folder.join("second.json"), "{ broken").unwrap();
    let second = copy_of(&mine, "second", "Second");
    assert_eq!(save(&folder, &second).unwrap(), folder.join("second.json"));
    assert_eq!(
        names(&folder),
        ["other.json", "second.json", "second.json.1.bak"]
    );
    assert_eq!(
        fs::read_to_string(folder.join("second.json.1.bak")).unwrap(),
        "{ broken"
    );

    fs::copy(folder.join("second.json"), folder.join("again.json")).unwrap();
    assert_eq!(remove(&folder, "second"), Ok(2));
    assert_eq!(remove(&folder, "second"), Ok(0));
    assert_eq!(loaded(&folder).0, ["my-chenyu"]);
}

#[test]
fn what_a_file_may_not_hold_is_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let error = save(folder.path(), &builtin()[1]).unwrap_err();
    assert_eq!(
        (error.file.as_str(), error.field.as_str()),
        ("chenyu.json", "id")
    );
    let away = copy_of(&builtin()[1], "../away", "Away");
    assert_eq!(save(folder.path(), &away).unwrap_err().field, "id");
    let private = BaseUrl::parse("http://192.168.1.5/v1", true).unwrap();
    let private = custom("mine", "Mine", &private);
    assert!(save(folder.path(), &private).is_err());
    assert!(names(folder.path()).is_empty());
}

#[test]
fn an_export_holds_nothing_of_this_app_and_is_read_by_another() {
    let base = BaseUrl::parse("http://192.168.1.5/v1", true).unwrap();
    let text = export(&custom("mine", "Mine", &base));
    assert!(!text.contains("allow_private"), "{text}");
    for manifest in builtin().into_iter().skip(1) {
        let copy = copy_of(&manifest, "copy", "Copy");
        let text = export(&copy);
        assert!(text.contains('\n') && !text.contains("$schema"));
        assert_eq!(Manifest::from_file(&text), Ok(copy), "{}", manifest.id);
    }
}

#[test]
fn ids_are_made_of_names() {
    let none = |_: &str| false;
    assert_eq!(free_id("My Gateway (v2)", none), "my-gateway-v2");
    assert_eq!(free_id("晨羽", none), "provider");
    assert_eq!(free_id("OpenAI", none), "openai-2");
    assert_eq!(
        free_id("OpenAI", |id| id == "openai-2" || id == "openai-3"),
        "openai-4"
    );
    let long = free_id(&"x".repeat(300), none);
    assert!(long.len() <= 64, "{long}");
}
