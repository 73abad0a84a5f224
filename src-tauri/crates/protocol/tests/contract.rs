//! The TypeScript contract in the page is what this crate says.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, fs, path::Path};

use protocol::{Boot, ChatEvent, Commands, Events, ManifestReason};
use ts_rs::{Config, TS};

fn files(dir: &Path) -> BTreeMap<String, String> {
    fs::read_dir(dir)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// `UPDATE_CONTRACT=1 cargo test -p protocol` writes the committed files anew.
#[test]
fn committed_typescript_is_fresh() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/lib/ipc/contract");
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract");
    let out = if std::env::var_os("UPDATE_CONTRACT").is_some() {
        &committed
    } else {
        &fresh
    };
    fs::remove_dir_all(out).ok();
    let config = Config::new().with_out_dir(out);
    Commands::export_all(&config).unwrap();
    Events::export_all(&config).unwrap();
    ChatEvent::export_all(&config).unwrap();
    Boot::export_all(&config).unwrap();
    // Its facts are args of an error, which are text.
    ManifestReason::export_all(&config).unwrap();
    assert!(
        files(out) == files(&committed),
        "run: UPDATE_CONTRACT=1 cargo test -p protocol"
    );
}
