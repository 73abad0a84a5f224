//! A model, as it is chosen.

use std::str::FromStr;

/// A provider and one of its models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Id of the provider.
    pub provider: String,
    /// Id of the model, which may hold slashes.
    pub model: String,
}

impl FromStr for Chosen {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((provider, model)) if !provider.is_empty() && !model.is_empty() => Ok(Self {
                provider: provider.to_owned(),
                model: model.to_owned(),
            }),
            _ => Err("name a provider and a model, as `dragoman-cli models` lists them"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_with_its_provider() {
        let parsed: Chosen = "openrouter/openai/gpt-4o".parse().unwrap();
        assert_eq!(parsed.provider, "openrouter");
        assert_eq!(parsed.model, "openai/gpt-4o");
        for wrong in ["gpt-4o", "/gpt-4o", "openrouter/", ""] {
            assert!(wrong.parse::<Chosen>().is_err(), "{wrong}");
        }
    }
}
