//! The one gate that everything from a provider passes before it leaves this crate:
//! some repeat the key that they were sent, and what leaves here is shown and kept.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use protocol::{ErrorCode, ErrorDetail};
use zeroize::Zeroizing;

use crate::answer::{Event, Outcome};
use crate::error::{Error, Refusal};
use crate::models::ModelRow;
use crate::transport::{Endpoint, FetchError};

mod escape;
mod flow;
mod forms;
mod mask;
mod scan;

use flow::Flow;
use forms::Forms;
use mask::mask;

/// Characters of a secret that is masked in errors, names and ids.
const LEAST_IN_WORDS: usize = 6;
/// Characters of a secret that is masked in the text of an answer: people enter
/// keys such as `ollama` or `EMPTY`, which are words as well.
const LEAST_IN_TEXT: usize = 16;

/// The events of an answer, masked.
pub struct Gated<S> {
    gate: Gate,
    /// Nothing any more once it has ended.
    events: Option<Pin<Box<S>>>,
    text: Flow,
    reasoning: Flow,
    /// What is to be given out before the next event is taken.
    out: VecDeque<Result<Event, Error>>,
}

impl<S: Stream<Item = Result<Event, Error>>> Stream for Gated<S> {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if !this.out.is_empty() {
                return Poll::Ready(this.out.pop_front());
            }
            let Some(events) = &mut this.events else {
                return Poll::Ready(None);
            };
            // Changed where it is: most events pass as they are.
            let mut event = ready!(events.as_mut().poll_next(cx));
            let shown = match &mut event {
                Some(Ok(Event::Text(text))) => {
                    this.text.push(text);
                    !text.is_empty()
                }
                Some(Ok(Event::Reasoning(text))) => {
                    this.reasoning.push(text);
                    !text.is_empty()
                }
                Some(_) => {
                    this.take(event);
                    continue;
                }
                None => {
                    this.events = None;
                    this.give_back();
                    continue;
                }
            };
            if shown {
                return Poll::Ready(event);
            }
        }
    }
}

impl<S> Gated<S> {
    /// An event that is no text, or an error.
    fn take(&mut self, event: Option<Result<Event, Error>>) {
        let Some(event) = event else { return };
        match event {
            Ok(Event::TextWasReasoning) => {
                let thought = self.reasoning.finish();
                self.say(Event::Reasoning(thought));
                let forms = Arc::clone(&self.gate.text);
                let tail = self.text.move_to(&mut self.reasoning, forms);
                self.say(Event::Text(tail));
            }
            // What was held back comes before how it ended.
            Ok(Event::End { .. }) | Err(_) => self.give_back(),
            Ok(_) => {}
        }
        let event = match event {
            Ok(event) => Ok(self.gate.event(event)),
            Err(error) => Err(self.gate.error(error)),
        };
        self.out.push_back(event);
    }

    fn give_back(&mut self) {
        let thought = self.reasoning.finish();
        self.say(Event::Reasoning(thought));
        let text = self.text.finish();
        self.say(Event::Text(text));
    }

    fn say(&mut self, event: Event) {
        if !matches!(&event, Event::Text(text) | Event::Reasoning(text) if text.is_empty()) {
            self.out.push_back(Ok(event));
        }
    }
}

/// Tells nothing of what is held back.
impl<S> std::fmt::Debug for Gated<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gated")
    }
}

/// Masks secrets: plain, in Base64, URL-encoded, escaped as in JSON or HTML, and
/// these within one another. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    words: Arc<Forms>,
    text: Arc<Forms>,
}

/// Tells nothing of the secrets.
impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate")
    }
}

impl Gate {
    /// A gate for what is answered to requests that go to `endpoint`: the values of
    /// its sensitive headers are secret.
    pub fn new(endpoint: &Endpoint) -> Self {
        Self::of(endpoint.keys())
    }

    /// A gate for these secrets.
    pub(crate) fn of(secrets: Vec<Zeroizing<String>>) -> Self {
        Self {
            words: Arc::new(Forms::of(&secrets, LEAST_IN_WORDS)),
            text: Arc::new(Forms::of(&secrets, LEAST_IN_TEXT)),
        }
    }

    /// The same events, masked. Of text and reasoning only a tail is held back that
    /// equals the first eight or more characters of a secret, until it turns out to
    /// be none or the answer ends.
    pub fn events<S>(self, events: S) -> Gated<S>
    where
        S: Stream<Item = Result<Event, Error>>,
    {
        Gated {
            text: Flow::new(Arc::clone(&self.text)),
            reasoning: Flow::new(Arc::clone(&self.text)),
            gate: self,
            events: Some(Box::pin(events)),
            out: VecDeque::new(),
        }
    }

    /// An event that is no text, masked.
    fn event(&self, mut event: Event) -> Event {
        match &mut event {
            Event::Open { request_id } => request_id.iter_mut().for_each(|id| self.word(id)),
            Event::Model(model) => self.word(model),
            Event::End {
                finish_reason,
                outcome,
                ..
            } => {
                finish_reason.iter_mut().for_each(|word| self.word(word));
                if let Outcome::Stopped(word) = outcome {
                    self.word(word);
                }
            }
            Event::Retrying { error, .. } => {
                let masked = self.error(std::mem::replace(error, Error::NothingToSend));
                **error = masked;
            }
            Event::Text(_)
            | Event::Reasoning(_)
            | Event::Without(_)
            | Event::TextWasReasoning
            | Event::Picture(_)
            | Event::PictureUnread
            | Event::Usage(_) => {}
        }
        event
    }

    /// An error, masked. A parameter whose name was masked is no parameter any more.
    pub(crate) fn error(&self, mut error: Error) -> Error {
        match &mut error {
            Error::Provider(refusal) => self.refusal(refusal),
            Error::NotAnApi {
                url,
                suggestion,
                detail,
            } => {
                self.own(url);
                suggestion.iter_mut().for_each(|url| self.own(url));
                self.detail(detail);
            }
            Error::BaseUrl { url, reason } => {
                self.own(url);
                self.word(reason);
            }
            Error::Network { host, reason, .. }
            | Error::Proxy { host, reason, .. }
            | Error::Certificate { host, reason } => {
                self.own(host);
                self.word(reason);
            }
            Error::Redirect { url, .. } => self.word(url),
            Error::BadAnswer { reason } | Error::Setup { reason } => self.word(reason),
            Error::Parameter { parameter, range } => {
                self.own(parameter);
                self.own(range);
            }
            Error::Timeout { .. } | Error::ModelMissing | Error::NothingToSend => {}
        }
        error
    }

    fn refusal(&self, refusal: &mut Refusal) {
        self.detail(&mut refusal.detail);
        if refusal
            .parameter
            .as_mut()
            .is_some_and(|name| self.mask(name))
        {
            refusal.parameter = None;
            if refusal.class == ErrorCode::ParameterRefused {
                refusal.class = ErrorCode::BadRequest;
            }
        }
    }

    fn detail(&self, detail: &mut ErrorDetail) {
        let ErrorDetail {
            status: _,
            message,
            code,
            request_id,
        } = detail;
        for word in [message, code, request_id].into_iter().flatten() {
            self.word(word);
        }
    }

    /// A row of a list of models, masked; `None` when its id held a secret: under
    /// the name that is left nobody can ask it.
    pub(crate) fn row(&self, mut row: ModelRow) -> Option<ModelRow> {
        row.name.iter_mut().for_each(|name| self.word(name));
        (!self.mask(&mut row.id)).then_some(row)
    }

    /// The same for a link that could not be fetched.
    pub(crate) fn fetch_error(&self, mut error: FetchError) -> FetchError {
        if let FetchError::Network(words) = &mut error {
            self.word(words);
        }
        error
    }

    /// Words of somebody else.
    fn word(&self, word: &mut String) {
        self.mask(word);
    }

    /// What the person entered, such as an address: a short key may well be a
    /// name in it.
    fn own(&self, word: &mut String) {
        mask(&self.text, word);
    }

    fn mask(&self, word: &mut String) -> bool {
        mask(&self.words, word)
    }
}
