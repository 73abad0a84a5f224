//! The real client against a provider on a loopback port.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::header::AUTHORIZATION;
use protocol::{ErrorCode, IpcError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wire::{Body, Client, Endpoint, Event, Listing, Retry, Timeouts};

use crate::support::{answer, ask, listen, request, take};

const KEY: &str = "sk-canary-5151";

fn client() -> Client {
    Client::new(Timeouts::default()).unwrap()
}

fn to(base_url: &str) -> Endpoint {
    let mut key: http::HeaderValue = format!("Bearer {KEY}").parse().unwrap();
    key.set_sensitive(true);
    Endpoint {
        base_url: base_url.to_owned(),
        headers: vec![(AUTHORIZATION, key)],
        dialect: wire::CHAT_COMPLETIONS,
        rows: Default::default(),
    }
}

/// What the client makes of an answer.
async fn fails(http: &str) -> IpcError {
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let chat = take(client.chat(&endpoint, ask(), Retry::none()));
    let (taken, _) = tokio::join!(chat, answer(&listener, vec![Bytes::from(http.to_owned())]));
    taken.error.expect("an error")
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let (elsewhere, target) = listen().await;
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} X\r\nlocation: {target}/chat/completions\r\ncontent-length: 0\r\n\r\n"
        );
        let error = tokio::select! {
            biased;
            error = fails(&answer) => error,
            _ = elsewhere.accept() => panic!("{status} was followed"),
        };
        assert_eq!(error.code, ErrorCode::Redirect);
        assert_eq!(error.args["url"], format!("{target}/chat/completions"));
        assert_eq!(error.detail.unwrap().status, Some(status));
    }
    // A connection would wait in the queue: one of ours must be the first there.
    let address = elsewhere.local_addr().unwrap();
    let ours = tokio::net::TcpStream::connect(address).await.unwrap();
    let (_, peer) = elsewhere.accept().await.unwrap();
    assert_eq!(peer, ours.local_addr().unwrap());
}

#[tokio::test]
async fn dropping_the_stream_closes_the_connection() {
    let (listener, base_url) = listen().await;
    let mut events = client().chat(&to(&base_url), ask(), Retry::none());
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        request(&mut socket).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        let chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
        socket
            .write_all(format!("{head}{chunk}").as_bytes())
            .await
            .unwrap();
        socket
    };
    let reader = async {
        while let Some(event) = events.next().await {
            if event.unwrap() == Event::Text("a".into()) {
                return;
            }
        }
        panic!("the text did not come");
    };
    let (mut socket, ()) = tokio::join!(provider, reader);
    drop(events);
    // The end of the stream, or a reset: either way the client has gone.
    let end = socket.read(&mut [0; 16]).await;
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn dropping_the_stream_before_the_answer_closes_the_connection() {
    let (listener, base_url) = listen().await;
    let mut events = client().chat(&to(&base_url), ask(), Retry::none());
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        request(&mut socket).await;
        socket
    };
    let mut socket = tokio::select! {
        socket = provider => socket,
        event = events.next() => panic!("{event:?}"),
    };
    drop(events);
    let end = socket.read(&mut [0; 16]).await;
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn silence_ends_at_the_idle_limit() {
    let timeouts = Timeouts {
        idle: Duration::from_millis(40),
        ..Timeouts::default()
    };
    let client = Client::new(timeouts).unwrap();
    for said in [
        "",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n",
    ] {
        let (listener, base_url) = listen().await;
        let endpoint = to(&base_url);
        let provider = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            request(&mut socket).await;
            socket.write_all(said.as_bytes()).await.unwrap();
            // Silent, but there, until the client goes.
            let _ = socket.read(&mut [0; 16]).await;
        };
        let chat = take(client.chat(&endpoint, ask(), Retry::none()));
        let (taken, ()) = tokio::join!(chat, provider);
        assert_eq!(taken.error.unwrap().code, ErrorCode::Timeout, "{said:?}");
        assert_eq!(taken.text, if said.contains("Hel") { "Hel" } else { "" });
    }
}

#[tokio::test]
async fn nobody_there_is_a_network_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = take(client().chat(&to(&base_url), ask(), Retry::none()))
        .await
        .error
        .unwrap();
    assert_eq!(error.code, ErrorCode::Network);
    assert_eq!(error.args["host"], "127.0.0.1");
    assert!(
        error.args["reason"].contains("refused"),
        "{}",
        error.args["reason"]
    );
    let error = IpcError::from(
        client()
            .models(&to(&base_url), &Listing::default())
            .await
            .unwrap_err(),
    );
    assert_eq!(error.code, ErrorCode::Network);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_network_error_with_its_text() {
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let http = "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    let chat = take(client.chat(&endpoint, ask(), Retry::none()));
    let (taken, _) = tokio::join!(chat, answer(&listener, vec![Bytes::from(http)]));
    assert_eq!(taken.text, "Hel");
    assert_eq!(taken.error.unwrap().code, ErrorCode::Network);
}

#[tokio::test]
async fn a_web_page_names_the_address_to_try() {
    let (listener, base_url) = listen().await;
    let base_url = base_url.strip_suffix("/v1").unwrap();
    let http = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<!doctype html><title>New API</title>";
    let (client, endpoint) = (client(), to(base_url));
    let chat = take(client.chat(&endpoint, ask(), Retry::none()));
    let (taken, (head, _)) = tokio::join!(chat, answer(&listener, vec![Bytes::from(http)]));
    assert!(head.starts_with("POST /chat/completions "), "{head}");
    let error = taken.error.unwrap();
    assert_eq!(error.code, ErrorCode::NotAnApi);
    assert_eq!(error.args["url"], base_url);
    assert_eq!(error.args["suggestion"], format!("{base_url}/v1"));
    assert!(
        error.message.contains(&error.args["suggestion"]),
        "{}",
        error.message
    );
    let listing = Listing::default();
    let models = client.models(&endpoint, &listing);
    let (rows, _) = tokio::join!(models, answer(&listener, vec![Bytes::from(http)]));
    assert_eq!(rows.unwrap_err().code(), ErrorCode::NotAnApi);
}

#[tokio::test]
async fn a_key_that_is_repeated_in_an_error_is_not_shown() {
    let body = format!(r#"{{"error":{{"message":"Incorrect API key: {KEY}","code":"{KEY}"}}}}"#);
    let error = fails(&format!(
        "HTTP/1.1 401 X\r\nconnection: close\r\n\r\n{body}"
    ))
    .await;
    assert_eq!(error.code, ErrorCode::KeyRefused);
    let shown = format!("{error:?}");
    assert!(
        shown.contains("Incorrect API key: <redacted>") && !shown.contains(KEY),
        "{shown}"
    );
}

#[tokio::test]
async fn an_endless_error_body_is_cut() {
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        request(&mut socket).await;
        socket.write_all(b"HTTP/1.1 500 X\r\n\r\n").await.unwrap();
        // Ends only when the client has had enough.
        while socket.write_all(&[b'a'; 8192]).await.is_ok() {}
    };
    let chat = take(client.chat(&endpoint, ask(), Retry::none()));
    let (taken, ()) = tokio::join!(chat, provider);
    let error = taken.error.unwrap();
    assert_eq!(error.code, ErrorCode::ProviderDown);
    assert!(error.detail.unwrap().message.unwrap().len() < 600);
}

#[tokio::test]
async fn large_bodies_go_out_whole() {
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let body = Bytes::from(vec![b'x'; 300_000]);
    let http = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: [DONE]\n\n";
    let chat = take(client.chat(&endpoint, Body::new(body.clone(), true), Retry::none()));
    let (taken, (head, sent)) = tokio::join!(chat, answer(&listener, vec![Bytes::from(http)]));
    assert_eq!(taken.state, "unterminated");
    assert!(
        head.to_ascii_lowercase()
            .contains("content-length: 300000\r\n"),
        "{head}"
    );
    assert_eq!(sent, body);
}

#[tokio::test]
async fn models_are_listed_and_errors_of_the_list_told() {
    let (listener, base_url) = listen().await;
    let (client, endpoint) = (client(), to(&base_url));
    let listing = Listing::default();
    let reply = |status: u16, body: &str| {
        vec![Bytes::from(format!(
            "HTTP/1.1 {status} X\r\nconnection: close\r\n\r\n{body}"
        ))]
    };
    let list = r#"{"object":"list","data":[{"id":"a"},{"id":"b","architecture":{"input_modalities":["text"]}}]}"#;
    let (rows, (head, _)) = tokio::join!(
        client.models(&endpoint, &listing),
        answer(&listener, reply(200, list))
    );
    assert!(head.starts_with("GET /v1/models "), "{head}");
    let rows: Vec<_> = rows
        .unwrap()
        .into_iter()
        .map(|row| (row.id, row.image))
        .collect();
    assert_eq!(
        rows,
        [("a".to_owned(), None), ("b".to_owned(), Some(false))]
    );
    for (status, body, code) in [
        (
            200,
            r#"{"success":false,"message":"无权访问 default 分组"}"#,
            ErrorCode::Forbidden,
        ),
        (
            401,
            r#"{"error":{"message":"bad key"}}"#,
            ErrorCode::KeyRefused,
        ),
        (404, "not found", ErrorCode::NotAnApi),
        (200, "nonsense", ErrorCode::BadAnswer),
        (200, r#"{"ok":true}"#, ErrorCode::BadAnswer),
    ] {
        let (rows, _) = tokio::join!(
            client.models(&endpoint, &listing),
            answer(&listener, reply(status, body))
        );
        assert_eq!(rows.unwrap_err().code(), code, "{status} {body}");
    }
}
