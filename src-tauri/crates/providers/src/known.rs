//! What a manifest knows of one model: its own entry before the patterns that
//! fit, these before the provider.

use serde_json::{Map, Value};

use crate::model::{fits, layered};
use crate::{Effort, Limits, Manifest, ModelSpec, Parameter, Parameters, Thinking, merge};

impl Manifest {
    /// What is known of a model: its own entry, and under it every pattern that
    /// fits, in their order; of each field the first that says something counts.
    /// `None` where none of them is there.
    pub fn known(&self, model: &str) -> Option<ModelSpec> {
        let own = self.models.iter().find(|spec| spec.id == model);
        let mut layers = own
            .into_iter()
            .chain(self.patterns.iter().filter(|spec| fits(&spec.id, model)))
            .peekable();
        layers.peek()?;
        let bare = ModelSpec {
            id: model.to_owned(),
            name: own.and_then(|spec| spec.name.clone()),
            ..ModelSpec::default()
        };
        Some(layers.fold(bare, ModelSpec::over))
    }

    /// What a request to this model may hold.
    pub fn limits(&self, model: &str) -> Limits {
        match self.known(model).and_then(|spec| spec.limits) {
            Some(own) => own.over(&self.limits),
            None => self.limits.clone(),
        }
    }

    /// The values of `detail` that are known; empty where unknown.
    pub fn details(&self, model: &str) -> Vec<String> {
        self.limits(model).detail.unwrap_or_default()
    }

    /// Its parameters: ranges, or `None` for one that it refuses.
    pub fn parameters(&self, model: &str) -> Parameters {
        match self.known(model) {
            Some(spec) => layered(spec.parameters, &self.parameters),
            None => self.parameters.clone(),
        }
    }

    /// The range of a parameter, where it is known.
    pub fn parameter(&self, model: &str, name: &str) -> Option<Parameter> {
        self.parameters(model).remove(name).flatten()
    }

    /// True where it is known that the model takes no such parameter.
    pub fn refuses(&self, model: &str, name: &str) -> bool {
        matches!(self.parameters(model).get(name), Some(None))
    }

    /// The name of the limit of tokens of an answer: `max_completion_tokens`
    /// where the manifest names that one only, else `max_tokens`.
    pub fn max_tokens_name(&self, model: &str) -> &'static str {
        let parameters = self.parameters(model);
        let exists = |name: &str| matches!(parameters.get(name), Some(Some(_)));
        if exists("max_completion_tokens") && !exists("max_tokens") {
            "max_completion_tokens"
        } else {
            "max_tokens"
        }
    }

    /// Thinking that can be asked for; `None` where not known.
    pub fn thinking_of(&self, model: &str) -> Option<Thinking> {
        match self.known(model).and_then(|spec| spec.thinking) {
            Some(own) => own,
            None => self.thinking.clone(),
        }
    }

    /// What of a body asks for this mode of thinking; `None` where not known.
    pub fn thinking(&self, model: &str, mode: protocol::Thinking) -> Option<Map<String, Value>> {
        self.thinking_of(model)?.mode(mode).cloned()
    }

    /// Where the effort of thinking goes; `None` where not known.
    pub fn effort_of(&self, model: &str) -> Option<Effort> {
        match self.known(model).and_then(|spec| spec.effort) {
            Some(own) => own,
            None => self.effort.clone(),
        }
    }

    /// Values of effort that are known; others can be typed.
    pub fn efforts(&self, model: &str) -> Vec<String> {
        self.effort_of(model)
            .map_or_else(Vec::new, |effort| effort.values)
    }

    /// What of a body asks for this effort; `None` where no field is known.
    pub fn effort_body(&self, model: &str, value: &str) -> Option<Map<String, Value>> {
        self.effort_of(model).map(|effort| effort.body(value))
    }

    /// What goes into the body besides messages and parameters: `extra_body`,
    /// then thinking, then effort, the later over the earlier.
    pub fn extra(
        &self,
        model: &str,
        mode: Option<protocol::Thinking>,
        effort: Option<&str>,
    ) -> Map<String, Value> {
        let mut body = self.extra_body.clone();
        let thinking = mode.and_then(|mode| self.thinking(model, mode));
        let effort = effort.and_then(|value| self.effort_body(model, value));
        for more in [thinking, effort].into_iter().flatten() {
            merge(&mut body, more);
        }
        body
    }

    /// True where messages of one role in a row are to be sent as one.
    pub fn alternates(&self, model: &str) -> bool {
        let own = self.known(model).and_then(|spec| spec.alternating_roles);
        own.unwrap_or(self.alternating_roles)
    }

    /// True where the reasoning of answers is to be sent back.
    pub fn wants_reasoning(&self, model: &str) -> bool {
        let own = self.known(model).and_then(|spec| spec.reasoning_content);
        own.unwrap_or(self.reasoning_content)
    }

    /// False for a model that is known not to chat.
    pub fn chats(&self, model: &str) -> bool {
        self.known(model).and_then(|spec| spec.chat) != Some(false)
    }

    /// Tokens that a picture of this size costs, where a formula is known.
    pub fn image_tokens(
        &self,
        model: &str,
        width: u32,
        height: u32,
        detail: Option<&str>,
    ) -> Option<u32> {
        let tokens = self.limits(model).tokens?;
        Some(tokens.of(width, height, detail))
    }
}
