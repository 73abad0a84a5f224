//! The scripted provider does what its script says, seen from a plain socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use pretty_assertions::assert_eq;
use tests::provider::{CHAT, End, Ending, Framing, Gate, Provider, Reply};

fn connect(provider: &Provider) -> TcpStream {
    TcpStream::connect(provider.origin().strip_prefix("http://").unwrap()).unwrap()
}

fn post(provider: &Provider, body: &str) -> TcpStream {
    let mut stream = connect(provider);
    let length = body.len();
    write!(
        stream,
        "POST {CHAT} HTTP/1.1\r\nHost: x\r\nX-Test: 1\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream
}

fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&read).ends_with(end) {
        assert_eq!(
            stream.read(&mut byte).unwrap(),
            1,
            "{}",
            String::from_utf8_lossy(&read)
        );
        read.push(byte[0]);
    }
    String::from_utf8(read).unwrap()
}

#[test]
fn an_answer_waits_at_its_gate_and_is_recorded() {
    let provider = Provider::start().unwrap();
    let gate = Gate::new();
    provider.chat(Reply::stream().delta("a").wait(&gate).done());
    let mut stream = post(&provider, "{\"model\":\"m\"}");
    let head = read_until(&mut stream, "\r\n\r\n");
    assert!(
        head.contains("200") && head.contains("text/event-stream"),
        "{head}"
    );
    read_until(&mut stream, "\n\n\r\n");
    gate.open();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    let request = provider.chat_request(0).unwrap();
    assert_eq!(request.header("x-test"), Some("1"));
    assert_eq!(request.json().unwrap()["model"], "m");
    assert_eq!(provider.end(CHAT, 0).unwrap(), End::Written);
}

#[test]
fn bytes_are_cut_anywhere_and_lengths_may_lie() {
    let provider = Provider::start().unwrap();
    let framing = Framing::Length(99);
    provider.chat(
        Reply::new(500, "text/plain")
            .framing(framing)
            .bytes("好的")
            .cut(1),
    );
    let mut stream = post(&provider, "");
    let head = read_until(&mut stream, "\r\n\r\n");
    assert!(head.contains("Content-Length: 99"), "{head}");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "好的");
}

#[test]
fn a_reset_is_a_reset() {
    let provider = Provider::start().unwrap();
    let gate = Gate::new();
    provider.chat(Reply::stream().delta("a").wait(&gate).ending(Ending::Reset));
    let mut stream = post(&provider, "{}");
    read_until(&mut stream, "\n\n\r\n");
    gate.open();
    let error = stream.read(&mut [0; 16]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_client_that_leaves_is_noticed() {
    let provider = Provider::start().unwrap();
    provider.chat(Reply::stream().delta("a").ending(Ending::Stall));
    provider.chat(Reply::stream().wait(&Gate::new()));
    for n in 0..2 {
        let mut stream = post(&provider, "{}");
        read_until(&mut stream, "\r\n\r\n");
        drop(stream);
        assert_eq!(provider.end(CHAT, n).unwrap(), End::ClientLeft);
    }
}

#[test]
fn what_is_not_scripted_is_not_found() {
    let provider = Provider::start().unwrap();
    let mut stream = post(&provider, "");
    assert!(read_until(&mut stream, "\r\n").contains("404"));
    let mut stream = connect(&provider);
    write!(stream, "GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.contains("200") && answer.contains("\"scripted\""),
        "{answer}"
    );
}
