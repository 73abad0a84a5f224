//! Payloads in, events out: what an answer has said so far, and what is new.

use std::ops::ControlFlow;

use protocol::Usage;
use serde::Deserialize;
use serde_json::Value;

use super::delta::{Choice, Chunk, Delta, Place, RawUsage};
use super::envelope::Envelopes;
use super::errors::{error_in, words_in, words_of};
use super::mend::mend;
use super::outcome::outcome;
use crate::answer::{Event, Events, Facts, Outcome};
use crate::error::Error;
use crate::sse::{EVENT_LIMIT, Frame};

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
            let words = words_in(frame.data);
            out.flush();
            return Err(words.refuse(&self.facts));
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
            if chunk.suspicious() {
                self.check(data, &chunk, out)?;
            }
            let quiet = self.chunk(&chunk, out);
            self.envelopes.remember(data, &chunk, quiet);
            return Ok(ControlFlow::Continue(()));
        }
        self.envelopes.forget();
        self.values(&mend(data), out)
    }

    fn check(&self, data: &str, chunk: &Chunk<'_>, out: &mut Events) -> Result<(), Error> {
        match serde_json::from_str::<Value>(&mend(data)) {
            Ok(value) => self.check_value(&value, out),
            // Nested too deep to look into.
            Err(_) if chunk.names_error() => {
                out.flush();
                Err(words_in(data).refuse(&self.facts))
            }
            Err(_) => Ok(()),
        }
    }

    fn check_value(&self, value: &Value, out: &mut Events) -> Result<(), Error> {
        match error_in(value) {
            Some(words) => {
                out.flush();
                Err(words.refuse(&self.facts))
            }
            None => Ok(()),
        }
    }

    /// A run of JSON values, perhaps with `data:` between them (proxies that
    /// lose line ends), or an array of them (Gemini).
    fn values(&mut self, data: &str, out: &mut Events) -> Result<ControlFlow<()>, Error> {
        let mut rest = data;
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
                self.bad = self.bad.saturating_add(1);
                return Ok(ControlFlow::Continue(()));
            };
            let read = values.byte_offset();
            self.value(&value, out)?;
            rest = rest.get(read..).unwrap_or("");
        }
    }

    fn value(&mut self, value: &Value, out: &mut Events) -> Result<(), Error> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item, out)),
            Value::Object(_) => {
                self.check_value(value, out)?;
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
            quiet &= choice.finish_reason.get().is_none();
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
        } else if let (Some(text), false) = (choice.text.get(), self.delta_text) {
            self.plain_text = true;
            out.text(text);
        }
        if let Some(message) = &choice.message.0 {
            self.whole(message, out);
        }
        if let Some(reason) = choice.finish_reason.get() {
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
