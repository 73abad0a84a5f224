//! What is filled into a prompt when it is sent.

use ask::{Placeholder, fill, holds};
use history::StoredMessage;
use protocol::{Answer, AnswerNote, ChatParams, ErrorCode, IpcError, Language};

use crate::Chat;

/// Most characters that a prompt takes from the clipboard.
const MOST_COPIED: usize = 20_000;

/// Parameters as they are sent, and what the answer notes of that.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The parameters.
    pub params: ChatParams,
    /// What is to be noted; nothing where nothing was filled in.
    pub note: Option<AnswerNote>,
}

impl Filled {
    /// Parameters that are sent as they are.
    fn not(params: &ChatParams) -> Self {
        Self {
            params: params.clone(),
            note: None,
        }
    }

    /// Notes it with an answer that is to be kept.
    pub(crate) fn noted(&self, mut answer: Answer) -> Answer {
        answer.notes.extend(self.note.clone());
        answer
    }
}

impl Chat {
    /// Fills in the placeholders of a prompt, where the conversation began with a preset;
    /// the prompts of others are sent as they are. `copied` is what was read from the
    /// clipboard before.
    ///
    /// # Errors
    /// [`ErrorCode::PromptClipboard`], [`ErrorCode::NotAllowed`], [`ErrorCode::Storage`].
    pub async fn filled(
        &self,
        preset: Option<&str>,
        params: &ChatParams,
        copied: Option<String>,
    ) -> Result<Filled, IpcError> {
        let Some(prompt) = params.system.as_deref().filter(|_| preset.is_some()) else {
            return Ok(Filled::not(params));
        };
        let copied = match copied {
            _ if !holds(prompt, Placeholder::Clipboard) => None,
            Some(copied) => Some(copied),
            None => Some(bounded(self.0.listener.copied().await?)?),
        };
        let date = self.0.history.read(|r| r.today()).await?;
        let filled = fill(prompt, |placeholder| match placeholder {
            Placeholder::Language => own_name(self.0.listener.language()).to_owned(),
            Placeholder::Date => date.clone(),
            Placeholder::Clipboard => copied.clone().unwrap_or_default(),
        });
        if filled == prompt {
            return Ok(Filled::not(params));
        }
        Ok(Filled {
            note: Some(AnswerNote::PromptFilled {
                prompt: filled.clone(),
                clipboard: copied,
            }),
            params: ChatParams {
                system: Some(filled),
                ..params.clone()
            },
        })
    }

    /// The preset that a conversation began with.
    pub(crate) async fn preset_of(&self, conversation: &str) -> Result<Option<String>, IpcError> {
        let id = conversation.to_owned();
        Ok(self.0.history.read(move |r| r.preset_of(&id)).await?)
    }

    /// As [`Chat::filled`], for a question that was asked before: with what was read from
    /// the clipboard then.
    pub(crate) async fn filled_again(
        &self,
        asked: Option<&StoredMessage>,
        params: &ChatParams,
    ) -> Result<Filled, IpcError> {
        let Some(asked) = asked else {
            return Ok(Filled::not(params));
        };
        let preset = self.preset_of(&asked.conversation).await?;
        self.filled(preset.as_deref(), params, copied(asked)).await
    }

    /// What the prompt of an answer took from the clipboard.
    pub(crate) async fn copied_of(
        &self,
        answer: Option<String>,
    ) -> Result<Option<String>, IpcError> {
        let Some(id) = answer else {
            return Ok(None);
        };
        let answer = self.0.history.read(move |r| r.message(&id)).await?;
        Ok(copied(&answer))
    }
}

/// What the prompt of an answer took from the clipboard.
fn copied(answer: &StoredMessage) -> Option<String> {
    let notes = answer.answer.iter().flat_map(|answer| &answer.notes);
    let mut copied = notes.filter_map(|note| match note {
        AnswerNote::PromptFilled { clipboard, .. } => clipboard.clone(),
        _ => None,
    });
    copied.next_back()
}

/// A language in its own words.
fn own_name(language: Language) -> &'static str {
    match language {
        Language::Chinese => "简体中文",
        Language::English | Language::System => "English",
    }
}

/// What is taken from the clipboard, where it can be.
fn bounded(copied: String) -> Result<String, IpcError> {
    if copied.trim().is_empty() {
        let message = "The prompt takes text from the clipboard ({clipboard}), and there is none. Copy the text, then send again, or take {clipboard} out of the prompt.";
        return Err(IpcError::new(ErrorCode::PromptClipboard, message).arg("why", "empty"));
    }
    let chars = copied.chars().count();
    if chars > MOST_COPIED {
        let message = format!(
            "The clipboard holds {chars} characters, and the prompt takes {MOST_COPIED} at most in place of {{clipboard}}. Copy less, then send again."
        );
        return Err(IpcError::new(ErrorCode::PromptClipboard, message)
            .arg("why", "long")
            .arg("chars", chars)
            .arg("limit", MOST_COPIED));
    }
    Ok(copied)
}
