//! What the services ask of whoever keeps their rows: the history and a plain map
//! answer the same.

use std::sync::{Arc, Mutex};

use history::History;
use protocol::{ChatParams, ErrorCode, Keep};
use stores::{
    KeyChange, KeyRow, KeyRows, Memory, ModelChange, ModelRow, ModelRows, ProviderRows, Seen,
};

fn key(provider: &str, id: &str) -> KeyRow {
    KeyRow {
        id: id.into(),
        provider: provider.into(),
        origin: "https://a.example:443".into(),
        label: id.to_uppercase(),
        last4: "abcd".into(),
        kept: Keep::Keyring,
        created_at: 1,
        used_at: None,
        rests_until: None,
        rests_because: None,
    }
}

/// What was seen last.
struct Eye<T>(Arc<Mutex<T>>);

impl<T: Default + Clone + Send + 'static> Eye<T> {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn seen(&self) -> Seen<T> {
        let last = Arc::clone(&self.0);
        Box::new(move |rows| *last.lock().unwrap() = rows)
    }

    fn last(&self) -> T {
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn keys_are_kept_the_same_everywhere() {
    let (history, memory) = (History::in_memory().unwrap(), Memory::default());
    let changes = [
        KeyChange::Add(key("b", "one")),
        KeyChange::Add(key("a", "two")),
        KeyChange::Add(key("b", "three")),
        KeyChange::Add(key("b", "four")),
        KeyChange::Choose("one".into()),
        KeyChange::Order {
            provider: "b".into(),
            ids: vec!["three".into(), "one".into()],
        },
        KeyChange::Rename {
            id: "two".into(),
            label: "renamed".into(),
        },
        KeyChange::Rest {
            id: "one".into(),
            until: 77,
            because: ErrorCode::NoBalance,
        },
        KeyChange::Used {
            id: "three".into(),
            at: 88,
        },
        KeyChange::Remove("four".into()),
        // Of what is gone there is nothing to note.
        KeyChange::Remove("four".into()),
        KeyChange::Used {
            id: "four".into(),
            at: 99,
        },
        // These are refused, and change nothing.
        KeyChange::Choose("four".into()),
        KeyChange::Rename {
            id: "four".into(),
            label: "x".into(),
        },
        KeyChange::Order {
            provider: "a".into(),
            ids: vec!["two".into(), "one".into()],
        },
        KeyChange::Used {
            id: "one".into(),
            at: 111,
        },
    ];
    for change in changes {
        let (in_file, in_memory) = (Eye::new(), Eye::new());
        let kept = history.change_keys(change.clone(), in_file.seen()).await;
        let held = memory.change_keys(change.clone(), in_memory.seen()).await;
        let code = |done: Result<(), protocol::IpcError>| done.err().map(|error| error.code);
        assert_eq!(code(kept), code(held), "{change:?}");
        let (in_file, in_memory) = (Eye::new(), Eye::new());
        history.keys(in_file.seen()).await.unwrap();
        memory.keys(in_memory.seen()).await.unwrap();
        assert_eq!(in_file.last(), in_memory.last(), "{change:?}");
        assert!(!in_file.last().is_empty());
    }
}

#[tokio::test]
async fn models_are_kept_the_same_everywhere() {
    let (history, memory) = (History::in_memory().unwrap(), Memory::default());
    let provider = |id: &str, manifest: &str| ModelChange::PutProvider {
        id: id.into(),
        manifest: manifest.into(),
    };
    let listed = |at| ModelChange::Listed {
        provider: "b".into(),
        json: format!("[{at}]"),
        at,
    };
    let of = |id: &str| (String::from("b"), String::from(id));
    let ((p1, m), (p2, n)) = (of("m"), of("n"));
    let changes = [
        provider("b", "{\"v\":1}"),
        provider("a", "{}"),
        provider("b", "{\"v\":2}"),
        listed(5),
        listed(6),
        ModelChange::ShareRateLimit {
            provider: "c".into(),
            on: true,
        },
        ModelChange::Used {
            provider: p1.clone(),
            id: n,
            at: 9,
        },
        ModelChange::Blind {
            provider: p1,
            id: m.clone(),
            blind: true,
        },
        ModelChange::Said(Box::new(ModelRow {
            provider: p2,
            id: m,
            favourite: true,
            image: Some(true),
            defaults: Some(ChatParams::default()),
            ..ModelRow::default()
        })),
        ModelChange::RemoveProvider("b".into()),
    ];
    let mut before = Arc::new(ProviderRows::default());
    for change in changes {
        let (in_file, in_memory) = (Eye::new(), Eye::new());
        let seen = in_file.seen();
        history
            .change_models(change.clone(), Arc::clone(&before), seen)
            .await
            .unwrap();
        let seen = in_memory.seen();
        memory
            .change_models(change.clone(), Arc::clone(&before), seen)
            .await
            .unwrap();
        assert_eq!(in_file.last(), in_memory.last(), "{change:?}");
        // What the history read before it need not read again, and is as good.
        before = Arc::new(in_file.last());
    }
    assert_eq!(before.providers.len(), 1);
}
