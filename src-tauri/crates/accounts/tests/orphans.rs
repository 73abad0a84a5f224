//! Keys that a history left behind in a real keyring, in a D-Bus session and home
//! folder of their own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use accounts::Accounts;
use consent::Consent;
use history::History;
use protocol::{
    ErrorCode, Keep, KeyAdoptParams, KeyDiscardParams, KeyInfo, KeySetParams, NetworkSettings,
    OrphanKey, ProviderAddParams, ProxyMode,
};
use settings::Allowed;
use wire::{Client, Timeouts};

#[path = "it/person.rs"]
mod person;
use person::Person;

#[path = "../../keys/tests/session/mod.rs"]
mod session;
use session::{inside, keys, unlock};

const NAME: &str = "keys_that_were_left_behind_are_adopted_or_removed";

fn start(home: &Path) -> Accounts {
    let history = History::open(&home.join("dragoman.db")).unwrap().history;
    let client = Client::new(Timeouts::default()).unwrap();
    let yes = Consent::new(Arc::new(Person::default()), Allowed::default());
    Accounts::with_plugins(history, keys(), client, None, yes)
}

async fn set(accounts: &Accounts, provider: &str, key: &str) -> KeyInfo {
    let params = KeySetParams {
        provider: provider.into(),
        label: "work".into(),
        key: key.into(),
        keep: Keep::Keyring,
    };
    accounts.set_key(params).await.unwrap()
}

fn adoption(of: &KeyInfo, provider: &str) -> KeyAdoptParams {
    KeyAdoptParams {
        id: of.id.clone(),
        origin: of.origin.clone(),
        provider: provider.into(),
        label: " found ".into(),
    }
}

#[tokio::test]
async fn keys_that_were_left_behind_are_adopted_or_removed() {
    if !inside(NAME) {
        return;
    }
    unlock();
    let home = tempfile::tempdir().unwrap();
    let (openai, custom, proxy) = {
        let accounts = start(home.path());
        let openai = set(&accounts, "openai", "sk-canary-0123456789").await;
        let params = ProviderAddParams {
            name: "Mine".into(),
            base_url: "https://api.mine.example/v1".into(),
            allow_private: false,
        };
        let mine = accounts.add_provider(&params).await.unwrap();
        let custom = set(&accounts, &mine.id, "sk-mine-0123456789").await;
        let proxy = NetworkSettings {
            proxy: ProxyMode::Manual,
            proxy_url: "http://proxy.example:8080".into(),
            proxy_user: "me".into(),
            ..NetworkSettings::default()
        };
        let password = Some("secret".to_owned());
        accounts.set_proxy_password(&proxy, password).await.unwrap();
        assert_eq!(accounts.orphans().await.unwrap(), [], "all are known");
        (openai, custom, proxy)
    };

    // The history is set aside, and a new one begun.
    for suffix in ["", "-wal", "-shm"] {
        let name = format!("dragoman.db{suffix}");
        let _ = std::fs::rename(home.path().join(&name), home.path().join(name + ".aside"));
    }
    let accounts = start(home.path());
    let used = set(&accounts, "openai", "sk-new-0123456789").await;
    let left = |key: &KeyInfo, providers: &[&str]| OrphanKey {
        id: key.id.clone(),
        origin: key.origin.clone(),
        providers: providers.iter().map(|id| (*id).to_owned()).collect(),
    };
    let all = [left(&custom, &[]), left(&openai, &["openai"])];
    assert_eq!(accounts.orphans().await.unwrap(), all);

    let elsewhere = accounts.adopt_key(adoption(&custom, "openai")).await;
    assert_eq!(elsewhere.unwrap_err().code, ErrorCode::KeyOtherOrigin);
    let nowhere = accounts.adopt_key(adoption(&openai, "none")).await;
    assert_eq!(nowhere.unwrap_err().code, ErrorCode::ProviderNotFound);
    let adopted = accounts
        .adopt_key(adoption(&openai, "openai"))
        .await
        .unwrap();
    assert_eq!(
        (adopted.last4.as_str(), adopted.label.as_str()),
        ("6789", "found")
    );
    assert!(adopted.chosen && adopted.usable);
    let keys: Vec<_> = accounts
        .keys()
        .unwrap()
        .into_iter()
        .map(|key| key.id)
        .collect();
    assert_eq!(keys, [openai.id.clone(), used.id.clone()]);
    assert_eq!(accounts.orphans().await.unwrap(), all[..1]);

    // What belongs to somebody is not there to be discarded, nor adopted again.
    for known in [&openai, &used] {
        let discarded = KeyDiscardParams {
            id: known.id.clone(),
            origin: known.origin.clone(),
        };
        let refused = accounts.discard_key(&discarded).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::KeyNotFound);
    }
    let again = accounts.adopt_key(adoption(&openai, "openai")).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::KeyNotFound);
    let password = KeyDiscardParams {
        id: "proxy-http".into(),
        origin: "http://proxy.example:8080".into(),
    };
    let refused = accounts.discard_key(&password).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::KeyNotFound);

    let discarded = KeyDiscardParams {
        id: custom.id.clone(),
        origin: custom.origin.clone(),
    };
    accounts.discard_key(&discarded).await.unwrap();
    assert_eq!(accounts.orphans().await.unwrap(), []);
    accounts.use_network(proxy).await;
    assert!(accounts.network().await.password, "it is still kept");
}
