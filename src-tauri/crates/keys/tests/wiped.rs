//! A key that is given up is nowhere in memory.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use keys::{Auth, Secret};

mod memory;
use memory::Hidden;

/// `sk-wiped-0123456789-abcdefghijkl`
const KEY: &[u8] = b"\x29\x31\x77\x2d\x33\x2a\x3f\x3e\x77\x6a\x6b\x68\x69\x6e\x6f\x6c\x6d\x62\x63\x77\x3b\x38\x39\x3e\x3f\x3c\x3d\x32\x33\x30\x31\x36";

#[test]
fn a_key_and_its_headers_are_wiped() {
    let hidden = Hidden::new(KEY);
    assert_eq!(hidden.found(), 0);
    let secret = Secret::parse(hidden.text()).unwrap();
    let name = http::HeaderName::from_static("x-api-key");
    let headers = [Auth::Bearer, Auth::Header(name)].map(|auth| {
        let header = secret.authorization(&auth).unwrap();
        (header.clone(), header)
    });
    // The key, and one copy in each header; clones share it.
    assert_eq!(hidden.found(), 3);
    drop(secret);
    assert_eq!(hidden.found(), 2);
    drop(headers);
    assert_eq!(hidden.found(), 0);
}
