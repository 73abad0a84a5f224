//! What holds the programs: their sections, the code of each crate by its symbols, and the
//! files that are embedded in them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::tree::{PROGRAMS, output};
use crate::{archive, notices, root};

/// Crates of a program that are listed, the largest first.
const LISTED: usize = 16;

/// Embedded files of fewer bytes are not looked for.
const SMALLEST: u64 = 8 * 1024;

/// How many bytes of a file, from its middle, tell that a program holds it.
const TOLD_BY: usize = 32;

/// Endings of files that are embedded: what is compiled is told by its symbols.
const EMBEDDED: [&str; 16] = [
    "bin", "brotli", "br", "pfb", "ttf", "otf", "packdump", "icc", "dat", "png", "css", "js",
    "html", "deflate", "json", "data",
];

/// Prints it for each program of a folder, which hold their symbols.
///
/// # Errors
/// When one is missing or has no symbols.
pub fn print(programs: &Path) -> Result<()> {
    let candidates = candidates(programs)?;
    for name in PROGRAMS {
        let program = programs.join(name);
        println!("\n{name}");
        for (section, size) in sections(&program)? {
            println!("{:>12}  {section}", thousands(size));
        }
        let crates = crates(&program)?;
        ensure!(!crates.is_empty(), "{} has no symbols", program.display());
        println!("  code by crate:");
        for (name, size) in crates.iter().take(LISTED) {
            println!("{:>12}  {name}", thousands(*size));
        }
        let rest: u64 = crates.iter().skip(LISTED).map(|(_, size)| size).sum();
        println!(
            "{:>12}  {} others",
            thousands(rest),
            crates.len().saturating_sub(LISTED)
        );
        println!("  embedded files:");
        for (name, size) in embedded(&program, &candidates)? {
            println!("{:>12}  {name}", thousands(size));
        }
    }
    Ok(())
}

/// The sections that are loaded, of more than 100,000 bytes; then all of them together.
fn sections(program: &Path) -> Result<Vec<(String, u64)>> {
    let text = output(Path::new("size"), &[OsStr::new("-A"), program.as_os_str()])?;
    let mut sections = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [name, size, address] = words.as_slice()
            && let (Ok(size), Ok(address)) = (size.parse::<u64>(), address.parse::<u64>())
            && address > 0
        {
            sections.push(((*name).to_owned(), size));
        }
    }
    let all = sections.iter().map(|(_, size)| size).sum();
    sections.retain(|(_, size)| *size > 100_000);
    sections.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    sections.push(("what is loaded".to_owned(), all));
    Ok(sections)
}

/// Bytes of code by crate, the largest first.
fn crates(program: &Path) -> Result<Vec<(String, u64)>> {
    let arguments = ["--print-size", "--demangle", "--defined-only", "--radix=d"];
    let mut arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    arguments.push(program.as_os_str());
    let mut crates = BTreeMap::<String, u64>::new();
    for line in output(Path::new("nm"), &arguments)?.lines() {
        let mut words = line.splitn(4, ' ').skip(1);
        if let (Some(size), Some(kind), Some(name)) = (words.next(), words.next(), words.next())
            && kind.eq_ignore_ascii_case("t")
            && let Ok(size) = size.parse::<u64>()
        {
            *crates.entry(crate_of(name)).or_default() += size;
        }
    }
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(crates)
}

/// The crate that a symbol is of: the first name of its path, that of the type where it is
/// a method of one. What has no path is C.
fn crate_of(symbol: &str) -> String {
    let mut rest = symbol;
    loop {
        let before = rest;
        rest = rest.trim_start_matches(['<', '&', '(', '[', '*', ' ']);
        for word in ["mut ", "const ", "dyn ", "impl "] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        if rest == before {
            break;
        }
    }
    match rest.split_once("::") {
        Some((name, _)) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            name.to_owned()
        }
        _ => "C, and what has no name".to_owned(),
    }
}

/// A file that may be embedded: its name, where it lies, its size and its middle.
struct Candidate {
    name: String,
    path: PathBuf,
    size: u64,
    middle: Vec<u8>,
}

impl Candidate {
    /// Is all of it in these bytes, with its middle at this place?
    fn is_at(&self, bytes: &[u8], middle: usize) -> bool {
        let Ok(own) = fs::read(&self.path) else {
            return false;
        };
        let begin = middle.checked_sub(own.len() / 2);
        let held = begin.and_then(|begin| bytes.get(begin..begin + own.len()));
        held == Some(own.as_slice())
    }
}

fn candidates(programs: &Path) -> Result<Vec<Candidate>> {
    let mut folders: Vec<(String, PathBuf)> = vec![
        ("ours".to_owned(), root().join("src-tauri/crates")),
        ("ours".to_owned(), root().join("src-tauri/providers")),
        ("ours".to_owned(), root().join("ui/messages")),
    ];
    for part in notices::parts()? {
        if let Some(folder) = part.folder {
            folders.push((part.name, folder));
        }
    }
    // What build scripts and macros made: the page, packed, and tables.
    for entry in fs::read_dir(programs.join("build")).into_iter().flatten() {
        let path = entry?.path();
        let out = path.join("out");
        if out.is_dir() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = name.rsplit_once('-').map_or(&*name, |(name, _)| name);
            folders.push((format!("{name}, made"), out));
        }
    }
    let mut candidates = Vec::new();
    for (name, folder) in folders {
        for path in archive::files(&folder)? {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            let size = fs::metadata(&path)?.len();
            if size < SMALLEST || !EMBEDDED.contains(&&*ending) {
                continue;
            }
            let bytes = fs::read(&path)?;
            let middle = bytes.len() / 2;
            let Some(middle) = bytes.get(middle..middle + TOLD_BY) else {
                continue;
            };
            // One letter again and again stands in many files.
            if middle
                .windows(2)
                .filter(|pair| pair.first() != pair.last())
                .count()
                < TOLD_BY / 2
            {
                continue;
            }
            let inside = path.strip_prefix(&folder).unwrap_or(&path);
            candidates.push(Candidate {
                name: format!("{name}: {}", inside.display()),
                path: path.clone(),
                size,
                middle: middle.to_vec(),
            });
        }
    }
    Ok(candidates)
}

/// Those of the files that a program holds, the largest first, and all of them together.
fn embedded(program: &Path, candidates: &[Candidate]) -> Result<Vec<(String, u64)>> {
    let bytes = fs::read(program).with_context(|| format!("cannot read {}", program.display()))?;
    let mut by_begin: BTreeMap<&[u8], Vec<&Candidate>> = BTreeMap::new();
    for candidate in candidates {
        let begin = candidate.middle.get(..8).unwrap_or_default();
        by_begin.entry(begin).or_default().push(candidate);
    }
    let mut found = BTreeMap::new();
    for (at, begin) in bytes.windows(8).enumerate() {
        for candidate in by_begin.get(begin).into_iter().flatten() {
            if bytes.get(at..at + TOLD_BY) == Some(candidate.middle.as_slice())
                && !found.contains_key(&candidate.middle)
                && candidate.is_at(&bytes, at)
            {
                // The same file, by another name.
                found.insert(&candidate.middle, *candidate);
            }
        }
    }
    let mut found: Vec<(String, u64)> = found
        .into_values()
        .map(|candidate| (candidate.name.clone(), candidate.size))
        .collect();
    found.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let all = found.iter().map(|(_, size)| size).sum();
    found.push(("embedded together".to_owned(), all));
    Ok(found)
}

/// A number in groups of three.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_belongs_to_the_crate_of_its_path() {
        for (symbol, expected) in [
            ("hayro_interpret::device::Device::draw", "hayro_interpret"),
            (
                "<image::codecs::gif::Decoder as core::fmt::Debug>::fmt",
                "image",
            ),
            (
                "<&mut T as core::fmt::Write>::write",
                "C, and what has no name",
            ),
            (
                "<&mut serde_json::de::Deserializer<R> as serde::X>::x",
                "serde_json",
            ),
            ("core::ptr::drop_in_place<wire::Thing>", "core"),
            ("sqlite3_step", "C, and what has no name"),
        ] {
            assert_eq!(crate_of(symbol), expected, "{symbol}");
        }
    }

    #[test]
    fn an_embedded_file_is_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let whole: Vec<u8> = (0..=255).collect();
        let middle = whole[128..160].to_vec();
        // The same in its middle, and nowhere else.
        let mut alike = whole.clone();
        alike[0] = 7;
        let program = write(
            "program",
            &[vec![7; 100], whole.clone(), vec![9; 50]].concat(),
        );
        let candidate = |name: &str, bytes: &[u8]| Candidate {
            name: name.to_owned(),
            path: write(name, bytes),
            size: 256,
            middle: middle.clone(),
        };
        let candidates = [
            candidate("alike", &alike),
            candidate("one", &whole),
            candidate("same", &whole),
        ];
        assert_eq!(
            embedded(&program, &candidates).unwrap(),
            [
                ("one".to_owned(), 256),
                ("embedded together".to_owned(), 256)
            ]
        );
    }

    #[test]
    fn numbers_are_read_in_groups() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
