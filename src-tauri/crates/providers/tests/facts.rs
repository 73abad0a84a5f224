//! What the built-in files and the bundled table say of well-known models.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use protocol::Thinking::{Auto, Off, On};
use providers::belief::Facts;
use providers::table::lookup;
use providers::{ListingFormat, Manifest, Prefill, builtin};
use serde_json::{Value, json};

fn one(id: &str) -> Manifest {
    builtin()
        .into_iter()
        .find(|manifest| manifest.id == id)
        .unwrap()
}

/// Id, origin, Chinese name, whether a key is needed, links, name of the limit
/// of tokens; in the order shown.
type Row = (
    &'static str,
    &'static str,
    Option<&'static str>,
    bool,
    Option<bool>,
    &'static str,
);

#[rustfmt::skip]
const BUILT_IN: [Row; 18] = [
    ("demo", "", Some("演示"), false, None, "max_tokens"),
    ("chenyu", "https://api.chenyu.cn", Some("晨羽智云"), true, Some(true), "max_tokens"),
    ("anyfast", "https://www.anyfast.ai", None, true, Some(true), "max_tokens"),
    ("ark", "https://ark.cn-beijing.volces.com", Some("火山方舟"), true, Some(true), "max_tokens"),
    ("qwen", "https://dashscope.aliyuncs.com", Some("通义千问（百炼）"), true, Some(true), "max_tokens"),
    ("glm", "https://open.bigmodel.cn", Some("智谱 GLM"), true, Some(true), "max_tokens"),
    ("moonshot", "https://api.moonshot.cn", Some("月之暗面 Kimi"), true, Some(false), "max_tokens"),
    ("deepseek", "https://api.deepseek.com", Some("深度求索 DeepSeek"), true, None, "max_tokens"),
    ("siliconflow", "https://api.siliconflow.cn", Some("硅基流动"), true, Some(true), "max_tokens"),
    ("openai", "https://api.openai.com", None, true, Some(true), "max_completion_tokens"),
    ("gemini", "https://generativelanguage.googleapis.com", None, true, None, "max_tokens"),
    ("openrouter", "https://openrouter.ai", None, true, Some(true), "max_tokens"),
    ("xai", "https://api.x.ai", None, true, Some(true), "max_tokens"),
    ("mistral", "https://api.mistral.ai", None, true, Some(true), "max_tokens"),
    ("groq", "https://api.groq.com", None, true, Some(true), "max_completion_tokens"),
    ("ollama", "http://localhost:11434", None, false, Some(false), "max_tokens"),
    ("lmstudio", "http://localhost:1234", None, false, Some(false), "max_tokens"),
    ("llamacpp", "http://localhost:8080", None, false, None, "max_tokens"),
];

#[test]
fn an_answer_is_gone_on_with_by_a_field_where_the_docs_name_one() {
    // docs.mistral.ai/usage/prefix; help.aliyun.com/zh/model-studio/partial-mode;
    // platform.moonshot.cn/docs/guide/use-partial-mode-feature-of-kimi-api. DeepSeek has
    // one at another address alone.
    let said = |manifest: Manifest| Some((manifest.id, manifest.prefill?));
    let said: Vec<_> = builtin().into_iter().filter_map(said).collect();
    let said: Vec<_> = said.iter().map(|(id, how)| (id.as_str(), *how)).collect();
    assert_eq!(
        said,
        [
            ("demo", Prefill::Last),
            ("qwen", Prefill::Partial),
            ("moonshot", Prefill::Partial),
            ("mistral", Prefill::Prefix),
        ]
    );
}

#[test]
fn reasoning_goes_back_to_those_whose_docs_ask_for_it() {
    // api-docs.deepseek.com/guides/thinking_mode;
    // platform.kimi.com/docs/guide/use-kimi-k2-thinking-model.
    let wants = |provider: &str, model: &str| one(provider).wants_reasoning(model);
    for model in ["deepseek-v4-pro", "deepseek-v4-flash"] {
        assert!(wants("deepseek", model), "{model}");
    }
    for model in ["kimi-k2-thinking-turbo", "kimi-k2.5", "kimi-k2.6"] {
        assert!(wants("moonshot", model), "{model}");
    }
    // R1 refused it.
    assert!(!wants("deepseek", "deepseek-reasoner") && !wants("moonshot", "kimi-k2-turbo"));
    let strict = builtin().into_iter().filter(|one| one.alternates("any"));
    assert_eq!(strict.count(), 0, "no documentation asks for it");
}

#[test]
fn the_built_in_providers_are_these_in_this_order() {
    let all = builtin();
    assert_eq!(all.len(), BUILT_IN.len());
    for (manifest, row) in all.iter().zip(BUILT_IN) {
        let shown = manifest.to_provider(true);
        let limits = manifest.limits("any");
        let found = (
            manifest.id.as_str(),
            shown.origin.as_str(),
            shown.name_zh.as_deref(),
            shown.needs_key,
            limits.links,
            manifest.max_tokens_name("any"),
        );
        assert_eq!(found, row);
        // Who needs a key says where to get one; Chenyu and AnyFast publish no
        // page that could be checked.
        let known = !["chenyu", "anyfast"].contains(&row.0);
        assert_eq!(manifest.keys_url.is_some(), row.3 && known, "{}", row.0);
        for spec in &manifest.models {
            assert!(manifest.chats(&spec.id), "{}: {}", row.0, spec.id);
            let model = manifest.model(&spec.id);
            assert!(model.image.is_some(), "{}: {}", row.0, spec.id);
        }
    }
}

#[test]
fn arks_limits_reach_its_models_through_the_gateways() {
    for (provider, model) in [
        ("ark", "doubao-seed-2-0-lite-260428"),
        ("ark", "ep-20260101-abcde"),
        ("chenyu", "doubao-seed-2-0-lite-260428"),
        ("chenyu", "doubao-seed-1-6-vision-250815"),
        ("anyfast", "doubao-seed-2.0-pro"),
        ("anyfast", "doubao-seed-9-9-330101"),
    ] {
        let manifest = one(provider);
        let limits = manifest.limits(model);
        assert_eq!(limits.image_bytes, Some(10_000_000), "{provider} {model}");
        assert_eq!(limits.image_pixels, Some(36_000_000));
        assert_eq!(limits.image_side_min, Some(15));
        assert_eq!(limits.body_bytes, Some(64_000_000));
        assert_eq!(manifest.details(model), ["low", "high", "auto"]);
        assert_eq!(limits.video_bytes, Some(50_000_000));
        let fps = limits.video_fps.unwrap();
        assert_eq!((fps.min, fps.max), (0.2, 5.0));
        assert_eq!(manifest.image_tokens(model, 1000, 1000, None), Some(1276));
        assert_eq!(
            manifest.image_tokens(model, 4000, 3000, Some("low")),
            Some(1312)
        );
        assert_eq!(
            manifest.image_tokens(model, 4000, 3000, Some("high")),
            Some(5120)
        );
    }
    // What is not Ark's has none of them.
    assert_eq!(one("chenyu").limits("gpt-4o").image_bytes, None);
    assert_eq!(one("chenyu").image_tokens("gpt-4o", 9, 9, None), None);
}

#[test]
fn thinking_and_effort_are_asked_for_as_each_provider_wants() {
    let body = |provider: &str, model: &str, mode| one(provider).thinking(model, mode);
    let is = |got: Option<serde_json::Map<String, Value>>, want: Value| {
        assert_eq!(got.map(Value::Object), Some(want));
    };
    for provider in ["ark", "chenyu", "anyfast"] {
        let model = "doubao-seed-1-8-251228";
        is(
            body(provider, model, On),
            json!({"thinking": {"type": "enabled"}}),
        );
        is(
            body(provider, model, Off),
            json!({"thinking": {"type": "disabled"}}),
        );
        assert_eq!(body(provider, model, Auto), None);
        assert_eq!(
            one(provider).efforts(model),
            ["minimal", "low", "medium", "high"]
        );
    }
    is(
        body("ark", "doubao-seed-1-6-250615", Auto),
        json!({"thinking": {"type": "auto"}}),
    );
    assert!(one("ark").effort_of("doubao-seed-1-6-250615").is_none());
    is(
        body("qwen", "qwen3-vl-plus", On),
        json!({"enable_thinking": true}),
    );
    assert_eq!(body("qwen", "qwen3-vl-8b-instruct", On), None);
    is(
        body("glm", "glm-4.5v", Off),
        json!({"thinking": {"type": "disabled"}}),
    );
    is(
        body("mistral", "mistral-small-latest", On),
        json!({"reasoning_effort": "high"}),
    );
    is(
        body("openai", "gpt-5.2", Off),
        json!({"reasoning_effort": "none"}),
    );
    assert_eq!(body("openai", "gpt-5.2-chat-latest", Off), None);
    assert_eq!(body("gemini", "models/gemini-2.5-pro", Off), None);
    is(
        one("openrouter").effort_body("any/model", "xhigh"),
        json!({"reasoning": {"effort": "xhigh"}}),
    );
    assert_eq!(
        Value::Object(one("openrouter").extra("any/model", Some(On), Some("low"))),
        json!({"reasoning": {"enabled": true, "effort": "low"}})
    );
    assert_eq!(one("openai").efforts("gpt-4o").len(), 0);
    assert!(one("openai").effort_of("gpt-4o").is_none());
    // Known to take an effort, the values not known: typed.
    assert!(one("glm").model("glm-5.2").takes_effort);
    assert!(one("glm").efforts("glm-5.2").is_empty());
    // A typed value goes along as it is.
    is(
        one("ark").effort_body("doubao-seed-1-8-251228", "ultra"),
        json!({"reasoning_effort": "ultra"}),
    );
}

#[test]
fn parameters_that_a_model_refuses_are_known() {
    let openai = one("openai");
    assert!(openai.refuses("gpt-5-mini", "temperature"));
    assert!(openai.refuses("o3", "stop"));
    assert!(!openai.refuses("gpt-4o", "temperature"));
    assert!(!openai.refuses("gpt-4o", "never_heard_of"));
    assert_eq!(openai.max_tokens_name("gpt-4o"), "max_completion_tokens");
    assert!(one("moonshot").refuses("kimi-k2.5", "temperature"));
    assert!(one("xai").refuses("grok-4.3", "stop"));
    assert!(!one("xai").refuses("grok-4-fast-non-reasoning", "stop"));
    let glm = one("glm").parameter("glm-4.5v", "temperature").unwrap();
    assert_eq!((glm.min, glm.max), (Some(0.0), Some(1.0)));
    assert_eq!(glm.complaint(&json!(0.5)), None);
    assert!(glm.complaint(&json!(1.5)).unwrap().contains("0 to 1"));
    let ark = one("ark").parameter("m", "max_completion_tokens").unwrap();
    assert_eq!(ark.max, Some(65_536.0));
    // Where both names exist, the usual one is sent.
    assert_eq!(one("ark").max_tokens_name("m"), "max_tokens");
}

#[test]
fn pictures_cost_what_each_provider_says() {
    let cost =
        |provider: &str, model: &str, detail| one(provider).image_tokens(model, 1024, 1024, detail);
    assert_eq!(cost("openai", "gpt-4o", None), Some(765));
    assert_eq!(cost("openai", "gpt-4o-2024-08-06", Some("low")), Some(85));
    assert_eq!(cost("openai", "gpt-4o-mini", None), Some(2833 + 4 * 5667));
    assert_eq!(cost("openai", "gpt-5", None), Some(70 + 4 * 140));
    assert_eq!(cost("openai", "gpt-5-mini", None), Some(1659));
    assert_eq!(cost("openai", "o3", None), Some(75 + 4 * 150));
    assert_eq!(cost("openai", "gpt-9", None), None);
    assert_eq!(
        cost("gemini", "models/gemini-2.5-flash", None),
        Some(4 * 258)
    );
    assert_eq!(cost("gemini", "gemini-3.7-flash", None), Some(1120));
    assert_eq!(cost("qwen", "qwen3-vl-plus", None), Some(32 * 32 + 2));
    assert_eq!(cost("qwen", "qwen-vl-max", None), Some(1282));
    assert_eq!(cost("mistral", "pixtral-large-latest", None), Some(4096));
    assert_eq!(cost("mistral", "mistral-small-latest", None), Some(1338));
    assert_eq!(
        cost("openrouter", "anthropic/claude-sonnet-4", None),
        Some(1399)
    );
}

#[test]
fn lists_are_asked_for_where_they_are() {
    let listing = |id: &str| one(id).listing();
    assert_eq!(listing("demo"), None);
    let usual = listing("openai").unwrap();
    assert_eq!(
        (usual.path.as_str(), usual.format),
        ("/models", ListingFormat::Openai)
    );
    assert_eq!(usual.root, "https://api.openai.com/v1");
    let ollama = listing("ollama").unwrap();
    assert_eq!(
        (ollama.path.as_str(), ollama.format),
        ("/models", ListingFormat::Ollama)
    );
    let studio = listing("lmstudio").unwrap();
    assert_eq!(studio.format, ListingFormat::Lmstudio);
    assert_eq!(
        format!("{}{}", studio.root, studio.path),
        "http://localhost:1234/api/v0/models"
    );
}

#[test]
fn the_table_knows_the_models_users_come_with() {
    let chenyu = "https://api.chenyu.cn/v1";
    let lite = lookup(chenyu, "doubao-seed-2-0-lite-260428").unwrap();
    assert!(lite.image && lite.video, "{lite:?}");
    assert_eq!(lite.context, Some(256_000));
    assert_eq!(
        lite.price, None,
        "another provider's price is not this one's"
    );
    let dotted = lookup("https://www.anyfast.ai/v1", "doubao-seed-2.0-lite").unwrap();
    assert!(dotted.image && dotted.video);
    let vision = lookup(chenyu, "doubao-seed-1-6-vision-250815").unwrap();
    assert!(vision.image);
    for glm in ["glm-4.7", "glm-4-7-251222", "zai-org/GLM-4.7:free"] {
        let glm = lookup(chenyu, glm).unwrap();
        assert!(!glm.image && !glm.video, "{glm:?}");
    }
    let exact = lookup("https://api.openai.com/v1", "gpt-4o").unwrap();
    assert!(exact.image && !exact.reasoning);
    assert_eq!(exact.price.map(|p| (p.input, p.output)), Some((2.5, 10.0)));
    assert_eq!((exact.context, exact.output), (Some(128_000), Some(16_384)));
    assert_eq!(lookup(chenyu, "a-model-nobody-has-heard-of"), None);
}

#[test]
fn a_model_is_shown_with_all_that_is_believed_of_it() {
    let chenyu = one("chenyu");
    let model = chenyu.believed("doubao-seed-2-0-lite-260428", None, None, None);
    assert_eq!((model.image, model.video), (Some(true), Some(true)));
    assert_eq!(model.image_by, Some(protocol::Belief::Table));
    assert_eq!(model.context, Some(256_000));
    assert_eq!(model.thinking, [On, Off]);
    assert_eq!(model.details, ["low", "high", "auto"]);
    assert_eq!(model.video_bytes, Some(50_000_000));
    let unknown = chenyu.believed("mystery", None, None, None);
    assert_eq!((unknown.image, unknown.image_by), (None, None));
    let refused = Facts {
        image: Some(false),
        ..Facts::default()
    };
    let learned = chenyu.believed("mystery", None, None, Some(&refused));
    assert_eq!(learned.image_by, Some(protocol::Belief::Refusal));
    let said = Facts {
        image: Some(true),
        ..Facts::default()
    };
    let told = chenyu.believed("glm-4.7", Some(&said), Some(&refused), None);
    assert_eq!(
        (told.image, told.image_by),
        (Some(true), Some(protocol::Belief::User))
    );
    let demo = one("demo").believed("demo", None, None, None);
    assert_eq!(demo.name, "Demo");
    assert_eq!((demo.image, demo.context), (Some(true), None));
}
