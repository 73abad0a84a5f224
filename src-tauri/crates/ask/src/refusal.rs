//! What is learned when a provider refuses pictures.

use accounts::{Accounts, Habits};
use protocol::{Belief, ErrorCode, IpcError, Model, Provider};

use crate::{
    assemble::{not_taken, too_many},
    heard::Lesson,
    limit::limit_in,
    payload::{Entry, Payload},
};

/// Does the provider say that the model takes no pictures at all?
fn is_blind(error: &IpcError) -> bool {
    about(error) == Some("blind")
}

/// What a refusal is about, where its class leaves that open.
fn about(error: &IpcError) -> Option<&str> {
    error.args.get("about").map(String::as_str)
}

/// A refusal of a request that held no picture, whatever its words speak of.
fn without_pictures(error: IpcError) -> IpcError {
    match error.code {
        ErrorCode::PictureRefused => IpcError {
            code: ErrorCode::BadRequest,
            ..error
        },
        _ => error,
    }
}

impl Payload {
    /// What a refusal of this request teaches: the model takes no pictures, or one of
    /// those that were sent is bad (which are marked, so that they are not refused again
    /// every turn). With it the error as it is shown.
    ///
    /// Which picture was refused is seldom said. Marked are those of the newest line
    /// that holds any: what came before them went through before them. Where it did
    /// not, as after a change of provider, the next refusal marks the next.
    pub fn learn(&self, accounts: &Accounts, error: IpcError) -> (Option<Lesson>, IpcError) {
        if error.detail.is_none() {
            return (None, error);
        }
        if about(&error) == Some("not_activated") {
            let manifest = &self.asked.manifest;
            let url = manifest.models_url.as_ref().or(manifest.keys_url.as_ref());
            return (
                None,
                url.into_iter()
                    .fold(error, |error, url| error.arg("url", url)),
            );
        }
        if self.pictures() == 0 {
            // Nothing was sent that could be left out from now on.
            return (None, without_pictures(error));
        }
        let (provider, model) = (&self.asked.manifest.id, &self.asked.model.id);
        if is_blind(&error) {
            let is_it = |by: &Provider, one: &Model| by.id == *provider && one.id == *model;
            let other = accounts
                .suggest(|by, one| one.image == Some(true) && !is_it(by, one))
                .map(|(provider, model)| (provider.name, model.id));
            let said = not_taken(ErrorCode::PictureRefused, "pictures", model, other);
            let error = IpcError {
                detail: error.detail,
                ..said
            };
            return (Some(self.blind(true)), error);
        }
        if about(&error) == Some("number")
            && let Some(error) = self.too_many(&error)
        {
            return (None, error);
        }
        let refused = error.code == ErrorCode::PictureRefused;
        let suspect = self.suspect().filter(|_| refused);
        (suspect.map(|entry| marked(entry, true)), error)
    }

    /// How this request could be put so that it is taken, where its refusal tells; it is
    /// changed so. With it how many pictures stay out now.
    pub fn adapt(&mut self, error: &IpcError) -> Option<(Lesson, u32)> {
        let mut habits = self.asked.habits;
        let refused = error.args.get("parameter").map(String::as_str);
        let refused = refused.filter(|_| error.code == ErrorCode::ParameterRefused);
        let words = error
            .detail
            .as_ref()
            .and_then(|detail| detail.message.as_deref());
        let mut out = 0;
        match (refused, about(error)) {
            (Some("stream"), _) if self.base.stream => {
                habits.no_stream = true;
                self.base.stream = false;
            }
            (Some("max_tokens" | "max_completion_tokens"), _) => {
                let base = &mut self.base;
                let other = match (base.max_tokens, base.max_completion_tokens) {
                    (Some(_), None) => "max_completion_tokens",
                    (None, Some(_)) => "max_tokens",
                    _ => return None,
                };
                if habits.other_limit || !words.is_some_and(|words| words.contains(other)) {
                    return None;
                }
                habits.other_limit = true;
                std::mem::swap(&mut base.max_tokens, &mut base.max_completion_tokens);
            }
            (_, Some("system_role")) if self.asked.params.system.is_some() => {
                habits.no_system = true;
            }
            (_, Some("alternating_roles")) if !self.base.alternating_roles => {
                habits.alternating_roles = true;
                self.base.alternating_roles = true;
            }
            (_, Some("reasoning_content")) if !self.wants_reasoning() => {
                habits.reasoning_content = true;
            }
            (_, Some("number")) => {
                let limit = limit_in(words?, self.pictures())?;
                habits.pictures = Some(limit);
                self.asked.limits.images = Some(limit);
                let own = self.own().filter(|piece| !piece.what.is_video()).count();
                if u32::try_from(own).is_ok_and(|own| own <= limit) {
                    out = self.keep_newest(limit);
                }
            }
            _ => return None,
        }
        if habits == self.asked.habits {
            return None;
        }
        Some((self.habits(habits), out))
    }

    /// The provider refused to be asked for the usage of a stream: it is not asked for
    /// it again.
    pub fn without_usage(&mut self) -> Lesson {
        self.base.without_usage = true;
        self.habits(Habits {
            without_usage: true,
            ..self.asked.habits
        })
    }

    fn habits(&mut self, habits: Habits) -> Lesson {
        self.asked.habits = habits;
        Lesson::Account(accounts::Lesson::Habits {
            provider: self.asked.manifest.id.clone(),
            model: self.asked.model.id.clone(),
            habits,
        })
    }

    /// Takes out the oldest pictures until so many are left. Answers how many went.
    fn keep_newest(&mut self, limit: u32) -> u32 {
        let mut over = self.pictures().saturating_sub(limit);
        let out = over;
        for entry in self.entries.iter_mut().filter(|entry| !entry.own) {
            entry.pieces.retain(|piece| {
                let goes = over > 0 && !piece.what.is_video();
                over -= u32::from(goes);
                !goes
            });
        }
        out - over
    }

    /// More pictures than the provider takes, in our words; nothing where it is not known
    /// how many it takes.
    fn too_many(&self, error: &IpcError) -> Option<IpcError> {
        let pictures = self.pictures();
        let limit = self
            .asked
            .habits
            .pictures
            .filter(|limit| *limit < pictures)?;
        let said = too_many(&self.asked.manifest.name, pictures, limit);
        Some(IpcError {
            detail: error.detail.clone(),
            ..said
        })
    }

    /// The request was answered: what was refused before is so no longer.
    pub fn went_through(&self) -> Vec<Lesson> {
        let own = self.entries.iter().filter(|entry| entry.own);
        let again = own.filter(|entry| entry.pieces.iter().any(|piece| piece.refused));
        let mut lessons: Vec<Lesson> = again.map(|entry| marked(entry, false)).collect();
        let learned = self.asked.model.image_by == Some(Belief::Refusal);
        if learned && self.own().any(|piece| !piece.what.is_video()) {
            lessons.push(self.blind(false));
        }
        lessons
    }

    fn blind(&self, blind: bool) -> Lesson {
        Lesson::Account(accounts::Lesson::Blind {
            provider: self.asked.manifest.id.clone(),
            model: self.asked.model.id.clone(),
            blind,
        })
    }

    fn suspect(&self) -> Option<&Entry> {
        let mut newest_first = self.entries.iter().rev();
        newest_first.find(|entry| !positions(entry).is_empty())
    }
}

/// The pictures of a line are refused, or no longer so.
fn marked(entry: &Entry, refused: bool) -> Lesson {
    Lesson::Refused {
        line: entry.line,
        parts: positions(entry),
        refused,
    }
}

/// Places of the pictures of a line.
fn positions(entry: &Entry) -> Vec<usize> {
    let pictures = entry.pieces.iter().filter(|piece| !piece.what.is_video());
    pictures.map(|piece| piece.position).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_picture_is_refused_where_none_was_sent() {
        let said = without_pictures(IpcError::new(ErrorCode::PictureRefused, "no images"));
        assert_eq!(
            (said.code, said.message.as_str()),
            (ErrorCode::BadRequest, "no images")
        );
        let said = without_pictures(IpcError::new(ErrorCode::RateLimit, "wait"));
        assert_eq!(said.code, ErrorCode::RateLimit);
    }
}
