use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One parameter of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Least value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Most items of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u32>,
    /// The values there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// Sent where the user sets none; nothing is sent where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
}

impl Parameter {
    /// What is wrong with a value, worded to follow its name; `None` when it is
    /// within the range, or of a kind that the range says nothing of.
    pub fn complaint(&self, value: &Value) -> Option<String> {
        if let Some(number) = value.as_f64() {
            let low = self.min.is_some_and(|min| number < min);
            let high = self.max.is_some_and(|max| number > max);
            return (low || high).then(|| format!("is {number}; it takes {}", self.range()));
        }
        if let (Some(text), Some(values)) = (value.as_str(), &self.values) {
            return (!values.iter().any(|known| known == text))
                .then(|| format!("is {text:?}; it takes {}", values.join(", ")));
        }
        if let (Some(items), Some(most)) = (value.as_array(), self.max_items) {
            let over = items.len() > usize::try_from(most).unwrap_or(usize::MAX);
            return over.then(|| format!("holds {} items; it takes at most {most}", items.len()));
        }
        None
    }

    fn range(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "any number".to_owned(),
        }
    }

    /// The range as the page shows it.
    pub(crate) fn shown(&self) -> protocol::ParameterRange {
        protocol::ParameterRange {
            min: self.min,
            max: self.max,
            max_items: self.max_items,
            values: self.values.clone(),
        }
    }
}
