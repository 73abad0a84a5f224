//! The packages as files: judged by the tools of their systems, without being installed.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::checks::{Checks, tool};

/// Programs that a package has.
pub const PROGRAMS: [&str; 3] = ["dragoman", "dragoman-cli", "dragoman-draw"];

/// Bytes that the `.deb` may have.
const PACKED: u64 = 15_000_000;

/// Bytes that the three programs may have.
const INSTALLED: u64 = 50_000_000;

/// The `.deb`, and what is in it.
///
/// # Errors
/// When it cannot be unpacked.
pub fn debian(checks: &mut Checks, package: &Path) -> Result<()> {
    let folder = TempDir::with_prefix("dragoman-package-")?;
    let tree = folder.path();
    tool(
        "dpkg",
        &[
            "dpkg-deb".as_ref(),
            "-x".as_ref(),
            package.as_ref(),
            tree.as_ref(),
        ],
    )?;
    checks.check("the .deb has at most 15 MB", || {
        let size = fs::metadata(package)?.len();
        println!("        {size} bytes");
        ensure!(size <= PACKED, "{size} bytes");
        Ok(())
    });
    checks.check("the three programs have at most 50 MB", || {
        let mut all = 0;
        for name in PROGRAMS {
            let size = fs::metadata(tree.join("usr/bin").join(name))?.len();
            println!("        {size} bytes  {name}");
            all += size;
        }
        ensure!(all <= INSTALLED, "{all} bytes");
        Ok(())
    });
    checks.check("lintian finds no error", || {
        let words = ["lintian", "--allow-root", "--fail-on", "error"];
        let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        words.push(package.as_ref());
        print!("{}", tool("lintian", &words)?);
        Ok(())
    });
    for entry in listed(&tree.join("usr/share/applications"))? {
        let name = entry
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        checks.check(&format!("desktop-file-validate takes {name}"), || {
            let words: [&OsStr; 2] = ["desktop-file-validate".as_ref(), entry.as_ref()];
            let said = tool("desktop-file-utils", &words)?;
            ensure!(
                !said.contains("error") && !said.contains("warning"),
                "{said}"
            );
            Ok(())
        });
    }
    checks.check("appstreamcli takes the metadata", || {
        let file = tree.join("usr/share/metainfo/dev.dragoman.desktop.metainfo.xml");
        let words = ["appstreamcli", "validate", "--no-net"];
        let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        words.push(file.as_ref());
        tool("appstream", &words).map(drop)
    });
    for page in listed(&tree.join("usr/share/man/man1"))? {
        let name = page
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        checks.check(&format!("man shows {name}"), || {
            let words = [
                "env",
                "LC_ALL=C.UTF-8",
                "MANWIDTH=80",
                "man",
                "--warnings",
                "-l",
            ];
            let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
            words.push(page.as_ref());
            let said = tool("man-db", &words)?;
            ensure!(said.contains("NAME"), "no NAME in {said}");
            ensure!(!said.contains("warning:"), "{said}");
            Ok(())
        });
    }
    completions(checks, &tree.join("usr/share"));
    Ok(())
}

/// Each shell reads what completes the programs, and completes by it.
fn completions(checks: &mut Checks, share: &Path) {
    for name in ["dragoman", "dragoman-cli"] {
        let file = share.join("bash-completion/completions").join(name);
        checks.check(&format!("bash completes {name}"), || {
            let script = r#"set -eu; source "$1"; complete -p "$2" >/dev/null
                COMP_WORDS=("$2" --); COMP_CWORD=1; COMPREPLY=()
                f=$(complete -p "$2" | sed 's/.*-F \([^ ]*\).*/\1/')
                set +eu; "$f" "$2" -- "$2"; printf '%s\n' "${COMPREPLY[@]}""#;
            let words: [&OsStr; 6] = [
                "bash".as_ref(),
                "-c".as_ref(),
                script.as_ref(),
                "bash".as_ref(),
                file.as_ref(),
                name.as_ref(),
            ];
            let said = tool("bash", &words)?;
            ensure!(said.contains("--help"), "no --help among {said:?}");
            Ok(())
        });
        let file = share.join("zsh/vendor-completions");
        checks.check(&format!("zsh completes {name}"), || {
            let script = r#"fpath=("$1" $fpath); autoload -Uz compinit; compinit -u -D
                [[ -n ${_comps[$2]} ]] || { echo "nothing completes $2"; exit 1 }
                autoload +X -Uz "_$2" && zsh -n "$1/_$2""#;
            let words: [&OsStr; 7] = [
                "zsh".as_ref(),
                "-f".as_ref(),
                "-c".as_ref(),
                script.as_ref(),
                "zsh".as_ref(),
                file.as_ref(),
                name.as_ref(),
            ];
            tool("zsh", &words).map(drop)
        });
        let file = share
            .join("fish/vendor_completions.d")
            .join(format!("{name}.fish"));
        checks.check(&format!("fish completes {name}"), || {
            let script = "source $argv[1]; complete -C \"$argv[2] --\"";
            let words: [&OsStr; 6] = [
                "fish".as_ref(),
                "--no-config".as_ref(),
                "-c".as_ref(),
                script.as_ref(),
                file.as_ref(),
                name.as_ref(),
            ];
            let said = tool("fish", &words)?;
            ensure!(said.contains("--help"), "no --help among {said:?}");
            Ok(())
        });
    }
}

/// The `.rpm`: what it has, what it wants; installed in a root of its own and erased.
///
/// # Errors
/// When it cannot be read at all.
pub fn rpm(checks: &mut Checks, debian: &Path, package: &Path) -> Result<()> {
    let query = |what: &str| -> Result<String> {
        let words: [&OsStr; 3] = ["rpm".as_ref(), what.as_ref(), package.as_ref()];
        tool("rpm", &words)
    };
    let recommended = || -> Result<String> {
        let words = ["rpm", "-qp", "--recommends"];
        let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        words.push(package.as_ref());
        tool("rpm", &words)
    };
    checks.check("the .rpm has what the .deb has", || {
        let of_rpm: BTreeSet<String> = query("-qlp")?.lines().map(str::to_owned).collect();
        let words: [&OsStr; 3] = ["dpkg-deb".as_ref(), "-c".as_ref(), debian.as_ref()];
        for line in tool("dpkg", &words)?.lines() {
            let path = line
                .split_whitespace()
                .nth(5)
                .context("a line names a file")?;
            let path = path.trim_start_matches('.').trim_end_matches(".gz");
            let path = path.replace("/zsh/vendor-completions/", "/zsh/site-functions/");
            let of_debian = ["/lintian/", "/changelog.Debian", "/copyright"];
            let apart = of_debian.iter().any(|part| path.contains(part));
            if !path.ends_with('/') && !apart {
                ensure!(of_rpm.contains(&path), "no {path}");
            }
        }
        Ok(())
    });
    checks.check(
        "the .rpm wants the web view, and Noto's letters where it can",
        || {
            let (wants, recommends) = (query("-qpR")?, recommended()?);
            print!("{wants}");
            for expected in ["libwebkit2gtk-4.1.so.0", "libgtk-3.so.0", "libdbus-1.so.3"] {
                ensure!(wants.contains(expected), "no {expected}");
            }
            ensure!(
                recommends.contains("google-noto-sans-cjk-fonts"),
                "{recommends}"
            );
            Ok(())
        },
    );
    checks.check(
        "rpm installs it in a root of its own, and erases it",
        || {
            let folder = TempDir::with_prefix("dragoman-rpm-")?;
            let in_root = |words: &[&OsStr]| -> Result<String> {
                let mut all: Vec<&OsStr> = vec!["rpm".as_ref(), "--root".as_ref()];
                all.push(folder.path().as_ref());
                all.extend_from_slice(words);
                tool("rpm", &all)
            };
            in_root(&["--initdb".as_ref()])?;
            in_root(&["-i".as_ref(), "--nodeps".as_ref(), package.as_ref()])?;
            in_root(&["-V".as_ref(), "--nodeps".as_ref(), "dragoman".as_ref()])?;
            let program = folder.path().join("usr/bin/dragoman-cli");
            let words: [&OsStr; 2] = [program.as_ref(), "--version".as_ref()];
            tool("rpm", &words)?;
            in_root(&["-e".as_ref(), "dragoman".as_ref()])?;
            ensure!(!program.exists(), "{} is left", program.display());
            Ok(())
        },
    );
    Ok(())
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    ensure!(!paths.is_empty(), "nothing in {}", folder.display());
    Ok(paths)
}
