//! The tree as an archive, and sums of what is handed out.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use crate::{moment, version, write};

/// The file of sums.
const SUMS: &str = "SHA256SUMS";

/// Endings of what is handed out.
const HANDED_OUT: [&str; 11] = [
    ".deb",
    ".rpm",
    ".tar.gz",
    ".AppImage",
    ".dmg",
    ".msi",
    ".exe",
    ".zip",
    ".sig",
    ".cdx.json",
    ".txt",
];

/// `OUT/tree/usr` as `dragoman-VERSION/`, to unpack into `/usr/local` or `~/.local`: the same
/// bytes for the same files, whoever makes it and when.
///
/// # Errors
/// When a file cannot be read or written.
pub fn tar(out: &Path) -> Result<()> {
    let version = version()?;
    let name = format!(
        "dragoman-{version}-{}-{}.tar.gz",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let path = out.join(name);
    let file = File::create(&path);
    let file = file.with_context(|| format!("cannot write {}", path.display()))?;
    let mut archive = Builder::new(GzEncoder::new(file, Compression::best()));
    let moment = moment()?;
    let tree = out.join("tree/usr");
    for path in files(&tree)? {
        let bytes = fs::read(&path)?;
        let inside = Path::new(&format!("dragoman-{version}")).join(path.strip_prefix(&tree)?);
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(bytes.len())?);
        header.set_mode(if inside.iter().any(|part| part == "bin") {
            0o755
        } else {
            0o644
        });
        header.set_mtime(moment);
        archive.append_data(&mut header, inside, bytes.as_slice())?;
    }
    archive.into_inner()?.finish()?.sync_all()?;
    println!("{}", path.display());
    Ok(())
}

/// What `sha256sum --check` reads, of what is handed out in this folder.
///
/// # Errors
/// When there is nothing, or a file cannot be read.
pub fn sums(out: &Path) -> Result<()> {
    let mut lines = String::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(out)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    entries.sort();
    for path in entries {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_file() && HANDED_OUT.iter().any(|ending| name.ends_with(ending)) {
            let sum = Sha256::digest(fs::read(&path)?);
            lines.push_str(&format!("{}  {name}\n", hexadecimal(&sum)));
        }
    }
    ensure!(
        !lines.is_empty(),
        "nothing is handed out in {}",
        out.display()
    );
    write(&out.join(SUMS), &lines)
}

/// Every file of a folder, sorted.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Bytes in digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_of_what_is_handed_out_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        assert!(sums(out).is_err());
        for name in ["b.rpm", "a.deb", "notes.md"] {
            fs::write(out.join(name), name).unwrap();
        }
        sums(out).unwrap();
        let text = fs::read_to_string(out.join(SUMS)).unwrap();
        let names: Vec<_> = text
            .lines()
            .map(|line| line.split("  ").nth(1).unwrap())
            .collect();
        assert_eq!(names, ["a.deb", "b.rpm"]);
        let sum = hexadecimal(&Sha256::digest("a.deb"));
        assert!(text.starts_with(&sum));
    }
}
