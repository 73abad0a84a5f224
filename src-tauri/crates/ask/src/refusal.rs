//! What is learned when a provider refuses pictures.

use accounts::Accounts;
use protocol::{Belief, ErrorCode, IpcError, Model, Provider};

use crate::{
    assemble::not_taken,
    heard::Lesson,
    payload::{Entry, Payload},
};

/// Words of a refusal that is about the model and not about the picture, in lower
/// case; all of a row must occur. OpenAI, DeepSeek, OpenRouter, vLLM, Ollama,
/// Moonshot, Ark and GLM word it so; none of them has a code for it.
const BLIND: &[&[&str]] = &[
    &["does not support image"],
    &["do not support image"],
    &["doesn't support image"],
    &["don't support image"],
    &["not support", "image input"],
    &["not support", "image_url"],
    &["image input", "not supported"],
    &["image inputs", "not supported"],
    &["image_url", "only supported by"],
    &["image_url", "expected `text`"],
    &["does not support vision"],
    &["not support", "multimodal"],
    &["not a multimodal model"],
    &["not a vision model"],
    &["missing data required for image input"],
    &["模型", "不支持图片"],
    &["模型", "不支持图像"],
    &["模型", "不支持视觉"],
    &["模型", "不支持多模态"],
];

/// Words of a refusal that is about this picture all the same.
const OF_THE_PICTURE: &[&str] = &[
    "format",
    "mime",
    "media type",
    "格式",
    "类型",
    "larger",
    "大小",
];

/// Does the provider say that the model takes no pictures at all?
fn is_blind(error: &IpcError) -> bool {
    let words = error
        .detail
        .as_ref()
        .and_then(|detail| detail.message.as_ref());
    let Some(words) = words.map(|words| words.to_lowercase()) else {
        return false;
    };
    let refused = matches!(
        error.code,
        ErrorCode::PictureRefused
            | ErrorCode::BadRequest
            | ErrorCode::NotAnApi
            | ErrorCode::ModelNotFound
            | ErrorCode::ParameterRefused
    );
    refused
        && !OF_THE_PICTURE.iter().any(|word| words.contains(word))
        && BLIND
            .iter()
            .any(|row| row.iter().all(|word| words.contains(word)))
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
        let refused = error.code == ErrorCode::PictureRefused;
        let suspect = self.suspect().filter(|_| refused);
        (suspect.map(|entry| marked(entry, true)), error)
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
    use protocol::ErrorDetail;

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

    #[test]
    fn a_model_that_takes_no_pictures_is_told_from_a_bad_picture() {
        let says = |words: &str| {
            is_blind(
                &IpcError::new(ErrorCode::BadRequest, "").with_detail(ErrorDetail {
                    message: Some(words.into()),
                    ..ErrorDetail::default()
                }),
            )
        };
        for words in [
            "Invalid content type. image_url is only supported by certain models.",
            "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text` at line 1",
            "No endpoints found that support image input, and this one does not support image input",
            "deepseek-chat is not a multimodal model",
            "The model does not support images.",
            "该模型不支持图片输入",
        ] {
            assert!(says(words), "{words}");
        }
        for words in [
            "The model does not support image format HEIC.",
            "image exceeds 5 MB maximum",
            "Could not process image",
            "图片格式不支持",
            "",
        ] {
            assert!(!says(words), "{words}");
        }
    }
}
