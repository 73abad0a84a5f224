//! The app that will be killed: it tells what the home holds, and then is used in one
//! way until the end.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use fastrand::Rng;
use serde_json::{Value, json};
use tests::page::{Page, Started};

use crate::seen::{Found, Seen, tell, words};
use crate::server::PICTURES;

/// Between two questions of one person.
const THOUGHT: Duration = Duration::from_millis(600);

/// Between two other things that one person does.
const CLICK: Duration = Duration::from_millis(3);

/// What is done while the app waits for its end; two answers are always written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing more.
    Stream,
    /// Nothing more, in a home whose pictures are being moved.
    Move,
    /// Conversations with pictures are begun and removed.
    Remove,
    /// Settings are changed.
    Settings,
    /// Nothing at all.
    Rest,
}

/// Every act that is interrupted, and its name.
pub const ACTS: [(Act, &str); 4] = [
    (Act::Stream, "stream"),
    (Act::Move, "move"),
    (Act::Remove, "remove"),
    (Act::Settings, "settings"),
];

impl Act {
    pub fn name(self) -> &'static str {
        let act = ACTS.iter().find(|(act, _)| *act == self);
        act.map_or("rest", |(_, name)| name)
    }

    fn named(name: &str) -> Self {
        let act = ACTS.iter().find(|(_, own)| *own == name);
        act.map_or(Self::Rest, |(act, _)| *act)
    }
}

/// Runs until it is killed. `server` is the provider's origin, `run` a number that no
/// other run of this home has.
pub fn run(home: &Path, server: &str, act: &str, run: u64) -> Result<()> {
    let app = Started::in_home(home, heard)?;
    tell(Seen::Found(found(&app).map_err(failed)?));
    let act = Act::named(act);
    if act == Act::Rest {
        return Ok(());
    }
    let provider = provider(&app, server).map_err(failed)?;
    let person = |n: u64| Person {
        page: app.clone(),
        provider: provider.clone(),
        server: server.to_owned(),
        name: format!("{run}-{n}"),
        random: Rng::with_seed(run * 10 + n),
    };
    person(0).goes_on(Person::ask_on);
    person(1).goes_on(Person::ask_on);
    match act {
        Act::Remove => person(2).goes_on(Person::remove_on),
        Act::Settings => person(2).goes_on(Person::set_on),
        _ => {}
    }
    loop {
        thread::park();
    }
}

fn failed(error: Value) -> anyhow::Error {
    anyhow!("{error}")
}

/// What came over a channel, as far as it is looked at.
fn heard(channel: u32, event: &str) {
    let last = |kind| words(kind, event).into_iter().max().unwrap_or(0);
    let kind: Value = serde_json::from_str(event).unwrap_or_default();
    match kind["type"].as_str() {
        Some("chunk") => tell(Seen::Shown {
            channel,
            text: last('w'),
            reasoning: last('r'),
        }),
        Some("finished") => tell(Seen::Ended {
            channel,
            state: kind["state"].as_str().unwrap_or_default().to_owned(),
        }),
        Some("failed") => tell(Seen::Ended {
            channel,
            state: "failed".to_owned(),
        }),
        _ => {}
    }
}

/// All that the home holds.
fn found(page: &Page) -> Result<Found, Value> {
    let mut conversations = Vec::new();
    let mut after = Value::Null;
    loop {
        let params = json!({ "of": "listed", "after": after, "limit": 50 });
        let part = page.call("plugin:history|list", params)?;
        for one in list(&part["conversations"]) {
            conversations.push(whole(page, &one["id"])?);
            after = json!({
                "pinned": one["pinned"],
                "updatedAt": one["updatedAt"],
                "id": one["id"],
            });
        }
        if part["more"] != true {
            break;
        }
    }
    let hello = page.call("plugin:desktop|hello", Value::Null)?;
    Ok(Found {
        conversations,
        settings: page.call("plugin:settings|get", Value::Null)?,
        notices: list(&hello["notices"]),
    })
}

/// The values of a list.
fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// A conversation with all of its messages.
fn whole(page: &Page, id: &Value) -> Result<Value, Value> {
    let mut conversation = page.call("plugin:history|open", json!({ "id": id }))?;
    let mut earlier = conversation["earlier"] == true;
    while earlier {
        let first = conversation["messages"][0]["id"].clone();
        let before = page.call("plugin:history|earlier", json!({ "message": first }))?;
        let mut messages = list(&before["messages"]);
        messages.extend(list(&conversation["messages"]));
        conversation["messages"] = Value::Array(messages);
        earlier = before["earlier"] == true;
    }
    Ok(conversation)
}

/// The id of the scripted provider, which is added to a home that does not know it.
fn provider(page: &Page, server: &str) -> Result<String, Value> {
    let url = format!("{server}/v1");
    let all = page.call("plugin:providers|list", Value::Null)?;
    let mut all = list(&all["providers"]).into_iter();
    let known = all.find(|one| one["baseUrl"] == url.as_str());
    let provider = match known {
        Some(provider) => provider,
        None => page.add_provider(&url)?,
    };
    Ok(provider["id"].as_str().unwrap_or_default().to_owned())
}

/// Someone who uses the app, beside others.
struct Person {
    page: Page,
    provider: String,
    server: String,
    name: String,
    random: Rng,
}

/// The next channel, and so the next question of this run.
static NEXT: AtomicU32 = AtomicU32::new(1);

impl Person {
    /// Does it beside all others; an error is told.
    fn goes_on(mut self, what: fn(&mut Self) -> Result<(), Value>) {
        thread::spawn(move || {
            if let Err(error) = what(&mut self) {
                tell(Seen::Failed { error });
            }
        });
    }

    /// Asks, in a new conversation or the one before, for ever.
    fn ask_on(&mut self) -> Result<(), Value> {
        let mut conversation = Value::Null;
        loop {
            match self.ask(&conversation, &[]) {
                Ok(sent) => conversation = sent["conversation"].clone(),
                // The answer before is still written, or the conversation was removed.
                Err(error) if error["code"] == "busy" || error["code"] == "not_found" => {}
                Err(error) => return Err(error),
            }
            if self.random.bool() {
                conversation = Value::Null;
            }
            thread::sleep(THOUGHT);
        }
    }

    /// Begins conversations with pictures that others hold too, and removes any, for
    /// ever.
    fn remove_on(&mut self) -> Result<(), Value> {
        loop {
            let picture = self.attach()?;
            self.ask(&Value::Null, &[picture])?;
            thread::sleep(CLICK);
            let params = json!({ "of": "listed", "after": null, "limit": 20 });
            let newest = self.page.call("plugin:history|list", params)?;
            let Some(one) = self.random.choice(list(&newest["conversations"])) else {
                continue;
            };
            let conversation = one["id"].as_str().unwrap_or_default().to_owned();
            tell(Seen::Removing {
                conversation: conversation.clone(),
            });
            let params = json!({ "ids": [conversation] });
            self.page.call("plugin:history|remove", params.clone())?;
            self.page.call("plugin:history|erase", params)?;
            tell(Seen::Removed { conversation });
            thread::sleep(CLICK);
        }
    }

    /// Changes settings, for ever.
    fn set_on(&mut self) -> Result<(), Value> {
        let mut settings = self.page.call("plugin:settings|get", Value::Null)?;
        for n in 0.. {
            settings["model"] = json!(format!("model {}-{n}", self.name));
            tell(Seen::Setting {
                settings: settings.clone(),
            });
            let params = json!({ "settings": settings });
            settings = self.page.call("plugin:settings|set", params)?;
            tell(Seen::Set {
                settings: settings.clone(),
            });
            thread::sleep(CLICK);
        }
        Ok(())
    }

    fn ask(&self, conversation: &Value, attachments: &[Value]) -> Result<Value, Value> {
        let channel = NEXT.fetch_add(1, Ordering::Relaxed);
        let question = format!("question {}-{channel}", self.name);
        tell(Seen::Asking {
            question: question.clone(),
        });
        let params = json!({
            "conversation": conversation, "text": question, "attachments": attachments,
            "provider": self.provider, "model": "scripted", "params": {},
        });
        let sent = self.page.stream("plugin:chat|send", params, channel)?;
        tell(Seen::Asked {
            sent: sent.clone(),
            channel,
        });
        Ok(sent)
    }

    /// Attaches one of a few pictures; its id.
    fn attach(&mut self) -> Result<Value, Value> {
        let name = self.random.u8(0..PICTURES);
        let url = json!({ "url": format!("{}/{name}.png", self.server) });
        self.page.call("plugin:images|add_link", url)?;
        let all = self.page.call("plugin:images|list", Value::Null)?;
        let last = list(&all["attachments"]).pop().unwrap_or_default();
        let id = last["id"].clone();
        self.page
            .call("plugin:images|fetch", json!({ "id": id.clone() }))?;
        Ok(id)
    }
}
