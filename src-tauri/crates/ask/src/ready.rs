//! A prompt that can be asked.

use accounts::Account;
use drawing::Limits;
use providers::Manifest;
use stores::KeyRow;

use crate::payload::Payload;

/// A prompt that can be asked.
pub struct Ready {
    pub(crate) payload: Payload,
    pub(crate) account: Account,
    /// What a picture that is fetched or made smaller has to fit.
    pub(crate) limits: Limits,
}

impl Ready {
    /// The provider that is asked.
    pub fn manifest(&self) -> &Manifest {
        &self.account.manifest
    }

    /// The model that is asked.
    pub fn model(&self) -> &str {
        &self.payload.asked.model.id
    }

    /// Does the model go on at the letter from the answer that the prompt ends with?
    pub fn is_prefilled(&self) -> bool {
        self.payload.is_prefilled()
    }

    /// The key that is tried first, if any.
    pub fn key(&self) -> Option<&KeyRow> {
        self.account.keys.first()
    }
}
