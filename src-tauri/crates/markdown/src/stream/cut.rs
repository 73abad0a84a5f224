//! Where a text can be cut in two.

use crate::write::{Kind, Top};

/// Where closed blocks end: before the block of index `tops`, which begins at
/// the line start `at`.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub(super) tops: usize,
    pub(super) at: usize,
}

impl Cut {
    /// Behind the last of `tops`, where a blank line has ended it.
    pub(super) fn behind(source: &str, tops: &[Top]) -> Option<Self> {
        let last = tops.last()?;
        let rest = source.get(last.range.end..)?;
        let ended = last.kind == Kind::UntilBlank && is_blank(rest) && ends_blank(source);
        ended.then_some(Self {
            tops: tops.len(),
            at: source.len(),
        })
    }

    /// The last place at which `source` can be cut in two that are parsed
    /// apart with the same result. `end` is where the part before the first of
    /// `tops` ends. After a link reference definition only a blank line is
    /// such a place, for the next line may go on with its title.
    pub(super) fn find(source: &str, tops: &[Top], end: usize) -> Option<Self> {
        for (index, top) in tops.iter().enumerate().rev() {
            let before = match index.checked_sub(1) {
                Some(before) => tops.get(before)?.range.end,
                None => end,
            };
            let at = line_start(source, top.range.start);
            // Only whole lines: the block before may end in the same line.
            let Some(gap) = source.get(before..at) else {
                continue;
            };
            let after_blank_line = gap
                .strip_suffix('\n')
                .is_some_and(|gap| is_blank(gap.rsplit('\n').next().unwrap_or_default()));
            if is_blank(gap) || after_blank_line {
                return Some(Self { tops: index, at });
            }
        }
        None
    }
}

/// True where the last line is whole and blank.
pub(super) fn ends_blank(source: &str) -> bool {
    source.ends_with('\n') && source.lines().next_back().is_some_and(is_blank)
}

pub(super) fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
}

pub(super) fn line_start(source: &str, at: usize) -> usize {
    let before = source.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |at| at + 1)
}
