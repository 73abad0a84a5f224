//! Lists of models that nobody asks for, and the person's own names for models.

use std::sync::Mutex;

use accounts::Accounts;
use protocol::*;
use serde_json::json;

use crate::server::{Reply, Server};
use crate::support::*;

/// Asks for what is due; each provider of `id` as it was told.
async fn asked(accounts: &Accounts, due: Vec<String>, id: &str) -> Vec<Provider> {
    let told = Mutex::new(Vec::new());
    accounts
        .ask_for_lists(due, |provider| told.lock().unwrap().push(provider))
        .await;
    let mut told = told.into_inner().unwrap();
    told.retain(|provider| provider.id == id);
    told
}

fn lists(models: &[&str]) -> Reply {
    let rows: Vec<_> = models.iter().map(|id| json!({"id": id})).collect();
    Reply::json(200, &json!({"object": "list", "data": rows}))
}

#[tokio::test]
async fn a_server_nearby_is_asked_unasked_but_not_all_the_time() {
    let (home, server) = (Home::new(), Server::start().await);
    let accounts = home.start();
    let id = custom(&accounts, &server.base_url()).await.id;
    assert_eq!(
        accounts.provider(&id).unwrap().models_state,
        ModelsState::Unasked
    );
    server.answer(|_| lists(&["a", "b"]));
    let due = accounts.lists_due().await;
    // Those that come with the app and run on this machine, too; and no others.
    for builtin in ["ollama", "lmstudio", "llamacpp"] {
        assert!(due.iter().any(|one| one == builtin), "{builtin}: {due:?}");
    }
    assert_eq!(due.len(), 4, "{due:?}");
    let told = asked(&accounts, vec![id.clone()], &id).await;
    let states: Vec<_> = told.iter().map(|one| one.models_state.clone()).collect();
    assert_eq!(states, [ModelsState::Listing, ModelsState::Listed]);
    let ids: Vec<_> = told[1]
        .models
        .iter()
        .map(|model| model.id.as_str())
        .collect();
    assert_eq!(ids, ["a", "b"]);
    assert!(accounts.lists_due().await.is_empty());
    // One that was changed just now is asked all the same.
    assert!(accounts.lists_anew(&id).await);
}

#[tokio::test]
async fn what_does_not_run_is_told_from_what_refuses() {
    let (home, server) = (Home::new(), Server::start().await);
    let accounts = home.start();
    // Nobody listens there once the listener is gone.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", gone.local_addr().unwrap());
    drop(gone);
    let off = custom(&accounts, &address).await.id;
    assert!(accounts.lists_anew(&off).await);
    let told = asked(&accounts, vec![off.clone()], &off).await;
    assert_eq!(told[1].models_state, ModelsState::NotRunning);

    let id = custom(&accounts, &server.base_url()).await.id;
    server.answer(|_| Reply::json(401, &json!({"error": {"message": "no key"}})));
    assert!(accounts.lists_anew(&id).await);
    let told = asked(&accounts, vec![id.clone()], &id).await;
    let ModelsState::Failed { error } = &told[1].models_state else {
        panic!("{:?}", told[1].models_state);
    };
    assert_eq!(error.code, ErrorCode::KeyRefused);
    // Asked by hand it stands as well.
    server.answer(|_| lists(&[]));
    accounts.models(&id).await.unwrap();
    let now = accounts.provider(&id).unwrap();
    assert_eq!(now.models_state, ModelsState::Listed);
    assert!(now.models.is_empty());
}

#[tokio::test]
async fn nothing_is_asked_that_has_no_list_or_lacks_its_key() {
    let home = Home::new();
    let accounts = home.start();
    assert!(!accounts.lists_anew("demo").await);
    assert!(!accounts.lists_anew("openai").await);
    assert!(!accounts.lists_anew("no-such").await);
    let demo = accounts.provider("demo").unwrap();
    assert_eq!(demo.models_state, ModelsState::Unlisted);
}

#[tokio::test]
async fn a_name_that_the_person_gives_a_model_stays_over_lists_and_restarts() {
    let (home, server) = (Home::new(), Server::start().await);
    let accounts = home.start();
    let id = custom(&accounts, &server.base_url()).await.id;
    let endpoint = "ep-20260101-abcde";
    let said = |label: &str| ModelSetParams {
        provider: id.clone(),
        model: endpoint.into(),
        label: Some(label.into()),
        favourite: false,
        image: None,
        video: None,
        reasoning: None,
        defaults: None,
    };
    let set = accounts
        .set_model(said("  Seed\n for receipts "))
        .await
        .unwrap();
    assert_eq!(set.name, "Seed for receipts");
    assert_eq!(set.label.as_deref(), Some("Seed for receipts"));
    server.answer(move |_| {
        let row = json!({"id": endpoint, "name": "Something else"});
        Reply::json(200, &json!({"object": "list", "data": [row]}))
    });
    accounts.models(&id).await.unwrap();
    drop(accounts);
    home.close().await;

    let accounts = home.start();
    let provider = accounts.provider(&id).unwrap();
    let named = model(&provider.models, endpoint);
    assert_eq!(named.name, "Seed for receipts");
    let long = accounts.set_model(said(&"名".repeat(200))).await.unwrap();
    assert_eq!(long.name, "名".repeat(100));
    let plain = accounts.set_model(said(" ")).await.unwrap();
    assert_eq!(plain.label, None);
    assert_ne!(plain.name, " ");
}
