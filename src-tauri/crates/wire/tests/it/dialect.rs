//! The client speaks whatever dialect an endpoint has: here one that is made up.

use std::ops::ControlFlow;

use bytes::Bytes;
use serde_json::Value;
use wire::{
    Body, Client, Decode, Dialect, Endpoint, Error, Event, Events, Holds, Listing, Message,
    ModelRow, Outcome, Part, Request, Response, Retry, Role, Sent, Source, Timeouts,
};

use crate::support::{answer, http, listen, take};

/// Plain words: the last message out, lines back, `ok` at the end.
#[derive(Debug)]
struct Words;

const WORDS: &dyn Dialect = &Words;

impl Dialect for Words {
    fn path(&self) -> &'static str {
        "say"
    }

    fn holds(&self) -> Holds {
        let (bytes, links) = (false, false);
        Holds {
            pictures: Sent { bytes: true, links },
            videos: Sent { bytes, links },
            reserved: &[],
        }
    }

    fn check(&self, _: &Request) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, request: &Request) -> Result<Body, Error> {
        let mut words = request.model.clone();
        let start = words.len();
        words.push_str(" please");
        let at = start..words.len();
        Ok(Body::new(words, true).with_spare("please", at))
    }

    fn size(&self, request: &Request) -> usize {
        request.model.len()
    }

    fn decoder(&self, head: &Response) -> Box<dyn Decode> {
        Box::new(Lines {
            failed: (head.status >= 400).then(|| head.clone()),
            held: Vec::new(),
        })
    }

    fn refusal(&self, head: &Response, body: &str) -> Error {
        Error::Provider(Box::new(wire::Refusal {
            class: protocol::ErrorCode::ParameterRefused,
            about: None,
            detail: protocol::ErrorDetail {
                status: Some(head.status),
                message: Some(body.to_owned()),
                ..Default::default()
            },
            parameter: Some("please".to_owned()),
            retry_after_ms: None,
            should_retry: None,
            sent: None,
        }))
    }

    fn error_in(&self, _: &Response, _: &Value) -> Option<Error> {
        None
    }

    fn models_path(&self) -> &'static str {
        "speakers"
    }

    fn models(&self, list: &Value) -> Option<Vec<ModelRow>> {
        let names = list.as_array()?.iter().filter_map(Value::as_str);
        let row = |id: &str| ModelRow {
            id: id.to_owned(),
            ..ModelRow::default()
        };
        Some(names.map(row).collect())
    }
}

#[derive(Debug)]
struct Lines {
    failed: Option<Response>,
    held: Vec<u8>,
}

impl Decode for Lines {
    fn feed(&mut self, bytes: &[u8], _: &mut Events) -> Result<ControlFlow<()>, Error> {
        self.held.extend_from_slice(bytes);
        Ok(ControlFlow::Continue(()))
    }

    fn finish(&mut self, out: &mut Events) -> Result<(), Error> {
        let text = String::from_utf8_lossy(&self.held).into_owned();
        if let Some(head) = &self.failed {
            return Err(WORDS.refusal(head, &text));
        }
        out.push(Event::Open { request_id: None });
        out.text(text.trim_end_matches("ok"));
        out.flush();
        out.push(Event::End {
            finish_reason: None,
            outcome: Outcome::Complete,
            bad: 0,
            done: text.ends_with("ok"),
        });
        Ok(())
    }

    fn broken(&mut self, error: Error, _: &mut Events) -> Result<ControlFlow<()>, Error> {
        Err(error)
    }

    fn held(&self) -> usize {
        self.held.len()
    }
}

fn to(base_url: &str) -> Endpoint {
    Endpoint {
        base_url: base_url.to_owned(),
        headers: Vec::new(),
        dialect: WORDS,
        rows: Default::default(),
    }
}

fn asks(parts: Vec<Part>) -> Request {
    Request {
        model: "anna".into(),
        messages: vec![Message::parts(Role::User, parts)],
        ..Request::default()
    }
}

#[tokio::test]
async fn a_question_goes_where_its_dialect_says_and_is_read_as_it_says() {
    let (listener, base_url) = listen().await;
    let client = Client::new(Timeouts::default()).unwrap();
    let body = WORDS.body(&asks(Vec::new())).unwrap();
    // A base that names the place of questions itself is taken, too.
    let endpoint = to(&format!("{base_url}/say"));
    let chat = take(client.chat(&endpoint, body, Retry::none()));
    let served = async {
        let refused = answer(&listener, vec![Bytes::from(http(400, "", "no please"))]).await;
        let said = http(200, "", "<think>hm</think>hello ok");
        let said = answer(&listener, vec![Bytes::from(said)]).await;
        (refused, said)
    };
    let (taken, ((head, first), (_, second))) = tokio::join!(chat, served);
    assert!(head.contains("/say HTTP/1.1"), "{head}");
    // What the answer can do without is left out once it is refused.
    assert_eq!(
        (first.as_slice(), second.as_slice()),
        (&b"anna please"[..], &b"anna"[..])
    );
    assert_eq!(
        (taken.text.as_str(), taken.reasoning.as_str()),
        ("hello ", "hm")
    );
}

#[tokio::test]
async fn models_are_listed_where_and_as_the_dialect_says() {
    let (listener, base_url) = listen().await;
    let client = Client::new(Timeouts::default()).unwrap();
    let (endpoint, listing) = (to(&base_url), Listing::default());
    let list = Bytes::from(http(200, "", r#"["anna","boris"]"#));
    let (rows, (head, _)) = tokio::join!(
        client.models(&endpoint, &listing),
        answer(&listener, vec![list])
    );
    assert!(head.contains("/speakers HTTP/1.1"), "{head}");
    let ids: Vec<String> = rows.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(ids, ["anna", "boris"]);
}

#[test]
fn a_part_that_the_dialect_has_no_place_for_is_refused() {
    let picture = |source| Part::Image {
        source,
        detail: None,
    };
    let bytes = || Source::Bytes {
        mime: "image/png".into(),
        bytes: Bytes::from_static(b"a"),
    };
    let url = |url: &str| Source::Url(url.into());
    let refused = |part| WORDS.body(&asks(vec![part])).err().map(|e| e.to_string());
    assert_eq!(refused(picture(bytes())), None);
    assert_eq!(refused(picture(url("data:image/png;base64,YQ=="))), None);
    for (part, says) in [
        (
            picture(url("https://a.example/a.png")),
            "pictures must be sent themselves",
        ),
        (
            Part::Video {
                source: bytes(),
                fps: None,
            },
            "videos must be left out",
        ),
    ] {
        let said = refused(part).unwrap();
        assert!(said.starts_with(says), "{said}");
    }
}
