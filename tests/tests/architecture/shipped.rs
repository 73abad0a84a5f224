//! What others wrote and we ship: under which licence, and from where. `deny.toml` says
//! what is allowed; advisories need a database and are looked up for a release.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use pretty_assertions::assert_eq;
use serde_json::Value;
use toml::Table;

use crate::{files, json, metadata, root};

/// Packages of npm that name no licence, and the one that lies beside them.
const UNNAMED: &[(&str, &str)] = &[("node_modules/svelte-toolbelt", "MIT")];

fn toml(name: &str) -> Table {
    let text = fs::read_to_string(root().join(name)).unwrap();
    text.parse().unwrap()
}

/// A list of names in `deny.toml`.
fn listed(table: &str, list: &str) -> BTreeSet<String> {
    let deny = toml("deny.toml");
    let all = deny[table][list].as_array().unwrap();
    all.iter()
        .map(|one| match one.get("crate") {
            Some(name) => name.as_str().unwrap().to_owned(),
            None => one.as_str().unwrap().to_owned(),
        })
        .collect()
}

/// Does this expression (SPDX, annex D) leave a choice that is allowed? `/` is an older
/// way to write `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ");
    let spaced = spaced.replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let fine = any(&mut words, allowed);
    fine && words.is_empty()
}

fn any(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> bool {
    let mut fine = all(words, allowed);
    while words.pop_if(|word| *word == "OR").is_some() {
        fine |= all(words, allowed);
    }
    fine
}

fn all(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> bool {
    let mut fine = one(words, allowed);
    while words.pop_if(|word| *word == "AND").is_some() {
        fine &= one(words, allowed);
    }
    fine
}

fn one(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> bool {
    match words.pop() {
        Some("(") => any(words, allowed) && words.pop() == Some(")"),
        Some(name) => match words.pop_if(|word| *word == "WITH") {
            Some(_) => {
                let exception = words.pop().unwrap_or_default();
                allowed.contains(&format!("{name} WITH {exception}"))
            }
            None => allowed.contains(name),
        },
        None => false,
    }
}

#[test]
fn an_expression_of_licences_is_read() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];
    let allowed = allowed.map(str::to_owned).into();
    for fine in [
        "MIT",
        "MIT OR GPL-3.0-only",
        "GPL-3.0-only/MIT",
        "MIT AND ISC",
        "(GPL-2.0-only OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0",
    ] {
        assert!(is_allowed(fine, &allowed), "{fine}");
    }
    for wrong in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "ISC OR MIT AND GPL-3.0-only )",
        "(MIT OR ISC) AND GPL-3.0-only",
        "Apache-2.0",
        "MIT WITH LLVM-exception",
    ] {
        assert!(!is_allowed(wrong, &allowed), "{wrong}");
    }
}

/// Of this platform: those of others need not be here, and are looked at for a release
/// by `cargo deny check`.
#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let metadata = metadata();
    let allowed = listed("licenses", "allow");
    let others =
        |package: &&cargo_metadata::Package| !metadata.workspace_members.contains(&package.id);
    let wrong: Vec<_> = metadata
        .packages
        .iter()
        .filter(others)
        .map(|package| (package.name.as_str(), package.license.as_deref()))
        .filter(|(_, licence)| !is_allowed(licence.unwrap_or_default(), &allowed))
        .collect();
    assert_eq!(wrong, [], "deny.toml does not allow these");
}

/// By the lock, which has the crates of every platform.
#[test]
fn crates_come_from_where_they_may_and_none_is_banned() {
    let sources = listed("sources", "allow-registry");
    let banned = listed("bans", "deny");
    let lock = toml("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    let text = |package: &toml::Value, field: &str| -> Option<String> {
        package.get(field)?.as_str().map(str::to_owned)
    };
    let members: BTreeSet<String> = metadata()
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    // Kept beside the workspace, as published but for marked places.
    let vendor = root().join("src-tauri/vendor");
    for package in packages {
        let name = text(package, "name").unwrap();
        assert!(!banned.contains(&name), "{name} is banned");
        match text(package, "source") {
            Some(source) => {
                let from = source.strip_prefix("registry+").unwrap_or(&source);
                assert!(sources.contains(from), "{name} comes from {source}");
                assert!(package.get("checksum").is_some(), "{name}");
            }
            None => assert!(
                members.contains(&name) || vendor.join(&name).is_dir(),
                "{name} comes from nowhere"
            ),
        }
    }
}

#[test]
fn packages_of_the_page_have_licences_that_are_allowed() {
    let allowed = listed("licenses", "allow");
    let lock = json("ui/package-lock.json");
    for (name, package) in lock["packages"].as_object().unwrap() {
        if let Some(from) = package.get("resolved").and_then(Value::as_str) {
            assert!(
                from.starts_with("https://registry.npmjs.org/"),
                "{name} comes from {from}"
            );
        }
        // The page itself, and what only builds and tests it.
        if name.is_empty() || package["dev"] == Value::Bool(true) {
            continue;
        }
        let unnamed = UNNAMED.iter().find(|(known, _)| known == name);
        let licence = package["license"].as_str();
        let licence = licence.or(unnamed.map(|(_, licence)| *licence));
        let licence = licence.unwrap_or_default();
        assert!(is_allowed(licence, &allowed), "{name}: {licence:?}");
    }
}

#[test]
fn actions_of_the_workflows_are_pinned_by_hash() {
    let mut seen = 0;
    for path in files(&root().join(".github/workflows"), &[".yml"]) {
        let text = fs::read_to_string(&path).unwrap();
        let uses = text.lines().filter_map(|line| line.split_once("uses: "));
        for (_, action) in uses {
            let (_, pin) = action.split_once('@').unwrap();
            let (hash, version) = pin.split_once(" # v").unwrap_or((pin, ""));
            let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_hash && !version.is_empty(), "{action}");
            seen += 1;
        }
    }
    assert!(seen > 0, "the workflows are where they were");
}

/// What opens a connection, looks a name up or speaks HTTP.
const CONNECTS: &[&str] = &[
    "reqwest",
    "hyper",
    "TcpStream",
    "UdpSocket",
    "UnixStream",
    "lookup_host",
    "ToSocketAddrs",
    "tokio::net",
    "std::net::Tcp",
];

#[test]
fn one_place_opens_connections() {
    let folder = root().join("src-tauri");
    let place = folder.join("crates/wire/src/transport");
    // What a decoder must not do, tried in builds for tests only.
    let trial = folder.join("draw/src/trial.rs");
    let mut found = 0;
    for path in files(&folder, &[".rs"]) {
        let inside = path.strip_prefix(&folder).unwrap();
        let ours = ["crates", "src", "cli", "draw"]
            .iter()
            .any(|part| inside.starts_with(part));
        let runs = inside.components().any(|part| part.as_os_str() == "src");
        if !ours || !runs || path == trial {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let names = CONNECTS.iter().any(|name| line.contains(name));
            assert!(
                !names || path.starts_with(&place),
                "{}: {line}",
                path.display()
            );
            found += u32::from(names);
        }
    }
    assert!(found > 0, "the place is where it was");
}

/// The folders of tests lie in one that `cargo xtask test` makes so.
#[test]
fn temporary_folders_are_closed_to_others() {
    let folder = root().join("src-tauri");
    // Built from parts, or this file would name it.
    let by_hand = ["temp", "_dir()"].concat();
    for path in [folder.clone(), root().join("tests")] {
        for path in files(&path, &[".rs"]) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains(&by_hand), "{}", path.display());
        }
    }
    let mut closed = 0;
    for path in files(&folder, &[".rs"]) {
        let inside = path.strip_prefix(&folder).unwrap();
        let runs = inside.components().any(|part| part.as_os_str() == "src");
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        if runs && (code.contains("tempdir()") || code.contains("TempDir::")) {
            // A test's compositor that runs as nobody goes through that of the tests.
            let mode = if path.ends_with("xtask/src/suite.rs") {
                "from_mode(0o711)"
            } else {
                "from_mode(0o700)"
            };
            assert!(code.contains(mode), "{}", path.display());
            closed += 1;
        }
    }
    assert!(closed > 0, "the shell makes one");
}

/// Of what we name ourselves, what others bring in another version, and who: nothing of
/// ours can change that.
const TWICE: &[(&str, &str)] = &[
    ("base64", "swift-rs, on macOS"),
    ("brotli", "hayro"),
    ("getrandom", "ring, jsonschema"),
    ("hashbrown", "tauri's schemars"),
    ("sha2", "tauri-codegen"),
    ("strum", "re_rav1d"),
    ("syn", "most macros; gtk's"),
    ("thiserror", "tauri, gtk"),
    ("toml", "the build scripts of gtk"),
];

#[test]
fn what_we_name_is_there_once() {
    let lock = toml("Cargo.lock");
    let ours = toml("Cargo.toml")["workspace"]["dependencies"].clone();
    let mut versions = BTreeMap::<String, u32>::new();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        if ours.get(name).is_some() {
            *versions.entry(name.to_owned()).or_default() += 1;
        }
    }
    let twice = versions.iter().filter(|(_, count)| **count > 1);
    let twice: Vec<_> = twice.map(|(name, _)| name.as_str()).collect();
    let known: Vec<_> = TWICE.iter().map(|(name, _)| *name).collect();
    assert_eq!(twice, known);
}
