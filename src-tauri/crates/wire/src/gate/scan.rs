//! Where secrets stand in a text that comes in pieces, however they are written.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::escape::{LONGEST, Spelt, Unescape, is_part, may_escape, next_escape};
use super::forms::{Forms, WINDOW};

/// Characters of a form that make a tail worth holding back.
pub(super) const TELLING: usize = 8;
/// Bytes of a text that is read one by one before anything else is tried.
const SHORT: usize = 128;
/// Bytes that are enough to find again what has begun, and is not telling yet: the start of a
/// form that was not found, and after it an escape that is cut off.
const LEAD: usize = WINDOW - 1 + LONGEST - 1;
/// How often the escapes of a text are read: JSON in JSON in a URL.
const DEPTH: usize = 3;

/// A search that goes on from piece to piece. Its work is linear in the text, and
/// what it remembers is no longer than a few forms.
#[derive(Clone)]
pub(super) struct Scan {
    forms: Arc<Forms>,
    /// Bytes read so far.
    at: u64,
    /// How much of each form has just been read, in the text as it is.
    heads: Vec<u32>,
    /// The same in the text with its escapes read once, twice, three times. Where
    /// there are none they would all say the same.
    deep: [Level; DEPTH],
    apart: bool,
    /// Some form has begun, or an escape.
    begun: bool,
    /// The same, of what was passed at a glance.
    lead: Lead,
    /// Where forms stand, in the order of their ends.
    pub found: Vec<Range<u64>>,
    /// Used again and again.
    scratch: [Vec<Spelt>; 2],
}

/// The last bytes of what was passed at a glance, where something may have begun in
/// them.
#[derive(Default, Clone, Copy)]
struct Lead {
    last: [u8; LEAD],
    length: usize,
    begun: u64,
    /// Among them is the first part of an escape.
    escape: bool,
}

impl Lead {
    fn bytes(&self) -> &[u8] {
        self.last.get(LEAD - self.length..).unwrap_or_default()
    }

    fn extend(&mut self, bytes: &[u8]) {
        for byte in bytes
            .get(bytes.len().saturating_sub(LEAD)..)
            .unwrap_or_default()
        {
            self.last.rotate_left(1);
            if let Some(last) = self.last.last_mut() {
                *last = *byte;
            }
        }
        self.length = LEAD.min(self.length + bytes.len());
    }
}

#[derive(Default, Clone)]
struct Level {
    escapes: Unescape,
    heads: Vec<u32>,
    /// Where each of the last bytes is written, as many as a form may have.
    starts: VecDeque<u64>,
}

impl Scan {
    pub fn new(forms: Arc<Forms>) -> Self {
        Self {
            heads: vec![0; forms.all.len()],
            forms,
            at: 0,
            deep: Default::default(),
            apart: false,
            begun: false,
            lead: Lead::default(),
            found: Vec::new(),
            scratch: Default::default(),
        }
    }

    /// Bytes read so far.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Nothing that was read can become a part of a form.
    pub fn is_calm(&self) -> bool {
        !self.begun && self.lead.length == 0
    }

    /// Reads on if a glance tells that no form ends in `text` and none is so far
    /// along that it would be held back.
    #[inline]
    pub fn pass(&mut self, text: &str) -> bool {
        if self.begun || text.len() > SHORT {
            return false;
        }
        let bytes = text.as_bytes();
        let glance = self.forms.glance(self.lead.begun, bytes);
        let open = glance.escapes || self.lead.escape;
        if glance.found || (open && !self.pass_escapes(bytes)) {
            return false;
        }
        self.at += bytes.len() as u64;
        self.lead.begun = glance.begun;
        if glance.begun == 0 && !self.lead.escape {
            self.lead.length = 0;
        } else {
            self.lead.extend(bytes);
        }
        true
    }

    /// True when there is no whole escape in `bytes`; one that their end cuts off is
    /// noted.
    fn pass_escapes(&mut self, bytes: &[u8]) -> bool {
        let lead = self.lead.bytes();
        if self.lead.escape {
            let next = bytes.get(..LEAD.min(bytes.len())).unwrap_or_default();
            if next_escape(&[lead, next].concat(), 0) < lead.len() {
                return false;
            }
        }
        let at = next_escape(bytes, 0);
        let rest = bytes.get(at..).unwrap_or_default();
        let cut_off = is_part(rest);
        if !rest.is_empty() && !cut_off {
            return false;
        }
        self.lead.escape = cut_off;
        true
    }

    /// Reads on, at a glance where that is enough.
    pub fn read(&mut self, text: &str) {
        if !self.pass(text) {
            self.run(text.as_bytes());
        }
    }

    /// Reads on, and adds what it finds to `found`.
    #[inline]
    pub fn run(&mut self, bytes: &[u8]) {
        let base = self.at;
        self.at += bytes.len() as u64;
        if self.forms.is_empty() {
            return;
        }
        let lead = std::mem::take(&mut self.lead);
        for (from, byte) in (base - lead.length as u64..).zip(lead.bytes()) {
            self.step(*byte, from);
        }
        let mut escape = next_escape(bytes, 0);
        let mut next = 0;
        while next < bytes.len() {
            if !self.begun {
                if escape < next {
                    escape = next_escape(bytes, next);
                }
                next = self.forms.begin(bytes.get(..escape).unwrap_or(bytes), next);
            }
            let Some(byte) = bytes.get(next) else {
                break;
            };
            self.step(*byte, base + next as u64);
            next += 1;
        }
    }

    /// Where the tail begins that may turn out to be a form: its first eight or
    /// more characters.
    pub fn doubtful(&self) -> Option<u64> {
        if !self.begun {
            return None;
        }
        let plain = longest(&self.heads).map(|head| self.at - head as u64);
        let levels = self.deep.iter().filter(|_| self.apart);
        let deep = levels.filter_map(|level| {
            let head = longest(&level.heads)?;
            level.starts.get(level.starts.len().checked_sub(head)?)
        });
        deep.copied().chain(plain).min()
    }

    /// The text ended: what may have become an escape is none.
    pub fn end(&mut self) {
        if !self.apart {
            return;
        }
        let mut input: Vec<Spelt> = Vec::new();
        for level in &mut self.deep {
            let mut output = Vec::new();
            for spelt in input.drain(..) {
                level.escapes.push(spelt, &mut output);
            }
            level.escapes.end(&mut output);
            for spelt in &output {
                level.step(&self.forms, *spelt, &mut self.found);
            }
            input = output;
        }
    }

    /// The text is cut off here: a tail that may have become a form counts as one.
    pub fn cut(&mut self) {
        if let Some(from) = self.doubtful() {
            self.found.push(from..self.at);
        }
    }

    fn step(&mut self, byte: u8, from: u64) {
        if !self.apart && may_escape(byte) {
            self.part(from);
        }
        let to = from + 1;
        for (form, head) in self.forms.all.iter().zip(&mut self.heads) {
            if form.advance(head, byte) {
                self.found.push(to.saturating_sub(form.len() as u64)..to);
            }
        }
        self.begun = self.heads.iter().any(|head| *head > 0);
        if self.apart {
            self.step_deep(Spelt { byte, from, to });
        }
    }

    /// An escape begins: from here on the levels may differ.
    fn part(&mut self, from: u64) {
        self.apart = true;
        let longest = self.heads.iter().max().map_or(0, |head| u64::from(*head));
        for level in &mut self.deep {
            level.escapes.clear();
            level.heads.clone_from(&self.heads);
            level.starts.clear();
            level.starts.extend(from.saturating_sub(longest)..from);
        }
    }

    fn step_deep(&mut self, spelt: Spelt) {
        let [input, output] = &mut self.scratch;
        input.clear();
        input.push(spelt);
        let mut apart = false;
        for level in &mut self.deep {
            output.clear();
            for spelt in input.iter() {
                level.escapes.push(*spelt, output);
            }
            for spelt in output.iter() {
                level.step(&self.forms, *spelt, &mut self.found);
            }
            apart |= !level.escapes.is_empty() || level.heads != self.heads;
            self.begun |= !level.escapes.is_empty() || level.heads.iter().any(|head| *head > 0);
            std::mem::swap(input, output);
        }
        self.apart = apart;
    }
}

impl Level {
    fn step(&mut self, forms: &Forms, spelt: Spelt, found: &mut Vec<Range<u64>>) {
        self.starts.push_back(spelt.from);
        if self.starts.len() > forms.longest {
            self.starts.pop_front();
        }
        for (form, head) in forms.all.iter().zip(&mut self.heads) {
            if form.advance(head, spelt.byte) {
                let first = self.starts.len().saturating_sub(form.len());
                let from = self.starts.get(first).map_or(spelt.from, |from| *from);
                found.push(from..spelt.to);
            }
        }
    }
}

/// The longest of these, where it is telling.
fn longest(heads: &[u32]) -> Option<usize> {
    let longest = heads.iter().max().map_or(0, |head| *head as usize);
    (longest >= TELLING).then_some(longest)
}

/// The ranges in order; those that touch are one.
pub(super) fn merged(found: &mut Vec<Range<u64>>) -> Vec<Range<u64>> {
    found.sort_unstable_by_key(|range| range.start);
    let mut out: Vec<Range<u64>> = Vec::with_capacity(found.len());
    for range in found.drain(..) {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}
