//! Asks a provider: with one key after the other, and once more with smaller
//! pictures. Nothing is ever asked again once a word of the answer has come.

use std::{collections::VecDeque, pin::Pin, sync::Arc};

use accounts::Accounts;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use protocol::{AnswerNote, ErrorCode, IpcError, Language, Millis};
use renditions::{Priority, Renditions, blocking::blocking};
use stores::KeyRow;
use wire::{Body, Event, Outcome, Retry};

use crate::{
    Ready,
    heard::{Heard, Hearing, Lesson},
};

/// What [`blocking`] calls it.
const WORK: &str = "Putting the request together";

/// The events of one request.
type Events = Pin<Box<dyn Stream<Item = Result<Event, wire::Error>> + Send>>;

/// A prompt that is being asked.
pub(crate) struct Asking {
    accounts: Accounts,
    renditions: Renditions,
    ready: Ready,
    language: Language,
    /// Which key is tried.
    key: usize,
    /// Its pictures were made smaller already.
    smaller: bool,
    /// A word of the answer has come, or a picture.
    spoke: bool,
    /// Pictures of the answer that came, and those that could not be read.
    pictures: u32,
    unread: u32,
    /// What was heard and is not told yet.
    heard: VecDeque<Result<Heard, IpcError>>,
    next: Next,
}

/// What is to be done next.
enum Next {
    Begin,
    Open(Body),
    Listen(Body, Events),
    Nothing,
}

impl Asking {
    pub fn begin(
        accounts: &Accounts,
        renditions: &Renditions,
        ready: Ready,
        language: Language,
    ) -> Hearing {
        let asking = Self {
            accounts: accounts.clone(),
            renditions: renditions.clone(),
            ready,
            language,
            key: 0,
            smaller: false,
            spoke: false,
            pictures: 0,
            unread: 0,
            heard: VecDeque::new(),
            next: Next::Begin,
        };
        Box::pin(stream::unfold(asking, Self::hear))
    }

    async fn hear(mut self) -> Option<(Result<Heard, IpcError>, Self)> {
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return Some((heard, self));
            }
            match std::mem::replace(&mut self.next, Next::Nothing) {
                Next::Begin => match self.put_together().await {
                    Ok(body) => self.next = Next::Open(body),
                    Err(error) => self.heard.push_back(Err(error)),
                },
                Next::Open(body) => match self.open(&body).await {
                    Ok(events) => self.next = Next::Listen(body, events),
                    Err(error) => self.failed(error, body).await,
                },
                Next::Listen(body, mut events) => match events.next().await {
                    Some(Ok(end @ Event::End { .. })) => self.ended(end, body).await,
                    Some(Ok(Event::Picture(bytes))) => {
                        self.picture(bytes).await;
                        self.next = Next::Listen(body, events);
                    }
                    Some(Ok(Event::PictureUnread)) => {
                        self.spoke = true;
                        self.unread += 1;
                        self.next = Next::Listen(body, events);
                    }
                    Some(Ok(event)) => {
                        self.take(event);
                        self.next = Next::Listen(body, events);
                    }
                    Some(Err(error)) => self.failed(error.into(), body).await,
                    None => self.ended(hung_up(), body).await,
                },
                Next::Nothing => return None,
            }
        }
    }

    fn tell(&mut self, heard: Heard) {
        self.heard.push_back(Ok(heard));
    }

    fn learned(&mut self, lesson: Lesson) {
        self.tell(Heard::Lesson(lesson));
    }

    /// Fetches what has to be embedded, and builds the body.
    async fn put_together(&mut self) -> Result<Body, IpcError> {
        let asked = &self.ready.payload.asked;
        let used = accounts::Lesson::ModelUsed {
            provider: asked.manifest.id.clone(),
            model: asked.model.id.clone(),
        };
        self.learned(Lesson::Account(used));
        let Ready {
            payload, limits, ..
        } = &mut self.ready;
        let (accounts, draw) = (&self.accounts, self.renditions.draw());
        for lesson in payload.fetch(accounts, draw, limits).await? {
            self.learned(lesson);
        }
        let body = self.body().await?;
        for note in self.ready.payload.notes.clone() {
            self.tell(Heard::Note(note));
        }
        Ok(body)
    }

    async fn body(&mut self) -> Result<Body, IpcError> {
        let payload = self.ready.payload.take();
        let blobs = self.renditions.blobs().clone();
        let built = move || {
            let body = payload.body(&*blobs)?;
            Ok((payload, body))
        };
        let (payload, body) = blocking(WORK, built).await?;
        self.ready.payload = payload;
        Ok(body)
    }

    /// The key that is tried, if any.
    fn key(&self) -> Option<&KeyRow> {
        self.ready.account.keys.get(self.key)
    }

    /// Sends the request with the key that is tried.
    async fn open(&mut self, body: &Body) -> Result<Events, IpcError> {
        let account = &self.ready.account;
        if account.manifest.is_demo() {
            let draw = self.renditions.draw().clone();
            let answer = demo::stream(draw, body.bytes(), self.language);
            return Ok(Box::pin(wire::decode(demo::response(), answer)));
        }
        let accounts = &self.accounts;
        let endpoint = accounts.endpoint(&account.manifest, self.key()).await?;
        let retry = Retry {
            // Waiting makes no sense where another key can answer at once.
            rate_limits: !(account.share_rate_limit && self.has_another_key()),
            ..Retry::default()
        };
        Ok(accounts.client().chat(&endpoint, body.clone(), retry))
    }

    fn take(&mut self, event: Event) {
        match &event {
            Event::Retrying {
                attempt,
                of,
                wait_ms,
                error,
            } => {
                let wait = Millis::try_from(*wait_ms).unwrap_or(Millis::MAX);
                self.tell(Heard::Note(AnswerNote::Retrying {
                    error: Box::new((**error).clone().into()),
                    attempt: *attempt,
                    of: *of,
                    at: stores::now().saturating_add(wait),
                }));
                return;
            }
            Event::Without(_) => {
                let lesson = self.ready.payload.without_usage();
                self.learned(lesson);
                return;
            }
            // The provider answered: its key is good.
            Event::Open { .. } => {
                if let Some(key) = self.key() {
                    let key = key.id.clone();
                    self.learned(Lesson::Account(accounts::Lesson::KeyUsed { key }));
                }
            }
            Event::Text(delta) | Event::Reasoning(delta) => self.spoke |= !delta.is_empty(),
            _ => {}
        }
        self.tell(Heard::Event(event));
    }

    /// Has a picture of the answer read, like any that came from outside.
    async fn picture(&mut self, bytes: Bytes) {
        self.spoke = true;
        self.pictures += 1;
        let name = format!("picture-{}", self.pictures);
        let target = self.ready.payload.asked.target(&self.renditions);
        let slot = self.renditions.slots().slot(Priority::Person).await;
        let unseen = Arc::new(|_: &_| {});
        let bytes = Arc::new(bytes.to_vec());
        let read = self.renditions.master(name, bytes, &target, unseen).await;
        drop(slot);
        match read {
            Ok(given) => self.tell(Heard::Picture(Box::new(given.picture))),
            Err(_) => self.unread += 1,
        }
    }

    async fn ended(&mut self, end: Event, body: Body) {
        let outcome = match &end {
            Event::End { outcome, .. } => Some(outcome),
            _ => None,
        };
        if matches!(outcome, Some(Outcome::Unterminated)) && !self.spoke {
            let message =
                "The provider closed the answer without a word in it. Retry, or try another model.";
            let error = IpcError::new(ErrorCode::BadAnswer, message).arg("reason", "empty");
            return self.failed(error, body).await;
        }
        for lesson in self.ready.payload.went_through() {
            self.learned(lesson);
        }
        if let Event::End {
            bad: count @ 1.., ..
        } = end
        {
            self.tell(Heard::Note(AnswerNote::PiecesUnread { count }));
        }
        self.tell_lost();
        self.tell(Heard::Event(end));
    }

    /// Says which of the answer's pictures could not be read.
    fn tell_lost(&mut self) {
        if self.unread > 0 {
            let count = std::mem::take(&mut self.unread);
            self.tell(Heard::Note(AnswerNote::PicturesUnread { count }));
        }
    }

    /// Tries what there is to try after this error, or ends with it.
    async fn failed(&mut self, error: IpcError, body: Body) {
        // What was answered is paid for: it is never asked for again.
        let again = if self.spoke {
            Err(error)
        } else {
            self.try_again(error, body).await
        };
        match again {
            Ok((note, body)) => {
                if let Some(note) = note {
                    self.tell(Heard::Note(note));
                }
                self.next = Next::Open(body);
            }
            Err(error) => {
                self.tell_lost();
                let (lesson, error) = self.ready.payload.learn(&self.accounts, error);
                if let Some(lesson) = lesson {
                    self.learned(lesson);
                }
                self.heard.push_back(Err(error));
            }
        }
    }

    async fn try_again(
        &mut self,
        error: IpcError,
        body: Body,
    ) -> Result<(Option<AnswerNote>, Body), IpcError> {
        if self.takes_over(error.code) {
            return Ok((Some(self.other_key(error)?), body));
        }
        if let Some((lesson, count)) = self.ready.payload.adapt(&error) {
            self.learned(lesson);
            let about = error.args.get("about").map(String::as_str);
            if about == Some("number") && count == 0 {
                return Err(error);
            }
            let note = (count > 0).then_some(AnswerNote::RefusedPicturesLeftOut { count });
            return Ok((note, self.body().await?));
        }
        if error.code == ErrorCode::TooLarge && !self.smaller {
            let (note, body) = self.make_smaller(error, &body).await?;
            return Ok((Some(note), body));
        }
        Err(error)
    }

    fn has_another_key(&self) -> bool {
        self.key + 1 < self.ready.account.keys.len()
    }

    fn takes_over(&self, code: ErrorCode) -> bool {
        let of_the_key = match code {
            // 401; 402, and 403 or 429 for want of money; gone from the keyring.
            ErrorCode::KeyRefused | ErrorCode::NoBalance | ErrorCode::KeyNotFound => true,
            ErrorCode::RateLimit => self.ready.account.share_rate_limit,
            _ => false,
        };
        of_the_key && self.has_another_key()
    }

    fn other_key(&mut self, error: IpcError) -> Result<AnswerNote, IpcError> {
        if let Some(given_up) = self.key() {
            let rests = accounts::Lesson::KeyRests {
                key: given_up.id.clone(),
                error: error.clone(),
            };
            self.learned(Lesson::Account(rests));
        }
        self.key += 1;
        match self.key() {
            Some(key) => Ok(AnswerNote::OtherKey {
                error: Box::new(error),
                label: key.label.clone(),
                last4: key.last4.clone(),
            }),
            None => Err(error),
        }
    }

    async fn make_smaller(
        &mut self,
        error: IpcError,
        before: &Body,
    ) -> Result<(AnswerNote, Body), IpcError> {
        self.smaller = true;
        let told = error.args.get("limit").and_then(|limit| limit.parse().ok());
        let known = told.or(self.ready.payload.asked.limits.body_bytes);
        let limits = self.ready.limits.clone();
        let blobs = self.renditions.blobs().clone();
        let draw = self.renditions.draw().clone();
        let mut payload = self.ready.payload.take();
        let made = move || {
            let count = payload.smaller(&*blobs, &draw, &limits, known);
            Ok((payload, count))
        };
        let (payload, count) = blocking(WORK, made).await?;
        self.ready.payload = payload;
        let body = self.body().await?;
        if count == 0 || body.len() >= before.len() {
            return Err(error);
        }
        let note = AnswerNote::SmallerPictures {
            count,
            bytes: body.len() as u64,
        };
        Ok((note, body))
    }
}

/// The end of an answer that was closed without one.
fn hung_up() -> Event {
    Event::End {
        finish_reason: None,
        outcome: Outcome::Unterminated,
        bad: 0,
        done: false,
    }
}
