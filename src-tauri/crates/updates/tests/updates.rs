//! The check for newer versions, against a server on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::SystemTime,
};

use accounts::Accounts;
use base64::{Engine, prelude::BASE64_STANDARD};
use history::History;
use keys::Keys;
use protocol::{ErrorCode, IpcError, NewVersion};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use updates::{Source, Updates};
use wire::{Client, Timeouts};

/// A server that answers with these bytes, and counts.
struct Server {
    url: String,
    answer: Arc<Mutex<Vec<u8>>>,
    asked: Arc<Mutex<usize>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/newest", listener.local_addr().unwrap());
        let (answer, asked) = <(Arc<Mutex<Vec<u8>>>, Arc<Mutex<usize>>)>::default();
        let (said, count) = (Arc::clone(&answer), Arc::clone(&asked));
        thread::spawn(move || {
            for mut socket in listener.incoming().map_while(Result::ok) {
                let mut request = [0; 4096];
                let read = socket.read(&mut request).unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
                let kind = if request.starts_with("get /newest ") {
                    "json"
                } else {
                    "octet-stream"
                };
                let accepted = format!("accept: application/{kind}\r\n");
                assert!(request.contains(&accepted), "{request}");
                *count.lock().unwrap() += 1;
                let body = said.lock().unwrap().clone();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = socket.write_all(head.as_bytes());
                let _ = socket.write_all(&body);
            }
        });
        Self { url, answer, asked }
    }

    fn says(&self, bytes: Vec<u8>) {
        *self.answer.lock().unwrap() = bytes;
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn signed(pair: &Ed25519KeyPair, body: &str) -> Vec<u8> {
    let signature = BASE64_STANDARD.encode(pair.sign(body.as_bytes()));
    format!("{signature}\n{body}").into_bytes()
}

fn now() -> i64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    since.as_secs().try_into().unwrap()
}

fn manifest(version: &str, issued: i64) -> Value {
    json!({
        "version": version,
        "page": "https://dragoman.example/news",
        "issued": issued,
        "expires": now() + 1000,
    })
}

fn accounts() -> Accounts {
    let client = Client::new(Timeouts::default()).unwrap();
    let keys = Keys::open("dev.dragoman.test");
    Accounts::new(History::in_memory().unwrap(), keys, client)
}

fn updates(home: &Path, server: &Server) -> Updates {
    let key = BASE64_STANDARD.encode(pair(1).public_key());
    let source = Source::new(&server.url, &key).unwrap();
    Updates::open(home, Some(source), "0.2.0")
}

fn why(checked: Result<Option<NewVersion>, IpcError>) -> String {
    let error = checked.unwrap_err();
    assert_eq!(error.code, ErrorCode::UpdateUnknown);
    error.args["why"].clone()
}

#[tokio::test]
async fn a_newer_version_is_told_and_an_older_one_is_not() {
    let (home, server, accounts) = (tempfile::tempdir().unwrap(), Server::start(), accounts());
    let updates = updates(home.path(), &server);
    for (version, is_newer) in [
        ("0.2.1", true),
        ("0.10.0", true),
        ("1.0.0", true),
        ("0.2.0", false),
        ("0.1.9", false),
    ] {
        server.says(signed(&pair(1), &manifest(version, 10).to_string()));
        let told = updates.check(&accounts).await.unwrap();
        let newer = NewVersion {
            version: version.to_owned(),
            page: "https://dragoman.example/news".to_owned(),
        };
        assert_eq!(told, is_newer.then_some(newer), "{version}");
    }
}

#[tokio::test]
async fn what_a_platform_downloads_is_told_with_it_signed_and_fetched_the_same_way() {
    let (home, server, accounts) = (tempfile::tempdir().unwrap(), Server::start(), accounts());
    let updates = updates(home.path(), &server);
    let release = json!({
        "version": "9.0.0",
        "platforms": { "darwin-aarch64": { "url": server.url, "signature": "x" } },
    });
    let mut said = manifest("9.0.0", 10);
    server.says(signed(&pair(1), &said.to_string()));
    assert_eq!(
        updates.newer(&accounts).await.unwrap().unwrap().release,
        None
    );
    said["release"] = release.clone();
    server.says(signed(&pair(1), &said.to_string()));
    let newer = updates.newer(&accounts).await.unwrap().unwrap();
    assert_eq!(newer.release, Some(release));
    let package = vec![7; 300_000];
    server.says(package.clone());
    let from = server.url.replace("/newest", "/package");
    assert_eq!(updates.download(&accounts, &from).await.unwrap(), package);
}

#[tokio::test]
async fn what_is_not_signed_altered_expired_or_older_is_refused() {
    let (home, server, accounts) = (tempfile::tempdir().unwrap(), Server::start(), accounts());
    let updates = updates(home.path(), &server);
    let good = manifest("9.0.0", now()).to_string();
    let mut altered = signed(&pair(1), &good);
    let at = altered.len() - 3;
    altered[at] ^= 1;
    let with = |name: &str, value: Value| {
        let mut changed = manifest("9.0.0", now());
        changed[name] = value;
        signed(&pair(1), &changed.to_string())
    };
    for (bytes, reason) in [
        (Vec::new(), "unsigned"),
        (good.clone().into_bytes(), "unsigned"),
        (format!("\n{good}").into_bytes(), "unsigned"),
        (format!("AAAA\n{good}").into_bytes(), "unsigned"),
        (signed(&pair(2), &good), "unsigned"),
        (altered, "unsigned"),
        (
            [signed(&pair(1), &good), b"\n".to_vec()].concat(),
            "unsigned",
        ),
        (with("expires", json!(now() - 1)), "expired"),
        (with("version", json!("9")), "malformed"),
        (with("version", json!("9.0.0.1")), "malformed"),
        (with("page", json!("http://dragoman.example/")), "malformed"),
        (with("page", json!("javascript:alert(1)")), "malformed"),
        (signed(&pair(1), "{}"), "malformed"),
        (
            signed(&pair(1), &format!("{good}{}", " ".repeat(70_000))),
            "unreached",
        ),
    ] {
        server.says(bytes);
        assert_eq!(why(updates.check(&accounts).await), reason);
    }
    server.says(signed(&pair(1), &good));
    assert!(updates.check(&accounts).await.unwrap().is_some());
    // One that was signed before is no news, also for the next start.
    let before = signed(&pair(1), &manifest("9.0.0", now() - 100).to_string());
    server.says(before);
    assert_eq!(why(updates.check(&accounts).await), "older");
    let again = self::updates(home.path(), &server);
    assert_eq!(why(again.check(&accounts).await), "older");
}

#[tokio::test]
async fn nobody_is_asked_unless_it_is_wanted_and_once_a_day_by_itself() {
    let (home, server, accounts) = (tempfile::tempdir().unwrap(), Server::start(), accounts());
    let updates = updates(home.path(), &server);
    assert!(updates.is_known() && updates.is_due());
    assert_eq!(server.asked(), 0);
    server.says(signed(&pair(1), &manifest("0.2.0", now()).to_string()));
    updates.check(&accounts).await.unwrap();
    assert_eq!(server.asked(), 1);
    assert!(!updates.is_due() && !self::updates(home.path(), &server).is_due());
    // A build that knows no address.
    let none = Updates::open(home.path(), None, "0.2.0");
    assert!(!none.is_known() && !none.is_due());
    assert!(none.check(&accounts).await.is_err());
    assert_eq!(server.asked(), 1);
    assert_eq!(Source::new("https://a.example/", "no key"), None);
}
