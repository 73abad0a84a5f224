//! Payloads in, events out: what an answer has said so far, and what is new.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use protocol::Usage;
use serde::Deserialize;
use serde_json::Value;

use crate::delta::{Choice, Chunk, Delta, RawUsage};
use crate::envelope::{Envelopes, Place};
use crate::error::words::{error_in, words_in, words_of};
use crate::headers::Facts;
use crate::mend::mend;
use crate::sse::{EVENT_LIMIT, Frame};
use crate::think::{Piece, Think};
use crate::{Error, Event, Outcome};

/// The state of one answer.
#[derive(Debug)]
pub(crate) struct Fold {
    facts: Facts,
    /// Events not yet taken. Pieces of text that follow each other are joined.
    pub out: VecDeque<Event>,
    think: Think,
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
            out: VecDeque::new(),
            think: Think::new(),
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

    /// Bytes held, for as long as nobody takes them.
    pub fn held(&self) -> usize {
        let events = self.out.iter().map(|event| match event {
            Event::Text(text) | Event::Reasoning(text) | Event::Model(text) => text.capacity(),
            _ => 0,
        });
        let reason = self.finish_reason.as_ref().map_or(0, String::capacity);
        events.sum::<usize>()
            + self.out.capacity() * size_of::<Event>()
            + self.think.held()
            + self.envelopes.held()
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
    pub fn frame(&mut self, frame: Frame<'_>) -> Result<ControlFlow<()>, Error> {
        if frame.event == "error" {
            let words = words_in(frame.data);
            self.flush();
            return Err(words.refuse(&self.facts));
        }
        self.payload(frame.data)
    }

    /// One payload: JSON, several JSON values, `[DONE]`, or nothing.
    pub fn payload(&mut self, data: &str) -> Result<ControlFlow<()>, Error> {
        let data = data.trim();
        if let Some((place, text)) = self.envelopes.open(data) {
            match place {
                Place::Text => self.text(&text),
                Place::Reasoning => self.reason(&text),
            }
            return Ok(ControlFlow::Continue(()));
        }
        if data == "[DONE]" {
            self.done = true;
            return Ok(ControlFlow::Break(()));
        }
        if data.starts_with('<') {
            self.flush();
            return Err(words_in(data).refuse(&self.facts));
        }
        if data.starts_with('{')
            && let Ok(chunk) = Chunk::read(data)
        {
            if chunk.suspicious() {
                self.check(data, &chunk)?;
            }
            let quiet = self.chunk(&chunk);
            self.envelopes.remember(data, &chunk, quiet);
            return Ok(ControlFlow::Continue(()));
        }
        self.envelopes.forget();
        self.values(&mend(data))
    }

    fn check(&mut self, data: &str, chunk: &Chunk<'_>) -> Result<(), Error> {
        match serde_json::from_str::<Value>(&mend(data)) {
            Ok(value) => self.check_value(&value),
            // Nested too deep to look into.
            Err(_) if chunk.names_error() => {
                self.flush();
                Err(words_in(data).refuse(&self.facts))
            }
            Err(_) => Ok(()),
        }
    }

    fn check_value(&mut self, value: &Value) -> Result<(), Error> {
        match error_in(value) {
            Some(words) => {
                self.flush();
                Err(words.refuse(&self.facts))
            }
            None => Ok(()),
        }
    }

    /// A run of JSON values, perhaps with `data:` between them (proxies that
    /// lose line ends), or an array of them (Gemini).
    fn values(&mut self, data: &str) -> Result<ControlFlow<()>, Error> {
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
            self.value(&value)?;
            rest = rest.get(read..).unwrap_or("");
        }
    }

    fn value(&mut self, value: &Value) -> Result<(), Error> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.value(item)),
            Value::Object(_) => {
                self.check_value(value)?;
                match Chunk::deserialize(value) {
                    Ok(chunk) => {
                        self.chunk(&chunk);
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
    fn chunk(&mut self, chunk: &Chunk<'_>) -> bool {
        let mut quiet = self.opened;
        // Keep-alives and the like have neither: the provider has not answered yet.
        if chunk.choices.present || chunk.usages().next().is_some() {
            self.open(chunk.id.get());
        }
        self.answered |= chunk.choices.present;
        if let Some(model) = chunk.model.get()
            && self.opened
            && model != self.model
        {
            quiet = false;
            model.clone_into(&mut self.model);
            self.out.push_back(Event::Model(model.to_owned()));
        }
        // One answer is asked for, so the first choice is it, whatever its index.
        if let Some(choice) = &chunk.choices.item.0 {
            quiet &= choice.finish_reason.get().is_none();
            self.choice(choice);
        }
        quiet &= chunk.usages().next().is_none();
        self.count(chunk.usages().map(RawUsage::read));
        quiet
    }

    fn open(&mut self, id: Option<&str>) {
        if !self.opened {
            self.opened = true;
            // Named by an error that follows, too, where nothing else names one.
            self.facts.answer_id = id.filter(|id| !id.is_empty()).map(str::to_owned);
            let request_id = (self.facts.request_id.clone()).or(self.facts.answer_id.clone());
            self.out.push_back(Event::Open { request_id });
        }
    }

    fn choice(&mut self, choice: &Choice<'_>) {
        if let Some(delta) = &choice.delta.0 {
            self.reason(&delta.reasoning());
            delta.each_text(|text| self.text(text));
        } else if let (Some(text), false) = (choice.text.get(), self.delta_text) {
            self.plain_text = true;
            say(&mut self.think, &mut self.out, text);
        }
        if let Some(message) = &choice.message.0 {
            self.whole(message);
        }
        if let Some(reason) = choice.finish_reason.get() {
            self.finish(reason);
        }
    }

    /// A whole message: the answer itself, or what deltas have told already.
    /// Some streams send it again and again, each time longer.
    fn whole(&mut self, message: &Delta<'_>) {
        if !self.delta_reasoned {
            let thought = message.reasoning();
            let more = self.whole_reasoning.more(&thought);
            self.show_reasoning(more);
        }
        if !self.delta_text && !self.plain_text {
            let mut text = String::new();
            message.each_text(|part| text.push_str(part));
            let more = self.whole_text.more(&text);
            say(&mut self.think, &mut self.out, more);
        }
    }

    /// Text of a delta.
    fn text(&mut self, text: &str) {
        self.delta_text |= !text.is_empty();
        say(&mut self.think, &mut self.out, text);
    }

    /// Reasoning of a delta.
    fn reason(&mut self, thought: &str) {
        self.delta_reasoned |= !thought.is_empty();
        self.show_reasoning(thought);
    }

    fn show_reasoning(&mut self, thought: &str) {
        let out = &mut self.out;
        if !thought.is_empty() && self.think.take_field(&mut |piece| put(out, piece)) {
            put(&mut self.out, Piece::Reasoning(thought));
        }
    }

    /// A later null never erases a reason, and a plain `stop` (some gateways add
    /// their own) never hides why the answer really ended.
    fn finish(&mut self, reason: &str) {
        let known = self.finish_reason.as_deref();
        let telling = known.is_some() && Outcome::of(known) != Outcome::Complete;
        if telling && Outcome::of(Some(reason)) == Outcome::Complete {
            return;
        }
        self.finish_reason = Some(reason.to_owned());
    }

    /// The last count wins, but for a zero, which never replaces a real one.
    fn count(&mut self, counts: impl Iterator<Item = Usage>) {
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
            self.out.push_back(Event::Usage(next));
        }
    }

    /// Gives out the text that was held back.
    pub fn flush(&mut self) {
        let out = &mut self.out;
        self.think.finish(&mut |piece| put(out, piece));
    }

    /// The answer ended.
    pub fn end(&mut self) {
        self.flush();
        self.open(None);
        self.out.push_back(Event::End {
            outcome: Outcome::of(self.finish_reason.as_deref()),
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

fn say(think: &mut Think, out: &mut VecDeque<Event>, text: &str) {
    think.push(text, &mut |piece| put(out, piece));
}

fn put(out: &mut VecDeque<Event>, piece: Piece<'_>) {
    match (piece, out.back_mut()) {
        (Piece::Text(more), Some(Event::Text(text)))
        | (Piece::Reasoning(more), Some(Event::Reasoning(text))) => text.push_str(more),
        (Piece::Text(text), _) => out.push_back(Event::Text(text.to_owned())),
        (Piece::Reasoning(text), _) => out.push_back(Event::Reasoning(text.to_owned())),
        (Piece::Orphan, _) => out.push_back(Event::TextWasReasoning),
    }
}

/// The words of a JSON body that is neither an answer nor an error.
pub(crate) fn words_of_body(body: &str) -> Option<String> {
    let value: Value = serde_json::from_str(body.trim()).ok()?;
    words_of(&value).message
}
