//! Parameters of a request, as they are typed.

use std::str::FromStr;

use protocol::{ChatParams, Thinking};
use serde_json::{Map, Value};

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    Temperature(f64),
    TopP(f64),
    MaxTokens(u64),
    Stop(String),
    Detail(String),
    Stream(bool),
    Thinking(Thinking),
    Effort(String),
    KeepPictures(u32),
    Fps(f64),
    /// Any other field of the request.
    Extra(String, Value),
}

impl FromStr for Param {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or("a parameter is NAME=VALUE")?;
        Ok(match name {
            "temperature" => Self::Temperature(number(value)?),
            "top_p" => Self::TopP(number(value)?),
            "max_tokens" => Self::MaxTokens(number(value)?),
            "stop" => Self::Stop(value.to_owned()),
            "detail" => Self::Detail(value.to_owned()),
            "stream" => Self::Stream(value.parse().map_err(|_| "stream is true or false")?),
            "thinking" => Self::Thinking(match value {
                "on" => Thinking::On,
                "off" => Thinking::Off,
                "auto" => Thinking::Auto,
                _ => return Err("thinking is on, off or auto".to_owned()),
            }),
            "effort" => Self::Effort(value.to_owned()),
            "keep_pictures" => Self::KeepPictures(number(value)?),
            "fps" => Self::Fps(number(value)?),
            _ => {
                let json = serde_json::from_str(value);
                let value = json.unwrap_or_else(|_| Value::from(value));
                Self::Extra(name.to_owned(), value)
            }
        })
    }
}

fn number<T: FromStr>(value: &str) -> Result<T, String> {
    let parsed = value.parse();
    parsed.map_err(|_| format!("“{value}” is no number that is taken here"))
}

/// These over those of `base`.
pub fn over(base: ChatParams, system: Option<String>, params: Vec<Param>) -> ChatParams {
    let mut all = base;
    if system.is_some() {
        all.system = system;
    }
    // A list is replaced as a whole.
    if params.iter().any(|param| matches!(param, Param::Stop(_))) {
        all.stop.clear();
    }
    let mut extra = Map::new();
    for param in params {
        match param {
            Param::Temperature(value) => all.temperature = Some(value),
            Param::TopP(value) => all.top_p = Some(value),
            Param::MaxTokens(value) => all.max_tokens = Some(value),
            Param::Stop(value) => all.stop.push(value),
            Param::Detail(value) => all.detail = Some(value),
            Param::Stream(value) => all.stream = Some(value),
            Param::Thinking(value) => all.thinking = Some(value),
            Param::Effort(value) => all.effort = Some(value),
            Param::KeepPictures(value) => all.keep_pictures = Some(value),
            Param::Fps(value) => all.fps = Some(value),
            Param::Extra(name, value) => {
                extra.insert(name, value);
            }
        }
    }
    if !extra.is_empty() {
        let kept = all.extra.as_deref().unwrap_or_default();
        let kept: Result<Map<String, Value>, _> = serde_json::from_str(kept);
        // What is no JSON would be refused in any case.
        let mut fields = kept.unwrap_or_default();
        fields.extend(extra);
        all.extra = Some(Value::Object(fields).to_string());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_typed_and_the_rest_goes_as_it_is() {
        let params = ["temperature=0.5", "stop=A", "stop=B", "seed=7", "user=me"];
        let params = params.map(|text| text.parse::<Param>().unwrap());
        let base = ChatParams {
            stop: vec!["old".into()],
            top_p: Some(0.9),
            extra: Some(r#"{"seed":1,"kept":true}"#.into()),
            ..ChatParams::default()
        };
        let all = over(base, Some("Be brief.".into()), params.into());
        assert_eq!(all.system.as_deref(), Some("Be brief."));
        assert_eq!((all.temperature, all.top_p), (Some(0.5), Some(0.9)));
        assert_eq!(all.stop, ["A", "B"]);
        let extra: Value = serde_json::from_str(&all.extra.unwrap()).unwrap();
        assert_eq!(
            extra,
            serde_json::json!({"seed": 7, "kept": true, "user": "me"})
        );
        for wrong in [
            "temperature=warm",
            "temperature",
            "=1",
            "thinking=maybe",
            "max_tokens=-1",
        ] {
            assert!(wrong.parse::<Param>().is_err(), "{wrong}");
        }
    }
}
