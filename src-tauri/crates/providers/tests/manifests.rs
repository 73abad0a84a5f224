//! Provider files: the built-in ones, and what a file may and may not say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;

use protocol::{ErrorCode, IpcError};
use providers::{Auth, AuthHeader, BaseUrl, Error, Manifest, builtin, custom};
use serde_json::{Value, json};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../providers")
}

fn one(id: &str) -> Manifest {
    builtin()
        .into_iter()
        .find(|manifest| manifest.id == id)
        .unwrap()
}

/// The field and reason of a refused file.
fn refused(json: &Value) -> (String, String) {
    match Manifest::from_file(&json.to_string()) {
        Err(Error::Manifest { field, reason }) => (field, reason.to_string()),
        other => panic!("{json} gave {other:?}"),
    }
}

/// The field of a refused file, its code and the reason in words, as the page gets them.
fn why(json: &Value) -> (String, String, String) {
    let error = IpcError::from(Manifest::from_file(&json.to_string()).unwrap_err());
    let arg = |name: &str| error.args[name].clone();
    (arg("field"), arg("why"), arg("reason"))
}

fn minimal() -> Value {
    json!({"id": "mine", "name": "Mine", "base_url": "https://a.example/v1"})
}

#[test]
fn every_file_of_the_folder_is_built_in_and_reads() {
    let ids: Vec<String> = builtin().into_iter().map(|manifest| manifest.id).collect();
    assert_eq!(ids.len(), 18);
    assert_eq!(ids[..3], ["demo", "chenyu", "anyfast"]);
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && name != "schema.json")
        .collect();
    files.sort();
    let mut expected: Vec<String> = ids.iter().map(|id| format!("{id}.json")).collect();
    expected.sort();
    assert_eq!(files, expected);
}

#[test]
fn the_built_in_providers_say_what_is_known() {
    let demo = one("demo").to_provider(true);
    assert!(demo.builtin && !demo.needs_key);
    assert_eq!((demo.base_url.as_str(), demo.origin.as_str()), ("", ""));
    assert_eq!(demo.models[0].name, "Demo");
    assert_eq!(demo.models[0].image, Some(true));
    assert_eq!(one("demo").base(), Ok(None));

    let chenyu = one("chenyu").to_provider(true);
    assert_eq!(chenyu.name_zh.as_deref(), Some("晨羽智云"));
    assert_eq!(chenyu.base_url, "https://api.chenyu.cn/v1");
    assert_eq!(chenyu.origin, "https://api.chenyu.cn");
    assert!(chenyu.needs_key);
    assert_eq!(one("chenyu").auth, Auth::Bearer);
    assert_eq!(one("chenyu").listing().unwrap().path, "/models");

    let anyfast = one("anyfast").to_provider(true);
    assert_eq!(anyfast.origin, "https://www.anyfast.ai");
    assert_eq!(anyfast.models.len(), 10);
    let takes_images: Vec<&str> = anyfast
        .models
        .iter()
        .filter(|model| model.image == Some(true))
        .map(|model| model.id.as_str())
        .collect();
    assert_eq!(takes_images.len(), 9);
    assert!(takes_images.iter().all(|id| id.starts_with("doubao-seed-")));
}

#[test]
fn models_that_are_not_listed_are_known_by_pattern() {
    let chenyu = one("chenyu");
    assert_eq!(chenyu.model("doubao-seed-2-0-pro-260215").image, Some(true));
    assert_eq!(chenyu.model("glm-4.7").image, Some(false));
    assert_eq!(chenyu.model("doubao-seedream-4-0").image, None);
    assert_eq!(
        chenyu.model("doubao-seed-1-6-vision-250815").video,
        Some(false)
    );
    assert_eq!(chenyu.model("qwen3-vl-plus").image, None);
    assert_eq!(chenyu.model("qwen3-vl-plus").name, "qwen3-vl-plus");

    let mut json = minimal();
    json["patterns"] = json!([{"id": "a*b*c", "inputs": ["text"]}]);
    let manifest = Manifest::parse(&json.to_string()).unwrap();
    let known = |id: &str| manifest.known(id).is_some();
    assert!(known("abc") && known("a--b--c") && known("abbcc"));
    assert!(!known("ab") && !known("xabc") && !known("acb") && !known("abcd"));
}

#[test]
fn a_file_needs_three_fields() {
    let manifest = Manifest::parse(&minimal().to_string()).unwrap();
    assert_eq!(manifest.auth, Auth::Bearer);
    for field in ["id", "name", "base_url"] {
        let mut json = minimal();
        json.as_object_mut().unwrap().remove(field);
        let (named, reason) = refused(&json);
        assert_eq!(named, field);
        assert!(reason.starts_with("is missing"), "{reason}");
    }
}

#[test]
fn a_refusal_names_the_field_and_the_reason() {
    let table = [
        ("/id", json!("My Provider"), "id", "id_form"),
        ("/id", json!("../up"), "id", "id_form"),
        ("/id", json!(""), "id", "id_form"),
        ("/id", json!("demo"), "id", "id_built_in"),
        ("/id", json!(7), "id", "wrong_type"),
        ("/name", json!(" "), "name", "one_line"),
        (
            "/names",
            json!({"zh-CN": "a\nb"}),
            "names.zh-CN",
            "one_line",
        ),
        ("/base_url", json!(""), "base_url", "no_address"),
        (
            "/base_url",
            json!("http://a.example/v1"),
            "base_url",
            "address",
        ),
        (
            "/base_url",
            json!("http://192.168.1.5/v1"),
            "base_url",
            "address",
        ),
        (
            "/base_url",
            json!("https://a.example/v1/"),
            "base_url",
            "written_as",
        ),
        ("/allow_private", json!(true), "allow_private", "personal"),
        ("/auth", json!("basic"), "auth", "unknown_value"),
        ("/auth", json!({"header": "x key"}), "auth.header", "form"),
        ("/headers", json!({"a b": "c"}), "headers.a b", "form"),
        (
            "/headers",
            json!({"X-Title": "a\r\nb"}),
            "headers.X-Title",
            "header_value",
        ),
        (
            "/headers",
            json!({"Authorization": "Bearer x"}),
            "headers.Authorization",
            "carries_key",
        ),
        (
            "/headers",
            json!({"x-api-key": "x"}),
            "headers.x-api-key",
            "carries_key",
        ),
        (
            "/headers",
            json!({"Host": "b.example"}),
            "headers.Host",
            "set_by_app",
        ),
        ("/docs_url", json!("http://a.example"), "docs_url", "form"),
        (
            "/keys_url",
            json!("javascript:alert(1)"),
            "keys_url",
            "form",
        ),
        (
            "/models",
            json!([{"id": "a"}, {"id": "a"}]),
            "models[1].id",
            "repeats",
        ),
        (
            "/models",
            json!([{"id": ""}]),
            "models[0].id",
            "one_line_bytes",
        ),
        (
            "/models",
            json!([{"id": "a", "inputs": ["sound"]}]),
            "models[0].inputs[0]",
            "unknown_value",
        ),
        (
            "/models",
            json!([{"id": "a", "inputs": []}]),
            "models[0].inputs",
            "empty",
        ),
        (
            "/models",
            json!([{"id": "a", "vision": true}]),
            "models[0].vision",
            "unknown_field",
        ),
        (
            "/models",
            json!([{"id": "a", "context": -1}]),
            "models[0].context",
            "unfit",
        ),
        (
            "/models_endpoint",
            json!("https://b.example/models"),
            "models_endpoint",
            "form",
        ),
        (
            "/models_endpoint",
            json!("/../models"),
            "models_endpoint",
            "form",
        ),
        (
            "/limits",
            json!({"image_bytes": 0}),
            "limits.image_bytes",
            "at_least",
        ),
        (
            "/limits",
            json!({"mime": ["text/html"]}),
            "limits.mime[0]",
            "form",
        ),
        (
            "/limits",
            json!({"image_side": 10, "image_side_min": 11}),
            "limits.image_side_min",
            "over",
        ),
        (
            "/parameters",
            json!({"top_p": {"min": 1, "max": 0}}),
            "parameters.top_p.min",
            "over",
        ),
        (
            "/parameters",
            json!({"top_p": {"max": 1, "default": 2}}),
            "parameters.top_p.default",
            "out_of_range",
        ),
        (
            "/extra_body",
            json!({"messages": []}),
            "extra_body.messages",
            "set_by_app",
        ),
        ("/colour", json!("red"), "colour", "unknown_field"),
    ];
    for (at, value, field, reason) in table {
        let mut json = minimal();
        json[at.trim_start_matches('/')] = value.clone();
        let (got_field, got, got_reason) = why(&json);
        assert_eq!(got_field, field, "{at} = {value}: {got_reason}");
        assert_eq!(got, reason, "{at} = {value}: {got_reason}");
    }
}

#[test]
fn the_facts_of_a_refusal_are_args_of_its_error() {
    let args = |at: &str, value: Value| {
        let mut json = minimal();
        json[at] = value;
        IpcError::from(Manifest::from_file(&json.to_string()).unwrap_err()).args
    };
    let long = args("name", json!("x".repeat(101)));
    assert_eq!((&*long["why"], &*long["most"]), ("one_line", "100"));
    let plain = args("base_url", json!("http://a.example/v1"));
    assert_eq!(
        (&*plain["why"], &*plain["refusal"], &*plain["url"]),
        ("address", "plain_http", "http://a.example/v1")
    );
    let typed = args("name", json!(7));
    assert_eq!(
        (&*typed["why"], &*typed["expected"], &*typed["line"]),
        ("wrong_type", "string", "1")
    );
    let unknown = args("colour", json!("red"));
    assert_eq!(
        (&*unknown["why"], &*unknown["name"]),
        ("unknown_field", "colour")
    );
    let value = args("auth", json!("basic"));
    assert_eq!(
        (&*value["why"], &*value["value"]),
        ("unknown_value", "basic")
    );
    let form = args("models_endpoint", json!("models"));
    assert_eq!((&*form["why"], &*form["example"]), ("form", "/models"));
    let posing = args("name", json!("OpenAI"));
    assert_eq!(
        (&*posing["why"], &*posing["origin"]),
        ("posing", "https://api.openai.com")
    );
    let broken = IpcError::from(Manifest::parse("{\n  \"id\": nope }").unwrap_err()).args;
    assert_eq!((&*broken["why"], &*broken["line"]), ("syntax", "2"));
}

#[test]
fn broken_files_are_refused_with_the_place() {
    for text in [
        "",
        "{",
        "[]",
        "null",
        "{} {}",
        "<!DOCTYPE html>",
        "\u{feff}{",
    ] {
        let error = IpcError::from(Manifest::parse(text).unwrap_err());
        assert_eq!(error.code, ErrorCode::Manifest, "{text:?}");
        assert!(!error.args["reason"].is_empty(), "{text:?}");
    }
    let twice = format!("{0}\n{0}", minimal());
    let error = Manifest::parse(&twice).unwrap_err().to_string();
    assert!(error.contains("more than one JSON object"), "{error}");
    let error = Manifest::parse("{\n  \"id\": nope }")
        .unwrap_err()
        .to_string();
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn manifests_survive_storage() {
    let base = BaseUrl::parse("http://192.168.1.5:11434/v1", true).unwrap();
    let mut all = builtin();
    all.push(custom("custom-1", "  ", &base));
    for manifest in all {
        assert_eq!(Manifest::parse(&manifest.to_json()), Ok(manifest));
    }
}

#[test]
fn a_custom_endpoint_is_named_after_its_host_and_insists_on_no_key_at_home() {
    let local = BaseUrl::parse("localhost:11434/v1", false).unwrap();
    let local = custom("custom-1", "", &local).to_provider(false);
    assert_eq!(local.name, "localhost:11434");
    assert_eq!(local.origin, "http://localhost:11434");
    assert!(!local.needs_key && !local.builtin);

    let away = BaseUrl::parse("https://a.example", false).unwrap();
    let manifest = custom("custom-2", "Mine", &away);
    manifest.validate().unwrap();
    let away = manifest.to_provider(false);
    assert_eq!((away.name.as_str(), away.needs_key), ("Mine", true));
    assert!(away.models.is_empty());
}

#[test]
fn headers_come_as_a_request_takes_them() {
    let mut json = minimal();
    json["headers"] = json!({"X-Title": "Dragoman"});
    json["auth"] = json!({"header": "x-key"});
    let manifest = Manifest::parse(&json.to_string()).unwrap();
    assert_eq!(
        manifest.auth_header(),
        Ok(AuthHeader::Named("x-key".parse().unwrap()))
    );
    let headers = manifest.header_map().unwrap();
    assert_eq!(headers.len(), 1);
    assert_eq!(
        (headers[0].0.as_str(), headers[0].1.to_str().unwrap()),
        ("x-title", "Dragoman")
    );
}

#[test]
fn a_name_may_not_hold_what_cannot_be_seen() {
    for (name, code) in [
        ("Mi\u{200b}ne", "U+200B"),
        ("Mine\u{200d}", "U+200D"),
        ("\u{202e}eniM", "U+202E"),
        ("Mine \u{2066}(safe)\u{2069}", "U+2066"),
        ("Mi\u{ad}ne", "U+00AD"),
        ("\u{feff}Mine", "U+FEFF"),
        ("Mine\u{3164}", "U+3164"),
        ("Mine\u{2800}", "U+2800"),
        ("Mi\u{fe0f}ne", "U+FE0F"),
        ("Mine\u{e0041}", "U+E0041"),
        ("Mine\u{200a}x", "U+200A"),
        ("Mine\u{2028}x", "U+2028"),
        ("Mine\u{e000}", "U+E000"),
    ] {
        for field in ["name", "names.zh-CN", "models[0].name", "models[0].id"] {
            let mut file = minimal();
            file["models"] = json!([{"id": "m"}]);
            match field {
                "name" => file["name"] = json!(name),
                "names.zh-CN" => file["names"] = json!({"zh-CN": name}),
                "models[0].name" => file["models"][0]["name"] = json!(name),
                _ => file["models"][0]["id"] = json!(name),
            }
            let (found, reason) = refused(&file);
            assert_eq!(found, field, "{name:?}");
            assert!(reason.contains(code), "{name:?}: {reason}");
        }
    }
    for name in [
        "Mine ⚡\u{fe0f}",
        "我的　服务",
        "Mon service",
        "خدمتي",
        "ผู้ให้",
        "Ünïcödé",
    ] {
        let mut file = minimal();
        file["name"] = json!(name);
        Manifest::from_file(&file.to_string()).expect(name);
    }
}

#[test]
fn a_name_of_a_built_in_provider_is_that_of_its_host() {
    let at = |name: &str, base_url: &str| {
        let mut file = minimal();
        (file["name"], file["base_url"]) = (json!(name), json!(base_url));
        file
    };
    let elsewhere = "https://evil.example/v1";
    for name in [
        "OpenAI",
        "openai",
        " Open AI. ",
        "OpenAI ✓",
        "OpenAI (official)",
        "OpenAI官方",
        // Cyrillic О and а, Greek ο, full-width letters, l for I, 0 for O.
        "\u{41e}penAI",
        "Op\u{435}nAI",
        "\u{3bf}penai",
        "ＯｐｅｎＡＩ",
        "OpenAl",
        "0penAI",
        "Chenyu",
        "晨羽智云",
        "Kimi",
        "智谱",
        "GLM",
        "qwen",
        "Demo",
        "Ollama",
        "llama cpp",
    ] {
        let (field, reason) = refused(&at(name, elsewhere));
        assert_eq!(field, "name", "{name}");
        assert!(reason.contains("comes with the app"), "{name}: {reason}");
    }
    let mut localized = at("Mine", elsewhere);
    localized["names"] = json!({"zh-CN": "硅基流动"});
    assert_eq!(refused(&localized).0, "names.zh-CN");
    for (name, base_url) in [
        ("OpenAI", "https://api.openai.com/v1"),
        ("Ollama", "http://localhost:11434/v1"),
        ("OpenAI 2", elsewhere),
        ("OpenAI through our gateway", elsewhere),
        ("公司网关", elsewhere),
        ("Ming", elsewhere),
    ] {
        let file = at(name, base_url).to_string();
        Manifest::from_file(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    // What is kept already is read, as it was entered before there was this rule.
    let kept = at("OpenAI", elsewhere).to_string();
    let kept = Manifest::parse(&kept).unwrap();
    assert!(kept.check_names().is_err());
    for one in builtin() {
        one.check_names().unwrap();
    }
}
