//! From what was dropped or named to what it is.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use drawing::Limits;
use protocol::{IpcError, Video, VideoMetadata};

use crate::{
    blocking::{WORK, blocking, wait},
    renditions::Renditions,
    slots::A_PAGE,
    videos,
};

/// Where a picture or a video comes from.
pub enum Source {
    /// A file.
    Path(PathBuf),
    /// A name and the bytes of a file.
    Bytes(String, Vec<u8>),
    /// A data URL.
    Data(String),
}

/// What a file turned out to be.
pub enum Found {
    /// A picture: its name and the bytes of its file.
    Picture(String, Vec<u8>),
    /// A video, which is kept and held once more, and what became of its metadata.
    Video(Video, VideoMetadata),
    /// A PDF: its name, its bytes and how many pages it has.
    Pages(String, Vec<u8>, u32),
}

impl Renditions {
    /// Reads a source, and keeps it where it is a video. Whoever calls has a slot.
    ///
    /// # Errors
    /// What keeps it from being read; [`protocol::ErrorCode::Storage`].
    pub async fn read(&self, source: Source) -> Result<Found, IpcError> {
        let limits = self.base().clone();
        let (blobs, draw) = (self.blobs().clone(), self.draw().clone());
        let read = move || {
            let (name, mut bytes) = read_source(source, &limits)?;
            if let Some(kind) = videos::kind(&bytes) {
                let (video, metadata) = videos::video(&name, kind, &mut bytes)?;
                wait(blobs.put_video(video.clone(), bytes))?;
                return Ok(Found::Video(video, metadata));
            }
            Ok(match draw.pages(&name, &bytes, &limits.caps())? {
                Some(pages) => Found::Pages(name, bytes, pages),
                None => Found::Picture(name, bytes),
            })
        };
        blocking(WORK, read).await
    }

    /// A page of a PDF (from 1) as a picture. Whoever calls has a slot.
    ///
    /// # Errors
    /// What keeps it from being drawn.
    pub async fn page(
        &self,
        name: String,
        bytes: Arc<Vec<u8>>,
        number: u32,
    ) -> Result<Found, IpcError> {
        let memory = self.slots().memory(A_PAGE).await;
        let (caps, draw) = (self.base().caps(), self.draw().clone());
        let drawn = blocking(WORK, move || {
            let page = draw.page(&name, &bytes, number, &caps)?;
            Ok(Found::Picture(name, page))
        });
        let drawn = drawn.await;
        drop(memory);
        drawn
    }
}

fn read_source(source: Source, limits: &Limits) -> Result<(String, Vec<u8>), IpcError> {
    match source {
        Source::Path(path) => read(&path, limits),
        Source::Bytes(name, bytes) => Ok((name, bytes)),
        Source::Data(url) => {
            let name = "picture".to_owned();
            let read = drawing::parse_data_url(&url);
            let (_, bytes) = read.ok_or(drawing::Error::NotAPicture { name: name.clone() })?;
            Ok((name, bytes))
        }
    }
}

/// A file that is too large to be read is refused as what it is: films are large.
fn read(path: &Path, limits: &Limits) -> Result<(String, Vec<u8>), IpcError> {
    drawing::read(path, limits).map_err(|error| {
        let drawing::Error::TooLarge { name, bytes, .. } = &error else {
            return error.into();
        };
        let mut head = Vec::with_capacity(videos::HEAD);
        // It was a regular file just now.
        let opened =
            File::open(path).and_then(|file| file.take(videos::HEAD as u64).read_to_end(&mut head));
        match opened.ok().and_then(|_| videos::kind(&head)) {
            Some(_) => videos::too_large(name, *bytes, videos::MOST),
            None => error.into(),
        }
    })
}
