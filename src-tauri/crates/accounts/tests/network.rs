//! The way out as settings say it: a proxy that asks for a password, which is in
//! a real keyring, and a file of certificates.
//!
//! The test runs itself again in a D-Bus session and home folder of its own, so
//! nothing here meets the keyring of whoever runs it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::{Arc, Mutex};

use accounts::{Accounts, check_ca};
use history::History;
use protocol::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wire::{Client, Timeouts};

#[path = "../../keys/tests/session/mod.rs"]
mod session;
use session::{inside, keys, unlock};

const PASSWORD: &str = "canary p@ss:word 密码";

fn accounts() -> Accounts {
    let history = History::in_memory().unwrap();
    let client = Client::new(Timeouts::default()).unwrap();
    Accounts::new(history, keys(), client)
}

async fn far(accounts: &Accounts) -> String {
    let params = ProviderAddParams {
        name: "Far".into(),
        base_url: "https://nas.local/v1".into(),
        allow_private: false,
    };
    accounts.add_provider(&params).await.unwrap().id
}

fn manual(address: &str, user: &str) -> NetworkSettings {
    NetworkSettings {
        proxy: ProxyMode::Manual,
        proxy_url: address.to_owned(),
        proxy_user: user.to_owned(),
        ..NetworkSettings::default()
    }
}

/// User and password as a proxy is told them.
fn basic() -> String {
    let both = format!("mei:{PASSWORD}");
    base64::Engine::encode(&base64::prelude::BASE64_STANDARD, both)
}

/// A proxy that leads nowhere: its address, and the heads of what it was asked.
async fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = heads.clone();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.windows(4).any(|four| four == b"\r\n\r\n") {
                let mut chunk = [0; 1024];
                let read = socket.read(&mut chunk).await.unwrap();
                assert!(read > 0, "the request ended early");
                head.extend_from_slice(&chunk[..read]);
            }
            let head = String::from_utf8(head).unwrap();
            let status = match head.contains(&basic()) {
                true => "200 OK",
                false => "407 Proxy Authentication Required",
            };
            seen.lock().unwrap().push(head);
            let body = r#"{"data":[{"id":"through-the-proxy"}]}"#;
            let reply = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = socket.write_all(reply.as_bytes()).await;
        }
    });
    (address, heads)
}

#[test]
fn a_proxy_gets_its_password_out_of_the_keyring_and_another_does_not() {
    let name = "a_proxy_gets_its_password_out_of_the_keyring_and_another_does_not";
    if !inside(name) {
        return;
    }
    unlock();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let accounts = accounts();
        let id = far(&accounts).await;
        let (address, heads) = proxy().await;
        let settings = manual(&address, "mei");
        accounts.start_network(settings.clone());
        let status = accounts.network().await;
        assert_eq!(
            status,
            NetworkStatus {
                password: false,
                error: None
            }
        );
        let refused = accounts.models(&id).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Proxy, "{refused:?}");

        let set = |password: Option<&str>| {
            let (accounts, settings) = (accounts.clone(), settings.clone());
            let password = password.map(str::to_owned);
            async move { accounts.set_proxy_password(&settings, password).await }
        };
        set(Some(PASSWORD)).await.unwrap();
        let status = accounts.network().await;
        assert!(status.password && status.error.is_none(), "{status:?}");
        let told = format!("{status:?} {}", serde_json::to_string(&status).unwrap());
        assert!(!told.contains("canary"));
        // It is let through, to where nobody speaks TLS.
        let lost = accounts.models(&id).await.unwrap_err();
        assert_eq!(lost.code, ErrorCode::Network, "{lost:?}");
        let head = heads.lock().unwrap().last().unwrap().clone();
        assert!(head.starts_with("CONNECT nas.local:443 "), "{head}");
        assert!(head.contains(&basic()), "{head}");

        // Another proxy gets no password, and going back asks for it again.
        let (other, others) = proxy().await;
        let elsewhere = manual(&other, "mei");
        accounts.leave_proxy(&settings, &elsewhere).await;
        accounts.use_network(elsewhere.clone()).await;
        assert!(!accounts.network().await.password);
        assert!(accounts.models(&id).await.is_err());
        let told = others.lock().unwrap().join("\n");
        assert!(!told.is_empty() && !told.contains(&basic()), "{told}");
        accounts.use_network(settings.clone()).await;
        assert!(!accounts.network().await.password, "it was forgotten");
        // Choosing no proxy for a while forgets nothing.
        set(Some(PASSWORD)).await.unwrap();
        let none = NetworkSettings {
            proxy: ProxyMode::None,
            ..settings.clone()
        };
        accounts.leave_proxy(&settings, &none).await;
        accounts.use_network(none).await;
        accounts.use_network(settings.clone()).await;
        assert!(accounts.network().await.password);
        set(None).await.unwrap();
        assert!(!accounts.network().await.password);
    });
}

#[tokio::test]
async fn what_is_wrong_with_the_way_out_is_said_and_nothing_goes_around_it() {
    let accounts = accounts();
    let id = far(&accounts).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("company.pem");
    let use_file = async || {
        accounts
            .use_network(NetworkSettings {
                ca_file: Some(file.display().to_string()),
                ..NetworkSettings::default()
            })
            .await;
        let refused = accounts.models(&id).await.unwrap_err();
        assert_eq!(accounts.network().await.error.as_ref(), Some(&refused));
        accounts.use_network(NetworkSettings::default()).await;
        refused
    };
    let gone = use_file().await;
    assert_eq!(gone.code, ErrorCode::FileNotReadable);
    assert_eq!(gone.args["name"], "company.pem");
    for content in [
        "",
        "no certificate at all",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&file, content).unwrap();
        let refused = check_ca(&file).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Parameter, "{content:?}");
        assert_eq!(refused.args["parameter"], "ca_file");
        assert!(refused.message.contains("company.pem holds no certificate"));
        assert_eq!(use_file().await, refused);
    }
    assert!(check_ca(folder.path()).await.is_err(), "a folder");
    accounts
        .use_network(manual("ftp://proxy.example", ""))
        .await;
    assert_eq!(
        accounts.models(&id).await.unwrap_err().code,
        ErrorCode::Parameter
    );

    // This machine itself can be asked all the same.
    let (address, _) = proxy().await;
    let params = ProviderAddParams {
        name: "Near".into(),
        base_url: format!("{address}/v1"),
        allow_private: false,
    };
    let near = accounts.add_provider(&params).await.unwrap().id;
    let answered = accounts.models(&near).await.unwrap_err();
    assert_eq!(
        answered.code,
        ErrorCode::Proxy,
        "it answers 407: {answered:?}"
    );
}
