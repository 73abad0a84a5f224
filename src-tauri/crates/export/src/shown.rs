//! What a conversation shows: who said what, and what beside the text.

use history::{Held, History, StoredMessage};
use protocol::{MessageState, Picture, Role};
use stores::Part;

use crate::assets::{self, held};
use crate::{Assets, Error, Words};

/// The branch that a conversation shows.
pub(crate) struct Shown<'a> {
    pub title: String,
    pub messages: Vec<StoredMessage>,
    pub words: &'a Words,
    history: &'a History,
    assets: &'a Assets,
}

/// Where the bytes of a picture or video are.
pub(crate) enum Bytes {
    /// They are not wanted.
    Named,
    /// They are not kept any more.
    Gone,
    /// In a file at this address.
    File(String),
    /// Here.
    Held(Held),
}

/// Something that a message holds beside its text.
pub(crate) enum Beside<'a> {
    Picture(&'a Picture, &'a str),
    Video(&'a str, &'a str),
    Link { url: &'a str, host: &'a str },
}

impl<'a> Shown<'a> {
    pub fn read(
        history: &'a History,
        id: &str,
        assets: &'a Assets,
        words: &'a Words,
    ) -> Result<Self, Error> {
        let id = id.to_owned();
        let read = history.read(move |r| r.conversation(&id, usize::MAX));
        let conversation = read.wait()?;
        let title = conversation.title.trim();
        let untitled = words.word("nav_untitled");
        Ok(Self {
            title: if title.is_empty() { untitled } else { title }.to_owned(),
            messages: conversation.messages,
            words,
            history,
            assets,
        })
    }

    /// Who wrote a message.
    pub fn author(&self, message: &StoredMessage) -> String {
        match (message.role, &message.answer) {
            (Role::Assistant, Some(answer)) => {
                let names = [answer.model.as_str(), answer.provider_name.as_str()];
                let names = names.into_iter().filter(|name| !name.is_empty());
                names.collect::<Vec<_>>().join(" · ")
            }
            (Role::System, _) => self.words.word("params_system").to_owned(),
            _ => self.words.word("you").to_owned(),
        }
    }

    /// What has to be said of how an answer ended.
    pub fn remark(&self, message: &StoredMessage) -> Option<String> {
        let is_empty = message.text.is_empty() && message.parts.is_empty();
        let word = |name: &str| Some(self.words.word(name).to_owned());
        match message.state {
            MessageState::Complete => None,
            MessageState::Cut => word("state_cut"),
            MessageState::Stopped if is_empty => word("state_stopped_empty"),
            MessageState::Stopped => word("state_stopped"),
            MessageState::Streaming | MessageState::Interrupted if is_empty => {
                word("state_interrupted_empty")
            }
            MessageState::Streaming | MessageState::Interrupted => word("state_interrupted"),
            MessageState::Failed => {
                let error = message.error.as_ref();
                let reason = error.map_or("", |error| error.message.as_str());
                Some(self.words.word("live_failed").replace("{reason}", reason))
            }
        }
    }

    /// The bytes of a picture or video, as they are wanted.
    pub fn bytes(&self, hash: &str) -> Result<Bytes, Error> {
        if *self.assets == Assets::None {
            return Ok(Bytes::Named);
        }
        let Some(held) = held(self.history, hash)? else {
            return Ok(Bytes::Gone);
        };
        Ok(match self.assets {
            Assets::Files(folder) => Bytes::File(assets::write_beside(folder, hash, &held)?),
            _ => Bytes::Held(held),
        })
    }

    /// What stands for bytes that are not there.
    pub fn stand_in(&self, name: &str, bytes: &Bytes) -> String {
        match bytes {
            Bytes::Gone => format!("{name}: {}", self.words.word("picture_missing")),
            _ => name.to_owned(),
        }
    }
}

/// What a message holds beside its text, in order.
pub(crate) fn beside(message: &StoredMessage) -> impl Iterator<Item = Beside<'_>> {
    message.parts.iter().map(|part| match part {
        Part::Picture(picture) => Beside::Picture(picture, &picture.name),
        Part::Link {
            link,
            picture: Some(picture),
        } => Beside::Picture(picture, &link.url),
        Part::Video(video) => Beside::Video(&video.hash, &video.name),
        Part::Link { link, .. } => Beside::Link {
            url: &link.url,
            host: &link.host,
        },
    })
}
