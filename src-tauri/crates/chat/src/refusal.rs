//! What is learned when a provider refuses pictures.

use history::History;
use protocol::{ErrorCode, IpcError};

use crate::{
    Accounts,
    assemble::not_taken,
    draft::{Draft, Line},
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

impl Draft {
    /// Keeps what a refusal of this request teaches: the model takes no pictures
    /// (which is learned), or one of those that were sent is bad (which are marked,
    /// so that they are not refused again every turn). Gives the error as it is
    /// shown.
    ///
    /// Which picture was refused is seldom said. Marked are those of the newest
    /// message that holds any: what came before them went through before them. Where
    /// it did not, as after a change of provider, the next refusal marks the next.
    pub async fn learn(&self, history: &History, accounts: &Accounts, error: IpcError) -> IpcError {
        if error.detail.is_none() || self.pictures() == 0 {
            return error;
        }
        let (provider, model) = (&self.asked.manifest.id, &self.asked.model.id);
        if is_blind(&error) {
            accounts.learned_blind(provider, model, true);
            let other = accounts
                .suggest(|model| model.image == Some(true))
                .map(|(provider, model)| (provider.name, model.id));
            let said = not_taken(ErrorCode::PictureRefused, "pictures", model, other);
            return IpcError {
                detail: error.detail,
                ..said
            };
        }
        if error.code == ErrorCode::PictureRefused
            && let Some(line) = self.suspect()
        {
            // What cannot be marked now is refused again, and marked then.
            mark(history, line, true).await;
        }
        error
    }

    /// The request was answered: what was refused before is so no longer.
    pub async fn went_through(&self, history: &History, accounts: &Accounts) {
        for line in self.lines.iter().filter(|line| line.own) {
            if line.pieces.iter().any(|piece| piece.refused) {
                // It stays marked, and is tried again when it is asked again.
                mark(history, line, false).await;
            }
        }
        let learned = self.asked.model.image_by == Some(protocol::Belief::Refusal);
        if learned && self.own().any(|piece| !piece.what.is_video()) {
            let (provider, model) = (&self.asked.manifest.id, &self.asked.model.id);
            accounts.learned_blind(provider, model, false);
        }
    }

    fn suspect(&self) -> Option<&Line> {
        let mut newest_first = self.lines.iter().rev();
        newest_first.find(|line| !positions(line).is_empty())
    }
}

/// Marks the pictures of a message as refused, or no longer so.
async fn mark(history: &History, line: &Line, refused: bool) {
    let (message, positions) = (line.message.clone(), positions(line));
    let marked = history.write(move |w| w.mark_refused(&message, &positions, refused));
    // Learned again where it is not kept.
    let _ = marked.await;
}

/// Places of the pictures of a message.
fn positions(line: &Line) -> Vec<usize> {
    let pictures = line.pieces.iter().filter(|piece| !piece.what.is_video());
    pictures.map(|piece| piece.position).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ErrorDetail;

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
