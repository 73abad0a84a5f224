//! Providers and models as the page shows them.

use crate::belief::{Belief, Facts};
use crate::{Manifest, belief};

impl Manifest {
    /// A model as the page shows it, as far as this manifest knows it.
    pub fn model(&self, id: &str) -> protocol::Model {
        self.believed_at_start(id, None, None, None)
    }

    /// A model as the page shows it, with all that is believed of it.
    pub fn believed(
        &self,
        id: &str,
        user: Option<&Facts>,
        server: Option<&Facts>,
        learned: Option<&Facts>,
    ) -> protocol::Model {
        self.shown(id, self.believe(id, user, server, learned))
    }

    /// The same without the bundled table, for a start that cannot wait for it.
    pub fn believed_at_start(
        &self,
        id: &str,
        user: Option<&Facts>,
        server: Option<&Facts>,
        learned: Option<&Facts>,
    ) -> protocol::Model {
        let manifest = self.known(id).map(|spec| Facts::from(&spec));
        let belief = belief::resolve(&belief::Sources {
            user,
            server,
            manifest: manifest.as_ref(),
            table: None,
            learned,
        });
        self.shown(id, belief)
    }

    fn shown(&self, id: &str, belief: Belief) -> protocol::Model {
        let price = belief.price.map(|(price, _)| price);
        let effort = self.effort_of(id);
        let limits = self.limits(id);
        let thinking = self.thinking_of(id);
        protocol::Model {
            id: id.to_owned(),
            name: belief.name.map_or_else(|| id.to_owned(), |(name, _)| name),
            image: belief.image.map(|(takes, _)| takes),
            video: belief.video.map(|(takes, _)| takes),
            reasoning: belief.reasoning.map(|(thinks, _)| thinks),
            image_by: belief.image.map(|(_, source)| source.into()),
            video_by: belief.video.map(|(_, source)| source.into()),
            reasoning_by: belief.reasoning.map(|(_, source)| source.into()),
            context: belief.context.map(|(tokens, _)| tokens),
            output: belief.output.map(|(tokens, _)| tokens),
            price_in: price.map(|price| price.input),
            price_out: price.map(|price| price.output),
            thinking: thinking.map(|modes| modes.modes()).unwrap_or_default(),
            takes_effort: effort.is_some(),
            efforts: effort.map(|effort| effort.values).unwrap_or_default(),
            links: limits.links,
            details: limits.detail.unwrap_or_default(),
            video_bytes: limits.video_bytes,
            ..protocol::Model::default()
        }
    }

    /// The provider as the page shows it, its models as far as this manifest
    /// knows them: the bundled table is not asked, so that a start need not
    /// wait for it.
    pub fn to_provider(&self, builtin: bool) -> protocol::Provider {
        let ranges = self.parameters.iter().filter_map(|(name, parameter)| {
            let shown = parameter.as_ref()?.shown();
            Some((name.clone(), shown))
        });
        protocol::Provider {
            id: self.id.clone(),
            name: self.name.clone(),
            name_zh: self.names.get("zh-CN").cloned(),
            base_url: self.base_url.clone(),
            origin: self.origin(),
            builtin,
            needs_key: self.needs_key(),
            docs_url: self.docs_url.clone(),
            keys_url: self.keys_url.clone(),
            models_url: self.models_url.clone(),
            local: self.is_local(),
            models: self
                .models
                .iter()
                .map(|spec| self.model(&spec.id))
                .collect(),
            parameters: ranges.collect(),
            ..protocol::Provider::default()
        }
    }
}
