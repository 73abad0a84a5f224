//! Keys, providers, models and the network, by their commands.

use super::*;

const KEY: &str = "sk-canary-0123456789";

/// Every command of the contract, as the page's types name them.
fn contract() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = root.join("ui/src/lib/ipc/contract/Commands.ts");
    let text = fs::read_to_string(file).unwrap();
    let names = text.split("\"plugin:").skip(1);
    names
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_page_is_granted_the_commands_of_the_contract_and_no_others() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = root.join("src-tauri/capabilities/main.json");
    let main: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let mut granted: Vec<String> = main["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("core:"))
        .collect();
    let mut wanted: Vec<String> = contract()
        .iter()
        .map(|name| name.replace('|', ":allow-").replace('_', "-"))
        .collect();
    granted.sort();
    wanted.sort();
    assert_eq!(granted, wanted);
}

/// A plugin file as the page saves it.
fn save(page: &Page, id: Option<&str>, plugin: &Value) -> Result<Value, Value> {
    let params = json!({ "id": id, "json": plugin.to_string() });
    page.call("plugin:providers|save", params)
}

fn plugin(base_url: &str) -> Value {
    json!({ "id": "mine", "name": "Mine", "base_url": base_url, "models": [{ "id": "m" }] })
}

#[test]
fn a_plugin_is_saved_copied_shown_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let saved = save(&page, None, &plugin(NOBODY)).unwrap();
    assert_eq!(saved["editable"], true);
    assert!(home.path().join("plugins/mine.json").is_file());
    let id = json!({ "id": "mine" });
    let text = page.call("plugin:providers|manifest", id.clone()).unwrap();
    assert_eq!(text["editable"], true);
    let copy = page.call("plugin:providers|copy", id.clone()).unwrap();
    assert_eq!(copy["name"], "Mine 2");

    let key = page.set_key("mine", KEY).unwrap();
    assert_eq!(key["usable"], true);
    save(&page, Some("mine"), &plugin("https://evil.example/v1")).unwrap();
    let keys = page.call("plugin:keys|list", Value::Null).unwrap();
    assert_eq!(
        keys["keys"][0]["usable"], false,
        "it stays where it was entered for"
    );
    assert!(!keys.to_string().contains("canary"));

    let wrong = json!({ "id": "mine", "name": "Mine", "base_url": "http://mine.example/v1" });
    let error = save(&page, Some("mine"), &wrong).unwrap_err();
    assert_eq!(
        (&error["code"], &error["args"]["field"]),
        (&json!("manifest"), &json!("base_url"))
    );
    let error = page
        .call("plugin:providers|remove", json!({ "id": "openai" }))
        .unwrap_err();
    assert_eq!(error["code"], "manifest");
    page.call("plugin:providers|remove", id.clone()).unwrap();
    assert!(!home.path().join("plugins/mine.json").exists());
    let error = page.call("plugin:providers|manifest", id).unwrap_err();
    assert_eq!(error["code"], "provider_not_found");
}

#[test]
fn files_of_the_folder_are_there_at_start_and_broken_ones_are_named() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("plugins");
    fs::create_dir(&folder).unwrap();
    let good = plugin("https://mine.example/v1").to_string();
    fs::write(folder.join("good.json"), good).unwrap();
    fs::write(folder.join("broken.json"), "{\"id\": 7}").unwrap();
    let page = start(home.path());
    let list = page.call("plugin:providers|list", Value::Null).unwrap();
    let list = list["providers"].as_array().unwrap();
    assert!(list.iter().any(|one| one["id"] == "mine"));
    let report = page.call("plugin:providers|plugins", Value::Null).unwrap();
    assert_eq!(report["added"], json!([]));
    let refused = &report["refused"][0];
    assert_eq!(refused["args"]["file"], "broken.json");
    assert_eq!(refused["args"]["field"], "id");
    assert!(refused["args"]["reason"].is_string());
}

#[test]
fn keys_have_an_order_and_a_provider_a_word_on_rate_limits() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let added = page.add_provider(NOBODY).unwrap();
    let provider = added["id"].as_str().unwrap();
    let mut ids = Vec::new();
    for end in ["aaaa", "bbbb", "cccc"] {
        let key = page.set_key(provider, &format!("{KEY}{end}")).unwrap();
        ids.push(key["id"].clone());
    }
    let last4 = || -> Vec<Value> {
        let keys = page.call("plugin:keys|list", Value::Null).unwrap();
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["last4"].clone()).collect()
    };
    assert_eq!(last4(), ["cccc", "bbbb", "aaaa"]);
    let order = json!({ "provider": provider, "ids": ids });
    page.call("plugin:keys|order", order).unwrap();
    assert_eq!(last4(), ["aaaa", "bbbb", "cccc"]);
    page.call("plugin:keys|choose", json!({ "id": ids[2] }))
        .unwrap();
    assert_eq!(last4(), ["cccc", "aaaa", "bbbb"]);
    let share = json!({ "id": provider, "on": true });
    page.call("plugin:providers|share_rate_limit", share)
        .unwrap();
    let list = page.call("plugin:providers|list", Value::Null).unwrap();
    let list = list["providers"].as_array().unwrap();
    let shared = list.iter().filter(|one| one["shareRateLimit"] == true);
    let shared: Vec<_> = shared.map(|one| one["id"].clone()).collect();
    assert_eq!(shared, [provider]);
}

#[test]
fn models_are_listed_marked_and_probed() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let server = Provider::start().unwrap();
    server.always("/v1/models", Reply::models(&["eyes", "text"]));
    server.chat(Reply::streamed(&["no idea ", "what that is"]));
    let id = page.add_provider(&server.base_url()).unwrap()["id"].clone();
    page.set_key(id.as_str().unwrap(), KEY).unwrap();
    let models = page
        .call("plugin:providers|models", json!({ "id": id }))
        .unwrap();
    assert_eq!(models["models"].as_array().unwrap().len(), 2);
    assert!(models["at"].as_i64().unwrap() > 0);
    let said = json!({
        "provider": id, "model": "eyes", "favourite": true, "image": true, "video": null,
        "reasoning": null, "defaults": { "temperature": 0.5 },
    });
    let model = page.call("plugin:providers|set_model", said).unwrap();
    assert_eq!(
        (&model["image"], &model["imageBy"]),
        (&json!(true), &json!("user"))
    );
    let list = page.call("plugin:providers|list", Value::Null).unwrap();
    let kept = list["providers"].as_array().unwrap().last().unwrap();
    assert_eq!(kept["models"][0]["favourite"], true);
    assert_eq!(kept["models"][0]["defaults"]["temperature"], 0.5);
    // The list that was asked for of itself, with the new key, may come after that one.
    assert!(kept["modelsAt"].as_i64() >= models["at"].as_i64());
    let probe = json!({ "provider": id, "id": null, "model": "eyes" });
    let report = page.call("plugin:keys|probe", probe).unwrap();
    assert_eq!(report["sees"], false);
    assert_eq!(report["answer"], "no idea what that is");
    let asked = server.chat_request(0).unwrap();
    assert_eq!(
        asked.header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    assert!(!report.to_string().contains("canary"));
}

#[test]
fn network_settings_are_checked_and_name_no_file_of_the_pages_choosing() {
    let home = tempfile::tempdir().unwrap();
    let old = r#"{"settings":{"theme":"dark","language":"en","provider":null,"model":null}}"#;
    fs::write(home.path().join("settings.json"), old).unwrap();
    let page = start(home.path());
    let mut settings = page.call("plugin:settings|get", Value::Null).unwrap();
    assert_eq!(
        settings["theme"], "dark",
        "a file of an older version is read"
    );
    assert_eq!(settings["network"]["proxy"], "system");
    assert_eq!(settings["network"]["idleSeconds"], 300);
    let mut set = |name: &str, value: Value| {
        settings["network"][name] = value;
        page.call("plugin:settings|set", json!({ "settings": settings }))
    };
    let kept = set("caFile", json!("/etc/passwd")).unwrap();
    assert_eq!(kept["network"]["caFile"], Value::Null);
    for (name, wrong, right) in [
        ("idleSeconds", json!(5), json!(600)),
        (
            "proxyUrl",
            json!("http://me:secret@proxy.example"),
            json!("socks5h://127.0.0.1:1"),
        ),
    ] {
        let error = set(name, wrong).unwrap_err();
        assert_eq!(error["code"], "parameter", "{name}");
        assert!(!error.to_string().contains("secret"));
        assert_eq!(set(name, right.clone()).unwrap()["network"][name], right);
    }
    assert_eq!(
        set("proxy", json!("manual")).unwrap()["network"]["proxy"],
        "manual"
    );
    let status = page.call("plugin:settings|network", Value::Null).unwrap();
    assert_eq!(status["password"], false);
    let file = fs::read_to_string(home.path().join("settings.json")).unwrap();
    assert!(file.contains("socks5h") && !file.contains("secret"));
    page.call("plugin:settings|clear_ca", Value::Null).unwrap();

    // The proxy is not there, and nothing goes around it.
    let far =
        json!({ "name": "", "baseUrl": "https://provider.example/v1", "allowPrivate": false });
    let id = page.call("plugin:providers|add", far).unwrap()["id"].clone();
    let params = json!({ "provider": id, "id": null, "key": KEY });
    let report = page.call("plugin:keys|test", params).unwrap();
    assert_eq!(report["error"]["code"], "proxy", "{report}");
    assert_eq!(report["reachable"], false);
}
