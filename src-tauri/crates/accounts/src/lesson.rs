//! What asking teaches about keys and models.

use protocol::IpcError;
use stores::{ModelChange, now};

use crate::{Accounts, Habits};

/// What asking taught about a key or a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Lesson {
    /// A provider took this key: it rests no longer.
    KeyUsed {
        /// Its id.
        key: String,
    },
    /// A provider gave this answer to a key: it rests where that speaks of it.
    KeyRests {
        /// Its id.
        key: String,
        /// The answer.
        error: IpcError,
    },
    /// A model was asked.
    ModelUsed {
        /// Its provider.
        provider: String,
        /// Its id.
        model: String,
    },
    /// A model refused a picture as such, or one went through.
    Blind {
        /// Its provider.
        provider: String,
        /// Its id.
        model: String,
        /// Which of the two.
        blind: bool,
    },
    /// A refusal told how a model wants to be asked.
    Habits {
        /// Its provider.
        provider: String,
        /// Its id.
        model: String,
        /// All that is known of that.
        habits: Habits,
    },
}

impl Accounts {
    /// Keeps a lesson. It counts at once; where it cannot be written now, it is learned
    /// again.
    pub fn learn(&self, lesson: &Lesson) {
        match lesson {
            Lesson::KeyUsed { key } => self.used(key),
            Lesson::KeyRests { key, error } => self.rest(key, error),
            Lesson::ModelUsed { provider, model } => self.0.book.note_model(ModelChange::Used {
                provider: provider.clone(),
                id: model.clone(),
                at: now(),
            }),
            Lesson::Blind {
                provider,
                model,
                blind,
            } => self.0.book.note_model(ModelChange::Blind {
                provider: provider.clone(),
                id: model.clone(),
                blind: *blind,
            }),
            Lesson::Habits {
                provider,
                model,
                habits,
            } => self.0.habits.keep(provider, model, *habits),
        }
    }
}
