use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Effort, Limits, Parameter, Thinking};

/// What a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Text.
    Text,
    /// Pictures.
    Image,
    /// Videos.
    Video,
}

/// US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Of the request.
    pub input: f64,
    /// Of the answer.
    pub output: f64,
}

/// Parameters by name; `null` for one that is refused.
pub type Parameters = BTreeMap<String, Option<Parameter>>;

/// One model; what is left out is unknown, and unknown is allowed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// The id that is sent; in `patterns` a pattern of ids.
    pub id: String,
    /// The name shown; the id where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<Input>>,
    /// Thinks before it answers, and says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<bool>,
    /// False for one that does not chat (embeddings, speech): it is not listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<bool>,
    /// Tokens it holds at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// Tokens it answers with at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Thinking that can be asked for, instead of the provider's; `null` for none.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub thinking: Option<Option<Thinking>>,
    /// Its effort, instead of the provider's; `null` for none.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub effort: Option<Option<Effort>>,
    /// Two messages of one role in a row are refused, whatever the provider says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternating_roles: Option<bool>,
    /// The `reasoning_content` of an answer is sent back, whatever the provider says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<bool>,
    /// Limits of its own, before the provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Parameters of its own, before the provider's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: Parameters,
}

/// Tells a field that is `null` from one that is left out.
pub(crate) fn given<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from).map(Some)
}

impl ModelSpec {
    /// This, with what `under` says where this says nothing.
    pub(crate) fn over(self, under: &Self) -> Self {
        let limits = match (&self.limits, &under.limits) {
            (Some(own), Some(under)) => Some(own.over(under)),
            (own, under) => own.clone().or_else(|| under.clone()),
        };
        Self {
            id: self.id,
            name: self.name,
            inputs: self.inputs.or_else(|| under.inputs.clone()),
            reasoning: self.reasoning.or(under.reasoning),
            chat: self.chat.or(under.chat),
            context: self.context.or(under.context),
            output: self.output.or(under.output),
            price: self.price.or(under.price),
            thinking: self.thinking.or_else(|| under.thinking.clone()),
            effort: self.effort.or_else(|| under.effort.clone()),
            alternating_roles: self.alternating_roles.or(under.alternating_roles),
            reasoning_content: self.reasoning_content.or(under.reasoning_content),
            limits,
            parameters: layered(self.parameters, &under.parameters),
        }
    }

    /// Does it take this, as far as is known?
    pub fn takes(&self, input: Input) -> Option<bool> {
        self.inputs.as_ref().map(|inputs| inputs.contains(&input))
    }
}

/// Two names of one limit, of which a request may hold one.
const EXCLUSIVE: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// `own` over `under`. A layer that names one of the two limits of tokens and
/// not the other means it instead of the other.
pub(crate) fn layered(own: Parameters, under: &Parameters) -> Parameters {
    let names_limit = EXCLUSIVE
        .iter()
        .any(|name| matches!(own.get(*name), Some(Some(_))));
    let mut all = under.clone();
    if names_limit {
        all.retain(|name, _| !EXCLUSIVE.contains(&name.as_str()));
    }
    all.extend(own);
    all
}

/// Does `text` fit `pattern`, where `*` stands for any characters?
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.ends_with(last)
}
