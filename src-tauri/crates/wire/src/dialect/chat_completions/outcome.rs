use crate::answer::Outcome;

/// What a provider's `finish_reason` means, letter case aside.
pub(super) fn outcome(finish_reason: Option<&str>) -> Outcome {
    let Some(reason) = finish_reason else {
        return Outcome::Unterminated;
    };
    match reason.to_ascii_lowercase().as_str() {
        "stop" | "tool_calls" | "function_call" => Outcome::Complete,
        "length" | "max_tokens" => Outcome::Cut,
        _ => Outcome::Stopped(reason.to_owned()),
    }
}
