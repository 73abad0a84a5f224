//! Key labels, added providers, and what is known of models.

use history::Error;
use protocol::{ChatParams, ErrorCode, Keep};
use stores::{KeyRow, ModelRow, ProviderState};

use crate::support::{History, close, open};

pub fn key(id: &str, provider: &str) -> KeyRow {
    KeyRow {
        id: id.to_owned(),
        provider: provider.to_owned(),
        origin: "https://api.example.com".to_owned(),
        label: "工作".to_owned(),
        last4: "cdef".to_owned(),
        kept: Keep::Keyring,
        created_at: 1,
        used_at: None,
        rests_until: None,
        rests_because: None,
    }
}

/// The ids of a provider's keys, in the order they are tried.
fn order(history: &History, provider: &str) -> Vec<String> {
    let keys = history.keys_of(provider).unwrap();
    keys.into_iter().map(|key| key.id).collect()
}

#[test]
fn the_keys_of_a_provider_have_an_order() {
    let history = History::in_memory().unwrap();
    assert_eq!(history.keys_of("p").unwrap(), []);
    history.add_key(&key("a", "p")).unwrap();
    history.add_key(&key("other", "q")).unwrap();
    history.add_key(&key("b", "p")).unwrap();
    history.add_key(&key("c", "p")).unwrap();
    assert_eq!(order(&history, "p"), ["c", "b", "a"], "the newest first");
    history.choose_key("a").unwrap();
    history.choose_key("a").unwrap();
    assert_eq!(order(&history, "p"), ["a", "c", "b"]);
    let removed = history.remove_key("a").unwrap().unwrap();
    assert_eq!(removed.id, "a");
    assert_eq!(history.remove_key("a").unwrap(), None);
    assert_eq!(order(&history, "p"), ["c", "b"]);
    history.add_key(&key("d", "p")).unwrap();
    let ids = |ids: &[&str]| -> Vec<String> { ids.iter().map(ToString::to_string).collect() };
    history.order_keys("p", &ids(&["b", "d", "c"])).unwrap();
    assert_eq!(order(&history, "p"), ["b", "d", "c"]);
    history.order_keys("p", &ids(&["c"])).unwrap();
    assert_eq!(order(&history, "p"), ["c", "b", "d"], "others keep theirs");
    history.add_key(&key("e", "p")).unwrap();
    assert_eq!(order(&history, "p"), ["e", "c", "b", "d"]);
    assert_eq!(order(&history, "q"), ["other"]);
    for refused in [
        history.choose_key("gone"),
        history.rename_key("gone", "x"),
        history.order_keys("p", &ids(&["d", "gone"])),
        history.order_keys("p", &ids(&["d", "other"])),
    ] {
        assert!(matches!(refused, Err(Error::NotFound { .. })));
    }
    // An id twice changes nothing.
    assert!(history.add_key(&key("other", "q")).is_err());
    assert_eq!(order(&history, "p"), ["e", "c", "b", "d"]);
    let all: Vec<_> = history
        .keys()
        .unwrap()
        .into_iter()
        .map(|key| key.id)
        .collect();
    assert_eq!(all, ["e", "c", "b", "d", "other"]);
}

#[test]
fn a_key_rests_until_it_is_taken_again() {
    let history = History::in_memory().unwrap();
    history.add_key(&key("a", "p")).unwrap();
    history.rest_key("gone", 5, ErrorCode::RateLimit).unwrap();
    history.rest_key("a", 900, ErrorCode::NoBalance).unwrap();
    let rests = |history: &History| {
        let row = history.keys().unwrap().remove(0);
        (row.rests_until, row.rests_because, row.used_at)
    };
    let because = Some(ErrorCode::NoBalance);
    assert_eq!(rests(&history), (Some(900), because, None));
    history.key_used("a", 950).unwrap();
    assert_eq!(rests(&history), (None, None, Some(950)));
}

#[test]
fn a_keys_row_is_kept_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    {
        let history = open(&path);
        history.add_key(&key("a", "p")).unwrap();
        history.rename_key("a", "家里 🏠").unwrap();
        history.key_used("a", 77).unwrap();
        history.key_used("gone", 77).unwrap();
    }
    let history = open(&path);
    let kept = KeyRow {
        label: "家里 🏠".to_owned(),
        used_at: Some(77),
        ..key("a", "p")
    };
    assert_eq!(history.keys().unwrap(), [kept]);
}

#[test]
fn a_key_for_one_run_is_gone_in_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let session = KeyRow {
        kept: Keep::Session,
        ..key("s", "p")
    };
    {
        let history = open(&path);
        history.add_key(&key("a", "p")).unwrap();
        history.add_key(&session).unwrap();
        assert_eq!(order(&history, "p"), ["s", "a"]);
        close(history);
    }
    let history = open(&path);
    assert_eq!(order(&history, "p"), ["a"]);
}

#[test]
fn providers_keep_their_order_and_take_their_keys_along() {
    let history = History::in_memory().unwrap();
    for (id, manifest) in [("b", "{\"name\":\"乙\"}"), ("a", "{}"), ("c", "{}")] {
        history.put_provider(id, manifest).unwrap();
    }
    history.put_provider("b", "{\"name\":\"丙\"}").unwrap();
    history.add_key(&key("k1", "b")).unwrap();
    history.add_key(&key("k2", "b")).unwrap();
    history.add_key(&key("k3", "a")).unwrap();
    let ids = || -> Vec<String> {
        let list = history.providers().unwrap();
        list.into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(ids(), ["b", "a", "c"]);
    assert_eq!(history.providers().unwrap()[0].1, "{\"name\":\"丙\"}");
    let keys = history.remove_provider("b").unwrap();
    assert_eq!(
        (keys[0].id.as_str(), keys[1].id.as_str(), keys.len()),
        ("k2", "k1", 2)
    );
    assert_eq!(ids(), ["a", "c"]);
    assert_eq!(history.keys().unwrap().len(), 1);
    assert!(history.remove_provider("b").unwrap().is_empty());
    assert!(history.put_provider("d", "no json").is_err());
    assert_eq!(ids(), ["a", "c"]);
}

#[test]
fn what_a_provider_listed_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    {
        let history = open(&path);
        assert_eq!(history.listed_models("p").unwrap(), None);
        history.share_rate_limit("p", true).unwrap();
        assert_eq!(history.listed_models("p").unwrap(), None);
        history.put_listed_models("p", "[1]", 7).unwrap();
        history.put_listed_models("p", "[2]", 8).unwrap();
        history.put_listed_models("q", "[]", 9).unwrap();
        history.share_rate_limit("q", true).unwrap();
        history.share_rate_limit("q", false).unwrap();
    }
    let history = open(&path);
    let kept = history.listed_models("p").unwrap();
    assert_eq!(kept, Some(("[2]".to_owned(), 8)));
    let states = history.provider_states().unwrap();
    let state = |share_rate_limit, at| ProviderState {
        share_rate_limit,
        models_at: Some(at),
    };
    assert_eq!(states["p"], state(true, 8));
    assert_eq!(states["q"], state(false, 9));
    history.remove_provider("p").unwrap();
    assert_eq!(history.listed_models("p").unwrap(), None);
    assert_eq!(history.provider_states().unwrap().len(), 1);
}

#[test]
fn what_is_said_of_a_model_and_what_is_learned_stand_side_by_side() {
    let history = History::in_memory().unwrap();
    let said = ModelRow {
        provider: "p".to_owned(),
        id: "m".to_owned(),
        favourite: true,
        image: Some(true),
        video: Some(false),
        reasoning: None,
        defaults: Some(ChatParams {
            temperature: Some(0.5),
            ..ChatParams::default()
        }),
        ..ModelRow::default()
    };
    history.model_blind("p", "m", true).unwrap();
    history.put_model(&said).unwrap();
    history.model_used("p", "m", 7).unwrap();
    history.model_used("p", "n", 8).unwrap();
    history.model_used("q", "m", 9).unwrap();
    let kept = history.models_of("p").unwrap();
    let whole = ModelRow {
        blind: true,
        used_at: Some(7),
        ..said.clone()
    };
    assert_eq!(kept[0], whole);
    assert_eq!((kept[1].id.as_str(), kept.len()), ("n", 2));
    history.model_blind("p", "m", false).unwrap();
    let unsaid = ModelRow {
        provider: "p".to_owned(),
        id: "m".to_owned(),
        ..ModelRow::default()
    };
    history.put_model(&unsaid).unwrap();
    let used = ModelRow {
        used_at: Some(7),
        ..unsaid
    };
    assert_eq!(history.models_of("p").unwrap()[0], used);
    assert_eq!(history.models().unwrap().len(), 3);
    history.remove_provider("p").unwrap();
    assert_eq!(history.models().unwrap().len(), 1);
}
