//! What the page may do: nothing that is not granted by name.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::{files, json, metadata, root};

#[test]
fn one_file_of_the_page_imports_tauri() {
    let page = root().join("ui/src");
    let importing: Vec<PathBuf> = files(&page, &[".ts", ".js", ".svelte"])
        .into_iter()
        .filter(|path| fs::read_to_string(path).unwrap().contains("@tauri-apps/"))
        .map(|path| path.strip_prefix(&page).unwrap().to_owned())
        .collect();
    assert_eq!(importing, [PathBuf::from("lib/ipc/tauri.ts")]);
}

#[test]
fn the_page_makes_no_html_but_where_blocks_are_inserted() {
    let page = root().join("ui/src");
    let inserting: Vec<PathBuf> = files(&page, &[".ts", ".svelte"])
        .into_iter()
        .filter(|path| !path.to_string_lossy().ends_with(".test.ts"))
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            [
                "{@html",
                "innerHTML",
                "insertAdjacentHTML",
                "outerHTML",
                "document.write",
                "setHTML",
                "parseHTMLUnsafe",
                "createContextualFragment",
                "srcdoc",
                "XSLTProcessor",
            ]
            .iter()
            .any(|way| text.contains(way))
        })
        .map(|path| path.strip_prefix(&page).unwrap().to_owned())
        .collect();
    assert!(
        inserting.len() <= 1,
        "HTML is inserted in more than one place: {inserting:?}"
    );
}

#[test]
fn the_page_has_no_network_and_runs_only_its_own_scripts() {
    let config = json("src-tauri/tauri.conf.json");
    assert_eq!(
        config.pointer("/app/withGlobalTauri"),
        Some(&Value::Bool(false))
    );
    let security = &config["app"]["security"];
    assert_eq!(security["freezePrototype"], Value::Bool(true));
    assert!(
        security
            .get("assetProtocol")
            .is_none_or(|asset| asset["enable"] != Value::Bool(true))
    );
    assert!(
        security
            .get("dangerousDisableAssetCspModification")
            .is_none()
    );
    let rule = |name: &str| {
        security["csp"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let expected = [
        ("default-src", "'self'"),
        ("connect-src", "ipc: http://ipc.localhost"),
        (
            "img-src",
            "'self' attachment: http://attachment.localhost data:",
        ),
        ("style-src", "'self'"),
        ("script-src", "'self'"),
        ("object-src", "'none'"),
        ("base-uri", "'none'"),
        ("form-action", "'none'"),
        ("frame-src", "'none'"),
    ];
    let all: BTreeSet<&str> = security["csp"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(all, expected.iter().map(|(name, _)| *name).collect());
    for (name, value) in expected {
        assert_eq!(rule(name), value, "{name}");
    }
}

#[test]
fn the_page_is_granted_commands_by_name_and_nothing_else() {
    let folder = root().join("src-tauri/capabilities");
    let capabilities = files(&folder, &[".json", ".toml", ".json5"]);
    assert_eq!(capabilities, [folder.join("main.json")]);
    let main = json("src-tauri/capabilities/main.json");
    assert_eq!(main["windows"], Value::from(vec!["main"]));
    assert!(main.get("remote").is_none());
    let ours = [
        "desktop",
        "settings",
        "backup",
        "keys",
        "providers",
        "images",
        "history",
        "out",
        "chat",
    ];
    for permission in main["permissions"].as_array().unwrap() {
        // An object would carry a scope of its own.
        let name = permission.as_str().expect("a permission is a plain name");
        if matches!(
            name,
            "core:event:allow-listen" | "core:event:allow-unlisten"
        ) {
            continue;
        }
        let (plugin, command) = name.split_once(':').unwrap();
        assert!(ours.contains(&plugin), "{name} is no command of ours");
        assert!(
            command.starts_with("allow-"),
            "{name} grants more than one command"
        );
    }
}

#[test]
fn tauri_is_built_without_the_asset_protocol_and_developer_tools() {
    let metadata = metadata();
    let shell = metadata
        .workspace_packages()
        .into_iter()
        .find(|p| p.name.as_str() == "dragoman");
    let tauri = shell
        .unwrap()
        .dependencies
        .iter()
        .find(|d| d.name == "tauri")
        .unwrap();
    for feature in [
        "protocol-asset",
        "devtools",
        "unstable",
        "macos-private-api",
    ] {
        assert!(
            !tauri.features.iter().any(|name| name == feature),
            "tauri has {feature}"
        );
    }
}
