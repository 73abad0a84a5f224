//! TLS: whose certificates are trusted, HTTP/2, IPv6.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use protocol::ErrorCode;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use wire::{Client, Endpoint, Network, Retry, Timeouts};

use crate::support::{Taken, answer, ask, says, take};

/// A certificate authority of a company, say.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
    pem: String,
}

/// A certificate and its key, as a server holds them.
pub struct Certified {
    chain: Vec<rustls::pki_types::CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let name = format!("Authority {made}");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            der: certificate.der().to_vec(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    pub fn pem(&self) -> Vec<u8> {
        self.pem.clone().into_bytes()
    }

    pub fn certify(&self, host: &str) -> Certified {
        self.certify_until(host, 4096)
    }

    fn certify_until(&self, host: &str, year: i32) -> Certified {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified {
            chain: vec![certificate.der().clone()],
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

fn acceptor(certified: Certified, alpn: &[&str]) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certified.chain, certified.key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Takes one request over TLS and answers with these bytes. A client that does not
/// trust the certificate is let go.
pub async fn tls_provider(listener: &TcpListener, certified: Certified, answer: String) {
    let (socket, _) = listener.accept().await.unwrap();
    let Ok(mut socket) = acceptor(certified, &[]).accept(socket).await else {
        return;
    };
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n{}") {
        head.push(socket.read_u8().await.unwrap());
    }
    socket.write_all(answer.as_bytes()).await.unwrap();
    let _ = socket.shutdown().await;
}

fn trusting(ca: Option<Vec<u8>>) -> Client {
    let client = Client::new(Timeouts::default()).unwrap();
    let network = Network {
        ca,
        ..Network::default()
    };
    client.configure(Timeouts::default(), network).unwrap();
    client
}

async fn turn(client: &Client, base_url: &str) -> Taken {
    let endpoint = Endpoint {
        base_url: base_url.to_owned(),
        headers: Vec::new(),
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    };
    take(client.chat(&endpoint, ask(), Retry::default())).await
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/v1", listener.local_addr().unwrap());
    (listener, base_url)
}

#[tokio::test]
async fn a_certificate_of_ones_own_authority_is_refused_until_that_is_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (listener, base_url) = listen().await;
    let bundle = [other.pem(), authority.pem()].concat();
    for (ca, trusted) in [
        (None, false),
        (Some(other.pem()), false),
        (Some(authority.pem()), true),
        (Some(authority.der.clone()), true),
        (Some(bundle), true),
    ] {
        let client = trusting(ca);
        let certified = authority.certify("127.0.0.1");
        let provider = tls_provider(&listener, certified, says("Hi"));
        let (taken, ()) = tokio::join!(turn(&client, &base_url), provider);
        if trusted {
            assert_eq!((taken.text.as_str(), taken.error), ("Hi", None));
            continue;
        }
        let error = taken.error.unwrap();
        assert_eq!(
            (error.code, taken.retries.len()),
            (ErrorCode::Certificate, 0)
        );
        assert_eq!(error.args["host"], "127.0.0.1");
        assert!(
            error.args["reason"].contains("UnknownIssuer"),
            "{}",
            error.args["reason"]
        );
    }
}

#[tokio::test]
async fn an_expired_certificate_and_one_of_another_host_are_refused() {
    let authority = Authority::new();
    let client = trusting(Some(authority.pem()));
    let (listener, base_url) = listen().await;
    for (certified, why) in [
        (authority.certify_until("127.0.0.1", 2001), "expired"),
        (authority.certify("other.test"), "not valid for"),
    ] {
        let provider = tls_provider(&listener, certified, says("Hi"));
        let (taken, ()) = tokio::join!(turn(&client, &base_url), provider);
        let error = taken.error.unwrap();
        assert_eq!(error.code, ErrorCode::Certificate);
        let reason = error.args["reason"].to_lowercase();
        assert!(reason.contains(why), "{reason}");
    }
}

#[tokio::test]
async fn what_does_not_speak_tls_is_a_network_error() {
    let (listener, base_url) = listen().await;
    let client = Client::new(Timeouts::default()).unwrap();
    let endpoint = Endpoint {
        base_url,
        headers: Vec::new(),
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    };
    let chat = take(client.chat(&endpoint, ask(), Retry::none()));
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 64]).await;
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    };
    let (taken, ()) = tokio::join!(chat, provider);
    assert_eq!(taken.error.unwrap().code, ErrorCode::Network);
}

#[tokio::test]
async fn http_2_is_spoken_where_the_server_offers_it() {
    let authority = Authority::new();
    let client = trusting(Some(authority.pem()));
    let (listener, base_url) = listen().await;
    let provider = async {
        let (socket, _) = listener.accept().await.unwrap();
        let tls = acceptor(authority.certify("127.0.0.1"), &["h2", "http/1.1"]);
        let socket = tls.accept(socket).await.unwrap();
        let mut connection = h2::server::handshake(socket).await.unwrap();
        let (request, mut respond) = connection.accept().await.unwrap().unwrap();
        assert_eq!(request.uri().path(), "/v1/chat/completions");
        assert_eq!(request.version(), http::Version::HTTP_2);
        let mut send = respond
            .send_response(http::Response::new(()), false)
            .unwrap();
        let answer = says("Hi");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        for piece in body.as_bytes().chunks(20) {
            send.send_data(Bytes::copy_from_slice(piece), false)
                .unwrap();
        }
        send.send_data(Bytes::new(), true).unwrap();
        // Runs the connection until the client is done with it.
        while connection.accept().await.is_some() {}
    };
    let asking = turn(&client, &base_url);
    let taken = tokio::select! {
        taken = asking => taken,
        () = provider => panic!("the connection ended"),
    };
    assert_eq!((taken.text.as_str(), taken.error), ("Hi", None));
}

#[tokio::test]
async fn a_server_of_ipv6_is_reached() {
    let Ok(listener) = TcpListener::bind("[::1]:0").await else {
        return; // This machine has none.
    };
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    assert!(base_url.starts_with("http://[::1]:"), "{base_url}");
    let client = Client::new(Timeouts::default()).unwrap();
    let chat = turn(&client, &base_url);
    let (taken, (head, _)) = tokio::join!(chat, answer(&listener, vec![says("Hi").into()]));
    assert_eq!(taken.text, "Hi");
    assert!(head.to_ascii_lowercase().contains("host: [::1]:"), "{head}");
}
