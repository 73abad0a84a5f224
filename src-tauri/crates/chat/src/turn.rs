//! One turn: ask, show, keep, end. It ends exactly once.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use history::History;
use protocol::{Answer, AnswerNote, ChatEvent, ErrorCode, IpcError, MessageState, Millis};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use wire::{Event, Outcome};

use crate::{
    ask::{Asking, Events, Question},
    live::Live,
};

/// Time between two updates of the screen; the first comes at once.
const SCREEN: Duration = Duration::from_millis(16);

/// Longest that what is shown waits to be kept; with the write itself it stays
/// within 250 ms of the screen.
const KEEP: Duration = Duration::from_millis(200);

/// An answer on its way.
pub struct Turn {
    history: History,
    live: Arc<Live>,
    id: String,
    answer: Answer,
    begun: Instant,
    text: Growing,
    reasoning: Growing,
    shown_at: Option<Instant>,
    kept_at: Instant,
    keeping: Option<JoinHandle<()>>,
    thinking_since: Option<Instant>,
}

/// A turn that has ended and is kept, but has not said so yet.
pub struct Ended {
    live: Arc<Live>,
    state: MessageState,
    last: ChatEvent,
}

/// Text that grows, how much of it is shown, and how much is kept (bytes).
#[derive(Default)]
struct Growing {
    all: String,
    shown: usize,
    kept: usize,
}

/// How a turn ended.
enum End {
    Finished {
        state: MessageState,
        reason: Option<String>,
    },
    Failed(IpcError),
}

impl Turn {
    /// A turn for the saved, empty answer `id`.
    pub fn new(history: History, live: Arc<Live>, id: String, answer: Answer) -> Self {
        let now = Instant::now();
        Self {
            history,
            live,
            id,
            answer,
            begun: now,
            text: Growing::default(),
            reasoning: Growing::default(),
            shown_at: None,
            kept_at: now,
            keeping: None,
            thinking_since: None,
        }
    }

    /// Runs to its end; `stop` ends it early. Dropping the stream cancels the
    /// request.
    pub async fn run(mut self, question: Question, stop: CancellationToken) -> Ended {
        let end = tokio::select! {
            biased;
            () = stop.cancelled() => stopped(),
            end = self.stream(question) => end,
        };
        self.close(end).await
    }

    async fn stream(&mut self, question: Question) -> End {
        self.follow(question).await.unwrap_or_else(End::Failed)
    }

    async fn follow(&mut self, question: Question) -> Result<End, IpcError> {
        let mut asking = Asking::begin(self.history.clone(), question).await?;
        for note in asking.notes().to_vec() {
            self.note(note);
        }
        loop {
            let heard = match asking.open().await {
                Ok(events) => self.listen(events, &asking).await,
                Err(error) => Err(error),
            };
            let error = match heard {
                Ok(end) => {
                    asking.went_through().await;
                    return Ok(end);
                }
                Err(error) => error,
            };
            // What was answered is paid for: it is never asked for again.
            if self.spoke() {
                return Err(asking.learn(error).await);
            }
            match asking.next(error).await {
                Ok(note) => self.note(note),
                Err(error) => return Err(asking.learn(error).await),
            }
            self.begin_again(&asking);
        }
    }

    async fn listen(&mut self, mut events: Events, asking: &Asking) -> Result<End, IpcError> {
        loop {
            let due = self.due();
            tokio::select! {
                event = events.next() => match event {
                    Some(Ok(Event::End { finish_reason, outcome, .. })) => {
                        return self.ended(finish_reason, outcome);
                    }
                    Some(Ok(Event::Open { request_id })) => {
                        asking.opened();
                        self.opened(request_id);
                    }
                    Some(Ok(event)) => self.take(event),
                    Some(Err(error)) => return Err(error.into()),
                    None => return self.ended(None, Outcome::Unterminated),
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
            self.show_if_due();
            self.keep_if_due();
        }
    }

    /// Has a word of the answer come?
    fn spoke(&self) -> bool {
        !self.text.all.is_empty() || !self.reasoning.all.is_empty()
    }

    /// Another try begins, perhaps with another key.
    fn begin_again(&mut self, asking: &Asking) {
        self.answer = Answer {
            provider: std::mem::take(&mut self.answer.provider),
            provider_name: std::mem::take(&mut self.answer.provider_name),
            model: std::mem::take(&mut self.answer.model),
            key_label: asking.key().map(|key| key.label.clone()),
            key_last4: asking.key().map(|key| key.last4.clone()),
            notes: std::mem::take(&mut self.answer.notes),
            ..Answer::default()
        };
    }

    fn note(&mut self, note: AnswerNote) {
        self.answer.notes.push(note.clone());
        self.live.note(&self.answer, note);
    }

    fn opened(&mut self, request_id: Option<String>) {
        self.answer.request_id = request_id;
        self.forget_retries();
        self.live.started(&self.answer);
    }

    /// Tries that led to an answer are nothing to know of it.
    fn forget_retries(&mut self) {
        let notes = &mut self.answer.notes;
        notes.retain(|note| !matches!(note, AnswerNote::Retrying { .. }));
    }

    fn take(&mut self, event: Event) {
        let now = Instant::now();
        match event {
            Event::Model(model) => {
                self.answer.answered_by = (model != self.answer.model).then_some(model);
                self.live.started(&self.answer);
            }
            Event::Reasoning(delta) => {
                self.first_token(now);
                self.thinking_since.get_or_insert(now);
                self.reasoning.all.push_str(&delta);
            }
            Event::Text(delta) => {
                self.first_token(now);
                self.end_thinking(now);
                self.text.all.push_str(&delta);
            }
            Event::TextWasReasoning => self.move_text(),
            Event::Usage(usage) => {
                self.answer.usage = Some(usage);
                self.live.counted(&self.answer);
            }
            Event::Retrying {
                attempt,
                of,
                wait_ms,
                error,
            } => self.note(AnswerNote::Retrying {
                error: Box::new((*error).into()),
                attempt,
                of,
                at: crate::now().saturating_add(Millis::try_from(wait_ms).unwrap_or(Millis::MAX)),
            }),
            Event::Open { .. } | Event::End { .. } => {}
        }
    }

    /// A lone `</think>` came: what was shown as text is reasoning.
    fn move_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.reasoning.all.push_str(text.all.trim_end());
        self.live.clear_text();
    }

    fn first_token(&mut self, now: Instant) {
        self.answer
            .first_token_ms
            .get_or_insert(millis(now - self.begun));
    }

    fn end_thinking(&mut self, now: Instant) {
        if let Some(since) = self.thinking_since
            && self.answer.reasoning_ms.is_none()
        {
            self.answer.reasoning_ms = Some(millis(now - since));
        }
    }

    fn ended(&self, reason: Option<String>, outcome: Outcome) -> Result<End, IpcError> {
        if !self.spoke() && matches!(outcome, Outcome::Unterminated) {
            return Err(IpcError::new(
                ErrorCode::BadAnswer,
                "The provider closed the answer without a word in it. Retry, or try another model.",
            )
            .arg("reason", "empty"));
        }
        let state = match outcome {
            Outcome::Complete => MessageState::Complete,
            Outcome::Cut | Outcome::Stopped(_) | Outcome::Unterminated => MessageState::Cut,
        };
        Ok(End::Finished { state, reason })
    }

    /// When the next update of screen or history is due.
    fn due(&self) -> Option<Instant> {
        let screen = (self.text.hidden() || self.reasoning.hidden())
            .then(|| self.shown_at.map_or(self.begun, |at| at + SCREEN));
        let keep = (self.unkept() && self.keeping.is_none()).then(|| self.kept_at + KEEP);
        match (screen, keep) {
            (Some(screen), Some(keep)) => Some(screen.min(keep)),
            (one, other) => one.or(other),
        }
    }

    fn unkept(&self) -> bool {
        self.text.unkept() || self.reasoning.unkept()
    }

    fn show_if_due(&mut self) {
        let now = Instant::now();
        if self.shown_at.is_none_or(|at| now >= at + SCREEN) {
            self.show(now);
        }
    }

    fn show(&mut self, now: Instant) {
        if !self.text.hidden() && !self.reasoning.hidden() {
            return;
        }
        // The clock of keeping starts with the first text that is not kept.
        if !self.unkept() {
            self.kept_at = now;
        }
        self.live.grow(self.text.next(), self.reasoning.next());
        self.text.shown = self.text.all.len();
        self.reasoning.shown = self.reasoning.all.len();
        self.shown_at = Some(now);
    }

    fn keep_if_due(&mut self) {
        if self.keeping.as_ref().is_some_and(JoinHandle::is_finished) {
            self.keeping = None;
        }
        let now = Instant::now();
        if !self.unkept() || self.keeping.is_some() || now < self.kept_at + KEEP {
            return;
        }
        self.kept_at = now;
        self.text.kept = self.text.shown;
        self.reasoning.kept = self.reasoning.shown;
        let (history, id) = (self.history.clone(), self.id.clone());
        let (text, reasoning) = (self.text.all.clone(), self.reasoning.all.clone());
        self.keeping = Some(tokio::task::spawn_blocking(move || {
            // A write that fails now is tried again with the next text, and
            // for good when the turn closes, which reports it.
            let _ = history.flush(&id, &text, &reasoning);
        }));
    }

    /// Shows and keeps the last words, and settles how it ended.
    async fn close(mut self, end: End) -> Ended {
        let now = Instant::now();
        self.end_thinking(now);
        self.show(now);
        if let Some(keeping) = self.keeping.take() {
            let _ = keeping.await;
        }
        self.answer.total_ms = Some(millis(now - self.begun));
        let (state, error) = match end {
            End::Finished { state, reason } => {
                self.answer.finish_reason = reason;
                self.forget_retries();
                (state, None)
            }
            End::Failed(error) => (MessageState::Failed, Some(error)),
        };
        let Self {
            history,
            live,
            id,
            answer,
            text,
            reasoning,
            ..
        } = self;
        let (kept_answer, kept_error) = (answer.clone(), error.clone());
        let kept = tokio::task::spawn_blocking(move || {
            history.close(
                &id,
                state,
                &text.all,
                &reasoning.all,
                &kept_answer,
                kept_error.as_ref(),
            )
        })
        .await;
        // What cannot be kept must be said, even where the answer itself is whole.
        let error = match kept {
            Ok(Err(unkept)) => error.or(Some(unkept.into())),
            _ => error,
        };
        match error {
            Some(error) => Ended {
                live,
                state: MessageState::Failed,
                last: ChatEvent::Failed { error, answer },
            },
            None => Ended {
                live,
                state,
                last: ChatEvent::Finished { state, answer },
            },
        }
    }
}

impl Ended {
    /// Tells the one terminal event.
    pub fn tell(self) {
        self.live.end(self.state, self.last);
    }
}

impl Growing {
    fn hidden(&self) -> bool {
        self.shown < self.all.len()
    }

    fn unkept(&self) -> bool {
        self.kept < self.shown
    }

    fn next(&self) -> &str {
        self.all.get(self.shown..).unwrap_or_default()
    }
}

fn stopped() -> End {
    End::Finished {
        state: MessageState::Stopped,
        reason: None,
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
