//! Asking, once each.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use protocol::{ErrorCode, IpcError};
use settings::Allowed;

use crate::Question;

/// A person's answer, when it comes: true allows.
pub type Answer = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Asks the person, where the page can neither see nor answer it. Waits for nobody:
/// the answer is a future. What is no clear yes (closed, cancelled, nobody there) is a no.
pub trait Confirm: Send + Sync + 'static {
    /// Asks.
    fn confirm(&self, question: Question) -> Answer;
}

/// Nobody is there to be asked.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Confirm for Nobody {
    fn confirm(&self, _: Question) -> Answer {
        Box::pin(ready(false))
    }
}

/// Who is asked, and what was allowed so far. Cheap to clone; clones are one.
#[derive(Clone)]
pub struct Consent(Arc<Inner>);

struct Inner {
    confirm: Arc<dyn Confirm>,
    allowed: Allowed,
    is_asking: AtomicBool,
}

/// Ends a question however it ends.
struct Asking<'a>(&'a AtomicBool);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Consent {
    /// Asks there, and keeps what is allowed in `allowed`.
    pub fn new(confirm: Arc<dyn Confirm>, allowed: Allowed) -> Self {
        Self(Arc::new(Inner {
            confirm,
            allowed,
            is_asking: AtomicBool::new(false),
        }))
    }

    /// For where nobody can be asked: what needs a yes is refused.
    pub fn nobody() -> Self {
        Self::new(Arc::new(Nobody), Allowed::default())
    }

    /// Asks, unless it was allowed before.
    ///
    /// # Errors
    /// [`ErrorCode::NotAllowed`] where the answer was no; [`ErrorCode::NotAllowed`],
    /// too, while another question is open, so that no page can pile them up.
    pub async fn ask(&self, question: Question) -> Result<(), IpcError> {
        let allows = question.allows();
        let known = allows.first();
        if known.is_some_and(|known| self.0.allowed.has(known)) {
            return Ok(());
        }
        if self.0.is_asking.swap(true, Ordering::AcqRel) {
            return Err(refused(
                "Another question is open. Answer it, then try again.",
            ));
        }
        let asking = Asking(&self.0.is_asking);
        let said = self.0.confirm.confirm(question).await;
        drop(asking);
        if !said {
            return Err(refused(
                "This was not allowed, so nothing was changed. To be asked again, do it again.",
            ));
        }
        self.0.allowed.add(allows);
        Ok(())
    }
}

fn refused(message: &str) -> IpcError {
    IpcError::new(ErrorCode::NotAllowed, message)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt;

    use super::*;
    use crate::Place;

    /// Says the same to everything, and remembers what it was asked.
    struct Says(bool, Mutex<Vec<Question>>);

    impl Confirm for Says {
        fn confirm(&self, question: Question) -> Answer {
            self.1.lock().unwrap().push(question);
            Box::pin(ready(self.0))
        }
    }

    /// Never answers.
    struct Thinks;

    impl Confirm for Thinks {
        fn confirm(&self, _: Question) -> Answer {
            Box::pin(std::future::pending())
        }
    }

    fn says(yes: bool) -> Arc<Says> {
        Arc::new(Says(yes, Mutex::default()))
    }

    fn now(consent: &Consent, question: &Question) -> Result<(), ErrorCode> {
        let asked = consent.ask(question.clone()).now_or_never();
        asked.unwrap().map_err(|error| error.code)
    }

    fn provider(id: &str, was: Option<&str>, origin: &str, header: &str) -> Question {
        let place = |origin: &str| Place {
            origin: origin.to_owned(),
            is_private: false,
            header: Some(header.to_owned()),
        };
        Question::Provider {
            id: id.to_owned(),
            name: id.to_owned(),
            was: was.map(place),
            now: place(origin),
        }
    }

    #[test]
    fn what_was_allowed_is_asked_once_also_after_a_restart() {
        let home = tempfile::tempdir().unwrap();
        let (a, b) = ("https://a.example", "https://b.example");
        let person = says(true);
        let consent = Consent::new(person.clone(), Allowed::open(home.path()));
        let new = provider("mine", None, a, "x");
        now(&consent, &new).unwrap();
        now(&consent, &new).unwrap();
        // Another one at the same host; the first one elsewhere, and back.
        now(&consent, &provider("other", None, a, "x")).unwrap();
        now(&consent, &provider("mine", Some(a), b, "x")).unwrap();
        now(&consent, &provider("mine", Some(b), a, "x")).unwrap();
        let proxy = Question::Proxy {
            was: None,
            now: a.to_owned(),
        };
        now(&consent, &proxy).unwrap();
        assert_eq!(person.1.lock().unwrap().len(), 3);

        let person = says(false);
        let consent = Consent::new(person.clone(), Allowed::open(home.path()));
        for known in [&new, &proxy, &provider("mine", None, b, "x")] {
            now(&consent, known).unwrap();
        }
        assert!(person.1.lock().unwrap().is_empty());
        // Another header, another provider that moves, another host or proxy.
        for asked in [
            provider("mine", Some(a), a, "y"),
            provider("other", Some(a), b, "x"),
            provider("mine", None, "https://c.example", "x"),
            provider("mine", None, "https://a.example:444", "x"),
            Question::Proxy {
                was: None,
                now: b.to_owned(),
            },
        ] {
            assert_eq!(
                now(&consent, &asked),
                Err(ErrorCode::NotAllowed),
                "{asked:?}"
            );
            assert_eq!(person.1.lock().unwrap().pop(), Some(asked));
        }
    }

    #[test]
    fn what_nobody_pressed_is_asked_each_time() {
        let home = tempfile::tempdir().unwrap();
        let person = says(true);
        let consent = Consent::new(person.clone(), Allowed::open(home.path()));
        for question in [
            Question::Paste,
            Question::Fetch { hosts: Vec::new() },
            Question::Open { url: String::new() },
        ] {
            now(&consent, &question).unwrap();
            now(&consent, &question).unwrap();
        }
        assert_eq!(person.1.lock().unwrap().len(), 6);
        let nobody = Consent::nobody();
        assert_eq!(now(&nobody, &Question::Paste), Err(ErrorCode::NotAllowed));
    }

    #[test]
    fn one_question_is_open_at_a_time() {
        let consent = Consent::new(Arc::new(Thinks), Allowed::default());
        let mut first = Box::pin(consent.ask(Question::Paste));
        assert!(first.as_mut().now_or_never().is_none());
        assert_eq!(now(&consent, &Question::Paste), Err(ErrorCode::NotAllowed));
        drop(first);
        // One that was given up stands in nobody's way.
        let mut next = Box::pin(consent.ask(Question::Paste));
        assert!(next.as_mut().now_or_never().is_none());
    }
}
