//! The notes of a release, in both languages.

use anyhow::{Context, Result};

use crate::changelog::Changelog;

/// Which file a person needs, in both languages; `{v}` is the version.
const FILES: &str = "\
## Which file do I need? / 我该下载哪个文件?

| | |
| --- | --- |
| Debian 12, Ubuntu 24.04 and later, Mint, deepin, UOS / 及更高版本 | `dragoman_{v}-1_amd64.deb`: `sudo apt install ./dragoman_{v}-1_amd64.deb` |
| Fedora, openSUSE | `dragoman-{v}-1.x86_64.rpm`: `sudo dnf install ./dragoman-{v}-1.x86_64.rpm` |
| Other Linux with WebKitGTK 4.1 / 其他装有 WebKitGTK 4.1 的 Linux | `dragoman-{v}-linux-x86_64.tar.gz`: `tar -xzf … --strip-components=1 -C ~/.local` |
| macOS 11 and later, Apple silicon / 苹果芯片 | `Dragoman_{v}_aarch64.dmg` |
| macOS 11 and later, Intel / 英特尔芯片 | `Dragoman_{v}_x64.dmg` |
| Windows 10 and 11 / Windows 10、11 | `Dragoman_{v}_x64-setup.exe` |
| Windows, for administrators / 供管理员部署 | `Dragoman_{v}_x64_en-US.msi` |

On ARM, Linux takes the same with `arm64` or `aarch64` in the name. / ARM 上的 Linux 请选名字里带 `arm64` 或 `aarch64` 的文件。

Check what you got against `SHA256SUMS`: `sha256sum --check --ignore-missing SHA256SUMS`. \
Where it was built, `gh attestation verify FILE` says. What it holds of others is in `sbom-….cdx.json` and `THIRD-PARTY-….txt`.

用 `SHA256SUMS` 核对下载的文件:`sha256sum --check --ignore-missing SHA256SUMS`。\
文件在哪里构建的,可用 `gh attestation verify 文件` 查证。其中所含的第三方组件见 `sbom-….cdx.json` 与 `THIRD-PARTY-….txt`。

";

/// What changed with this version, and which file is for whom.
///
/// # Errors
/// When the changelog has no such release.
pub fn make(changelog: &Changelog, version: &str) -> Result<String> {
    let release = changelog.release(version);
    let release = release.with_context(|| format!("CHANGELOG.md has no entry of {version}"))?;
    let mut text = FILES.replace("{v}", version);
    text.push_str("## What changed / 更新内容\n");
    for (kind, items) in &release.sections {
        text.push_str(&format!("\n### {}\n\n", in_both(kind)));
        for item in items {
            text.push_str(&format!("- {item}\n"));
        }
    }
    Ok(text)
}

/// The kinds of Keep a Changelog, in both languages.
fn in_both(kind: &str) -> String {
    let chinese = match kind {
        "Added" => "新增",
        "Changed" => "变更",
        "Deprecated" => "即将移除",
        "Removed" => "移除",
        "Fixed" => "修复",
        "Security" => "安全",
        _ => return kind.to_owned(),
    };
    format!("{kind} / {chinese}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_say_which_file_and_what_changed_in_both_languages() {
        let changelog = Changelog::parse("## 0.2.0 (2026-12-01)\n\n### Fixed\n\n- One `thing`.\n");
        let notes = make(&changelog, "0.2.0").unwrap();
        for expected in [
            "Which file do I need? / 我该下载哪个文件?",
            "`dragoman_0.2.0-1_amd64.deb`",
            "### Fixed / 修复\n\n- One `thing`.\n",
        ] {
            assert!(notes.contains(expected), "no {expected} in {notes}");
        }
        assert!(!notes.contains("{v}"));
        assert!(make(&changelog, "0.3.0").is_err());
    }
}
