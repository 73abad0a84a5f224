//! What of a prompt goes into the request, and what stays out.

use std::{collections::HashMap, sync::Arc};

use ::providers::{Limits, Manifest};
use accounts::Habits;
use bytes::Bytes;
use protocol::{AnswerNote, ChatParams, IpcError, Link, Model, Picture, Role, Video};
use renditions::videos;
use stores::Part;
use wire::{Detail, Request};

use crate::{
    params,
    prompt::{Line, Prompt},
};

/// Who is asked, and how.
#[derive(Clone)]
pub struct Asked {
    /// The provider.
    pub manifest: Arc<Manifest>,
    /// The model, as far as it is known.
    pub model: Model,
    /// What a request to it may hold.
    pub limits: Limits,
    /// Parameters of the request.
    pub params: ChatParams,
    /// How the model wants to be asked, as it was learned.
    pub habits: Habits,
}

/// A request before its pictures are read: what it will hold, and what stays out.
pub(crate) struct Payload {
    pub(crate) asked: Asked,
    /// The parameters, without messages.
    pub(crate) base: Request,
    pub(crate) detail: Option<Detail>,
    pub(crate) entries: Vec<Entry>,
    /// What should be known of it.
    pub(crate) notes: Vec<AnswerNote>,
    /// Earlier pictures that stay out.
    pub(crate) left_out: u32,
    /// The bytes of pictures that were fetched for it, by their hash.
    pub(crate) fetched: HashMap<String, Bytes>,
}

/// One line of the prompt.
pub(crate) struct Entry {
    /// Its place in the prompt.
    pub line: usize,
    pub role: Role,
    pub text: String,
    pub reasoning: String,
    pub pieces: Vec<Piece>,
    /// It is the question that is asked now, or the one whose answer is gone on with.
    pub own: bool,
}

/// A picture, a video or a link that goes along.
pub(crate) struct Piece {
    /// Its place among the parts of its line.
    pub position: usize,
    pub what: What,
    /// A provider refused it before.
    pub refused: bool,
}

/// What a piece is sent as.
pub(crate) enum What {
    /// The bytes that are kept under this hash.
    Picture(Picture),
    /// A smaller rendition of a picture, for this request only.
    Smaller { mime: String, bytes: Bytes },
    /// The bytes that are kept under this hash.
    Video(Video),
    /// An address, sent as it is.
    Link(Link),
    /// An address whose picture has to be fetched first.
    Unfetched(Link),
}

impl What {
    pub fn is_video(&self) -> bool {
        match self {
            Self::Video(_) => true,
            Self::Link(link) => link.video,
            _ => false,
        }
    }
}

/// Why an earlier part stays out.
enum Out {
    Refused,
    NotTaken,
    Old,
}

impl Payload {
    /// What asks for an answer to the last line of a prompt.
    ///
    /// All that the question itself holds goes along, also what was refused
    /// before: to ask again is to try again. Of earlier lines stays out what a
    /// provider refused, what the model is known not to take, and pictures beyond
    /// `keep_pictures`.
    ///
    /// # Errors
    /// What is wrong with the parameters; see [`params::request`].
    pub fn new(asked: Asked, prompt: &Prompt) -> Result<Self, IpcError> {
        let (manifest, model) = (&asked.manifest, &asked.model.id);
        let mut payload = Self {
            base: params::request(manifest, model, &asked.params, asked.habits)?,
            detail: params::detail(manifest, model, &asked.params)?,
            entries: Vec::with_capacity(prompt.lines.len()),
            notes: Vec::new(),
            left_out: 0,
            fetched: HashMap::new(),
            asked,
        };
        let mut counts = Counts::default();
        let is_question = |line: &Line| line.role == Role::User;
        let question = prompt.lines.iter().rposition(is_question);
        for (at, line) in prompt.lines.iter().enumerate() {
            let own = Some(at) == question;
            let pieces = payload.pieces(line, own, &mut counts);
            payload.entries.push(Entry {
                line: at,
                role: line.role,
                text: line.text.clone(),
                reasoning: line.reasoning.clone(),
                pieces,
                own,
            });
        }
        payload.drop_old(&mut counts);
        payload.left_out = counts.refused + counts.old + counts.pictures;
        payload.notes = counts.notes();
        Ok(payload)
    }

    fn pieces(&self, line: &Line, own: bool, counts: &mut Counts) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(line.parts.len());
        for (position, part) in line.parts.iter().enumerate() {
            let piece = self.piece(position, part);
            match self.out(&piece).filter(|_| !own) {
                Some(out) => counts.add(&out, piece.what.is_video()),
                None => pieces.push(piece),
            }
        }
        pieces
    }

    fn piece(&self, position: usize, part: &Part) -> Piece {
        let (what, refused) = match part {
            Part::Picture(picture) => (What::Picture(picture.clone()), picture.refused),
            Part::Video(video) => (What::Video(video.clone()), false),
            Part::Link {
                link,
                picture: Some(picture),
            } => (What::Picture(picture.clone()), link.refused),
            Part::Link { link, .. } => {
                let as_it_is = link.video || self.asked.limits.links == Some(true);
                let what = if as_it_is && link.url.starts_with("https://") {
                    What::Link(link.clone())
                } else {
                    What::Unfetched(link.clone())
                };
                (what, link.refused)
            }
        };
        Piece {
            position,
            what,
            refused,
        }
    }

    /// Why this would stay out if it is of an earlier line.
    fn out(&self, piece: &Piece) -> Option<Out> {
        let Asked { model, limits, .. } = &self.asked;
        if piece.refused {
            return Some(Out::Refused);
        }
        let taken = match &piece.what {
            What::Video(video) => {
                model.video != Some(false) && videos::check(video, limits).is_ok()
            }
            What::Link(link) if link.video => {
                model.video != Some(false) && limits.video_links != Some(false)
            }
            _ => model.image != Some(false),
        };
        (!taken).then_some(Out::NotTaken)
    }

    /// Takes out earlier pictures beyond those that the person keeps.
    fn drop_old(&mut self, counts: &mut Counts) {
        let kept = [self.asked.params.keep_pictures, self.asked.habits.pictures];
        let Some(keep) = kept.into_iter().flatten().min() else {
            return;
        };
        let mut left = usize::try_from(keep).unwrap_or(usize::MAX);
        for entry in self.entries.iter_mut().rev() {
            let mut kept = Vec::with_capacity(entry.pieces.len());
            for piece in std::mem::take(&mut entry.pieces).into_iter().rev() {
                let is_picture = !piece.what.is_video();
                if is_picture && left == 0 && !entry.own {
                    counts.add(&Out::Old, false);
                    continue;
                }
                if is_picture {
                    left = left.saturating_sub(1);
                }
                kept.push(piece);
            }
            kept.reverse();
            entry.pieces = kept;
        }
    }

    /// All of it; an empty one stays.
    pub fn take(&mut self) -> Self {
        Self {
            asked: self.asked.clone(),
            base: self.base.clone(),
            detail: self.detail,
            entries: std::mem::take(&mut self.entries),
            notes: std::mem::take(&mut self.notes),
            left_out: self.left_out,
            fetched: std::mem::take(&mut self.fetched),
        }
    }

    /// Everything that goes along.
    pub fn all(&self) -> impl Iterator<Item = &Piece> {
        self.entries.iter().flat_map(|entry| &entry.pieces)
    }

    /// Pictures that go along, links to them among them.
    pub fn pictures(&self) -> u32 {
        count(self.all().filter(|piece| !piece.what.is_video()))
    }

    /// Videos that go along.
    pub fn videos(&self) -> u32 {
        count(self.all().filter(|piece| piece.what.is_video()))
    }

    /// What the question itself holds.
    pub fn own(&self) -> impl Iterator<Item = &Piece> {
        let own = self.entries.iter().filter(|entry| entry.own);
        own.flat_map(|entry| &entry.pieces)
    }
}

fn count<'a>(pieces: impl Iterator<Item = &'a Piece>) -> u32 {
    u32::try_from(pieces.count()).unwrap_or(u32::MAX)
}

/// How many parts of earlier lines stay out, and why.
#[derive(Default)]
struct Counts {
    refused: u32,
    old: u32,
    /// Not taken.
    pictures: u32,
    /// Not taken.
    videos: u32,
}

impl Counts {
    fn add(&mut self, out: &Out, is_video: bool) {
        let count = match out {
            Out::Refused => &mut self.refused,
            Out::Old => &mut self.old,
            Out::NotTaken if is_video => &mut self.videos,
            Out::NotTaken => &mut self.pictures,
        };
        *count += 1;
    }

    fn notes(&self) -> Vec<AnswerNote> {
        let refused = (self.refused > 0).then_some(AnswerNote::RefusedPicturesLeftOut {
            count: self.refused,
        });
        let old = (self.old > 0).then_some(AnswerNote::OldPicturesLeftOut { count: self.old });
        let not_taken = (self.pictures + self.videos > 0).then_some(AnswerNote::NotTaken {
            pictures: self.pictures,
            videos: self.videos,
        });
        [refused, old, not_taken].into_iter().flatten().collect()
    }
}
