//! What each platform downloads of a version, in the form of Tauri's updater.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use crate::version;

/// Endings of packages that replace the app by themselves, and the platform of each.
const PACKAGES: [(&str, &str); 3] = [
    ("_aarch64.app.tar.gz", "darwin-aarch64"),
    ("_x64.app.tar.gz", "darwin-x86_64"),
    ("_x64-setup.exe", "windows-x86_64"),
];

/// The packages of `folder` that have a signature beside them, at the address `base`.
///
/// # Errors
/// When there is none, or one cannot be read.
pub fn make(folder: &Path, base: &str) -> Result<Value> {
    let mut platforms = Map::new();
    for entry in fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let Some(package) = name.strip_suffix(".sig") else {
            continue;
        };
        let platform = PACKAGES
            .iter()
            .find(|(ending, _)| package.ends_with(ending));
        let Some((_, platform)) = platform else {
            continue;
        };
        let signature = fs::read_to_string(&path)?;
        let url = format!("{}/{package}", base.trim_end_matches('/'));
        platforms.insert(
            (*platform).to_owned(),
            json!({ "url": url, "signature": signature.trim() }),
        );
    }
    ensure!(
        !platforms.is_empty(),
        "no signed package in {}: a release that replaces itself is signed",
        folder.display()
    );
    Ok(json!({ "version": version()?, "platforms": platforms }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn each_signed_package_is_named_for_its_platform() {
        let folder = tempfile::tempdir().unwrap();
        assert!(make(folder.path(), "https://a.example/").is_err());
        for name in [
            "Dragoman_aarch64.app.tar.gz",
            "Dragoman_0.1.0_x64-setup.exe",
            "dragoman_0.1.0-1_amd64.deb",
        ] {
            fs::write(folder.path().join(name), "package").unwrap();
            fs::write(folder.path().join(format!("{name}.sig")), "signature\n").unwrap();
        }
        // Not signed.
        fs::write(folder.path().join("Dragoman_x64.app.tar.gz"), "package").unwrap();
        let release = make(folder.path(), "https://a.example/v1/").unwrap();
        let platforms = release["platforms"].as_object().unwrap();
        assert_eq!(platforms.len(), 2, "{release}");
        assert_eq!(
            release["platforms"]["darwin-aarch64"],
            json!({ "url": "https://a.example/v1/Dragoman_aarch64.app.tar.gz", "signature": "signature" })
        );
        assert_eq!(release["version"], version().unwrap());
    }
}
