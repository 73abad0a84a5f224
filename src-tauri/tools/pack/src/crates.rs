//! The crates that the programs are made of, of this platform.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::part::{Part, Source, texts};
use crate::{read, root};

/// The packages whose programs are shipped.
const PROGRAMS: [&str; 3] = ["dragoman", "cli", "draw"];

/// Every crate of others that is linked into one of the programs: neither what only builds
/// or tests them, nor macros, which run when they are compiled.
///
/// # Errors
/// When cargo does not say, or a licence is missing.
pub fn parts() -> Result<Vec<Part>> {
    let metadata = metadata()?;
    let list = |value: &Value, field: &str| -> Vec<Value> {
        value
            .get(field)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let packages: BTreeMap<String, Value> = list(&metadata, "packages")
        .into_iter()
        .map(|package| (text(&package, "id"), package))
        .collect();
    let nodes: BTreeMap<String, Value> = metadata
        .get("resolve")
        .map(|resolve| list(resolve, "nodes"))
        .unwrap_or_default()
        .into_iter()
        .map(|node| (text(&node, "id"), node))
        .collect();
    let ours: BTreeSet<String> = list(&metadata, "workspace_members")
        .iter()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect();
    let linked = |id: &str| -> Vec<String> {
        let dependencies = nodes
            .get(id)
            .map(|node| list(node, "deps"))
            .unwrap_or_default();
        dependencies
            .iter()
            .filter(|one| {
                list(one, "dep_kinds")
                    .iter()
                    .any(|kind| kind["kind"].is_null())
            })
            .map(|one| text(one, "pkg"))
            .filter(|id| packages.get(id).is_some_and(|package| !is_macro(package)))
            .collect()
    };
    let mut left: Vec<String> = ours
        .iter()
        .filter(|id| {
            let name = packages.get(*id).map(|package| text(package, "name"));
            name.is_some_and(|name| PROGRAMS.contains(&name.as_str()))
        })
        .cloned()
        .collect();
    ensure!(
        left.len() == PROGRAMS.len(),
        "the workspace has other programs than {PROGRAMS:?}"
    );
    let mut reached = BTreeSet::new();
    while let Some(id) = left.pop() {
        if reached.insert(id.clone()) {
            left.extend(linked(&id));
        }
    }
    let sums = sums()?;
    let mut parts = Vec::new();
    for id in reached.difference(&ours) {
        let Some(package) = packages.get(id) else {
            continue;
        };
        let needs = linked(id).into_iter().filter_map(|id| packages.get(&id));
        let needs = needs.map(|one| part(one).url()).collect();
        let mut one = part(package);
        ensure!(!one.licence.is_empty(), "{} names no licence", one.name);
        let folder = text(package, "manifest_path");
        let folder = Path::new(&folder)
            .parent()
            .context("a manifest lies in a folder")?;
        one.texts = texts(folder)?;
        one.folder = Some(folder.to_owned());
        let sum = sums.get(&(one.name.clone(), one.version.clone()));
        one.hash = sum.map(|sum| ("SHA-256", sum.clone()));
        one.needs = needs;
        parts.push(one);
    }
    parts.sort();
    Ok(parts)
}

/// As far as its own manifest tells.
fn part(package: &Value) -> Part {
    Part {
        name: text(package, "name"),
        version: text(package, "version"),
        source: Source::Crate,
        licence: text(package, "license").replace('/', " OR "),
        folder: None,
        texts: Vec::new(),
        hash: None,
        needs: Vec::new(),
    }
}

fn is_macro(package: &Value) -> bool {
    let targets = package["targets"].as_array().cloned().unwrap_or_default();
    let is = |target: &Value| {
        let kinds = target["kind"].as_array().cloned().unwrap_or_default();
        kinds.iter().any(|kind| kind == "proc-macro")
    };
    targets.iter().any(is)
}

fn text(value: &Value, field: &str) -> String {
    let text = value.get(field).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn metadata() -> Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", "host-tuple"])
        .output()
        .context("cannot start cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The sums of the lock, by name and version.
fn sums() -> Result<BTreeMap<(String, String), String>> {
    let lock: toml::Table = read(&root().join("Cargo.lock"))?.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let packages = packages.context("Cargo.lock has no packages")?;
    let field = |package: &toml::Value, name: &str| -> Option<String> {
        Some(package.get(name)?.as_str()?.to_owned())
    };
    let sum = |package: &toml::Value| {
        Some((
            (field(package, "name")?, field(package, "version")?),
            field(package, "checksum")?,
        ))
    };
    Ok(packages.iter().filter_map(sum).collect())
}
