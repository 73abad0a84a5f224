use std::sync::Arc;

use super::forms::Forms;
use super::scan::{Scan, TELLING, merged};

/// What stands in the place of a secret.
pub(super) const MASK: &str = "<redacted>";

/// Masks what stands of `forms` in one word or message, one that ends in the middle
/// of a form included: long ones are cut off (with `…`) before they come here. True
/// when there was any.
pub(super) fn mask(forms: &Arc<Forms>, word: &mut String) -> bool {
    if forms.is_empty() {
        return false;
    }
    let bare = word.trim();
    if bare.len() >= TELLING && forms.hold(bare) {
        MASK.clone_into(word);
        return true;
    }
    let mut scan = Scan::new(Arc::clone(forms));
    let mut from = 0;
    let ends = word.match_indices('…').map(|(at, _)| at);
    for end in ends.chain([word.len()]) {
        scan.run(word.get(from..end).unwrap_or_default().as_bytes());
        scan.cut();
        from = end;
    }
    scan.end();
    let found = merged(&mut scan.found);
    if found.is_empty() {
        return false;
    }
    let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
    for range in found.into_iter().rev() {
        let range = at(range.start)..at(range.end);
        if word.get(range.clone()).is_some() {
            word.replace_range(range, MASK);
        }
    }
    true
}
