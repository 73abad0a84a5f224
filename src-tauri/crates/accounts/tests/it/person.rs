//! Who is asked about new hosts.

use std::future::ready;
use std::sync::Mutex;

use consent::{Answer, Confirm, Question};

/// Remembers what it was asked; says yes until it is told otherwise.
pub struct Person {
    pub says: Mutex<bool>,
    pub asked: Mutex<Vec<Question>>,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            says: Mutex::new(true),
            asked: Mutex::default(),
        }
    }
}

impl Confirm for Person {
    fn confirm(&self, question: Question) -> Answer {
        self.asked.lock().unwrap().push(question);
        Box::pin(ready(*self.says.lock().unwrap()))
    }
}
