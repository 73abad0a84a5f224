//! The forms in which a secret may be shown again.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::escape::may_escape;

/// Most bytes of a form's start that are looked for at once: seven of eight forms
/// fit into a `u64` and leave a bit.
pub(super) const WINDOW: usize = 7;
/// The lowest bit of each slot.
const FIRST: u64 = 0x0101_0101_0101_0101;
/// All bits of each slot that stand for a place.
const PLACES: u64 = 0x7f7f_7f7f_7f7f_7f7f;
/// The bit of a byte that an escape may begin with.
const ESCAPE: u64 = 1 << 63;

/// What a glance at some bytes tells.
pub(super) struct Glance {
    /// Which places of which forms the last bytes may be at; none when zero.
    pub begun: u64,
    /// The start of a form may be there.
    pub found: bool,
    /// There is a byte that an escape may begin with.
    pub escapes: bool,
}

/// One form of a secret.
pub(super) struct Form {
    bytes: Zeroizing<Vec<u8>>,
    /// After a mismatch at `n`, how much of the form still stands (Knuth, Morris,
    /// Pratt). It tells where the form repeats itself, nothing of what it is.
    falls: Vec<u32>,
}

impl Form {
    fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        let mut falls: Vec<u32> = vec![0; bytes.len()];
        let mut kept = 0;
        for (at, byte) in bytes.iter().enumerate().skip(1) {
            while kept > 0 && bytes.get(kept) != Some(byte) {
                kept = falls.get(kept - 1).map_or(0, |n| *n as usize);
            }
            kept += usize::from(bytes.get(kept) == Some(byte));
            if let (Some(fall), Ok(kept)) = (falls.get_mut(at), u32::try_from(kept)) {
                *fall = kept;
            }
        }
        Self { bytes, falls }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Goes on by `byte` after the first `head` bytes of the form were read; true
    /// when that was its last.
    #[inline]
    pub fn advance(&self, head: &mut u32, byte: u8) -> bool {
        let mut at = *head as usize;
        loop {
            if self.bytes.get(at) == Some(&byte) {
                at += 1;
                break;
            }
            let Some(before) = at.checked_sub(1) else {
                break;
            };
            at = self.fall(before);
        }
        let whole = at == self.bytes.len();
        if whole {
            at = self.fall(at - 1);
        }
        // No longer than the form, whose falls are `u32` as well.
        *head = at as u32;
        whole
    }

    fn fall(&self, at: usize) -> usize {
        self.falls.get(at).map_or(0, |n| *n as usize)
    }

    /// The text is a part of this form.
    fn holds(&self, text: &[u8]) -> bool {
        memchr::memmem::find(&self.bytes, text).is_some()
    }
}

/// All forms of some secrets that take no reading of escapes: as they are, in one
/// letter case, and what is theirs alone of a Base64 text that they stand in.
pub(super) struct Forms {
    pub all: Vec<Form>,
    /// Of each byte, at which places of which forms' starts it stands: bit
    /// `8 * slot + place`. Forms share the eight slots. And [`ESCAPE`].
    starts: Box<[u64; 256]>,
    window: usize,
    /// Bytes of the longest form.
    pub longest: usize,
}

impl Forms {
    /// The forms of those secrets that have at least `least` characters.
    pub fn of(secrets: &[Zeroizing<String>], least: usize) -> Self {
        let mut all: Vec<Zeroizing<Vec<u8>>> = Vec::new();
        for secret in secrets.iter().filter(|s| s.chars().count() >= least) {
            for form in spelt(secret) {
                if !form.is_empty() && !all.contains(&form) {
                    all.push(form);
                }
            }
        }
        let shortest = all.iter().map(|form| form.len()).min().unwrap_or(WINDOW);
        let window = shortest.min(WINDOW);
        let mut starts = Box::new([0_u64; 256]);
        for (byte, bits) in (0..=u8::MAX).zip(starts.iter_mut()) {
            *bits = if may_escape(byte) { ESCAPE } else { 0 };
        }
        for (form, slot) in all.iter().zip((0..8).cycle()) {
            for (place, byte) in form.iter().take(window).enumerate() {
                if let Some(bits) = starts.get_mut(usize::from(*byte)) {
                    *bits |= 1 << (8 * slot + place);
                }
            }
        }
        Self {
            longest: all.iter().map(|form| form.len()).max().unwrap_or(0),
            all: all.into_iter().map(Form::new).collect(),
            starts,
            window,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The text is a part of a form.
    pub fn hold(&self, text: &str) -> bool {
        self.all.iter().any(|form| form.holds(text.as_bytes()))
    }

    /// Looks at `bytes` as fast as short texts allow, after `begun` was found at the
    /// end of what came before.
    #[inline]
    pub fn glance(&self, begun: u64, bytes: &[u8]) -> Glance {
        let (mut begun, mut ever, mut any) = (begun, 0, 0);
        for byte in bytes {
            let bits = self.bits(*byte);
            // No place is the highest of a slot: nothing is carried over.
            begun = ((begun << 1) + FIRST) & bits;
            ever |= begun;
            any |= bits;
        }
        Glance {
            begun,
            found: ever & (FIRST << (self.window - 1)) != 0,
            escapes: any & ESCAPE != 0,
        }
    }

    /// The first place at or after `from` where a form may begin, be it cut off by
    /// the end of `bytes`; that end when there is none.
    ///
    /// Of each start that is looked for, two bytes in a row stand at one of the
    /// places that are looked at, so most bytes are never read.
    #[inline]
    pub fn begin(&self, bytes: &[u8], from: usize) -> usize {
        let step = self.window.saturating_sub(1).max(1);
        let mut first = from;
        while let Some([.., a, b]) = bytes.get(first..=first + step) {
            if self.bits(*a) & (self.bits(*b) >> 1) & PLACES != 0
                && let Some(at) = (first..first + step).find(|at| self.fits(bytes, *at))
            {
                return at;
            }
            first += step;
        }
        let mut rest = first..bytes.len();
        rest.find(|at| self.fits(bytes, *at)).unwrap_or(bytes.len())
    }

    /// A form may begin at `at`.
    fn fits(&self, bytes: &[u8], at: usize) -> bool {
        let mut slots = FIRST;
        let rest = bytes.get(at..).unwrap_or_default();
        for (place, byte) in rest.iter().take(self.window).enumerate() {
            slots &= self.bits(*byte) >> place;
            if slots == 0 {
                return false;
            }
        }
        true
    }

    #[inline]
    fn bits(&self, byte: u8) -> u64 {
        self.starts.get(usize::from(byte)).map_or(0, |bits| *bits)
    }
}

/// Every spelling of a secret, some of them perhaps twice.
fn spelt(secret: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut all = vec![
        Zeroizing::new(secret.as_bytes().to_vec()),
        Zeroizing::new(secret.to_ascii_lowercase().into_bytes()),
        Zeroizing::new(secret.to_ascii_uppercase().into_bytes()),
    ];
    // Base64 turns three bytes into four characters: where the secret begins within
    // three decides what it looks like.
    for before in 0..3 {
        // Grown by nothing, which would leave a copy behind.
        let mut padded = Zeroizing::new(Vec::with_capacity(before + secret.len()));
        padded.resize(before, 0);
        padded.extend_from_slice(secret.as_bytes());
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = Zeroizing::new(engine.encode(&*padded));
            // Characters that hold bits of something else are left out.
            let own = (before * 8).div_ceil(6)..padded.len() * 8 / 6;
            let own = text.get(own).unwrap_or_default();
            all.push(Zeroizing::new(own.as_bytes().to_vec()));
        }
    }
    all
}
