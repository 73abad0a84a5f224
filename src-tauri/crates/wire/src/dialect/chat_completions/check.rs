//! What a request has to keep to.

use crate::error::Error;
use crate::request::{Content, Part, Request};

/// Fields that are set here and nowhere else.
pub(super) const RESERVED: &[&str] = &["model", "messages", "stream", "stream_options", "n"];

/// Checks the model and the parameters, not the messages.
///
/// # Errors
/// [`Error::ModelMissing`], or [`Error::Parameter`] for one out of its range.
pub(super) fn check(request: &Request) -> Result<(), Error> {
    if request.model.trim().is_empty() {
        return Err(Error::ModelMissing);
    }
    if request
        .temperature
        .is_some_and(|t| !(0.0..=2.0).contains(&t))
    {
        return Err(Error::parameter("temperature", "from 0 to 2"));
    }
    if request.top_p.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
        return Err(Error::parameter("top_p", "from 0 to 1"));
    }
    if request.max_tokens == Some(0) {
        return Err(Error::parameter("max_tokens", "at least 1"));
    }
    if request.max_completion_tokens == Some(0) {
        return Err(Error::parameter("max_completion_tokens", "at least 1"));
    }
    let both = |name: &str| request.extra.contains_key(name);
    if (request.max_tokens.is_some() || both("max_tokens"))
        && (request.max_completion_tokens.is_some() || both("max_completion_tokens"))
    {
        return Err(Error::parameter(
            "max_completion_tokens",
            "left out where max_tokens is set: a request takes one of the two",
        ));
    }
    if request.stop.len() > 4 || request.stop.iter().any(String::is_empty) {
        return Err(Error::parameter(
            "stop",
            "at most 4 texts, none of them empty",
        ));
    }
    for name in request.extra.keys() {
        let set = match name.as_str() {
            name if RESERVED.contains(&name) => true,
            "temperature" => request.temperature.is_some(),
            "top_p" => request.top_p.is_some(),
            "max_tokens" => request.max_tokens.is_some(),
            "max_completion_tokens" => request.max_completion_tokens.is_some(),
            "stop" => !request.stop.is_empty(),
            _ => false,
        };
        if set {
            return Err(Error::parameter(
                name,
                "left out of the extra fields: it is set already",
            ));
        }
    }
    Ok(())
}

/// Checks how videos are to be looked at.
pub(super) fn check_videos(request: &Request) -> Result<(), Error> {
    let parts = request.messages.iter().flat_map(|m| match &m.content {
        Content::Parts(parts) => parts.as_slice(),
        Content::Text(_) => &[],
    });
    for part in parts {
        if let Part::Video { fps: Some(fps), .. } = part
            && !(0.2..=5.0).contains(fps)
        {
            return Err(Error::parameter("fps", "from 0.2 to 5"));
        }
    }
    Ok(())
}
