//! What the words mean with which answers end.

use crate::answer::Outcome;

/// How an answer ended, as far as a word tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// By itself.
    Complete,
    /// At a limit of tokens.
    Cut,
    /// It has not ended: a word where others write null.
    Nothing,
}

use Means::{Complete, Cut, Nothing};

/// What stands before the word where a server writes the name of its own enumeration:
/// `FINISH_REASON_STOP` (Vertex AI), `FinishReason.STOP` (Python), `StopReason.end_turn`.
const NAMES: &[&str] = &["finishreason", "stopreason"];

/// Small letters and digits of a word (`end_turn`, `END_TURN` and `EndTurn` are one),
/// and what it means. Any other word is a reason of its own.
const WORDS: &[(&str, Means)] = &[
    // OpenAI: platform.openai.com/docs/api-reference/chat/object.
    ("stop", Complete),
    ("length", Cut),
    ("toolcalls", Complete),
    ("functioncall", Complete),
    // Anthropic and those that pass its words on: docs.claude.com/en/api/messages.
    ("endturn", Complete),
    ("stopsequence", Complete),
    ("tooluse", Complete),
    ("maxtokens", Cut),
    ("modelcontextwindowexceeded", Cut),
    // text-generation-inference, Together, watsonx: openai/openai-dotnet#267.
    ("eos", Complete),
    ("eostoken", Complete),
    ("tokenlimit", Cut),
    ("notfinished", Nothing),
    // earendil-works/pi#2106.
    ("end", Complete),
    ("endofturn", Complete),
    ("endoftext", Complete),
    ("endofsequence", Complete),
    // The tokens themselves, where a server gives what stopped it.
    ("imend", Complete),
    ("eotid", Complete),
    ("s", Complete),
    // Cohere: docs.cohere.com/reference/chat.
    ("complete", Complete),
    ("completed", Complete),
    ("toolcall", Complete),
    // Amazon Bedrock, Titan: docs.aws.amazon.com/bedrock, Titan text models.
    ("finish", Complete),
    ("finished", Complete),
    ("stopcriteriamet", Complete),
    // Mistral: docs.mistral.ai/api, `FinishReason`.
    ("modellength", Cut),
    // OpenAI's responses, passed on: `incomplete_details.reason`.
    ("maxoutputtokens", Cut),
    ("maxcompletiontokens", Cut),
    // Hugging Face's names of the same limit.
    ("maxnewtokens", Cut),
    ("maxlength", Cut),
    // llama.cpp: tools/server, `stop_type`.
    ("limit", Cut),
    ("word", Complete),
    // Gateways that name the window of the model: genkit-ai/genkit#6259.
    ("contextlength", Cut),
    ("contextlengthexceeded", Cut),
    ("contextwindowexceeded", Cut),
    ("maxcontextlength", Cut),
    ("maxtokensreached", Cut),
    ("outputlimit", Cut),
    // DashScope, while it is writing: help.aliyun.com/zh/model-studio, `finish_reason`.
    ("null", Nothing),
    // Python's.
    ("none", Nothing),
    // Gemini: ai.google.dev/api/generate-content, `FinishReason`.
    ("unspecified", Nothing),
];

/// What a provider's `finish_reason` means, whatever its letters.
pub(super) fn outcome(finish_reason: Option<&str>) -> Outcome {
    let Some(reason) = finish_reason else {
        return Outcome::Unterminated;
    };
    match meaning(reason) {
        Some(Complete) => Outcome::Complete,
        Some(Cut) => Outcome::Cut,
        Some(Nothing) => Outcome::Unterminated,
        None => Outcome::Stopped(reason.to_owned()),
    }
}

/// True where the word says that the answer goes on.
pub(super) fn goes_on(reason: &str) -> bool {
    meaning(reason) == Some(Nothing)
}

fn meaning(reason: &str) -> Option<Means> {
    let letters = reason.chars().filter(char::is_ascii_alphanumeric);
    let word: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    // A word of another script has none of these letters.
    if reason.chars().any(char::is_alphabetic) && !reason.is_ascii() {
        return None;
    }
    let bare = NAMES.iter().find_map(|name| word.strip_prefix(name));
    let word = bare.filter(|bare| !bare.is_empty()).unwrap_or(&word);
    let (_, means) = WORDS.iter().find(|(known, _)| *known == word)?;
    Some(*means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_whatever_their_letters() {
        for word in [
            "stop",
            "STOP",
            "eos",
            "eos_token",
            "end",
            "end_turn",
            "END_TURN",
            "EndTurn",
            "end-turn",
            "stop_sequence",
            "STOP_SEQUENCE",
            "tool_use",
            "COMPLETE",
            "FINISH_REASON_STOP",
            "FinishReason.STOP",
            "<|im_end|>",
            "</s>",
            "stop_criteria_met",
        ] {
            assert_eq!(outcome(Some(word)), Outcome::Complete, "{word}");
        }
        for word in [
            "length",
            "LENGTH",
            "max_tokens",
            "MAX_TOKENS",
            "maxTokens",
            "model_length",
            "max_output_tokens",
            "model_context_window_exceeded",
            "token_limit",
        ] {
            assert_eq!(outcome(Some(word)), Outcome::Cut, "{word}");
        }
        for word in ["null", "None", "not_finished", "FINISH_REASON_UNSPECIFIED"] {
            assert_eq!(outcome(Some(word)), Outcome::Unterminated, "{word}");
        }
        for word in [
            "content_filter",
            "sensitive",
            "SAFETY",
            "abort",
            "stop停",
            "",
            "停止",
        ] {
            assert_eq!(outcome(Some(word)), Outcome::Stopped(word.into()), "{word}");
        }
    }

    #[test]
    fn each_word_stands_once() {
        for (place, (word, _)) in WORDS.iter().enumerate() {
            let twice = WORDS.iter().skip(place + 1).any(|(other, _)| other == word);
            assert!(!twice, "{word}");
        }
    }
}
