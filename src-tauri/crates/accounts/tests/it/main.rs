//! Against a server on loopback, with the real history; keys are kept for the
//! run only.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod files;
mod hosts;
mod nearby;
mod person;
mod server;
mod support;

use accounts::Accounts;
use history::History;
use keys::Keys;
use protocol::*;
use serde_json::{Value, json};
use wire::{Client, Timeouts};

use self::server::{Reply, Server};
use self::support::*;

#[tokio::test]
async fn keys_are_tried_in_order_and_those_that_rest_come_last() {
    let home = Home::new();
    let accounts = home.start();
    let id = custom(&accounts, "http://127.0.0.1:9/v1").await.id;
    assert!(tried(&accounts, &id).is_empty(), "none is needed here");
    let mut ids = Vec::new();
    for label in ["a", "b", "c"] {
        ids.push(add_key(&accounts, &id, label).await.id);
    }
    assert_eq!(tried(&accounts, &id), ["c", "b", "a"]);
    accounts
        .order_keys(KeyOrderParams {
            provider: id.clone(),
            ids: ids.clone(),
        })
        .await
        .unwrap();
    assert_eq!(tried(&accounts, &id), ["a", "b", "c"]);
    let chosen = |label| shown(&accounts, label).chosen;
    assert!(chosen("a") && !chosen("b") && !chosen("c"));

    let refused = IpcError::new(ErrorCode::KeyRefused, "");
    rest(&accounts, &ids[0], &refused);
    let elsewhere = IpcError::new(ErrorCode::Network, "");
    rest(&accounts, &ids[1], &elsewhere);
    assert_eq!(tried(&accounts, &id), ["b", "c"]);
    let rests = shown(&accounts, "a");
    assert!(rests.rests_until.unwrap() > stores::now());
    assert_eq!(rests.rests_because, Some(ErrorCode::KeyRefused));
    assert!(rests.chosen, "it is still the person's choice");
    used(&accounts, &ids[0]);
    assert_eq!(tried(&accounts, &id), ["a", "b", "c"]);
    assert_eq!(shown(&accounts, "a").rests_because, None);

    let gone = IpcError {
        retry_after_ms: Some(0),
        ..IpcError::new(ErrorCode::RateLimit, "")
    };
    rest(&accounts, &ids[0], &gone);
    assert_eq!(tried(&accounts, &id), ["a", "b", "c"], "it has rested");
    assert_eq!(shown(&accounts, "a").rests_until, None);
    assert!(!accounts.account(&id).unwrap().share_rate_limit);
    let share = ShareRateLimitParams {
        id: id.clone(),
        on: true,
    };
    accounts.share_rate_limit(&share).await.unwrap();
    assert!(accounts.account(&id).unwrap().share_rate_limit);
}

#[tokio::test]
async fn a_key_stays_at_the_origin_it_was_entered_for() {
    let home = Home::new();
    let accounts = home.start();
    let id = custom(&accounts, "http://127.0.0.1:4001/v1").await.id;
    let old = add_key(&accounts, &id, "old").await;
    let moved = ProviderUpdateParams {
        id: id.clone(),
        name: "Moved".into(),
        base_url: "http://127.0.0.1:4002/v1".into(),
        allow_private: false,
    };
    accounts.update_provider(&moved).await.unwrap();
    let refused = accounts.account(&id).unwrap_err();
    assert_eq!(refused.code, ErrorCode::KeyOtherOrigin);
    assert!(!shown(&accounts, "old").usable);
    add_key(&accounts, &id, "new").await;
    // The person may well put the old one first again: it is passed over.
    accounts.choose_key(&old.id).await.unwrap();
    assert_eq!(tried(&accounts, &id), ["new"]);
    let test = KeyTestParams {
        provider: id.clone(),
        id: Some(old.id.clone()),
        key: None,
    };
    let refused = accounts.test_key(test).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::KeyOtherOrigin);
    let back = ProviderUpdateParams {
        base_url: "http://127.0.0.1:4001/other".into(),
        ..moved
    };
    accounts.update_provider(&back).await.unwrap();
    assert_eq!(tried(&accounts, &id), ["old"]);
    let missing = accounts.account("openai").unwrap_err();
    assert_eq!(missing.code, ErrorCode::KeyMissing);
}

#[tokio::test]
async fn a_rest_that_a_wrong_clock_wrote_is_over() {
    let home = Home::new();
    let accounts = home.start();
    let id = custom(&accounts, "http://127.0.0.1:9/v1").await.id;
    let a = add_key(&accounts, &id, "a").await;
    add_key(&accounts, &id, "b").await;
    accounts.choose_key(&a.id).await.unwrap();
    let rest = async |until| {
        let id = a.id.clone();
        let rest = move |w: &history::Writer<'_>| w.rest_key(&id, until, ErrorCode::KeyRefused);
        home.history().write(rest).await.unwrap();
        accounts.read_again().await;
    };
    let day = 86_400_000;
    rest(stores::now() + day - 1_000).await;
    assert_eq!(tried(&accounts, &id), ["b"]);
    assert!(shown(&accounts, "a").rests_until.is_some());
    // The clock was years ahead when it was written, or has gone back since.
    for far in [
        stores::now() + 2 * day,
        stores::now() + 3_650 * day,
        Millis::MAX,
    ] {
        rest(far).await;
        assert_eq!(tried(&accounts, &id), ["a", "b"]);
        assert_eq!(shown(&accounts, "a").rests_until, None);
        assert_eq!(shown(&accounts, "a").rests_because, None);
    }
}

#[tokio::test]
async fn a_key_of_a_history_that_is_not_kept_is_for_this_run() {
    let client = Client::new(Timeouts::default()).unwrap();
    let keys = Keys::open("dev.dragoman.test");
    let accounts = Accounts::new(History::in_memory().unwrap(), keys, client);
    let id = custom(&accounts, "http://127.0.0.1:9/v1").await.id;
    // The keyring is not even asked: there may be none here.
    let params = KeySetParams {
        provider: id,
        label: "a".into(),
        key: KEY.into(),
        keep: Keep::Keyring,
    };
    assert_eq!(accounts.set_key(params).await.unwrap().kept, Keep::Session);
    assert_eq!(shown(&accounts, "a").kept, Keep::Session);
    assert!(accounts.orphans().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_address_that_cannot_be_read_any_more_is_told_and_can_be_removed() {
    let home = Home::new();
    let accounts = home.start();
    let good = custom(&accounts, "http://127.0.0.1:9/v1").await.id;
    assert!(accounts.unreadable().is_empty());
    let of_later = r#"{"id":"custom-1","name":"Later","base_url":7}"#;
    let put = home.history().write(move |w| {
        w.put_provider("custom-1", of_later)?;
        w.put_provider("custom-2", "{}")
    });
    put.await.unwrap();
    accounts.read_again().await;
    let shown: Vec<_> = accounts.providers().unwrap();
    assert!(shown.iter().any(|one| one.id == good), "others are there");
    let mut told = accounts.unreadable();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    let [(first, why), (second, _)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!((first.as_str(), second.as_str()), ("custom-1", "custom-2"));
    assert_eq!(why.code, ErrorCode::Manifest);
    assert!(why.message.contains("“Later”"), "{why:?}");
    assert!(why.message.contains("base_url"), "{why:?}");
    accounts.remove_provider("custom-1").await.unwrap();
    assert_eq!(accounts.unreadable().len(), 1);
    let gone = accounts.remove_provider("custom-1").await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::ProviderNotFound);
}

#[tokio::test]
async fn a_test_tells_what_the_list_of_models_tells() {
    let home = Home::new();
    let accounts = home.start();
    let server = Server::start().await;
    let id = custom(&accounts, &server.base_url()).await.id;
    let key = add_key(&accounts, &id, "work").await;
    rest(&accounts, &key.id, &IpcError::new(ErrorCode::NoBalance, ""));
    let test = async |id: &str, key: &str| {
        let params = KeyTestParams {
            provider: id.to_owned(),
            id: Some(key.to_owned()).filter(|key| !key.is_empty()),
            key: None,
        };
        let report = accounts.test_key(params).await.unwrap();
        let told = serde_json::to_string(&report).unwrap();
        assert!(!told.contains("canary"), "{told}");
        report
    };
    let list = json!({"data": [{"id": "a"}, {"id": "b"}]});

    let answer = list.clone();
    server.answer(move |asked| match asked.key.as_deref() {
        Some(key) if key.starts_with("Bearer sk-canary") => Reply::json(200, &answer),
        _ => Reply::json(401, &json!({"error": {"message": "no key"}})),
    });
    let report = test(&id, &key.id).await;
    assert_eq!((report.reachable, report.accepted), (true, Some(true)));
    assert_eq!((report.models, &report.error), (Some(2), &None));
    assert_eq!(
        shown(&accounts, "work").rests_until,
        None,
        "it is taken again"
    );
    assert_eq!(accounts.provider(&id).unwrap().models.len(), 2, "and kept");

    server.answer(move |_| Reply::json(200, &list));
    let report = test(&id, &key.id).await;
    assert_eq!((report.reachable, report.accepted), (true, None), "public");
    assert_eq!(report.models, Some(2));

    server.answer(|asked| {
        let key = asked.key.clone().unwrap_or_default();
        Reply::json(401, &json!({"error": {"message": format!("wrong: {key}")}}))
    });
    let report = test(&id, &key.id).await;
    assert_eq!((report.reachable, report.accepted), (true, Some(false)));
    assert_eq!(report.error.unwrap().code, ErrorCode::KeyRefused);

    let plugin = json!({"id": "bare", "name": "Bare", "base_url": server.base_url(),
        "models_endpoint": null});
    add(&home, &accounts, &plugin).await.unwrap();
    let bare = add_key(&accounts, "bare", "bare").await;
    server.answer(|_| Reply::json(404, &json!({"error": {"message": "no such path"}})));
    let report = test("bare", &bare.id).await;
    assert_eq!((report.reachable, report.accepted), (true, None));
    assert_eq!((report.models, report.error), (None, None));
}

#[tokio::test]
async fn who_knows_best_is_believed_of_a_model_and_the_list_outlives_a_restart() {
    let home = Home::new();
    let server = Server::start().await;
    let base_url = server.base_url();
    server.answer(|_| {
        Reply::json(
            200,
            &json!({"data": [
                {"id": "eyes", "name": "Eyes", "context_length": 9_000,
                 "architecture": {"input_modalities": ["text", "image", "video"]}},
                {"id": "text", "architecture": {"input_modalities": ["text"]}},
                {"id": "plain"},
                {"id": "gpt-4o"},
                {"id": "speech", "supported_endpoint_types": ["audio"]},
            ]}),
        )
    });
    let accounts = home.start();
    let id = custom(&accounts, &base_url).await.id;
    let listed = accounts.models(&id).await.unwrap();
    let ids: Vec<_> = listed
        .models
        .iter()
        .map(|model| model.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["eyes", "text", "plain", "gpt-4o"],
        "what does not chat is left out"
    );
    let said = |model: &str, image, favourite| ModelSetParams {
        label: None,
        provider: id.clone(),
        model: model.into(),
        favourite,
        image,
        video: None,
        reasoning: None,
        defaults: None,
    };
    let set = accounts
        .set_model(said("text", Some(true), true))
        .await
        .unwrap();
    assert_eq!((set.image, set.image_by), (Some(true), Some(Belief::User)));
    accounts.set_model(said("typed", None, true)).await.unwrap();
    blind(&accounts, &id, "plain", true);
    blind(&accounts, &id, "eyes", true);
    model_used(&accounts, &id, "plain");
    home.close().await;

    let accounts = home.start();
    let provider = accounts.provider(&id).unwrap();
    assert!(provider.models_at.unwrap() >= listed.at - 1_000);
    let image = |id: &str| {
        let model = model(&provider.models, id);
        (model.image, model.image_by)
    };
    assert_eq!(image("eyes"), (Some(true), Some(Belief::Server)));
    assert_eq!(image("text"), (Some(true), Some(Belief::User)));
    assert_eq!(image("plain"), (Some(false), Some(Belief::Refusal)));
    assert_eq!(image("gpt-4o"), (Some(true), Some(Belief::Table)));
    assert_eq!(image("typed"), (None, None));
    let eyes = model(&provider.models, "eyes");
    assert_eq!((eyes.name.as_str(), eyes.context), ("Eyes", Some(9_000)));
    assert!(model(&provider.models, "plain").used_at.is_some());
    assert!(model(&provider.models, "typed").favourite);
    blind(&accounts, &id, "plain", false);
    let manifest = accounts.manifest(&id).unwrap();
    assert_eq!(accounts.facts(&manifest, "plain").model.image, None);
    let unheard = accounts.facts(&manifest, "unheard-of").model;
    assert_eq!((unheard.id.as_str(), unheard.image), ("unheard-of", None));
    let unsaid = accounts.set_model(said("text", None, false)).await.unwrap();
    assert_eq!(unsaid.image_by, Some(Belief::Server));

    // A list of elsewhere tells nothing of what is here.
    let moved = ProviderUpdateParams {
        id: id.clone(),
        name: String::new(),
        base_url: "http://127.0.0.1:9/v1".into(),
        allow_private: false,
    };
    let moved = accounts.update_provider(&moved).await.unwrap();
    assert!(moved.models.iter().all(|model| model.id != "eyes"));
}

#[tokio::test]
async fn a_model_is_suggested_that_fits_and_can_be_asked() {
    let home = Home::new();
    let accounts = home.start();
    let video = |_: &Provider, model: &Model| model.video == Some(true);
    assert!(accounts.suggest(video).is_none(), "no key, no provider");
    let plugin = json!({"id": "films", "name": "Films", "base_url": "https://films.example/v1",
        "models": [{"id": "text", "inputs": ["text"]}, {"id": "one", "inputs": ["text", "video"]},
                   {"id": "two", "inputs": ["text", "video"]}]});
    add(&home, &accounts, &plugin).await.unwrap();
    assert!(accounts.suggest(video).is_none(), "no key");
    add_key(&accounts, "films", "work").await;
    let suggested = || {
        let (provider, model) = accounts.suggest(video).unwrap();
        (provider.id, model.id)
    };
    assert_eq!(suggested(), ("films".into(), "one".into()));
    model_used(&accounts, "films", "two");
    assert_eq!(suggested(), ("films".into(), "two".into()));
    assert!(
        accounts
            .suggest(|_, model| model.context == Some(7))
            .is_none()
    );
}

#[tokio::test]
async fn a_list_of_many_models_is_told_in_brief_at_start() {
    let home = Home::new();
    let accounts = home.start();
    let server = Server::start().await;
    let rows: Vec<Value> = (0..400).map(|at| json!({"id": format!("m{at}")})).collect();
    server.answer(move |_| Reply::json(200, &json!({"data": rows})));
    let id = custom(&accounts, &server.base_url()).await.id;
    assert_eq!(accounts.models(&id).await.unwrap().models.len(), 400);
    model_used(&accounts, &id, "m300");
    let brief = accounts.providers_in_brief(Some("m200")).unwrap();
    let brief = brief.into_iter().find(|one| one.id == id).unwrap().models;
    assert_eq!(brief.len(), 42);
    model(&brief, "m200");
    model(&brief, "m300");
    let all = accounts.providers().unwrap();
    assert_eq!(all.last().unwrap().models.len(), 400);
}

#[tokio::test]
async fn a_probe_tells_whether_a_model_sees() {
    let home = Home::new();
    let accounts = home.start();
    let server = Server::start().await;
    let id = custom(&accounts, &server.base_url()).await.id;
    let key = add_key(&accounts, &id, "work").await;
    let probe = async || {
        let params = KeyProbeParams {
            provider: id.clone(),
            id: None,
            model: "m".into(),
        };
        let report = accounts.probe(params).await.unwrap();
        assert!(!serde_json::to_string(&report).unwrap().contains("canary"));
        report
    };
    let answer = |text: &str| {
        json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": text},
            "finish_reason": "stop"}], "usage": {"prompt_tokens": 90, "completion_tokens": 1,
            "total_tokens": 91}})
    };

    server.answer(move |asked| Reply::json(200, &answer(asked.colour())));
    let report = probe().await;
    assert_eq!((report.sees, &report.error), (Some(true), &None));
    assert_eq!(report.usage.unwrap().total_tokens, Some(91));
    assert!(shown(&accounts, "work").used_at.is_some());
    let body = server.last_body();
    assert_eq!(body["max_tokens"], 300);
    assert_eq!(body["stream"], true);

    server.answer(move |_| Reply::json(200, &answer("I see nothing, a picture of dreams.")));
    let report = probe().await;
    assert_eq!(report.sees, Some(false));
    assert!(report.answer.contains("dreams"));
    server.answer(move |_| Reply::json(200, &answer("")));
    assert_eq!(probe().await.sees, None);

    let blind = || {
        let manifest = accounts.manifest(&id).unwrap();
        accounts.facts(&manifest, "m").model.image
    };
    assert_eq!(blind(), None);
    let refusal = "this model does not support image input";
    server.answer(move |_| Reply::json(400, &json!({"error": {"message": refusal}})));
    let report = probe().await;
    assert_eq!(report.error.unwrap().code, ErrorCode::PictureRefused);
    assert_eq!((report.sees, blind()), (None, Some(false)));

    // A model that thinks would spend the few tokens on that.
    accounts
        .set_model(ModelSetParams {
            label: None,
            provider: id.clone(),
            model: "m".into(),
            favourite: false,
            image: None,
            video: None,
            reasoning: Some(true),
            defaults: None,
        })
        .await
        .unwrap();
    server.answer(move |asked| Reply::json(200, &answer(asked.colour())));
    assert_eq!(probe().await.sees, Some(true));
    assert_eq!(server.last_body()["max_tokens"], Value::Null);
    assert_eq!(blind(), None, "it is seen to see");
    drop(key);
}
