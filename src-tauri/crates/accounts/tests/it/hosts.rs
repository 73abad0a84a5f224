//! New hosts: what the person is asked before a provider or a proxy lies there.

use std::fs;

use accounts::Accounts;
use consent::Question;
use protocol::*;
use serde_json::{Value, json};

use super::support::*;

fn plugin(base_url: &str, auth: Value) -> Value {
    json!({"id": "mine", "name": "Mine", "base_url": base_url, "auth": auth})
}

fn params(name: &str, base_url: &str) -> ProviderAddParams {
    ProviderAddParams {
        name: name.into(),
        base_url: base_url.into(),
        allow_private: true,
    }
}

async fn save(accounts: &Accounts, id: Option<&str>, plugin: &Value) -> Result<(), ErrorCode> {
    let params = ManifestSaveParams {
        id: id.map(str::to_owned),
        json: plugin.to_string(),
    };
    let saved = accounts.save_plugin(&params).await;
    saved.map(|_| ()).map_err(|error| error.code)
}

/// Origins that were asked about since, those that were and that would be.
fn asked(home: &Home) -> Vec<(String, String)> {
    let asked = std::mem::take(&mut *home.person.asked.lock().unwrap());
    let pair = |question| match question {
        Question::Provider { was, now, .. } => {
            (was.map(|was| was.origin).unwrap_or_default(), now.origin)
        }
        Question::Proxy { was, now } => (was.unwrap_or_default(), now),
        other => panic!("{other:?}"),
    };
    asked.into_iter().map(pair).collect()
}

fn says(home: &Home, yes: bool) {
    *home.person.says.lock().unwrap() = yes;
}

fn pair(was: &str, now: &str) -> Vec<(String, String)> {
    vec![(was.to_owned(), now.to_owned())]
}

fn places(accounts: &Accounts) -> Vec<String> {
    let all = accounts.providers().unwrap();
    let own = all.into_iter().filter(|one| !one.builtin);
    own.map(|one| one.base_url).collect()
}

#[tokio::test]
async fn a_no_at_any_door_leaves_everything_as_it_was() {
    let home = Home::new();
    let accounts = home.start();
    let (a, b) = ("https://a.example", "https://b.example");
    let (at_a, at_b) = (format!("{a}/v1"), format!("{b}/v1"));
    let bearer = || json!("bearer");
    says(&home, false);

    // Typed, pasted as a file, dropped.
    let typed = accounts.add_provider(&params("", &at_a)).await.unwrap_err();
    assert_eq!(typed.code, ErrorCode::NotAllowed);
    assert_eq!(asked(&home), pair("", a));
    let refused = save(&accounts, None, &plugin(&at_a, bearer())).await;
    assert_eq!(refused, Err(ErrorCode::NotAllowed));
    assert_eq!(asked(&home), pair("", a));
    let dropped = add(&home, &accounts, &plugin(&at_a, bearer())).await;
    assert_eq!(dropped.unwrap_err().code, ErrorCode::NotAllowed);
    assert_eq!(asked(&home), pair("", a));
    let report = accounts
        .add_plugin_files(&[home.folder.path().join("dropped.json")])
        .await;
    assert_eq!(report.refused[0].code, ErrorCode::NotAllowed);
    assert_eq!(asked(&home).len(), 1);
    assert!(places(&accounts).is_empty());

    // Edited: an address of the person's, and a file.
    says(&home, true);
    let custom = accounts.add_provider(&params("", &at_a)).await.unwrap();
    add(&home, &accounts, &plugin(&at_a, bearer()))
        .await
        .unwrap();
    assert_eq!(asked(&home), pair("", a), "once each");
    says(&home, false);
    let before = places(&accounts);
    let moved = ProviderUpdateParams {
        id: custom.id,
        name: "Mine".into(),
        base_url: at_b.clone(),
        allow_private: false,
    };
    let refused = accounts.update_provider(&moved).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    assert_eq!(asked(&home), pair(a, b));
    let refused = save(&accounts, Some("mine"), &plugin(&at_b, bearer())).await;
    assert_eq!(refused, Err(ErrorCode::NotAllowed));
    let dropped = add(&home, &accounts, &plugin(&at_b, bearer())).await;
    assert_eq!(dropped.unwrap_err().code, ErrorCode::NotAllowed);
    let header = plugin(&at_a, json!({"header": "x-collect"}));
    let refused = save(&accounts, Some("mine"), &header).await;
    assert_eq!(refused, Err(ErrorCode::NotAllowed));
    let pairs = [pair(a, b), pair(a, b), pair(a, a)].concat();
    assert_eq!(asked(&home), pairs);
    assert_eq!(places(&accounts), before);
    assert!(
        !accounts
            .manifest_text("mine")
            .unwrap()
            .json
            .contains("x-collect")
    );
}

#[tokio::test]
async fn what_is_no_new_host_is_not_asked_about() {
    let home = Home::new();
    let accounts = home.start();
    says(&home, false);
    let openai = "https://api.openai.com/v1";
    for base_url in [openai, "http://localhost:11434/v1", "http://127.0.0.1:9/v1"] {
        accounts.add_provider(&params("", base_url)).await.unwrap();
    }
    accounts.copy_provider("chenyu").await.unwrap();
    // A file that the person laid into the folder is their word.
    let folder = home.folder.path().join("plugins");
    let lay = |base_url: &str| {
        let file = plugin(base_url, json!("bearer"));
        fs::write(folder.join("mine.json"), file.to_string()).unwrap();
        accounts.read_plugins().unwrap();
    };
    lay("https://a.example/v1");
    accounts.copy_provider("mine").await.unwrap();
    let other_path = plugin("https://a.example/v2", json!("bearer"));
    save(&accounts, Some("mine"), &other_path).await.unwrap();
    lay("https://b.example/v1");
    assert!(asked(&home).is_empty());
}

#[tokio::test]
async fn what_was_allowed_is_not_asked_again_after_a_restart() {
    let home = Home::new();
    let (a, b) = ("https://a.example", "http://192.168.1.5:8000");
    let accounts = home.start();
    let one = accounts.add_provider(&params("", a)).await.unwrap();
    let two = accounts.add_provider(&params("", b)).await.unwrap();
    assert_eq!(asked(&home), [pair("", a), pair("", b)].concat());
    accounts.remove_provider(&one.id).await.unwrap();
    accounts.remove_provider(&two.id).await.unwrap();
    drop(accounts);
    home.close().await;

    says(&home, false);
    let accounts = home.start();
    accounts.add_provider(&params("", a)).await.unwrap();
    accounts.add_provider(&params("", b)).await.unwrap();
    assert!(asked(&home).is_empty());
    let other = params("", "https://a.example:444");
    let refused = accounts.add_provider(&other).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
}

#[tokio::test]
async fn a_proxy_is_asked_about_before_it_is_used() {
    let home = Home::new();
    let accounts = home.start();
    let set = |url: &str| NetworkSettings {
        proxy: ProxyMode::Manual,
        proxy_url: url.into(),
        ..NetworkSettings::default()
    };
    let (none, a) = (NetworkSettings::default(), set("http://a.example:8080"));
    says(&home, false);
    let refused = accounts.ask_about_network(&none, &a).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    says(&home, true);
    accounts.ask_about_network(&none, &a).await.unwrap();
    assert_eq!(asked(&home).len(), 2);
    says(&home, false);
    accounts.ask_about_network(&none, &a).await.unwrap();
    accounts.ask_about_network(&a, &none).await.unwrap();
    let near = set("socks5h://127.0.0.1:1080");
    assert!(accounts.ask_about_network(&a, &near).await.is_err());
    let expected = pair("http://a.example:8080", "socks5h://127.0.0.1:1080");
    assert_eq!(asked(&home), expected);
}

#[tokio::test]
async fn an_address_that_is_never_asked_is_refused_at_every_door() {
    let home = Home::new();
    let accounts = home.start();
    for host in [
        "169.254.169.254",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "0.0.0.0",
        "224.0.0.1",
    ] {
        for scheme in ["http", "https"] {
            let base_url = format!("{scheme}://{host}/v1");
            let typed = accounts.add_provider(&params("", &base_url)).await;
            assert_eq!(typed.unwrap_err().code, ErrorCode::BaseUrl, "{base_url}");
            let file = plugin(&base_url, json!("bearer"));
            let pasted = save(&accounts, None, &file).await;
            assert_eq!(pasted, Err(ErrorCode::Manifest), "{base_url}");
            let dropped = add(&home, &accounts, &file).await.unwrap_err();
            assert_eq!(dropped.code, ErrorCode::Manifest, "{base_url}");
            let folder = home.folder.path().join("plugins");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("mine.json"), file.to_string()).unwrap();
            let report = accounts.read_plugins().unwrap();
            assert_eq!(report.refused.len(), 1, "{base_url}");
        }
    }
    assert!(places(&accounts).is_empty() && asked(&home).is_empty());
}

#[tokio::test]
async fn a_name_that_poses_is_refused_before_anybody_is_asked() {
    let home = Home::new();
    let accounts = home.start();
    let evil = "https://evil.example/v1";
    for name in ["OpenAI", "Оpenаi", "Mi\u{200b}ne", "\u{202e}eniM"] {
        let refused = accounts
            .add_provider(&params(name, evil))
            .await
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::Manifest);
        assert_eq!(refused.args["field"], "name", "{name:?}");
        assert!(refused.message.contains("This name"), "{}", refused.message);
    }
    assert!(asked(&home).is_empty() && places(&accounts).is_empty());
    // At its own host it is no lie, until it is moved.
    let own = params("OpenAI", "https://api.openai.com/v1");
    let own = accounts.add_provider(&own).await.unwrap();
    let moved = ProviderUpdateParams {
        id: own.id,
        name: "OpenAI".into(),
        base_url: evil.into(),
        allow_private: false,
    };
    let refused = accounts.update_provider(&moved).await.unwrap_err();
    assert_eq!(refused.args["field"], "name");
}
