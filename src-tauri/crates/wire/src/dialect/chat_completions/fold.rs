//! Payloads in, events out: what an answer has said so far, and what is new.

use std::ops::ControlFlow;

use protocol::{ErrorCode, Usage};
use serde::Deserialize;
use serde_json::Value;

use super::delta::{Choice, Chunk, Delta, Place, RawUsage};
use super::envelope::Envelopes;
use super::errors::{Words, error_in, plain_error, words_in, words_of};
use super::mend::mend;
use super::outcome::{goes_on, outcome};
use crate::answer::{Event, Events, Facts, Outcome};
use crate::error::Error;
use crate::sse::{EVENT_LIMIT, Frame};

/// Fields in which gateways wrap an answer: NousResearch/hermes-agent#90044,
/// smallmain/vscode-unify-chat-provider#71, DashScope, Cloudflare.
const ENVELOPES: &[&str] = &["data", "result", "response", "output", "body"];
/// Places of a broken payload that are tried for a whole one behind it, and the bytes
/// of one that is worth it.
const RESUMES: u32 = 64;
const RESUME_LIMIT: usize = 1024 * 1024;

/// The state of one answer.
#[derive(Debug)]
pub(crate) struct Fold {
    facts: Facts,
    envelopes: Envelopes,
    opened: bool,
    model: String,
    usage: Usage,
    finish_reason: Option<String>,
    bad: u32,
    done: bool,
    /// Some payload had `choices`, be it empty.
    pub answered: bool,
    delta_text: bool,
    delta_reasoned: bool,
    /// Text came as `choices[].text`.
    plain_text: bool,
    /// What whole messages said, where a stream sends those instead of deltas.
    whole_text: Said,
    whole_reasoning: Said,
}

impl Fold {
    pub fn new(facts: Facts) -> Self {
        Self {
            facts,
            envelopes: Envelopes::default(),
            opened: false,
            model: String::new(),
            usage: Usage::default(),
            finish_reason: None,
            bad: 0,
            done: false,
            answered: false,
            delta_text: false,
            delta_reasoned: false,
            plain_text: false,
            whole_text: Said::default(),
            whole_reasoning: Said::default(),
        }
    }

    /// Bytes held.
    pub fn held(&self) -> usize {
        let reason = self.finish_reason.as_ref().map_or(0, String::capacity);
        self.envelopes.held()
            + self.whole_text.0.capacity()
            + self.whole_reasoning.0.capacity()
            + self.model.capacity()
            + reason
    }

    /// True once a finish reason came: what follows cannot spoil the answer.
    pub fn finished(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// One event of the stream. Breaks at `[DONE]`.
    pub fn frame(&mut self, frame: Frame<'_>, out: &mut Events) -> Result<ControlFlow<()>, Error> {
        if frame.event == "error" {
            self.refuse(words_in(frame.data), out)?;
        }
        self.payload(frame.data, out)
    }

    /// One payload: JSON, several JSON values, `[DONE]`, or nothing.
    pub fn payload(&mut self, data: &str, out: &mut Events) -> Result<ControlFlow<()>, Error> {
        let data = data.trim();
        if let Some((place, text)) = self.envelopes.open(data) {
            match place {
                Place::Text => self.text(&text, out),
                Place::Reasoning => self.reason(&text, out),
            }
            return Ok(ControlFlow::Continue(()));
        }
        if data == "[DONE]" {
            self.done = true;
            return Ok(ControlFlow::Break(()));
        }
        if data.starts_with('<') {
            out.flush();
            return Err(words_in(data).refuse(&self.facts));
        }
        if data.starts_with('{')
            && let Ok(chunk) = Chunk::read(data)
        {
            if chunk.suspicious()
                && let Err(error) = self.check(data, &chunk, out)
            {
                self.last_words(&chunk, out);
                out.flush();
                return Err(error);
            }
            if !chunk.choices.present
                && let Some(inner) = serde_json::from_str(data).ok().and_then(unwrapped)
            {
                self.value(&inner, out)?;
            }
            let quiet = self.chunk(&chunk, out);
            self.envelopes.remember(data, &chunk, quiet);
            return Ok(ControlFlow::Continue(()));
        }
        self.envelopes.forget();
        if let Some(words) = plain_error(data) {
            self.refuse(words, out)?;
            return Ok(ControlFlow::Continue(()));
        }
        self.values(data, out)
    }

    /// The text that stands beside an error, which ends the answer.
    fn last_words(&mut self, chunk: &Chunk<'_>, out: &mut Events) {
        let choice = chunk.choices.item.0.as_ref();
        let Some(delta) = choice.and_then(|choice| choice.delta.0.as_ref()) else {
            return;
        };
        let mut said = false;
        delta.each_text(|text| said |= !text.is_empty());
        if said {
            self.chunk(chunk, out);
        }
    }

    /// Ends the answer as refused, unless the error only repeats that a limit of
    /// tokens was reached: the finish reason has said so (OpenRouter).
    fn refuse(&self, words: Words, out: &mut Events) -> Result<(), Error> {
        let error = words.refuse(&self.facts);
        let cut = self.finished() && outcome(self.finish_reason.as_deref()) == Outcome::Cut;
        if cut && error.code() == ErrorCode::TooLong {
            return Ok(());
        }
        out.flush();
        Err(error)
    }

    fn check(&self, data: &str, chunk: &Chunk<'_>, out: &mut Events) -> Result<(), Error> {
        match serde_json::from_str::<Value>(&mend(data)) {
            Ok(value) => self.check_value(&value, out),
            // Nested too deep to look into.
            Err(_) if chunk.names_error() => self.refuse(words_in(data), out),
            Err(_) => Ok(()),
        }
    }

    fn check_value(&self, value: &Value, out: &mut Events) -> Result<(), Error> {
        match error_in(value) {
            Some(words) => self.refuse(words, out),
            None => Ok(()),
        }
    }

    /// A run of JSON values, perhaps with `data:` between them (proxies that
    /// lose line ends), or an array of them (Gemini). What is broken is counted and
    /// passed over; what is whole behind it is read.
    fn values(&mut self, data: &str, out: &mut Events) -> Result<ControlFlow<()>, Error> {
        let mut whole = data;
        let mut tries = RESUMES;
        loop {
            let mended = mend(whole);
            let mut rest = &*mended;
            loop {
                rest = rest.trim_start();
                while let Some(after) = rest.strip_prefix("data:") {
                    rest = after.trim_start();
                }
                if rest.is_empty() {
                    return Ok(ControlFlow::Continue(()));
                }
                if rest.starts_with("[DONE]") {
                    self.done = true;
                    return Ok(ControlFlow::Break(()));
                }
                let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
                let Some(Ok(value)) = values.next() else {
                    break;
                };
                let read = values.byte_offset();
                self.value(&value, out)?;
                rest = rest.get(read..).unwrap_or("");
            }
            self.bad = self.bad.saturating_add(1);
            let read = mended.get(..mended.len() - rest.len()).unwrap_or_default();
            let broken = beginnings(read).count();
            let Some(next) = resumed(whole, broken, &mut tries) else {
                if whole.trim_end().ends_with("[DONE]") {
                    self.done = true;
                    return Ok(ControlFlow::Break(()));
                }
                return Ok(ControlFlow::Continue(()));
            };
            whole = next;
        }
    }

    fn value(&mut self, value: &Value, out: &mut Events) -> Result<(), Error> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item, out)),
            // JSON in a JSON string.
            Value::String(text) if text.trim_start().starts_with('{') => {
                match serde_json::from_str::<Value>(text) {
                    Ok(inner) => self.value(&inner, out)?,
                    Err(_) => self.bad = self.bad.saturating_add(1),
                }
                Ok(())
            }
            Value::Object(_) => {
                self.check_value(value, out)?;
                if value.get("choices").is_none()
                    && let Some(inner) = unwrapped(value.clone())
                {
                    self.value(&inner, out)?;
                }
                match Chunk::deserialize(value) {
                    Ok(chunk) => {
                        self.chunk(&chunk, out);
                    }
                    Err(_) => self.bad = self.bad.saturating_add(1),
                }
                Ok(())
            }
            _ => {
                self.bad = self.bad.saturating_add(1);
                Ok(())
            }
        }
    }

    /// Takes what a payload says. False when it said more than text: what it
    /// changed may have to be changed back by the next.
    fn chunk(&mut self, chunk: &Chunk<'_>, out: &mut Events) -> bool {
        let mut quiet = self.opened;
        // Keep-alives and the like have neither: the provider has not answered yet.
        if chunk.choices.present || chunk.usages().next().is_some() {
            self.open(chunk.id.get(), out);
        }
        self.answered |= chunk.choices.present;
        if let Some(model) = chunk.model.get()
            && self.opened
            && model != self.model
        {
            quiet = false;
            model.clone_into(&mut self.model);
            out.push(Event::Model(model.to_owned()));
        }
        // One answer is asked for, so the first choice is it, whatever its index.
        if let Some(choice) = &chunk.choices.item.0 {
            quiet &= choice.finish().is_none();
            self.choice(choice, out);
        }
        quiet &= chunk.usages().next().is_none();
        self.count(chunk.usages().map(RawUsage::read), out);
        quiet
    }

    fn open(&mut self, id: Option<&str>, out: &mut Events) {
        if !self.opened {
            self.opened = true;
            // Named by an error that follows, too, where nothing else names one.
            self.facts.answer_id = id.filter(|id| !id.is_empty()).map(str::to_owned);
            let request_id = (self.facts.request_id.clone()).or(self.facts.answer_id.clone());
            out.push(Event::Open { request_id });
        }
    }

    fn choice(&mut self, choice: &Choice<'_>, out: &mut Events) {
        if let Some(delta) = &choice.delta.0 {
            self.reason(&delta.reasoning(), out);
            delta.each_text(|text| self.text(text, out));
            delta.each_picture(|url| out.picture(url));
        } else if !self.delta_text {
            choice.text.each_text(&mut |_, text| {
                self.plain_text |= !text.is_empty();
                out.text(text);
            });
        }
        if let Some(message) = &choice.message.0 {
            self.whole(message, out);
        }
        if let Some(reason) = choice.finish().filter(|reason| !goes_on(reason)) {
            self.finish(reason);
        }
    }

    /// A whole message: the answer itself, or what deltas have told already.
    /// Some streams send it again and again, each time longer.
    fn whole(&mut self, message: &Delta<'_>, out: &mut Events) {
        if !self.delta_reasoned {
            let thought = message.reasoning();
            let more = self.whole_reasoning.more(&thought);
            out.reasoning(more);
        }
        if !self.delta_text && !self.plain_text {
            let mut text = String::new();
            message.each_text(|part| text.push_str(part));
            let more = self.whole_text.more(&text);
            out.text(more);
        }
        message.each_picture(|url| out.picture(url));
    }

    /// Text of a delta.
    fn text(&mut self, text: &str, out: &mut Events) {
        self.delta_text |= !text.is_empty();
        out.text(text);
    }

    /// Reasoning of a delta.
    fn reason(&mut self, thought: &str, out: &mut Events) {
        self.delta_reasoned |= !thought.is_empty();
        out.reasoning(thought);
    }

    /// A later null never erases a reason, and a plain `stop` (some gateways add
    /// their own) never hides why the answer really ended.
    fn finish(&mut self, reason: &str) {
        let known = self.finish_reason.as_deref();
        let telling = known.is_some() && outcome(known) != Outcome::Complete;
        if telling && outcome(Some(reason)) == Outcome::Complete {
            return;
        }
        self.finish_reason = Some(reason.to_owned());
    }

    /// The last count wins, but for a zero, which never replaces a real one.
    fn count(&mut self, counts: impl Iterator<Item = Usage>, out: &mut Events) {
        let mut next = None;
        for usage in counts {
            let next = next.get_or_insert_with(|| self.usage.clone());
            for (old, new) in [
                (&mut next.prompt_tokens, usage.prompt_tokens),
                (&mut next.completion_tokens, usage.completion_tokens),
                (&mut next.total_tokens, usage.total_tokens),
                (&mut next.reasoning_tokens, usage.reasoning_tokens),
            ] {
                if new.is_some_and(|n| n > 0 || old.is_none()) {
                    *old = new;
                }
            }
        }
        if let Some(next) = next.filter(|next| *next != self.usage) {
            self.usage = next.clone();
            out.push(Event::Usage(next));
        }
    }

    /// The answer ended.
    pub fn end(&mut self, out: &mut Events) {
        out.flush();
        self.open(None, out);
        out.push(Event::End {
            outcome: outcome(self.finish_reason.as_deref()),
            finish_reason: self.finish_reason.take(),
            bad: self.bad,
            done: self.done,
        });
    }
}

/// Where JSON objects begin, nested ones among them.
fn beginnings(text: &str) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(text.as_bytes(), b"{\"")
}

/// The rest of `whole` from where a payload begins behind its broken object, which is
/// the one after so many.
fn resumed<'a>(whole: &'a str, broken: usize, tries: &mut u32) -> Option<&'a str> {
    if whole.len() > RESUME_LIMIT {
        return None;
    }
    for at in beginnings(whole).skip(broken + 1) {
        *tries = tries.checked_sub(1)?;
        let rest = whole.get(at..)?;
        let mended = mend(rest);
        let mut values = serde_json::Deserializer::from_str(&mended).into_iter::<Value>();
        if let Some(Ok(value)) = values.next()
            && ["choices", "usage", "error"]
                .iter()
                .any(|name| value.get(name).is_some())
        {
            return Some(rest);
        }
    }
    None
}

/// The answer in an envelope of a gateway, such as `{"data": {"choices": …}}`.
fn unwrapped(value: Value) -> Option<Value> {
    let Value::Object(mut object) = value else {
        return None;
    };
    ENVELOPES.iter().find_map(|name| {
        let inner = match object.remove(*name)? {
            Value::String(json) => serde_json::from_str(&json).ok()?,
            inner => inner,
        };
        let answers = inner.get("choices").is_some_and(Value::is_array);
        if answers {
            Some(inner)
        } else {
            unwrapped(inner)
        }
    })
}

/// What was said so far by messages that each hold all of it, or only what is new.
#[derive(Debug, Default)]
struct Said(String);

impl Said {
    /// What `text` adds.
    fn more<'a>(&mut self, text: &'a str) -> &'a str {
        match text.strip_prefix(self.0.as_str()) {
            Some(more) => {
                self.0.push_str(more);
                more
            }
            // No later message can hold more than an event does.
            None if self.0.len() + text.len() > EVENT_LIMIT => {
                text.clone_into(&mut self.0);
                text
            }
            None => {
                self.0.push_str(text);
                text
            }
        }
    }
}

/// The words of a JSON body that is neither an answer nor an error.
pub(crate) fn words_of_body(body: &str) -> Option<String> {
    let value: Value = serde_json::from_str(body.trim()).ok()?;
    words_of(&value).message
}
