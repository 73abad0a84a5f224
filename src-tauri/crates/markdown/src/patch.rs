//! Patches: the difference of two lists of blocks, and patches cut to size.

use protocol::{Block, Grow, Patch};

/// New blocks from index `at` on. Where `skip` is not 0, the first of them
/// holds only its parts from `skip` on; those before are unchanged.
pub(crate) struct Draft {
    pub(crate) at: usize,
    pub(crate) skip: usize,
    pub(crate) blocks: Vec<Block>,
}

impl Draft {
    pub(crate) fn new(at: usize, skip: usize) -> Self {
        Self {
            at,
            skip,
            blocks: Vec::new(),
        }
    }

    /// Appends a block, with the id that its place gives it.
    pub(crate) fn push(&mut self, html: String, parts: Vec<String>) {
        let id = format!("b{}", self.at + self.blocks.len());
        self.blocks.push(Block { id, html, parts });
    }

    /// The patch that makes `old` into its first `at` blocks and this draft.
    pub(crate) fn into_patch(self, old: &[Block]) -> Patch {
        let Self { at, skip, blocks } = self;
        let mut new = blocks.into_iter().enumerate().peekable();
        let mut keep = at;
        while let Some((index, block)) = new.peek() {
            let skip = if *index == 0 { skip } else { 0 };
            match old.get(at + index) {
                Some(old) if same(old, block, skip) => keep += 1,
                _ => break,
            }
            new.next();
        }
        let mut grow = None;
        if let Some((index, block)) = new.peek_mut() {
            let skip = if *index == 0 { skip } else { 0 };
            if let Some(old) = old.get(keep) {
                if old.html == block.html && block.html.contains(SLOT) {
                    let common = old
                        .parts
                        .iter()
                        .skip(skip)
                        .zip(&block.parts)
                        .take_while(|(old, new)| old == new)
                        .count();
                    grow = Some(Grow {
                        keep: count(skip + common),
                        parts: block.parts.split_off(common),
                    });
                    new.next();
                } else if skip > 0 {
                    let mut parts: Vec<String> = old.parts.iter().take(skip).cloned().collect();
                    parts.append(&mut block.parts);
                    block.parts = parts;
                }
            }
        }
        Patch {
            keep: count(keep),
            grow,
            blocks: new.map(|(_, block)| block).collect(),
        }
    }
}

/// The attribute that marks the element whose children are the parts. Text and
/// attribute values never hold a raw `>`, so this stands in a tag only.
pub(crate) const SLOT: &str = " data-slot>";

fn same(old: &Block, new: &Block, skip: usize) -> bool {
    old.html == new.html
        && old.parts.len() == skip + new.parts.len()
        && old.parts.iter().skip(skip).eq(&new.parts)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The JSON length of a patch without blocks and parts, with the longest
/// numbers: `{"keep":4294967295,"grow":{"keep":4294967295,"parts":[]},"blocks":[]}`.
const FRAME: usize = 69;
/// The same of a block without its strings' contents and the comma after it:
/// `{"id":"","html":"","parts":[]},`.
const BLOCK_FRAME: usize = 31;

/// Cuts a patch into patches that, applied one after the other, do the same,
/// and of which each is at most `max_bytes` long as JSON. A block that grows by
/// parts is cut between parts; a single part, or a single block without parts,
/// that is longer by itself stays whole and exceeds the limit.
pub fn split(patch: Patch, max_bytes: usize) -> Vec<Patch> {
    let Patch { keep, grow, blocks } = patch;
    let mut cutter = Cutter {
        max_bytes,
        done: Vec::new(),
        size: FRAME,
        patch: Patch {
            keep,
            grow: None,
            blocks: Vec::new(),
        },
    };
    if let Some(grow) = grow {
        cutter.patch.grow = Some(Grow {
            keep: grow.keep,
            parts: Vec::new(),
        });
        for part in grow.parts {
            cutter.part(part);
        }
    }
    for block in blocks {
        cutter.block(block);
    }
    cutter.done.push(cutter.patch);
    cutter.done
}

struct Cutter {
    max_bytes: usize,
    done: Vec<Patch>,
    patch: Patch,
    /// An upper bound of the JSON length of `patch`.
    size: usize,
}

impl Cutter {
    /// Adds a part to the block that the patch ends with.
    fn part(&mut self, part: String) {
        let size = json_len(&part) + 1;
        if self.size + size > self.max_bytes {
            self.cut_inside_block();
        }
        self.size += size;
        if let Some(block) = self.patch.blocks.last_mut() {
            block.parts.push(part);
        } else if let Some(grow) = &mut self.patch.grow {
            grow.parts.push(part);
        }
    }

    fn block(&mut self, block: Block) {
        let Block { id, html, parts } = block;
        let frame = BLOCK_FRAME + json_len(&id) + json_len(&html) - 4;
        let first = parts.first().map_or(0, |part| json_len(part) + 1);
        let whole = frame + parts.iter().map(|part| json_len(part) + 1).sum::<usize>();
        // A block that fits a patch of its own is not cut in two.
        let needed = if FRAME + whole <= self.max_bytes {
            whole
        } else {
            frame + first
        };
        let started = self.patch.grow.is_some() || !self.patch.blocks.is_empty();
        if self.size + needed > self.max_bytes && started {
            self.cut_after_block();
        }
        self.size += frame;
        self.patch.blocks.push(Block {
            id,
            html,
            parts: Vec::new(),
        });
        for part in parts {
            self.part(part);
        }
    }

    /// How many blocks there are once the patch is applied.
    fn len(&self) -> u32 {
        let grown = u32::from(self.patch.grow.is_some());
        self.patch.keep + grown + count(self.patch.blocks.len())
    }

    fn cut(&mut self, next: Patch) {
        self.done.push(std::mem::replace(&mut self.patch, next));
        self.size = FRAME;
    }

    fn cut_after_block(&mut self) {
        let keep = self.len();
        self.cut(Patch {
            keep,
            grow: None,
            blocks: Vec::new(),
        });
    }

    /// The next patch goes on with the parts of the last block of this one.
    fn cut_inside_block(&mut self) {
        let parts = match (self.patch.blocks.last(), &self.patch.grow) {
            (Some(block), _) if block.parts.is_empty() => return,
            (Some(block), _) => count(block.parts.len()),
            (None, Some(grow)) if grow.parts.is_empty() => return,
            (None, Some(grow)) => grow.keep + count(grow.parts.len()),
            (None, None) => return,
        };
        let keep = self.len().saturating_sub(1);
        self.cut(Patch {
            keep,
            grow: Some(Grow {
                keep: parts,
                parts: Vec::new(),
            }),
            blocks: Vec::new(),
        });
    }
}

/// The length of a string as JSON, quotes included, as `serde_json` writes it.
fn json_len(text: &str) -> usize {
    let escapes: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0..0x20 => 5,
            _ => 0,
        })
        .sum();
    text.len() + escapes + 2
}
