//! Questions become turns.

use ask::{Line, Prompt, Ready};
use history::{NewTurn, StoredMessage};
use protocol::{Answer, ChatRetryParams, ChatSent, ErrorCode, IpcError, RequestSize, Role};
use stores::Part;

use crate::{
    Chat, Of, Question,
    live::{Follower, Sink},
    seam::Before,
    write::Begun,
};

impl Chat {
    /// Saves the person's message and an empty answer for each that is asked, then asks.
    /// What follows goes to the followers, one for each in their order. Must be called
    /// within a tokio runtime.
    ///
    /// # Errors
    /// What keeps the question from being asked of one of them at all; nothing is saved
    /// then.
    pub async fn send(
        &self,
        question: Question,
        followers: Vec<Follower>,
    ) -> Result<ChatSent, IpcError> {
        let before = question.conversation.clone();
        self.send_after(Place::End(before), question, followers)
            .await
    }

    /// As [`Chat::send`], in the place of another question, beside it; the conversation is
    /// that of the other.
    ///
    /// # Errors
    /// As [`Chat::send`], and [`ErrorCode::NotFound`].
    pub async fn edit(
        &self,
        message: &str,
        question: Question,
        followers: Vec<Follower>,
    ) -> Result<ChatSent, IpcError> {
        let id = message.to_owned();
        let mut path = self.0.history.read(move |r| r.path_to(&id)).await?;
        let Some(other) = path.pop().filter(|other| other.role == Role::User) else {
            return Err(IpcError::new(
                ErrorCode::NotFound,
                "This is no question. Edit the question before it.",
            ));
        };
        let place = Place::Beside {
            other: other.id,
            conversation: other.conversation,
            path,
        };
        self.send_after(place, question, followers).await
    }

    async fn send_after(
        &self,
        place: Place,
        question: Question,
        followers: Vec<Follower>,
    ) -> Result<ChatSent, IpcError> {
        if question.text.trim().is_empty() && question.parts.is_empty() {
            return Err(IpcError::new(
                ErrorCode::NothingToSend,
                "There is nothing to send. Type a question or add a picture.",
            ));
        }
        let reserved = place.conversation().map(|id| self.0.running.reserve(id));
        let reserved = reserved.transpose()?;
        let begins = question.preset.filter(|_| place.conversation().is_none());
        let preset = match place.conversation() {
            Some(id) => self.preset_of(id).await?,
            None => begins.clone(),
        };
        let ask = &self.0.ask;
        let mut accounts = Vec::with_capacity(question.of.len());
        for Of { provider, .. } in &question.of {
            accounts.push(ask.accounts().account(provider)?);
        }
        let copied = self.copied_of(question.copied_of).await?;
        let filled = self
            .filled(preset.as_deref(), &question.params, copied)
            .await?;
        let asked = accounts.into_iter().zip(&question.of);
        let asked: Vec<_> = asked
            .map(|(account, Of { model, .. })| {
                let one = ask.asked(&account.manifest, model, &filled.params);
                (account, one)
            })
            .collect();
        let (beside, mut branch, alone) = match place {
            Place::End(conversation) => (None, self.branch(conversation).await?, question.alone),
            Place::Beside { other, path, .. } => {
                let alone = self.is_alone(Some(&other)).await?;
                (Some(other), path, alone)
            }
        };
        if alone {
            branch.clear();
        }
        let prompt = prompt(&branch, &question.text, question.parts.clone());
        let mut ready = Vec::with_capacity(asked.len());
        for (account, one) in asked {
            ready.push(ask.prepare(account, one, &prompt).await?);
        }
        let new = NewTurn {
            conversation: question.conversation,
            text: question.text,
            parts: question.parts,
            answers: ready.iter().map(|one| filled.noted(answer(one))).collect(),
            params: question.params,
        };
        let turn = self.0.history.write(move |w| {
            let turn = match beside {
                Some(other) => w.begin_beside(&other, new)?,
                None => w.begin_turn(new)?,
            };
            if alone {
                w.set_alone(&turn.user.id)?;
            }
            if let Some(preset) = begins {
                w.begun_with(&turn.conversation, &preset)?;
            }
            Ok(turn)
        });
        let turn = turn.await?;
        let mut messages = ids(&branch);
        messages.push(turn.user.id.clone());
        let begun = Begun {
            turn,
            ready,
            messages,
            reserved,
            before: None,
        };
        Ok(self.run(begun, followers).await)
    }

    /// Asks again for an answer; the new one stands beside the old. All that the
    /// question holds is tried again, also what was refused.
    ///
    /// # Errors
    /// As [`Chat::send`], and [`ErrorCode::NotFound`].
    pub async fn retry(&self, params: ChatRetryParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let account = self.0.ask.accounts().account(&params.provider)?;
        let id = params.message.clone();
        let mut branch = self.0.history.read(move |r| r.path_to(&id)).await?;
        let conversation = branch.last().map(|message| message.conversation.clone());
        let reserved = conversation.map(|id| self.0.running.reserve(&id));
        let reserved = reserved.transpose()?;
        let filled = self.filled_again(branch.last(), &params.params).await?;
        let manifest = &account.manifest;
        let asked = self.0.ask.asked(manifest, &params.model, &filled.params);
        branch.pop_if(|message| message.role == Role::Assistant);
        self.only_asked(&mut branch).await?;
        let prompt = Prompt {
            lines: lines(&branch),
        };
        let ready = self.0.ask.prepare(account, asked, &prompt).await?;
        let (id, chosen) = (params.message, params.params);
        let to = filled.noted(answer(&ready));
        let begin = self
            .0
            .history
            .write(move |w| w.begin_retry(&id, to, &chosen));
        let begun = Begun {
            turn: begin.await?,
            ready: vec![ready],
            messages: ids(&branch),
            reserved,
            before: None,
        };
        Ok(self.run(begun, vec![sink.into()]).await)
    }

    /// Goes on from an answer that ended early. The new one begins with its words and
    /// takes its place when it ends; one that begins anew stands beside it.
    ///
    /// # Errors
    /// As [`Chat::retry`]; [`ErrorCode::NothingToSend`] for an answer without a word.
    pub async fn go_on(&self, params: ChatRetryParams, sink: Sink) -> Result<ChatSent, IpcError> {
        let account = self.0.ask.accounts().account(&params.provider)?;
        let id = params.message.clone();
        let mut path = self.0.history.read(move |r| r.path_to(&id)).await?;
        let has_words =
            |one: &&StoredMessage| one.role == Role::Assistant && !one.text.trim().is_empty();
        let Some(message) = path.last().filter(has_words).cloned() else {
            return Err(IpcError::new(
                ErrorCode::NothingToSend,
                "There is nothing to go on from. Ask again instead.",
            ));
        };
        let reserved = Some(self.0.running.reserve(&message.conversation)?);
        let filled = self.filled_again(path.last(), &params.params).await?;
        self.only_asked(&mut path).await?;
        let manifest = &account.manifest;
        let asked = self.0.ask.asked(manifest, &params.model, &filled.params);
        let prompt = Prompt {
            lines: lines(&path),
        };
        let ready = self.0.ask.prepare(account, asked, &prompt).await?;
        let (id, chosen) = (params.message, params.params);
        let to = filled.noted(answer(&ready));
        let begin = self
            .0
            .history
            .write(move |w| w.begin_going_on(&id, to, &chosen));
        let (turn, versions) = begin.await?;
        let before = Some(Before { message, versions });
        let begun = Begun {
            turn,
            ready: vec![ready],
            messages: ids(&path),
            reserved,
            before,
        };
        Ok(self.run(begun, vec![sink.into()]).await)
    }

    /// How large the next request would be, to the first that is asked.
    ///
    /// # Errors
    /// What is wrong with the parameters; [`ErrorCode::ProviderNotFound`],
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub async fn size(&self, question: Question) -> Result<RequestSize, IpcError> {
        let of = question.of.first().cloned().unwrap_or_default();
        let manifest = self.0.ask.accounts().manifest(&of.provider)?;
        let asked = self.0.ask.asked(&manifest, &of.model, &question.params);
        let branch = self.branch(question.conversation).await?;
        let prompt = prompt(&branch, &question.text, question.parts);
        self.0.ask.size(asked, prompt).await
    }

    /// Leaves of a branch what its last question was asked with.
    async fn only_asked(&self, branch: &mut Vec<StoredMessage>) -> Result<(), IpcError> {
        let last = branch.iter().rposition(|one| one.role == Role::User);
        let question = last.and_then(|at| branch.get(at));
        if self.is_alone(question.map(|one| one.id.as_str())).await? {
            branch.drain(..last.unwrap_or_default());
        }
        Ok(())
    }

    async fn is_alone(&self, question: Option<&str>) -> Result<bool, IpcError> {
        let Some(id) = question.map(str::to_owned) else {
            return Ok(false);
        };
        Ok(self.0.history.read(move |r| r.is_alone(&id)).await?)
    }

    /// The newest branch of a conversation; nothing of a new one.
    async fn branch(&self, conversation: Option<String>) -> Result<Vec<StoredMessage>, IpcError> {
        Ok(match conversation {
            Some(id) => self.0.history.read(move |r| r.branch(&id)).await?,
            None => Vec::new(),
        })
    }
}

/// Where a question goes.
enum Place {
    /// After the newest message of a conversation, or as the first of a new one.
    End(Option<String>),
    /// Beside another.
    Beside {
        other: String,
        conversation: String,
        /// What led to it.
        path: Vec<StoredMessage>,
    },
}

impl Place {
    fn conversation(&self) -> Option<&str> {
        match self {
            Self::End(conversation) => conversation.as_deref(),
            Self::Beside { conversation, .. } => Some(conversation),
        }
    }
}

/// A branch, and a question after it that is not kept (yet).
fn prompt(branch: &[StoredMessage], text: &str, parts: Vec<Part>) -> Prompt {
    let mut lines = lines(branch);
    lines.push(Line::question(text, parts));
    Prompt { lines }
}

fn lines(branch: &[StoredMessage]) -> Vec<Line> {
    let line = |message: &StoredMessage| Line {
        role: message.role,
        text: message.text.clone(),
        reasoning: message.reasoning.clone(),
        parts: message.parts.clone(),
    };
    branch.iter().map(line).collect()
}

fn ids(branch: &[StoredMessage]) -> Vec<String> {
    branch.iter().map(|message| message.id.clone()).collect()
}

fn answer(ready: &Ready) -> Answer {
    Answer {
        provider: ready.manifest().id.clone(),
        provider_name: ready.manifest().name.clone(),
        model: ready.model().to_owned(),
        key_label: ready.key().map(|key| key.label.clone()),
        key_last4: ready.key().map(|key| key.last4.clone()),
        ..Answer::default()
    }
}
