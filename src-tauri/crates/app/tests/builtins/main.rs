//! Each built-in provider's manifest against a stub that behaves as that
//! provider does: its list of models, its stream, its errors, and only the
//! fields and values that it takes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod abroad;
mod cases;
mod gateways;
mod makers;
mod others;
mod stub;

use cases::Case;
use futures_util::StreamExt;
use protocol::{ErrorCode, IpcError, Thinking};
use providers::{BaseUrl, ListingFormat, Manifest, builtin};
use serde_json::{Map, Value, json};
use stub::{KEY, Stub};
use wire::{
    CHAT_COMPLETIONS, Client, Endpoint, Event, Listing, ListingKind, Message, Outcome, Part,
    Request, Retry, Role, Source, Timeouts,
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot looked at";

/// A built-in provider at the stub's address instead of its own.
struct Bench {
    manifest: Manifest,
    case: &'static Case,
    stub: Stub,
    client: Client,
}

impl Bench {
    async fn of(case: &'static Case) -> Self {
        let mut manifest = builtin()
            .into_iter()
            .find(|manifest| manifest.id == case.id)
            .unwrap();
        let path = manifest.base_url[manifest.origin().len()..].to_owned();
        let stub = Stub::of(case, &path).await;
        manifest.base_url = format!("{}{path}", stub.origin);
        BaseUrl::parse(&manifest.base_url, false).unwrap();
        Self {
            manifest,
            case,
            stub,
            client: Client::new(Timeouts::default()).unwrap(),
        }
    }

    fn endpoint(&self, key: &str) -> Endpoint {
        let mut headers = self.manifest.header_map().unwrap();
        if self.case.keyed {
            let value = format!("Bearer {key}").parse().unwrap();
            headers.push((http::header::AUTHORIZATION, value));
        }
        Endpoint {
            base_url: self.manifest.base_url.clone(),
            headers,
            dialect: CHAT_COMPLETIONS,
            rows: Default::default(),
        }
    }

    /// A request with everything that the manifest knows how to ask for.
    fn request(&self, model: &str) -> Request {
        let manifest = &self.manifest;
        let number = |name: &str| {
            let known = manifest.parameter(model, name)?;
            Some(known.max.unwrap_or(1.0))
        };
        let tokens = Some(256);
        let complete = manifest.max_tokens_name(model) == "max_completion_tokens";
        let stops = manifest.parameter(model, "stop").and_then(|p| p.max_items);
        let mode = [Thinking::On, Thinking::Off]
            .into_iter()
            .find(|mode| manifest.thinking(model, *mode).is_some());
        let effort = manifest.efforts(model).pop();
        let limits = manifest.limits(model);
        let mime = limits.mime.and_then(|mimes| mimes.into_iter().nth(1));
        let detail = limits.detail.and_then(|details| details.into_iter().nth(1));
        let embedded = Part::Image {
            source: Source::Bytes {
                mime: mime.unwrap_or_else(|| "image/png".to_owned()),
                bytes: PNG.into(),
            },
            detail: detail.map(|detail| detail.parse().unwrap()),
        };
        let link = Part::Image {
            source: Source::Url("https://a.example/b.png".to_owned()),
            detail: None,
        };
        let mut parts = vec![Part::Text("What is this?".to_owned())];
        if self.case.sees {
            parts.push(embedded);
            parts.extend((limits.links == Some(true)).then_some(link));
        }
        Request {
            model: model.to_owned(),
            messages: vec![Message::parts(Role::User, parts)],
            stream: true,
            without_usage: false,
            alternating_roles: false,
            temperature: number("temperature"),
            top_p: number("top_p"),
            max_tokens: tokens.filter(|_| !complete),
            max_completion_tokens: tokens.filter(|_| complete),
            stop: (0..stops.unwrap_or(0).min(4))
                .map(|n| format!("stop {n}"))
                .collect(),
            prefill: None,
            extra: manifest.extra(model, mode, effort.as_deref()),
        }
    }

    async fn ask(&self, request: &Request, key: &str) -> Result<Taken, IpcError> {
        let body = CHAT_COMPLETIONS.body(request).unwrap();
        let mut events = self.client.chat(&self.endpoint(key), body, Retry::none());
        let mut taken = Taken::default();
        while let Some(event) = events.next().await {
            match event.map_err(IpcError::from)? {
                Event::Text(text) => taken.text += &text,
                Event::Reasoning(text) => taken.reasoning += &text,
                Event::Usage(usage) => taken.total = usage.total_tokens,
                Event::End { outcome, .. } => taken.outcome = Some(outcome),
                _ => {}
            }
        }
        Ok(taken)
    }
}

#[derive(Debug, Default)]
struct Taken {
    text: String,
    reasoning: String,
    total: Option<u32>,
    outcome: Option<Outcome>,
}

fn cases() -> Vec<&'static Case> {
    gateways::CASES
        .iter()
        .chain(makers::CASES)
        .chain(abroad::CASES)
        .chain(others::CASES)
        .collect()
}

#[test]
fn every_built_in_provider_has_a_case() {
    let mut have: Vec<&str> = cases().iter().map(|case| case.id).collect();
    let mut want: Vec<String> = builtin().into_iter().map(|m| m.id).collect();
    want.retain(|id| id != providers::DEMO);
    have.sort_unstable();
    want.sort();
    assert_eq!(have, want);
}

#[tokio::test]
async fn each_lists_its_models_in_its_own_shape() {
    for case in cases() {
        let bench = Bench::of(case).await;
        let listing = bench.manifest.listing().unwrap();
        let kind = match listing.format {
            ListingFormat::Openai => ListingKind::OpenAi,
            ListingFormat::Ollama => ListingKind::Ollama,
            ListingFormat::Lmstudio => ListingKind::LmStudio,
        };
        let listing = Listing {
            path: listing.path,
            kind,
        };
        let rows = bench.client.models(&bench.endpoint(KEY), &listing).await;
        let rows = rows.unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let listed: Vec<_> = rows
            .iter()
            .filter(|row| row.chat && bench.manifest.chats(&row.id))
            .map(|row| {
                let server = providers::belief::Facts {
                    image: row.image,
                    ..Default::default()
                };
                // The base URL is the stub's, so that the table is asked by id.
                let model = bench.manifest.believed(&row.id, None, Some(&server), None);
                (row.id.as_str(), model.image)
            })
            .collect();
        assert_eq!(listed, case.models, "{}", case.id);
    }
}

#[tokio::test]
async fn each_takes_what_its_manifest_asks_for_and_streams_its_answer() {
    for case in cases() {
        let bench = Bench::of(case).await;
        let request = bench.request(case.model);
        let taken = bench.ask(&request, KEY).await;
        let taken = taken.unwrap_or_else(|error| panic!("{}: {error:?}", case.id));
        assert_eq!(taken.text, "A red square.", "{}", case.id);
        assert_eq!(taken.reasoning, case.reasoning, "{}", case.id);
        assert_eq!(taken.total, Some(case.total), "{}", case.id);
        assert_eq!(taken.outcome, Some(Outcome::Complete), "{}", case.id);
        let sent = bench.stub.seen().pop().unwrap();
        let wanted: Map<String, Value> = serde_json::from_str(case.asks).unwrap();
        for (name, value) in &wanted {
            assert_eq!(sent.get(name), Some(value), "{}: {sent}", case.id);
        }
    }
}

#[tokio::test]
async fn each_refuses_in_its_own_words_and_is_understood() {
    for case in cases() {
        let bench = Bench::of(case).await;
        let request = bench.request(case.model);
        if case.keyed {
            let error = bench.ask(&request, "wrong-key").await.unwrap_err();
            assert_eq!(error.code, ErrorCode::KeyRefused, "{}: {error:?}", case.id);
        }
        let busy = Request {
            model: "busy".to_owned(),
            ..request.clone()
        };
        let error = bench.ask(&busy, KEY).await.unwrap_err();
        assert_eq!(error.code, case.busy_code, "{}: {error:?}", case.id);
        let mut odd = request;
        odd.extra.insert("never_heard_of".to_owned(), json!(1));
        let error = bench.ask(&odd, KEY).await.unwrap_err();
        assert_eq!(
            error.code,
            ErrorCode::ParameterRefused,
            "{}: {error:?}",
            case.id
        );
        let named = error.args.get("parameter").map(String::as_str);
        assert_eq!(named, Some("never_heard_of"), "{}: {error:?}", case.id);
    }
}
