//! A file that is there whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::Error;

/// Longest name that is made of a title, in characters: with what is added it fits
/// into the 255 bytes that file systems allow.
const NAME_CHARS: usize = 60;

/// What is gathered before it is written, in bytes.
const BUFFER: usize = 256 * 1024;

/// Writes a file by `write`, under another name beside its own, and gives it its own at
/// the end; what was there before is replaced. Nothing is left where it fails.
///
/// # Errors
/// [`Error::File`], and those of `write`.
pub fn write_whole<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> Result<T, Error>,
) -> Result<T, Error> {
    let of_file = |error: std::io::Error| Error::file(path, error);
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let mut part = tempfile::Builder::new();
    part.prefix(".dragoman-").suffix(".part");
    // As any file that is saved: what the person's mask allows.
    #[cfg(unix)]
    part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let part = part.tempfile_in(folder.unwrap_or(Path::new(".")));
    let part = part.map_err(of_file)?;
    let mut file = BufWriter::with_capacity(BUFFER, part.as_file());
    let done = write(&mut file).map_err(|error| match error {
        Error::Stream(error) => of_file(error),
        error => error,
    })?;
    file.flush().map_err(of_file)?;
    drop(file);
    part.as_file().sync_all().map_err(of_file)?;
    part.persist(path).map_err(|error| of_file(error.error))?;
    Ok(done)
}

/// A name for a file, made of a title: without what file systems do not take, and
/// without an ending.
pub fn file_name(title: &str) -> String {
    let taken = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    let words: String = title.chars().map(taken).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(NAME_CHARS).collect();
    // Windows takes off dots and blanks at the end; one at the start hides the file.
    let name = short.trim_matches(['.', ' ']);
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || ["COM", "LPT"].iter().any(|port| {
            let number = stem.strip_prefix(port);
            number.is_some_and(|number| number.len() == 1)
        });
    match name {
        "" => "conversation".to_owned(),
        name if device => format!("{name} conversation"),
        name => name.to_owned(),
    }
}
