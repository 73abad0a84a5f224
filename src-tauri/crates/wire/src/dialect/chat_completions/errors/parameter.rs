//! Which parameter a refusal is about.

use protocol::ErrorCode;

/// Codes that name a parameter by themselves (Ark).
const CODES: &[(&str, &str)] = &[
    ("invalidargumenterror.invalidimagedetail", "detail"),
    (
        "invalidargumenterror.invalidpixellimit",
        "image_pixel_limit",
    ),
];

/// Names that are no other word, so that they tell wherever they stand.
const DISTINCT: &[&str] = &[
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "top_p",
    "top_k",
    "min_p",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "reasoning_effort",
    "reasoning_split",
    "enable_thinking",
    "thinking_budget",
    "thinking_config",
    "include_reasoning",
    "stream_options",
    "include_usage",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "response_format",
    "service_tier",
    "parallel_tool_calls",
    "tool_choice",
    "chat_template_kwargs",
    "extra_body",
    "vl_high_resolution_images",
    "image_pixel_limit",
    "max_pixels",
    "min_pixels",
    "do_sample",
    "safe_prompt",
    "random_seed",
];

/// Names that are words as well: quoted, or beside a word that makes them one.
const WORDS: &[&str] = &[
    "temperature",
    "thinking",
    "reasoning",
    "stop",
    "detail",
    "fps",
    "seed",
    "stream",
    "n",
    "user",
    "verbosity",
    "modalities",
    "logprob",
    "store",
    "metadata",
    "tools",
    "functions",
];

/// Not parameters that a person set: the request itself and its content.
const CONTENT: &[&str] = &[
    "messages",
    "message",
    "model",
    "input",
    "inputs",
    "prompt",
    "content",
    "contents",
    "image",
    "images",
    "image_url",
    "video",
    "video_url",
    "videos",
    "url",
    "file",
    "role",
    "type",
    "text",
    "body",
    "api_key",
    "key",
    "authorization",
    "request",
    "json",
    "parts",
    "data",
];

/// Phrases after which a name comes that nobody here knows.
const PHRASES: &[&str] = &[
    "unsupported parameter",
    "unsupported value",
    "unknown parameter",
    "unknown name",
    "unknown field",
    "unrecognized request argument supplied",
    "unrecognized request arguments supplied",
    "unrecognized parameter",
    "unrecognized field",
    "unexpected keyword argument",
    "unexpected field",
    "invalid parameter",
    "invalid value for",
    "invalid field",
    "argument not supported on this model",
    "argument not supported",
    "extra inputs are not permitted",
    "property",
    "不支持的参数",
    "不支持参数",
    "未知参数",
    "未知的参数",
    "无效参数",
    "无效的参数",
    "参数",
];

/// What a code alone names.
pub(super) fn by_code(codes: &[String]) -> Option<String> {
    let named = |code: &String| {
        let code = code.to_ascii_lowercase();
        let found = CODES.iter().find(|(prefix, _)| code.starts_with(prefix));
        found.map(|(_, name)| (*name).to_owned())
    };
    codes.iter().find_map(named)
}

/// The name of the refused parameter: from the field that tells it, else from the
/// message. `class` is what the message is taken for otherwise: where it is about
/// something else a name in passing does not count.
pub(super) fn named(param: Option<&str>, message: &str, class: ErrorCode) -> Option<String> {
    // Whatever field it names, one that is about money or the model is about that.
    let may_be = matches!(
        class,
        ErrorCode::BadRequest
            | ErrorCode::TooLong
            | ErrorCode::PictureRefused
            | ErrorCode::ProviderDown
    );
    if let Some(param) = param {
        return in_path(param).filter(|_| may_be);
    }
    let tokens = tokens(message);
    let known = tokens.iter().enumerate().find_map(|(at, token)| {
        let name = known_in(token.text)?;
        let next = tokens.get(at + 1).map_or("", |t| t.text);
        let before = at.checked_sub(1).and_then(|b| tokens.get(b));
        let before = before.map_or("", |t| t.text);
        let told = token.stands_out(message, before, next);
        let distinct = DISTINCT.contains(&name);
        let counts = match class {
            ErrorCode::BadRequest => distinct || told,
            // vLLM: "max_tokens is too large … maximum context length is …".
            ErrorCode::TooLong => distinct && is_too_large(message, token, next),
            ErrorCode::PictureRefused => matches!(name, "detail" | "fps") && told,
            _ => false,
        };
        counts.then(|| name.to_owned())
    });
    known.or_else(|| {
        if class != ErrorCode::BadRequest {
            return None;
        }
        unknown_in(message)
    })
}

/// The parameter within a path: `body.temperature`, `generation_config.top_p`,
/// `messages[0].content[1].image_url.detail`.
fn in_path(path: &str) -> Option<String> {
    let steps: Vec<&str> = path
        .split(['.', '[', ']', '/'])
        .filter(|step| !step.is_empty() && step.bytes().any(|b| b.is_ascii_alphabetic()))
        .collect();
    let around = [
        "body",
        "parameters",
        "parameter",
        "extra_body",
        "generation_config",
        "generationConfig",
        "request",
        "req",
    ];
    let first = *steps.iter().find(|step| !around.contains(step))?;
    if CONTENT.contains(&first) {
        let last = *steps.last()?;
        return matches!(last, "detail" | "fps").then(|| last.to_owned());
    }
    if first == "stream_options" {
        return Some(first.to_owned());
    }
    let name = first
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    name.then(|| first.to_owned())
}

/// A run of letters, digits, `_` and `.` in a message, and where it stands.
struct Token<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

fn tokens(message: &str) -> Vec<Token<'_>> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']');
    let mut out = Vec::new();
    let mut start = None;
    let ends = message
        .char_indices()
        .chain(std::iter::once((message.len(), ' ')));
    for (at, c) in ends {
        match (start, inside(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                start = None;
                let text = message.get(from..at).unwrap_or("");
                let text = text.trim_end_matches('.');
                if !text.is_empty() {
                    out.push(Token {
                        text,
                        start: from,
                        end: from + text.len(),
                    });
                }
            }
            _ => {}
        }
    }
    out
}

/// The known name that a token is or leads to.
fn known_in(token: &str) -> Option<&'static str> {
    let all = || DISTINCT.iter().chain(WORDS).copied();
    let exact = |step: &str| all().find(|name| *name == step || snake(step) == *name);
    if token.contains('.') || token.contains('[') {
        let first = token.split(['.', '[']).next().unwrap_or("");
        let content = CONTENT.contains(&first);
        let steps = token.split(['.', '[', ']']);
        return steps
            .filter_map(exact)
            .find(|name| !content || matches!(*name, "detail" | "fps"));
    }
    exact(token)
}

/// `presencePenalty` as `presence_penalty` (xAI).
fn snake(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

impl Token<'_> {
    /// True where a word is meant as a name: in quotes, beside "parameter" or
    /// "参数", or as what is (not) supported, allowed or in range.
    fn stands_out(&self, message: &str, before: &str, next: &str) -> bool {
        let left = message.get(..self.start).unwrap_or("").trim_end();
        let right = message.get(self.end..).unwrap_or("").trim_start();
        let quotes = [
            '\'', '"', '`', '‘', '’', '“', '”', '「', '」', '[', '【', '《',
        ];
        let quoted = left.ends_with(quotes) && right.starts_with([']', '」', '】', '》'])
            || left.ends_with(quotes) && right.starts_with(quotes);
        let noun = |word: &str| {
            matches!(
                word.to_ascii_lowercase().as_str(),
                "parameter" | "parameters" | "param" | "argument" | "field" | "property" | "option"
            )
        };
        let verb = |word: &str| {
            matches!(
                word.to_ascii_lowercase().as_str(),
                "is" | "must"
                    | "should"
                    | "cannot"
                    | "can"
                    | "may"
                    | "does"
                    | "has"
                    | "not"
                    | "value"
                    | "out"
                    | "unsupported"
                    | "invalid"
            )
        };
        let beside = left.ends_with("参数") || left.ends_with("参数：") || left.ends_with("参数:");
        let said = [
            "参数",
            "不支持",
            "必须",
            "应",
            "取值",
            "只能",
            "超出",
            "范围",
            "非法",
            "无效",
            "错误",
            "不能",
            "不合法",
            "的值",
        ]
        .iter()
        .any(|word| right.starts_with(word));
        let denied =
            left.ends_with("不支持") || left.ends_with("无效的") || left.ends_with("非法的");
        quoted
            || noun(before)
            || noun(next)
            || beside
            || said
            || denied
            || (self.text.len() > 1
                && (verb(next) && !self.text.eq_ignore_ascii_case("user")
                    || matches!(
                        before,
                        "support" | "supports" | "supported" | "invalid" | "Invalid"
                    )
                    || left.ends_with(": ") && right.is_empty()))
    }
}

fn is_too_large(message: &str, token: &Token<'_>, next: &str) -> bool {
    let right = message.get(token.end..).unwrap_or("");
    let right = right.trim_start_matches(['\'', '"', '`', ' ']);
    next == "is" && right.starts_with("is too large")
        || right.starts_with("or ") && message.contains("is too large")
        || right.starts_with("must be")
}

/// A name that is not known here, after a phrase that announces one.
fn unknown_in(message: &str) -> Option<String> {
    let lower = message.to_ascii_lowercase();
    PHRASES.iter().find_map(|phrase| {
        let at = lower.find(phrase)? + phrase.len();
        let rest = message.get(at..)?;
        let quotes = [
            '\'', '"', '`', '‘', '“', '「', '[', '【', ':', '：', ' ', '\\',
        ];
        let name = rest.trim_start_matches(quotes);
        let led = rest.len() - name.len();
        let end = name
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))
            .unwrap_or(name.len());
        let name = name.get(..end)?.trim_end_matches(['.', '-']);
        // A name: announced by a quote or a colon, or not a word of the sentence.
        let announced = rest
            .get(..led)
            .is_some_and(|lead| lead.chars().any(|c| c != ' '));
        let name = (!name.is_empty() && name.len() <= 64 && (announced || name.contains('_')))
            .then_some(name)?;
        in_path(name)
    })
}
