//! Parameters as the fields of a request: what the person set, what the provider's
//! manifest adds, and nothing else.

use ::providers::{Manifest, merge};
use protocol::{ChatParams, ErrorCode, IpcError};
use serde_json::{Map, Value};
use wire::{Detail, Request};

use accounts::{Habits, dialect};

/// The two names of the limit of an answer's tokens; a request holds one.
const TOKEN_LIMITS: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// A request without its messages, checked: what can be refused before anything is
/// saved. `detail` and `fps` belong to the parts of messages: see [`detail`] and
/// [`fps`].
///
/// # Errors
/// [`ErrorCode::ModelMissing`]; [`ErrorCode::Parameter`] for a value out of its
/// range, free JSON that is none, or a field that is set twice;
/// [`ErrorCode::ParameterRefused`] for one that the model is known not to take.
pub(crate) fn request(
    manifest: &Manifest,
    model: &str,
    params: &ChatParams,
    habits: Habits,
) -> Result<Request, IpcError> {
    if model.trim().is_empty() {
        return Err(IpcError::new(
            ErrorCode::ModelMissing,
            "Choose a model first.",
        ));
    }
    let set = Set {
        manifest,
        model,
        params,
    };
    let mut request = Request {
        model: model.to_owned(),
        alternating_roles: manifest.alternates(model) || habits.alternating_roles,
        stream: params.stream.unwrap_or(true) && !set.is_without("stream") && !habits.no_stream,
        without_usage: habits.without_usage || set.is_without("stream_options"),
        temperature: set.number("temperature", params.temperature)?,
        top_p: set.number("top_p", params.top_p)?,
        stop: set.stop()?,
        ..Request::default()
    };
    let limit = manifest.max_tokens_name(model);
    let tokens = match params.max_tokens {
        Some(_) if TOKEN_LIMITS.iter().any(|name| set.is_without(name)) => None,
        Some(tokens) => set.checked(limit, Value::from(tokens))?.map(|_| tokens),
        None => None,
    };
    if (limit == "max_tokens") != habits.other_limit {
        request.max_tokens = tokens;
    } else {
        request.max_completion_tokens = tokens;
    }
    request.extra = set.extra(&request)?;
    dialect(manifest).check(&request)?;
    set.check_fps()?;
    detail(manifest, model, params)?;
    Ok(request)
}

/// How closely pictures are to be looked at; `None` where nobody says.
///
/// # Errors
/// [`ErrorCode::Parameter`] for a value that the model does not know.
pub fn detail(
    manifest: &Manifest,
    model: &str,
    params: &ChatParams,
) -> Result<Option<Detail>, IpcError> {
    let set = Set {
        manifest,
        model,
        params,
    };
    if set.is_without("detail") {
        return Ok(None);
    }
    let default = manifest.parameter(model, "detail");
    let default = default.and_then(|parameter| parameter.default);
    let asked = match (&params.detail, &default) {
        (Some(own), _) => own.as_str(),
        (None, Some(Value::String(default))) => default.as_str(),
        (None, _) => return Ok(None),
    };
    let known = manifest.details(model);
    if !known.is_empty() && !known.iter().any(|value| value == asked) {
        return Err(out_of_range("detail", &known.join(", ")));
    }
    Ok(Some(asked.parse::<Detail>()?))
}

/// Pictures a second of a video; the provider's own choice when `None`.
pub(crate) fn fps(params: &ChatParams) -> Option<f64> {
    params.fps.filter(|_| !is_without(params, "fps"))
}

/// The person's parameters, and who they are for.
struct Set<'a> {
    manifest: &'a Manifest,
    model: &'a str,
    params: &'a ChatParams,
}

impl Set<'_> {
    fn is_without(&self, name: &str) -> bool {
        is_without(self.params, name)
    }

    fn number(&self, name: &str, value: Option<f64>) -> Result<Option<f64>, IpcError> {
        match value {
            Some(number) => Ok(self.checked(name, Value::from(number))?.map(|_| number)),
            None => Ok(None),
        }
    }

    fn stop(&self) -> Result<Vec<String>, IpcError> {
        let stop = &self.params.stop;
        if stop.is_empty() {
            return Ok(Vec::new());
        }
        let sent = self.checked("stop", Value::from(stop.clone()))?;
        Ok(sent.map(|_| stop.clone()).unwrap_or_default())
    }

    /// A value that the person set; `None` when it is to stay out.
    fn checked(&self, name: &str, value: Value) -> Result<Option<Value>, IpcError> {
        if self.is_without(name) {
            return Ok(None);
        }
        if self.manifest.refuses(self.model, name) {
            return Err(self.not_taken(name));
        }
        self.check_range(name, &value)?;
        Ok(Some(value))
    }

    fn check_range(&self, name: &str, value: &Value) -> Result<(), IpcError> {
        let known = self.manifest.parameter(self.model, name);
        match known.and_then(|parameter| Some((parameter.complaint(value)?, parameter))) {
            Some((complaint, parameter)) => {
                let range = match (parameter.min, parameter.max, parameter.max_items) {
                    (Some(min), Some(max), _) => format!("from {min} to {max}"),
                    (Some(min), None, _) => format!("at least {min}"),
                    (None, Some(max), _) => format!("at most {max}"),
                    (None, None, Some(items)) => format!("at most {items} items"),
                    _ => parameter.values.unwrap_or_default().join(", "),
                };
                let mut error = out_of_range(name, &range);
                error.message = format!("{name} {complaint}. Change it and send again.");
                Err(error)
            }
            None => Ok(()),
        }
    }

    fn check_fps(&self) -> Result<(), IpcError> {
        let Some(fps) = fps(self.params) else {
            return Ok(());
        };
        let known = self.manifest.limits(self.model).video_fps;
        let (min, max) = known.map_or((0.2, 5.0), |range| (range.min, range.max));
        if (min..=max).contains(&fps) {
            return Ok(());
        }
        Err(out_of_range("fps", &format!("from {min} to {max}")))
    }

    /// The fields beside the typed ones: defaults of the manifest, its extra body,
    /// thinking, effort, and the person's own JSON, the later over the earlier.
    fn extra(&self, request: &Request) -> Result<Map<String, Value>, IpcError> {
        let own = self.own_json()?;
        let thinking = self.thinking()?;
        if let Some(name) = twice(&thinking, &own) {
            return Err(set_twice(&name));
        }
        let mut extra = self.defaults();
        merge(&mut extra, self.manifest.extra_body.clone());
        for name in self.typed(request) {
            extra.remove(name);
        }
        let sets_limit =
            |map: &Map<String, Value>| TOKEN_LIMITS.iter().any(|n| map.contains_key(*n));
        let typed_limit = request.max_tokens.is_some() || request.max_completion_tokens.is_some();
        if typed_limit || sets_limit(&own) {
            extra.retain(|name, _| !TOKEN_LIMITS.contains(&name.as_str()));
        }
        merge(&mut extra, thinking);
        merge(&mut extra, own);
        extra.retain(|name, _| !self.is_without(name));
        Ok(extra)
    }

    /// Parameters that the manifest sends where the person sets none.
    fn defaults(&self) -> Map<String, Value> {
        self.manifest
            .parameters(self.model)
            .into_iter()
            .filter(|(name, _)| name != "detail" && !self.is_reserved(name))
            .filter_map(|(name, parameter)| Some((name, parameter?.default?)))
            .collect()
    }

    /// Names of the typed fields that are set.
    fn typed(&self, request: &Request) -> impl Iterator<Item = &'static str> {
        [
            ("temperature", request.temperature.is_some()),
            ("top_p", request.top_p.is_some()),
            ("stop", !request.stop.is_empty()),
        ]
        .into_iter()
        .filter_map(|(name, set)| set.then_some(name))
    }

    /// What asks for the thinking and the effort that the person chose.
    fn thinking(&self) -> Result<Map<String, Value>, IpcError> {
        let mut body = Map::new();
        if let Some(mode) = self.params.thinking
            && !self.is_without("thinking")
        {
            let asks = self.manifest.thinking(self.model, mode);
            merge(&mut body, asks.ok_or_else(|| self.not_taken("thinking"))?);
        }
        let effort = self.params.effort.as_deref().map(str::trim);
        if let Some(effort) = effort.filter(|effort| !effort.is_empty())
            && !self.is_without("effort")
            && !self.is_without("reasoning_effort")
        {
            let asks = self.manifest.effort_body(self.model, effort);
            merge(&mut body, asks.ok_or_else(|| self.not_taken("effort"))?);
        }
        Ok(body)
    }

    /// The person's own fields, each in its range.
    fn own_json(&self) -> Result<Map<String, Value>, IpcError> {
        let text = self.params.extra.as_deref().unwrap_or_default().trim();
        if text.is_empty() {
            return Ok(Map::new());
        }
        let object = match serde_json::from_str(text) {
            Ok(Value::Object(object)) => object,
            Ok(_) => return Err(no_object("it is another kind of value")),
            Err(error) => return Err(no_object(&error.to_string())),
        };
        for (name, value) in &object {
            if self.is_reserved(name) {
                return Err(set_twice(name));
            }
            self.check_range(name, value)?;
        }
        Ok(object)
    }

    /// True for a field that is no parameter, whoever sets it.
    fn is_reserved(&self, name: &str) -> bool {
        dialect(self.manifest).holds().reserved.contains(&name)
    }

    fn not_taken(&self, name: &str) -> IpcError {
        let message = format!(
            "{} does not take {name} from {}. Send without it, or choose another model.",
            self.model, self.manifest.name
        );
        IpcError::new(ErrorCode::ParameterRefused, message).arg("parameter", name)
    }
}

/// Did a provider refuse it before? It may name the parameter with what stands
/// around it: `thinking.type`, `messages[0].content[1].image_url.detail`.
fn is_without(params: &ChatParams, name: &str) -> bool {
    params.without.iter().any(|refused| {
        let mut parts = refused.trim().split(['.', '[']);
        let first = parts.next();
        first == Some(name) || parts.next_back() == Some(name)
    })
}

/// The first field that both hold, objects aside, which are looked into.
fn twice(one: &Map<String, Value>, other: &Map<String, Value>) -> Option<String> {
    one.iter()
        .find_map(|(name, value)| match (value, other.get(name)?) {
            (Value::Object(one), Value::Object(other)) => {
                twice(one, other).map(|inner| format!("{name}.{inner}"))
            }
            _ => Some(name.clone()),
        })
}

fn set_twice(name: &str) -> IpcError {
    out_of_range(name, "left out of the extra fields: it is set already")
}

fn no_object(reason: &str) -> IpcError {
    out_of_range(
        "extra",
        &format!("a JSON object, such as {{\"seed\": 1}} ({reason})"),
    )
}

fn out_of_range(parameter: &str, range: &str) -> IpcError {
    let message = format!("{parameter} must be {range}. Change it and send again.");
    IpcError::new(ErrorCode::Parameter, message)
        .arg("parameter", parameter)
        .arg("range", range)
}
