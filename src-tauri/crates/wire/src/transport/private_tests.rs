//! Hosts of the network around this machine: no proxy reads what is sent to them, and
//! no link leads there.

use std::time::Duration;

use futures_util::StreamExt;
use http::HeaderValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::names::Names;
use super::pools::Pools;
use super::{Client, Endpoint, FetchError, FetchLimits, ManualProxy, Network, Proxy};
use super::{Retry, Timeouts};
use crate::{Body, CHAT_COMPLETIONS, Error, Event};

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

const LIMITS: FetchLimits = FetchLimits {
    accept: "image/*",
    bytes: 10_000,
    time: Duration::from_secs(30),
};

async fn port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// A client that goes through `proxy` and knows these names.
fn client(scheme: &str, proxy: &TcpListener, names: Names, connect: Duration) -> Client {
    let network = Network {
        proxy: Proxy::Manual(ManualProxy {
            url: format!("{scheme}://{}", proxy.local_addr().unwrap()),
            ..ManualProxy::default()
        }),
        ca: None,
    };
    let timeouts = Timeouts {
        connect,
        ..Timeouts::default()
    };
    Client::of(Pools::new(timeouts, network).unwrap().with_names(names))
}

fn asks(client: &Client, base_url: String) -> super::EventStream {
    let mut key = HeaderValue::from_static("Bearer sk-canary");
    key.set_sensitive(true);
    let endpoint = Endpoint {
        base_url,
        headers: vec![(http::header::AUTHORIZATION, key)],
        dialect: CHAT_COMPLETIONS,
        rows: Default::default(),
    };
    client.chat(&endpoint, Body::new("{}", true), Retry::none())
}

/// Nobody has connected: our own connection is the first there.
async fn nobody(listener: &TcpListener) {
    let ours = TcpStream::connect(listener.local_addr().unwrap()).await;
    let (_, peer) = listener.accept().await.unwrap();
    assert_eq!(peer, ours.unwrap().local_addr().unwrap(), "a proxy saw it");
}

async fn head(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_key_in_clear_text_goes_past_every_proxy_to_a_host_nearby() {
    let hosts = [
        "nas",
        "NAS.local",
        "nas.local.",
        "box.lan",
        "a.home.arpa",
        "files.internal",
        // A public name that leads to a private address.
        "pictures.example",
    ];
    for scheme in SCHEMES {
        let (proxy, provider) = (port().await, port().await);
        let here: &[&[&str]] = &[&["127.0.0.1"]];
        let lower: Vec<_> = hosts.iter().map(|host| host.to_lowercase()).collect();
        let rows: Vec<_> = lower.iter().map(|host| (host.as_str(), here)).collect();
        let names = Names::table(&rows);
        let client = client(scheme, &proxy, names, Duration::from_secs(15));
        let port = provider.local_addr().unwrap().port();
        for host in hosts {
            let mut events = asks(&client, format!("http://{host}:{port}/v1"));
            let (event, head) = tokio::join!(events.next(), answers(&provider));
            assert!(matches!(event, Some(Ok(Event::Open { .. }))), "{event:?}");
            assert!(head.starts_with("POST /v1/chat/completions "), "{head}");
            assert!(head.contains("sk-canary"), "{host}");
        }
        nobody(&proxy).await;
    }
}

/// Takes one question, and answers it: its head.
async fn answers(provider: &TcpListener) -> String {
    let (mut socket, _) = provider.accept().await.unwrap();
    let head = head(&mut socket).await;
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}");
    socket.write_all(answer.as_bytes()).await.unwrap();
    head
}

/// Not a test by itself: what the next one runs in a process of its own.
#[tokio::test]
#[ignore = "run by the test of the environment, in a process of its own"]
async fn asks_nearby_from_its_environment() {
    let port = std::env::var("WIRE_TEST_PORT").unwrap();
    let names = Names::table(&[
        ("nas.local", &[&["127.0.0.1"]]),
        ("pictures.example", &[&["127.0.0.1"]]),
    ]);
    let pools = Pools::new(Timeouts::default(), Network::default()).unwrap();
    let client = Client::of(pools.with_names(names));
    for host in ["nas.local", "pictures.example"] {
        let event = asks(&client, format!("http://{host}:{port}/v1"))
            .next()
            .await;
        assert!(matches!(event, Some(Ok(Event::Open { .. }))), "{event:?}");
    }
}

#[tokio::test]
async fn no_variable_of_the_environment_leads_a_key_nearby_through_a_proxy() {
    for scheme in ["http", "socks5", "socks5h"] {
        let (proxy, provider) = (port().await, port().await);
        let through = format!("{scheme}://{}", proxy.local_addr().unwrap());
        let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
        let name = "transport::private_tests::asks_nearby_from_its_environment";
        child.args(["--exact", name, "--ignored"]);
        for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            child.env(variable, &through);
            child.env(variable.to_ascii_lowercase(), &through);
        }
        child.env_remove("NO_PROXY").env_remove("no_proxy");
        let port = provider.local_addr().unwrap().port();
        child.env("WIRE_TEST_PORT", port.to_string());
        let asked = async {
            for _ in 0..2 {
                assert!(answers(&provider).await.contains("sk-canary"));
            }
        };
        let (output, ()) = tokio::join!(child.output(), asked);
        let said = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(said.contains("1 passed"), "{said}");
        nobody(&proxy).await;
    }
}

#[tokio::test]
async fn an_address_nearby_is_asked_past_every_proxy() {
    let nowhere = port().await;
    for scheme in SCHEMES {
        let client = client(scheme, &nowhere, Names::table(&[]), Duration::from_secs(15));
        let through = async |url: &str| {
            let route = client.pools().route(&url.parse().unwrap()).await;
            route.unwrap().proxy
        };
        for host in [
            "10.255.255.1",
            "192.168.255.254",
            "172.31.255.254",
            "100.127.255.254",
            "169.254.255.254",
            "0.0.0.0",
            "[fd00::1]",
            "[fe80::1]",
            "[::ffff:10.255.255.1]",
            "[64:ff9b::a00:1]",
            // 192.168.0.1 and 10.255.255.1 in other digits.
            "3232235521",
            "0xa.0xff.0xff.1",
        ] {
            let url = format!("http://{host}:9/v1/models");
            assert_eq!(through(&url).await, None, "{scheme} {host}");
        }
        let proxy = nowhere.local_addr().unwrap().to_string();
        for url in ["http://1.1.1.1/v1", "https://10.255.255.1/v1"] {
            assert_eq!(through(url).await.as_ref(), Some(&proxy), "{scheme} {url}");
        }
    }
}

#[tokio::test]
async fn what_a_proxy_cannot_read_and_who_is_far_still_go_through_it() {
    for base_url in [
        "http://provider.example/v1",
        "http://unknown.example/v1",
        "https://10.255.255.1/v1",
        "https://nas.local/v1",
    ] {
        let proxy = port().await;
        let names = Names::table(&[("provider.example", &[&["1.1.1.1"]])]);
        let client = client("http", &proxy, names, Duration::from_secs(15));
        let mut events = asks(&client, base_url.to_owned());
        let refuse = async {
            let (mut socket, _) = proxy.accept().await.unwrap();
            let head = head(&mut socket).await;
            let no = "HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n";
            socket.write_all(no.as_bytes()).await.unwrap();
            head
        };
        let (event, head) = tokio::join!(events.next(), refuse);
        assert!(matches!(event, Some(Err(Error::Proxy { .. }))), "{event:?}");
        assert!(!base_url.starts_with("https") || !head.contains("sk-canary"));
    }
}

#[tokio::test]
async fn no_link_leads_into_a_private_network_whoever_looks_its_name_up() {
    let names: &[(&str, &[&[&str]])] = &[
        ("a.example", &[&["10.0.0.1"]]),
        ("b.example", &[&["1.1.1.1", "169.254.169.254"]]),
        ("c.example", &[&["fe80::1"]]),
        ("d.example", &[&["127.0.0.1"]]),
        ("nas.local", &[&["1.1.1.1"]]),
    ];
    for scheme in SCHEMES {
        let proxy = port().await;
        let client = client(scheme, &proxy, Names::table(names), Duration::from_secs(15));
        let mut links = vec![
            "https://nas.local/a.png",
            "https://intranet/a.png",
            "https://metadata.google.internal/a.png",
            "https://router.lan./a.png",
            "https://192.168.1.1/a.png",
            "https://[fe80::1]/a.png",
            "https://[fec0::1]/a.png",
            "https://localhost:9/a.png",
        ];
        if scheme == "socks5" {
            links.extend([
                "https://a.example/a.png",
                "https://b.example/a.png",
                "https://c.example/a.png",
                "https://d.example/a.png",
            ]);
        }
        for link in links {
            let fetched = client.fetch(link, LIMITS).await;
            match link.contains("localhost") {
                // The link itself names this machine: asked, and never by a proxy.
                true => assert!(matches!(fetched, Err(FetchError::Network(_))), "{link}"),
                false => assert_eq!(fetched, Err(FetchError::Private), "{scheme} {link}"),
            }
        }
        nobody(&proxy).await;
    }
    // Without a proxy, too.
    let none = Network {
        proxy: Proxy::None,
        ca: None,
    };
    let pools = Pools::new(Timeouts::default(), none).unwrap();
    let client = Client::of(pools.with_names(Names::table(names)));
    for name in ["a", "b", "c", "d"] {
        let link = format!("https://{name}.example/a.png");
        assert_eq!(client.fetch(&link, LIMITS).await, Err(FetchError::Private));
    }
}

#[tokio::test]
async fn a_socks_proxy_is_given_the_address_that_was_checked() {
    for (scheme, told) in [
        // A second look-up would lead to this machine.
        ("socks5", &b"\x05\x01\x00\x01\x01\x01\x01\x01\x01\xbb"[..]),
        ("socks5h", b"\x05\x01\x00\x03\x09a.example\x01\xbb"),
    ] {
        let proxy = port().await;
        let names = Names::table(&[("a.example", &[&["1.1.1.1"], &["127.0.0.1"]])]);
        let client = client(scheme, &proxy, names, Duration::from_secs(15));
        let asked = async {
            let (mut socket, _) = proxy.accept().await.unwrap();
            let mut hello = [0; 3];
            socket.read_exact(&mut hello).await.unwrap();
            socket.write_all(&[5, 0]).await.unwrap();
            let mut request = vec![0; told.len()];
            socket.read_exact(&mut request).await.unwrap();
            request
        };
        let (_, request) = tokio::join!(client.fetch("https://a.example/a.png", LIMITS), asked);
        assert_eq!(request, told, "{scheme}");
    }
}

#[tokio::test]
async fn nobody_is_asked_where_localhost_is() {
    let names = Names::table(&[("a.localhost", &[&["1.1.1.1"]])]);
    for name in ["localhost", "a.localhost", "A.LOCALHOST."] {
        let found = names.of(name).await.unwrap();
        assert!(found.iter().all(std::net::IpAddr::is_loopback), "{name}");
    }
}
