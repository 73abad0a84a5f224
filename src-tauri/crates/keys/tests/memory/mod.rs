//! Whether a text is anywhere in the memory of this process.

use std::io::{Read, Seek, SeekFrom};

use zeroize::Zeroizing;

/// Turns each byte of a hidden text into one of the text, and back.
const HIDES: u8 = 0x5a;

/// Bytes of its end that are looked for.
const END: usize = 14;

/// A text that is nowhere in memory as long as nobody asks for it.
pub struct Hidden(Vec<u8>);

impl Hidden {
    /// Takes a text whose bytes were turned: the plain one would stay in the program.
    pub fn new(turned: &[u8]) -> Self {
        Self(turned.to_vec())
    }

    /// The text, in one place, which whoever takes it has to wipe.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        text.extend(self.0.iter().map(|byte| char::from(byte ^ HIDES)));
        text
    }

    /// How often its end is in what this process can write to: whoever gives memory out
    /// writes to the start of what was given back.
    pub fn found(&self) -> usize {
        let end = &self.0[self.0.len() - END..];
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
        let mut bytes = Zeroizing::new(vec![0; 1 << 20]);
        let own = bytes.as_ptr() as usize..bytes.as_ptr() as usize + bytes.len();
        let mut all = 0;
        for line in maps.lines() {
            let mut words = line.split(' ');
            let (place, may) = (words.next().unwrap(), words.next().unwrap());
            if !may.starts_with("rw") {
                continue;
            }
            let (from, to) = place.split_once('-').unwrap();
            let [mut from, to] = [from, to].map(|at| usize::from_str_radix(at, 16).unwrap());
            while from < to {
                let count = (to - from).min(bytes.len());
                let read = memory
                    .seek(SeekFrom::Start(from as u64))
                    .and_then(|_| memory.read_exact(&mut bytes[..count]));
                // It may be gone by now: other threads go on.
                if read.is_ok() {
                    let here = bytes[..count].windows(END).enumerate();
                    // What is read into is no place of its own.
                    let is_there =
                        here.filter(|(at, window)| is(window, end) && !own.contains(&(from + at)));
                    all += is_there.count();
                }
                if from + count == to {
                    break;
                }
                from += count - (END - 1);
            }
        }
        all
    }
}

fn is(bytes: &[u8], turned: &[u8]) -> bool {
    let mut pairs = bytes.iter().zip(turned);
    pairs.all(|(byte, turned)| *byte == *turned ^ HIDES)
}
