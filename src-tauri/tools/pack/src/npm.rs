//! The packages of npm of which something is in the page.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::part::{Part, Source, texts};
use crate::{read, root};

/// What builds the page and leaves some of its own code in it.
const COMPILERS: [&str; 1] = ["node_modules/@inlang/paraglide-js"];

/// Packages that name no licence, and the one that lies beside them.
const UNNAMED: [(&str, &str); 1] = [("node_modules/svelte-toolbelt", "MIT")];

/// Every package that the page may hold: those that it depends on when it runs, by the lock.
///
/// # Errors
/// When the lock or a package is not there.
pub fn parts() -> Result<Vec<Part>> {
    let ui = root().join("ui");
    let lock: Value = serde_json::from_str(&read(&ui.join("package-lock.json"))?)?;
    let packages = lock.get("packages").and_then(Value::as_object);
    let packages = packages.context("ui/package-lock.json has no packages")?;
    let mut parts = Vec::new();
    for (path, package) in packages {
        let builds = package.get("dev") == Some(&Value::Bool(true));
        let optional = package.get("optional") == Some(&Value::Bool(true));
        let left_in = COMPILERS.contains(&path.as_str());
        if path.is_empty() || ((builds || optional) && !left_in) {
            continue;
        }
        let (_, name) = path
            .rsplit_once("node_modules/")
            .context("a package has a name")?;
        let folder = ui.join(path);
        ensure!(
            folder.is_dir(),
            "{} is not there: cargo xtask bundle installs it",
            folder.display()
        );
        let unnamed = UNNAMED.iter().find(|(known, _)| known == path);
        let licence = package.get("license").and_then(Value::as_str);
        let licence = licence.or(unnamed.map(|(_, licence)| *licence));
        let licence = licence.with_context(|| format!("{name} names no licence"))?;
        let version = package.get("version").and_then(Value::as_str);
        let sum = package.get("integrity").and_then(Value::as_str);
        parts.push(Part {
            name: name.to_owned(),
            version: version.unwrap_or_default().to_owned(),
            source: Source::Npm,
            licence: licence.to_owned(),
            folder: None,
            texts: texts(&folder)?,
            hash: sum
                .and_then(|sum| sum.strip_prefix("sha512-"))
                .and_then(hexadecimal)
                .map(|sum| ("SHA-512", sum)),
            needs: Vec::new(),
        });
    }
    for compiler in COMPILERS {
        ensure!(
            packages.contains_key(compiler),
            "{compiler} is not in the lock"
        );
    }
    parts.sort();
    Ok(parts)
}

/// Base64 as hexadecimal digits; `None` where it is no base64.
fn hexadecimal(base64: &str) -> Option<String> {
    let mut bits = 0_u32;
    let mut held = 0_u32;
    let mut text = String::new();
    for letter in base64.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            let _ = write!(text, "{:02x}", bits >> held & 0xff);
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        assert_eq!(hexadecimal("TWFu").as_deref(), Some("4d616e"));
        assert_eq!(hexadecimal("/+8=").as_deref(), Some("ffef"));
        assert_eq!(hexadecimal("no base64"), None);
    }

    #[test]
    fn what_the_page_is_made_of_is_there_with_sums() {
        let parts = parts().unwrap();
        for name in [
            "svelte",
            "bits-ui",
            "@lucide/svelte",
            "@tauri-apps/api",
            "@inlang/paraglide-js",
        ] {
            let part = parts.iter().find(|part| part.name == name);
            let part = part.unwrap_or_else(|| panic!("no {name}"));
            assert_eq!(part.hash.as_ref().unwrap().1.len(), 128, "{name}");
        }
        assert!(!parts.iter().any(|part| part.name == "vitest"));
    }
}
