//! Key labels and added providers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use history::{Error, History, KeyRow};
use protocol::Keep;

fn key(id: &str, provider: &str) -> KeyRow {
    KeyRow {
        id: id.to_owned(),
        provider: provider.to_owned(),
        origin: "https://api.example.com".to_owned(),
        label: "工作".to_owned(),
        last4: "cdef".to_owned(),
        kept: Keep::Keyring,
        chosen: false,
        created_at: 1,
        used_at: None,
    }
}

fn chosen(history: &History) -> Vec<String> {
    let keys = history.keys().unwrap();
    let chosen = keys.into_iter().filter(|key| key.chosen);
    chosen.map(|key| key.id).collect()
}

#[test]
fn exactly_one_key_of_a_provider_is_chosen() {
    let history = History::in_memory().unwrap();
    assert_eq!(history.chosen_key("p").unwrap(), None);
    history.add_key(&key("a", "p")).unwrap();
    history.add_key(&key("other", "q")).unwrap();
    assert_eq!(chosen(&history), ["a", "other"]);
    history.add_key(&key("b", "p")).unwrap();
    history.add_key(&key("c", "p")).unwrap();
    assert_eq!(chosen(&history), ["other", "c"]);
    history.choose_key("a").unwrap();
    assert_eq!(history.chosen_key("p").unwrap().unwrap().id, "a");
    assert_eq!(chosen(&history), ["a", "other"]);
    history.choose_key("a").unwrap();
    assert_eq!(chosen(&history), ["a", "other"]);
    let removed = history.remove_key("a").unwrap().unwrap();
    assert_eq!((removed.id.as_str(), removed.chosen), ("a", true));
    assert_eq!(chosen(&history), ["other", "c"]);
    history.remove_key("b").unwrap();
    assert_eq!(chosen(&history), ["other", "c"]);
    history.remove_key("c").unwrap();
    assert_eq!(chosen(&history), ["other"]);
    assert_eq!(history.remove_key("c").unwrap(), None);
    for gone in [history.choose_key("c"), history.rename_key("c", "x")] {
        assert!(matches!(gone, Err(Error::NotFound { .. })));
    }
    assert_eq!(chosen(&history), ["other"]);
    // An id twice changes nothing.
    assert!(history.add_key(&key("other", "q")).is_err());
    assert_eq!(chosen(&history), ["other"]);
}

#[test]
fn a_keys_row_is_kept_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    {
        let history = History::open(&path).unwrap().history;
        history.add_key(&key("a", "p")).unwrap();
        history.rename_key("a", "家里 🏠").unwrap();
        history.key_used("a", 77).unwrap();
        history.key_used("gone", 77).unwrap();
    }
    let history = History::open(&path).unwrap().history;
    let kept = KeyRow {
        label: "家里 🏠".to_owned(),
        used_at: Some(77),
        chosen: true,
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
        let history = History::open(&path).unwrap().history;
        history.add_key(&key("a", "p")).unwrap();
        history.add_key(&session).unwrap();
        assert_eq!(chosen(&history), ["s"]);
    }
    let history = History::open(&path).unwrap().history;
    assert_eq!(history.keys().unwrap().len(), 1);
    assert_eq!(chosen(&history), ["a"]);
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
        ("k1", "k2", 2)
    );
    assert_eq!(ids(), ["a", "c"]);
    assert_eq!(history.keys().unwrap().len(), 1);
    assert!(history.remove_provider("b").unwrap().is_empty());
    assert!(history.put_provider("d", "no json").is_err());
    assert_eq!(ids(), ["a", "c"]);
}
