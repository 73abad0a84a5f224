//! What people type into a base URL field, and what becomes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use protocol::{ErrorCode, IpcError};
use providers::{BaseUrl, Error, Refusal};

fn refusal(text: &str, allow_private: bool) -> Refusal {
    match BaseUrl::parse(text, allow_private) {
        Err(Error::BaseUrl { reason, .. }) => reason,
        other => panic!("{text:?} gave {other:?}"),
    }
}

#[test]
fn takes_and_tidies() {
    let table = [
        // As documented.
        (
            "https://api.chenyu.cn/v1",
            "https://api.chenyu.cn/v1",
            "https://api.chenyu.cn",
        ),
        (
            "https://www.anyfast.ai/v1/",
            "https://www.anyfast.ai/v1",
            "https://www.anyfast.ai",
        ),
        (
            "  https://api.example.com/v1 \n",
            "https://api.example.com/v1",
            "https://api.example.com",
        ),
        // No scheme.
        (
            "api.example.com/v1",
            "https://api.example.com/v1",
            "https://api.example.com",
        ),
        (
            "api.example.com:8443",
            "https://api.example.com:8443",
            "https://api.example.com:8443",
        ),
        (
            "//api.example.com/v1",
            "https://api.example.com/v1",
            "https://api.example.com",
        ),
        (
            "localhost:11434/v1",
            "http://localhost:11434/v1",
            "http://localhost:11434",
        ),
        (
            "127.0.0.1:8080",
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080",
        ),
        ("[::1]:8080/v1", "http://[::1]:8080/v1", "http://[::1]:8080"),
        ("nas:8080", "https://nas:8080", "https://nas:8080"),
        ("192.168.1.5", "https://192.168.1.5", "https://192.168.1.5"),
        // A pasted endpoint.
        (
            "https://a.example/v1/chat/completions",
            "https://a.example/v1",
            "https://a.example",
        ),
        (
            "https://a.example/v1/chat/completions/",
            "https://a.example/v1",
            "https://a.example",
        ),
        (
            "https://a.example/v1/models",
            "https://a.example/v1",
            "https://a.example",
        ),
        (
            "https://a.example/models",
            "https://a.example",
            "https://a.example",
        ),
        (
            "https://a.example/my-models",
            "https://a.example/my-models",
            "https://a.example",
        ),
        (
            "https://a.example///",
            "https://a.example",
            "https://a.example",
        ),
        (
            "https://a.example/v1//",
            "https://a.example/v1",
            "https://a.example",
        ),
        // Spelling.
        (
            "HTTPS://API.Example.COM:443/V1",
            "https://api.example.com/V1",
            "https://api.example.com",
        ),
        (
            "https://a.example/x/../v1",
            "https://a.example/v1",
            "https://a.example",
        ),
        (
            "https://a.example/v1?",
            "https://a.example/v1",
            "https://a.example",
        ),
        (
            "https://a.example/v1#",
            "https://a.example/v1",
            "https://a.example",
        ),
        (
            "https：／／a.example／v1",
            "https://a.example/v1",
            "https://a.example",
        ),
        // Hosts in other scripts show in ASCII.
        (
            "https://例子.中国/v1",
            "https://xn--fsqu00a.xn--fiqs8s/v1",
            "https://xn--fsqu00a.xn--fiqs8s",
        ),
        (
            "例子。中国/v1",
            "https://xn--fsqu00a.xn--fiqs8s/v1",
            "https://xn--fsqu00a.xn--fiqs8s",
        ),
        (
            "https://аpi.example/v1",
            "https://xn--pi-6kc.example/v1",
            "https://xn--pi-6kc.example",
        ),
        // This machine, however it is spelt.
        (
            "http://localhost:11434",
            "http://localhost:11434",
            "http://localhost:11434",
        ),
        (
            "http://app.localhost/v1",
            "http://app.localhost/v1",
            "http://app.localhost",
        ),
        ("http://2130706433", "http://127.0.0.1", "http://127.0.0.1"),
        (
            "http://0x7f.1:80/v1",
            "http://127.0.0.1/v1",
            "http://127.0.0.1",
        ),
        (
            "http://[::ffff:127.0.0.1]/v1",
            "http://[::ffff:7f00:1]/v1",
            "http://[::ffff:7f00:1]",
        ),
        // https goes to a private address unasked.
        (
            "https://10.0.0.7/v1",
            "https://10.0.0.7/v1",
            "https://10.0.0.7",
        ),
        (
            "https://[2001:db8::1]:8443/v1",
            "https://[2001:db8::1]:8443/v1",
            "https://[2001:db8::1]:8443",
        ),
    ];
    for (typed, text, origin) in table {
        let base = BaseUrl::parse(typed, false).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!((base.as_str(), base.origin()), (text, origin), "{typed:?}");
        assert_eq!(
            BaseUrl::parse(text, false).as_ref(),
            Ok(&base),
            "{typed:?} is not stable"
        );
    }
}

#[test]
fn takes_http_to_a_private_address_only_when_allowed() {
    let hosts = [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.5:11434",
        "100.64.0.9",
        "[fd00::1]:8080",
        "[::ffff:192.168.1.5]",
        "nas",
        "nas.local:8080",
        "nas.lan",
        "box.home.arpa",
    ];
    for host in hosts {
        let typed = format!("http://{host}/v1");
        assert_eq!(refusal(&typed, false), Refusal::PrivateHttp, "{typed}");
        let base = BaseUrl::parse(&typed, true).unwrap();
        assert!(base.is_local(), "{typed}");
    }
}

#[test]
fn refuses_with_a_reason() {
    let scheme = |name: &str| Refusal::Scheme(name.to_owned());
    let table = [
        ("", Refusal::Empty),
        (" \t\n", Refusal::Empty),
        ("https://", Refusal::NotAnAddress),
        ("https://a.example:99999", Refusal::NotAnAddress),
        ("https://a.example:0", Refusal::NotAnAddress),
        ("https://[::1", Refusal::NotAnAddress),
        ("https://999.1.1.1", Refusal::NotAnAddress),
        ("https://a<b>.example", Refusal::NotAnAddress),
        ("not-a-real-key-0123456789", Refusal::NotAnAddress),
        ("chenyu", Refusal::NotAnAddress),
        ("https://a. example/v1", Refusal::Characters),
        (
            "https://a.example/v1\nhttps://b.example",
            Refusal::Characters,
        ),
        ("https:\\\\a.example\\v1", Refusal::Characters),
        ("https://a.example/\u{0}", Refusal::Characters),
        ("javascript:alert(1)", scheme("javascript")),
        ("JavaScript://a.example/%0aalert(1)", scheme("javascript")),
        ("file:///etc/passwd", scheme("file")),
        ("ftp://a.example", scheme("ftp")),
        ("data:text/html,x", scheme("data")),
        ("ws://a.example", scheme("ws")),
        ("attachment://localhost/x", scheme("attachment")),
        ("https://user:pass@a.example/v1", Refusal::UserInfo),
        ("https://user@a.example/v1", Refusal::UserInfo),
        ("user:pass@a.example/v1", Refusal::UserInfo),
        ("user@a.example/v1", Refusal::UserInfo),
        ("https://api.openai.com@evil.example/v1", Refusal::UserInfo),
        ("https://a.example/v1?key=abc", Refusal::Query),
        ("https://a.example/v1#top", Refusal::Fragment),
        ("http://api.example.com/v1", Refusal::PlainHttp),
        ("http://8.8.8.8", Refusal::PlainHttp),
        ("http://172.32.0.1", Refusal::PlainHttp),
        ("http://localhost.example.com", Refusal::PlainHttp),
        ("http://notlocalhost.com", Refusal::PlainHttp),
        ("http://127.0.0.1.example.com", Refusal::PlainHttp),
        ("http://[2001:db8::1]", Refusal::PlainHttp),
        ("http://[::ffff:8.8.8.8]", Refusal::PlainHttp),
        ("http://metadata.google.internal", Refusal::PlainHttp),
        ("http://169.254.169.254/latest", Refusal::LinkLocal),
        ("https://169.254.169.254", Refusal::LinkLocal),
        ("http://2852039166", Refusal::LinkLocal),
        ("http://0xa9fea9fe", Refusal::LinkLocal),
        ("http://0251.0376.0251.0376", Refusal::LinkLocal),
        ("https://[fe80::1]", Refusal::LinkLocal),
        ("https://[febf::1]:8080", Refusal::LinkLocal),
        ("https://[::ffff:169.254.169.254]", Refusal::LinkLocal),
        ("https://[::ffff:a9fe:a9fe]", Refusal::LinkLocal),
        ("https://[::a9fe:a9fe]", Refusal::LinkLocal),
        ("https://[64:ff9b::a9fe:a9fe]", Refusal::LinkLocal),
        ("https://[2002:a9fe:a9fe::]", Refusal::LinkLocal),
        ("http://0.0.0.0:8080", Refusal::NoMachine),
        ("http://0", Refusal::NoMachine),
        ("https://0.1.2.3", Refusal::NoMachine),
        ("https://[::]", Refusal::NoMachine),
        ("https://[ff02::1]", Refusal::NoMachine),
        ("https://224.0.0.1", Refusal::NoMachine),
        ("https://255.255.255.255", Refusal::NoMachine),
    ];
    for (typed, reason) in table {
        for allow_private in [false, true] {
            assert_eq!(
                refusal(typed, allow_private),
                reason,
                "{typed:?}, {allow_private}"
            );
        }
    }
    assert_eq!(
        refusal(&format!("https://a.example/{}", "x".repeat(3_000)), true),
        Refusal::TooLong
    );
}

#[test]
fn joins_endpoints_and_suggests_v1() {
    let base = BaseUrl::parse("https://a.example/v1/", false).unwrap();
    assert_eq!(
        base.join("/chat/completions"),
        "https://a.example/v1/chat/completions"
    );
    assert_eq!(base.join("models"), "https://a.example/v1/models");
    let table = [
        ("https://a.example", Some("https://a.example/v1")),
        (
            "https://a.example/openai",
            Some("https://a.example/openai/v1"),
        ),
        (
            "https://a.example/video",
            Some("https://a.example/video/v1"),
        ),
        ("https://a.example/v1", None),
        ("https://ark.cn-beijing.volces.com/api/v3", None),
        ("https://a.example/v1beta/openai", None),
        ("https://v1.example", Some("https://v1.example/v1")),
    ];
    for (typed, suggestion) in table {
        let base = BaseUrl::parse(typed, false).unwrap();
        assert_eq!(base.suggestion().as_deref(), suggestion, "{typed}");
    }
}

#[test]
fn an_error_names_the_address_and_the_way_out_but_no_key() {
    let error = IpcError::from(BaseUrl::parse("http://api.example.com/v1", false).unwrap_err());
    assert_eq!(error.code, ErrorCode::BaseUrl);
    assert_eq!(error.args["url"], "http://api.example.com/v1");
    assert_eq!(error.args["why"], "plain_http");
    assert!(error.message.contains("Use https://"), "{}", error.message);

    let key = "not-a-real-key-0123456789";
    let typed = [
        key.to_owned(),
        format!("https://{key}@a.example/v1"),
        format!("https://user:{key}@a.example/v1"),
        format!("user:{key}@a.example/v1"),
        format!("https://a.example/v1?key={key}"),
        format!("https://a.example/v1#{key}"),
    ];
    for typed in typed {
        let error = IpcError::from(BaseUrl::parse(&typed, true).unwrap_err());
        let shown = format!("{error:?}");
        assert!(!shown.contains(key), "{typed:?} shows in {shown}");
    }
}
