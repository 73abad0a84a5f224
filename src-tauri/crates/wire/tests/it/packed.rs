//! Bodies that come compressed.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures_util::StreamExt;
use protocol::ErrorCode;
use tokio::io::AsyncWriteExt;
use wire::{Client, Endpoint, Event, Listing, Retry, Timeouts};

use crate::support::{answer, ask, cut, listen, request, says, take};

fn to(base_url: &str) -> Endpoint {
    Endpoint {
        base_url: base_url.to_owned(),
        headers: Vec::new(),
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    }
}

fn client() -> Client {
    Client::new(Timeouts::default()).unwrap()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(body).unwrap();
    out.finish().unwrap()
}

fn deflate(body: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
    out.write_all(body).unwrap();
    out.finish().unwrap()
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut out = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
    out.write_all(body).unwrap();
    out.into_inner()
}

fn zstd(body: &[u8]) -> Vec<u8> {
    zstd::encode_all(body, 3).unwrap()
}

type Packer = fn(&[u8]) -> Vec<u8>;
const PACKERS: [(&str, Packer); 4] = [
    ("gzip", gzip),
    ("deflate", deflate),
    ("br", brotli),
    ("zstd", zstd),
];

fn packed(status: u16, name: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-encoding: {name}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn packed_answers_are_read_however_they_are_cut() {
    let plain = says("Hello");
    let (_, body) = plain.split_once("\r\n\r\n").unwrap();
    for (name, pack) in PACKERS {
        let http = packed(200, name, &pack(body.as_bytes()));
        for pieces in [
            vec![http.clone().into()],
            cut(&http, &[1]),
            cut(&http, &[5, 1, 9]),
        ] {
            let (listener, base_url) = listen().await;
            let chat = take(client().chat(&to(&base_url), ask(), Retry::none()));
            let (taken, (head, _)) = tokio::join!(chat, answer(&listener, pieces));
            assert_eq!(
                (taken.text.as_str(), taken.error),
                ("Hello", None),
                "{name}"
            );
            assert!(
                head.to_ascii_lowercase().contains("accept-encoding: "),
                "{head}"
            );
            assert!(head.contains(name), "{head}");
        }
    }
}

#[tokio::test]
async fn packed_errors_and_lists_are_read() {
    for (name, pack) in PACKERS {
        let (listener, base_url) = listen().await;
        let body = pack(r#"{"error":{"message":"无效的令牌","code":""}}"#.as_bytes());
        let chat = take(client().chat(&to(&base_url), ask(), Retry::none()));
        let pieces = vec![Bytes::from(packed(401, name, &body))];
        let (taken, _) = tokio::join!(chat, answer(&listener, pieces));
        let error = taken.error.unwrap();
        assert_eq!(error.code, ErrorCode::KeyRefused, "{name}");
        assert_eq!(error.detail.unwrap().message.as_deref(), Some("无效的令牌"));

        let pieces = vec![Bytes::from(packed(
            200,
            name,
            &pack(br#"{"data":[{"id":"a"}]}"#),
        ))];
        let (client, endpoint, listing) = (client(), to(&base_url), Listing::default());
        let rows = client.models(&endpoint, &listing);
        let (rows, _) = tokio::join!(rows, answer(&listener, pieces));
        assert_eq!(rows.unwrap()[0].id, "a", "{name}");
    }
}

#[tokio::test]
async fn a_packed_stream_is_shown_as_it_comes() {
    let (listener, base_url) = listen().await;
    let mut events = client().chat(&to(&base_url), ask(), Retry::none());
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        request(&mut socket).await;
        gz.write_all(b"data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n")
            .unwrap();
        gz.flush().unwrap();
        let begun = packed(200, "gzip", gz.get_ref());
        socket.write_all(&begun).await.unwrap();
        socket
    };
    let reader = async {
        while let Some(event) = events.next().await {
            if event.unwrap() == Event::Text("Hel".into()) {
                return;
            }
        }
        panic!("the text did not come");
    };
    // The text is out while the rest is still to be sent.
    let (_socket, ()) = tokio::join!(provider, reader);
}

#[tokio::test]
async fn a_broken_packing_is_an_answer_that_cannot_be_read() {
    for (name, _) in PACKERS {
        let (listener, base_url) = listen().await;
        let chat = take(client().chat(&to(&base_url), ask(), Retry::default()));
        let pieces = vec![Bytes::from(packed(
            200,
            name,
            b"\x01\x02 not packed at all, no",
        ))];
        let (taken, _) = tokio::join!(chat, answer(&listener, pieces));
        let error = taken.error.unwrap();
        assert_eq!(
            (error.code, taken.retries.len()),
            (ErrorCode::BadAnswer, 0),
            "{name} {error:?}"
        );
    }
}
