//! The life of the package in a fresh Debian: installed in a lower version, used, upgraded
//! over what it kept, removed, purged.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use image::{Rgb, RgbImage};
use tempfile::TempDir;

use crate::checks::{Checks, tool};
use crate::files::PROGRAMS;
use crate::root::{OWN, Root, USER};

/// The version that is upgraded from.
const LOWER: &str = "0.0.1-1";

/// What the user keeps, below the home folder.
const DATA: &str = ".local/share/dev.dragoman.desktop";

/// What the window is driven with, and what opens files and addresses.
const DESKTOP: [&str; 9] = [
    "dbus",
    "desktop-file-utils",
    "gnome-keyring",
    "libglib2.0-bin",
    "openbox",
    "webkit2gtk-driver",
    "x11-utils",
    "xdg-utils",
    "xvfb",
];

/// Another program that shows pictures.
const VIEWER: &str = "[Desktop Entry]
Type=Application
Name=Viewer
Exec=true %U
MimeType=image/png;
";

/// Every step, in order.
///
/// # Errors
/// When a step fails without which the others tell nothing.
pub fn of_the_package(checks: &mut Checks, root: &Root, package: &Path) -> Result<()> {
    let folder = TempDir::with_prefix("dragoman-lower-")?;
    let lower = root.put(&lower(package, folder.path())?, "lower.deb")?;
    let newer = root.put(package, "dragoman.deb")?;
    let picture = folder.path().join("picture.png");
    RgbImage::from_pixel(640, 360, Rgb([17, 34, 204])).save(&picture)?;
    let picture = root.put(&picture, "海 边.png")?;

    checks.check(
        "apt installs it with nothing that is only recommended",
        || root.install(&[&lower]).map(drop),
    );
    for name in PROGRAMS {
        checks.check(&format!("{name} finds every library"), || {
            let said = root.run(&["ldd", &format!("/usr/bin/{name}")])?;
            ensure!(!said.contains("not found"), "{said}");
            Ok(())
        });
    }
    checks.check(
        "dragoman-cli asks Demo about a picture, without a desktop",
        || {
            let asked = ["dragoman-cli", "ask", "-i", &picture, "What colour is it?"];
            let said = root.run_as_user(&asked)?;
            for fact in ["640 × 360", "#1122cc"] {
                ensure!(said.to_lowercase().contains(fact), "no {fact} in {said}");
            }
            Ok(())
        },
    );
    // From here on there is a desktop.
    root.install(&DESKTOP)?;
    let inside = |step: &str| {
        let said = root.run_as_user(&[&format!("{OWN}/package"), "inside", step])?;
        print!("{said}");
        anyhow::Ok(())
    };
    checks.check(
        "a picture is dropped and Demo answers, with a keyring",
        || inside("drop"),
    );
    checks.check(
        "it starts without a keyring, and has what was asked",
        || inside("without-keyring"),
    );
    checks.check(
        "the entry of the menu opens the window that it names",
        || inside("entry"),
    );
    checks.check("it opens pictures, PDFs and its own addresses", || {
        for kind in ["image/png", "image/heic", "application/pdf"] {
            let said = root.run_as_user(&["gio", "mime", kind])?;
            ensure!(said.contains("dragoman.desktop"), "{kind}: {said}");
        }
        let said = root.run_as_user(&["gio", "mime", "x-scheme-handler/dragoman"])?;
        ensure!(said.contains("dragoman.desktop"), "{said}");
        Ok(())
    });
    checks.check(
        "any other viewer is the default, unless a person says so",
        || {
            let viewer = root.path("/usr/share/applications/viewer.desktop");
            fs::write(&viewer, VIEWER)?;
            root.run(&["update-desktop-database"])?;
            let (of_glib, of_xdg) = (
                ["gio", "mime", "image/png"],
                ["xdg-mime", "query", "default", "image/png"],
            );
            let (of_glib, of_xdg) = (root.run_as_user(&of_glib)?, root.run_as_user(&of_xdg)?);
            fs::remove_file(&viewer)?;
            root.run(&["update-desktop-database"])?;
            let first = of_glib.lines().next().unwrap_or_default();
            ensure!(first.ends_with("viewer.desktop"), "{of_glib}");
            ensure!(of_xdg.trim() == "viewer.desktop", "{of_xdg}");
            Ok(())
        },
    );
    checks.check("an upgrade keeps what the user has", || {
        let before = kept(root)?;
        ensure!(!before.is_empty(), "nothing was kept");
        root.install(&[&newer])?;
        let said = root.run(&[
            "dpkg-query",
            "--show",
            "--showformat=${Version}",
            "dragoman",
        ])?;
        ensure!(said != LOWER, "{said} is still there");
        ensure!(
            kept(root)? == before,
            "the upgrade changed files in the home"
        );
        inside("without-keyring")
    });
    checks.check("removed, it is gone and what the user has stays", || {
        let before = kept(root)?;
        root.run(&["apt-get", "--yes", "remove", "dragoman"])?;
        for name in PROGRAMS {
            let path = root.path(&format!("/usr/bin/{name}"));
            ensure!(!path.exists(), "{} is left", path.display());
        }
        ensure!(kept(root)? == before, "files in the home are gone");
        Ok(())
    });
    checks.check(
        "purged, it says what it keeps, and nothing else is left",
        || {
            let before = kept(root)?;
            let said = root.run(&["apt-get", "--yes", "purge", "dragoman"])?;
            ensure!(said.contains(DATA), "it does not say where: {said}");
            ensure!(kept(root)? == before, "files in the home are gone");
            let left = left(root)?;
            ensure!(left.is_empty(), "{left:?}");
            Ok(())
        },
    );
    root.install(&[&newer])?;
    checks.check("a picture that is opened with it is attached", || {
        inside("open-with")
    });
    Ok(())
}

/// The same package, in a lower version.
fn lower(package: &Path, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("tree");
    tool(
        "dpkg",
        &[
            "dpkg-deb".as_ref(),
            "-R".as_ref(),
            package.as_ref(),
            tree.as_ref(),
        ],
    )?;
    let control = tree.join("DEBIAN/control");
    let text = fs::read_to_string(&control)?;
    let version = text.lines().find(|line| line.starts_with("Version: "));
    let version = version.context("the package names its version")?;
    fs::write(
        &control,
        text.replace(version, &format!("Version: {LOWER}")),
    )?;
    let lower = folder.join("lower.deb");
    // Quickly: it is unpacked once.
    let words = ["dpkg-deb", "--root-owner-group", "-Znone", "-b"];
    let mut words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    words.extend([tree.as_os_str(), lower.as_os_str()]);
    tool("dpkg", &words)?;
    Ok(lower)
}

/// The files of the user's data, and their sizes.
fn kept(root: &Root) -> Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    let mut folders = vec![root.path(&format!("/home/{USER}/{DATA}"))];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| format!("cannot read {}", folder.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push((entry.path(), entry.metadata()?.len()));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What has its name outside of homes, of the proof, and of what apt and dpkg write down.
fn left(root: &Root) -> Result<Vec<String>> {
    let found = root.run(&["find", "/", "-xdev", "-iname", "*dragoman*"])?;
    let apart = [
        "/home/",
        "/proof/",
        "/proc/",
        "/dev/",
        "/tmp/",
        "/var/log/",
        "/var/cache/",
    ];
    let mut left: Vec<String> = found
        .lines()
        .filter(|path| !apart.iter().any(|begin| path.starts_with(begin)))
        .map(str::to_owned)
        .collect();
    let cache = root.path("/usr/share/applications/mimeinfo.cache");
    if fs::read_to_string(cache).is_ok_and(|text| text.contains("dragoman")) {
        left.push("mimeinfo.cache".to_owned());
    }
    Ok(left)
}
