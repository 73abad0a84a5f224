//! The published schema and the reader agree: on the built-in files, on the
//! example of the docs, and on what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use providers::{Manifest, builtin};
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn schema() -> Value {
    let text = std::fs::read_to_string(root().join("src-tauri/providers/schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

/// A manifest that says everything there is to say.
fn every() -> Value {
    json!({
        "$schema": "./schema.json",
        "id": "every", "name": "Every", "names": {"zh-CN": "全部"},
        "format": "openai",
        "base_url": "https://a.example/v1", "auth": {"header": "x-access"},
        "headers": {"X-Title": "x"}, "docs_url": "https://a.example",
        "keys_url": "https://a.example", "models_url": "https://a.example", "models_endpoint": "/v2/models.json",
        "models_format": "lmstudio",
        "models": [{"id": "m", "name": "M", "inputs": ["text", "image", "video"],
            "reasoning": true, "chat": true, "context": 1, "output": 1,
            "price": {"input": 0.25, "output": 0}, "thinking": null, "effort": null,
            "alternating_roles": false, "reasoning_content": true,
            "limits": {}, "parameters": {"stop": null}}],
        "patterns": [{"id": "m*"}],
        "limits": {"image_bytes": 1, "image_pixels": 1, "image_side": 1, "image_side_min": 1,
            "image_ratio": 200, "images": 1, "body_bytes": 1, "mime": ["image/png"],
            "links": true, "embedded": true, "detail": ["auto"],
            "tokens": {"kind": "area", "divisor": 784, "grid": 28, "side": 1540, "extra": 2,
                "max": 1312, "max_by_detail": {"high": 5120}},
            "videos": 1, "video_bytes": 1, "video_seconds": 0.5, "video_mime": ["video/mp4"],
            "video_fps": {"min": 0.2, "max": 5}, "video_links": true},
        "thinking": {"on": {"thinking": {"type": "enabled"}}, "off": {"enable_thinking": false},
            "auto": {"max_thinking_tokens": 7}},
        "effort": {"values": ["low", "high"], "field": "reasoning.effort"},
        "parameters": {"p": {"min": 0, "max": 1, "max_items": 1, "values": ["a"], "default": "a"},
            "q": null},
        "alternating_roles": true, "reasoning_content": true, "prefill": "partial",
        "extra_body": {"provider": {"sort": "price"}},
        "errors": [{"class": "no_balance", "about": "blind", "status": [429, "5xx"],
            "code": ["E7*"], "param": ["image"], "words": ["no * beans"], "unless": ["^later"],
            "json": true, "source": "its docs"}],
        "thought_tags": [{"open": "<thinking>", "close": "</thinking>", "source": "its docs"}],
    })
}

#[test]
fn every_built_in_file_is_valid() {
    let validator = validator();
    for manifest in builtin() {
        let path = root().join(format!("src-tauri/providers/{}.json", manifest.id));
        let json: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", manifest.id);
        // What the app writes is valid, too.
        let written: Value = serde_json::from_str(&manifest.to_json()).unwrap();
        assert!(validator.is_valid(&written), "{}", manifest.id);
    }
}

#[test]
fn the_example_of_the_docs_is_valid() {
    let page = std::fs::read_to_string(root().join("docs/provider-plugins.md")).unwrap();
    let examples: Vec<&str> = page
        .split("```json\n")
        .skip(1)
        .filter_map(|after| after.split("```").next())
        .filter(|json| json.contains("\"base_url\""))
        .collect();
    assert!(!examples.is_empty());
    for example in examples {
        let json: Value = serde_json::from_str(example).unwrap();
        let errors: Vec<_> = validator()
            .iter_errors(&json)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        Manifest::from_file(example).unwrap();
    }
}

#[test]
fn both_take_a_file_that_says_everything() {
    let every = every();
    let errors: Vec<_> = validator()
        .iter_errors(&every)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    Manifest::from_file(&every.to_string()).unwrap();
    for tokens in [
        json!({"kind": "tile", "base": 85, "per_tile": 170, "tile": 512, "fit": 2048, "short": 768}),
        json!({"kind": "patch", "patch": 32, "factor": 1.62, "max": 1536, "max_by_detail": {}}),
        json!({"kind": "crop", "per_tile": 258, "small": 384, "least": 256, "most": 768}),
        json!({"kind": "fixed", "tokens": 1120, "by_detail": {"low": 280}}),
    ] {
        let mut every = every.clone();
        every["limits"]["tokens"] = tokens;
        assert!(validator().is_valid(&every));
        Manifest::from_file(&every.to_string()).unwrap();
    }
}

/// The schema lists the very fields that the reader reads.
#[test]
fn they_name_the_same_fields() {
    let (schema, every) = (schema(), every());
    let names =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let same =
        |used: &Value, defined: &Value| assert_eq!(names(used), names(&defined["properties"]));
    let defs = &schema["$defs"];
    same(&every, &schema);
    same(&every["models"][0], &defs["model"]);
    same(
        &every["models"][0]["price"],
        &defs["model"]["properties"]["price"],
    );
    same(&every["limits"], &defs["limits"]);
    same(&every["limits"]["tokens"], &defs["tokens"]["oneOf"][0]);
    same(&every["thinking"], &defs["thinking"]);
    same(&every["effort"], &defs["effort"]);
    same(&every["parameters"]["p"], &defs["parameter"]);
    same(&every["errors"][0], &defs["errorRow"]);
    assert_eq!(schema["required"], json!(["id", "name", "base_url"]));
}

/// Changes of [`every`] that both refuse, with the field and the code of the
/// reason that the reader gives.
#[rustfmt::skip]
fn bad() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        ("/id", json!("My Provider"), "id", "id_form"),
        ("/id", json!("-a"), "id", "id_form"),
        ("/id", json!(7), "id", "wrong_type"),
        ("/name", json!(" "), "name", "one_line"),
        ("/name", json!("a\nb"), "name", "one_line"),
        ("/names", json!({"zh-CN": ""}), "names.zh-CN", "one_line"),
        ("/format", json!("anthropic"), "format", "unknown_value"),
        ("/format", json!(null), "format", "unfit"),
        ("/base_url", json!(""), "base_url", "no_address"),
        ("/base_url", json!("http://a.example/v1"), "base_url", "address"),
        ("/base_url", json!("http://localhost.a.example/v1"), "base_url", "address"),
        ("/base_url", json!("ftp://a.example/v1"), "base_url", "address"),
        ("/base_url", json!("https://a.example/v1/"), "base_url", "written_as"),
        ("/base_url", json!("https://u@a.example/v1"), "base_url", "address"),
        ("/base_url", json!("https://a.example/v1?key=1"), "base_url", "address"),
        ("/allow_private", json!(true), "allow_private", "personal"),
        ("/auth", json!("basic"), "auth", "unknown_value"),
        ("/auth", json!({"header": "x key"}), "auth.header", "form"),
        ("/auth", json!({"header": "Host"}), "auth.header", "set_by_app"),
        ("/auth", json!({"header": "Content-Length"}), "auth.header", "set_by_app"),
        ("/auth", json!({"header": "content-type"}), "auth.header", "set_by_app"),
        ("/auth", json!({"header": "CONNECTION"}), "auth.header", "set_by_app"),
        ("/auth", json!({"header": "Proxy-Authorization"}), "auth.header", "set_by_app"),
        ("/auth", json!({"header": "Sec-Fetch-Site"}), "auth.header", "set_by_app"),
        ("/auth", json!({"header": "Cookie"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "User-Agent"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "X-Forwarded-For"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "Content-MD5"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "If-Match"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "X-Request-Id"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "request_id"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "x-oneapi-request-id"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "traceparent"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "X-Amzn-Trace-Id"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "Idempotency-Key"}), "auth.header", "not_for_keys"),
        ("/auth", json!({"header": "x-idempotency-key"}), "auth.header", "not_for_keys"),
        ("/headers", json!({"Proxy-Connection": "x"}), "headers.Proxy-Connection", "set_by_app"),
        ("/headers", json!({"Sec-Fetch-Mode": "x"}), "headers.Sec-Fetch-Mode", "set_by_app"),
        ("/headers", json!({"Authorization": "x"}), "headers.Authorization", "carries_key"),
        ("/headers", json!({"X-Api-Key": "x"}), "headers.X-Api-Key", "carries_key"),
        ("/headers", json!({"api_key": "x"}), "headers.api_key", "carries_key"),
        ("/headers", json!({"Cookie": "x"}), "headers.Cookie", "carries_key"),
        ("/headers", json!({"X-Auth-Token": "x"}), "headers.X-Auth-Token", "carries_key"),
        ("/headers", json!({"X-A": "Bearer abc"}), "headers.X-A", "carries_key"),
        ("/headers", json!({"X-A": "sk-abc"}), "headers.X-A", "carries_key"),
        ("/headers", json!({"Host": "b.example"}), "headers.Host", "set_by_app"),
        ("/headers", json!({"X-A": "a\nb"}), "headers.X-A", "header_value"),
        ("/docs_url", json!("http://a.example"), "docs_url", "form"),
        ("/keys_url", json!("https://u@a.example"), "keys_url", "form"),
        ("/models", json!({}), "models", "wrong_type"),
        ("/models/0/id", json!(""), "models[0].id", "one_line_bytes"),
        ("/models/0/inputs", json!([]), "models[0].inputs", "empty"),
        ("/prefill", json!("yes"), "prefill", "unknown_value"),
        ("/models/0/inputs", json!(["sound"]), "models[0].inputs[0]", "unknown_value"),
        ("/models/0/vision", json!(true), "models[0].vision", "unknown_field"),
        ("/models/0/context", json!(0), "models[0].context", "at_least"),
        ("/models/0/output", json!(0), "models[0].output", "at_least"),
        ("/models/0/price", json!({"input": 1}), "models[0].price.output", "missing"),
        ("/models/0/price/input", json!(-1), "models[0].price.input", "at_least"),
        ("/models/0/thinking", json!({}), "models[0].thinking", "empty"),
        ("/models/0/effort", json!({"field": "a..b"}), "models[0].effort.field", "form"),
        ("/models/0/limits/images", json!(-1), "models[0].limits.images", "unfit"),
        ("/models_endpoint", json!("https://b.example"), "models_endpoint", "form"),
        ("/models_endpoint", json!("/../models"), "models_endpoint", "form"),
        ("/models_endpoint", json!("//b.example"), "models_endpoint", "form"),
        ("/models_format", json!("xml"), "models_format", "unknown_value"),
        ("/limits/image_bytes", json!(0), "limits.image_bytes", "at_least"),
        ("/limits/image_ratio", json!(0.5), "limits.image_ratio", "at_least"),
        ("/limits/mime", json!(["text/html"]), "limits.mime[0]", "form"),
        ("/limits/video_mime", json!(["image/png"]), "limits.video_mime[0]", "form"),
        ("/limits/video_bytes", json!(0), "limits.video_bytes", "at_least"),
        ("/limits/video_seconds", json!(0), "limits.video_seconds", "positive"),
        ("/limits/video_fps", json!({"min": 0, "max": 1}), "limits.video_fps.min", "positive"),
        ("/limits/detail", json!([""]), "limits.detail[0]", "empty"),
        ("/limits/tokens/kind", json!("magic"), "limits.tokens.kind", "unknown_value"),
        ("/limits/tokens/divisor", json!(0), "limits.tokens.divisor", "at_least"),
        ("/limits/tokens/tile", json!(1), "limits.tokens", "unknown_field"),
        ("/limits/colour", json!(1), "limits.colour", "unknown_field"),
        ("/thinking", json!({"maybe": {"a": 1}}), "thinking.maybe", "unknown_field"),
        ("/thinking/on", json!({}), "thinking.on", "empty"),
        ("/thinking/on", json!({"model": "x"}), "thinking.on.model", "set_by_app"),
        ("/effort/field", json!("messages"), "effort.field", "set_by_app"),
        ("/effort/field", json!("stream.x"), "effort.field", "set_by_app"),
        ("/effort/values", json!(["a", "a"]), "effort.values[1]", "repeats"),
        ("/effort/values", json!([""]), "effort.values[0]", "one_line_bytes"),
        ("/parameters", json!([]), "parameters", "wrong_type"),
        ("/parameters/p/least", json!(1), "parameters.p.least", "unknown_field"),
        ("/extra_body", json!({"messages": []}), "extra_body.messages", "set_by_app"),
        ("/extra_body", json!({"model": "m"}), "extra_body.model", "set_by_app"),
        ("/extra_body", json!({"stream": true}), "extra_body.stream", "set_by_app"),
        ("/extra_body", json!({"api_key": "x"}), "extra_body.api_key", "carries_key"),
        ("/errors", json!([{"class": "no_balance"}]), "errors[0]", "fits_all"),
        ("/errors", json!([{"class": "no_balance", "unless": ["x"], "words": []}]), "errors[0]", "fits_all"),
        ("/errors/0/class", json!("broke"), "errors[0].class", "unknown_value"),
        ("/errors/0/class", json!("storage"), "errors[0].class", "form"),
        ("/errors/0/class", json!("key_not_found"), "errors[0].class", "form"),
        ("/errors/0/class", json!("too_many_pictures"), "errors[0].class", "form"),
        ("/errors/0/about", json!("beans"), "errors[0].about", "unknown_value"),
        ("/errors/0/status", json!([7]), "errors[0].status[0]", "form"),
        ("/errors/0/status", json!(["4xx"]), "errors[0].status[0]", "unfit"),
        ("/errors/0/words", json!(["* "]), "errors[0].words[0]", "phrase"),
        ("/errors/0/code", json!([""]), "errors[0].code[0]", "phrase"),
        ("/errors/0/phrase", json!("x"), "errors[0].phrase", "unknown_field"),
        ("/alternating_roles", json!("yes"), "alternating_roles", "wrong_type"),
        ("/models/0/reasoning_content", json!(1), "models[0].reasoning_content", "wrong_type"),
        ("/thought_tags", json!([{"open": "<a>"}]), "thought_tags[0].close", "missing"),
        ("/thought_tags/0/open", json!(""), "thought_tags[0].open", "tag"),
        ("/thought_tags/0/open", json!("<>>"), "thought_tags[0].open", "tag"),
        ("/thought_tags/0/close", json!("thinking"), "thought_tags[0].close", "tag"),
        ("/thought_tags/0/close", json!("<a\n>"), "thought_tags[0].close", "tag"),
        ("/thought_tags/0/lead", json!(true), "thought_tags[0].lead", "unknown_field"),
        ("/colour", json!("red"), "colour", "unknown_field"),
    ]
}

fn why(reason: &protocol::ManifestReason) -> String {
    serde_json::to_value(reason).unwrap()["why"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn both_refuse_the_same_files() {
    let validator = validator();
    for (at, value, field, reason) in bad() {
        let mut json = every();
        let (parent, name) = at.rsplit_once('/').unwrap();
        json.pointer_mut(parent).unwrap()[name] = value.clone();
        assert!(
            !validator.is_valid(&json),
            "the schema takes {at} = {value}"
        );
        match Manifest::from_file(&json.to_string()) {
            Err(providers::Error::Manifest {
                field: named,
                reason: said,
            }) => {
                assert_eq!(named, field, "{at} = {value}: {said}");
                assert_eq!(why(&said), reason, "{at} = {value}: {said}");
            }
            other => panic!("{at} = {value} gave {other:?}"),
        }
    }
    for missing in ["id", "name", "base_url"] {
        let mut json = every();
        json.as_object_mut().unwrap().remove(missing);
        assert!(!validator.is_valid(&json));
        assert!(Manifest::from_file(&json.to_string()).is_err());
    }
}

#[test]
fn both_take_the_headers_that_providers_want_keys_in() {
    for name in [
        "Authorization",
        "x-api-key",
        "api-key",
        "X-Goog-Api-Key",
        "x-access",
        "Ocp-Apim-Subscription-Key",
        "X-Auth-Token",
        "xi-api-key",
        "token",
    ] {
        let mut json = every();
        json["auth"] = json!({"header": name});
        assert!(validator().is_valid(&json), "{name}");
        assert!(Manifest::from_file(&json.to_string()).is_ok(), "{name}");
    }
}

/// All that can be told without counting is in the schema; choices are counted only here.
#[test]
fn rows_that_offer_too_many_choices_are_refused() {
    let with = |list: &str, value: Value| {
        let mut json = every();
        json["errors"][0][list] = value;
        Manifest::from_file(&json.to_string())
    };
    let said = |read: Result<Manifest, providers::Error>| match read {
        Err(providers::Error::Manifest { field, reason }) => (field, reason.to_string()),
        other => panic!("{other:?}"),
    };
    for list in ["words", "unless"] {
        let many = json!(["x", "(a|b)".repeat(40)]);
        let (field, reason) = said(with(list, many));
        assert_eq!(field, format!("errors[0].{list}[1]"));
        assert!(reason.contains("256 choices"), "{reason}");
        assert!(with(list, json!(["(a|b)".repeat(8)])).is_ok());
    }
    let (field, reason) = said(with("words", json!(vec!["(a|b)".repeat(8); 50])));
    assert_eq!(field, "errors");
    assert!(reason.contains("10000 choices"), "{reason}");
}
