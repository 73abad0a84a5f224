//! A fresh Debian, in a folder: as `mmdebstrap` makes it, and what runs in it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::checks::tool;

/// The release that the app is built and tested on.
const RELEASE: &str = "bookworm";

/// Who uses the app in it, by name and number.
pub const USER: &str = "ada";
const USER_ID: u32 = 1000;

/// Where the proof's own programs and files lie in it.
pub const OWN: &str = "/proof";

/// Mounts what programs expect, for as long as they run; then the command.
const ENTER: &str = r#"root=$1; shift
mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc" &&
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp" && exec chroot "$@""#;

/// A Debian of its own; removed when this value is dropped.
#[derive(Debug)]
pub struct Root(TempDir);

impl Root {
    /// Makes one with apt and nothing else, a user in it, and this program.
    ///
    /// # Errors
    /// When `mmdebstrap` is missing or fails.
    pub fn make() -> Result<Self> {
        let folder = TempDir::with_prefix("dragoman-debian-")?;
        // The user in it goes through.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let words = ["mmdebstrap", "--quiet", "--variant=apt", RELEASE];
        let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        words.push(folder.path().as_ref());
        tool("mmdebstrap", &words)?;
        let root = Self(folder);
        root.run(&["useradd", "--create-home", "--shell", "/bin/sh", USER])?;
        root.run(&["apt-get", "--quiet", "update"])?;
        let own = root.path(OWN);
        fs::create_dir(&own)?;
        let here = std::env::current_exe()?;
        let beside = here.parent().context("a program lies in a folder")?;
        for name in ["package", "drag-source"] {
            let from = beside.join(name);
            fs::copy(&from, own.join(name))
                .with_context(|| format!("{} is not built", from.display()))?;
        }
        Ok(root)
    }

    /// A path in it, as seen from outside.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.0.path().join(inside.trim_start_matches('/'))
    }

    /// Puts a file into the folder of the proof, for the user to read; its path inside.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn put(&self, from: &Path, name: &str) -> Result<String> {
        let inside = format!("{OWN}/{name}");
        let to = self.path(&inside);
        fs::copy(from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o644))?;
        chown(&to, Some(USER_ID), Some(USER_ID))?;
        Ok(inside)
    }

    /// What a command prints that runs in it as root.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, words: &[&str]) -> Result<String> {
        let mut command = self.enter(None);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        said(command.args(words), words)
    }

    /// What a command prints that runs in it as the user.
    ///
    /// # Errors
    /// When it fails.
    pub fn run_as_user(&self, words: &[&str]) -> Result<String> {
        let mut command = self.enter(Some(USER));
        command.env("HOME", format!("/home/{USER}"));
        said(command.args(words), words)
    }

    /// Installs packages as a person does who wants no more than is needed.
    ///
    /// # Errors
    /// When apt fails.
    pub fn install(&self, packages: &[&str]) -> Result<String> {
        let apt = [
            "apt-get",
            "--yes",
            "--quiet",
            "install",
            "--no-install-recommends",
        ];
        self.run(&[apt.as_slice(), packages].concat())
    }

    fn enter(&self, user: Option<&str>) -> Command {
        let mut command = Command::new("unshare");
        command
            .args([
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                ENTER,
                "sh",
            ])
            .arg(self.0.path());
        if let Some(user) = user {
            command.arg(format!("--userspec={user}:{user}"));
        }
        command
            .arg(self.0.path())
            .env_clear()
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }
}

fn said(command: &mut Command, words: &[&str]) -> Result<String> {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => bail!("unshare cannot be started ({error}): apt-get install util-linux"),
    };
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(
        output.status.success(),
        "{words:?}: {}\n{said}",
        output.status
    );
    Ok(said)
}
