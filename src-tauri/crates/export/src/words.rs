//! The page's own words, in the language of whoever exports.

use serde_json::{Map, Value};

const ENGLISH: &str = include_str!("../../../../ui/messages/en.json");
const CHINESE: &str = include_str!("../../../../ui/messages/zh-CN.json");

/// Words of one language.
pub struct Words {
    page: Map<String, Value>,
    lang: &'static str,
}

impl Words {
    /// Those of a locale: Chinese where it is `zh`, else English.
    pub fn of(locale: &str) -> Self {
        let (page, lang) = if locale.to_lowercase().starts_with("zh") {
            (CHINESE, "zh-Hans")
        } else {
            (ENGLISH, "en")
        };
        Self {
            page: serde_json::from_str(page).unwrap_or_default(),
            lang,
        }
    }

    /// The language (BCP 47).
    pub(crate) fn lang(&self) -> &'static str {
        self.lang
    }

    /// The page's words of this name.
    pub(crate) fn word(&self, name: &str) -> &str {
        let word = self.page.get(name).and_then(Value::as_str);
        word.unwrap_or_default()
    }
}
