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
        "alternating_roles": true, "reasoning_content": true,
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

/// Changes of [`every`] that both refuse, with the field and a part of the
/// reason that the reader gives.
#[rustfmt::skip]
fn bad() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        ("/id", json!("My Provider"), "id", "lower-case"),
        ("/id", json!("-a"), "id", "lower-case"),
        ("/id", json!(7), "id", "expected a string"),
        ("/name", json!(" "), "name", "1 to 100"),
        ("/name", json!("a\nb"), "name", "one line"),
        ("/names", json!({"zh-CN": ""}), "names.zh-CN", "1 to 100"),
        ("/format", json!("anthropic"), "format", "unknown variant `anthropic`, expected `openai`"),
        ("/format", json!(null), "format", "expected"),
        ("/base_url", json!(""), "base_url", "only Demo"),
        ("/base_url", json!("http://a.example/v1"), "base_url", "unencrypted"),
        ("/base_url", json!("http://localhost.a.example/v1"), "base_url", "unencrypted"),
        ("/base_url", json!("ftp://a.example/v1"), "base_url", "https"),
        ("/base_url", json!("https://a.example/v1/"), "base_url", "written as"),
        ("/base_url", json!("https://u@a.example/v1"), "base_url", "user name"),
        ("/base_url", json!("https://a.example/v1?key=1"), "base_url", "query"),
        ("/allow_private", json!(true), "allow_private", "a person"),
        ("/auth", json!("basic"), "auth", "unknown variant"),
        ("/auth", json!({"header": "x key"}), "auth.header", "not the name"),
        ("/auth", json!({"header": "Host"}), "auth.header", "set by the app"),
        ("/auth", json!({"header": "Content-Length"}), "auth.header", "set by the app"),
        ("/auth", json!({"header": "content-type"}), "auth.header", "set by the app"),
        ("/auth", json!({"header": "CONNECTION"}), "auth.header", "set by the app"),
        ("/auth", json!({"header": "Proxy-Authorization"}), "auth.header", "set by the app"),
        ("/auth", json!({"header": "Sec-Fetch-Site"}), "auth.header", "set by the app"),
        ("/auth", json!({"header": "Cookie"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "User-Agent"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "X-Forwarded-For"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "Content-MD5"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "If-Match"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "X-Request-Id"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "request_id"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "x-oneapi-request-id"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "traceparent"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "X-Amzn-Trace-Id"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "Idempotency-Key"}), "auth.header", "another meaning"),
        ("/auth", json!({"header": "x-idempotency-key"}), "auth.header", "another meaning"),
        ("/headers", json!({"Proxy-Connection": "x"}), "headers.Proxy-Connection", "set by the app"),
        ("/headers", json!({"Sec-Fetch-Mode": "x"}), "headers.Sec-Fetch-Mode", "set by the app"),
        ("/headers", json!({"Authorization": "x"}), "headers.Authorization", "a key"),
        ("/headers", json!({"X-Api-Key": "x"}), "headers.X-Api-Key", "a key"),
        ("/headers", json!({"api_key": "x"}), "headers.api_key", "a key"),
        ("/headers", json!({"Cookie": "x"}), "headers.Cookie", "a key"),
        ("/headers", json!({"X-Auth-Token": "x"}), "headers.X-Auth-Token", "a key"),
        ("/headers", json!({"X-A": "Bearer abc"}), "headers.X-A", "a key"),
        ("/headers", json!({"X-A": "sk-abc"}), "headers.X-A", "a key"),
        ("/headers", json!({"Host": "b.example"}), "headers.Host", "set by the app"),
        ("/headers", json!({"X-A": "a\nb"}), "headers.X-A", "characters"),
        ("/docs_url", json!("http://a.example"), "docs_url", "https"),
        ("/keys_url", json!("https://u@a.example"), "keys_url", "https"),
        ("/models", json!({}), "models", "expected a sequence"),
        ("/models/0/id", json!(""), "models[0].id", "1 to 200"),
        ("/models/0/inputs", json!([]), "models[0].inputs", "unknown"),
        ("/models/0/inputs", json!(["sound"]), "models[0].inputs[0]", "sound"),
        ("/models/0/vision", json!(true), "models[0].vision", "unknown field"),
        ("/models/0/context", json!(0), "models[0].context", "at least 1"),
        ("/models/0/output", json!(0), "models[0].output", "at least 1"),
        ("/models/0/price", json!({"input": 1}), "models[0].price.output", "missing"),
        ("/models/0/price/input", json!(-1), "models[0].price.input", "at least 0"),
        ("/models/0/thinking", json!({}), "models[0].thinking", "none of the modes"),
        ("/models/0/effort", json!({"field": "a..b"}), "models[0].effort.field", "body field"),
        ("/models/0/limits/images", json!(-1), "models[0].limits.images", "expected u32"),
        ("/models_endpoint", json!("https://b.example"), "models_endpoint", "path"),
        ("/models_endpoint", json!("/../models"), "models_endpoint", "path"),
        ("/models_endpoint", json!("//b.example"), "models_endpoint", "path"),
        ("/models_format", json!("xml"), "models_format", "unknown variant"),
        ("/limits/image_bytes", json!(0), "limits.image_bytes", "at least 1"),
        ("/limits/image_ratio", json!(0.5), "limits.image_ratio", "at least 1"),
        ("/limits/mime", json!(["text/html"]), "limits.mime", "image/"),
        ("/limits/video_mime", json!(["image/png"]), "limits.video_mime", "video/"),
        ("/limits/video_bytes", json!(0), "limits.video_bytes", "at least 1"),
        ("/limits/video_seconds", json!(0), "limits.video_seconds", "over 0"),
        ("/limits/video_fps", json!({"min": 0, "max": 1}), "limits.video_fps.min", "over 0"),
        ("/limits/detail", json!([""]), "limits.detail", "empty"),
        ("/limits/tokens/kind", json!("magic"), "limits.tokens.kind", "unknown variant"),
        ("/limits/tokens/divisor", json!(0), "limits.tokens.divisor", "at least 1"),
        ("/limits/tokens/tile", json!(1), "limits.tokens", "unknown field"),
        ("/limits/colour", json!(1), "limits.colour", "unknown field"),
        ("/thinking", json!({"maybe": {"a": 1}}), "thinking.maybe", "unknown field"),
        ("/thinking/on", json!({}), "thinking.on", "empty"),
        ("/thinking/on", json!({"model": "x"}), "thinking.on.model", "set by the app"),
        ("/effort/field", json!("messages"), "effort.field", "the app sets"),
        ("/effort/field", json!("stream.x"), "effort.field", "the app sets"),
        ("/effort/values", json!(["a", "a"]), "effort.values[1]", "repeats"),
        ("/effort/values", json!([""]), "effort.values[0]", "1 to 100"),
        ("/parameters", json!([]), "parameters", "expected a map"),
        ("/parameters/p/least", json!(1), "parameters.p.least", "unknown field"),
        ("/extra_body", json!({"messages": []}), "extra_body.messages", "set by the app"),
        ("/extra_body", json!({"model": "m"}), "extra_body.model", "set by the app"),
        ("/extra_body", json!({"stream": true}), "extra_body.stream", "set by the app"),
        ("/extra_body", json!({"api_key": "x"}), "extra_body.api_key", "a key"),
        ("/errors", json!([{"class": "no_balance"}]), "errors[0]", "every error"),
        ("/errors", json!([{"class": "no_balance", "unless": ["x"], "words": []}]), "errors[0]", "every error"),
        ("/errors/0/class", json!("broke"), "errors[0].class", "unknown variant"),
        ("/errors/0/class", json!("storage"), "errors[0].class", "a provider tells"),
        ("/errors/0/class", json!("key_not_found"), "errors[0].class", "a provider tells"),
        ("/errors/0/class", json!("too_many_pictures"), "errors[0].class", "a provider tells"),
        ("/errors/0/about", json!("beans"), "errors[0].about", "unknown variant"),
        ("/errors/0/status", json!([7]), "errors[0].status[0]", "such as 429"),
        ("/errors/0/status", json!(["4xx"]), "errors[0].status[0]", "cannot be read"),
        ("/errors/0/words", json!(["* "]), "errors[0].words[0]", "a letter"),
        ("/errors/0/code", json!([""]), "errors[0].code[0]", "1 to 200"),
        ("/errors/0/phrase", json!("x"), "errors[0].phrase", "unknown field"),
        ("/alternating_roles", json!("yes"), "alternating_roles", "expected a boolean"),
        ("/models/0/reasoning_content", json!(1), "models[0].reasoning_content", "expected a boolean"),
        ("/thought_tags", json!([{"open": "<a>"}]), "thought_tags[0].close", "missing"),
        ("/thought_tags/0/open", json!(""), "thought_tags[0].open", "3 to 100"),
        ("/thought_tags/0/open", json!("<>>"), "thought_tags[0].open", "3 to 100"),
        ("/thought_tags/0/close", json!("thinking"), "thought_tags[0].close", "begins with"),
        ("/thought_tags/0/close", json!("<a\n>"), "thought_tags[0].close", "a tag"),
        ("/thought_tags/0/lead", json!(true), "thought_tags[0].lead", "unknown field"),
        ("/colour", json!("red"), "colour", "unknown field"),
    ]
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
                assert!(said.contains(reason), "{at} = {value}: {said}");
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
        Err(providers::Error::Manifest { field, reason }) => (field, reason),
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
