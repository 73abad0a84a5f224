//! The history as the services ask it: rows of keys, providers and models; bytes.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use protocol::{IpcError, Picture, Video};
use stores::{
    Blobs, Bytes, KeyChange, KeyRow, KeyRows, ModelChange, ModelRows, ProviderRows, Rendition,
    Reply, Seen,
};

use crate::Error;
use crate::answer::Pending;
use crate::history::History;
use crate::place::{Reader, Writer};

/// An answer that is on its way already.
fn reply<T: Send + 'static>(pending: Pending<T>) -> Reply<T> {
    Box::pin(async move { pending.await.map_err(IpcError::from) })
}

/// An answer that takes several steps, the next only while somebody waits.
fn steps<T, F>(history: &History, work: impl FnOnce(History) -> F) -> Reply<T>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let answer = work(history.clone());
    Box::pin(async move { answer.await.map_err(IpcError::from) })
}

impl KeyRows for History {
    fn keys(&self, seen: Seen<Vec<KeyRow>>) -> Reply<()> {
        reply(self.write_beside(move |w| w.keys().map(seen)))
    }

    fn change_keys(&self, change: KeyChange, seen: Seen<Vec<KeyRow>>) -> Reply<()> {
        reply(self.write(move |w| {
            w.change_key(&change)?;
            w.keys().map(seen)
        }))
    }

    fn is_kept(&self) -> bool {
        History::is_kept(self)
    }
}

impl ModelRows for History {
    fn models(&self, before: Arc<ProviderRows>, seen: Seen<ProviderRows>) -> Reply<()> {
        reply(self.write_beside(move |w| w.provider_rows(&before).map(seen)))
    }

    fn change_models(
        &self,
        change: ModelChange,
        before: Arc<ProviderRows>,
        seen: Seen<ProviderRows>,
    ) -> Reply<()> {
        reply(self.write(move |w| {
            w.change_model(&change)?;
            w.provider_rows(&before).map(seen)
        }))
    }
}

impl Writer<'_> {
    fn change_key(&self, change: &KeyChange) -> Result<(), Error> {
        match change {
            KeyChange::Add(row) => self.add_key(row),
            KeyChange::Remove(id) => self.remove_key(id).map(|_| ()),
            KeyChange::Choose(id) => self.choose_key(id),
            KeyChange::Order { provider, ids } => self.order_keys(provider, ids),
            KeyChange::Rename { id, label } => self.rename_key(id, label),
            KeyChange::Used { id, at } => self.key_used(id, *at),
            KeyChange::Rest { id, until, because } => self.rest_key(id, *until, *because),
        }
    }

    fn change_model(&self, change: &ModelChange) -> Result<(), Error> {
        match change {
            ModelChange::PutProvider { id, manifest } => self.put_provider(id, manifest),
            ModelChange::RemoveProvider(id) => self.remove_provider(id).map(|_| ()),
            ModelChange::ShareRateLimit { provider, on } => self.share_rate_limit(provider, *on),
            ModelChange::Listed { provider, json, at } => {
                self.put_listed_models(provider, json, *at)
            }
            ModelChange::Said(row) => self.put_model(row),
            ModelChange::Used { provider, id, at } => self.model_used(provider, id, *at),
            ModelChange::Blind {
                provider,
                id,
                blind,
            } => self.model_blind(provider, id, *blind),
        }
    }
}

impl Reader<'_> {
    /// Lists that are as old as they were `before` are not read again.
    fn provider_rows(&self, before: &ProviderRows) -> Result<ProviderRows, Error> {
        let states = self.provider_states()?;
        let mut listed = HashMap::new();
        for (id, state) in &states {
            let as_old = before.states.get(id).map(|state| state.models_at);
            let list = match before.listed.get(id) {
                Some(list) if as_old == Some(state.models_at) => Some(Arc::clone(list)),
                _ => self.listed_models(id)?.map(|(json, _)| json.into()),
            };
            listed.extend(list.map(|list| (id.clone(), list)));
        }
        Ok(ProviderRows {
            providers: self.providers()?,
            models: self.models()?,
            states,
            listed,
        })
    }
}

impl Blobs for History {
    fn picture(&self, hash: &str) -> Reply<Option<Bytes>> {
        let hash = hash.to_owned();
        steps(self, async move |history| history.picture(&hash).await)
    }

    fn video(&self, hash: &str) -> Reply<Option<Bytes>> {
        let hash = hash.to_owned();
        steps(self, async move |history| history.video(&hash).await)
    }

    fn picture_facts(&self, hash: &str) -> Reply<Option<(String, u64)>> {
        let hash = hash.to_owned();
        reply(self.read(move |r| r.picture_facts(&hash)))
    }

    fn put_picture(&self, picture: Picture, bytes: Vec<u8>) -> Reply<()> {
        steps(self, async move |history| {
            history.put_picture(picture, bytes).await
        })
    }

    fn put_video(&self, video: Video, bytes: Vec<u8>) -> Reply<()> {
        steps(self, async move |history| {
            history.put_video(video, bytes).await
        })
    }

    fn hold(&self, hash: &str) -> Reply<bool> {
        let hash = hash.to_owned();
        reply(self.write(move |w| w.hold(&hash)))
    }

    fn release(&self, hashes: Vec<String>) -> Reply<()> {
        reply(self.write(move |w| hashes.iter().try_for_each(|hash| w.release(hash))))
    }

    fn renditions(&self, master: &str, spec: &str) -> Reply<Vec<Rendition>> {
        let (master, spec) = (master.to_owned(), spec.to_owned());
        reply(self.read(move |r| r.renditions(&master, &spec)))
    }

    fn renditions_used(&self, master: &str, spec: &str) -> Reply<()> {
        let (master, spec) = (master.to_owned(), spec.to_owned());
        reply(self.write(move |w| w.renditions_used(&master, &spec)))
    }

    fn put_renditions(
        &self,
        master: &str,
        spec: &str,
        made: Vec<(Rendition, Vec<u8>)>,
    ) -> Reply<()> {
        let (master, spec) = (master.to_owned(), spec.to_owned());
        steps(self, async move |history| {
            history.put_renditions(&master, &spec, made).await
        })
    }
}
