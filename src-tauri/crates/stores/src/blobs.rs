//! Pictures and videos, by the SHA-256 of their bytes (hex).

use protocol::{Area, Done, Picture, Video};

use crate::Reply;

/// MIME type and bytes.
pub type Bytes = (String, Vec<u8>);

/// A picture that was made of a master, or a piece of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// Its MIME type.
    pub mime: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes.
    pub bytes: u32,
    /// Which part of the master it shows, in the master's pixels.
    pub area: Area,
    /// What was done to the master.
    pub done: Vec<Done>,
}

/// Keeps pictures and videos.
pub trait Blobs: Send + Sync + 'static {
    /// A picture; `None` when it is not kept.
    fn picture(&self, hash: &str) -> Reply<Option<Bytes>>;

    /// A video; `None` when it is not kept.
    fn video(&self, hash: &str) -> Reply<Option<Bytes>>;

    /// MIME type and size in bytes of a picture; `None` when it is not kept.
    fn picture_facts(&self, hash: &str) -> Reply<Option<(String, u64)>>;

    /// Keeps a picture, which one more attachment holds.
    fn put_picture(&self, picture: Picture, bytes: Vec<u8>) -> Reply<()>;

    /// Keeps a video, which one more attachment holds.
    fn put_video(&self, video: Video, bytes: Vec<u8>) -> Reply<()>;

    /// One more attachment holds a picture that is kept; false when it is not.
    fn hold(&self, hash: &str) -> Reply<bool>;

    /// One attachment less holds each of these: the bytes go where nothing holds them.
    fn release(&self, hashes: Vec<String>) -> Reply<()>;

    /// What is kept of a master under a spec, in reading order; empty when nothing is.
    fn renditions(&self, master: &str, spec: &str) -> Reply<Vec<Rendition>>;

    /// What is kept of a master under a spec was used just now.
    fn renditions_used(&self, master: &str, spec: &str) -> Reply<()>;

    /// Keeps what was made of a master under a spec, in reading order, in the place of
    /// what was kept there.
    fn put_renditions(
        &self,
        master: &str,
        spec: &str,
        made: Vec<(Rendition, Vec<u8>)>,
    ) -> Reply<()>;
}
