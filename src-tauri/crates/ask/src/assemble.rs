//! A payload as a request: counted, or with the bytes of its pictures.

use ::providers::Limits;
use accounts::dialect;
use bytes::Bytes;
use protocol::{Belief, ErrorCode, IpcError, Model, Picture};
use renditions::{blocking::wait, links, videos};
use stores::Blobs;
use wire::{Body, Content, Message, Part, Request, Role, Source};

use crate::{
    params,
    payload::{Asked, Entry, Payload, Piece, What},
};

/// Stands for a message of pictures that all stay out: a message of nothing is
/// refused, and without it an answer would stand without its question.
const LEFT_OUT: &str = "(picture)";

impl Payload {
    /// Can this be asked? `suggest` names a model that can, with its provider.
    ///
    /// # Errors
    /// [`ErrorCode::VideoNotTaken`], [`ErrorCode::VideoTooLarge`],
    /// [`ErrorCode::VideoFormat`], [`ErrorCode::PictureRefused`],
    /// [`ErrorCode::LinkNotRead`], [`ErrorCode::TooManyPictures`],
    /// [`ErrorCode::TooLarge`], [`ErrorCode::Parameter`].
    pub fn check(
        &self,
        suggest: impl Fn(&dyn Fn(&Model) -> bool) -> Option<(String, String)>,
    ) -> Result<(), IpcError> {
        let model = &self.asked.model;
        let own_videos = self.own().any(|piece| piece.what.is_video());
        if own_videos && model.video == Some(false) {
            let other = suggest(&|model| model.video == Some(true));
            return Err(not_taken(
                ErrorCode::VideoNotTaken,
                "videos",
                &model.id,
                other,
            ));
        }
        // A table may be wrong and a refusal may have been about something else:
        // there the provider decides again.
        let sure = matches!(model.image_by, Some(Belief::User | Belief::Server));
        let own_pictures = self.own().any(|piece| !piece.what.is_video());
        if own_pictures && model.image == Some(false) && sure {
            let other = suggest(&|model| model.image == Some(true));
            return Err(not_taken(
                ErrorCode::PictureRefused,
                "pictures",
                &model.id,
                other,
            ));
        }
        self.check_pieces()?;
        self.check_numbers()
    }

    fn check_pieces(&self) -> Result<(), IpcError> {
        let Limits {
            video_links,
            embedded,
            ..
        } = &self.asked.limits;
        for piece in self.all() {
            match &piece.what {
                What::Video(video) => videos::check(video, &self.asked.limits)?,
                What::Link(link) if link.video && *video_links == Some(false) => {
                    let reason = "this provider takes no links to videos";
                    return Err(links::not_read(&link.host, reason, "type"));
                }
                What::Picture(_) | What::Unfetched(_) if *embedded == Some(false) => {
                    let name = &self.asked.model.id;
                    let message = format!(
                        "{name} takes pictures as links only. Add the picture's link instead, or choose another model."
                    );
                    let error = IpcError::new(ErrorCode::PictureRefused, message);
                    return Err(error.arg("model", name).arg("why", "links"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), IpcError> {
        let limits = &self.asked.limits;
        let (name, pictures, videos) = (&self.asked.manifest.name, self.pictures(), self.videos());
        if let Some(limit) = limits.images
            && pictures > limit
        {
            return Err(too_many(name, pictures, limit));
        }
        if let Some(limit) = limits.videos
            && videos > limit
        {
            let message = format!(
                "The request holds {videos} videos, and {name} takes {limit} at most. Take some out, or start a new conversation."
            );
            return Err(IpcError::new(ErrorCode::Parameter, message)
                .arg("parameter", "videos")
                .arg("range", format!("at most {limit}")));
        }
        let bytes = self.size();
        match limits.body_bytes {
            Some(limit) if bytes > limit => Err(too_large(name, bytes, limit)),
            _ => Ok(()),
        }
    }

    /// Bytes of the request's body, reckoned without reading a picture. Of a
    /// picture that has to be fetched first nothing is known.
    pub fn size(&self) -> u64 {
        let mut base64 = 0_u64;
        let mut place = |what: &What| {
            let data = |mime: &str| Source::Url(format!("data:{mime};base64,"));
            let (source, bytes) = match what {
                What::Picture(picture) => (data(&picture.mime), picture.bytes.into()),
                What::Smaller { mime, bytes } => (data(mime), bytes.len() as u64),
                What::Video(video) => (
                    data(&videos::mime(video, &self.asked.limits)),
                    video.bytes.into(),
                ),
                What::Link(link) => (Source::Url(link.url.clone()), 0),
                What::Unfetched(_) => (data("image/jpeg"), 0),
            };
            base64 += bytes.div_ceil(3) * 4;
            Ok(source)
        };
        let dialect = dialect(&self.asked.manifest);
        let size = self
            .request(&mut place)
            .map_or(0, |request| dialect.size(&request));
        base64 + size as u64
    }

    /// The body, its pictures and videos read from where they are kept; blocking.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`], [`ErrorCode::AttachmentNotReady`] when one is no
    /// longer kept.
    pub fn body(&self, blobs: &dyn Blobs) -> Result<Body, IpcError> {
        let mut read = |what: &What| {
            Ok(match what {
                What::Picture(picture) => {
                    let kept = self.read(picture, blobs)?;
                    let (mime, bytes) = kept.ok_or_else(|| gone(&picture.name))?;
                    Source::Bytes { mime, bytes }
                }
                What::Smaller { mime, bytes } => Source::Bytes {
                    mime: mime.clone(),
                    bytes: bytes.clone(),
                },
                What::Video(video) => {
                    let kept = wait(blobs.video(&video.hash))?;
                    let (_, mut bytes) = kept.ok_or_else(|| gone(&video.name))?;
                    // One that an earlier release kept still has its metadata.
                    videos::take_out(&mut bytes);
                    Source::Bytes {
                        mime: videos::mime(video, &self.asked.limits),
                        bytes: bytes.into(),
                    }
                }
                What::Link(link) => Source::Url(link.url.clone()),
                What::Unfetched(link) => return Err(gone(&link.host)),
            })
        };
        Ok(dialect(&self.asked.manifest).body(&self.request(&mut read)?)?)
    }

    /// MIME type and bytes of a picture; `None` when it is no longer kept. Blocking.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`].
    pub fn read(
        &self,
        picture: &Picture,
        blobs: &dyn Blobs,
    ) -> Result<Option<(String, Bytes)>, IpcError> {
        if let Some(bytes) = self.fetched.get(&picture.hash) {
            return Ok(Some((picture.mime.clone(), bytes.clone())));
        }
        let kept = wait(blobs.picture(&picture.hash))?;
        Ok(kept.map(|(mime, bytes)| (mime, bytes.into())))
    }

    fn request(
        &self,
        source: &mut dyn FnMut(&What) -> Result<Source, IpcError>,
    ) -> Result<Request, IpcError> {
        let mut request = self.base.clone();
        let system = self.asked.params.system.as_deref().unwrap_or_default();
        let wants_reasoning = self.wants_reasoning();
        let mut before = (!system.trim().is_empty()).then_some(system);
        if !self.asked.habits.no_system
            && let Some(system) = before.take()
        {
            request.messages.push(Message::text(Role::System, system));
        }
        // Pictures of answers: an answer's message has no place for them, so they go
        // with the question after it.
        let mut carried: Vec<&Piece> = Vec::new();
        for entry in &self.entries {
            let role = match entry.role {
                protocol::Role::System => Role::System,
                protocol::Role::User => Role::User,
                protocol::Role::Assistant => Role::Assistant,
            };
            // Answers without text: failed, or stopped at once.
            let is_user = role == Role::User;
            if entry.text.is_empty() && entry.pieces.is_empty() && !is_user {
                continue;
            }
            let own = entry.pieces.iter();
            let pieces = if is_user {
                carried.drain(..).chain(own).collect()
            } else {
                carried.extend(own);
                Vec::new()
            };
            let mut content = self.content(entry, &pieces, source)?;
            if is_user && let Some(system) = before.take() {
                content = led_by(system, content);
            }
            let thought = wants_reasoning && !entry.reasoning.is_empty();
            request.messages.push(Message {
                role,
                content,
                reasoning: thought.then(|| entry.reasoning.clone()),
            });
        }
        self.go_on(&mut request);
        Ok(request)
    }

    /// Is the reasoning of earlier answers sent back?
    pub(crate) fn wants_reasoning(&self) -> bool {
        let Asked {
            manifest,
            model,
            habits,
            ..
        } = &self.asked;
        habits.reasoning_content || manifest.wants_reasoning(&model.id)
    }

    fn content(
        &self,
        entry: &Entry,
        pieces: &[&Piece],
        source: &mut dyn FnMut(&What) -> Result<Source, IpcError>,
    ) -> Result<Content, IpcError> {
        if pieces.is_empty() {
            let text = if entry.text.is_empty() {
                LEFT_OUT
            } else {
                &entry.text
            };
            return Ok(Content::Text(text.to_owned()));
        }
        let mut parts = Vec::with_capacity(pieces.len() + 1);
        for piece in pieces {
            let source = source(&piece.what)?;
            parts.push(if piece.what.is_video() {
                Part::Video {
                    source,
                    fps: params::fps(&self.asked.params),
                }
            } else {
                Part::Image {
                    source,
                    detail: self.detail,
                }
            });
        }
        if !entry.text.is_empty() {
            parts.push(Part::Text(entry.text.clone()));
        }
        Ok(Content::Parts(parts))
    }
}

/// A question with instructions before it, for a model that takes none of the system.
fn led_by(system: &str, content: Content) -> Content {
    match content {
        Content::Text(text) => Content::Text(format!("{system}\n\n{text}")),
        Content::Parts(mut parts) => {
            let text = parts.iter_mut().find_map(|part| match part {
                Part::Text(text) => Some(text),
                _ => None,
            });
            match text {
                Some(text) => *text = format!("{system}\n\n{text}"),
                None => parts.push(Part::Text(system.to_owned())),
            }
            Content::Parts(parts)
        }
    }
}

/// The model takes none of these; another may.
pub(crate) fn not_taken(
    code: ErrorCode,
    what: &str,
    model: &str,
    other: Option<(String, String)>,
) -> IpcError {
    let next = match &other {
        Some((provider, other)) => format!("Choose one that does, such as {other} of {provider}."),
        None => "Choose a model that does, or take them out.".to_owned(),
    };
    let error = IpcError::new(code, format!("{model} takes no {what}. {next}")).arg("model", model);
    match other {
        Some((provider, other)) => error.arg("suggestion", other).arg("provider", provider),
        None => error,
    }
}

/// More pictures than a provider takes.
pub(crate) fn too_many(provider: &str, pictures: u32, limit: u32) -> IpcError {
    let message = format!(
        "The request holds {pictures} pictures, and {provider} takes {limit} at most. Take some out, or keep fewer earlier ones."
    );
    IpcError::new(ErrorCode::TooManyPictures, message)
        .arg("pictures", pictures)
        .arg("limit", limit)
}

fn too_large(provider: &str, bytes: u64, limit: u64) -> IpcError {
    let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1_000_000.0);
    let message = format!(
        "The request is {}, and {provider} takes {} at most. Send fewer or smaller pictures, or keep fewer earlier ones.",
        mb(bytes),
        mb(limit)
    );
    IpcError::new(ErrorCode::TooLarge, message)
        .arg("bytes", bytes)
        .arg("limit", limit)
}

fn gone(name: &str) -> IpcError {
    IpcError::new(
        ErrorCode::AttachmentNotReady,
        format!("“{name}” of this conversation is no longer stored. Attach it again in a new conversation."),
    )
    .arg("name", name)
}
