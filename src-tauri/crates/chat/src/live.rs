//! An answer while it is written: what it says so far, and who watches.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ask::Heard;
use markdown::Renderer;
use protocol::{Answer, AnswerNote, ChatEvent, IpcError, Message, Patch, Picture};

use crate::progress::Ended;

/// Takes the events of a turn; `false` says that nobody listens any more.
pub type Sink = Box<dyn Fn(ChatEvent) -> bool + Send>;

/// Is told what is heard of an answer, as it comes.
pub type Ear = Box<dyn FnMut(&Result<Heard, IpcError>) + Send>;

/// Who follows an answer.
pub struct Follower {
    /// Is shown it, as the page would.
    pub sink: Sink,
    /// Is told what is heard, before it is shown or kept.
    pub ear: Option<Ear>,
}

impl From<Sink> for Follower {
    fn from(sink: Sink) -> Self {
        Self { sink, ear: None }
    }
}

/// Largest JSON of one patch, in bytes: a channel message under 8 KiB takes
/// the fast way, and the event around the patch needs some of it.
const PATCH_BYTES: usize = 7_900;

/// An answer that is being written, shared between the turn that writes it and
/// the calls that attach to it.
pub struct Live(Mutex<State>);

struct State {
    message: Message,
    text: Renderer,
    reasoning: Renderer,
    sinks: Vec<Sink>,
}

impl Live {
    /// An empty answer with its first watcher.
    pub fn new(message: Message, sink: Sink) -> Self {
        Self(Mutex::new(State {
            message,
            text: Renderer::new(),
            reasoning: Renderer::new(),
            sinks: vec![sink],
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a watcher, which gets the whole answer so far first.
    pub fn attach(&self, sink: Sink) {
        let mut state = self.lock();
        if sink(ChatEvent::Snapshot {
            message: Box::new(state.snapshot()),
        }) {
            state.sinks.push(sink);
        }
    }

    /// The provider answered.
    pub fn started(&self, answer: &Answer) {
        let mut state = self.lock();
        state.message.answer = Some(answer.clone());
        state.tell(ChatEvent::Started {
            answer: answer.clone(),
        });
    }

    /// Something to know of how the answer comes to be; it stands in `answer`.
    pub fn note(&self, answer: &Answer, note: AnswerNote) {
        let mut state = self.lock();
        state.message.answer = Some(answer.clone());
        state.tell(ChatEvent::Note { note });
    }

    /// Shows more text, more reasoning, or both.
    pub fn grow(&self, text: &str, reasoning: &str) {
        let mut state = self.lock();
        if !reasoning.is_empty() {
            let patch = state.reasoning.push(reasoning);
            state.show(patch, |patch| ChatEvent::Chunk {
                text: None,
                reasoning: Some(patch),
            });
        }
        if !text.is_empty() {
            let patch = state.text.push(text);
            state.message.text.push_str(text);
            state.show(patch, |patch| ChatEvent::Chunk {
                text: Some(patch),
                reasoning: None,
            });
        }
    }

    /// Shows one more picture.
    pub fn picture(&self, picture: Picture) {
        let mut state = self.lock();
        state.message.pictures.push(picture.clone());
        state.tell(ChatEvent::Picture {
            picture: Box::new(picture),
        });
    }

    /// Takes all text back; it will come again elsewhere.
    pub fn clear_text(&self) {
        let mut state = self.lock();
        state.text = Renderer::new();
        state.message.text.clear();
        state.tell(ChatEvent::Chunk {
            text: Some(Patch::default()),
            reasoning: None,
        });
    }

    /// Shows the whole of it anew: it begins with this.
    pub fn begin_with(&self, text: &str, reasoning: &str) {
        let mut state = self.lock();
        (state.text, state.reasoning) = (Renderer::new(), Renderer::new());
        state.text.push(text);
        state.reasoning.push(reasoning);
        text.clone_into(&mut state.message.text);
        let message = Box::new(state.snapshot());
        state.tell(ChatEvent::Snapshot { message });
    }

    /// It is an answer of its own, beside these: what it began with is not its own.
    pub fn stands_beside(&self, versions: &[String]) {
        let mut state = self.lock();
        state.message.pictures.clear();
        versions.clone_into(&mut state.message.versions);
    }

    /// Tokens were counted.
    pub fn counted(&self, answer: &Answer) {
        let mut state = self.lock();
        state.message.answer = Some(answer.clone());
        if let Some(usage) = answer.usage.clone() {
            state.tell(ChatEvent::Usage { usage });
        }
    }

    /// Settles the last blocks and tells the one terminal event. Who attaches between
    /// this and the history sees the same.
    pub fn end(&self, ended: &Ended) {
        let mut state = self.lock();
        state.message.state = ended.state;
        state.message.answer = Some(ended.answer.clone());
        state.message.error.clone_from(&ended.error);
        let patch = state.reasoning.finish();
        state.show(patch, |patch| ChatEvent::Chunk {
            text: None,
            reasoning: Some(patch),
        });
        let patch = state.text.finish();
        state.show(patch, |patch| ChatEvent::Chunk {
            text: Some(patch),
            reasoning: None,
        });
        let answer = ended.answer.clone();
        state.tell(match ended.error.clone() {
            Some(error) => ChatEvent::Failed { error, answer },
            None => ChatEvent::Finished {
                state: ended.state,
                answer,
            },
        });
        state.sinks.clear();
    }
}

impl State {
    fn snapshot(&self) -> Message {
        Message {
            blocks: self.text.blocks().to_vec(),
            reasoning: self.reasoning.blocks().to_vec(),
            ..self.message.clone()
        }
    }

    fn show(&mut self, patch: Patch, event: impl Fn(Patch) -> ChatEvent) {
        for patch in markdown::split(patch, PATCH_BYTES) {
            self.tell(event(patch));
        }
    }

    fn tell(&mut self, event: ChatEvent) {
        self.sinks.retain(|sink| sink(event.clone()));
    }
}
