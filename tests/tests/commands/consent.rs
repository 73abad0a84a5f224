//! What the shell has the person say, whatever the page calls.

use std::sync::{Mutex, mpsc};

use ::consent::Question;

use super::*;

fn plugin(base_url: &str) -> Value {
    json!({ "id": "mine", "name": "Mine", "base_url": base_url })
}

/// The providers, but for how far their lists of models are.
fn providers(page: &Page) -> Value {
    let mut list = page.call("plugin:providers|list", Value::Null).unwrap();
    for provider in list["providers"].as_array_mut().unwrap() {
        provider.as_object_mut().unwrap().remove("modelsState");
    }
    list
}

#[test]
fn a_no_keeps_new_hosts_and_proxies_out_and_a_yes_is_asked_once() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    page.add_provider("https://a.example/v1").unwrap();
    assert_eq!(page.person.asked().len(), 1);
    page.person.refuse();
    page.add_provider("https://a.example/v1").unwrap();
    page.add_provider("http://127.0.0.1:9/v1").unwrap();
    assert!(page.person.asked().is_empty());

    let before = providers(&page);
    let settings = page.call("plugin:settings|get", Value::Null).unwrap();
    let id = before["providers"].as_array().unwrap().last().unwrap()["id"].clone();
    let far = "https://evil.example/v1";
    let mut proxied = settings.clone();
    proxied["network"]["proxy"] = json!("manual");
    proxied["network"]["proxyUrl"] = json!("http://127.0.0.1:1080");
    let lan = "http://192.168.1.2/v1";
    for (command, params) in [
        (
            "providers|add",
            json!({ "name": "", "baseUrl": far, "allowPrivate": false }),
        ),
        (
            "providers|add",
            json!({ "name": "", "baseUrl": lan, "allowPrivate": true }),
        ),
        (
            "providers|update",
            json!({ "id": id, "name": "", "baseUrl": far, "allowPrivate": false }),
        ),
        (
            "providers|save",
            json!({ "id": null, "json": plugin(far).to_string() }),
        ),
        ("settings|set", json!({ "settings": proxied })),
    ] {
        let error = page.call(&format!("plugin:{command}"), params).unwrap_err();
        assert_eq!(error["code"], "not_allowed", "{command}");
        assert_eq!(page.person.asked().len(), 1, "{command}");
    }
    assert_eq!(providers(&page), before);
    let now = page.call("plugin:settings|get", Value::Null).unwrap();
    assert_eq!(now, settings);
    // The page has no way to write what was allowed.
    let kept = fs::read_to_string(home.path().join("allowed.json")).unwrap();
    assert!(kept.contains("https://a.example") && !kept.contains("evil"));
}

#[test]
fn without_a_press_the_person_is_asked_and_a_no_reads_and_calls_nothing() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let web = Provider::start().unwrap();
    web.always("/a.png", Reply::new(404, "text/plain"));
    let url = json!({ "url": format!("{}/a.png", web.origin()) });
    page.unpressed("plugin:images|add_link", url).unwrap();
    let list = page.unpressed("plugin:images|list", Value::Null).unwrap();
    let id = list["attachments"][0]["id"].clone();
    page.person.refuse();
    let send = json!({
        "conversation": null, "text": "x", "attachments": [id],
        "provider": "demo", "model": "demo", "params": {}, "alone": false,
    });
    let host = web.origin().replace("http://", "");
    let fetched = Question::Fetch { hosts: vec![host] };
    let piece = json!({ "message": "m", "thought": false, "before": 0 });
    for (command, params, question) in [
        ("images|fetch", json!({ "id": id }), fetched.clone()),
        ("images|paste", Value::Null, Question::Paste),
        ("out|save_table", piece.clone(), Question::Save),
        ("out|save_code", piece, Question::Save),
        ("out|print", json!({ "id": "c" }), Question::Print),
        (
            "desktop|open",
            json!({ "url": "https://evil.example/?stolen" }),
            Question::Open {
                url: "https://evil.example/?stolen".to_owned(),
            },
        ),
    ] {
        let command = format!("plugin:{command}");
        let error = page.unpressed(&command, params).unwrap_err();
        assert_eq!(error["code"], "not_allowed", "{command}");
        assert_eq!(page.person.asked(), [question], "{command}");
    }
    let error = page
        .stream_unpressed("plugin:chat|send", send, 1)
        .unwrap_err();
    assert_eq!(error["code"], "not_allowed");
    assert_eq!(page.person.asked(), [fetched]);
    assert_eq!(web.requests("/a.png").len(), 0, "nothing went out");

    // After a press nobody is asked.
    let error = page
        .call("plugin:images|fetch", json!({ "id": id }))
        .unwrap_err();
    assert_eq!(error["code"], "link_not_read");
    assert!(page.person.asked().is_empty());
    assert_eq!(web.requests("/a.png").len(), 1);
}

#[test]
fn links_of_one_host_are_asked_about_once() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    for path in ["b.example/1.png", "a.example/2.png", "b.example/3.png"] {
        let url = json!({ "url": format!("https://{path}") });
        page.unpressed("plugin:images|add_link", url).unwrap();
    }
    let list = page.unpressed("plugin:images|list", Value::Null).unwrap();
    let ids = list["attachments"].as_array().unwrap().iter();
    let ids: Vec<_> = ids.map(|one| one["id"].clone()).collect();
    page.person.refuse();
    let send = json!({
        "conversation": null, "text": "x", "attachments": ids,
        "provider": "demo", "model": "demo", "params": {}, "alone": false,
    });
    let error = page
        .stream_unpressed("plugin:chat|send", send, 1)
        .unwrap_err();
    assert_eq!(error["code"], "not_allowed");
    let hosts = ["a.example", "b.example"].map(str::to_owned).to_vec();
    assert_eq!(page.person.asked(), [Question::Fetch { hosts }]);
}

#[test]
fn a_picture_that_an_answer_names_is_loaded_after_a_press_or_a_yes() {
    let home = tempfile::tempdir().unwrap();
    let (told, events) = mpsc::channel();
    let told = Mutex::new(told);
    let page = Started::in_home(home.path(), move |_, event| {
        let _ = told.lock().unwrap().send(event.to_owned());
    })
    .unwrap();
    let web = Provider::start().unwrap();
    web.always("/a.png", Reply::new(404, "text/plain"));
    let address = format!("{}/a.png", web.origin());
    let provider = Provider::start().unwrap();
    provider.chat(Reply::streamed(&[&format!("![a]({address})")]));
    // A press would count for a second.
    let added = json!({ "name": "", "baseUrl": provider.base_url(), "allowPrivate": false });
    let added = page.unpressed("plugin:providers|add", added).unwrap();
    let id = added["id"].clone();
    let key = json!({ "provider": id, "label": "", "key": "sk-test-0123", "keep": "session" });
    page.unpressed("plugin:keys|set", key).unwrap();
    let send = json!({
        "conversation": null, "text": "x", "attachments": [],
        "provider": id, "model": "m", "params": {}, "alone": false,
    });
    let sent = page.stream_unpressed("plugin:chat|send", send, 1).unwrap();
    let answer = sent["answers"][0]["id"].clone();
    let is_end = |event: &String| event.contains("\"finished\"");
    assert!(events.iter().any(|event| is_end(&event)));
    let named = json!({ "message": answer, "url": address });
    page.person.refuse();
    let command = "plugin:chat|load_picture";
    let error = page.unpressed(command, named.clone()).unwrap_err();
    assert_eq!(error["code"], "not_allowed");
    let hosts = vec![web.origin().replace("http://", "")];
    assert_eq!(page.person.asked(), [Question::Fetch { hosts }]);
    assert_eq!(web.requests("/a.png").len(), 0, "nothing went out");

    // What stands in no answer is loaded by no press.
    let other = json!({ "message": answer, "url": format!("{address}?other") });
    assert_eq!(page.call(command, other).unwrap_err()["code"], "not_found");
    assert_eq!(
        page.call(command, named).unwrap_err()["code"],
        "link_not_read"
    );
    assert!(page.person.asked().is_empty());
    assert_eq!(web.requests("/a.png").len(), 1);
}

#[test]
fn forgetting_everything_waits_for_a_yes_and_for_other_processes() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let folder = page
        .call("plugin:desktop|data_folder", Value::Null)
        .unwrap();
    assert_eq!(folder["path"], home.path().display().to_string());
    assert!(folder["bytes"].as_u64().unwrap() > 0);
    page.person.refuse();
    let forget = || page.call("plugin:desktop|forget_everything", Value::Null);
    let error = forget().unwrap_err();
    assert_eq!(error["code"], "not_allowed");
    let folder = home.path().display().to_string();
    assert_eq!(page.person.asked(), [Question::Forget { folder }]);
    // Another process holds the file of its run.
    let run = home.path().join("dragoman.db.run-another");
    let held = fs::File::create(&run).unwrap();
    held.lock().unwrap();
    assert_eq!(forget().unwrap_err()["code"], "home_in_use");
    assert!(page.person.asked().is_empty(), "nobody is asked in vain");
    drop(held);
    assert_eq!(forget().unwrap_err()["code"], "not_allowed");
    // All goes on.
    page.call("plugin:providers|list", Value::Null).unwrap();
    page.call("plugin:history|last_open", Value::Null).unwrap();
    assert!(home.path().join("dragoman.db").is_file());
}
