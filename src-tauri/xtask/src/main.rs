//! Set-up, run, test, check, bench and bundle.
fn main() {}
