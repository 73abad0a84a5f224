//! One turn: ask, show, keep, end. It ends exactly once.

mod joining;

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use accounts::Accounts;
use ask::{Heard, Hearing, Lesson};
use futures_util::StreamExt;
use history::{History, Pending, Piece};
use protocol::{Answer, AnswerNote, IpcError, MessageState, Picture};
use stores::Part;
use tokio::time::{Instant, sleep_until};
use wire::{Event, Outcome};

use crate::{
    live::Live,
    progress::{End, Ended, Progress, forget_retries, locked},
    running::Stop,
    seam::{Before, Seam},
};

/// Time between two updates of the screen; the first comes at once.
const SCREEN: Duration = Duration::from_millis(16);

/// Longest that what came waits to be given to the history; with the write itself it
/// stays within 250 ms of the screen.
const KEEP: Duration = Duration::from_millis(200);

/// After a write that failed, the next.
const KEEP_AGAIN: Duration = Duration::from_secs(1);

/// What is heard of a turn, and where what it teaches is kept.
pub(crate) struct Asked {
    pub hearing: Hearing,
    pub accounts: Accounts,
    /// Ids of the messages that were asked with, in the order of their lines.
    pub messages: Vec<String>,
}

/// An answer on its way.
pub(crate) struct Turn {
    history: History,
    live: Arc<Live>,
    id: String,
    begun: Instant,
    /// Shared with who sees to it that the turn ends, whatever happens in it.
    progress: Arc<Mutex<Progress>>,
    shown_at: Option<Instant>,
    /// When the history must be given what came.
    keep_at: Instant,
    keeping: Option<Keeping>,
    thinking_since: Option<Instant>,
    /// What it goes on from, and how that is joined until it is settled.
    before: Option<Before>,
    seam: Option<Seam>,
    /// Told once that the history takes nothing.
    troubled: Box<dyn Fn(IpcError) + Send + Sync>,
}

/// A write on its way, and what it holds.
struct Keeping {
    answer: Pending<bool>,
    pieces: Vec<Piece>,
}

impl Turn {
    /// A turn for the saved, empty answer `id`.
    pub fn new(
        history: History,
        live: Arc<Live>,
        id: String,
        progress: Arc<Mutex<Progress>>,
        troubled: Box<dyn Fn(IpcError) + Send + Sync>,
    ) -> Self {
        let now = Instant::now();
        Self {
            history,
            live,
            id,
            begun: now,
            progress,
            shown_at: None,
            keep_at: now,
            keeping: None,
            thinking_since: None,
            before: None,
            seam: None,
            troubled,
        }
    }

    /// Runs to its end; `stop` ends it early. Dropping the stream cancels the
    /// request.
    pub async fn run(mut self, asked: Asked, stop: Stop) -> Ended {
        let end = tokio::select! {
            biased;
            () = stop.stopped.cancelled() => early(MessageState::Stopped),
            () = stop.interrupted.cancelled() => early(MessageState::Interrupted),
            end = self.stream(asked) => end,
        };
        self.end(end).await
    }

    async fn stream(&mut self, asked: Asked) -> End {
        self.follow(asked).await.unwrap_or_else(End::Failed)
    }

    async fn follow(&mut self, asked: Asked) -> Result<End, IpcError> {
        let Asked {
            mut hearing,
            accounts,
            messages,
        } = asked;
        loop {
            let due = self.due();
            tokio::select! {
                heard = hearing.next() => match heard {
                    Some(Ok(Heard::Event(Event::End { finish_reason, outcome, .. }))) => {
                        return Ok(ended(finish_reason, &outcome));
                    }
                    Some(Ok(Heard::Event(event))) => self.take(event),
                    Some(Ok(Heard::Picture(picture))) => self.picture(*picture).await,
                    Some(Ok(Heard::Note(note))) => self.note(note),
                    Some(Ok(Heard::Lesson(lesson))) => {
                        self.learn(&accounts, &messages, lesson).await?;
                    }
                    Some(Err(error)) => return Err(error),
                    None => return Ok(ended(None, &Outcome::Unterminated)),
                },
                kept = kept(&mut self.keeping), if self.keeping.is_some() => self.kept(kept),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
            self.show_if_due();
            self.keep_if_due();
        }
    }

    /// Keeps what was learned of the account and of these messages.
    async fn learn(
        &self,
        accounts: &Accounts,
        messages: &[String],
        lesson: Lesson,
    ) -> Result<(), IpcError> {
        let message = |line: usize| messages.get(line).cloned().unwrap_or_default();
        match lesson {
            Lesson::Refused {
                line,
                parts,
                refused,
            } => {
                let of = message(line);
                let marked = self
                    .history
                    .write(move |w| w.mark_refused(&of, &parts, refused));
                // Learned again where it is not kept.
                let _ = marked.await;
            }
            Lesson::Fetched {
                line,
                part,
                picture,
                bytes,
            } => {
                let of = message(line);
                let kept = self
                    .history
                    .keep_fetched(&of, part, *picture, bytes.to_vec());
                kept.await?;
            }
            Lesson::Account(lesson) => accounts.learn(&lesson),
        }
        Ok(())
    }

    fn note(&mut self, note: AnswerNote) {
        let answer = &mut self.progress().answer;
        answer.notes.push(note.clone());
        self.live.note(answer, note.clone());
        match note {
            AnswerNote::OtherKey { label, last4, .. } => {
                answer.key_label = Some(label);
                answer.key_last4 = Some(last4);
                begin_again(answer);
            }
            AnswerNote::SmallerPictures { .. } => begin_again(answer),
            _ => {}
        }
    }

    fn opened(&mut self, request_id: Option<String>) {
        let answer = &mut self.progress().answer;
        answer.request_id = request_id;
        forget_retries(answer);
        self.live.started(answer);
    }

    fn take(&mut self, event: Event) {
        let now = Instant::now();
        match event {
            Event::Model(model) => {
                let answer = &mut self.progress().answer;
                answer.answered_by = (model != answer.model).then_some(model);
                self.live.started(answer);
            }
            Event::Reasoning(delta) => {
                self.first_token(now);
                let begins = self.thinking_since.is_none();
                self.thinking_since.get_or_insert(now);
                if begins && !self.led_by().1.is_empty() {
                    self.came(now, |said| said.reasoning("\n\n"));
                }
                self.came(now, |said| said.reasoning(&delta));
            }
            Event::Text(delta) => {
                self.first_token(now);
                self.end_thinking(now);
                if let Some(text) = self.joined(delta) {
                    self.came(now, |said| said.text(&text));
                }
            }
            Event::TextWasReasoning => self.text_was_reasoning(now),
            Event::Usage(usage) => {
                let answer = &mut self.progress().answer;
                answer.usage = Some(usage);
                self.live.counted(answer);
            }
            Event::Open { request_id } => self.opened(request_id),
            // Told as a note, as a picture that was read, and as the end.
            Event::Retrying { .. }
            | Event::Without(_)
            | Event::Picture(_)
            | Event::PictureUnread
            | Event::End { .. } => {}
        }
    }

    /// A picture of the answer: kept, then shown.
    async fn picture(&mut self, picture: Picture) {
        let now = Instant::now();
        self.first_token(now);
        self.end_thinking(now);
        self.settle_seam(now);
        self.show(now);
        let (id, part) = (self.id.clone(), Part::Picture(picture.clone()));
        let kept = self.history.write(move |w| w.add_part(&id, &part));
        if let Err(error) = kept.await {
            (self.troubled)(error.into());
        }
        self.live.picture(picture);
    }

    /// The clock of keeping starts with the first word that is not kept.
    fn came(&mut self, now: Instant, how: impl FnOnce(&mut crate::said::Said)) {
        let mut progress = self.progress();
        let starts = !progress.said.is_unkept();
        how(&mut progress.said);
        drop(progress);
        if starts {
            self.keep_at = now + KEEP;
        }
    }

    fn first_token(&mut self, now: Instant) {
        let since = millis(now - self.begun);
        self.progress().answer.first_token_ms.get_or_insert(since);
    }

    fn end_thinking(&mut self, now: Instant) {
        if let Some(since) = self.thinking_since {
            let took = millis(now - since);
            self.progress().answer.reasoning_ms.get_or_insert(took);
        }
    }

    /// When the next update of screen or history is due.
    fn due(&self) -> Option<Instant> {
        let said = &self.progress().said;
        let screen = said
            .is_hidden()
            .then(|| self.shown_at.map_or(self.begun, |at| at + SCREEN));
        // While one write is on its way, its end is waited for instead.
        let keep = (said.is_unkept() && self.keeping.is_none()).then_some(self.keep_at);
        match (screen, keep) {
            (Some(screen), Some(keep)) => Some(screen.min(keep)),
            (one, other) => one.or(other),
        }
    }

    fn show_if_due(&mut self) {
        let now = Instant::now();
        if self.shown_at.is_none_or(|at| now >= at + SCREEN) {
            self.show(now);
        }
    }

    fn show(&mut self, now: Instant) {
        let mut progress = self.progress();
        if !progress.said.is_hidden() {
            return;
        }
        let (text, reasoning) = progress.said.next();
        drop(progress);
        self.live.grow(&text, &reasoning);
        self.shown_at = Some(now);
    }

    fn keep_if_due(&mut self) {
        if self.keeping.is_some() || Instant::now() < self.keep_at {
            return;
        }
        let pieces = self.progress().said.take_unkept();
        if pieces.is_empty() {
            return;
        }
        let (id, given) = (self.id.clone(), pieces.clone());
        let answer = self.history.write(move |w| w.flush(&id, &given));
        self.keeping = Some(Keeping { answer, pieces });
        self.keep_at = Instant::now() + KEEP;
    }

    /// A write ended. One that failed is tried again, and for good when the turn ends,
    /// which reports it.
    fn kept(&mut self, kept: Result<bool, history::Error>) {
        let Some(keeping) = self.keeping.take() else {
            return;
        };
        if let Err(error) = kept {
            self.progress().said.give_back(keeping.pieces);
            self.keep_at = Instant::now() + KEEP_AGAIN;
            (self.troubled)(error.into());
        }
    }

    /// Shows the last words, and settles how it ended.
    async fn end(mut self, end: End) -> Ended {
        let now = Instant::now();
        self.end_thinking(now);
        self.settle_seam(now);
        self.show(now);
        if self.keeping.is_some() {
            let last = kept(&mut self.keeping).await;
            self.kept(last);
        }
        self.progress().answer.total_ms = Some(millis(now - self.begun));
        self.add_what_was();
        Ended::new(self.id, end, &self.progress)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        locked(&self.progress)
    }
}

/// Waits for the write on its way; to be called only when there is one.
async fn kept(keeping: &mut Option<Keeping>) -> Result<bool, history::Error> {
    match keeping {
        Some(keeping) => (&mut keeping.answer).await,
        None => std::future::pending().await,
    }
}

/// The answer begins anew: with another key, or another request.
fn begin_again(answer: &mut Answer) {
    let before = std::mem::take(answer);
    *answer = Answer {
        provider: before.provider,
        provider_name: before.provider_name,
        model: before.model,
        key_label: before.key_label,
        key_last4: before.key_last4,
        notes: before.notes,
        ..Answer::default()
    };
}

/// The finish reason of every answer that a limit of tokens cut, whatever word the
/// provider has for it: OpenAI's.
const LENGTH: &str = "length";

fn ended(reason: Option<String>, outcome: &Outcome) -> End {
    let at_size = reason.as_deref() == Some(wire::SIZE_LIMIT);
    let reason = match outcome {
        Outcome::Cut if !at_size => Some(LENGTH.to_owned()),
        _ => reason,
    };
    let state = match outcome {
        Outcome::Complete => MessageState::Complete,
        Outcome::Cut | Outcome::Stopped(_) | Outcome::Unterminated => MessageState::Cut,
    };
    End::Finished { state, reason }
}

fn early(state: MessageState) -> End {
    End::Finished {
        state,
        reason: None,
    }
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}
