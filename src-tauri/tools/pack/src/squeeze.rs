//! A `.deb` whose files are packed as small as xz can: its own programs hold much of the same
//! code, which is found again only in a dictionary as large as all of them.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};

/// What an archive of `ar` begins with.
const MAGIC: &[u8] = b"!<arch>\n";
/// Bytes of the head of a member.
const HEAD: usize = 60;
/// Where the size of a member stands in its head.
const SIZE: std::ops::Range<usize> = 48..58;

/// Packs the files in the package at `path` anew. Readers need 65 MiB for it.
///
/// # Errors
/// When it is no such package, or `xz` is not there.
pub fn squeeze(path: &Path) -> Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    fs::write(path, squeezed(&bytes)?)?;
    Ok(())
}

fn squeezed(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut rest = bytes.strip_prefix(MAGIC).context("this is no .deb")?;
    let mut out = MAGIC.to_vec();
    while !rest.is_empty() {
        let (head, after) = rest.split_at_checked(HEAD).context("it is cut off")?;
        let size = head
            .get(SIZE)
            .and_then(|size| std::str::from_utf8(size).ok());
        let size: usize = size.context("a size is none")?.trim().parse()?;
        let (body, after) = after.split_at_checked(size).context("it is cut off")?;
        // Members begin at even bytes.
        rest = after.get(size % 2..).unwrap_or_default();
        let body = match head.starts_with(b"data.tar.xz") {
            true => xz(SMALLEST, &xz(&["--decompress"], body)?)?,
            false => body.to_vec(),
        };
        out.extend(head.get(..SIZE.start).unwrap_or_default());
        out.extend(format!("{:<10}", body.len()).bytes());
        out.extend(head.get(SIZE.end..).unwrap_or_default());
        out.extend(&body);
        if body.len() % 2 == 1 {
            out.push(b'\n');
        }
    }
    Ok(out)
}

/// Calls within programs of this processor are told apart from where they stand.
#[cfg(target_arch = "x86_64")]
const SMALLEST: &[&str] = &["--x86", "--lzma2=preset=9e"];
#[cfg(not(target_arch = "x86_64"))]
const SMALLEST: &[&str] = &["--lzma2=preset=9e"];

/// Runs `xz` over some bytes.
fn xz(options: &[&str], bytes: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("xz")
        .args(options)
        .arg("--stdout")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("xz does not start: install xz-utils")?;
    let mut stdin = child.stdin.take().context("xz reads nothing")?;
    let output = thread::scope(|scope| {
        // What it cannot read any more it says itself.
        scope.spawn(move || stdin.write_all(bytes));
        child.wait_with_output()
    })?;
    ensure!(output.status.success(), "xz failed: {}", output.status);
    Ok(output.stdout)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn member(name: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            7,
            0,
            0,
            100_644,
            body.len()
        );
        let mut out = [head.as_bytes(), body].concat();
        if body.len() % 2 == 1 {
            out.push(b'\n');
        }
        out
    }

    fn package(data: &[u8]) -> Vec<u8> {
        let members = [
            member("debian-binary", b"2.0\n"),
            member("control.tar.xz", b"odd"),
            member("data.tar.xz", data),
        ];
        [MAGIC, members.concat().as_slice()].concat()
    }

    #[test]
    fn only_the_files_are_packed_anew_and_say_the_same() {
        let files = b"the same again ".repeat(5000);
        let loose = xz(&["-0"], &files).unwrap();
        let small = squeezed(&package(&loose)).unwrap();
        let tight = xz(SMALLEST, &files).unwrap();
        assert_eq!(small, package(&tight));
        assert_eq!(xz(&["--decompress"], &tight).unwrap(), files);
    }

    #[test]
    fn what_is_no_package_or_cut_off_is_refused() {
        let whole = package(&xz(&["-0"], b"x").unwrap());
        assert!(squeezed(b"PK").is_err());
        assert!(squeezed(whole.get(..whole.len() - 30).unwrap()).is_err());
    }
}
