//! What must be found in a home of `tests/fixtures/upgrade`: its `expect.json`,
//! and how what was found is held against it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// All that a home holds, in the order of the lists.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Home {
    /// Of the history; 1 is the first.
    pub format: i64,
    /// The one with the newest message first.
    pub conversations: Vec<Conversation>,
    /// By hash. Those that were sent, their masters, and what was made of these.
    pub pictures: Vec<Picture>,
    /// By hash.
    pub videos: Vec<Video>,
    /// By master and spec, the pieces of each in reading order.
    pub renditions: Vec<Rendition>,
    /// In order of entry.
    pub providers: Vec<Provider>,
    /// By provider, each provider's in the order they are tried.
    pub keys: Vec<Key>,
    /// By provider and id.
    pub models: Vec<Model>,
    /// By provider: what is kept of one that lists models.
    pub listed: Vec<Listed>,
    /// The one value of `settings.json`.
    pub settings: Value,
    /// What ended with the run that made the home.
    pub gone: Gone,
}

/// A conversation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Conversation {
    pub id: String,
    /// The person's own, or that of the first question.
    pub title: String,
    pub updated_at: i64,
    /// Ids of the newest branch, oldest first.
    pub branch: Vec<String>,
    /// Of every branch, oldest first.
    pub messages: Vec<Message>,
    /// As `ChatParams`; what is not set, or was not known then, is left out.
    pub params: Value,
}

/// A message.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Message {
    pub id: String,
    pub parent: Option<String>,
    /// As `Role`.
    pub role: String,
    /// As `MessageState`; one that was streaming must be `interrupted`.
    pub state: String,
    pub text: String,
    pub reasoning: String,
    pub created_at: i64,
    pub parts: Vec<Part>,
    /// As `Answer`; what is not known is left out.
    pub answer: Option<Value>,
    /// As `IpcError`; what is not said is left out.
    pub error: Option<Value>,
}

/// What a message holds beside its text.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// `picture`, `video` or `link`.
    pub kind: String,
    /// Name of the file, or the host of a link.
    pub name: String,
    /// Hash of the picture, also of one that was fetched from a link.
    pub picture: Option<String>,
    /// Its width, height and bytes before it was prepared.
    pub original: Option<[u32; 3]>,
    /// As `Done`.
    pub done: Option<Vec<String>>,
    /// Hash of its master; none before masters were kept.
    pub master: Option<String>,
    /// Hashes of the pieces that were sent.
    #[serde(default)]
    pub tiles: Vec<String>,
    /// Of a picture, as `PictureOptions`; what was not known then is left out.
    pub options: Option<Value>,
    pub tokens: Option<u32>,
    /// Hash of the video.
    pub video: Option<String>,
    /// Of a link.
    pub url: Option<String>,
    #[serde(default)]
    pub refused: bool,
}

/// A picture's row; its bytes must have this hash.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// SHA-256, hex.
    pub hash: String,
    pub mime: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u32,
}

/// A video's row; its bytes must have this hash.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Video {
    /// SHA-256, hex.
    pub hash: String,
    pub mime: String,
    pub bytes: u32,
}

/// What was made of a master.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rendition {
    /// Hash of what it was made of.
    pub master: String,
    /// Limits of the target and options of the person.
    pub spec: String,
    /// Its own hash.
    pub picture: String,
    /// x, y, width and height of the part of the master that it shows.
    pub area: [u32; 4],
    /// As `Done`.
    pub done: Vec<String>,
}

/// A provider that was added.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    pub id: String,
    pub manifest: Value,
}

/// What is known of a key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Key {
    pub id: String,
    pub provider: String,
    pub origin: String,
    pub label: String,
    pub last4: String,
    /// As `Keep`.
    pub kept: String,
    pub created_at: i64,
    pub used_at: Option<i64>,
    pub rests_until: Option<i64>,
    /// As `ErrorCode`.
    pub rests_because: Option<String>,
}

/// What is known of a model.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Model {
    pub provider: String,
    pub id: String,
    pub favourite: bool,
    pub image: Option<bool>,
    pub video: Option<bool>,
    pub reasoning: Option<bool>,
    /// As `ChatParams`; what is not set is left out.
    pub defaults: Option<Value>,
    pub blind: bool,
    pub used_at: Option<i64>,
}

/// What is kept of a provider, built-in or not.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Listed {
    pub provider: String,
    pub share_rate_limit: bool,
    /// Its list of models, as it is kept.
    pub models: Option<Value>,
    pub models_at: Option<i64>,
}

/// What ended with the run that made the home.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    /// Ids of keys that were kept for that run only.
    pub keys: Vec<String>,
    /// Hashes of pictures that waited in its composer.
    pub pictures: Vec<String>,
}

impl Home {
    /// Reads an `expect.json`.
    pub fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }

    /// How `found`, which a test fills from the opened home, falls short of this: a
    /// line for each place. An object there may hold more than here, since later
    /// versions know more; a list may not. What is not of the history is passed over:
    /// `format`, `settings` and `gone`.
    pub fn falls_short(&self, found: &Self) -> Vec<String> {
        let (want, have) = (json(self), json(found));
        let mut lines = Vec::new();
        for (name, want) in want.as_object().into_iter().flatten() {
            if !["format", "settings", "gone"].contains(&name.as_str()) {
                compare(name, want, &have[name], &mut lines);
            }
        }
        lines
    }
}

fn json(home: &Home) -> Value {
    serde_json::to_value(home).unwrap()
}

fn compare(place: &str, want: &Value, have: &Value, lines: &mut Vec<String>) {
    match (want, have) {
        (Value::Object(want), Value::Object(have)) => {
            for (name, want) in want {
                let have = have.get(name).unwrap_or(&Value::Null);
                compare(&format!("{place}.{name}"), want, have, lines);
            }
        }
        (Value::Array(want), Value::Array(have)) if want.len() == have.len() => {
            for (at, (want, have)) in want.iter().zip(have).enumerate() {
                compare(&format!("{place}[{at}]"), want, have, lines);
            }
        }
        _ if want == have => {}
        _ => lines.push(format!("{place}: {want} is wanted, {have} was found")),
    }
}

#[test]
fn each_place_that_falls_short_is_told() {
    let key = |id: &str, used_at| Key {
        id: id.to_owned(),
        provider: "openai".to_owned(),
        origin: "https://api.openai.com".to_owned(),
        label: "work".to_owned(),
        last4: "a1b2".to_owned(),
        kept: "keyring".to_owned(),
        created_at: 1,
        used_at,
        rests_until: None,
        rests_because: None,
    };
    let model = |defaults| Model {
        provider: "openai".to_owned(),
        id: "m".to_owned(),
        favourite: true,
        image: None,
        video: None,
        reasoning: None,
        defaults,
        blind: false,
        used_at: None,
    };
    let want = Home {
        format: 1,
        keys: vec![key("a", Some(2)), key("b", None)],
        models: vec![model(Some(serde_json::json!({"temperature": 0.5})))],
        ..Home::default()
    };
    let mut found = Home {
        keys: vec![key("a", Some(2)), key("b", None)],
        models: vec![model(Some(
            serde_json::json!({"temperature": 0.5, "new": null}),
        ))],
        ..Home::default()
    };
    assert_eq!(want.falls_short(&found), Vec::<String>::new());
    found.keys.swap(0, 1);
    found.models.clear();
    let lines = want.falls_short(&found);
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert_eq!(lines[0], r#"keys[0].id: "a" is wanted, "b" was found"#);
    assert!(lines[4].starts_with("models: [{"), "{lines:?}");
}
