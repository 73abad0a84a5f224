//! Which sets stay, and what goes with those that do not.

use std::collections::{BTreeSet, HashSet};

use protocol::Millis;
use protocol::dates::day;

use crate::Error;
use crate::disk::{names, remove, rename};
use crate::folder::{Folder, PART, is_hash};
use crate::sets::{Read, manifest};

/// The newest stay, whenever they were made.
const NEWEST: usize = 7;

/// Of so many days the newest of each stays, and of so many weeks.
const DAYS: usize = 7;
const WEEKS: usize = 8;

/// The week of a time, which begins on Monday; the first day of the epoch was a Thursday.
fn week(at: Millis) -> i64 {
    (day(at) + 3).div_euclid(7)
}

/// Of sets, newest first, those that stay.
fn staying(sets: &[(String, Millis)]) -> BTreeSet<&str> {
    let mut stay: BTreeSet<&str> = sets
        .iter()
        .take(NEWEST)
        .map(|(name, _)| name.as_str())
        .collect();
    for (of, count) in [(day as fn(Millis) -> i64, DAYS), (week, WEEKS)] {
        let mut seen = BTreeSet::new();
        for (name, at) in sets {
            if seen.len() < count && seen.insert(of(*at)) {
                stay.insert(name);
            }
        }
    }
    stay
}

/// Removes the sets of a home that do not stay; how many.
pub(crate) fn thin(folder: &Folder, home: &str) -> Result<usize, Error> {
    // Others' stay, and so does what cannot be read.
    let names = folder.set_names()?;
    let own = names.iter().rev().filter_map(|name| {
        let of = manifest(folder, name).ok()?;
        (of.home == home).then(|| (name.clone(), of.at))
    });
    let own: Vec<_> = own.collect();
    let stay = staying(&own);
    let mut removed = 0;
    for (name, _) in own.iter().filter(|(name, _)| !stay.contains(name.as_str())) {
        // One that is half removed is not taken for a set.
        let gone = folder.set(&format!("{name}{PART}"));
        rename(&folder.set(name), &gone)?;
        remove(&gone)?;
        removed += 1;
    }
    Ok(removed)
}

/// Removes the pictures that no set names, unless one cannot be read: it may name them.
pub(crate) fn sweep(folder: &Folder) -> Result<(), Error> {
    let mut named = HashSet::new();
    for name in folder.set_names()? {
        let Ok(read) = Read::of(folder, &name) else {
            return Ok(());
        };
        named.extend(read.list.into_keys());
    }
    let is_start = |name: &String| name.len() == 2;
    for start in names(&folder.pictures())?.into_iter().filter(is_start) {
        for hash in names(&folder.pictures().join(&start))? {
            if is_hash(&hash) && hash.starts_with(&start) && !named.contains(&hash) {
                remove(&folder.picture(&hash))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Millis = 60 * 60 * 1000;

    #[test]
    fn the_newest_stay_then_one_a_day_then_one_a_week() {
        // Six a day for a hundred days, newest first.
        let sets: Vec<_> = (0..600)
            .map(|number| (format!("{number}"), (100 * 24 - number * 4) * HOUR))
            .collect();
        let stay = staying(&sets);
        assert!((0..7).all(|number| stay.contains(format!("{number}").as_str())));
        // Seven days, eight weeks, and what is in both counted once.
        assert!((15..=21).contains(&stay.len()), "{stay:?}");
        let oldest = stay.iter().map(|name| name.parse::<i64>().unwrap()).max();
        assert!(oldest.unwrap() >= 6 * 7 * 6, "{stay:?}");
        // A set that stays today stayed yesterday: none is brought back.
        let yesterday = staying(&sets[6..]);
        assert!(stay.iter().all(|name| {
            let number: usize = name.parse().unwrap();
            number < 6 || yesterday.contains(name)
        }));
        assert_eq!(staying(&sets[..3]).len(), 3);
    }
}
