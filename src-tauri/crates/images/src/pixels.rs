//! Pixels, whatever file they come from.

pub(crate) mod band;
pub(crate) mod ground;
pub(crate) mod nature;
pub(crate) mod planes;
pub(crate) mod profile;
pub(crate) mod resample;
pub(crate) mod shrink;
