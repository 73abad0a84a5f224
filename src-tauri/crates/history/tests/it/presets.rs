//! Presets: kept in their order, over restarts.

use protocol::{ChatParams, Preset};

use crate::support::{History, close, open, wait};

fn presets(history: &History) -> Vec<Preset> {
    wait(history.0.read(|r| r.presets())).unwrap()
}

fn names(history: &History) -> Vec<String> {
    let presets = presets(history).into_iter();
    presets.map(|preset| preset.name).collect()
}

fn save(history: &History, preset: Preset) -> Preset {
    wait(history.0.write(move |w| w.save_preset(preset))).unwrap()
}

fn named(name: &str) -> Preset {
    Preset {
        name: name.into(),
        ..Preset::default()
    }
}

fn order(history: &History, ids: &[&str]) {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    wait(history.0.write(move |w| w.order_presets(&ids))).unwrap();
}

#[test]
fn they_are_kept_whole_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    assert_eq!(presets(&history), []);
    let class = save(&history, named("Class"));
    let shop = Preset {
        params: ChatParams {
            system: Some("价格 in {language}\n{\"a\": 1}".into()),
            temperature: Some(0.25),
            stop: vec!["END".into()],
            ..ChatParams::default()
        },
        provider: Some("demo".into()),
        model: Some("measure".into()),
        ..named("Shop")
    };
    let shop = save(&history, shop);
    order(&history, &[&shop.id, "gone"]);
    close(history);
    let history = open(&path);
    assert_eq!(presets(&history), [shop.clone(), class.clone()]);
    // Changed, it stays where it is; removed and put back, it is last.
    let shop = save(
        &history,
        Preset {
            name: "商店".into(),
            ..shop
        },
    );
    assert_eq!(names(&history), ["商店", "Class"]);
    let id = shop.id.clone();
    wait(history.0.write(move |w| w.remove_preset(&id))).unwrap();
    assert_eq!(names(&history), ["Class"]);
    assert_eq!(save(&history, shop.clone()), shop);
    assert_eq!(presets(&history), [class, shop]);
}

#[test]
fn no_two_have_one_name() {
    let history = History::in_memory().unwrap();
    let first = save(&history, named("Shop"));
    assert_eq!(save(&history, named("shop")).name, "shop 2");
    assert_eq!(save(&history, named("Shop")).name, "Shop 3");
    assert_eq!(save(&history, first.clone()), first);
}

#[test]
fn one_is_pinned_at_most() {
    let history = History::in_memory().unwrap();
    let pinned = |name: &str| Preset {
        pinned: true,
        ..named(name)
    };
    save(&history, pinned("a"));
    let b = save(&history, pinned("b"));
    let now = |history: &History| {
        let presets = presets(history).into_iter();
        presets.map(|one| one.pinned).collect::<Vec<_>>()
    };
    assert_eq!(now(&history), [false, true]);
    save(&history, Preset { pinned: false, ..b });
    assert_eq!(now(&history), [false, false]);
}
