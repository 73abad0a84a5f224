//! Masters: what is kept of a picture that came, once for the same bytes.

use std::sync::{Arc, PoisonError};

use drawing::{Attached, Master, Thumbnail, ToAttach};
use protocol::{Done, IpcError, Picture};
use sha2::{Digest, Sha256};

use crate::{
    blocking::{WORK, blocking, wait},
    renditions::{Given, Known, Renditions},
    slots,
    target::Target,
};

/// Longest side of a small picture, in pixels: twice that of a tile on the page.
pub const THUMBNAIL: u32 = 320;

/// How many files are known by their bytes.
const KNOWN: usize = 500;

/// Is shown the small picture as soon as there is one.
pub type Show = Arc<dyn Fn(&Thumbnail) + Send + Sync>;

impl Renditions {
    /// Makes the master of a picture and what is sent of it; of bytes that came
    /// before, both are there. The master is held once more. Whoever calls has a slot.
    ///
    /// # Errors
    /// What keeps it from being read or fitted; [`protocol::ErrorCode::Storage`].
    pub async fn master(
        &self,
        name: String,
        bytes: Arc<Vec<u8>>,
        target: &Target,
        show: Show,
    ) -> Result<Given, IpcError> {
        let (given, draw) = (Arc::clone(&bytes), self.draw.clone());
        let pixels = blocking(WORK, move || Ok(slots::pixels(&draw, &given)));
        let given = Arc::clone(&bytes);
        let key = blocking(WORK, move || Ok(Sha256::digest(&*given).into()));
        let (key, pixels) = tokio::try_join!(key, pixels)?;
        let file = self.file(key);
        let mut known = file.lock().await;
        if let Some(known) = known.as_ref()
            && self.blobs.hold(&known.given.picture.master).await?
        {
            let mut given = known.given.clone();
            given.picture.name = name;
            if let Some(thumbnail) = &known.thumbnail {
                show(thumbnail);
            }
            return self.rendered(given, target).await;
        }
        let memory = self.slots.memory(pixels).await;
        let spare = self.slots.spare();
        let (own, to, both) = (self.clone(), target.clone(), spare.is_some());
        let made = blocking(WORK, move || own.make_all(&name, &bytes, &to, both, &show)).await;
        drop((memory, spare));
        let (given, thumbnail) = made?;
        *known = Some(Known {
            given: given.clone(),
            thumbnail,
        });
        drop(known);
        self.rendered(given, target).await
    }

    fn file(&self, key: [u8; 32]) -> Arc<tokio::sync::Mutex<Option<Known>>> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if files.len() >= KNOWN {
            files.retain(|_, file| Arc::strong_count(file) > 1);
        }
        Arc::clone(files.entry(key).or_default())
    }

    /// The small picture, which is shown at once, the master and what is sent of it;
    /// blocking.
    fn make_all(
        &self,
        name: &str,
        bytes: &[u8],
        target: &Target,
        side_by_side: bool,
        show: &Show,
    ) -> Result<(Given, Option<Thumbnail>), IpcError> {
        let mut thumbnail = None;
        let wanted = ToAttach {
            side: THUMBNAIL,
            caps: &self.base.caps(),
            limits: &target.fit,
            side_by_side,
        };
        let mut small = |made| {
            show(&made);
            thumbnail = Some(made);
        };
        let Attached { master, prepared } = self.draw.attach(name, bytes, &wanted, &mut small)?;
        let (hash, done) = self.keep_master(&master)?;
        let given = Given {
            picture: Picture {
                master: hash.clone(),
                original_bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
                ..prepared.picture.clone()
            },
            done,
        };
        let seeded = self.seed(&given, target, prepared);
        self.released_unless(&hash, seeded.map(|()| (given, thumbnail)))
    }

    /// A small picture, its longest side that of `side` pixels; blocking.
    ///
    /// # Errors
    /// What keeps it from being read.
    pub fn thumbnail(&self, name: &str, bytes: &[u8], side: u32) -> Result<Thumbnail, IpcError> {
        Ok(self
            .draw
            .thumbnail(name, bytes, side, &self.base().caps())?)
    }

    /// Keeps a master; it is held once more. Its hash, and what was done to
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
        wait(self.blobs.put_picture(kept, master.bytes.clone()))?;
        Ok((hash, master.done.clone()))
    }

    /// Its master is held: no longer, where it fails.
    async fn rendered(&self, given: Given, target: &Target) -> Result<Given, IpcError> {
        let rendered = self.render_now(given.clone(), target).await;
        let picture = self.released_unless(&given.picture.master, rendered)?;
        Ok(Given { picture, ..given })
    }

    fn released_unless<T>(&self, master: &str, result: Result<T, IpcError>) -> Result<T, IpcError> {
        if result.is_err() {
            drop(self.blobs.release(vec![master.to_owned()]));
        }
        result
    }
}
