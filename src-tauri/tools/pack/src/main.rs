//! What is around the programs in a package: the tree that is installed, notices, bill of
//! materials, notes of a release, sums; and what holds the programs themselves.
//!
//! `cargo xtask bundle` and `cargo xtask sizes` run it, and so does the release workflow.

#[cfg(test)]
mod alike;
mod archive;
mod changelog;
mod crates;
mod debian;
mod metainfo;
mod notes;
mod notices;
mod npm;
mod part;
mod release;
mod sbom;
mod sizes;
#[cfg(target_os = "linux")]
mod squeeze;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use changelog::Changelog;

const USAGE: &str = "\
usage: pack COMMAND

  tree PROGRAMS OUT   what is installed, under OUT/tree, with the programs of a folder
  tar OUT             OUT/tree as an archive to unpack anywhere
  squeeze DEB         packs the files in a .deb as small as xz can
  sums OUT            OUT/SHA256SUMS, of what lies there
  sbom FILE           the bill of materials (CycloneDX)
  notices FILE        licences of what the programs hold of others
  check VERSION       is this version ready to be released?
  notes VERSION       the notes of a release, in both languages
  release FOLDER URL  what platforms that replace the app themselves download, from URL
  sizes PROGRAMS      what holds the programs";

fn main() -> ExitCode {
    match answer() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn answer() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tree", programs, out] => tree::make(Path::new(programs), Path::new(out)),
        ["tar", out] => archive::tar(Path::new(out)),
        #[cfg(target_os = "linux")]
        ["squeeze", package] => squeeze::squeeze(Path::new(package)),
        ["sums", out] => archive::sums(Path::new(out)),
        ["sbom", file] => write(Path::new(file), &sbom::make()?),
        ["notices", file] => write(Path::new(file), &notices::make()?),
        ["check", version] => check(version),
        ["notes", version] => {
            print!("{}", notes::make(&Changelog::ours()?, version)?);
            Ok(())
        }
        ["release", folder, base] => {
            println!("{:#}", release::make(Path::new(folder), base)?);
            Ok(())
        }
        ["sizes", programs] => sizes::print(Path::new(programs)),
        _ => bail!("{USAGE}"),
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(3).unwrap_or(here).to_owned()
}

/// The version in the `Cargo.toml` of the app.
fn version() -> Result<String> {
    let text = read(&root().join("Cargo.toml"))?;
    let manifest: toml::Table = text.parse().context("Cargo.toml cannot be read")?;
    let version = manifest
        .get("workspace")
        .and_then(|table| table.get("package"))
        .and_then(|table| table.get("version"))
        .and_then(toml::Value::as_str);
    Ok(version.context("Cargo.toml names no version")?.to_owned())
}

/// Is this the version of `Cargo.toml`, with an entry in the changelog, and so with a
/// release in the AppStream metadata?
fn check(wanted: &str) -> Result<()> {
    let own = version()?;
    if own != wanted {
        bail!("Cargo.toml says {own}, the release is {wanted}: raise the one or tag the other");
    }
    let changelog = Changelog::ours()?;
    let release = changelog.release(wanted).with_context(|| {
        format!("CHANGELOG.md has no entry `## {wanted} (YYYY-MM-DD)`: name what is released")
    })?;
    if release.items().next().is_none() {
        bail!("the entry of {wanted} in CHANGELOG.md names no change");
    }
    let metadata = metainfo::make(&changelog, &own)?;
    let begins = format!("<release version=\"{wanted}\" type=\"stable\"");
    if !metadata.contains(&begins) {
        bail!("the AppStream metadata has no release {wanted}");
    }
    println!("{wanted} is ready to be released");
    Ok(())
}

/// When this was made, in seconds since 1970, so that the same source makes the same
/// package: `SOURCE_DATE_EPOCH`, which `cargo xtask bundle` sets to that of the last commit.
fn moment() -> Result<u64> {
    let given = std::env::var("SOURCE_DATE_EPOCH");
    let given = given.context("SOURCE_DATE_EPOCH says when this was made; it is not set")?;
    let moment = given.parse();
    moment.with_context(|| format!("SOURCE_DATE_EPOCH is no number of seconds: {given}"))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
