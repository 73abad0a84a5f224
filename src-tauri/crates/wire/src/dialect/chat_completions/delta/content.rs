//! What is said in a payload: text, thoughts and pictures, in any of their shapes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::lenient::pass_over;

/// `content`: a string, null, a number (a token that a gateway took for one), or an
/// array of parts (Mistral, Gemini), where a part may be thinking or a picture and
/// hold parts itself. JSON that is no part is shown as it is: gateways that were asked
/// for JSON give it unwrapped.
#[derive(Debug, Default)]
pub(crate) enum Content<'a> {
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    /// A word that a gateway took for a truth value.
    Flag(bool),
    Many(Vec<Content<'a>>),
    Thinking(Box<Content<'a>>),
    /// A data URL, base64 alone, or an address.
    Picture(String),
}

/// Types of parts that are thoughts.
const THOUGHTS: &[&str] = &[
    "thinking",
    "reasoning",
    "reasoning_content",
    "reasoning_text",
    "reasoning_summary",
    "summary_text",
    "thought",
];
/// Fields of a part that hold thoughts, the most telling first.
const THINKING: &[&str] = &["thinking", "reasoning", "reasoning_content", "summary"];
/// Fields of a part that hold text: a string, or an object that holds it as its
/// `value`.
const TEXT: &[&str] = &[
    "text",
    "value",
    "content",
    "refusal",
    "output_text",
    "parts",
];
/// Fields of a part that hold a picture: OpenAI's, Gemini's, those of the Images API.
const PICTURE: &[&str] = &[
    "image_url",
    "imageUrl",
    "inline_data",
    "inlineData",
    "b64_json",
    "image",
    "source",
];

impl Content<'_> {
    /// True where it says anything, be it empty.
    pub fn says(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// Its text, and whether it is a thought.
    pub fn each_text(&self, on: &mut impl FnMut(bool, &str)) {
        self.walk(false, on);
    }

    fn walk(&self, thinking: bool, on: &mut impl FnMut(bool, &str)) {
        match self {
            Self::Nothing | Self::Picture(_) => {}
            Self::Text(text) => on(thinking, text),
            Self::Flag(flag) => on(thinking, if *flag { "true" } else { "false" }),
            Self::Many(parts) => parts.iter().for_each(|part| part.walk(thinking, on)),
            Self::Thinking(part) => part.walk(true, on),
        }
    }

    /// Its pictures.
    pub fn each_picture(&self, on: &mut impl FnMut(&str)) {
        match self {
            Self::Nothing | Self::Text(_) | Self::Flag(_) | Self::Thinking(_) => {}
            Self::Picture(url) => on(url),
            Self::Many(parts) => parts.iter().for_each(|part| part.each_picture(on)),
        }
    }
}

impl Content<'static> {
    /// What a value says.
    fn of(value: Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(flag) => Self::Flag(flag),
            Value::Number(number) => Self::Text(number.to_string().into()),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(items) => {
                let json = !items.is_empty() && !items.iter().any(is_part);
                if json {
                    return Self::Text(Value::Array(items).to_string().into());
                }
                // Numbers among parts are no words.
                let parts = items.into_iter().filter(is_part);
                Self::Many(parts.map(Self::of).collect())
            }
            Value::Object(object) if object.is_empty() => Self::Nothing,
            Value::Object(object) if !is_known(&object) => {
                Self::Text(Value::Object(object).to_string().into())
            }
            Value::Object(object) => Self::part(object),
        }
    }

    /// What a part says, from one field: the first that says anything.
    fn part(mut part: Map<String, Value>) -> Self {
        let picture = PICTURE.iter().find_map(|name| url_in(part.get_mut(*name)?));
        if let Some(url) = picture {
            return Self::Picture(url);
        }
        let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
        let thinks = THOUGHTS.contains(&kind) || part.get("thought") == Some(&Value::Bool(true));
        let mut first = |names: &[&str]| {
            let said = names.iter().filter_map(|name| part.remove(*name));
            said.map(Self::of).find(Content::says)
        };
        if let Some(thought) = first(THINKING) {
            return Self::Thinking(Box::new(thought));
        }
        match first(TEXT) {
            Some(said) if thinks => Self::Thinking(Box::new(said)),
            Some(said) => said,
            None => Self::Nothing,
        }
    }
}

/// The data URL, the base64 or the address of a picture's field, taken out of it.
fn url_in(value: &mut Value) -> Option<String> {
    match value {
        Value::String(url) if !url.is_empty() => Some(std::mem::take(url)),
        Value::Object(object) => ["url", "data", "b64_json", "base64"]
            .iter()
            .find_map(|name| url_in(object.get_mut(*name)?)),
        _ => None,
    }
}

/// True for text, and for an object that is a part of a message.
fn is_part(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Null => true,
        Value::Object(object) => is_known(object),
        _ => false,
    }
}

/// True for an object with a field of a part.
fn is_known(object: &Map<String, Value>) -> bool {
    let named = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    object.get("type").is_some_and(Value::is_string)
        || named(TEXT)
        || named(THINKING)
        || named(PICTURE)
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
            fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(Content::of(flag.into()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Content::of(number.into()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Content::of(number.into()))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Content::of(number.into()))
            }
            pass_over!(unit);
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                Value::deserialize(SeqAccessDeserializer::new(seq)).map(Content::of)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Value::deserialize(MapAccessDeserializer::new(map)).map(Content::of)
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &str) -> (String, String, Vec<String>) {
        let content: Content<'_> = serde_json::from_str(json).unwrap();
        let (mut text, mut thoughts, mut pictures) = <(String, String, Vec<String>)>::default();
        content.each_text(&mut |thinking, more| {
            if thinking { &mut thoughts } else { &mut text }.push_str(more);
        });
        content.each_picture(&mut |url| pictures.push(url.to_owned()));
        (text, thoughts, pictures)
    }

    #[test]
    fn what_is_no_string_is_said_as_well() {
        for (json, text) in [
            ("1", "1"),
            ("-2", "-2"),
            ("1.0", "1.0"),
            ("2.5", "2.5"),
            ("true", "true"),
            ("null", ""),
            ("{}", ""),
            ("[]", ""),
            (r#"{"a":[1,{"b":null}]}"#, r#"{"a":[1,{"b":null}]}"#),
            ("[1,2]", "[1,2]"),
            (r#"[{"label":"cat"}]"#, r#"[{"label":"cat"}]"#),
            (r#"["a",{"type":"text","text":{"value":"b"}},1]"#, "ab"),
            (r#"{"parts":[{"text":"a"}]}"#, "a"),
        ] {
            assert_eq!(said(json), (text.into(), String::new(), vec![]), "{json}");
        }
    }

    #[test]
    fn thoughts_are_told_apart() {
        for json in [
            r#"[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}]"#,
            r#"[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]"#,
            r#"[{"type":"thinking","thinking":"hm"}]"#,
            r#"[{"type":"reasoning_text","text":"hm"}]"#,
            r#"[{"text":"hm","thought":true}]"#,
            r#"[{"type":"reasoning","reasoning":"hm"}]"#,
            r#"[{"type":"reasoning","content":[{"type":"reasoning_text","text":"hm"}]}]"#,
        ] {
            assert_eq!(said(json), (String::new(), "hm".into(), vec![]), "{json}");
        }
    }

    #[test]
    fn pictures_are_found_in_every_shape() {
        for json in [
            r#"[{"type":"image_url","image_url":{"url":"data:a"}}]"#,
            r#"[{"type":"image_url","image_url":"data:a"}]"#,
            r#"[{"inline_data":{"mime_type":"image/png","data":"data:a"}}]"#,
            r#"[{"inlineData":{"mimeType":"image/png","data":"data:a"}}]"#,
            r#"[{"b64_json":"data:a"}]"#,
            r#"[{"type":"image","source":{"type":"base64","data":"data:a"}}]"#,
            r#"{"type":"image","image":"data:a"}"#,
        ] {
            let wanted = (String::new(), String::new(), vec!["data:a".to_owned()]);
            assert_eq!(said(json), wanted, "{json}");
        }
    }
}
