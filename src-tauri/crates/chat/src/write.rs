//! Answers are written: begun, kept, followed, stopped, and ended with the app.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
    time::Duration,
};

use ask::Ready;
use futures_util::{FutureExt, StreamExt};
use protocol::{ChatEvent, ChatSent, IpcError, Message, MessageState};

use crate::{
    Chat,
    live::{Follower, Live, Sink},
    progress::{Ended, Progress},
    running::Reserved,
    said::Said,
    seam::Before,
    turn::{Asked, Turn},
    view,
};

/// Between two looks at an answer that another process writes.
const ELSEWHERE: Duration = Duration::from_millis(500);

/// A turn that is kept and can be asked.
pub(crate) struct Begun {
    pub turn: history::Turn,
    /// Who is asked, in the order of the answers.
    pub ready: Vec<Ready>,
    /// Ids of the messages that are asked with, oldest first.
    pub messages: Vec<String>,
    /// Its place in the conversation, until it runs.
    pub reserved: Option<Reserved>,
    /// What its one answer goes on from.
    pub before: Option<Before>,
}

impl Chat {
    /// Runs the answers of a turn to their ends, each on its own.
    pub(crate) async fn run(&self, begun: Begun, followers: Vec<Follower>) -> ChatSent {
        let Begun {
            turn,
            ready,
            messages,
            reserved: _reserved,
            before,
        } = begun;
        let answers = turn.answers.into_iter().map(view::message);
        let sent = ChatSent {
            conversation: turn.conversation,
            user: view::message(turn.user),
            answers: answers.collect(),
        };
        for ((answer, ready), follower) in sent.answers.iter().zip(ready).zip(followers) {
            let (messages, before) = (messages.clone(), before.clone());
            self.write(
                &sent.conversation,
                answer,
                ready,
                messages,
                before,
                follower,
            );
        }
        // The highlighter's grammars take a while to load and some memory to
        // keep: not at start, and not when the first code is on the screen.
        tokio::task::spawn_blocking(markdown::warm);
        self.tell(&sent.conversation).await;
        sent
    }

    /// Begins to write one answer.
    fn write(
        &self,
        conversation: &str,
        answer: &Message,
        ready: Ready,
        messages: Vec<String>,
        before: Option<Before>,
        Follower { sink, ear }: Follower,
    ) {
        let (id, conversation) = (answer.id.clone(), conversation.to_owned());
        let live = Arc::new(Live::new(answer.clone(), sink));
        let exact = ready.is_prefilled();
        let mut said = Said::default();
        if let Some(Before { message, .. }) = &before {
            said = Said::after(&message.text, &message.reasoning);
            live.begin_with(&message.text, &message.reasoning);
        }
        let stop = self.0.running.begin(&id, &conversation, &live);
        let hearing = self.0.ask.send(ready, self.0.listener.language());
        let asked = Asked {
            hearing: match ear {
                Some(ear) => Box::pin(hearing.inspect(ear)),
                None => hearing,
            },
            accounts: self.0.ask.accounts().clone(),
            messages,
        };
        let progress = Arc::new(Mutex::new(Progress {
            answer: answer.answer.clone().unwrap_or_default(),
            said,
            went_on_from: None,
        }));
        let (chat, told) = (self.clone(), self.clone());
        let mut turn = Turn::new(
            self.0.history.clone(),
            Arc::clone(&live),
            id.clone(),
            Arc::clone(&progress),
            Box::new(move |error| told.0.listener.troubled(error)),
        );
        if let Some(before) = before {
            turn = turn.going_on_from(before, exact);
        }
        self.0.running.spawn(async move {
            let run = AssertUnwindSafe(turn.run(asked, stop)).catch_unwind();
            let ended = run.await;
            let ended = ended.unwrap_or_else(|_| Ended::panicked(id, &progress));
            chat.settle(ended, &live, conversation).await;
        });
    }

    /// Keeps a turn that has ended, and tells of it. One that cannot be kept stays in
    /// memory and on the screen, says so, and is kept as soon as it can be.
    async fn settle(&self, ended: Ended, live: &Live, conversation: String) {
        let mut shown = ended.clone();
        if let Err(error) = ended.keep(&self.0.history).await {
            shown = ended.clone().unkept(error.into());
            let (chat, of) = (self.clone(), conversation.clone());
            let kept = move || {
                tokio::spawn(async move { chat.kept_late(&of).await });
            };
            self.0
                .unkept
                .hold(&self.0.history, ended, shown.clone(), kept);
        }
        self.ended_in(&conversation).await;
        self.0.running.ended(&shown.id);
        self.tell(&conversation).await;
        live.end(&shown);
        if shown.state == MessageState::Complete {
            let chat = self.clone();
            tokio::spawn(async move { chat.entitle(conversation).await });
        }
    }

    /// Follows an answer: `sink` gets the whole of it so far, then the rest. An
    /// answer that has ended comes as it was kept.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::Storage`].
    pub async fn attach(&self, message: &str, sink: Sink) -> Result<(), IpcError> {
        match self.0.running.live(message) {
            Some(live) => live.attach(sink),
            None => {
                let now = self.message(message).await?;
                let elsewhere = now.state == MessageState::Streaming;
                let goes_on = sink(ChatEvent::Snapshot {
                    message: Box::new(now),
                });
                if elsewhere && goes_on {
                    let (chat, id) = (self.clone(), message.to_owned());
                    tokio::spawn(async move { chat.watch(&id, sink).await });
                }
            }
        }
        Ok(())
    }

    /// Shows an answer that another process writes, as it is kept, until it ends.
    async fn watch(&self, id: &str, sink: Sink) {
        loop {
            tokio::time::sleep(ELSEWHERE).await;
            let Ok(now) = self.message(id).await else {
                return;
            };
            let ended = now.state != MessageState::Streaming;
            let goes_on = sink(ChatEvent::Snapshot {
                message: Box::new(now),
            });
            if ended || !goes_on {
                return;
            }
        }
    }

    /// Stops an answer; what has come is kept. One that has ended stays as it is.
    pub fn stop(&self, message: &str) {
        self.0.running.stop(message);
    }

    /// Ends every turn as interrupted, with all its text, and closes the history: the
    /// app ends. Nothing can be asked after it.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`] when the history could not be closed.
    pub async fn end(&self) -> Result<(), IpcError> {
        self.0.running.end().await;
        self.0.unkept.keep_all(&self.0.history).await;
        Ok(self.0.history.close().await?)
    }
}
