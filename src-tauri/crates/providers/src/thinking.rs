//! Thinking and its effort: what of a request body asks for it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What each mode of thinking adds to a request body. A mode that is left out
/// is not known, so it is not offered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thinking {
    /// Always think: `{"thinking": {"type": "enabled"}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Map<String, Value>>,
    /// Never think.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<Map<String, Value>>,
    /// As the model sees fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<Map<String, Value>>,
}

impl Thinking {
    /// What a mode adds.
    pub fn mode(&self, mode: protocol::Thinking) -> Option<&Map<String, Value>> {
        match mode {
            protocol::Thinking::On => self.on.as_ref(),
            protocol::Thinking::Off => self.off.as_ref(),
            protocol::Thinking::Auto => self.auto.as_ref(),
        }
    }

    /// The modes that are known.
    pub fn modes(&self) -> Vec<protocol::Thinking> {
        use protocol::Thinking::{Auto, Off, On};
        [On, Off, Auto]
            .into_iter()
            .filter(|mode| self.mode(*mode).is_some())
            .collect()
    }
}

/// Where the effort of thinking goes. Vocabularies differ and grow, so its
/// values are suggestions: others can be typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effort {
    /// Values that are known, the least first; empty when only the field is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Name of the field; dots lead into objects: `reasoning.effort`.
    #[serde(default = "effort_field")]
    pub field: String,
}

impl Effort {
    /// `{"reasoning_effort": value}`, or nested as the field says.
    pub fn body(&self, value: &str) -> Map<String, Value> {
        let mut names = self.field.rsplit('.');
        let last = names.next().unwrap_or_default().to_owned();
        let mut body = Map::from_iter([(last, Value::from(value))]);
        for name in names {
            body = Map::from_iter([(name.to_owned(), Value::Object(body))]);
        }
        body
    }
}

/// OpenAI's name for it, which most providers took over.
fn effort_field() -> String {
    "reasoning_effort".to_owned()
}

/// Puts the fields of `more` into `body`, object into object; where both hold
/// a value, that of `more` counts.
pub fn merge(body: &mut Map<String, Value>, more: Map<String, Value>) {
    for (name, value) in more {
        match (body.get_mut(&name), value) {
            (Some(Value::Object(into)), Value::Object(from)) => merge(into, from),
            (_, value) => {
                body.insert(name, value);
            }
        }
    }
}
