//! A field that holds nothing but pictures.

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::Value;

use super::part::pictures_in;

/// `images`: strings, parts or objects with an address, alone or in an array.
#[derive(Debug, Default)]
pub(crate) struct Pictures(Vec<String>);

impl Pictures {
    /// True where there is any.
    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Data URLs, base64 alone, or addresses.
    pub fn each(&self, on: &mut impl FnMut(&str)) {
        self.0.iter().for_each(|url| on(url));
    }
}

impl<'de> Deserialize<'de> for Pictures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut found = Vec::new();
        pictures_in(Value::deserialize(deserializer)?, &mut |url| {
            found.push(url)
        });
        Ok(Self(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_listed_in_every_shape() {
        for json in [
            r#"["data:a"]"#,
            r#"[{"url":"data:a"}]"#,
            r#"[{"data":"data:a","mime_type":"image/png"}]"#,
            r#"[{"type":"image_url","image_url":{"url":"data:a"},"index":0}]"#,
            r#"[{"b64_json":"data:a"}]"#,
            r#"{"url":"data:a"}"#,
            r#"[["data:a"]]"#,
            r#""data:a""#,
            r#"[1,null,true,{},"data:a"]"#,
        ] {
            let pictures: Pictures = serde_json::from_str(json).unwrap();
            assert_eq!(pictures.0, ["data:a"], "{json}");
        }
        let none: Pictures = serde_json::from_str("null").unwrap();
        assert!(!none.any());
    }
}
