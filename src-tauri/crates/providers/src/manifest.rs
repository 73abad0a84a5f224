use std::collections::BTreeMap;

use protocol::{ErrorRow, ThoughtTags};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    BaseUrl, Effort, Error, Format, Limits, ListingFormat, ModelSpec, Parameters, Thinking,
};

/// Id of the provider that answers within the app, without key and network.
pub const DEMO: &str = "demo";

/// A provider plugin: what one JSON file says of a provider.
///
/// Every field but `id`, `name` and `base_url` may be left out. Unknown fields
/// are refused, so that a misspelt one is not silently without effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Address of the schema, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Lower-case letters, digits and hyphens; at most 64, a letter or digit first.
    pub id: String,
    /// The name shown.
    pub name: String,
    /// The name in other languages, by language tag: `zh-CN`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// How it is spoken to.
    #[serde(default, skip_serializing_if = "Format::is_default")]
    pub format: Format,
    /// Where requests go, up to but without `/chat/completions`. Empty for Demo only.
    pub base_url: String,
    /// The user chose to allow `http` to a private address. Set by
    /// [`custom`], never by a file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_private: bool,
    /// How the key is sent.
    #[serde(default)]
    pub auth: Auth,
    /// Headers every request carries besides; none of them a key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Its documentation, `https`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs_url: Option<String>,
    /// Where its keys are made, `https`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys_url: Option<String>,
    /// Where a model is switched on that an account has not used yet, `https`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models_url: Option<String>,
    /// Models that are known, in the order shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelSpec>,
    /// What is known of models by pattern of their id (`*` stands for any
    /// characters). Of each field the first that says something counts: the
    /// model's own entry, then the patterns that fit, the first before the next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<ModelSpec>,
    /// Path of the model list; `None` for that of its format, `Some(None)`
    /// (`null` in a file) where there is no list. See [`Manifest::listing`].
    #[serde(
        default,
        deserialize_with = "crate::model::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub models_endpoint: Option<Option<String>>,
    /// How the model list reads.
    #[serde(default, skip_serializing_if = "ListingFormat::is_default")]
    pub models_format: ListingFormat,
    /// What a request may hold.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// Thinking that can be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Thinking>,
    /// Its effort.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<Effort>,
    /// Parameters by name: their ranges, or `null` for one that is refused.
    /// One that is left out is not known, and allowed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: Parameters,
    /// Two messages of one role in a row are refused: they are sent as one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alternating_roles: bool,
    /// The `reasoning_content` of an answer is sent back with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reasoning_content: bool,
    /// How it is told to go on from an answer that ended early; `None` where it has to be
    /// asked to in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Prefill>,
    /// Fields every request body carries besides.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra_body: Map<String, Value>,
    /// What its errors mean, where the app's own table does not know: these rows are
    /// looked at first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorRow>,
    /// Between which tags its models write their thoughts into the text, beside those
    /// that are known of any model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thought_tags: Vec<ThoughtTags>,
}

/// How a provider is told to go on from the last message, which is an answer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefill {
    /// It does so by itself.
    Last,
    /// By `"prefix": true` in it.
    Prefix,
    /// By `"partial": true` in it.
    Partial,
}

impl Prefill {
    /// The field that says so.
    pub fn field(self) -> Option<&'static str> {
        match self {
            Self::Last => None,
            Self::Prefix => Some("prefix"),
            Self::Partial => Some("partial"),
        }
    }
}

/// How a key is sent: `"bearer"`, `"none"` or `{"header": "x-api-key"}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// `Authorization: Bearer …`.
    #[default]
    Bearer,
    /// No key.
    None,
    /// The bare key in the header of this name.
    Header(String),
}

/// The manifest of an endpoint that a user added by its address. Its key
/// is a bearer key. An empty name becomes the host.
pub fn custom(id: &str, name: &str, base_url: &BaseUrl) -> Manifest {
    let host = base_url
        .origin()
        .split_once("://")
        .map_or("", |(_, host)| host);
    let name = match name.trim() {
        "" => host,
        name => name,
    };
    Manifest {
        schema: None,
        id: id.to_owned(),
        name: name.to_owned(),
        names: BTreeMap::new(),
        format: Format::default(),
        base_url: base_url.as_str().to_owned(),
        allow_private: base_url.is_local() && base_url.as_str().starts_with("http://"),
        auth: Auth::Bearer,
        headers: BTreeMap::new(),
        docs_url: None,
        keys_url: None,
        models_url: None,
        models: Vec::new(),
        patterns: Vec::new(),
        models_endpoint: None,
        models_format: ListingFormat::default(),
        limits: Limits::default(),
        thinking: None,
        effort: None,
        parameters: BTreeMap::new(),
        alternating_roles: false,
        reasoning_content: false,
        prefill: None,
        extra_body: Map::new(),
        errors: Vec::new(),
        thought_tags: Vec::new(),
    }
}

impl Manifest {
    /// The manifest as pretty JSON; [`Manifest::parse`] reads it back.
    pub fn to_json(&self) -> String {
        // Strings, numbers and maps with string keys only: this cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Where requests go; `None` for Demo, which answers within the app.
    ///
    /// # Errors
    /// [`Error::BaseUrl`] for a manifest that was not checked.
    pub fn base(&self) -> Result<Option<BaseUrl>, Error> {
        if self.base_url.is_empty() {
            return Ok(None);
        }
        BaseUrl::parse(&self.base_url, self.allow_private).map(Some)
    }

    /// Scheme, host and port of it, which a key is bound to; empty for Demo.
    pub fn origin(&self) -> String {
        let base = self.base().ok().flatten();
        base.map_or_else(String::new, |base| base.origin().to_owned())
    }

    /// True for the provider that answers within the app.
    pub fn is_demo(&self) -> bool {
        self.id == DEMO
    }

    /// True where it lies on this machine or the network around it.
    pub fn is_local(&self) -> bool {
        let base = self.base().ok().flatten();
        base.is_some_and(|base| base.is_local())
    }

    /// True where a request without a key makes no sense. A server of one's
    /// own network often takes none: there a key is sent where it is set.
    pub fn needs_key(&self) -> bool {
        self.auth != Auth::None && !self.is_local()
    }
}
