//! One JSON payload of an answer, read leniently and without copying.
//!
//! Any field may be missing, null or of another type than documented; what
//! cannot be used is passed over. Only a payload that is no JSON is an error.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A payload: a `chat.completion.chunk`, a whole `chat.completion`, or less.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chunk<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    #[serde(borrow)]
    pub model: Text<'a>,
    #[serde(borrow)]
    pub object: Text<'a>,
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub choices: List<Choice<'a>>,
    pub usage: Object<RawUsage>,
    pub x_groq: Object<Groq>,
    pub error: Mark,
    pub errors: Mark,
    pub success: Mark,
    pub base_resp: Mark,
    pub code: Mark,
    pub detail: Mark,
}

impl Chunk<'_> {
    /// True when the payload may be an error and needs a closer look.
    pub fn suspicious(&self) -> bool {
        self.error.truthy
            || self.errors.truthy
            || (self.success.present && !self.success.truthy)
            || self.base_resp.present
            || self.object.is("error")
            || self.kind.is("error")
            || (self.choices.items.is_empty() && (self.code.present || self.detail.present))
    }

    /// What the payload says was used, wherever it says it.
    pub fn usage(&self) -> Option<&RawUsage> {
        (self.usage.0.as_ref())
            .or_else(|| self.x_groq.0.as_ref().and_then(|g| g.usage.0.as_ref()))
            .or_else(|| self.choices.items.first().and_then(|c| c.usage.0.as_ref()))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Groq {
    pub usage: Object<RawUsage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Choice<'a> {
    #[serde(borrow)]
    pub delta: Object<Delta<'a>>,
    #[serde(borrow)]
    pub message: Object<Delta<'a>>,
    #[serde(borrow)]
    pub text: Text<'a>,
    #[serde(borrow)]
    pub finish_reason: Text<'a>,
    pub usage: Object<RawUsage>,
}

/// A `delta`, or a whole `message`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Delta<'a> {
    #[serde(borrow)]
    pub content: Content<'a>,
    #[serde(borrow)]
    pub reasoning_content: Text<'a>,
    #[serde(borrow)]
    pub reasoning: Text<'a>,
    #[serde(borrow)]
    pub reasoning_details: List<ReasoningDetail<'a>>,
    #[serde(borrow)]
    pub refusal: Text<'a>,
}

impl<'a> Delta<'a> {
    /// The reasoning of this payload, from one source: the first of
    /// `reasoning_content`, `reasoning`, `reasoning_details[].text` and the
    /// thinking parts of `content` that says something. They repeat each other.
    pub fn reasoning(&self) -> Cow<'_, str> {
        for field in [&self.reasoning_content, &self.reasoning] {
            if let Some(text) = field.get() {
                return Cow::Borrowed(text);
            }
        }
        let mut joined = String::new();
        for detail in &self.reasoning_details.items {
            joined.push_str(detail.text.get().or(detail.summary.get()).unwrap_or(""));
        }
        if joined.is_empty() {
            self.content.each(&mut |thinking, text| {
                if thinking {
                    joined.push_str(text);
                }
            });
        }
        Cow::Owned(joined)
    }

    /// The text of this payload; a refusal is shown as the answer.
    pub fn each_text(&self, mut on: impl FnMut(&str)) {
        self.content.each(&mut |thinking, text| {
            if !thinking {
                on(text);
            }
        });
        if let Some(refusal) = self.refusal.get() {
            on(refusal);
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReasoningDetail<'a> {
    #[serde(borrow)]
    pub text: Text<'a>,
    #[serde(borrow)]
    pub summary: Text<'a>,
}

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

/// Visits any JSON value; what a visitor does not care for is passed over.
macro_rules! ignore {
    ($($name:ident($kind:ty)),* $(,)?) => {
        $(fn $name<E>(self, _: $kind) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
    };
    (unit) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
    (seq) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

/// A string, borrowed where it holds no escapes; anything else is none.
#[derive(Debug, Default)]
pub(crate) struct Text<'a>(Option<Cow<'a, str>>);

impl Text<'_> {
    /// The string, where there is one that is not empty.
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    fn is(&self, text: &str) -> bool {
        self.0.as_deref() == Some(text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Text<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            ignore!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64)
            );
            ignore!(unit);
            ignore!(seq);
            ignore!(map);
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// A count of tokens: any number, or a string that holds one.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Count(pub Option<u32>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_u64<E>(self, n: u64) -> Result<Count, E> {
                Ok(Count(Some(u32::try_from(n).unwrap_or(u32::MAX))))
            }
            fn visit_i64<E>(self, n: i64) -> Result<Count, E> {
                Ok(Count(u32::try_from(n).ok()))
            }
            fn visit_f64<E>(self, n: f64) -> Result<Count, E> {
                // `as` saturates, and a NaN cannot be written in JSON.
                Ok(Count((n >= 0.0).then_some(n as u32)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Count, E> {
                Ok(Count(text.trim().parse().ok()))
            }
            ignore!(visit_bool(bool));
            ignore!(unit);
            ignore!(seq);
            ignore!(map);
        }
        deserializer.deserialize_any(Any)
    }
}

/// Whether a field is there and says something; its value is passed over.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mark {
    /// There, and not null.
    pub present: bool,
    /// Neither null, false, nor an empty string.
    pub truthy: bool,
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        fn mark<E>(truthy: bool) -> Result<Mark, E> {
            Ok(Mark {
                present: true,
                truthy,
            })
        }
        impl<'de> Visitor<'de> for Any {
            type Value = Mark;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Mark, E> {
                mark(value)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Mark, E> {
                mark(true)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Mark, E> {
                mark(true)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Mark, E> {
                mark(true)
            }
            fn visit_str<E>(self, text: &str) -> Result<Mark, E> {
                mark(!text.is_empty())
            }
            ignore!(unit);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Mark, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                mark(true)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mark, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                mark(true)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// An object; anything else is none.
#[derive(Debug)]
pub(crate) struct Object<T>(pub Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            ignore!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64),
                visit_str(&str)
            );
            ignore!(unit);
            ignore!(seq);
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|value| Object(Some(value)))
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// The objects of an array; anything else is an empty list.
#[derive(Debug)]
pub(crate) struct List<T> {
    /// The objects, in order.
    pub items: Vec<T>,
    /// The field was there and was an array.
    pub present: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            present: false,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            ignore!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64),
                visit_str(&str)
            );
            ignore!(unit);
            ignore!(map);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<Object<T>>()? {
                    items.extend(item.0);
                }
                Ok(List {
                    items,
                    present: true,
                })
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// `content`: a string, null, or an array of parts (Mistral), where a part may
/// be thinking and hold parts itself.
#[derive(Debug, Default)]
pub(crate) enum Content<'a> {
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    Many(Vec<Content<'a>>),
    Thinking(Box<Content<'a>>),
}

impl Content<'_> {
    fn each(&self, on: &mut impl FnMut(bool, &str)) {
        self.walk(false, on);
    }

    fn walk(&self, thinking: bool, on: &mut impl FnMut(bool, &str)) {
        match self {
            Self::Nothing => {}
            Self::Text(text) => on(thinking, text),
            Self::Many(parts) => parts.iter().for_each(|part| part.walk(thinking, on)),
            Self::Thinking(part) => part.walk(true, on),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawPart<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    thinking: Content<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Content<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or parts")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Content::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Content::Text(Cow::Owned(text.to_owned())))
            }
            ignore!(
                visit_bool(bool),
                visit_u64(u64),
                visit_i64(i64),
                visit_f64(f64)
            );
            ignore!(unit);
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = seq.next_element()? {
                    parts.push(part);
                }
                Ok(Content::Many(parts))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let part = RawPart::deserialize(MapAccessDeserializer::new(map))?;
                let thinking = part.kind.is("thinking") || part.kind.is("reasoning");
                Ok(match (part.thinking, part.text.0) {
                    (Content::Nothing, Some(text)) if thinking => {
                        Content::Thinking(Box::new(Content::Text(text)))
                    }
                    (Content::Nothing, Some(text)) => Content::Text(text),
                    (Content::Nothing, None) => Content::Nothing,
                    (thought, _) => Content::Thinking(Box::new(thought)),
                })
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}
