//! What this crate copies of keys and passwords is wiped with what it was copied for.
#![cfg(target_os = "linux")]

use bytes::Bytes;
use http::HeaderValue;
use wire::{Client, Endpoint, ManualProxy, Network, Password, Proxy, Timeouts};
use zeroize::Zeroizing;

#[path = "../../../keys/tests/memory/mod.rs"]
mod memory;
use memory::Hidden;

/// `sk-gated-0123456789-abcdefghijkl`
const KEY: &[u8] = b"\x29\x31\x77\x3d\x3b\x2e\x3f\x3e\x77\x6a\x6b\x68\x69\x6e\x6f\x6c\x6d\x62\x63\x77\x3b\x38\x39\x3e\x3f\x3c\x3d\x32\x33\x30\x31\x36";

/// `pw-proxied-9876543210-zyxwvutsrq`
const PASSWORD: &[u8] = b"\x2a\x2d\x77\x2a\x28\x35\x22\x33\x3f\x3e\x77\x63\x62\x6d\x6c\x6f\x6e\x69\x68\x6b\x6a\x77\x20\x23\x22\x2d\x2c\x2f\x2e\x29\x28\x2b";

#[tokio::test]
async fn what_masks_a_key_forgets_it() {
    let hidden = Hidden::new(KEY);
    let key = Zeroizing::new(hidden.text());
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(key)).unwrap();
    value.set_sensitive(true);
    let endpoint = Endpoint {
        base_url: "http://127.0.0.1:9/v1".to_owned(),
        headers: vec![(http::header::AUTHORIZATION, value)],
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    };
    let client = Client::new(Timeouts::default()).unwrap();
    // Its gate is made; nothing is sent.
    let asking = client.chat(&endpoint, crate::support::ask(), wire::Retry::none());
    assert!(hidden.found() > 1, "the header's and the gate's");
    drop((asking, endpoint, client));
    assert_eq!(hidden.found(), 0);
}

#[test]
fn the_password_of_a_proxy_is_forgotten_with_it() {
    let hidden = Hidden::new(PASSWORD);
    let proxy = ManualProxy {
        url: "socks5h://127.0.0.1:9".to_owned(),
        user: Some("me".to_owned()),
        password: Some(Password::new(hidden.text())),
    };
    let network = Network {
        proxy: Proxy::Manual(proxy),
        ca: None,
    };
    assert_eq!(hidden.found(), 1);
    drop(network);
    assert_eq!(hidden.found(), 0);
}
