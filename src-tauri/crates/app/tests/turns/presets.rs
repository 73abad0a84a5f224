//! Conversations that begin with a preset, and what is filled into their prompts.

use protocol::*;
use serde_json::Value;

use crate::desk::*;

/// A question that begins with a preset whose prompt is this.
fn begins(provider: &str, prompt: &str) -> ChatSendParams {
    ChatSendParams {
        params: prompted(prompt),
        preset: Some("Shop".into()),
        ..question(provider, "?")
    }
}

fn prompted(prompt: &str) -> ChatParams {
    ChatParams {
        system: Some(prompt.into()),
        ..ChatParams::default()
    }
}

fn system(body: &Value) -> &str {
    assert_eq!(body["messages"][0]["role"], "system");
    body["messages"][0]["content"].as_str().unwrap()
}

fn copy(desk: &Desk, text: &str) {
    *desk.clipboard.lock().unwrap() = text.into();
}

#[tokio::test]
async fn placeholders_are_filled_in_when_it_is_sent_and_what_was_sent_is_noted() {
    let desk = desk();
    let (url, log) = scripted([says("one"), says("two"), says("three")]).await;
    let id = custom(&desk, &url).await;
    copy(&desk, "Kelp = 海带 {language}");
    let prompt = r#"In {language}, by {{language}}: {clipboard} {"date": {}}"#;
    let (sent, _) = ask(&desk, begins(&id, prompt)).await;
    let filled = r#"In English, by {language}: Kelp = 海带 {language} {"date": {}}"#;
    assert_eq!(system(&log.last()), filled);
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.preset.as_deref(), Some("Shop"));
    // The conversation keeps what it began with, not what was sent of it.
    assert_eq!(kept.params.system.as_deref(), Some(prompt));
    let notes = |of: &Message| of.answer.clone().unwrap().notes;
    let note = |prompt: &str, clipboard: &str| AnswerNote::PromptFilled {
        prompt: prompt.into(),
        clipboard: Some(clipboard.into()),
    };
    let first = note(filled, "Kelp = 海带 {language}");
    assert_eq!(notes(&kept.messages[1]), std::slice::from_ref(&first));

    // Asked again it is the same question; the next one takes what is copied then.
    copy(&desk, "Nori");
    let again = ChatRetryParams {
        message: sent.answers[0].id.clone(),
        provider: id.clone(),
        model: "m".into(),
        params: prompted(prompt),
    };
    let (sink, events) = watched();
    desk.chat.retry(again, sink).await.unwrap();
    rest(events).await;
    assert_eq!(system(&log.last()), filled);
    let next = ChatSendParams {
        params: prompted("{clipboard}"),
        ..then(&sent, question(&id, "and?"))
    };
    ask(&desk, next).await;
    assert_eq!(system(&log.last()), "Nori");
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(notes(&kept.messages[1]), [first]);
    assert_eq!(notes(&kept.messages[3]), [note("Nori", "Nori")]);
}

#[tokio::test]
async fn a_prompt_of_no_preset_is_sent_as_it_is() {
    let desk = desk();
    let (url, log) = scripted([says("one"), says("two")]).await;
    let id = custom(&desk, &url).await;
    copy(&desk, "a secret");
    let prompt = "{clipboard} {language} {date} {{date}}";
    let asked = ChatSendParams {
        params: prompted(prompt),
        ..question(&id, "?")
    };
    let (sent, _) = ask(&desk, asked).await;
    assert_eq!(system(&log.last()), prompt);
    // Nor does one become one later.
    let next = ChatSendParams {
        conversation: Some(sent.conversation.clone()),
        ..begins(&id, prompt)
    };
    ask(&desk, next).await;
    assert_eq!(system(&log.last()), prompt);
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.preset, None);
    assert_eq!(kept.messages[1].answer.as_ref().unwrap().notes, []);
}

#[tokio::test]
async fn nothing_is_sent_where_the_clipboard_holds_nothing_of_use() {
    let desk = desk();
    let (url, log) = scripted([]).await;
    let id = custom(&desk, &url).await;
    let refused = async |text: &str| {
        copy(&desk, text);
        let (sink, _) = watched();
        let asked = begins(&id, "Use: {clipboard}");
        let error = desk.chat.send(asked, sink).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::PromptClipboard);
        error.args["why"].clone()
    };
    assert_eq!(refused(" \n").await, "empty");
    assert_eq!(refused(&"字".repeat(20_001)).await, "long");
    assert!(log.all().is_empty());
    assert!(list(&desk).await.is_empty());
}

#[tokio::test]
async fn a_conversation_keeps_what_it_began_with_when_the_preset_changes() {
    let desk = desk();
    let preset = Preset {
        name: " Shop ".into(),
        params: prompted("Be brief in {language}."),
        ..Preset::default()
    };
    let kept = desk.chat.save_preset(preset).await.unwrap();
    assert_eq!(kept.name, "Shop");
    let (url, log) = scripted([says("one"), says("two")]).await;
    let id = custom(&desk, &url).await;
    let (sent, _) = ask(&desk, begins(&id, "Be brief in {language}.")).await;
    let changed = Preset {
        name: "Store".into(),
        params: prompted("Sing."),
        ..kept.clone()
    };
    desk.chat.save_preset(changed).await.unwrap();
    desk.chat.remove_preset(kept.id).await.unwrap();
    let now = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(now.preset.as_deref(), Some("Shop"));
    // One that begins as it went is of the same preset.
    let fork = desk.chat.fork(&sent.answers[0].id).await.unwrap();
    let now = desk.chat.conversation(&fork.conversation).await.unwrap();
    assert_eq!(now.preset.as_deref(), Some("Shop"));
    let next = ChatSendParams {
        conversation: Some(fork.conversation),
        params: now.params,
        ..question(&id, "and?")
    };
    ask(&desk, next).await;
    assert_eq!(system(&log.last()), "Be brief in English.");
}

#[tokio::test]
async fn a_preset_needs_a_name() {
    let desk = desk();
    for name in ["", "  ", &"n".repeat(81)] {
        let preset = Preset {
            name: name.into(),
            ..Preset::default()
        };
        let error = desk.chat.save_preset(preset).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::PresetName);
    }
    assert_eq!(desk.chat.presets().await.unwrap().presets, []);
}

#[tokio::test]
async fn a_question_that_is_asked_alone_goes_without_what_was_said_before() {
    let desk = desk();
    let answers = [says("a1"), says("a2"), says("a3"), says("a4"), says("a5")];
    let (url, log) = scripted(answers).await;
    let id = custom(&desk, &url).await;
    copy(&desk, "Nori");
    let (first, _) = ask(&desk, begins(&id, "{clipboard}")).await;
    copy(&desk, "what was copied meanwhile");
    let of = |body: Value| {
        let messages = body["messages"].as_array().unwrap().clone();
        let texts = messages.iter().map(|one| one["content"].as_str().unwrap());
        texts.map(str::to_owned).collect::<Vec<_>>()
    };
    let second = ChatSendParams {
        params: prompted("{clipboard}"),
        alone: true,
        copied_of: Some(first.answers[0].id.clone()),
        ..then(&first, question(&id, "second"))
    };
    let (second, _) = ask(&desk, second).await;
    assert_eq!(of(log.last()), ["Nori", "second"]);

    // Asked again or changed it is so, too.
    let again = ChatRetryParams {
        message: second.answers[0].id.clone(),
        provider: id.clone(),
        model: "m".into(),
        params: ChatParams::default(),
    };
    let (sink, events) = watched();
    desk.chat.retry(again, sink).await.unwrap();
    rest(events).await;
    assert_eq!(of(log.last()), ["second"]);
    let changed = ChatEditParams {
        message: second.user.id.clone(),
        text: "2nd".into(),
        attachments: vec![],
        provider: id.clone(),
        model: "m".into(),
        params: ChatParams::default(),
    };
    let (sink, events) = watched();
    desk.app.edit(changed, sink).await.unwrap();
    rest(events).await;
    assert_eq!(of(log.last()), ["2nd"]);
    // The next one goes with all of it.
    ask(&desk, then(&first, question(&id, "and?"))).await;
    assert_eq!(of(log.last()), ["?", "a1", "2nd", "a4", "and?"]);
}

#[tokio::test]
async fn pictures_that_wait_their_turn_outlive_a_restart_until_they_are_sent() {
    let desk = desk();
    let (url, log) = scripted([says("one"), says("two")]).await;
    let id = custom(&desk, &url).await;
    let mut ids = Vec::new();
    for (name, rgb) in [
        ("a.png", [9, 0, 0]),
        ("b.png", [0, 9, 0]),
        ("c.png", [0, 0, 9]),
    ] {
        ids.push(attach(&desk, name, flat_png(64, 64, rgb)).await);
    }
    desk.attachments.keep_unsent(&ids).await.unwrap();
    let first = ChatSendParams {
        alone: true,
        ..about(&id, "Total?", &ids[..1])
    };
    ask(&desk, first).await;
    desk.attachments.remove(&ids[2]).await.unwrap();
    let desk = restarted(desk).await;
    desk.attachments.take_unsent().await.unwrap();
    let waiting = desk.attachments.list().into_iter();
    let waiting: Vec<_> = waiting.map(|one| one.id).collect();
    assert_eq!(waiting, ids[1..2]);
    ask(&desk, about(&id, "Total?", &waiting)).await;
    assert_eq!(pictures(&log.last()), 1);
    let left = desk.history.read(|r| r.unsent()).await.unwrap();
    assert_eq!(left, []);
}
