//! What the tests of this crate share: an answer taken whole, and a provider on a
//! loopback port that says what it is told to.

use bytes::Bytes;
use futures_util::Stream;
use tokio::net::{TcpListener, TcpStream};
use wire::{Body, Error, Event, Response};

pub use crate::replay::chunks::cut;
pub use crate::replay::taken::Taken;
use crate::replay::{provider, taken};

/// A question that no test looks at.
pub fn ask() -> Body {
    Body::new("{}", true)
}

/// Takes an answer whole, and checks what holds for all: `Open` first and once,
/// the end last, no empty piece.
pub async fn take(events: impl Stream<Item = Result<Event, Error>>) -> Taken {
    taken::take(events).await.unwrap()
}

/// Reads a body that comes in these pieces.
pub fn decode(
    head: Response,
    pieces: Vec<Bytes>,
) -> impl Stream<Item = Result<Event, Error>> + Send {
    wire::decode(head, futures_util::stream::iter(pieces.into_iter().map(Ok)))
}

/// Reads a body of status 200, whole.
pub async fn read(body: &str) -> Taken {
    let head = Response {
        status: 200,
        ..Response::default()
    };
    take(decode(head, vec![Bytes::copy_from_slice(body.as_bytes())])).await
}

/// A loopback port to answer on, and the base URL that leads there.
pub async fn listen() -> (TcpListener, String) {
    provider::listen().await.unwrap()
}

/// Reads one request: its head and its body.
pub async fn request(socket: &mut TcpStream) -> (String, Vec<u8>) {
    provider::request(socket).await.unwrap()
}

/// Takes one request and answers with these bytes, in these pieces, then closes.
pub async fn answer(listener: &TcpListener, pieces: Vec<Bytes>) -> (String, Vec<u8>) {
    provider::answer(listener, &pieces).await.unwrap()
}

/// Answers one connection after the other, each with its own bytes, and gives the
/// requests. Waits for as many connections as there are answers.
pub async fn serve(listener: &TcpListener, answers: &[String]) -> Vec<(String, Vec<u8>)> {
    let mut got = Vec::new();
    for bytes in answers {
        got.push(answer(listener, vec![Bytes::from(bytes.clone())]).await);
    }
    got
}

/// An answer as HTTP/1.1, with more head lines, each ended by CRLF.
pub fn http(status: u16, head: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{head}\r\n{body}")
}

/// An answer that says `text` and stops.
pub fn says(text: &str) -> String {
    let chunk =
        format!(r#"{{"choices":[{{"delta":{{"content":"{text}"}},"finish_reason":"stop"}}]}}"#);
    http(
        200,
        "content-type: text/event-stream\r\n",
        &format!("data: {chunk}\n\ndata: [DONE]\n\n"),
    )
}

/// Checks that nobody has connected since: our own connection is the first there.
pub async fn nobody_else(listener: &TcpListener) {
    let address = listener.local_addr().unwrap();
    let ours = TcpStream::connect(address).await.unwrap();
    let (_, peer) = listener.accept().await.unwrap();
    assert_eq!(peer, ours.local_addr().unwrap(), "somebody else connected");
}
