//! An answer that goes on from another: what comes is joined to it, or stands beside it.

use protocol::{Answer, AnswerNote, Usage};
use tokio::time::Instant;

use super::Turn;
use crate::seam::{Before, Joint, Seam};

impl Turn {
    /// The answer goes on from this one, at the letter where the model does so.
    pub fn going_on_from(mut self, before: Before, exact: bool) -> Self {
        self.seam = Some(Seam::new(&before.message.text, exact));
        self.progress().went_on_from = Some(before.message.id.clone());
        self.before = Some(before);
        self
    }

    /// What it goes on from; nothing where it stands alone.
    pub(super) fn led_by(&self) -> (&str, &str) {
        let before = self.before.as_ref().map(|before| &before.message);
        before.map_or(("", ""), |one| (one.text.as_str(), one.reasoning.as_str()))
    }

    /// Text came: what of it is said now.
    pub(super) fn joined(&mut self, delta: String) -> Option<String> {
        let Some(seam) = &mut self.seam else {
            return Some(delta);
        };
        let joint = seam.push(&delta);
        self.settled(joint)
    }

    /// Nothing comes any more that could tell how it is joined: what waited is said.
    pub(super) fn settle_seam(&mut self, now: Instant) {
        let joint = self.seam.as_mut().map(Seam::finish);
        if let Some(text) = joint.and_then(|joint| self.settled(joint))
            && !text.is_empty()
        {
            self.came(now, |said| said.text(&text));
        }
    }

    fn settled(&mut self, joint: Joint) -> Option<String> {
        match joint {
            Joint::Held => None,
            Joint::On(text) => {
                self.seam = None;
                Some(text)
            }
            Joint::Anew(text) => {
                self.seam = None;
                self.stand_beside();
                Some(text)
            }
        }
    }

    /// It begins anew: what it went on from stays, and it is a version beside it.
    fn stand_beside(&mut self) {
        let Some(before) = self.before.take() else {
            return;
        };
        let id = self.id.clone();
        // Where it cannot be kept now, its end writes all of it.
        self.history.write(move |w| w.begin_anew(&id)).unheard();
        let mut progress = self.progress();
        progress.went_on_from = None;
        let one = &before.message;
        progress.said.without(&one.text, &one.reasoning);
        let (text, reasoning) = progress.said.next_whole();
        drop(progress);
        self.live.stands_beside(&before.versions);
        self.live.begin_with(&text, &reasoning);
        self.note(AnswerNote::BeganAnew);
    }

    /// What was shown as text is reasoning, but for what it goes on from.
    pub(super) fn text_was_reasoning(&mut self, now: Instant) {
        let before = self.led_by().0.to_owned();
        self.came(now, |said| said.text_was_reasoning(&before));
        if before.is_empty() {
            return self.live.clear_text();
        }
        let (text, reasoning) = self.progress().said.next_whole();
        self.live.begin_with(&text, &reasoning);
    }

    /// Both took what both took.
    pub(super) fn add_what_was(&self) {
        let Some(first) = self
            .before
            .as_ref()
            .and_then(|one| one.message.answer.as_ref())
        else {
            return;
        };
        let answer = &mut self.progress().answer;
        *answer = both(first, std::mem::take(answer));
    }
}

fn both(first: &Answer, second: Answer) -> Answer {
    let usage = match (&first.usage, second.usage) {
        (Some(first), Some(second)) => Some(Usage {
            prompt_tokens: sum(first.prompt_tokens, second.prompt_tokens),
            completion_tokens: sum(first.completion_tokens, second.completion_tokens),
            total_tokens: sum(first.total_tokens, second.total_tokens),
            reasoning_tokens: sum(first.reasoning_tokens, second.reasoning_tokens),
        }),
        (first, second) => second.or_else(|| first.clone()),
    };
    let mut notes = first.notes.clone();
    notes.extend(second.notes);
    Answer {
        usage,
        first_token_ms: first.first_token_ms.or(second.first_token_ms),
        reasoning_ms: sum(first.reasoning_ms, second.reasoning_ms),
        total_ms: sum(first.total_ms, second.total_ms),
        notes,
        ..second
    }
}

fn sum(first: Option<u32>, second: Option<u32>) -> Option<u32> {
    match (first, second) {
        (Some(first), Some(second)) => Some(first.saturating_add(second)),
        (first, second) => first.or(second),
    }
}
