//! A branch of a conversation as a request.

use history::{History, StoredMessage};
use protocol::{ChatParams, ErrorCode, IpcError};
use wire::{Content, Detail, Message, Part, Request, Role, Source};

/// The request that asks `model` to answer the last message of `branch`
/// (oldest first), the bytes of its pictures read from the history; blocking.
///
/// Answers without text (failed, stopped at once) are left out.
///
/// # Errors
/// [`protocol::ErrorCode::Storage`] when a picture cannot be read.
pub fn request(
    history: &History,
    branch: &[StoredMessage],
    model: &str,
    params: &ChatParams,
) -> Result<Request, IpcError> {
    let mut request = parameters(model, params);
    if let Some(system) = params
        .system
        .as_deref()
        .filter(|text| !text.trim().is_empty())
    {
        request.messages.push(Message::text(Role::System, system));
    }
    let detail = params
        .detail
        .as_deref()
        .map(str::parse::<Detail>)
        .transpose()?;
    for message in branch {
        if message.text.is_empty() && message.pictures.is_empty() {
            continue;
        }
        let role = match message.role {
            protocol::Role::System => Role::System,
            protocol::Role::User => Role::User,
            protocol::Role::Assistant => Role::Assistant,
        };
        request.messages.push(Message {
            role,
            content: content(history, message, detail)?,
        });
    }
    Ok(request)
}

/// The request without its messages: what can be checked before anything is saved.
pub fn parameters(model: &str, params: &ChatParams) -> Request {
    Request {
        model: model.to_owned(),
        messages: Vec::new(),
        stream: params.stream.unwrap_or(true),
        temperature: params.temperature,
        top_p: params.top_p,
        max_tokens: params.max_tokens,
        stop: params.stop.clone(),
        ..Request::default()
    }
}

fn content(
    history: &History,
    message: &StoredMessage,
    detail: Option<Detail>,
) -> Result<Content, IpcError> {
    if message.pictures.is_empty() {
        return Ok(Content::Text(message.text.clone()));
    }
    let mut parts = Vec::with_capacity(message.pictures.len() + 1);
    for picture in &message.pictures {
        let Some((mime, bytes)) = history.picture(&picture.hash)? else {
            return Err(gone(&picture.name));
        };
        let source = Source::Bytes {
            mime,
            bytes: bytes.into(),
        };
        parts.push(Part::Image { source, detail });
    }
    if !message.text.is_empty() {
        parts.push(Part::Text(message.text.clone()));
    }
    Ok(Content::Parts(parts))
}

fn gone(name: &str) -> IpcError {
    IpcError::new(
        ErrorCode::AttachmentNotReady,
        format!("The picture “{name}” of this conversation is no longer stored. Attach it again in a new conversation."),
    )
    .arg("name", name)
}
