//! What a stub is made of. Shapes are those that captures and documentation show.

use protocol::ErrorCode;

/// One provider.
pub struct Case {
    /// Id of its manifest.
    pub id: &'static str,
    /// The model that is asked.
    pub model: &'static str,
    /// It takes pictures.
    pub sees: bool,
    /// It wants a key.
    pub keyed: bool,
    /// Where its list of models is, from the origin.
    pub list_path: &'static str,
    /// Its list.
    pub list: &'static str,
    /// Another address it answers, by the model that is named.
    pub other: Option<Other>,
    /// The models that are shown of it, and whether they take pictures.
    pub models: &'static [(&'static str, Option<bool>)],
    /// Fields it takes, besides those of every request.
    pub fields: &'static [(&'static str, Takes)],
    /// Data URLs it takes begin so, after `data:`.
    pub data_urls: &'static [&'static str],
    /// It takes links.
    pub links: bool,
    /// Values of `detail`.
    pub details: &'static [&'static str],
    /// Fields that must have been sent, as a JSON object.
    pub asks: &'static str,
    /// Its answer: "A red square."
    pub stream: &'static str,
    /// The reasoning in it.
    pub reasoning: &'static str,
    /// `total_tokens` of it.
    pub total: u32,
    /// To a wrong key.
    pub bad_key: Answer,
    /// To the model `busy`.
    pub busy: Answer,
    /// What that is.
    pub busy_code: ErrorCode,
    /// Status and body to a field it does not know, which `NAME` stands for.
    pub unknown: (u16, &'static str),
}

/// An address, and its answer by the model that is named.
pub type Other = (&'static str, fn(&str) -> &'static str);

/// What a field takes.
pub enum Takes {
    /// A number of this range.
    Number(f64, f64),
    /// One of these texts.
    Words(&'static [&'static str]),
    /// A list of at most so many.
    Items(usize),
    /// This very JSON.
    Json(&'static str),
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// An answer that is no stream.
pub struct Answer {
    pub status: u16,
    pub kind: &'static str,
    pub headers: &'static str,
    pub body: std::borrow::Cow<'static, str>,
}

impl Answer {
    /// An answer of JSON.
    pub fn json(status: u16, body: &str) -> Self {
        Self {
            status,
            kind: "application/json",
            headers: "",
            body: body.to_owned().into(),
        }
    }

    /// The same, written as a constant.
    pub const fn fixed(status: u16, headers: &'static str, body: &'static str) -> Self {
        Self {
            status,
            kind: "application/json",
            headers,
            body: std::borrow::Cow::Borrowed(body),
        }
    }
}

/// OpenAI's answer to a field that it does not know.
pub const UNKNOWN: (u16, &str) = (
    400,
    r#"{"error":{"message":"Unrecognized request argument supplied: NAME","type":"invalid_request_error","param":"NAME","code":"unknown_parameter"}}"#,
);

/// `thinking` as Ark, GLM, Moonshot and DeepSeek take it.
pub const THINKING: Takes = Takes::OneOf(&[r#"{"type":"enabled"}"#, r#"{"type":"disabled"}"#]);

/// Any count of tokens.
pub const TOKENS: Takes = Takes::Number(1.0, 1_000_000.0);
