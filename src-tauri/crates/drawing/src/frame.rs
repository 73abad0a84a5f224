//! Frames, in which jobs and answers cross.
//!
//! A frame is the length of its header, the number of its payloads (32 bits each),
//! the length of each payload (64 bits), all with the low byte first; then the header
//! as JSON, and the payloads as they are.

use std::io::{self, ErrorKind, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most bytes of a header: that of a picture in parts is some ten thousand.
const HEADER: u32 = 1 << 20;
/// Most payloads: a picture is cut into two dozen parts.
const PAYLOADS: u32 = 64;
/// Most bytes of all payloads: more than any file that is read, or any master.
const BYTES: u64 = 1 << 30;

/// Writes a frame.
///
/// # Errors
/// Those of the other end; and where the header cannot be written as JSON.
pub fn write(
    to: &mut impl Write,
    header: &impl Serialize,
    payloads: &[impl AsRef<[u8]>],
) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    let mut start = Vec::with_capacity(8 + 8 * payloads.len() + header.len());
    let count = |n: usize| u32::try_from(n).map_err(|_| io::Error::from(ErrorKind::InvalidInput));
    start.extend_from_slice(&count(header.len())?.to_le_bytes());
    start.extend_from_slice(&count(payloads.len())?.to_le_bytes());
    for payload in payloads {
        start.extend_from_slice(&(payload.as_ref().len() as u64).to_le_bytes());
    }
    start.extend_from_slice(&header);
    to.write_all(&start)?;
    for payload in payloads {
        to.write_all(payload.as_ref())?;
    }
    to.flush()
}

/// Reads a frame; `None` where the input ends before one begins.
///
/// # Errors
/// Those of the other end; where the input ends within a frame; where it is none, or
/// larger than any.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Vec<Vec<u8>>)>> {
    let mut first = [0];
    loop {
        match from.read(&mut first) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let ([first], mut rest) = (first, [0; 3]);
    from.read_exact(&mut rest)?;
    let [b, c, d] = rest;
    let header = u32::from_le_bytes([first, b, c, d]);
    let payloads = u32::from_le_bytes(array(from)?);
    if header > HEADER || payloads > PAYLOADS {
        return Err(ErrorKind::InvalidData.into());
    }
    let lengths = (0..payloads)
        .map(|_| Ok(u64::from_le_bytes(array(from)?)))
        .collect::<io::Result<Vec<u64>>>()?;
    let all = lengths
        .iter()
        .fold(0, |all: u64, one| all.saturating_add(*one));
    if all > BYTES {
        return Err(ErrorKind::InvalidData.into());
    }
    let header = serde_json::from_slice(&exactly(from, header.into())?)?;
    let payloads = lengths.into_iter().map(|length| exactly(from, length));
    Ok(Some((header, payloads.collect::<io::Result<_>>()?)))
}

fn array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// So many bytes. Room is made at once for what is usual; for more only as it comes,
/// as whoever writes may only say so.
fn exactly(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    const USUAL: u64 = 64 << 20;
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(USUAL)).unwrap_or(0));
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_went() {
        let mut frames = Vec::new();
        write(&mut frames, &"one", &[&b""[..], b"\0\xff", &[7; 100_000]]).unwrap();
        write(&mut frames, &"two", &[] as &[&[u8]]).unwrap();
        let mut from = frames.as_slice();
        let (header, payloads) = read::<String>(&mut from).unwrap().unwrap();
        assert_eq!(header, "one");
        assert_eq!(payloads, [vec![], vec![0, 0xff], vec![7; 100_000]]);
        let (header, payloads) = read::<String>(&mut from).unwrap().unwrap();
        assert_eq!((header.as_str(), payloads.len()), ("two", 0));
        assert!(read::<String>(&mut from).unwrap().is_none());
    }

    #[test]
    fn nothing_that_is_cut_off_or_too_large_is_a_frame() {
        let mut frame = Vec::new();
        write(&mut frame, &"header", &[b"payload"]).unwrap();
        for length in 1..frame.len() {
            assert!(read::<String>(&mut &frame[..length]).is_err(), "{length}");
        }
        let huge = |at: usize, bytes: &[u8]| {
            let mut frame = frame.clone();
            frame[at..at + bytes.len()].copy_from_slice(bytes);
            read::<String>(&mut frame.as_slice()).unwrap_err().kind()
        };
        assert_eq!(huge(0, &[0xff; 4]), ErrorKind::InvalidData);
        assert_eq!(huge(4, &[0xff; 4]), ErrorKind::InvalidData);
        assert_eq!(huge(8, &[0xff; 8]), ErrorKind::InvalidData);
    }
}
