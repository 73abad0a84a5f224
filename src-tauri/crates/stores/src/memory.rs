//! Keeps everything for this run, in memory.

use std::{
    collections::HashMap,
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{ErrorCode, IpcError, Picture, Video};

use crate::{
    Blobs, Bytes, KeyChange, KeyRow, KeyRows, ModelChange, ModelRows, ProviderRows, Rendition,
    Reply, Seen,
};

/// Keeps everything for this run, in memory. Cheap to clone; clones are one. Bytes stay
/// until it is dropped.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    keys: Vec<KeyRow>,
    providers: ProviderRows,
    pictures: HashMap<String, Bytes>,
    videos: HashMap<String, Bytes>,
    renditions: HashMap<(String, String), Vec<Rendition>>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reply<T: Send + 'static>(value: T) -> Reply<T> {
    Box::pin(ready(Ok(value)))
}

impl KeyRows for Memory {
    fn keys(&self, seen: Seen<Vec<KeyRow>>) -> Reply<()> {
        seen(self.lock().keys.clone());
        reply(())
    }

    fn change_keys(&self, change: KeyChange, seen: Seen<Vec<KeyRow>>) -> Reply<()> {
        let mut state = self.lock();
        if let Err(id) = change.apply(&mut state.keys) {
            let message = format!("There is no key {id} (any more).");
            let error = IpcError::new(ErrorCode::NotFound, message);
            return Box::pin(ready(Err(error)));
        }
        seen(state.keys.clone());
        reply(())
    }

    fn is_kept(&self) -> bool {
        false
    }
}

impl ModelRows for Memory {
    fn models(&self, _: Arc<ProviderRows>, seen: Seen<ProviderRows>) -> Reply<()> {
        seen(self.lock().providers.clone());
        reply(())
    }

    fn change_models(
        &self,
        change: ModelChange,
        _: Arc<ProviderRows>,
        seen: Seen<ProviderRows>,
    ) -> Reply<()> {
        let mut state = self.lock();
        if let ModelChange::RemoveProvider(id) = &change {
            state.keys.retain(|row| row.provider != *id);
        }
        state.providers.apply(&change);
        seen(state.providers.clone());
        reply(())
    }
}

impl Blobs for Memory {
    fn picture(&self, hash: &str) -> Reply<Option<Bytes>> {
        reply(self.lock().pictures.get(hash).cloned())
    }

    fn video(&self, hash: &str) -> Reply<Option<Bytes>> {
        reply(self.lock().videos.get(hash).cloned())
    }

    fn picture_facts(&self, hash: &str) -> Reply<Option<(String, u64)>> {
        let state = self.lock();
        let kept = state.pictures.get(hash);
        reply(kept.map(|(mime, bytes)| (mime.clone(), bytes.len() as u64)))
    }

    fn put_picture(&self, picture: Picture, bytes: Vec<u8>) -> Reply<()> {
        let mut state = self.lock();
        state.pictures.insert(picture.hash, (picture.mime, bytes));
        reply(())
    }

    fn put_video(&self, video: Video, bytes: Vec<u8>) -> Reply<()> {
        self.lock().videos.insert(video.hash, (video.mime, bytes));
        reply(())
    }

    fn hold(&self, hash: &str) -> Reply<bool> {
        reply(self.lock().pictures.contains_key(hash))
    }

    fn release(&self, _: Vec<String>) -> Reply<()> {
        reply(())
    }

    fn renditions(&self, master: &str, spec: &str) -> Reply<Vec<Rendition>> {
        let state = self.lock();
        let of = (master.to_owned(), spec.to_owned());
        reply(state.renditions.get(&of).cloned().unwrap_or_default())
    }

    fn renditions_used(&self, _: &str, _: &str) -> Reply<()> {
        reply(())
    }

    fn put_renditions(
        &self,
        master: &str,
        spec: &str,
        made: Vec<(Rendition, Vec<u8>)>,
    ) -> Reply<()> {
        let mut state = self.lock();
        let (rows, bytes): (Vec<_>, Vec<_>) = made.into_iter().unzip();
        for (row, bytes) in rows.iter().zip(bytes) {
            let kept = (row.mime.clone(), bytes);
            state.pictures.insert(row.hash.clone(), kept);
        }
        let of = (master.to_owned(), spec.to_owned());
        state.renditions.insert(of, rows);
        reply(())
    }
}
