//! Provider plugins: files that come, change and go.

use std::{fs, path::PathBuf};

use accounts::Accounts;
use protocol::*;
use serde_json::{Value, json};

use super::support::*;

fn plugin(base_url: &str) -> Value {
    json!({"id": "mine", "name": "Mine", "base_url": base_url, "models": [{"id": "m"}]})
}

fn own_file(home: &Home) -> PathBuf {
    home.folder.path().join("plugins").join("mine.json")
}

#[tokio::test]
async fn a_plugin_comes_is_edited_copied_and_goes() {
    let home = Home::new();
    let accounts = home.start();
    let added = add(&home, &accounts, &plugin("https://mine.example/v1"))
        .await
        .unwrap();
    assert!(added.editable && !added.builtin && added.needs_key);
    assert_eq!((added.id.as_str(), added.models.len()), ("mine", 1));
    assert!(own_file(&home).is_file());
    add_key(&accounts, "mine", "work").await;

    let text = accounts.manifest_text("mine").unwrap();
    assert!(text.editable);
    let save = async |id: Option<&str>, json: String| {
        let params = ManifestSaveParams {
            id: id.map(str::to_owned),
            json,
        };
        accounts.save_plugin(&params).await
    };
    let renamed = text.json.replace("\"Mine\"", "\"Yours\"");
    assert_eq!(
        save(Some("mine"), renamed.clone()).await.unwrap().name,
        "Yours"
    );
    assert_eq!(tried(&accounts, "mine"), ["work"], "its origin is the same");
    for (id, json, field) in [
        (None, renamed.clone(), "id"),
        (Some("mine"), renamed.replace("\"mine\"", "\"other\""), "id"),
        (
            Some("openai"),
            renamed.replace("\"mine\"", "\"openai\""),
            "id",
        ),
        (Some("mine"), renamed.replace("https", "ftp"), "base_url"),
        (Some("mine"), renamed.replace("name", "nmae"), "nmae"),
        (Some("mine"), "{".to_owned(), "file"),
    ] {
        let error = save(id, json).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Manifest);
        assert_eq!(error.args["field"], field, "{error}");
    }

    let copy = accounts.copy_provider("mine").await.unwrap();
    assert_eq!((copy.id.as_str(), copy.name.as_str()), ("yours", "Yours 2"));
    let second = accounts.copy_provider("mine").await.unwrap();
    assert_eq!(
        (second.id.as_str(), second.name.as_str()),
        ("yours-2", "Yours 3")
    );
    let refused = accounts.account("yours").unwrap_err();
    assert_eq!(refused.code, ErrorCode::KeyMissing, "keys are not copied");
    let built_in = accounts.copy_provider("chenyu").await.unwrap();
    assert!(built_in.editable && built_in.id == "chenyu-2");
    assert!(accounts.copy_provider("demo").await.is_err());

    let (name, exported) = accounts.export_provider("mine").unwrap();
    assert_eq!(name, "mine.json");
    assert!(exported.contains("Yours") && !exported.contains("canary"));
    accounts.remove_provider("mine").await.unwrap();
    assert!(!own_file(&home).exists());
    assert_eq!(
        accounts.account("mine").unwrap_err().code,
        ErrorCode::ProviderNotFound
    );
    assert!(accounts.keys().unwrap().is_empty());
    let added = save(None, exported).await.unwrap();
    assert_eq!(added.name, "Yours");
    assert!(accounts.remove_provider("openai").await.is_err());
}

#[tokio::test]
async fn a_file_that_sends_elsewhere_gets_no_key_that_was_entered_before() {
    let home = Home::new();
    let accounts = home.start();
    add(&home, &accounts, &plugin("https://mine.example/v1"))
        .await
        .unwrap();
    let key = add_key(&accounts, "mine", "work").await;
    assert_eq!(tried(&accounts, "mine"), ["work"]);
    let elsewhere = plugin("https://evil.example/v1");
    let no_key = |accounts: &Accounts| {
        let refused = accounts.account("mine").unwrap_err();
        assert_eq!(refused.code, ErrorCode::KeyOtherOrigin);
        assert!(!shown(accounts, "work").usable);
    };

    // By drop.
    add(&home, &accounts, &elsewhere).await.unwrap();
    no_key(&accounts);
    // Asked for by its id it is not given either.
    let manifest = accounts.manifest("mine").unwrap();
    let keys = home.history().read(|r| r.keys_of("mine"));
    let row = keys.await.unwrap().remove(0);
    let forged = stores::KeyRow {
        origin: manifest.origin(),
        ..row.clone()
    };
    for row in [row, forged] {
        let refused = accounts.endpoint(&manifest, Some(&row)).await.unwrap_err();
        let codes = [
            ErrorCode::KeyOtherOrigin,
            ErrorCode::KeyNotFound,
            ErrorCode::KeyringUnavailable,
            ErrorCode::KeyringLocked,
        ];
        assert!(codes.contains(&refused.code), "{refused:?}");
    }
    let probe = KeyProbeParams {
        provider: "mine".into(),
        id: Some(key.id.clone()),
        model: "m".into(),
    };
    assert_eq!(
        accounts.probe(probe).await.unwrap_err().code,
        ErrorCode::KeyOtherOrigin
    );
    add(&home, &accounts, &plugin("https://mine.example/v2"))
        .await
        .unwrap();
    assert_eq!(
        tried(&accounts, "mine"),
        ["work"],
        "the origin it was entered for"
    );

    // By hand, in the folder.
    fs::write(own_file(&home), elsewhere.to_string()).unwrap();
    let report = accounts.read_plugins().unwrap();
    assert_eq!(report.added.len(), 1, "it is told that it changed");
    no_key(&accounts);
    // In Settings.
    add(&home, &accounts, &plugin("https://mine.example/v1"))
        .await
        .unwrap();
    accounts
        .save_plugin(&ManifestSaveParams {
            id: Some("mine".into()),
            json: elsewhere.to_string(),
        })
        .await
        .unwrap();
    no_key(&accounts);
    // By its removal and another one of its name.
    accounts.remove_provider("mine").await.unwrap();
    add(&home, &accounts, &plugin("https://mine.example/v1"))
        .await
        .unwrap();
    assert_eq!(
        accounts.account("mine").unwrap_err().code,
        ErrorCode::KeyMissing
    );
}

#[tokio::test]
async fn files_of_the_folder_are_read_and_those_that_are_none_are_named() {
    let home = Home::new();
    let folder = home.folder.path().join("plugins");
    fs::create_dir(&folder).unwrap();
    fs::write(
        folder.join("good.json"),
        plugin("https://mine.example/v1").to_string(),
    )
    .unwrap();
    fs::write(
        folder.join("bad.json"),
        r#"{"id": "bad", "name": "Bad", "base_url": 7}"#,
    )
    .unwrap();
    let posing = json!({"id": "openai", "name": "OpenAI", "base_url": "https://evil.example/v1"});
    fs::write(folder.join("posing.json"), posing.to_string()).unwrap();
    let accounts = home.start();
    let custom = custom(&accounts, "http://127.0.0.1:9/v1").await;
    let taken = json!({"id": custom.id, "name": "T", "base_url": "https://evil.example/v1"});
    fs::write(folder.join("taken.json"), taken.to_string()).unwrap();
    let report = accounts.read_plugins().unwrap();
    assert!(
        report.added.is_empty(),
        "what was there at start is no news"
    );
    let named: Vec<_> = report
        .refused
        .iter()
        .map(|error| {
            assert_eq!(error.code, ErrorCode::Manifest);
            assert!(!error.args["reason"].is_empty());
            (error.args["file"].as_str(), error.args["field"].as_str())
        })
        .collect();
    assert_eq!(
        named,
        [
            ("bad.json", "base_url"),
            ("posing.json", "id"),
            ("taken.json", "id")
        ]
    );
    let ids: Vec<_> = accounts
        .providers()
        .unwrap()
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids[0], "demo");
    assert_eq!(ids[ids.len() - 2..], [custom.id, "mine".to_owned()]);
    let again = accounts.read_plugins().unwrap();
    assert_eq!((again.added.len(), again.refused.len()), (0, 3));

    let files = [folder.join("bad.json"), folder.join("good.json")];
    let many = accounts.add_plugin_files(&files).await;
    assert_eq!((many.added.len(), many.refused.len()), (1, 1));
}
