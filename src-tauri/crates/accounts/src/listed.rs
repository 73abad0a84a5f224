//! What providers listed, as it is kept.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use ::providers::{Price, belief};
use serde::{Deserialize, Serialize};

/// A model as its provider listed it, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_in: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_out: Option<f64>,
}

/// What a provider listed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// Where it was asked: a list from elsewhere does not count.
    pub base_url: String,
    pub models: Vec<Row>,
}

/// The lists as they were read from the history, by provider.
pub(crate) type Listings = Mutex<HashMap<String, Arc<Listed>>>;

impl From<&Row> for belief::Facts {
    fn from(row: &Row) -> Self {
        Self {
            name: row.name.clone(),
            image: row.image,
            video: row.video,
            reasoning: row.reasoning,
            context: row.context,
            output: row.output,
            price: row
                .price_in
                .zip(row.price_out)
                .map(|(input, output)| Price { input, output }),
        }
    }
}

impl From<wire::ModelRow> for Row {
    fn from(row: wire::ModelRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            image: row.image,
            video: row.video,
            reasoning: row.reasoning,
            context: row.context,
            output: row.output,
            price_in: row.price_in,
            price_out: row.price_out,
        }
    }
}
