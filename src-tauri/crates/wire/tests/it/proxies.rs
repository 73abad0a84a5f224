//! The way out through proxies: from settings, and from the environment.

use base64::Engine;
use futures_util::StreamExt;
use protocol::{ErrorCode, IpcError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wire::{Client, Endpoint, Event, ManualProxy, Network, Password, Proxy, Retry, Timeouts};

use crate::support::{Taken, answer, ask, http, listen, says, take};
use crate::tls::{Authority, tls_provider};

const USER: &str = "me@work:é";
/// Holds what a URL would take for its own.
const PASSWORD: &str = "p%41@:/é canary";
/// Nobody's (RFC 5737), asked in clear text. A name would be looked up first, to see
/// whether it lies nearby.
const FAR: &str = "http://192.0.2.1/v1";

fn through(scheme: &str, proxy: &TcpListener, user: Option<&str>) -> Network {
    Network {
        proxy: Proxy::Manual(ManualProxy {
            url: format!("{scheme}://{}", proxy.local_addr().unwrap()),
            user: user.map(str::to_owned),
            password: user.map(|_| Password::new(PASSWORD)),
        }),
        ca: None,
    }
}

fn client(network: Network) -> Client {
    let client = Client::new(Timeouts::default()).unwrap();
    client.configure(Timeouts::default(), network).unwrap();
    client
}

fn to(base_url: &str) -> Endpoint {
    Endpoint {
        base_url: base_url.to_owned(),
        headers: Vec::new(),
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    }
}

async fn turn(client: &Client, base_url: &str) -> Taken {
    take(client.chat(&to(base_url), ask(), Retry::none())).await
}

fn fails(taken: Taken, proxy: &TcpListener) -> IpcError {
    let error = taken.error.expect("an error");
    let shown = format!("{error:?}");
    for secret in ["canary", "p%41", &encoded(), "%70%25"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(error.code, ErrorCode::Proxy, "{shown}");
    assert_eq!(error.args["host"], proxy.local_addr().unwrap().to_string());
    assert!(!error.args["reason"].is_empty());
    error
}

fn encoded() -> String {
    base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"))
}

async fn port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// The head of a request, and nothing after it.
async fn head(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// Hands everything on to `upstream`, both ways.
async fn pipe(mut socket: TcpStream, upstream: &TcpListener) {
    let mut out = TcpStream::connect(upstream.local_addr().unwrap())
        .await
        .unwrap();
    let _ = tokio::io::copy_bidirectional(&mut socket, &mut out).await;
}

#[tokio::test]
async fn an_http_proxy_takes_plain_requests_with_user_and_password() {
    let proxy = port().await;
    let client = client(through("http", &proxy, Some(USER)));
    let chat = turn(&client, FAR);
    let (taken, (head, _)) = tokio::join!(chat, answer(&proxy, vec![says("Hi").into()]));
    assert_eq!(taken.text, "Hi");
    assert!(
        head.starts_with(&format!("POST {FAR}/chat/completions ")),
        "{head}"
    );
    assert!(
        head.contains(&format!("proxy-authorization: Basic {}\r\n", encoded())),
        "{head}"
    );
}

#[tokio::test]
async fn an_http_proxy_tunnels_tls_with_user_and_password() {
    let authority = Authority::new();
    let (proxy, provider) = (port().await, port().await);
    let mut network = through("http", &proxy, Some(USER));
    network.ca = Some(authority.pem());
    let client = client(network);
    let chat = turn(&client, "https://provider.test/v1");
    let tunnel = async {
        let (mut socket, _) = proxy.accept().await.unwrap();
        let head = head(&mut socket).await;
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        pipe(socket, &provider).await;
        head
    };
    let certificate = authority.certify("provider.test");
    let tls = tls_provider(&provider, certificate, says("Hi"));
    let (taken, head, ()) = tokio::join!(chat, tunnel, tls);
    assert_eq!((taken.text.as_str(), taken.error), ("Hi", None));
    assert!(head.starts_with("CONNECT provider.test:443 "), "{head}");
    let lower = head.to_ascii_lowercase();
    assert!(
        lower.contains(&format!(
            "proxy-authorization: basic {}\r\n",
            encoded().to_ascii_lowercase()
        )),
        "{head}"
    );
    assert!(!lower.contains("content-type"), "{head}");
}

/// What a SOCKS proxy was told.
#[derive(Debug, Default)]
struct Told {
    user: String,
    password: String,
    /// Kind, address and port, as they came.
    address: Vec<u8>,
}

async fn bytes(socket: &mut TcpStream, count: u8) -> Vec<u8> {
    let mut bytes = vec![0; count.into()];
    socket.read_exact(&mut bytes).await.unwrap();
    bytes
}

/// Reads one length and as many bytes.
async fn counted(socket: &mut TcpStream) -> String {
    let count = socket.read_u8().await.unwrap();
    String::from_utf8(bytes(socket, count).await).unwrap()
}

/// A SOCKS5 proxy for one connection (RFC 1928 and 1929): answers these codes to
/// the password and to the request, 0 meaning yes, and hands on to `upstream`.
async fn socks(proxy: &TcpListener, upstream: &TcpListener, sign_in: u8, reply: u8) -> Told {
    let mut told = Told::default();
    let (mut socket, _) = proxy.accept().await.unwrap();
    assert_eq!(socket.read_u8().await.unwrap(), 5);
    let methods = socket.read_u8().await.unwrap();
    let methods = bytes(&mut socket, methods).await;
    // Wants a password; 255 is "none of these".
    let method = if methods.contains(&2) { 2 } else { 255 };
    socket.write_all(&[5, method]).await.unwrap();
    if method == 255 {
        return told;
    }
    assert_eq!(socket.read_u8().await.unwrap(), 1);
    told.user = counted(&mut socket).await;
    told.password = counted(&mut socket).await;
    socket.write_all(&[1, sign_in]).await.unwrap();
    if sign_in != 0 {
        return told;
    }
    assert_eq!(bytes(&mut socket, 3).await, [5, 1, 0]);
    let kind = socket.read_u8().await.unwrap();
    let count = match kind {
        1 => 4,
        3 => socket.read_u8().await.unwrap(),
        _ => 16,
    };
    told.address = bytes(&mut socket, count + 2).await;
    let answer = [5, reply, 0, 1, 127, 0, 0, 1, 0, 80];
    socket.write_all(&answer).await.unwrap();
    if reply == 0 {
        pipe(socket, upstream).await;
    }
    told
}

#[tokio::test]
async fn a_socks_proxy_takes_user_and_password() {
    let (proxy, provider) = (port().await, port().await);
    let client = client(through("socks5h", &proxy, Some(USER)));
    let chat = turn(&client, "http://192.0.2.1:8080/v1");
    let answer = answer(&provider, vec![says("Hi").into()]);
    let (taken, told, (head, _)) = tokio::join!(chat, socks(&proxy, &provider, 0, 0), answer);
    assert_eq!((taken.text.as_str(), taken.error), ("Hi", None));
    assert_eq!(
        (told.user.as_str(), told.password.as_str()),
        (USER, PASSWORD)
    );
    assert_eq!(told.address, b"\xc0\x00\x02\x01\x1f\x90");
    assert!(head.starts_with("POST /v1/chat/completions "), "{head}");
}

#[tokio::test]
async fn a_socks_proxy_takes_an_address_and_tls() {
    let authority = Authority::new();
    let (proxy, provider) = (port().await, port().await);
    let mut network = through("socks5", &proxy, Some(USER));
    network.ca = Some(authority.pem());
    let client = client(network);
    let chat = turn(&client, "https://192.0.2.7/v1");
    let certificate = authority.certify("192.0.2.7");
    let tls = tls_provider(&provider, certificate, says("Hi"));
    let (taken, told, ()) = tokio::join!(chat, socks(&proxy, &provider, 0, 0), tls);
    assert_eq!((taken.text.as_str(), taken.error), ("Hi", None));
    assert_eq!(told.address, [192, 0, 2, 7, 1, 187]);
}

#[tokio::test]
async fn a_socks_proxy_that_refuses_is_told_from_the_provider() {
    let nowhere = port().await;
    for (user, sign_in, reply, said) in [
        (Some(USER), 1, 0, "password"),
        (None, 0, 0, "password"),
        (Some(USER), 0, 5, "refused"),
        (Some(USER), 0, 4, "unreachable"),
    ] {
        let proxy = port().await;
        let client = client(through("socks5h", &proxy, user));
        let chat = turn(&client, "https://provider.test/v1");
        let (taken, _) = tokio::join!(chat, socks(&proxy, &nowhere, sign_in, reply));
        let reason = fails(taken, &proxy).args["reason"].clone();
        assert!(reason.contains(said), "{reason}");
    }
}

#[tokio::test]
async fn an_http_proxy_that_refuses_is_told_from_the_provider() {
    for (status, said) in [
        (407, "password"),
        (403, "provider.test"),
        (502, "provider.test"),
    ] {
        let proxy = port().await;
        let client = client(through("http", &proxy, Some(USER)));
        let chat = turn(&client, "https://provider.test/v1");
        let refuse = async {
            let (mut socket, _) = proxy.accept().await.unwrap();
            head(&mut socket).await;
            let answer = http(status, "content-length: 0\r\n", "");
            socket.write_all(answer.as_bytes()).await.unwrap();
        };
        let (taken, ()) = tokio::join!(chat, refuse);
        let reason = fails(taken, &proxy).args["reason"].clone();
        assert!(reason.contains(said), "{reason}");
    }
    // Without TLS of its own a request is answered by the proxy itself.
    let proxy = port().await;
    let client = client(through("http", &proxy, None));
    let chat = turn(&client, FAR);
    let answers = answer(&proxy, vec![http(407, "", "").into()]);
    let (taken, _) = tokio::join!(chat, answers);
    fails(taken, &proxy);
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_from_the_provider() {
    for (scheme, base_url) in [
        ("http", FAR),
        ("http", "https://provider.test/v1"),
        ("https", "https://provider.test/v1"),
        ("socks5h", FAR),
        ("socks5h", "https://provider.test/v1"),
    ] {
        let proxy = port().await;
        let client = client(through(scheme, &proxy, Some(USER)));
        let address = proxy.local_addr().unwrap();
        drop(proxy);
        let error = turn(&client, base_url).await.error.unwrap();
        assert_eq!(
            error.code,
            ErrorCode::Proxy,
            "{scheme} {base_url} {error:?}"
        );
        assert_eq!(error.args["host"], address.to_string());
    }
}

#[tokio::test]
async fn a_refused_password_is_not_sent_twice_an_unreachable_proxy_is_tried_again() {
    let proxy = port().await;
    let client = client(through("http", &proxy, Some(USER)));
    let chat = take(client.chat(&to(FAR), ask(), Retry::default()));
    let (taken, _) = tokio::join!(chat, answer(&proxy, vec![http(407, "", "").into()]));
    assert_eq!(taken.retries, []);
    fails(taken, &proxy);
    drop(proxy);
    let mut events = client.chat(&to(FAR), ask(), Retry::default());
    let event = events.next().await;
    assert!(
        matches!(event, Some(Ok(Event::Retrying { .. }))),
        "{event:?}"
    );
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let proxy = port().await;
    let (provider, base_url) = listen().await;
    let port = provider.local_addr().unwrap().port();
    let client = client(through("http", &proxy, None));
    for base_url in [base_url, format!("http://localhost:{port}/v1")] {
        let chat = turn(&client, &base_url);
        let (taken, _) = tokio::join!(chat, answer(&provider, vec![says("Hi").into()]));
        assert_eq!((taken.text.as_str(), taken.error), ("Hi", None));
    }
    crate::support::nobody_else(&proxy).await;
}

#[tokio::test]
async fn a_new_way_out_holds_for_every_clone_and_not_for_what_runs() {
    let (first, second) = (port().await, port().await);
    let client = client(through("http", &first, None));
    let clone = client.clone();
    let base_url = FAR;
    let mut running = client.chat(&to(base_url), ask(), Retry::none());
    let provider = async {
        let (mut socket, _) = first.accept().await.unwrap();
        crate::support::request(&mut socket).await;
        let begun = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
        socket.write_all(begun.as_bytes()).await.unwrap();
        socket
    };
    let (event, mut socket) = tokio::join!(running.next(), provider);
    assert!(matches!(event, Some(Ok(Event::Open { .. }))), "{event:?}");

    let next = through("http", &second, None);
    client.configure(Timeouts::default(), next).unwrap();
    let wrong = Network {
        ca: Some(b"nonsense".to_vec()),
        ..Network::default()
    };
    assert!(client.configure(Timeouts::default(), wrong).is_err());
    let chat = turn(&clone, base_url);
    let (taken, _) = tokio::join!(chat, answer(&second, vec![says("Hi").into()]));
    assert_eq!(taken.text, "Hi");

    socket.write_all(b"data: [DONE]\n\n").await.unwrap();
    let rest: Vec<_> = running.collect().await;
    assert!(
        matches!(rest[..], [Ok(Event::Text(_)), Ok(Event::End { .. })]),
        "{rest:?}"
    );
}

/// Runs one of the tests below in a process of its own, with this environment.
async fn in_environment(variables: &[(&str, String)], base_url: &str) {
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "proxies::asks_from_its_environment", "--ignored"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        child.env_remove(name).env_remove(name.to_ascii_lowercase());
    }
    child.env("WIRE_TEST_BASE_URL", base_url);
    child.envs(variables.iter().map(|(name, value)| (*name, value)));
    let output = child.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// Not a test by itself: what `in_environment` runs.
#[tokio::test]
#[ignore = "run by the tests of the environment, in a process of its own"]
async fn asks_from_its_environment() {
    let base_url = std::env::var("WIRE_TEST_BASE_URL").unwrap();
    let client = Client::new(Timeouts::default()).unwrap();
    assert_eq!(turn(&client, &base_url).await.text, "Hi");
}

#[tokio::test]
async fn the_environment_names_an_http_proxy_with_user_and_password() {
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let proxy = port().await;
        let address = proxy.local_addr().unwrap();
        let variables = [(name, format!("http://me:p%40ss@{address}"))];
        let child = in_environment(&variables, FAR);
        let ((), (head, _)) = tokio::join!(child, answer(&proxy, vec![says("Hi").into()]));
        assert!(
            head.starts_with(&format!("POST {FAR}/chat/completions ")),
            "{head}"
        );
        // me:p@ss
        assert!(
            head.contains("proxy-authorization: Basic bWU6cEBzcw==\r\n"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn the_environment_names_a_socks_proxy() {
    let (proxy, provider) = (port().await, port().await);
    let address = proxy.local_addr().unwrap();
    let variables = [("ALL_PROXY", format!("socks5h://me:p%40ss@{address}"))];
    let child = in_environment(&variables, FAR);
    let answer = answer(&provider, vec![says("Hi").into()]);
    let ((), told, _) = tokio::join!(child, socks(&proxy, &provider, 0, 0), answer);
    assert_eq!((told.user.as_str(), told.password.as_str()), ("me", "p@ss"));
}

#[tokio::test]
async fn the_environment_excepts_names_and_this_machine() {
    let proxy = port().await;
    let nowhere = format!("http://{}", proxy.local_addr().unwrap());
    let (provider, base_url) = listen().await;
    let variables = [("HTTP_PROXY", nowhere.clone()), ("ALL_PROXY", nowhere)];
    let child = in_environment(&variables, &base_url);
    tokio::join!(child, answer(&provider, vec![says("Hi").into()]));
    crate::support::nobody_else(&proxy).await;
}
