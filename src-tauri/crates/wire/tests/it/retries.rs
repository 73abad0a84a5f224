//! When a request is sent again, and when never.

use bytes::Bytes;
use futures_util::StreamExt;
use http::header::AUTHORIZATION;
use protocol::ErrorCode;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use wire::{Body, CHAT_COMPLETIONS, Client, Endpoint, Event, Retry, Timeouts};

use crate::support::{Taken, ask, http, listen, nobody_else, request, says, serve, take};

const KEY: &str = "sk-canary-6262";
/// A wait that no test notices.
const SOON: &str = "retry-after-ms: 1\r\n";

pub fn client() -> Client {
    Client::new(Timeouts::default()).unwrap()
}

pub fn to(base_url: &str) -> Endpoint {
    let mut key: http::HeaderValue = format!("Bearer {KEY}").parse().unwrap();
    key.set_sensitive(true);
    Endpoint {
        base_url: base_url.to_owned(),
        headers: vec![(AUTHORIZATION, key)],
        dialect: CHAT_COMPLETIONS,
        rows: Default::default(),
    }
}

/// What a caller gets of these answers, one a connection; that there were no more
/// requests than answers, and all the same.
async fn turn(answers: &[String], retry: Retry) -> Taken {
    let (listener, base_url) = listen().await;
    let chat = take(client().chat(&to(&base_url), Body::new("{\"a\":1}", true), retry));
    let (taken, requests) = tokio::join!(chat, serve(&listener, answers));
    for (head, body) in &requests {
        assert!(head.starts_with("POST /v1/chat/completions "), "{head}");
        assert_eq!(body, b"{\"a\":1}");
    }
    nobody_else(&listener).await;
    taken
}

fn codes(taken: &Taken) -> Vec<(u32, u32, ErrorCode)> {
    let told = taken.retries.iter();
    told.map(|(n, of, _, code)| (*n, *of, *code)).collect()
}

#[tokio::test]
async fn what_says_when_is_sent_again_and_each_time_told() {
    for (status, body, code) in [
        (429, "", ErrorCode::RateLimit),
        (
            429,
            r#"{"error":{"code":"ServerOverloaded","message":"x"}}"#,
            ErrorCode::ProviderDown,
        ),
        (503, "upstream connect error", ErrorCode::ProviderDown),
    ] {
        let answers = [http(status, SOON, body), says("Hi")];
        let taken = turn(&answers, Retry::default()).await;
        assert_eq!(
            (taken.text.as_str(), taken.error.as_ref()),
            ("Hi", None),
            "{status}"
        );
        assert_eq!(codes(&taken), [(1, 2, code)], "{status}");
    }
}

#[tokio::test]
async fn what_may_have_been_billed_is_the_persons_to_send_again() {
    for (status, head, body) in [
        (408, SOON, ""),
        (409, SOON, ""),
        (429, "", ""),
        (429, "retry-after: 0\r\n", ""),
        (500, SOON, r#"{"error":{"code":"InternalServiceError"}}"#),
        (502, SOON, "<html><title>502 Bad Gateway</title>"),
        (503, "", "upstream connect error"),
        (504, SOON, ""),
        (529, SOON, ""),
    ] {
        let taken = turn(&[http(status, head, body)], Retry::default()).await;
        assert_eq!(taken.retries, [], "{status}");
        assert!(taken.error.is_some(), "{status}");
    }
}

#[tokio::test]
async fn two_retries_and_no_more() {
    let down = http(503, SOON, "gone");
    let answers = vec![down; 3];
    let taken = turn(&answers, Retry::default()).await;
    let down = ErrorCode::ProviderDown;
    assert_eq!(codes(&taken), [(1, 2, down), (2, 2, down)]);
    assert_eq!(taken.error.unwrap().code, down);
    let taken = turn(&answers[..1], Retry::none()).await;
    assert_eq!((taken.retries.len(), taken.error.unwrap().code), (0, down));
}

#[tokio::test]
async fn what_will_fail_again_is_not_sent_again() {
    let coded = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"x"}}}}"#);
    let mut cases = vec![
        (400, "bad".to_owned()),
        (401, String::new()),
        (402, String::new()),
        (403, String::new()),
        (404, String::new()),
        (413, String::new()),
        (422, String::new()),
        (
            429,
            r#"{"error":{"code":1113,"message":"余额不足或无可用资源包,请充值。"}}"#.to_owned(),
        ),
        (429, r#"{"error":{"message":"账户余额不足"}}"#.to_owned()),
        (
            503,
            r#"{"error":{"message":"分组 a 下模型 b 无可用渠道"}}"#.to_owned(),
        ),
        (
            500,
            r#"{"error":{"message":"context length exceeded"}}"#.to_owned(),
        ),
    ];
    for (status, code) in [
        (403, "insufficient_user_quota"),
        (500, "pre_consume_token_quota_failed"),
        (429, "insufficient_quota"),
        (429, "1113"),
        (429, "QuotaExceeded"),
        (429, "SetLimitExceeded"),
        (403, "AccountOverdueError"),
        (503, "model_not_found"),
    ] {
        cases.push((status, coded(code)));
    }
    for (status, body) in cases {
        let answers = [http(status, SOON, &body)];
        let taken = turn(&answers, Retry::default()).await;
        assert_eq!(taken.retries, [], "{status} {body}");
        assert!(taken.error.is_some());
    }
}

#[tokio::test]
async fn the_provider_may_say_whether_to_try_again() {
    let no = format!("{SOON}x-should-retry: false\r\n");
    let yes = format!("{SOON}x-should-retry: true\r\n");
    let taken = turn(&[http(503, &no, "")], Retry::default()).await;
    assert_eq!(taken.retries, []);
    // A yes is no leave to bill twice.
    for status in [400, 500, 504] {
        let taken = turn(&[http(status, &yes, "")], Retry::default()).await;
        assert_eq!(taken.retries, [], "{status}");
    }
    let taken = turn(&[http(503, &yes, ""), says("Hi")], Retry::default()).await;
    assert_eq!((taken.text.as_str(), taken.retries.len()), ("Hi", 1));
    // Nor into an empty purse.
    let poor = r#"{"error":{"code":"insufficient_quota","message":"x"}}"#;
    let taken = turn(&[http(429, &yes, poor)], Retry::default()).await;
    assert_eq!(taken.retries, []);
}

#[tokio::test]
async fn a_rate_limit_is_left_to_another_key_on_request() {
    let retry = Retry {
        rate_limits: false,
        ..Retry::default()
    };
    let taken = turn(&[http(429, "retry-after: 7\r\n", "")], retry).await;
    let error = taken.error.unwrap();
    assert_eq!(
        (error.code, error.retry_after_ms),
        (ErrorCode::RateLimit, Some(7000))
    );
    let taken = turn(&[http(503, SOON, ""), says("Hi")], retry).await;
    assert_eq!(taken.text, "Hi");
}

#[tokio::test]
async fn an_error_at_status_200_counts_as_its_class_says() {
    let stream = |data: &str| http(200, "", &format!(": PING\n\n{data}\n\n"));
    let limited =
        stream(r#"data: {"error":{"code":429,"message":"slow down","retry_after_ms":1}}"#);
    let taken = turn(&[limited, says("Hi")], Retry::default()).await;
    assert_eq!((taken.text.as_str(), taken.retries.len()), ("Hi", 1));
    for fatal in [
        r#"{"error":{"code":"model_not_found","message":"x","retry_after_ms":1}}"#,
        r#"data: {"error":{"code":"1113","message":"x","retry_after_ms":1}}"#,
        r#"data: {"error":{"code":400,"message":"x","retry_after_ms":1}}"#,
    ] {
        let taken = turn(&[stream(fatal)], Retry::default()).await;
        assert_eq!(taken.retries, [], "{fatal}");
    }
}

#[tokio::test]
async fn an_answer_that_has_begun_is_never_asked_for_again() {
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    let error = "data: {\"error\":{\"code\":503,\"message\":\"gone\",\"retry_after_ms\":1}}\n\n";
    let role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n";
    for (body, text) in [
        (format!("{begun}{error}"), "Hel"),
        (format!("{role}{error}"), ""),
    ] {
        let taken = turn(&[http(200, SOON, &body)], Retry::default()).await;
        assert_eq!((taken.text.as_str(), taken.retries.len()), (text, 0));
        assert_eq!(taken.error.unwrap().code, ErrorCode::ProviderDown);
    }
    // Nor one whose head came: it may be billed.
    let broken = "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n".to_owned();
    let taken = turn(&[broken], Retry::default()).await;
    assert_eq!(
        (taken.error.unwrap().code, taken.retries.len()),
        (ErrorCode::Network, 0)
    );
}

#[tokio::test]
async fn silence_is_not_tried_again() {
    let timeouts = Timeouts {
        idle: std::time::Duration::from_millis(40),
        ..Timeouts::default()
    };
    let client = Client::new(timeouts).unwrap();
    let (listener, base_url) = listen().await;
    let chat = take(client.chat(&to(&base_url), ask(), Retry::default()));
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        request(&mut socket).await;
        socket
    };
    let (taken, _socket) = tokio::join!(chat, provider);
    assert_eq!(
        (taken.error.unwrap().code, taken.retries.len()),
        (ErrorCode::Timeout, 0)
    );
    nobody_else(&listener).await;
}

/// How a request of this many bytes ends whose connection goes after so many of them.
async fn broken_after(bytes: usize, taken: usize) -> Option<Result<Event, wire::Error>> {
    let (listener, base_url) = listen().await;
    let endpoint = to(&base_url);
    let client = client();
    let body = Body::new(Bytes::from(vec![b' '; bytes]), true);
    let mut events = client.chat(&endpoint, body, Retry::default());
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut chunk = vec![0; 4096];
        let mut seen = 0;
        while seen < taken {
            seen += tokio::io::AsyncReadExt::read(&mut socket, &mut chunk)
                .await
                .unwrap();
        }
    };
    let (event, ()) = tokio::join!(events.next(), provider);
    event
}

#[tokio::test]
async fn a_request_that_arrived_whole_is_not_sent_again_by_itself() {
    let event = broken_after(10, 150).await;
    let Some(Err(error)) = event else {
        panic!("{event:?}");
    };
    assert!(
        matches!(error, wire::Error::Network { sent: true, .. }),
        "{error:?}"
    );
    let words = error.to_string();
    assert!(
        words.contains("billed") && words.contains("Retry"),
        "{words}"
    );
    for noise in ["EOF", "hyper", "message completed", "os error"] {
        assert!(!words.contains(noise), "{words}");
    }
    let shown = protocol::IpcError::from(error);
    assert_eq!(shown.args["sent"], "whole");
}

#[tokio::test]
async fn one_that_did_not_is() {
    // More than the buffers between two sockets of a machine hold.
    let event = broken_after(64 << 20, 4096).await;
    let Some(Ok(Event::Retrying {
        attempt,
        of,
        wait_ms,
        error,
    })) = event
    else {
        panic!("{event:?}");
    };
    assert_eq!((attempt, of, error.code()), (1, 2, ErrorCode::Network));
    assert!((375..=500).contains(&wait_ms), "{wait_ms}");
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_with_growing_waits() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let taken = take(client().chat(&to(&base_url), ask(), Retry::default())).await;
    let waits: Vec<u64> = taken.retries.iter().map(|(_, _, ms, _)| *ms).collect();
    assert!(matches!(waits[..], [375..=500, 750..=1000]), "{waits:?}");
    assert_eq!(taken.error.unwrap().code, ErrorCode::Network);
}

/// The wait that is announced after this head, and that no other request follows
/// once the stream is dropped.
async fn announced(status: u16, head: &str) -> u64 {
    let (listener, base_url) = listen().await;
    let mut events = client().chat(&to(&base_url), ask(), Retry::default());
    let answers = [http(status, head, "")];
    let (event, _) = tokio::join!(events.next(), serve(&listener, &answers));
    let Some(Ok(Event::Retrying { wait_ms, .. })) = event else {
        panic!("{event:?}");
    };
    // Dropped in its wait.
    let waiting = tokio::time::timeout(std::time::Duration::from_millis(5), events.next());
    assert!(waiting.await.is_err());
    drop(events);
    nobody_else(&listener).await;
    wait_ms
}

#[tokio::test]
async fn the_wait_that_is_asked_for_is_kept_up_to_a_minute() {
    for (head, ms) in [
        ("retry-after: 2\r\n", 2_000),
        ("retry-after: 1.5\r\n", 1_500),
        ("Retry-After: 60\r\n", 60_000),
        ("retry-after-ms: 1200.5\r\nretry-after: 9\r\n", 1_201),
    ] {
        assert_eq!(announced(429, head).await, ms, "{head}");
        assert_eq!(announced(503, head).await, ms, "{head}");
    }
}

#[tokio::test]
async fn a_wait_of_more_than_a_minute_is_told_and_not_waited_out() {
    for (head, least) in [
        ("Retry-After: 7200\r\n", 7_200_000),
        ("retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n", 86_400_000),
        ("x-ratelimit-reset-requests: 1h\r\n", 3_600_000),
    ] {
        let refused =
            format!("HTTP/1.1 429 X\r\n{head}content-length: 0\r\nconnection: close\r\n\r\n");
        let taken = turn(&[refused], Retry::default()).await;
        assert_eq!(codes(&taken), [], "{head}");
        let error = taken.error.unwrap();
        assert_eq!(error.code, ErrorCode::RateLimit);
        assert!(error.retry_after_ms.unwrap() >= least, "{head}");
    }
}

#[tokio::test]
async fn a_retry_that_is_told_shows_no_key() {
    let (listener, base_url) = listen().await;
    let mut events = client().chat(&to(&base_url), ask(), Retry::default());
    let body = format!(r#"{{"error":{{"message":"busy with {KEY}"}}}}"#);
    let answers = [http(503, SOON, &body)];
    let (event, _) = tokio::join!(events.next(), serve(&listener, &answers));
    let shown = format!("{event:?}");
    assert!(
        shown.contains("busy with <redacted>") && !shown.contains(KEY),
        "{shown}"
    );
}

#[tokio::test]
async fn too_many_bytes_are_counted() {
    let (listener, base_url) = listen().await;
    let body = Body::new(Bytes::from(vec![b' '; 1234]), true);
    let chat = take(client().chat(&to(&base_url), body, Retry::default()));
    let answers = [http(413, "", "")];
    let (taken, _) = tokio::join!(chat, serve(&listener, &answers));
    let error = taken.error.unwrap();
    assert_eq!(error.code, ErrorCode::TooLarge);
    assert_eq!(error.args["bytes"], "1234");
}

#[tokio::test]
async fn an_answer_cut_in_its_head_was_asked_for_once() {
    let (listener, base_url) = listen().await;
    let mut events = client().chat(&to(&base_url), ask(), Retry::default());
    let provider = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        request(&mut socket).await;
        socket
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-ty")
            .await
            .unwrap();
    };
    let (event, ()) = tokio::join!(events.next(), provider);
    assert!(
        matches!(event, Some(Err(wire::Error::Network { sent: true, .. }))),
        "{event:?}"
    );
}

#[tokio::test]
async fn a_chunked_answer_that_breaks_off_is_said_in_a_sentence() {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let event = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    let broken = format!("{head}{:x}\r\n{event}\r\n", event.len());
    let taken = turn(&[broken], Retry::default()).await;
    assert_eq!((taken.text.as_str(), taken.retries.len()), ("Hel", 0));
    let error = taken.error.unwrap();
    assert_eq!(error.args["why"], "closed");
    assert!(!error.message.contains("chunk"), "{}", error.message);
}
