//! A few thousand of the executions that `cargo xtask fuzz wire` makes a million
//! of, and every body that once did not hold.

use crate::fuzz::{Corpus, Target, check, run};
use crate::replay::chunks::Random;

/// Executions of each target: a second or two, unoptimised.
const EXECUTIONS: u64 = 2_500;

#[test]
fn any_bytes_hold() {
    let corpus = Corpus::read().unwrap();
    for target in [Target::Sse, Target::Fold] {
        for seed in 0..EXECUTIONS {
            let held = run(target, &corpus, seed);
            assert!(held.is_ok(), "{target:?}: {}", held.unwrap_err());
        }
    }
}

#[test]
fn what_once_did_not_hold_does() {
    let mut tried = 0;
    for line in include_str!("../fuzz-regressions.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (target, hex) = line.split_once(' ').unwrap();
        let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        let body: Vec<u8> = (0..hex.len() / 2).map(byte).collect();
        for seed in 0..200 {
            let held = check(target.parse().unwrap(), &body, &mut Random::new(seed));
            assert!(held.is_ok(), "{line}: {}", held.unwrap_err());
        }
        tried += 1;
    }
    assert!(tried > 0, "the cases are there");
}
