//! Questions become turns.

use ask::{Line, Prompt, Ready};
use history::{NewTurn, StoredMessage};
use protocol::{Answer, ChatRetryParams, ChatSent, ErrorCode, IpcError, RequestSize, Role};
use stores::Part;

use crate::{
    Chat, Of, Question,
    live::{Follower, Sink},
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
        if question.text.trim().is_empty() && question.parts.is_empty() {
            return Err(IpcError::new(
                ErrorCode::NothingToSend,
                "There is nothing to send. Type a question or add a picture.",
            ));
        }
        let before = question.conversation.clone();
        let reserved = before.as_deref().map(|id| self.0.running.reserve(id));
        let reserved = reserved.transpose()?;
        let ask = &self.0.ask;
        let mut asked = Vec::with_capacity(question.of.len());
        for Of { provider, model } in &question.of {
            let account = ask.accounts().account(provider)?;
            let one = ask.asked(&account.manifest, model, &question.params);
            asked.push((account, one));
        }
        let branch = self.branch(before).await?;
        let prompt = prompt(&branch, &question.text, question.parts.clone());
        let mut ready = Vec::with_capacity(asked.len());
        for (account, one) in asked {
            ready.push(ask.prepare(account, one, &prompt).await?);
        }
        let new = NewTurn {
            conversation: question.conversation,
            text: question.text,
            parts: question.parts,
            answers: ready.iter().map(answer).collect(),
            params: question.params,
        };
        let turn = self.0.history.write(|w| w.begin_turn(new)).await?;
        let mut messages = ids(&branch);
        messages.push(turn.user.id.clone());
        let begun = Begun {
            turn,
            ready,
            messages,
            reserved,
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
        let manifest = &account.manifest;
        let asked = self.0.ask.asked(manifest, &params.model, &params.params);
        let id = params.message.clone();
        let mut branch = self.0.history.read(move |r| r.path_to(&id)).await?;
        let conversation = branch.last().map(|message| message.conversation.clone());
        let reserved = conversation.map(|id| self.0.running.reserve(&id));
        let reserved = reserved.transpose()?;
        branch.pop_if(|message| message.role == Role::Assistant);
        let prompt = Prompt {
            lines: lines(&branch),
        };
        let ready = self.0.ask.prepare(account, asked, &prompt).await?;
        let (id, to, chosen) = (params.message, answer(&ready), params.params);
        let begin = self
            .0
            .history
            .write(move |w| w.begin_retry(&id, to, &chosen));
        let begun = Begun {
            turn: begin.await?,
            ready: vec![ready],
            messages: ids(&branch),
            reserved,
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

    /// The newest branch of a conversation; nothing of a new one.
    async fn branch(&self, conversation: Option<String>) -> Result<Vec<StoredMessage>, IpcError> {
        Ok(match conversation {
            Some(id) => self.0.history.read(move |r| r.branch(&id)).await?,
            None => Vec::new(),
        })
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
