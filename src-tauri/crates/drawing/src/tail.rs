//! Ends that two byte strings share: what is kept of a file is mostly the file, without
//! some of what stands at its front, and need not cross twice.

/// Bytes that are compared at once.
const STEP: usize = 4096;

/// Cuts off what `made` and `file` end with alike; how many bytes that is.
pub fn cut(made: &mut Vec<u8>, file: &[u8]) -> u64 {
    let steps = made
        .rchunks(STEP)
        .zip(file.rchunks(STEP))
        .take_while(|(a, b)| a == b);
    let whole: usize = steps.map(|(a, _)| a.len()).sum();
    let rest = |bytes: &[u8]| bytes.len() - whole;
    let (a, b) = (
        made.get(..rest(made)).unwrap_or_default(),
        file.get(..rest(file)).unwrap_or_default(),
    );
    let more = a.iter().rev().zip(b.iter().rev());
    let alike = whole + more.take_while(|(a, b)| a == b).count();
    made.truncate(made.len() - alike);
    alike as u64
}

/// Puts back what [`cut`] took; `None` where the file is not that long.
#[must_use]
pub fn join(made: &mut Vec<u8>, file: &[u8], alike: u64) -> Option<()> {
    let alike = usize::try_from(alike).ok()?;
    let end = file.get(file.len().checked_sub(alike)?..)?;
    made.extend_from_slice(end);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_comes_back() {
        let file: Vec<u8> = (0..20_000u32).map(|n| (n * n / 7) as u8).collect();
        let mut other = file.clone();
        other[9_000] ^= 1;
        let front = [b"another front, and then ", &file[777..]].concat();
        let longer = [&file[..], &file[..]].concat();
        for (made, alike) in [
            (file.clone(), 20_000),
            (other, 10_999),
            (front, 19_223),
            (file[1..].to_vec(), 19_999),
            (longer, 20_000),
            (file[..19_999].to_vec(), 0),
            (Vec::new(), 0),
        ] {
            let mut crossed = made.clone();
            assert_eq!(cut(&mut crossed, &file), alike);
            assert_eq!(crossed.len() + alike as usize, made.len());
            assert!(join(&mut crossed, &file, alike).is_some());
            assert!(crossed == made);
        }
        assert!(join(&mut Vec::new(), &file, 20_001).is_none());
        assert!(join(&mut Vec::new(), &file, u64::MAX).is_none());
    }
}
