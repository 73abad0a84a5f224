//! One JSON payload of an answer, read leniently and without copying.
//!
//! Any field may be missing, null or of another type than documented; what
//! cannot be used is passed over. Only a payload that is no JSON is an error.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

mod content;
mod fill;
mod lenient;
mod part;
mod pictures;

pub(crate) use content::Content;
use fill::{Fill, Spot, fill_whole, read_fields};
use lenient::{Count, First, List, Mark, Object, Text, Word};
use pictures::Pictures;

/// Where the text of a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In `delta.content`.
    Text,
    /// In a field of reasoning.
    Reasoning,
}

/// A payload: a `chat.completion.chunk`, a whole `chat.completion`, or less.
#[derive(Debug, Default)]
pub(crate) struct Chunk<'a> {
    pub id: Text<'a>,
    pub model: Text<'a>,
    pub object: Text<'a>,
    pub kind: Text<'a>,
    pub choices: First<Choice<'a>>,
    pub usage: Object<Box<RawUsage>>,
    pub x_groq: Object<Box<Groq>>,
    pub error: Mark,
    pub errors: Mark,
    pub success: Mark,
    pub base_resp: Mark,
    pub code: Mark,
    pub detail: Mark,
}

read_fields!(Chunk {
    "id" => id,
    "model" => model,
    "object" => object,
    "type" => kind,
    "choices" => choices,
    "usage" => usage,
    "x_groq" => x_groq,
    "error" => error,
    "errors" => errors,
    "success" => success,
    "base_resp" => base_resp,
    "code" => code,
    "detail" => detail,
});

impl<'a> Chunk<'a> {
    /// Reads a payload.
    ///
    /// # Errors
    /// When it is no JSON object.
    pub fn read(json: &'a str) -> serde_json::Result<Self> {
        let mut chunk = Self::default();
        let mut deserializer = serde_json::Deserializer::from_str(json);
        chunk.fill(&mut deserializer)?;
        deserializer.end()?;
        Ok(chunk)
    }
}

impl Chunk<'_> {
    /// True when the payload may be an error and needs a closer look.
    pub fn suspicious(&self) -> bool {
        self.names_error()
            || (self.success.present && !self.success.truthy)
            || self.base_resp.present
            || self.object.is("error")
            || self.kind.is("error")
            || (self.choices.item.0.is_none()
                && (self.code.present || self.detail.present || self.usages().next().is_none()))
    }

    /// The text or reasoning of a payload whose first choice has nothing else to
    /// say that would matter twice. One that brings a whole message is none.
    pub fn only_text(&self) -> Option<(Place, &str)> {
        let choice = self.choices.item.0.as_ref()?;
        let delta = choice.delta.0.as_ref()?;
        if delta.refusal.get().is_some() || delta.audio.0.is_some() || delta.images.any() {
            return None;
        }
        if self.suspicious() || choice.message.0.is_some() {
            return None;
        }
        let text = match &delta.content {
            Content::Nothing => "",
            Content::Text(text) => text,
            _ => return None,
        };
        match (text, delta.reasoning()) {
            ("", Cow::Borrowed(thought)) if !thought.is_empty() => {
                Some((Place::Reasoning, thought))
            }
            (text, thought) if !text.is_empty() && thought.is_empty() => Some((Place::Text, text)),
            _ => None,
        }
    }

    /// True when a field of the payload is an error itself.
    pub fn names_error(&self) -> bool {
        let choice = self.choices.item.0.as_ref();
        self.error.truthy || self.errors.truthy || choice.is_some_and(|c| c.error.truthy)
    }

    /// What the payload says was used, wherever it says it; the surest place last.
    pub fn usages(&self) -> impl Iterator<Item = &RawUsage> {
        let choice = self.choices.item.0.as_ref();
        let places = [
            choice.and_then(|choice| choice.usage.0.as_deref()),
            self.x_groq
                .0
                .as_ref()
                .and_then(|groq| groq.usage.0.as_deref()),
            self.usage.0.as_deref(),
        ];
        places.into_iter().flatten()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Groq {
    pub usage: Object<Box<RawUsage>>,
}

#[derive(Debug, Default)]
pub(crate) struct Choice<'a> {
    pub delta: Object<Delta<'a>>,
    pub message: Object<Box<Delta<'a>>>,
    pub text: Content<'a>,
    /// A word, or an object that holds it as its type (SGLang).
    pub finish_reason: Word<'a>,
    /// The same of the first models that saw pictures at OpenAI.
    pub finish_details: Word<'a>,
    pub usage: Object<Box<RawUsage>>,
    /// What went wrong behind a gateway (OpenRouter).
    pub error: Mark,
}

impl Choice<'_> {
    /// Why the answer ended, where it did.
    pub fn finish(&self) -> Option<&str> {
        self.finish_reason.get().or(self.finish_details.get())
    }
}

read_fields!(Choice {
    "delta" => delta,
    "message" => message,
    "text" => text,
    "finish_reason" => finish_reason,
    "finish_details" => finish_details,
    "usage" => usage,
    "error" => error,
});

/// A `delta`, or a whole `message`.
#[derive(Debug, Default)]
pub(crate) struct Delta<'a> {
    pub content: Content<'a>,
    pub reasoning_content: Content<'a>,
    pub reasoning: Content<'a>,
    /// GitHub Copilot's.
    pub reasoning_text: Content<'a>,
    /// Of gateways before Anthropic and Ollama.
    pub thinking: Content<'a>,
    pub reasoning_details: List<ReasoningDetail<'a>>,
    pub refusal: Text<'a>,
    pub audio: Object<Audio<'a>>,
    /// Pictures: OpenRouter's, and of those that follow it.
    pub images: Pictures,
}

read_fields!(Delta {
    "content" => content,
    "reasoning_content" => reasoning_content,
    "reasoning" => reasoning,
    "reasoning_text" => reasoning_text,
    "thinking" => thinking,
    "reasoning_details" => reasoning_details,
    "refusal" => refusal,
    "audio" => audio,
    "images" => images,
});

/// Speech; what is said in it stands beside it.
#[derive(Debug, Default)]
pub(crate) struct Audio<'a> {
    pub transcript: Text<'a>,
}

read_fields!(Audio {
    "transcript" => transcript,
});

impl<'a> Delta<'a> {
    /// The reasoning of this payload, from one source: the first of its fields, of
    /// `reasoning_details[].text` and of the thinking parts of `content` that says
    /// something. They repeat each other.
    pub fn reasoning(&self) -> Cow<'_, str> {
        let fields = [
            &self.reasoning_content,
            &self.reasoning,
            &self.reasoning_text,
            &self.thinking,
        ];
        for field in fields {
            match field {
                // Says whether there is any, and not which.
                Content::Nothing | Content::Flag(_) => {}
                Content::Text(text) if text.is_empty() => {}
                Content::Text(text) => return Cow::Borrowed(text),
                parts => {
                    let mut joined = String::new();
                    parts.each_text(&mut |_, text| joined.push_str(text));
                    if !joined.is_empty() {
                        return Cow::Owned(joined);
                    }
                }
            }
        }
        let mut joined = String::new();
        for detail in &self.reasoning_details.items {
            let said = [&detail.text, &detail.summary, &detail.content];
            if let Some(said) = said.into_iter().find(|said| said.says()) {
                said.each_text(&mut |_, text| joined.push_str(text));
            }
        }
        if joined.is_empty() {
            self.content.each_text(&mut |thinking, text| {
                if thinking {
                    joined.push_str(text);
                }
            });
        }
        Cow::Owned(joined)
    }

    /// The pictures of this payload: data URLs, base64 or addresses.
    pub fn each_picture(&self, mut on: impl FnMut(&str)) {
        self.content.each_picture(&mut on);
        self.images.each(&mut on);
    }

    /// The text of this payload; a refusal is shown as the answer, and speech that
    /// comes without text as what is said in it.
    pub fn each_text(&self, mut on: impl FnMut(&str)) {
        let mut written = false;
        self.content.each_text(&mut |thinking, text| {
            if !thinking {
                written |= !text.is_empty();
                on(text);
            }
        });
        let audio = self.audio.0.as_ref().filter(|_| !written);
        if let Some(said) = audio.and_then(|audio| audio.transcript.get()) {
            on(said);
        }
        if let Some(refusal) = self.refusal.get() {
            on(refusal);
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct ReasoningDetail<'a> {
    pub text: Content<'a>,
    pub summary: Content<'a>,
    pub content: Content<'a>,
}

read_fields!(ReasoningDetail {
    "text" => text,
    "summary" => summary,
    "content" => content,
});

/// Usage, in the names of both of OpenAI's APIs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawUsage {
    pub prompt_tokens: Count,
    pub input_tokens: Count,
    pub completion_tokens: Count,
    pub output_tokens: Count,
    pub total_tokens: Count,
    pub reasoning_tokens: Count,
    pub completion_tokens_details: Object<UsageDetails>,
    pub output_tokens_details: Object<UsageDetails>,
}

impl RawUsage {
    /// The usage, as the page knows it. Nothing is added up.
    pub fn read(&self) -> protocol::Usage {
        let details = |d: &Object<UsageDetails>| d.0.as_ref().and_then(|d| d.reasoning_tokens.0);
        protocol::Usage {
            prompt_tokens: self.prompt_tokens.0.or(self.input_tokens.0),
            completion_tokens: self.completion_tokens.0.or(self.output_tokens.0),
            total_tokens: self.total_tokens.0,
            reasoning_tokens: details(&self.completion_tokens_details)
                .or_else(|| details(&self.output_tokens_details))
                .or(self.reasoning_tokens.0),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UsageDetails {
    pub reasoning_tokens: Count,
}

fill_whole!(Content<'a>, Pictures, RawUsage, Groq, UsageDetails);
