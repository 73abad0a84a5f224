//! What can be asked of a file: one file each.

pub(crate) mod attach;
pub(crate) mod edit;
pub(crate) mod master;
pub(crate) mod measure;
pub(crate) mod outline;
pub(crate) mod pages;
pub(crate) mod prepare;
pub(crate) mod thumbnail;
pub(crate) mod tiles;
