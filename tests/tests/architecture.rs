//! How the house is built: which crate may lean on which, which file on which, what
//! the page may do, and that each dependency is there once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use pretty_assertions::assert_eq;
use serde_json::Value;

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/grants.rs"]
mod grants;
#[path = "architecture/page.rs"]
mod page;
#[path = "architecture/rust.rs"]
mod rust;
#[path = "architecture/shipped.rs"]
mod shipped;
#[path = "architecture/uses.rs"]
mod uses;

/// Each of our crates, and the ones of ours that it may use outside its tests.
const MAY_USE: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("keys", &["protocol"]),
    ("providers", &["protocol"]),
    ("wire", &["protocol"]),
    ("drawing", &["protocol"]),
    ("images", &["protocol", "drawing"]),
    // Alone reads hostile files.
    ("draw", &["drawing", "images"]),
    ("markdown", &["protocol"]),
    ("stores", &["protocol"]),
    ("history", &["protocol", "stores"]),
    (
        "export",
        &["protocol", "markdown", "drawing", "stores", "history"],
    ),
    ("backup", &["protocol", "history"]),
    ("demo", &["protocol", "wire", "drawing"]),
    ("settings", &["protocol"]),
    ("consent", &["protocol", "settings"]),
    (
        "accounts",
        &[
            "protocol",
            "keys",
            "providers",
            "wire",
            "stores",
            "demo",
            "drawing",
            "consent",
        ],
    ),
    (
        "renditions",
        &[
            "protocol",
            "providers",
            "wire",
            "drawing",
            "stores",
            "accounts",
        ],
    ),
    (
        "ask",
        &[
            "protocol",
            "providers",
            "wire",
            "drawing",
            "stores",
            "accounts",
            "demo",
            "renditions",
        ],
    ),
    ("updates", &["protocol", "wire", "accounts"]),
    (
        "composer",
        &[
            "protocol",
            "drawing",
            "stores",
            "history",
            "accounts",
            "renditions",
            "ask",
        ],
    ),
    (
        "chat",
        &[
            "protocol",
            "wire",
            "markdown",
            "stores",
            "history",
            "accounts",
            "renditions",
            "ask",
        ],
    ),
    (
        "app",
        &[
            "protocol",
            "keys",
            "wire",
            "drawing",
            "stores",
            "history",
            "backup",
            "accounts",
            "renditions",
            "ask",
            "composer",
            "settings",
            "consent",
            "chat",
        ],
    ),
    (
        "dragoman",
        &[
            "protocol", "history", "export", "backup", "settings", "consent", "accounts",
            "composer", "chat", "app", "updates",
        ],
    ),
    (
        "cli",
        &[
            "protocol", "wire", "stores", "history", "export", "backup", "accounts", "ask",
            "composer", "settings", "chat", "app",
        ],
    ),
    // `images`: what the bench holds a drop against; the others: what it measures.
    (
        "tests",
        &[
            "dragoman", "images", "history", "backup", "export", "markdown", "protocol", "consent",
        ],
    ),
    ("xtask", &[]),
];

/// What keeps a history; who asks needs none.
const HISTORY: &[&str] = &["rusqlite", "history"];

/// Who asks, and what that stands on.
const WITHOUT_HISTORY: &[&str] = &["accounts", "demo", "renditions", "ask"];

/// What decodes pictures, and drawings; only `dragoman-draw` links these.
const DECODERS: &[&str] = &[
    "images",
    "image",
    "image-webp",
    "png",
    "gif",
    "tiff",
    "zune-jpeg",
    "turbojpeg",
    "webpx",
    "heifer",
    "re_rav1d",
    "resvg",
    "usvg",
    "hayro",
];

/// Programs that open no hostile file, where they are: they ask `dragoman-draw`.
const WITHOUT_DECODERS: &[&str] = &["dragoman", "cli"];

/// What the shell adds; a crate without these compiles in seconds.
const SHELL_ONLY: &[&str] = &["tauri", "wry", "tao", "gtk", "webkit2gtk"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Only of this platform: a machine that built for itself never downloaded the
/// crates of others.
fn metadata() -> Metadata {
    let options = ["--offline", "--locked", "--filter-platform", "host-tuple"];
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(options.map(str::to_owned))
        .exec()
        .unwrap()
}

/// Each crate that `of` is compiled with, by these kinds of dependencies, as `format`
/// says.
fn tree(of: &[&str], kinds: &str, format: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--prefix", "none"])
        .args(["--format", format, "-e", kinds])
        .args(of)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .collect()
}

/// Each crate that is compiled for these kinds of dependencies, with its features.
fn compiled(kinds: &str) -> BTreeSet<String> {
    tree(&["--workspace"], kinds, "{p} {f}")
}

/// Each crate that is linked into what a package builds.
fn linked(package: &str) -> BTreeSet<String> {
    let all = tree(&["--package", package], "normal,no-proc-macro", "{p}");
    let names = all.iter().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn what_is_built_to_run_is_built_the_same_for_the_tests() {
    let run = compiled("normal,no-proc-macro");
    let tests = compiled("normal,dev,no-proc-macro");
    let anew: Vec<_> = run.difference(&tests).collect();
    assert!(
        anew.is_empty(),
        "a test's dependency switches on features of these: name them in tests/Cargo.toml: {anew:?}"
    );
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&fs::read(root().join(path)).unwrap()).unwrap()
}

/// Everything under a folder that ends so.
fn files(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if ends.iter().any(|end| path.to_string_lossy().ends_with(end)) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn dependencies_point_one_way() {
    let metadata = metadata();
    let rules: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(
        members,
        rules.keys().copied().collect(),
        "every crate has its rule"
    );
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if dependency.kind == DependencyKind::Development || !members.contains(name) {
                continue;
            }
            let allowed = rules[package.name.as_str()];
            assert!(
                allowed.contains(&name),
                "{} must not use {name}",
                package.name
            );
        }
    }
}

/// All that a package compiles on this platform, its tests not among it.
fn closure(metadata: &Metadata, from: &PackageId) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let nodes: BTreeMap<&PackageId, _> =
        resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut seen = BTreeSet::from([from]);
    let mut left = VecDeque::from([from]);
    while let Some(id) = left.pop_front() {
        for dependency in &nodes[id].deps {
            let compiled = dependency
                .dep_kinds
                .iter()
                .any(|kind| kind.kind != DependencyKind::Development);
            if compiled && seen.insert(&dependency.pkg) {
                left.push_back(&dependency.pkg);
            }
        }
    }
    seen.into_iter()
        .map(|id| metadata[id].name.to_string())
        .collect()
}

#[test]
fn a_prompt_is_asked_without_a_history() {
    let metadata = metadata();
    for name in WITHOUT_HISTORY {
        let packages = metadata.workspace_packages();
        let package = packages.iter().find(|one| one.name == *name).unwrap();
        let compiled = closure(&metadata, &package.id);
        for kept in HISTORY {
            assert!(!compiled.contains(*kept), "{name} compiles {kept}");
        }
    }
}

#[test]
fn only_dragoman_draw_links_decoders() {
    let decoders = |package: &str| {
        let linked = linked(package);
        let found = DECODERS.iter().filter(|name| linked.contains(**name));
        found.copied().collect::<Vec<_>>()
    };
    assert_eq!(decoders("draw"), DECODERS, "each is one that is in use");
    for name in WITHOUT_DECODERS {
        assert_eq!(decoders(name), [""; 0], "{name} links these");
    }
}

#[test]
fn the_crates_that_think_compile_no_web_view() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        if matches!(package.name.as_str(), "dragoman" | "tests") {
            continue;
        }
        let compiled = closure(&metadata, &package.id);
        for name in SHELL_ONLY {
            assert!(
                !compiled.contains(*name),
                "{} compiles {name}",
                package.name
            );
        }
    }
}

#[test]
fn each_direct_dependency_has_one_version_named_once() {
    let metadata = metadata();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            let version = dependency.req.to_string();
            versions
                .entry(dependency.name.clone())
                .or_default()
                .insert(version);
        }
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        for line in manifest
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
        {
            let names_version = line.contains("version = \"") || line.contains(" = \"^");
            assert!(!names_version, "{}: {line}", package.manifest_path);
        }
    }
    let twice: Vec<_> = versions
        .iter()
        .filter(|(_, versions)| versions.len() > 1)
        .collect();
    assert!(twice.is_empty(), "more than one version: {twice:?}");
}
