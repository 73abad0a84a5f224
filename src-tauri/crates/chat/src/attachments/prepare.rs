//! From what was dropped to a picture that can be sent.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use images::{Limits, Master, Prepared, Thumbnail};
use protocol::{AttachmentState, Done, IpcError, Picture, Video};
use sha2::{Digest, Sha256};

use super::Attachments;
use crate::{
    blocking::{blocking, wait},
    load::{self, For, Slot},
    renditions::{Given, Target, WORK},
    videos,
};

/// Longest side of a small picture, in pixels: twice that of a tile on the page.
pub(super) const THUMBNAIL: u32 = 320;

/// How many files are known by their bytes.
const KNOWN: usize = 500;

/// Where a picture or a video comes from.
pub(super) enum Source {
    Path(PathBuf),
    Bytes(String, Vec<u8>),
    /// A data URL.
    Data(String),
}

/// What a file turned out to be.
pub(super) enum Found {
    Picture(String, Vec<u8>),
    /// The history holds it.
    Video(Video),
    /// A PDF, and how many pages it has.
    Pages(String, Vec<u8>, u32),
}

/// What came of it; the history holds its bytes once more.
pub(super) enum Made {
    /// With what was done to make its master.
    Picture(Given),
    Video(Video),
}

/// A file that was prepared before.
pub(super) struct Known {
    given: Given,
    thumbnail: Option<Thumbnail>,
}

/// Files by their SHA-256; whoever prepares one holds its lock.
pub(super) type Files = Mutex<HashMap<[u8; 32], Arc<tokio::sync::Mutex<Option<Known>>>>>;

impl Attachments {
    /// Reads it when its turn comes, and fits it.
    pub(super) async fn prepare(&self, id: &str, source: Source) {
        let slot = self.load.slot(For::Queue).await;
        if self.lock().find_any(id).is_none() {
            return;
        }
        match self.read(source).await {
            Ok(Found::Pages(name, bytes, pages)) => {
                drop(slot);
                self.prepare_pages(id, &name, bytes, pages).await;
            }
            read => self.make_listed(id, slot, read).await,
        }
    }

    /// Makes one that is listed what was read, and fits it; with the leave to do so.
    pub(super) async fn make_listed(&self, id: &str, slot: Slot, read: Result<Found, IpcError>) {
        let (version, target) = self.target();
        let made = match read {
            Ok(Found::Picture(name, bytes)) => {
                let made = self.make(id, name, Arc::new(bytes), &target).await;
                made.map(Made::Picture)
            }
            Ok(Found::Video(video)) => Ok(Made::Video(video)),
            // Its pages come one by one.
            Ok(Found::Pages(..)) => return,
            Err(error) => Err(error),
        };
        drop(slot);
        self.made(id, made);
        if version != self.target().0 {
            self.refit(id).await;
        }
    }

    /// Lists what came of it.
    fn made(&self, id: &str, made: Result<Made, IpcError>) {
        let held = made.as_ref().ok().map(|made| match made {
            Made::Picture(given) => given.picture.master.clone(),
            Made::Video(video) => video.hash.clone(),
        });
        let is_there = self.change(id, |entry| match made {
            Ok(made) => {
                entry.attachment.state = AttachmentState::Ready;
                match made {
                    Made::Picture(given) => {
                        entry.attachment.picture = Some(given.picture);
                        entry.done = given.done;
                    }
                    Made::Video(video) => entry.attachment.video = Some(video),
                }
            }
            Err(error) => {
                entry.attachment.state = AttachmentState::Failed;
                entry.attachment.error = Some(error);
            }
        });
        if let Some(hash) = held.filter(|_| !is_there) {
            // Given up meanwhile. What stays of it is swept at the next start.
            self.history.write(move |w| w.release(&hash)).unheard();
        }
    }

    async fn read(&self, source: Source) -> Result<Found, IpcError> {
        let limits = self.renditions.base().clone();
        let history = self.history.clone();
        let read = move || {
            let (name, bytes) = read_source(source, &limits)?;
            if let Some(kind) = videos::kind(&bytes) {
                let video = videos::video(&name, kind, &bytes)?;
                wait(history.put_video(video.clone(), bytes))?;
                return Ok(Found::Video(video));
            }
            Ok(match images::pages(&name, &bytes, &limits.caps())? {
                Some(pages) => Found::Pages(name, bytes, pages),
                None => Found::Picture(name, bytes),
            })
        };
        blocking(WORK, read).await
    }

    /// Makes the master of a picture and what is sent of it; of bytes that came
    /// before, both are there. Whoever calls has a slot.
    pub(super) async fn make(
        &self,
        id: &str,
        name: String,
        bytes: Arc<Vec<u8>>,
        target: &Target,
    ) -> Result<Given, IpcError> {
        let given = Arc::clone(&bytes);
        let looked = blocking(WORK, move || {
            Ok((Sha256::digest(&*given).into(), load::pixels(&given)))
        });
        let (key, pixels) = looked.await?;
        let file = self.file(key);
        let mut known = file.lock().await;
        if let Some(known) = known.as_ref()
            && self.hold(&known.given.picture.master).await?
        {
            let mut given = known.given.clone();
            given.picture.name = name;
            if let Some(thumbnail) = &known.thumbnail {
                self.show_thumbnail(id, thumbnail);
            }
            return self.rendered(given, target).await;
        }
        let memory = self.load.memory(pixels).await;
        let spare = self.load.spare();
        let (own, to, both) = (self.clone(), target.clone(), spare.is_some());
        let id = id.to_owned();
        let made = blocking(WORK, move || own.make_all(&id, &name, &bytes, &to, both)).await;
        drop((memory, spare));
        let (given, thumbnail) = made?;
        *known = Some(Known {
            given: given.clone(),
            thumbnail,
        });
        drop(known);
        self.rendered(given, target).await
    }

    /// The history holds this master once more; false when it is not kept.
    pub(super) async fn hold(&self, master: &str) -> Result<bool, IpcError> {
        let master = master.to_owned();
        Ok(self.history.write(move |w| w.hold(&master)).await?)
    }

    fn file(&self, key: [u8; 32]) -> Arc<tokio::sync::Mutex<Option<Known>>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if files.len() >= KNOWN {
            files.retain(|_, file| Arc::strong_count(file) > 1);
        }
        Arc::clone(files.entry(key).or_default())
    }

    /// The small picture, which is shown at once, the master and what is sent of it;
    /// blocking. Where the master is a copy, making the rendition of that proves it
    /// whole, and nothing is decoded twice.
    fn make_all(
        &self,
        id: &str,
        name: &str,
        bytes: &[u8],
        target: &Target,
        side_by_side: bool,
    ) -> Result<(Given, Option<Thumbnail>), IpcError> {
        let caps = self.renditions.base().caps();
        let copy = images::master_copy(name, bytes, &caps)?;
        if copy.is_some()
            && let Ok(made) = self.make_of(id, name, bytes, copy, target, side_by_side)
        {
            return Ok(made);
        }
        // What is wrong with the picture, this says.
        self.make_of(id, name, bytes, None, target, side_by_side)
    }

    /// As [`Attachments::make_all`], of a copy that becomes the master, or of the file.
    fn make_of(
        &self,
        id: &str,
        name: &str,
        bytes: &[u8],
        copy: Option<Master>,
        target: &Target,
        side_by_side: bool,
    ) -> Result<(Given, Option<Thumbnail>), IpcError> {
        let whole = copy.as_ref().map_or(bytes, |copy| &copy.bytes);
        let fit = || Ok(images::prepare(name, whole, &target.fit)?);
        let keep = || match &copy {
            Some(copy) => self.keep_master(copy),
            None => self.keep_master(&images::master(
                name,
                bytes,
                &self.renditions.base().caps(),
            )?),
        };
        let (thumbnail, prepared, master) = if side_by_side {
            std::thread::scope(|scope| {
                let prepared = scope.spawn(fit);
                let (thumbnail, master) = (self.show(id, name, bytes), keep());
                // It never panics: the crate catches its decoders' panics.
                let prepared = prepared.join().unwrap_or_else(|_| fit());
                (thumbnail, prepared, master)
            })
        } else {
            let thumbnail = self.show(id, name, bytes);
            let prepared: Prepared = fit()?;
            (thumbnail, Ok(prepared), keep())
        };
        let (master, done) = master?;
        let made = prepared.and_then(|prepared: Prepared| {
            let given = Given {
                picture: Picture {
                    master: master.clone(),
                    original_bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
                    ..prepared.picture.clone()
                },
                done,
            };
            self.renditions.seed(&given, target, prepared)?;
            Ok((given, thumbnail))
        });
        self.released_unless(&master, made)
    }

    fn show(&self, id: &str, name: &str, bytes: &[u8]) -> Option<Thumbnail> {
        let caps = self.renditions.base().caps();
        let thumbnail = images::thumbnail(name, bytes, THUMBNAIL, &caps).ok()?;
        self.show_thumbnail(id, &thumbnail);
        Some(thumbnail)
    }

    /// Keeps a master; the history holds it once more. Its hash, and what was done to
    /// make it.
    fn keep_master(&self, master: &Master) -> Result<(String, Vec<Done>), IpcError> {
        let kept = Picture {
            hash: master.hash.clone(),
            mime: master.mime.as_str().to_owned(),
            width: master.width,
            height: master.height,
            bytes: u32::try_from(master.bytes.len()).unwrap_or(u32::MAX),
            ..Picture::default()
        };
        let hash = kept.hash.clone();
        wait(self.history.put_picture(kept, master.bytes.clone()))?;
        Ok((hash, master.done.clone()))
    }

    /// The history holds its master: no longer, where it fails.
    async fn rendered(&self, given: Given, target: &Target) -> Result<Given, IpcError> {
        let rendered = self.renditions.render_now(given.clone(), target).await;
        let picture = self.released_unless(&given.picture.master, rendered)?;
        Ok(Given { picture, ..given })
    }

    fn released_unless<T>(&self, master: &str, result: Result<T, IpcError>) -> Result<T, IpcError> {
        if result.is_err() {
            let master = master.to_owned();
            self.history.write(move |w| w.release(&master)).unheard();
        }
        result
    }

    pub(super) fn show_thumbnail(&self, id: &str, thumbnail: &Thumbnail) {
        let (mime, bytes) = (thumbnail.mime.as_str(), thumbnail.bytes.clone());
        self.lock().put_thumbnail(id, mime, bytes);
        self.change(id, |entry| entry.attachment.thumbnail = true);
    }
}

fn read_source(source: Source, limits: &Limits) -> Result<(String, Vec<u8>), IpcError> {
    match source {
        Source::Path(path) => read(&path, limits),
        Source::Bytes(name, bytes) => Ok((name, bytes)),
        Source::Data(url) => {
            let name = "picture".to_owned();
            let read = images::parse_data_url(&url);
            let (_, bytes) = read.ok_or(images::Error::NotAPicture { name: name.clone() })?;
            Ok((name, bytes))
        }
    }
}

/// A file that is too large to be read is refused as what it is: films are large.
fn read(path: &Path, limits: &Limits) -> Result<(String, Vec<u8>), IpcError> {
    images::read(path, limits).map_err(|error| {
        let images::Error::TooLarge { name, bytes, .. } = &error else {
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
