//! Which of the blocks that a JPEG promises are there (ITU-T T.81, annexes B, F and G).
//!
//! A decoder fills with grey what is missing, and says no more than that something is
//! wrong. So the codes of a file in which something is wrong are read once more, and
//! counted: one that lacks its lower half is no picture, one with a few bad bytes is.

use std::collections::BTreeMap;

use drawing::raw::be16;

/// Of so many blocks one may be missing where the file has its end: behind a bad byte
/// a few more or fewer are read than there were.
const FAULT: u64 = 50;

/// Are all pixels there, but for what a small fault costs?
pub(super) fn are_there(bytes: &[u8], ended: bool) -> bool {
    let Some((missing, all)) = missing(bytes) else {
        return false;
    };
    missing == 0 || (ended && missing.saturating_mul(FAULT) <= all)
}

/// Most units that a scan lacks, and how many it has; `None` where a component is in
/// no scan, or nothing can be told.
fn missing(bytes: &[u8]) -> Option<(u64, u64)> {
    let mut file = File::default();
    let mut worst = (0, 1);
    let mut at = 2;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let found = rest.windows(2).position(is_marker);
        let Some(marker) = found.and_then(|found| {
            at += found + 2;
            bytes.get(at - 1)
        }) else {
            break;
        };
        let marker = *marker;
        if marker == 0xd9 {
            break;
        }
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            continue;
        }
        let Some(length) = be16(bytes, at).map(usize::from) else {
            break;
        };
        let Some(data) = bytes.get(at + 2..at + length) else {
            break;
        };
        at += length;
        match marker {
            0xc0..=0xc2 => file.frame(marker, data)?,
            0xc4 => file.tables(data),
            0xdd => file.restart = be16(data, 0).map_or(0, u64::from),
            0xda => {
                let (lost, all, end) = file.scan(data, bytes, at)?;
                // As parts, so that a short scan counts as much as a long one.
                if u128::from(lost) * u128::from(worst.1) > u128::from(worst.0) * u128::from(all) {
                    worst = (lost, all);
                }
                at = end;
            }
            _ => {}
        }
    }
    let every = !file.parts.is_empty() && file.parts.iter().all(|part| part.begun);
    every.then_some(worst)
}

fn is_marker(two: &[u8]) -> bool {
    matches!(two, [0xff, marker] if !matches!(marker, 0 | 0xff))
}

/// What of a file the codes hang on.
#[derive(Default)]
struct File {
    progressive: bool,
    size: (u64, u64),
    /// Most samples of a component across and down.
    most: (u64, u64),
    parts: Vec<Part>,
    /// By class and number, as in the file.
    tables: BTreeMap<u8, Table>,
    /// Units between two restarts; 0 without.
    restart: u64,
}

/// A component.
struct Part {
    id: u8,
    across: u64,
    down: u64,
    /// Some scan has its first coefficients.
    begun: bool,
    /// Coefficients of each block that are not zero, where a scan refines them.
    known: Vec<u64>,
}

impl File {
    fn frame(&mut self, marker: u8, data: &[u8]) -> Option<()> {
        if !self.parts.is_empty() {
            return None;
        }
        self.progressive = marker == 0xc2;
        self.size = (be16(data, 3)?.into(), be16(data, 1)?.into());
        let parts = data.get(6..)?.as_chunks::<3>().0;
        self.parts = parts
            .iter()
            .map(|[id, factors, _]| Part {
                id: *id,
                across: u64::from(factors >> 4),
                down: u64::from(factors & 15),
                begun: false,
                known: Vec::new(),
            })
            .collect();
        let most = |side: fn(&Part) -> u64| self.parts.iter().map(side).max();
        self.most = (most(|part| part.across)?, most(|part| part.down)?);
        let fine = |part: &Part| part.across > 0 && part.down > 0;
        self.parts.iter().all(fine).then_some(())
    }

    fn tables(&mut self, mut data: &[u8]) {
        while let Some((head, rest)) = data.split_first() {
            let Some((counts, rest)) = rest.split_first_chunk::<16>() else {
                return;
            };
            let all = counts.iter().map(|count| usize::from(*count)).sum();
            let Some((symbols, rest)) = rest.split_at_checked(all) else {
                return;
            };
            self.tables.insert(*head, Table::new(counts, symbols));
            data = rest;
        }
    }

    /// How many units of a scan are missing, how many it has, and where its data end.
    fn scan(&mut self, head: &[u8], bytes: &[u8], at: usize) -> Option<(u64, u64, usize)> {
        let (count, rest) = head.split_first()?;
        let (named, rest) = rest.split_at_checked(usize::from(*count) * 2)?;
        let [first, last, steps] = *rest.first_chunk::<3>()?;
        let mut coding = Coding {
            progressive: self.progressive,
            first,
            last: last.min(63),
            refines: steps >> 4 != 0,
            run: 0,
        };
        let whole = |side: u64, most: u64| side.div_ceil(most.max(1) * 8);
        let units = (
            whole(self.size.0, self.most.0),
            whole(self.size.1, self.most.1),
        );
        let alone = *count == 1;
        let mut all = units.0 * units.1;
        let mut order = Vec::new();
        for [id, tables] in named.as_chunks::<2>().0 {
            let place = self.parts.iter().position(|part| part.id == *id)?;
            let part = self.parts.get_mut(place)?;
            part.begun |= first == 0;
            if self.progressive && first > 0 && part.known.is_empty() {
                let blocks = units.0 * part.across * units.1 * part.down;
                part.known = vec![0; usize::try_from(blocks).ok()?];
            }
            let blocks = if alone {
                let side =
                    |side: u64, part: u64, most: u64| (side * part).div_ceil(most).div_ceil(8);
                all = side(self.size.0, part.across, self.most.0)
                    * side(self.size.1, part.down, self.most.1);
                1
            } else {
                part.across * part.down
            };
            let (dc, ac) = (self.tables.get(&(tables >> 4)), tables & 15 | 16);
            for _ in 0..blocks {
                order.push((place, dc, self.tables.get(&ac)));
            }
        }
        let mut bits = Bits::new(bytes, at);
        let (mut done, mut unit) = (0, 0);
        let mut resync = 0_u8;
        while unit < all {
            if self.restart > 0 && unit > 0 && unit.is_multiple_of(self.restart) {
                let Some(number) = bits.restart() else { break };
                // Whole intervals may be missing.
                let lost = number.wrapping_sub(resync) & 7;
                resync = number.wrapping_add(1) & 7;
                unit += u64::from(lost) * self.restart;
                coding.run = 0;
                if unit >= all {
                    break;
                }
            }
            let mut whole = Some(());
            for (place, dc, ac) in &order {
                let known = self.parts.get_mut(*place).map(|part| &mut part.known);
                let index = usize::try_from(unit).ok()?;
                let block = known.and_then(|known| known.get_mut(index));
                whole = whole.and_then(|()| coding.block(&mut bits, *dc, *ac, block));
            }
            if whole.is_some() {
                done += 1;
                unit += 1;
            } else if self.restart > 0 && bits.at_restart() {
                unit = (unit / self.restart + 1) * self.restart;
            } else {
                break;
            }
        }
        Some((all - done.min(all), all.max(1), bits.at))
    }
}

/// How the blocks of a scan are coded.
struct Coding {
    progressive: bool,
    first: u8,
    last: u8,
    refines: bool,
    /// Blocks that follow and have no more.
    run: u32,
}

impl Coding {
    /// Reads a block; `None` where the data end.
    fn block(
        &mut self,
        bits: &mut Bits<'_>,
        dc: Option<&Table>,
        ac: Option<&Table>,
        known: Option<&mut u64>,
    ) -> Option<()> {
        if self.progressive && self.first > 0 {
            let mut none = 0;
            let known = known.unwrap_or(&mut none);
            return if self.refines {
                self.refine(bits, ac?, known)
            } else {
                self.begin(bits, ac?, known)
            };
        }
        if self.progressive && self.refines {
            return bits.skip(1);
        }
        let size = dc?.read(bits)?;
        bits.skip(size.min(16))?;
        let mut at = if self.progressive { 64 } else { 1 };
        while at < 64 {
            let (zeros, size) = halves(ac?.read(bits)?);
            if size == 0 && zeros < 15 {
                break;
            }
            at += zeros + 1;
            bits.skip(size)?;
        }
        Some(())
    }

    /// The first bits of some coefficients.
    fn begin(&mut self, bits: &mut Bits<'_>, table: &Table, known: &mut u64) -> Option<()> {
        if self.run > 0 {
            self.run -= 1;
            return Some(());
        }
        let mut at = self.first;
        while at <= self.last {
            let (zeros, size) = halves(table.read(bits)?);
            if size == 0 && zeros < 15 {
                self.run = (1 << zeros) - 1 + bits.take(zeros)?;
                break;
            }
            at += zeros;
            if size > 0 {
                *known |= 1_u64.checked_shl(at.into()).unwrap_or(0);
            }
            bits.skip(size)?;
            at += 1;
        }
        Some(())
    }

    /// One more bit of each.
    fn refine(&mut self, bits: &mut Bits<'_>, table: &Table, known: &mut u64) -> Option<()> {
        let is_known = |known: u64, at: u8| known >> at.min(63) & 1 == 1;
        let mut at = self.first;
        while self.run == 0 && at <= self.last {
            let (mut zeros, size) = halves(table.read(bits)?);
            if size > 0 {
                bits.skip(1)?;
            } else if zeros < 15 {
                self.run = (1 << zeros) + bits.take(zeros)?;
                break;
            }
            while at <= self.last {
                if is_known(*known, at) {
                    bits.skip(1)?;
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if size > 0 && at <= self.last {
                *known |= 1_u64.checked_shl(at.into()).unwrap_or(0);
            }
            at += 1;
        }
        if self.run > 0 {
            for at in at..=self.last {
                if is_known(*known, at) {
                    bits.skip(1)?;
                }
            }
            self.run -= 1;
        }
        Some(())
    }
}

fn halves(symbol: u8) -> (u8, u8) {
    (symbol >> 4, symbol & 15)
}

/// A Huffman table (T.81, annex C).
struct Table {
    /// By length: the first code, how many there are, and where their symbols begin.
    lengths: Vec<(u32, u32, usize)>,
    symbols: Vec<u8>,
}

impl Table {
    fn new(counts: &[u8; 16], symbols: &[u8]) -> Self {
        let (mut code, mut from) = (0_u32, 0);
        let lengths = counts.iter().map(|count| {
            let row = (code, u32::from(*count), from);
            code = (code + u32::from(*count)) << 1;
            from += usize::from(*count);
            row
        });
        Self {
            lengths: lengths.collect(),
            symbols: symbols.to_vec(),
        }
    }

    /// The next symbol; 0 for a code that is none, as decoders take it.
    fn read(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let mut code = 0;
        for (first, count, from) in &self.lengths {
            code = code << 1 | bits.bit()?;
            if let Some(n) = code.checked_sub(*first).filter(|n| n < count) {
                return self.symbols.get(from + n as usize).copied();
            }
        }
        Some(0)
    }
}

/// The coded data of a scan, bit by bit.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    hold: u8,
    left: u8,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            hold: 0,
            left: 0,
        }
    }

    /// The next bit; `None` at a marker and at the end.
    fn bit(&mut self) -> Option<u32> {
        if self.left == 0 {
            let byte = *self.bytes.get(self.at)?;
            self.at += match (byte, self.bytes.get(self.at + 1)) {
                (0xff, Some(0)) => 2,
                (0xff, _) => return None,
                _ => 1,
            };
            (self.hold, self.left) = (byte, 8);
        }
        self.left -= 1;
        Some(u32::from(self.hold >> self.left & 1))
    }

    fn take(&mut self, count: u8) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some(value << 1 | self.bit()?))
    }

    fn skip(&mut self, count: u8) -> Option<()> {
        self.take(count).map(drop)
    }

    /// Goes behind the next marker if that is a restart, and says its number.
    fn restart(&mut self) -> Option<u8> {
        self.left = 0;
        let rest = self.bytes.get(self.at..)?;
        let found = rest.windows(2).position(is_marker)?;
        let number = *rest.get(found + 1)?;
        if !matches!(number, 0xd0..=0xd7) {
            return None;
        }
        self.at += found + 2;
        Some(number & 7)
    }

    /// Did the data end at a restart?
    fn at_restart(&self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        matches!(rest, [0xff, 0xd0..=0xd7, ..])
    }
}
