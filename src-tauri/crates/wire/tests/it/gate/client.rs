//! Keys in what the client hears beside answers: heads, lists, proxies.

use futures_util::StreamExt;
use protocol::IpcError;
use serde_json::json;
use wire::{
    Client, Error, Listing, ListingKind, ManualProxy, Network, Password, Proxy, Retry, Timeouts,
};

use super::{KEY, assert_hidden, to};
use crate::spell::{forms, shows};
use crate::support::{ask, http, listen, serve};

#[tokio::test]
async fn heads_redirects_and_broken_answers_show_no_key() {
    let retry = Retry::default();
    let client = Client::new(Timeouts::default()).unwrap();
    for form in forms(KEY).into_iter().step_by(7) {
        if !form.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            continue;
        }
        let head = format!("x-request-id: {form}\r\nretry-after-ms: 1\r\n");
        let body = json!({"error": {"message": form, "code": form}}).to_string();
        let answers = [
            vec![http(429, &head, &body), http(401, &head, &body)],
            vec![http(
                200,
                &head,
                "data: {\"choices\":[{\"delta\":{}}]}\n\ndata: [DONE]\n\n",
            )],
            vec![http(302, &format!("location: /{form}\r\n"), "")],
            vec![http(
                302,
                &format!("location: https://b.example/?key={form}\r\n"),
                "",
            )],
            vec![http(200, "", &form)],
            vec![http(200, "", &format!("{}{form}", "x".repeat(180)))],
            vec![http(404, "", &form)],
        ];
        for answers in answers {
            let (listener, base_url) = listen().await;
            let chat = client.chat(&to(&base_url, KEY), ask(), retry);
            let (events, _) = tokio::join!(chat.collect::<Vec<_>>(), serve(&listener, &answers));
            assert_hidden(&events, KEY);
        }
    }
}

#[tokio::test]
async fn no_list_of_models_shows_a_key() {
    let client = Client::new(Timeouts::default()).unwrap();
    for form in forms(KEY).into_iter().step_by(5) {
        let row = json!({"id": "a", "name": form, "display_name": form, "owned_by": form});
        for body in [
            json!({"data": [row, {"id": form, "name": "b"}, {"id": format!("models/{form}")}]}),
            json!({"models": [{"key": form}, {"model": form}, row]}),
            json!([row, form]),
            json!({"error": {"message": form, "param": form}}),
        ] {
            for kind in [ListingKind::OpenAi, ListingKind::LmStudio] {
                let (listener, base_url) = listen().await;
                let listing = Listing {
                    path: "/models".into(),
                    kind,
                };
                let endpoint = to(&base_url, KEY);
                let mut answers = vec![http(200, "", &body.to_string())];
                if kind == ListingKind::LmStudio && body["error"].is_object() {
                    answers.push(http(401, "", &form));
                }
                let (listed, _) = tokio::join!(
                    client.models(&endpoint, &listing),
                    serve(&listener, &answers)
                );
                assert!(!shows(&format!("{listed:?}"), KEY), "{form} {listed:?}");
                match listed {
                    Ok(rows) => {
                        // What cannot be asked under its name is not offered.
                        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
                        assert_eq!(ids, ["a"], "{form}");
                    }
                    Err(error) => {
                        let shown = serde_json::to_string(&IpcError::from(error)).unwrap();
                        assert!(!shows(&shown, KEY), "{shown}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_proxy_shows_neither_its_password_nor_a_key() {
    const PASSWORD: &str = "hunter2-pass-0815";
    for secret in [PASSWORD, KEY] {
        for form in forms(secret).into_iter().step_by(9) {
            if !form.bytes().all(|b| (b' '..=b'~').contains(&b)) {
                continue;
            }
            let (listener, proxy) = listen().await;
            let client = Client::new(Timeouts::default()).unwrap();
            let network = Network {
                proxy: Proxy::Manual(ManualProxy {
                    url: proxy.trim_end_matches("/v1").to_owned(),
                    user: Some("me".into()),
                    password: Some(Password::new(PASSWORD)),
                }),
                ca: None,
            };
            client.configure(Timeouts::default(), network).unwrap();
            let chat = client.chat(&to("http://192.0.2.1/v1", KEY), ask(), Retry::none());
            let body = json!({"error": {"message": form, "code": form}}).to_string();
            let answers = [http(502, &format!("x-request-id: {form}\r\n"), &body)];
            let (events, _) = tokio::join!(chat.collect::<Vec<_>>(), serve(&listener, &answers));
            assert!(
                matches!(events[..], [Err(Error::Provider(_))]),
                "{events:?}"
            );
            assert_hidden(&events, secret);
        }
    }
}
