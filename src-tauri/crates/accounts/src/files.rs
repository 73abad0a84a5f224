//! Plugin files, held in memory.

use std::sync::{Arc, MutexGuard};

use ::providers::Manifest;
use protocol::IpcError;

/// The plugin files as they were read.
#[derive(Default)]
pub(crate) struct Plugins {
    pub manifests: Vec<Arc<Manifest>>,
    pub refused: Vec<IpcError>,
}

/// The plugins, read.
pub(crate) struct Read<'a>(pub MutexGuard<'a, Option<Plugins>>);

impl std::ops::Deref for Read<'_> {
    type Target = Plugins;

    fn deref(&self) -> &Plugins {
        static NONE: Plugins = Plugins {
            manifests: Vec::new(),
            refused: Vec::new(),
        };
        self.0.as_ref().unwrap_or(&NONE)
    }
}
