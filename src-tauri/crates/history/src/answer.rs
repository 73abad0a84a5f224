//! The answer of a call that another thread carries out: awaited by a task, or waited
//! for by a thread.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};

use crate::Error;
use crate::basics::locked;
use crate::place::Place;

/// Gives the answer; dropped without one, it tells that there is none.
pub(crate) struct Sender<T>(Arc<Slot<T>>);

/// The answer of a call that is on its way already; it is carried out even if
/// nobody waits for it.
#[must_use = "whether it was kept is known only from its answer"]
pub struct Pending<T> {
    slot: Arc<Slot<T>>,
    place: Arc<Place>,
}

struct Slot<T> {
    state: Mutex<State<T>>,
    given: Condvar,
}

enum State<T> {
    Open(Option<Waker>),
    Given(Option<Result<T, Error>>),
}

/// A call to the history at this place, and where its answer comes.
pub(crate) fn pending<T>(place: &Arc<Place>) -> (Sender<T>, Pending<T>) {
    let slot = Arc::new(Slot {
        state: Mutex::new(State::Open(None)),
        given: Condvar::new(),
    });
    let place = Arc::clone(place);
    (Sender(Arc::clone(&slot)), Pending { slot, place })
}

impl<T> Sender<T> {
    /// Gives the answer.
    pub fn send(self, answer: Result<T, Error>) {
        self.give(Some(answer));
    }

    fn give(&self, answer: Option<Result<T, Error>>) {
        let mut state = locked(&self.0.state);
        if let State::Open(waker) = &mut *state {
            let waker = waker.take();
            *state = State::Given(answer);
            drop(state);
            self.0.given.notify_all();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.give(None);
    }
}

impl<T> Pending<T> {
    /// Blocks until the answer comes: for threads that may wait, never for a task.
    ///
    /// # Errors
    /// The call's; [`Error::Storage`] when it was given up.
    pub fn wait(self) -> Result<T, Error> {
        let state = locked(&self.slot.state);
        let is_open = |state: &mut State<T>| matches!(state, State::Open(_));
        let state = self.slot.given.wait_while(state, is_open);
        match state {
            Ok(mut state) => self.taken(&mut state),
            Err(poisoned) => self.taken(&mut poisoned.into_inner()),
        }
    }

    /// Nobody waits for the answer: it is no reason to.
    pub fn unheard(self) {}

    fn taken(&self, state: &mut State<T>) -> Result<T, Error> {
        match state {
            State::Given(answer) => answer.take(),
            State::Open(_) => None,
        }
        .unwrap_or_else(|| Err(Error::unanswered(&self.place.path)))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = locked(&self.slot.state);
        if let State::Open(waker) = &mut *state {
            *waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(self.taken(&mut state))
    }
}
