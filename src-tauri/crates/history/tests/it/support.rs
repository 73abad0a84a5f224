//! The history as a test calls it: each call waited for, one after the other.

use std::path::Path;

use history::{Error, NewTurn, Opened, Piece, SetAside, StoredConversation, StoredMessage, Turn};
use protocol::{
    Answer, ChatParams, ConversationSummary, ErrorCode, IpcError, MessageState, Millis, Picture,
    SearchAnswer, SearchParams, SearchPlace, Video,
};
use stores::{KeyRow, ModelRow, ProviderState, Rendition};
use tokio::runtime::Builder;

/// A history whose calls are waited for.
#[derive(Clone, Debug)]
pub struct History(pub history::History);

impl std::ops::Deref for History {
    type Target = history::History;

    fn deref(&self) -> &history::History {
        &self.0
    }
}

/// Waits for a call that needs no timer and no network.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(work)
}

/// Opens the history in a file that can be read, and does all that tending does.
pub fn open(path: &Path) -> History {
    let (history, set_aside) = open_any(path).unwrap();
    assert_eq!(set_aside, None);
    history.settle().unwrap();
    history
}

/// Opens the history in a file.
pub fn open_any(path: &Path) -> Result<(History, Option<SetAside>), Error> {
    let Opened { history, set_aside } = history::History::open(path)?;
    Ok((History(history), set_aside))
}

/// Closes a history, as the end of the app does.
pub fn close(history: History) {
    history.0.close().wait().unwrap();
}

impl History {
    pub fn in_memory() -> Result<Self, Error> {
        history::History::in_memory().map(Self)
    }

    pub fn put_picture(&self, picture: &Picture, bytes: &[u8]) -> Result<(), Error> {
        wait(self.0.put_picture(picture.clone(), bytes.to_vec()))
    }

    pub fn put_video(&self, video: &Video, bytes: &[u8]) -> Result<(), Error> {
        wait(self.0.put_video(video.clone(), bytes.to_vec()))
    }

    pub fn put_renditions(
        &self,
        master: &str,
        spec: &str,
        made: &[(Rendition, Vec<u8>)],
    ) -> Result<(), Error> {
        wait(self.0.put_renditions(master, spec, made.to_vec()))
    }

    pub fn keep_fetched(
        &self,
        message: &str,
        position: usize,
        picture: &Picture,
        bytes: &[u8],
    ) -> Result<bool, Error> {
        let (picture, bytes) = (picture.clone(), bytes.to_vec());
        wait(self.0.keep_fetched(message, position, picture, bytes))
    }

    pub fn picture(&self, hash: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        wait(self.0.picture(hash))
    }

    pub fn video(&self, hash: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        wait(self.0.video(hash))
    }

    /// All of them.
    pub fn conversations(&self) -> Result<Vec<ConversationSummary>, Error> {
        let all = self.0.read(|r| r.conversations(None, 10_000)).wait()?;
        assert!(!all.1);
        Ok(all.0)
    }

    /// With all its messages.
    pub fn conversation(&self, id: &str) -> Result<StoredConversation, Error> {
        let id = id.to_owned();
        self.0.read(move |r| r.conversation(&id, usize::MAX)).wait()
    }

    /// Text and reasoning that an answer grew by.
    pub fn flush(&self, message: &str, text: &str, reasoning: &str) -> Result<bool, Error> {
        let pieces = [Piece::Reasoning(reasoning.into()), Piece::Text(text.into())];
        let message = message.to_owned();
        self.0.write(move |w| w.flush(&message, &pieces)).wait()
    }

    pub fn close(
        &self,
        message: &str,
        end: MessageState,
        text: &str,
        reasoning: &str,
        answer: &Answer,
        error: Option<&IpcError>,
    ) -> Result<bool, Error> {
        let (message, text, reasoning) =
            (message.to_owned(), text.to_owned(), reasoning.to_owned());
        let (answer, error) = (answer.clone(), error.cloned());
        self.0
            .write(move |w| w.close(&message, end, &text, &reasoning, &answer, error.as_ref()))
            .wait()
    }

    pub fn begin_turn(&self, turn: NewTurn) -> Result<Turn, Error> {
        self.0.write(move |w| w.begin_turn(turn)).wait()
    }

    pub fn begin_retry(
        &self,
        message: &str,
        answer: Answer,
        params: &ChatParams,
    ) -> Result<Turn, Error> {
        let (message, params) = (message.to_owned(), params.clone());
        self.0
            .write(move |w| w.begin_retry(&message, answer, &params))
            .wait()
    }

    pub fn begin_going_on(&self, message: &str, answer: Answer) -> Result<Turn, Error> {
        let (message, params) = (message.to_owned(), ChatParams::default());
        self.0
            .write(move |w| Ok(w.begin_going_on(&message, answer, &params)?.0))
            .wait()
    }

    pub fn begin_beside(&self, question: &str, turn: NewTurn) -> Result<Turn, Error> {
        let question = question.to_owned();
        self.0
            .write(move |w| w.begin_beside(&question, turn))
            .wait()
    }

    pub fn order_keys(&self, provider: &str, ids: &[String]) -> Result<(), Error> {
        let (provider, ids) = (provider.to_owned(), ids.to_vec());
        self.0.write(move |w| w.order_keys(&provider, &ids)).wait()
    }

    pub fn mark_refused(&self, message: &str, at: &[usize], refused: bool) -> Result<(), Error> {
        let (message, at) = (message.to_owned(), at.to_vec());
        self.0
            .write(move |w| w.mark_refused(&message, &at, refused))
            .wait()
    }

    pub fn search(&self, query: &str, after: Option<SearchPlace>) -> SearchAnswer {
        self.0.search(searched(query, after)).wait().unwrap()
    }

    pub fn keys(&self) -> Result<Vec<KeyRow>, Error> {
        self.0.read(|r| r.keys()).wait()
    }

    pub fn models(&self) -> Result<Vec<ModelRow>, Error> {
        self.0.read(|r| r.models()).wait()
    }

    pub fn providers(&self) -> Result<Vec<(String, String)>, Error> {
        self.0.read(|r| r.providers()).wait()
    }

    pub fn provider_states(
        &self,
    ) -> Result<std::collections::HashMap<String, ProviderState>, Error> {
        self.0.read(|r| r.provider_states()).wait()
    }

    pub fn rest_key(&self, id: &str, until: Millis, because: ErrorCode) -> Result<(), Error> {
        let id = id.to_owned();
        self.0
            .write(move |w| w.rest_key(&id, until, because))
            .wait()
    }
}

/// A call that takes texts (or clones of what is borrowed), by its name.
macro_rules! calls {
    ($($way:ident $name:ident($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        impl History {
            $(
                pub fn $name(&self, $($arg: &$type),*) -> Result<$out, Error> {
                    $(let $arg = $arg.to_owned();)*
                    self.0.$way(move |store| store.$name($(&$arg),*)).wait()
                }
            )*
        }
    };
}

calls! {
    read message(id: str) -> StoredMessage;
    read path_to(id: str) -> Vec<StoredMessage>;
    read keys_of(provider: str) -> Vec<KeyRow>;
    read models_of(provider: str) -> Vec<ModelRow>;
    read listed_models(provider: str) -> Option<(String, Millis)>;
    read renditions(master: str, spec: str) -> Vec<Rendition>;
    write show_message(id: str) -> (String, bool);
    write rename(id: str, own: str) -> ();
    write set_params(id: str, params: ChatParams) -> ();
    write show(message: str) -> Vec<StoredMessage>;
    write remove_message(message: str) -> Vec<StoredMessage>;
    write restore_message(message: str) -> Vec<StoredMessage>;
    write fork(message: str) -> String;
    write went_on_from(message: str) -> ();
    write begin_anew(message: str) -> ();
    write hold(hash: str) -> bool;
    write release(hash: str) -> ();
    write add_key(key: KeyRow) -> ();
    write choose_key(id: str) -> ();
    write rename_key(id: str, label: str) -> ();
    write remove_key(id: str) -> Option<KeyRow>;
    write put_provider(id: str, manifest: str) -> ();
    write remove_provider(id: str) -> Vec<KeyRow>;
    write put_model(row: ModelRow) -> ();
}

impl History {
    /// Removes a conversation for good.
    pub fn remove(&self, id: &str) -> Result<(), Error> {
        let ids = [id.to_owned()];
        let work = move |w: &history::Writer<'_>| {
            w.remove(&ids)?;
            ids.iter().try_for_each(|id| w.erase(id))
        };
        self.0.write(work).wait()
    }

    pub fn key_used(&self, id: &str, at: Millis) -> Result<(), Error> {
        let id = id.to_owned();
        self.0.write(move |w| w.key_used(&id, at)).wait()
    }

    pub fn share_rate_limit(&self, provider: &str, on: bool) -> Result<(), Error> {
        let provider = provider.to_owned();
        self.0
            .write(move |w| w.share_rate_limit(&provider, on))
            .wait()
    }

    pub fn put_listed_models(&self, provider: &str, list: &str, at: Millis) -> Result<(), Error> {
        let (provider, list) = (provider.to_owned(), list.to_owned());
        self.0
            .write(move |w| w.put_listed_models(&provider, &list, at))
            .wait()
    }

    pub fn model_used(&self, provider: &str, id: &str, at: Millis) -> Result<(), Error> {
        let (provider, id) = (provider.to_owned(), id.to_owned());
        self.0
            .write(move |w| w.model_used(&provider, &id, at))
            .wait()
    }

    pub fn model_blind(&self, provider: &str, id: &str, blind: bool) -> Result<(), Error> {
        let (provider, id) = (provider.to_owned(), id.to_owned());
        self.0
            .write(move |w| w.model_blind(&provider, &id, blind))
            .wait()
    }
}

/// Asks in a conversation of its own.
pub fn ask(history: &History, text: &str) -> Turn {
    let turn = NewTurn {
        conversation: None,
        text: text.to_owned(),
        parts: vec![],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    };
    history.begin_turn(turn).unwrap()
}

/// A search by a clock that is on UTC.
pub fn searched(query: &str, after: Option<SearchPlace>) -> SearchParams {
    SearchParams {
        query: query.to_owned(),
        after,
        utc_offset: 0,
    }
}
