//! What is said in a payload: text, thoughts and pictures, in any of their shapes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::lenient::pass_over;
use super::part::{PICTURES, TEXT, TEXTS, THINKING, THOUGHTS, VALUE};
use super::part::{is_part, is_silent, kind_of, picture_of};

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
            Value::Array(items) => Self::list(items),
            Value::Object(object) if object.is_empty() => Self::Nothing,
            // What says nothing among parts is an answer in JSON alone.
            Value::Object(part) if is_part(&part) && !is_silent(&part) => Self::part(part),
            Value::Object(object) => Self::Text(Value::Object(object).to_string().into()),
        }
    }

    /// What an array says: its parts, or itself where it holds none.
    fn list(items: Vec<Value>) -> Self {
        let is_object = |item: &Value| item.as_object().is_some_and(is_part);
        let parts = items.iter().any(is_object);
        if !parts && !items.iter().any(Value::is_string) {
            let nothing = items.iter().all(Value::is_null);
            return match items {
                _ if nothing => Self::Nothing,
                items => Self::Text(Value::Array(items).to_string().into()),
            };
        }
        let said = items.into_iter().filter_map(|item| match item {
            // Numbers among parts are no words.
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
            // Beside parts, what has a type is one of a kind that is not known.
            Value::Object(part) if parts && kind_of(&part).is_some() => Some(Self::part(part)),
            other => Some(Self::of(other)),
        });
        Self::Many(said.collect())
    }

    /// What a part says: its thought, its text and its picture, each from the first
    /// field that says anything.
    fn part(mut part: Map<String, Value>) -> Self {
        let kind = kind_of(&part).unwrap_or_default().to_owned();
        let is = |kinds: &[&str]| kinds.contains(&kind.as_str());
        if is_silent(&part) {
            return Self::Nothing;
        }
        let thinks = is(THOUGHTS) || part.get("thought") == Some(&Value::Bool(true));
        let mut said = Vec::new();
        let mut first = |names: &[&str]| {
            let said = names.iter().filter_map(|name| part.remove(*name));
            said.map(Self::told).find(Content::fills)
        };
        let thought = first(THINKING);
        // Text beside the thought of a thought repeats it.
        let text = first(TEXT).filter(|_| !(thinks && thought.is_some()));
        said.extend(thought.map(|thought| Self::Thinking(Box::new(thought))));
        said.extend(text.map(|text| match thinks {
            true => Self::Thinking(Box::new(text)),
            false => text,
        }));
        if !is(TEXTS) && !thinks {
            said.extend(picture_of(&mut part, is(PICTURES)).map(Self::Picture));
        }
        match said.len() {
            0 => Self::Nothing,
            1 => said.pop().unwrap_or_default(),
            _ => Self::Many(said),
        }
    }

    /// What a field of a part says.
    fn told(value: Value) -> Self {
        match value {
            Value::Object(mut object) => match object.remove(VALUE) {
                Some(value) => Self::of(value),
                None => Self::of(Value::Object(object)),
            },
            value => Self::of(value),
        }
    }

    /// True where it says anything that is not empty.
    fn fills(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Text(text) => !text.is_empty(),
            Self::Flag(_) | Self::Picture(_) => true,
            Self::Many(parts) => parts.iter().any(Self::fills),
            Self::Thinking(part) => part.fills(),
        }
    }
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
            (r#"[{"type":"text","text":"Hi","reasoning":""}]"#, "Hi"),
            (
                r#"[{"type":"text","text":"Hi","thinking":null,"image":""}]"#,
                "Hi",
            ),
            (r#"{"type":"text","text":"Paris","source":"web"}"#, "Paris"),
            (r#"{"text":"Paris","source":"web"}"#, "Paris"),
            (
                r#"[{"type":"output_text","text":"a","annotations":[]}]"#,
                "a",
            ),
            (
                r#"[{"type":"text","text":"a"},{"type":"tool_use","name":"b"}]"#,
                "a",
            ),
            (r#"[{"type":"text","text":"a"},{"type":"new","x":1}]"#, "a"),
            (
                r#"[{"type":"text","text":"a"},{"type":"new","text":"b"}]"#,
                "ab",
            ),
            (r#"[{"type":"tool_use","name":"b"}]"#, ""),
            (r#"["a",{"label":"cat"}]"#, r#"a{"label":"cat"}"#),
        ] {
            assert_eq!(said(json), (text.into(), String::new(), vec![]), "{json}");
        }
    }

    #[test]
    fn an_answer_in_json_is_shown_as_it_is() {
        for json in [
            r#"{"type":"invoice","total":12}"#,
            r#"{"summary":"a","title":"b"}"#,
            r#"{"summary":"a"}"#,
            r#"{"value":"42","unit":"kg"}"#,
            r#"{"text":"STOP","confidence":0.9}"#,
            r#"{"reasoning":"a","answer":"b"}"#,
            r#"{"image":"cat","source":"web"}"#,
            r#"{"type":"image","label":"cat"}"#,
            r#"{"type":"function","name":"f"}"#,
            r#"{"content":"a","tags":["b"]}"#,
            r#"[{"type":"invoice","total":12}]"#,
            r#"[{"text":"STOP","box":[1,2]}]"#,
        ] {
            let (text, thoughts, pictures) = said(json);
            // Its fields may come in another order.
            let read = |json: &str| serde_json::from_str::<Value>(json).unwrap();
            assert_eq!(read(&text), read(json));
            assert_eq!((thoughts.as_str(), pictures.len()), ("", 0), "{json}");
        }
    }

    #[test]
    fn a_part_says_all_that_it_holds() {
        for (json, wanted) in [
            (
                r#"[{"type":"text","text":"Hi","reasoning":"hm"}]"#,
                ("Hi", "hm", ""),
            ),
            (
                r#"[{"type":"text","text":"Hi","thinking":"hm"}]"#,
                ("Hi", "hm", ""),
            ),
            (
                r#"[{"type":"text","text":"Hi","summary":"hm"}]"#,
                ("Hi", "hm", ""),
            ),
            (
                r#"{"reasoning_content":"hm","content":"Hi"}"#,
                ("Hi", "hm", ""),
            ),
            (
                r#"[{"type":"image","image":"data:a","text":"Hi"}]"#,
                ("Hi", "", "data:a"),
            ),
            (
                r#"[{"text":"Hi","image":{"url":"data:a"}}]"#,
                ("Hi", "", "data:a"),
            ),
        ] {
            let (text, thought, picture) = said(json);
            let said = (text.as_str(), thought.as_str(), picture.concat());
            assert_eq!((said.0, said.1, said.2.as_str()), wanted, "{json}");
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
            r#"{"type":"image","source":"data:a"}"#,
            r#"[{"type":"image","url":"data:a"}]"#,
            r#"[{"type":"input_image","image_url":"data:a","detail":"low"}]"#,
        ] {
            let wanted = (String::new(), String::new(), vec!["data:a".to_owned()]);
            assert_eq!(said(json), wanted, "{json}");
        }
    }
}
