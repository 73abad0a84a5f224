//! How much of each coefficient the scans of a progressive JPEG tell (ITU-T T.81, annex G).

/// Nothing is told of it yet.
const UNTOLD: u8 = u8::MAX;

/// What the scans told so far.
#[derive(Debug, Default)]
pub(super) struct Scans(Vec<Part>);

/// A component.
#[derive(Debug)]
struct Part {
    id: u8,
    /// Of each of its coefficients, how many of the lowest bits are not told.
    left: [u8; 64],
}

impl Scans {
    /// Of a frame, by its header.
    pub fn of(header: &[u8]) -> Self {
        let parts = header.get(6..).unwrap_or_default().as_chunks::<3>().0;
        let part = |[id, ..]: &[u8; 3]| Part {
            id: *id,
            left: [UNTOLD; 64],
        };
        Self(parts.iter().map(part).collect())
    }

    /// A scan, by its header.
    pub fn saw(&mut self, header: &[u8]) {
        let Some((count, rest)) = header.split_first() else {
            return;
        };
        let Some((named, rest)) = rest.split_at_checked(usize::from(*count) * 2) else {
            return;
        };
        let Some([first, last, steps]) = rest.first_chunk::<3>() else {
            return;
        };
        for [id, _] in named.as_chunks::<2>().0 {
            let part = self.0.iter_mut().find(|part| part.id == *id);
            let told = part.and_then(|part| {
                let last = usize::from(*last).min(63);
                part.left.get_mut(usize::from(*first)..=last)
            });
            told.into_iter().for_each(|told| told.fill(steps & 15));
        }
    }

    /// Do scans lack, so that the picture is coarser than it was?
    pub fn lack(&self) -> bool {
        let mut left = self.0.iter().flat_map(|part| &part.left);
        left.any(|left| *left > 0)
    }
}
