//! What a home must hold: written from what was seen, held against what is found.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::seen::{Found, Line, Micros, Seen, words};

/// What was shown longer than this before a kill is kept.
const LATE: Micros = 250_000;

/// Of one home, through all of its kills.
#[derive(Debug, Default)]
pub struct Ledger {
    /// By conversation, its messages in order of mention.
    conversations: HashMap<String, Conversation>,
    removing: HashSet<String>,
    removed: HashSet<String>,
    /// Questions that were sent, and not said to be kept: each may be there.
    asking: HashSet<String>,
    /// The last settings that were said to be kept, and then those that may be.
    settings: Vec<Value>,
    /// The answer that comes over each channel of the run that was killed.
    channels: HashMap<u32, String>,
    killed: Micros,
    /// What was being done when it was killed.
    pub busy: Busy,
}

#[derive(Debug, Default)]
struct Conversation {
    title: Option<String>,
    messages: Vec<(String, Wanted)>,
}

/// What a message must be.
#[derive(Debug)]
enum Wanted {
    /// With these fields.
    Fields(Value),
    /// An answer that was written in the run that was killed.
    Answer {
        shown: Vec<Shown>,
        ended: Option<String>,
    },
}

/// How many words were on the screen.
#[derive(Debug, Clone, Copy)]
struct Shown {
    at: Micros,
    text: u32,
    reasoning: u32,
}

/// What was being done when a run was killed.
#[derive(Debug, Default, Clone, Copy)]
pub struct Busy {
    pub answers: usize,
    pub removing: bool,
    pub setting: bool,
}

/// What came of a kill.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What is not as it must be.
    pub wrong: Vec<String>,
    /// Longest time that something was on the screen before the kill and is not kept.
    pub gap: Micros,
    /// Messages that were looked at.
    pub messages: usize,
}

impl Ledger {
    /// A home of which these messages are known: the fields of each, and its title.
    pub fn of(found: &Found) -> Self {
        let mut ledger = Self {
            settings: vec![found.settings.clone()],
            ..Self::default()
        };
        for conversation in &found.conversations {
            let messages = messages(conversation);
            let wanted = messages.map(|message| (id(message), Wanted::Fields(message.clone())));
            let conversation_now = Conversation {
                title: conversation["title"].as_str().map(str::to_owned),
                messages: wanted.collect(),
            };
            ledger
                .conversations
                .insert(id(conversation), conversation_now);
        }
        ledger
    }

    /// How many conversations there are.
    pub fn len(&self) -> usize {
        self.conversations.len()
    }

    /// Hashes of the pictures that must be kept.
    pub fn pictures(&self) -> HashSet<String> {
        let here = self.conversations.iter();
        let here = here.filter(|(id, _)| !self.removing.contains(*id));
        let messages = here.flat_map(|(_, conversation)| &conversation.messages);
        let pictures = messages.flat_map(|(_, wanted)| match wanted {
            Wanted::Fields(message) => message["pictures"].as_array().cloned().unwrap_or_default(),
            Wanted::Answer { .. } => Vec::new(),
        });
        let hashes =
            pictures.flat_map(|picture| [picture["hash"].clone(), picture["master"].clone()]);
        let hashes = hashes.filter_map(|hash| hash.as_str().map(str::to_owned));
        hashes.filter(|hash| !hash.is_empty()).collect()
    }

    /// Notes what was seen in a run, and when that was killed. A run that saw nothing
    /// changes nothing.
    pub fn note(&mut self, lines: Vec<Line>, killed: Micros) {
        if lines.is_empty() {
            return;
        }
        self.killed = killed;
        self.channels.clear();
        // An answer may begin on the screen before its question is said to be kept.
        let is_sent = |line: &Line| matches!(line.seen, Seen::Asking { .. } | Seen::Asked { .. });
        let (sent, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(is_sent);
        for Line { at, seen } in sent.into_iter().chain(others) {
            self.saw(at, seen);
        }
        let open = |wanted: &Wanted| matches!(wanted, Wanted::Answer { ended: None, .. });
        let all = self.conversations.values().flat_map(|one| &one.messages);
        self.busy = Busy {
            answers: all.filter(|(_, wanted)| open(wanted)).count(),
            removing: !self.removing.is_empty(),
            setting: self.settings.len() > 1,
        };
    }

    fn saw(&mut self, at: Micros, seen: Seen) {
        match seen {
            Seen::Found(_) | Seen::Failed { .. } => {}
            Seen::Asking { question } => {
                self.asking.insert(question);
            }
            Seen::Asked { sent, channel } => self.asked(&sent, channel),
            Seen::Shown {
                channel,
                text,
                reasoning,
            } => {
                if let Some(Wanted::Answer { shown, .. }) = self.answer(channel) {
                    let last = shown.last().copied();
                    shown.push(Shown {
                        at,
                        text: text.max(last.map_or(0, |last| last.text)),
                        reasoning: reasoning.max(last.map_or(0, |last| last.reasoning)),
                    });
                }
            }
            Seen::Ended { channel, state } => {
                if let Some(Wanted::Answer { ended, .. }) = self.answer(channel) {
                    *ended = Some(state);
                }
            }
            Seen::Removing { conversation } => {
                self.removing.insert(conversation);
            }
            Seen::Removed { conversation } => {
                self.removing.remove(&conversation);
                self.conversations.remove(&conversation);
                self.removed.insert(conversation);
            }
            Seen::Setting { settings } => self.settings.push(settings),
            Seen::Set { settings } => self.settings = vec![settings],
        }
    }

    fn asked(&mut self, sent: &Value, channel: u32) {
        let (user, answer) = (&sent["user"], &sent["answers"][0]);
        self.asking
            .remove(user["text"].as_str().unwrap_or_default());
        self.channels.insert(channel, id(answer));
        let conversation = text_of(sent, "conversation");
        let conversation = self.conversations.entry(conversation).or_default();
        let begun = Wanted::Answer {
            shown: Vec::new(),
            ended: None,
        };
        conversation
            .messages
            .push((id(user), Wanted::Fields(user.clone())));
        conversation.messages.push((id(answer), begun));
    }

    fn answer(&mut self, channel: u32) -> Option<&mut Wanted> {
        let id = self.channels.get(&channel)?;
        let all = self.conversations.values_mut();
        let mut all = all.flat_map(|conversation| &mut conversation.messages);
        all.find(|(own, _)| own == id).map(|(_, wanted)| wanted)
    }

    /// Holds what is found after a kill against what was seen before it. From then on
    /// what is found must stay.
    pub fn check(&mut self, found: &Found) -> Verdict {
        let mut verdict = Verdict::default();
        self.check_settings(found, &mut verdict);
        self.check_twice(found, &mut verdict);
        let there: HashMap<String, &Value> = found
            .conversations
            .iter()
            .map(|one| (id(one), one))
            .collect();
        for (id, wanted) in &self.conversations {
            match there.get(id) {
                Some(now) => self.check_conversation(wanted, now, &mut verdict),
                None if self.removing.contains(id) => {}
                None => verdict.wrong.push(format!("conversation {id} is gone")),
            }
        }
        for (id, now) in there {
            let began = messages(now)
                .next()
                .and_then(|first| first["text"].as_str());
            if self.removed.remove(&id) {
                verdict
                    .wrong
                    .push(format!("conversation {id} was removed and is there"));
            } else if !self.conversations.contains_key(&id)
                && !began.is_some_and(|question| self.asking.contains(question))
            {
                verdict
                    .wrong
                    .push(format!("conversation {id} was begun by nobody"));
            }
        }
        let removed = std::mem::take(&mut self.removed);
        *self = Self {
            removed,
            ..Self::of(found)
        };
        verdict
    }

    fn check_settings(&self, found: &Found, verdict: &mut Verdict) {
        if !self.settings.is_empty() && !self.settings.contains(&found.settings) {
            let wanted = Value::from(self.settings.clone());
            verdict
                .wrong
                .push(format!("settings {} and none of {wanted}", found.settings));
        }
        for notice in &found.notices {
            verdict.wrong.push(format!("notice {notice}"));
        }
    }

    fn check_twice(&self, found: &Found, verdict: &mut Verdict) {
        let mut before = HashSet::new();
        for message in found.conversations.iter().flat_map(messages) {
            verdict.messages += 1;
            if !before.insert(id(message)) {
                verdict
                    .wrong
                    .push(format!("message {} is there twice", id(message)));
            }
            let text = text_of(message, "text");
            if message["role"] == "user" && !text.is_empty() && !before.insert(text.clone()) {
                verdict
                    .wrong
                    .push(format!("“{text}” was asked once and is there twice"));
            }
        }
    }

    fn check_conversation(&self, wanted: &Conversation, now: &Value, verdict: &mut Verdict) {
        if let Some(title) = &wanted.title
            && now["title"] != title.as_str()
        {
            verdict
                .wrong
                .push(format!("title {} instead of {title}", now["title"]));
        }
        let there: HashMap<String, &Value> = messages(now).map(|one| (id(one), one)).collect();
        for (id, wanted) in &wanted.messages {
            match (there.get(id), wanted) {
                (None, _) => verdict.wrong.push(format!("message {id} is gone")),
                (Some(now), Wanted::Fields(fields)) => {
                    if !holds(now, fields) {
                        verdict.wrong.push(format!("{now} instead of {fields}"));
                    }
                }
                (Some(now), Wanted::Answer { shown, ended }) => {
                    self.check_answer(now, shown, ended.as_deref(), verdict);
                }
            }
        }
    }

    fn check_answer(
        &self,
        now: &Value,
        shown: &[Shown],
        ended: Option<&str>,
        verdict: &mut Verdict,
    ) {
        let mut wrong = |what: &str| {
            verdict.wrong.push(format!("answer {}: {what}", id(now)));
        };
        let text = counted('w', &text_of(now, "text"));
        let reasoning = counted('r', &now["reasoning"].to_string());
        let (Some(text), Some(reasoning)) = (text, reasoning) else {
            return wrong("words are missing or there twice");
        };
        match ended {
            Some(state) if now["state"] != state => wrong("it does not end as it was shown to"),
            None if now["state"] == "streaming" => wrong("nobody writes it, and it streams"),
            _ => {}
        }
        let unkept = shown
            .iter()
            .find(|one| one.text > text || one.reasoning > reasoning);
        let gap = unkept.map_or(0, |one| self.killed.saturating_sub(one.at));
        if gap > LATE || (unkept.is_some() && ended.is_some()) {
            wrong(&format!(
                "what was shown {} ms before is not kept",
                gap / 1_000
            ));
        }
        verdict.gap = verdict.gap.max(gap);
    }
}

fn messages(conversation: &Value) -> impl Iterator<Item = &Value> {
    conversation["messages"].as_array().into_iter().flatten()
}

fn id(value: &Value) -> String {
    text_of(value, "id")
}

fn text_of(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// How many words there are; `None` where they are not 1, 2, 3….
fn counted(kind: char, text: &str) -> Option<u32> {
    let words = words(kind, text);
    let count = u32::try_from(words.len()).ok()?;
    (1..=count).eq(words).then_some(count)
}

/// Is all of `fields` in `value`?
fn holds(value: &Value, fields: &Value) -> bool {
    match (value, fields) {
        (Value::Object(value), Value::Object(fields)) => fields
            .iter()
            .all(|(name, field)| value.get(name).is_some_and(|own| holds(own, field))),
        (Value::Array(value), Value::Array(fields)) => {
            value.len() == fields.len()
                && value
                    .iter()
                    .zip(fields)
                    .all(|(own, field)| holds(own, field))
        }
        _ => value == fields,
    }
}
