//! Who asks.

use std::sync::Arc;

use crate::{Asked, Hearing, Prompt, Ready, asking::Asking, payload::Payload};
use accounts::{Account, Accounts};
use protocol::{ChatParams, IpcError, Language, RequestSize};
use providers::{Limits, Manifest};
use renditions::{
    Renditions, Target,
    blocking::{WORK, blocking},
};

/// Asks providers. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Ask {
    accounts: Accounts,
    renditions: Renditions,
}

impl Ask {
    /// Of these accounts, with these pictures.
    pub fn new(accounts: Accounts, renditions: Renditions) -> Self {
        Self {
            accounts,
            renditions,
        }
    }

    /// The accounts that are asked.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The pictures that go along.
    pub fn renditions(&self) -> &Renditions {
        &self.renditions
    }

    /// A model of a provider and how it is asked.
    pub fn asked(&self, manifest: &Arc<Manifest>, model: &str, params: &ChatParams) -> Asked {
        let facts = self.accounts.facts(manifest, model);
        let habits = self.accounts.habits(&manifest.id, model);
        let limits = Limits {
            images: [facts.limits.images, habits.pictures]
                .into_iter()
                .flatten()
                .min(),
            ..facts.limits
        };
        Asked {
            manifest: Arc::clone(manifest),
            model: facts.model,
            limits,
            params: params.clone(),
            habits,
        }
    }

    /// What pictures have to fit for it.
    pub fn target(&self, asked: &Asked) -> Target {
        asked.target(&self.renditions)
    }

    /// Fits the pictures of a prompt and checks that it can be asked.
    ///
    /// # Errors
    /// What keeps it from being asked at all, and of the question itself what keeps a
    /// picture from being fitted.
    pub async fn prepare(
        &self,
        account: Account,
        asked: Asked,
        prompt: &Prompt,
    ) -> Result<Ready, IpcError> {
        let target = self.target(&asked);
        let mut payload = Payload::new(asked, prompt)?;
        payload.fit(&self.renditions, &target).await?;
        payload.check(|fits| {
            let (provider, model) = self.accounts.suggest(|_, model| fits(model))?;
            Some((provider.name, model.id))
        })?;
        Ok(Ready {
            payload,
            account,
            limits: target.fit,
        })
    }

    /// How large the request would be. Nothing is made for it: a picture that is not
    /// fitted yet counts as it is.
    ///
    /// # Errors
    /// What is wrong with the parameters; [`protocol::ErrorCode::Storage`].
    pub async fn size(&self, asked: Asked, prompt: Prompt) -> Result<RequestSize, IpcError> {
        let renditions = self.renditions.clone();
        let counted = move || {
            let target = asked.target(&renditions);
            let mut payload = Payload::new(asked, &prompt)?;
            payload.fit_to_what_is_there(&renditions, &target);
            let limits = &payload.asked.limits;
            Ok(RequestSize {
                bytes: payload.size(),
                limit: limits.body_bytes,
                pictures: payload.pictures(),
                pictures_limit: limits.images,
                left_out: payload.left_out,
                videos: payload.videos(),
            })
        };
        blocking(WORK, counted).await
    }

    /// Asks. Demo answers in `language` where the question has none. To be polled within
    /// a tokio runtime.
    pub fn send(&self, ready: Ready, language: Language) -> Hearing {
        Asking::begin(&self.accounts, &self.renditions, ready, language)
    }
}
