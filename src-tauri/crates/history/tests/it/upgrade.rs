//! Real homes of every format so far: each is opened, and everything is found.

#[path = "../upgrade/expect.rs"]
mod expect;

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;
use stores::Part;

use self::expect::Home;
use crate::old_home::hash;
use crate::support::{History, close, open};

/// Where they lie.
const HOMES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../tests/fixtures/upgrade"
);

/// A value of the contract as it is written in a home.
fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap()
}

fn named(of: &impl Serialize) -> String {
    value(of).as_str().unwrap().to_owned()
}

fn names(of: &[protocol::Done]) -> Vec<String> {
    of.iter().map(named).collect()
}

fn picture(part: &mut expect::Part, picture: &protocol::Picture) {
    part.picture = Some(picture.hash.clone());
    part.original = Some([
        picture.original_width,
        picture.original_height,
        picture.original_bytes,
    ]);
    part.done = Some(names(&picture.done));
    part.master = Some(picture.master.clone()).filter(|master| !master.is_empty());
    part.tiles = picture.tiles.iter().map(|tile| tile.hash.clone()).collect();
    part.options = Some(value(&picture.options));
    part.tokens = picture.tokens;
    part.refused = picture.refused;
}

fn part(of: &Part) -> expect::Part {
    let mut found = expect::Part::default();
    match of {
        Part::Picture(one) => {
            found.kind = "picture".into();
            found.name = one.name.clone();
            picture(&mut found, one);
        }
        Part::Video(video) => {
            found.kind = "video".into();
            found.name = video.name.clone();
            found.video = Some(video.hash.clone());
        }
        Part::Link {
            link,
            picture: fetched,
        } => {
            found.kind = "link".into();
            if let Some(fetched) = fetched {
                picture(&mut found, fetched);
            }
            found.name = link.host.clone();
            found.url = Some(link.url.clone());
            found.refused = link.refused;
        }
    }
    found
}

fn message(of: &history::StoredMessage) -> expect::Message {
    expect::Message {
        id: of.id.clone(),
        parent: of.parent.clone(),
        role: named(&of.role),
        state: named(&of.state),
        text: of.text.clone(),
        reasoning: of.reasoning.clone(),
        created_at: of.created_at,
        parts: of.parts.iter().map(part).collect(),
        answer: of.answer.as_ref().map(value),
        error: of.error.as_ref().map(value),
    }
}

/// All that an opened history holds, as far as `want` names it.
fn found(history: &History, file: &Connection, want: &Home) -> Home {
    let list = history.conversations().unwrap();
    let ids = |conversation: &str| -> Vec<String> {
        let sql = "SELECT id FROM message WHERE conversation = ? ORDER BY seq";
        let mut ids = file.prepare(sql).unwrap();
        let ids = ids.query_map([conversation], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    };
    let conversations = list.iter().map(|one| {
        let stored = history.conversation(&one.id).unwrap();
        let messages = ids(&one.id);
        let messages = messages
            .iter()
            .map(|id| message(&history.message(id).unwrap()));
        expect::Conversation {
            id: one.id.clone(),
            title: one.title.clone(),
            updated_at: one.updated_at,
            branch: stored.messages.into_iter().map(|one| one.id).collect(),
            messages: messages.collect(),
            params: value(&stored.params),
        }
    });
    let pictures = want.pictures.iter().filter_map(|one| {
        let (mime, bytes) = history.picture(&one.hash).unwrap()?;
        let sql = "SELECT width, height, bytes FROM picture WHERE hash = ?";
        let row = file.query_row(sql, [&one.hash], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
        let (width, height, size) = row.unwrap();
        assert_eq!(hash(&bytes), one.hash);
        Some(expect::Picture {
            hash: one.hash.clone(),
            mime,
            width,
            height,
            bytes: size,
        })
    });
    let videos = want.videos.iter().filter_map(|one| {
        let (mime, bytes) = history.video(&one.hash).unwrap()?;
        assert_eq!(hash(&bytes), one.hash);
        Some(expect::Video {
            hash: one.hash.clone(),
            mime,
            bytes: u32::try_from(bytes.len()).unwrap(),
        })
    });
    let renditions = want.renditions.iter().filter_map(|one| {
        let made = history.renditions(&one.master, &one.spec).unwrap();
        let made = made.into_iter().find(|made| made.hash == one.picture)?;
        Some(expect::Rendition {
            master: one.master.clone(),
            spec: one.spec.clone(),
            picture: made.hash,
            area: [made.area.x, made.area.y, made.area.width, made.area.height],
            done: names(&made.done),
        })
    });
    let providers = history.providers().unwrap();
    let providers = providers.iter().map(|(id, manifest)| expect::Provider {
        id: id.clone(),
        manifest: serde_json::from_str(manifest).unwrap(),
    });
    let keys = history.keys().unwrap();
    let keys = keys.iter().map(|key| expect::Key {
        id: key.id.clone(),
        provider: key.provider.clone(),
        origin: key.origin.clone(),
        label: key.label.clone(),
        last4: key.last4.clone(),
        kept: named(&key.kept),
        created_at: key.created_at,
        used_at: key.used_at,
        rests_until: key.rests_until,
        rests_because: key.rests_because.as_ref().map(named),
    });
    let models = history.models().unwrap();
    let models = models.iter().map(|model| expect::Model {
        provider: model.provider.clone(),
        id: model.id.clone(),
        favourite: model.favourite,
        image: model.image,
        video: model.video,
        reasoning: model.reasoning,
        defaults: model.defaults.as_ref().map(value),
        blind: model.blind,
        used_at: model.used_at,
    });
    let states = history.provider_states().unwrap();
    let listed = want.listed.iter().map(|one| {
        let state = states[&one.provider];
        let list = history.listed_models(&one.provider).unwrap();
        expect::Listed {
            provider: one.provider.clone(),
            share_rate_limit: state.share_rate_limit,
            models: list.map(|(json, _)| serde_json::from_str(&json).unwrap()),
            models_at: state.models_at,
        }
    });
    Home {
        conversations: conversations.collect(),
        pictures: pictures.collect(),
        videos: videos.collect(),
        renditions: renditions.collect(),
        providers: providers.collect(),
        keys: keys.collect(),
        models: models.collect(),
        listed: listed.collect(),
        ..Home::default()
    }
}

fn everything_is_found(format: &str, kind: &str) {
    let fixture = Path::new(HOMES).join(format).join(kind);
    let want = Home::read(&fixture.join("expect.json"));
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(fixture.join("home")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let path = folder.path().join("dragoman.db");
    // Once as it lay there, and once as this version left it.
    for _ in 0..2 {
        let history = open(&path);
        let file = Connection::open(&path).unwrap();
        let short = want.falls_short(&found(&history, &file, &want));
        assert_eq!(short, Vec::<String>::new(), "{format}/{kind}");
        for picture in &want.gone.pictures {
            assert_eq!(history.picture(picture).unwrap(), None);
        }
        let left: i64 = file
            .query_row(
                "SELECT (SELECT count(*) FROM picture_blob) + (SELECT count(*) FROM video_blob)",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(left, 0, "moved");
        file.close().unwrap();
        close(history);
    }
    let copy = folder.path().join(format!("dragoman.db.v{format}.bak"));
    assert!(copy.is_file());
}

#[test]
fn a_home_of_format_1() {
    everything_is_found("1", "clean");
    everything_is_found("1", "killed");
}

#[test]
fn a_home_of_format_2() {
    everything_is_found("2", "clean");
    everything_is_found("2", "killed");
}

#[test]
fn a_home_of_format_3() {
    everything_is_found("3", "clean");
    everything_is_found("3", "killed");
}
