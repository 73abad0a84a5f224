//! What a message holds beside its text, in order.

use protocol::{Link, Picture, Video};

/// One thing that a message holds beside its text. Bytes are kept apart, by hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A picture.
    Picture(Picture),
    /// A video.
    Video(Video),
    /// A link to a picture or a video.
    Link {
        /// The link.
        link: Link,
        /// The picture that was fetched from it.
        picture: Option<Picture>,
    },
}

impl Part {
    /// The picture it shows, if it does.
    pub fn picture(&self) -> Option<&Picture> {
        match self {
            Self::Picture(picture) => Some(picture),
            Self::Video(_) => None,
            Self::Link { picture, .. } => picture.as_ref(),
        }
    }

    /// Hash of what the composer holds of it while it waits: its master, where it
    /// has one.
    pub fn held(&self) -> impl Iterator<Item = &str> {
        let master = self.picture().map(|picture| picture.master.as_str());
        let master = master.filter(|master| !master.is_empty());
        let any = master.is_none().then(|| self.hashes());
        master.into_iter().chain(any.into_iter().flatten())
    }

    /// Hashes of the bytes it holds.
    pub fn hashes(&self) -> impl Iterator<Item = &str> {
        let picture = self.picture().into_iter();
        let pictures = picture.flat_map(|picture| [&picture.hash, &picture.master]);
        let video = match self {
            Self::Video(video) => Some(&video.hash),
            _ => None,
        };
        let all = pictures.chain(video).map(String::as_str);
        all.filter(|hash| !hash.is_empty())
    }

    /// What a title can be made from: its file's name, or its host.
    pub fn name(&self) -> &str {
        match self {
            Self::Picture(picture) => &picture.name,
            Self::Video(video) => &video.name,
            Self::Link { link, .. } => &link.host,
        }
    }
}
