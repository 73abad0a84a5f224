//! Ended turns that the history cannot keep now: held until it can.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use history::History;
use protocol::Message;

use crate::progress::Ended;

/// Between two tries to keep what could not be kept.
const AGAIN: Duration = Duration::from_secs(2);

/// Ended turns that the history could not keep, by the id of their answer. They are
/// shown from here, and tried again until they are kept.
#[derive(Clone, Default)]
pub(crate) struct Unkept(Arc<Mutex<HashMap<String, Ended>>>);

impl Unkept {
    /// Holds one as it is `shown`, and keeps it as it `ended` as soon as that is
    /// possible; `kept` is told then.
    pub fn hold(
        &self,
        history: &History,
        ended: Ended,
        shown: Ended,
        kept: impl FnOnce() + Send + 'static,
    ) {
        self.lock().insert(ended.id.clone(), shown);
        let (held, history) = (self.clone(), history.clone());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(AGAIN).await;
                if ended.keep(&history).await.is_ok() {
                    break;
                }
            }
            held.lock().remove(&ended.id);
            kept();
        });
    }

    /// What is held of a message stands in its place.
    pub fn shown(&self, message: &mut Message) {
        let held = self.lock().get(&message.id).cloned();
        if let Some(ended) = held {
            message.state = ended.state;
            message.blocks = markdown::render(&ended.text);
            message.reasoning = markdown::render(&ended.reasoning);
            message.text = ended.text;
            message.answer = Some(ended.answer);
            message.error = ended.error;
        }
    }

    /// The markdown of one that is held.
    pub fn source(&self, message: &str) -> Option<String> {
        self.lock().get(message).map(|ended| ended.text.clone())
    }

    /// What was thought before one that is held.
    pub fn thoughts(&self, message: &str) -> Option<String> {
        let held = self.lock();
        held.get(message).map(|ended| ended.reasoning.clone())
    }

    /// Tries all of them once more, as they are shown: the app ends. What cannot be
    /// kept now is lost but for what was flushed of it, which the next start finds.
    pub async fn keep_all(&self, history: &History) {
        let all: Vec<Ended> = self.lock().values().cloned().collect();
        for ended in all {
            if ended.keep(history).await.is_ok() {
                self.lock().remove(&ended.id);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Ended>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
