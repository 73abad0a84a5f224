//! `cargo xtask bundle`: a release build, packed for this machine's kind; and
//! `cargo xtask sizes`: what holds it.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use crate::page;
use crate::shell::{cargo, command, executable, output, root, run, target};
use crate::system::{self, Need};

mod tools;

use tools::Tool;

/// What is packed: each package, and the program that it builds. They find each other
/// by lying in one folder.
const PROGRAMS: &[(&str, &str)] = &[
    ("dragoman", "dragoman"),
    ("cli", "dragoman-cli"),
    ("draw", "dragoman-draw"),
];

/// What says how cargo-deb and cargo-generate-rpm pack, and a program for the rest: a
/// workspace of its own.
const PACK: &str = "src-tauri/tools/pack";

/// Flags of the compiler that somebody may have set, for their own processor as an example.
const FLAGS: &str = "RUSTFLAGS";

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What Tauri's bundler is told beside `tauri.conf.json`.
const OVERLAY: &str = "tauri.bundle.conf.json";

/// Builds for release and packs for this system: `.deb`, `.rpm` and `.tar.gz` on Linux, or
/// with `what` the AppImage; `.dmg` on macOS; `.msi` and a set-up program on Windows.
///
/// # Errors
/// When a step fails.
pub fn bundle(what: Option<&str>) -> Result<()> {
    system::ensure_packages(if cfg!(target_os = "linux") {
        Need::Bundle
    } else {
        Need::Run
    })?;
    page::ensure_built()?;
    build()?;
    let out = folder();
    fs::create_dir_all(&out)?;
    pack(&["notices".as_ref(), out.join("THIRD-PARTY.txt").as_ref()])?;
    pack(&["sbom".as_ref(), out.join("sbom.cdx.json").as_ref()])?;
    match what {
        None if cfg!(target_os = "linux") => linux(&out)?,
        None if cfg!(target_os = "macos") => by_tauri(&out, "app,dmg")?,
        None => by_tauri(&out, "nsis,msi")?,
        Some(kind) => {
            pack(&["tree".as_ref(), built().as_ref(), out.as_ref()])?;
            by_tauri(&out, kind)?;
            run(command("sh").arg("packaging/appimage/clean.sh").arg(&out))?;
        }
    }
    pack(&["sums".as_ref(), out.as_ref()])
}

/// Builds for release, and prints what holds the programs.
///
/// # Errors
/// When a step fails.
pub fn sizes() -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "sizes are told by nm, of programs of Linux"
    );
    system::ensure_packages(Need::Bundle)?;
    page::ensure_built()?;
    build()?;
    pack(&["sizes".as_ref(), built().as_ref()])
}

/// Where packages are put. Not below `CARGO_TARGET_DIR`: the manifest of [`PACK`] names it.
pub fn folder() -> PathBuf {
    root().join("target/bundle")
}

/// Where the programs of a release build lie.
fn built() -> PathBuf {
    target().join("release")
}

/// Together, so that what they stand on is built once.
fn build() -> Result<()> {
    let packages = PROGRAMS
        .iter()
        .flat_map(|(package, _)| ["--package", package]);
    let mut cargo = cargo();
    cargo
        .args(["build", "--release", "--locked"])
        .args(packages);
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) && env::var_os(FLAGS).is_none() {
        // Functions of the same code are kept once, by the linker that Rust brings here.
        cargo.env(FLAGS, "-Clink-arg=-Wl,--icf=all");
    }
    if !cfg!(target_os = "linux") {
        // There nothing else strips them.
        cargo.args(["--config", "profile.release.strip=\"symbols\""]);
    }
    run(&mut cargo)
}

fn linux(out: &Path) -> Result<()> {
    pack(&["tree".as_ref(), built().as_ref(), out.as_ref()])?;
    pack_debian()?;
    pack_rpm()?;
    pack(&["tar".as_ref(), out.as_ref()])
}

/// The `.deb` that is made.
///
/// # Errors
/// When dpkg is not there.
pub fn debian() -> Result<PathBuf> {
    let arch = output("dpkg", &["--print-architecture"]).context("dpkg tells no architecture")?;
    Ok(folder().join(format!("dragoman_{VERSION}-1_{arch}.deb")))
}

/// The `.rpm` that is made.
pub fn rpm() -> PathBuf {
    folder().join(format!("dragoman-{VERSION}-1.{}.rpm", env::consts::ARCH))
}

fn pack_debian() -> Result<()> {
    run(timed(Tool::Debian.command()?)?
        .args(["--no-build", "--no-strip", "--locked", "--manifest-path"])
        .arg(root().join(PACK).join("Cargo.toml"))
        .args(["--deb-version", &format!("{VERSION}-1"), "--output"])
        .arg(debian()?))?;
    pack(&["squeeze".as_ref(), debian()?.as_ref()])
}

fn pack_rpm() -> Result<()> {
    run(timed(Tool::Rpm.command()?)?
        .current_dir(root().join(PACK))
        .args(["--set-metadata", &format!("version = \"{VERSION}\"")])
        .args([
            "--auto-req",
            "builtin",
            "--payload-compress",
            "xz",
            "--output",
        ])
        .arg(rpm()))
}

/// By Tauri's bundler, which wants the programs beside the window's by the name of the
/// platform.
fn by_tauri(out: &Path, kinds: &str) -> Result<()> {
    let host = output("rustc", &["-vV"]).context("rustc tells no host")?;
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc tells no host")?;
    let programs = out.join("programs");
    fs::create_dir_all(&programs)?;
    for (_, name) in PROGRAMS.iter().filter(|(_, name)| *name != "dragoman") {
        let from = built().join(executable(name));
        let to = programs.join(executable(&format!("{name}-{host}")));
        fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    let mut bundler = timed(Tool::Tauri.command()?)?;
    bundler.current_dir(root().join("src-tauri")).args([
        "bundle",
        "--ci",
        "--bundles",
        kinds,
        "--config",
        OVERLAY,
    ]);
    // A key that releases are signed by: what replaces an older version is made, too.
    let key = env::var("DRAGOMAN_RELEASES_KEY").unwrap_or_default();
    if !key.is_empty() {
        bundler.arg("--config").arg(format!(
            r#"{{"bundle":{{"createUpdaterArtifacts":true}},"plugins":{{"updater":{{"pubkey":"{key}"}}}}}}"#
        ));
    }
    // What signs, as JSON: the release workflow has the secrets.
    if let Some(signing) = env::var_os("DRAGOMAN_SIGNING_CONFIG") {
        bundler.arg("--config").arg(signing);
    }
    run(&mut bundler)?;
    for kind in kinds.split(',') {
        let folder = if kind == "app" { "macos" } else { kind };
        for entry in fs::read_dir(built().join("bundle").join(folder))? {
            let path = entry?.path();
            if let (true, Some(name)) = (path.is_file(), path.file_name()) {
                // The only one that is not named for its processor.
                let name = name.to_string_lossy();
                let arch = env::consts::ARCH.replace("x86_64", "x64");
                let to = out.join(name.replace(".app.tar.gz", &format!("_{arch}.app.tar.gz")));
                fs::copy(&path, &to)?;
                println!("{}", to.display());
            }
        }
    }
    Ok(())
}

/// Runs the program of [`PACK`].
fn pack(arguments: &[&OsStr]) -> Result<()> {
    run(timed(cargo())?
        .env("CARGO_TARGET_DIR", target().join("pack"))
        .args(["run", "--quiet", "--locked", "--manifest-path"])
        .arg(root().join(PACK).join("Cargo.toml"))
        .arg("--")
        .args(arguments))
}

/// Its tests, lints and form: no part of the workspace's.
///
/// # Errors
/// When one fails.
pub fn test() -> Result<()> {
    for arguments in [
        ["fmt", "--check"].as_slice(),
        &[
            "clippy",
            "--locked",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        &["test", "--locked"],
    ] {
        run(timed(cargo())?
            .env("CARGO_TARGET_DIR", target().join("pack"))
            .current_dir(root().join(PACK))
            .args(arguments))?;
    }
    Ok(())
}

/// With the moment of the last commit, where nobody says another: the same source makes the
/// same package.
fn timed(mut command: Command) -> Result<Command> {
    const NAME: &str = "SOURCE_DATE_EPOCH";
    if env::var_os(NAME).is_none() {
        let folder = root();
        let folder = folder.to_string_lossy();
        let moment = match output("git", &["-C", &folder, "log", "-1", "--format=%ct"]) {
            Some(moment) => moment,
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)?
                .as_secs()
                .to_string(),
        };
        command.env(NAME, moment);
    }
    Ok(command)
}
