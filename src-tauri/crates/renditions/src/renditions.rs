//! What renditions stand on: where masters are kept, who decodes, and how much at
//! once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::AtomicU64},
};

use drawing::{Draw, Limits, Thumbnail};
use protocol::{Done, Picture};
use stores::Blobs;

use crate::slots::Slots;

/// Makes renditions and finds those that were made. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Renditions {
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) draw: Draw,
    pub(crate) slots: Slots,
    pub(crate) base: Limits,
    pub(crate) files: Arc<Files>,
    pub(crate) made: Arc<AtomicU64>,
}

/// A picture that has a master, and what was done to make that.
#[derive(Debug, Clone)]
pub struct Given {
    /// With its master, its own size and the person's options; the rest is of what
    /// was sent of it last.
    pub picture: Picture,
    /// What was done to it before it was the master.
    pub done: Vec<Done>,
}

impl Renditions {
    /// Of masters that are kept there, decoded by `draw`; `base` is what fits every provider.
    pub fn new(blobs: impl Blobs, draw: Draw, base: Limits) -> Self {
        Self {
            blobs: Arc::new(blobs),
            draw,
            slots: Slots::default(),
            base,
            files: Arc::default(),
            made: Arc::default(),
        }
    }

    /// Where masters and renditions are kept.
    pub fn blobs(&self) -> &Arc<dyn Blobs> {
        &self.blobs
    }

    /// Who decodes.
    pub fn draw(&self) -> &Draw {
        &self.draw
    }

    /// The bound on what is decoded at once.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// What fits every provider that is known.
    pub fn base(&self) -> &Limits {
        &self.base
    }
}

/// A file that was prepared before.
pub(crate) struct Known {
    pub given: Given,
    pub thumbnail: Option<Thumbnail>,
}

/// Files by their SHA-256; whoever prepares one holds its lock.
pub(crate) type Files = Mutex<HashMap<[u8; 32], Arc<tokio::sync::Mutex<Option<Known>>>>>;
