//! One question and its tries: sent, sent again where that may help, read.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt};
use http::Method;
use protocol::ErrorCode;

use super::endpoint::{Endpoint, join};
use super::exchange::send;
use super::pools::Pools;
use super::retry::Retry;
use crate::answer::{Decoded, Event};
use crate::error::Error;
use crate::request::Body;

/// What is asked, and how often that was tried.
pub(crate) struct Attempts {
    pools: Arc<Pools>,
    endpoint: Endpoint,
    body: Body,
    retry: Retry,
    /// Retries made.
    done: u32,
    state: State,
}

enum State {
    /// To be sent.
    Ask,
    /// To be sent after this many milliseconds.
    Wait(u64),
    /// The answer comes in; nothing of it is out yet.
    Answered(BoxStream<'static, Result<Event, Error>>),
    /// The first event is out: what fails now has failed.
    Open(BoxStream<'static, Result<Event, Error>>),
    End,
}

impl Attempts {
    pub fn new(pools: Arc<Pools>, endpoint: Endpoint, body: Body, retry: Retry) -> Self {
        Self {
            pools,
            endpoint,
            body,
            retry,
            done: 0,
            state: State::Ask,
        }
    }

    pub fn events(self) -> impl Stream<Item = Result<Event, Error>> + Send {
        stream::unfold(self, |mut this| async move {
            let event = match this.next().await? {
                Err(error) => Err(error.at(&this.endpoint.base_url)),
                event => event,
            };
            Some((event, this))
        })
    }

    async fn next(&mut self) -> Option<Result<Event, Error>> {
        loop {
            match std::mem::replace(&mut self.state, State::End) {
                State::Wait(ms) => {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    self.state = State::Ask;
                }
                State::Ask => match self.ask().await {
                    Ok(events) => self.state = State::Answered(events),
                    Err(error) => return Some(self.recover(error)),
                },
                State::Answered(mut events) => match events.next().await? {
                    Ok(event) => {
                        self.state = State::Open(events);
                        return Some(Ok(event));
                    }
                    // An answer that broke off has begun and may be billed: only
                    // what the provider itself says can be asked again.
                    Err(error @ Error::Provider(_)) => {
                        drop(events);
                        return Some(self.recover(error));
                    }
                    Err(error) => return Some(Err(error)),
                },
                State::Open(mut events) => {
                    let event = events.next().await?;
                    if event.is_ok() {
                        self.state = State::Open(events);
                    }
                    return Some(event);
                }
                State::End => return None,
            }
        }
    }

    async fn ask(&mut self) -> Result<BoxStream<'static, Result<Event, Error>>, Error> {
        let accept = if self.body.stream() {
            "text/event-stream, application/json"
        } else {
            "application/json"
        };
        let Self {
            pools, endpoint, ..
        } = self;
        let dialect = endpoint.dialect;
        let url = join(endpoint, dialect.path());
        let body = Some(self.body.bytes());
        let answer = send(pools, Method::POST, &url, endpoint, body, accept).await?;
        Ok(Decoded::new(dialect, answer.head(), answer.body()).boxed())
    }

    /// Goes on after `error` if that may help, and says so.
    fn recover(&mut self, mut error: Error) -> Result<Event, Error> {
        if let Error::Provider(refusal) = &mut error {
            refusal.sent = (refusal.class == ErrorCode::TooLarge).then(|| self.body.len());
        }
        if let Some(name) = self.body.spare()
            && error.names_parameter(name)
            && let Some(body) = self.body.without_spare()
        {
            // It has nothing to spare any more.
            self.body = body;
            self.state = State::Ask;
            return Ok(Event::Without(name));
        }
        let Some(wait_ms) = self.retry.wait_ms(self.done, &error) else {
            return Err(error);
        };
        self.done += 1;
        self.state = State::Wait(wait_ms);
        Ok(Event::Retrying {
            attempt: self.done,
            of: self.retry.attempts,
            wait_ms,
            error: Box::new(error),
        })
    }
}
