//! An answer as it is written out: plain, or as lines of JSON.

use ask::Heard;
use protocol::IpcError;
use wire::{Event, Outcome};

use crate::{failure::FAILED, lines::Line, output::Output, words::Words};

/// How an answer ended.
pub enum End {
    /// The provider ended it.
    Answered {
        reason: Option<String>,
        outcome: Outcome,
    },
    /// The person stopped it, to exit with this code.
    Stopped(u8),
    /// Nobody reads it any more.
    Unread,
    /// It failed.
    Failed(IpcError),
}

/// Writes an answer out.
pub struct Show<'a> {
    pub output: Output,
    pub words: &'a Words,
    pub json: bool,
    pub reasoning: bool,
    /// The answer is kept, with its pictures.
    pub keep: bool,
}

impl Show<'_> {
    /// Writes what was heard; how the answer ended, with its end.
    pub fn take(&self, heard: &Heard) -> Option<End> {
        let event = match heard {
            Heard::Event(event) => event,
            Heard::Note(note) => {
                if self.json {
                    self.line(&Line::Note { note });
                } else {
                    self.say(&self.words.note(note));
                }
                return None;
            }
            Heard::Picture(picture) => {
                if self.json {
                    self.line(&Line::Picture { picture });
                } else {
                    let said = if self.keep {
                        self.words.either(
                            "The answer came with a picture; it is in the conversation.",
                            "回答带有一张图片；图片已保存在对话中。",
                        )
                    } else {
                        self.words.either(
                            "The answer came with a picture; ask with --keep, and it is in the conversation.",
                            "回答带有一张图片；用 --keep 提问，图片会保存在对话中。",
                        )
                    };
                    self.say(said);
                }
                return None;
            }
            Heard::Lesson(_) => return None,
        };
        match event {
            Event::End {
                finish_reason,
                outcome,
                ..
            } => {
                return Some(End::Answered {
                    reason: finish_reason.clone(),
                    outcome: outcome.clone(),
                });
            }
            event if self.json => self.line_of(event),
            Event::Text(delta) => self.output.out(delta),
            Event::Reasoning(delta) if self.reasoning => self.output.err(delta),
            Event::TextWasReasoning => self.say(self.words.either(
                "What came so far was the model’s reasoning; the answer follows.",
                "以上是模型的思考过程，回答在后面。",
            )),
            _ => {}
        }
        None
    }

    fn line_of(&self, event: &Event) {
        let line = match event {
            Event::Open { request_id } => Line::Open {
                request_id: request_id.as_deref(),
            },
            Event::Model(model) => Line::Model { model },
            Event::Text(delta) => Line::Text { delta },
            Event::Reasoning(delta) => Line::Reasoning { delta },
            Event::TextWasReasoning => Line::TextWasReasoning,
            Event::Usage(usage) => Line::Usage { usage },
            // Told as a note, as a picture that was read, and as the end; or nobody's
            // concern.
            Event::Retrying { .. }
            | Event::Without(_)
            | Event::Picture(_)
            | Event::PictureUnread
            | Event::End { .. } => return,
        };
        self.line(&line);
    }

    fn line(&self, line: &Line<'_>) {
        self.output.out(line.json());
    }

    fn say(&self, text: &str) {
        self.output.err(format!("dragoman-cli: {text}\n"));
    }

    /// Says how it ended, and waits until all is written, but not for a reader that
    /// stopped reading as the person did; the code to exit with. `conversation` is
    /// where it is kept.
    pub async fn end(self, end: End, provider: &str, conversation: Option<&str>) -> u8 {
        let (code, outcome, reason) = match &end {
            End::Answered { reason, outcome } => {
                let (code, name) = match outcome {
                    Outcome::Complete => (0, "complete"),
                    Outcome::Cut => (0, "cut"),
                    Outcome::Stopped(_) => (FAILED, "withheld"),
                    Outcome::Unterminated => (FAILED, "unfinished"),
                };
                (code, name, reason.as_deref())
            }
            End::Stopped(code) => (*code, "stopped", None),
            End::Unread => return 0,
            End::Failed(_) => (FAILED, "", None),
        };
        if self.json {
            self.line(&match &end {
                End::Failed(error) => Line::Error {
                    error,
                    conversation,
                },
                _ => Line::End {
                    outcome,
                    finish_reason: reason,
                    conversation,
                },
            });
        }
        match &end {
            End::Failed(error) => self.say(&self.words.error(error, Some(provider))),
            End::Answered { outcome, .. } => self.say_outcome(outcome),
            End::Stopped(_) | End::Unread => {}
        }
        if let End::Stopped(_) = end {
            let _ = tokio::time::timeout(LAST, self.output.finish()).await;
        } else {
            self.output.finish().await;
        }
        code
    }

    fn say_outcome(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Complete => {}
            Outcome::Cut => self.say(self.words.either(
                "The answer was cut at a limit of tokens.",
                "回答因 token 上限被截断。",
            )),
            Outcome::Stopped(why) => self.say(&format!(
                "{} ({why})",
                self.words.either(
                    "The provider ended the answer early.",
                    "服务商提前结束了回答。"
                )
            )),
            Outcome::Unterminated => self.say(self.words.either(
                "The answer ended without saying so; it may be incomplete.",
                "回答没有正常结束，可能不完整。",
            )),
        }
    }
}

/// How long what came is still written after the person stopped.
const LAST: std::time::Duration = std::time::Duration::from_millis(500);
