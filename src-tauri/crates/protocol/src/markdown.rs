use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One block of rendered markdown.
///
/// `html` is one element. Where the block grows by parts (lines of a code
/// block, rows of a table, items of a list), that element holds one empty
/// element with the attribute `data-slot`, and each part is the HTML of one
/// child of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Stable while the block is kept; unique in its text.
    pub id: String,
    /// Safe HTML of the element.
    pub html: String,
    /// Safe HTML of each child of the slot.
    pub parts: Vec<String>,
}

/// A change of a list of blocks: keep the first `keep`, then change the block
/// after them by `grow` (where there is one, it is kept too), then drop all
/// that follow and append `blocks`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Patch {
    /// How many blocks stay untouched.
    pub keep: u32,
    /// How the block at index `keep` changes in its parts.
    pub grow: Option<Grow>,
    /// The blocks that follow.
    pub blocks: Vec<Block>,
}

/// A change of one block's parts: keep the first `keep`, drop the rest, append `parts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Grow {
    /// How many parts stay.
    pub keep: u32,
    /// The parts that follow.
    pub parts: Vec<String>,
}

impl Patch {
    /// True when applying it changes nothing on a list of `len` blocks.
    pub fn is_empty(&self, len: usize) -> bool {
        self.grow.is_none() && self.blocks.is_empty() && self.keep as usize == len
    }

    /// Applies the patch to a list of blocks, as the page does.
    pub fn apply(&self, blocks: &mut Vec<Block>) {
        let mut keep = self.keep as usize;
        if let Some(grow) = &self.grow {
            if let Some(block) = blocks.get_mut(keep) {
                block.parts.truncate(grow.keep as usize);
                block.parts.extend(grow.parts.iter().cloned());
            }
            keep += 1;
        }
        blocks.truncate(keep);
        blocks.extend(self.blocks.iter().cloned());
    }
}
