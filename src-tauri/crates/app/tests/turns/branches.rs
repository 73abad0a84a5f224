//! Questions that are changed, answers that are asked for again or gone on with.

use protocol::*;
use tokio::io::AsyncWriteExt;

use crate::desk::*;

fn again(sent: &ChatSent, provider: &str, model: &str) -> ChatRetryParams {
    ChatRetryParams {
        message: sent.answers[0].id.clone(),
        provider: provider.into(),
        model: model.into(),
        params: ChatParams::default(),
    }
}

/// Text, and a limit that cuts it.
fn cut(text: &str) -> String {
    let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#;
    format!("{HEAD}{}data: {end}\n\ndata: [DONE]\n\n", delta(text))
}

fn whole(text: &str) -> String {
    format!("{HEAD}{}{DONE}", delta(text))
}

/// Answers one request; its body.
async fn answered(listener: &tokio::net::TcpListener, with: String) -> serde_json::Value {
    let (mut socket, body) = request(listener).await;
    socket.write_all(with.as_bytes()).await.unwrap();
    body
}

async fn texts(desk: &Desk, id: &str) -> Vec<String> {
    let kept = desk.chat.conversation(id).await.unwrap();
    kept.messages.into_iter().map(|one| one.text).collect()
}

#[tokio::test]
async fn an_answer_in_the_middle_is_asked_for_again_and_what_followed_stays() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let send = |question| ask(&desk, question);
    let ((first, _), _) = tokio::join!(send(question(&id, "q1")), answered(&listener, whole("a1")));
    let second = then(&first, question(&id, "q2"));
    tokio::join!(send(second), answered(&listener, whole("a2")));

    let (sink, events) = watched();
    let other = desk
        .chat
        .retry(again(&first, &id, "other"), sink)
        .await
        .unwrap();
    let versions = [first.answers[0].id.clone(), other.answers[0].id.clone()];
    assert_eq!(other.answers[0].versions, versions);
    let body = answered(&listener, whole("a1'")).await;
    assert_eq!(body["model"], "other");
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
    rest(events).await;
    assert_eq!(texts(&desk, &first.conversation).await, ["q1", "a1'"]);

    let back = desk.chat.show_version(&versions[0]).await.unwrap().messages;
    assert_eq!(
        back.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(),
        ["a1", "q2", "a2"]
    );
    assert_eq!(back[0].versions, versions);
    // What is asked next goes on from what is shown.
    let third = then(&first, question(&id, "q3"));
    let (_, body) = tokio::join!(send(third), answered(&listener, whole("a3")));
    assert_eq!(body["messages"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_question_is_changed_with_its_pictures_beside_the_old_one() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let red = attach(&desk, "red.png", picture_of([255, 0, 0])).await;
    let asked = about(&id, "What is it?", &[red]);
    let ((first, _), _) = tokio::join!(ask(&desk, asked), answered(&listener, whole("Red.")));

    // Its picture comes back into the draft by its hash, and one more is added.
    let params = PictureAgainParams {
        message: first.user.id.clone(),
        hash: first.user.pictures[0].hash.clone(),
    };
    desk.attachments.again(&params).await.unwrap();
    let kept = desk.attachments.list().pop().unwrap().id;
    let blue = attach(&desk, "blue.png", picture_of([0, 0, 255])).await;
    let edit = ChatEditParams {
        message: first.user.id.clone(),
        text: "And both?".into(),
        attachments: vec![kept, blue],
        provider: id.clone(),
        model: "m".into(),
        params: ChatParams::default(),
    };
    let (sink, events) = watched();
    let sent = desk.app.edit(edit, sink).await.unwrap();
    assert_eq!(sent.conversation, first.conversation);
    assert_eq!(sent.user.parent, None);
    assert_eq!(
        sent.user.versions,
        [first.user.id.clone(), sent.user.id.clone()]
    );
    assert_eq!(sent.user.pictures[0].hash, first.user.pictures[0].hash);
    assert!(desk.attachments.list().is_empty());
    let body = answered(&listener, whole("Both.")).await;
    assert_eq!(
        (pictures(&body), body["messages"].as_array().unwrap().len()),
        (2, 1)
    );
    rest(events).await;
    assert_eq!(
        texts(&desk, &first.conversation).await,
        ["And both?", "Both."]
    );
    desk.chat.show_version(&first.user.id).await.unwrap();
    assert_eq!(
        texts(&desk, &first.conversation).await,
        ["What is it?", "Red."]
    );
}

fn picture_of(colour: [u8; 3]) -> Vec<u8> {
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb(colour));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn what_is_written_keeps_its_conversation_as_it_is_and_no_other() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let ((other, _), _) = tokio::join!(
        ask(&desk, question(&id, "elsewhere")),
        answered(&listener, cut("half"))
    );
    let (sink, events) = watched();
    let sent = desk.chat.send(question(&id, "here"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;

    let (sink, _) = watched();
    let retry = desk
        .chat
        .retry(again(&sent, &id, "m"), sink)
        .await
        .map(drop);
    let (sink, _) = watched();
    let on = desk
        .chat
        .go_on(again(&sent, &id, "m"), sink)
        .await
        .map(drop);
    let removed = desk.chat.remove_message(&sent.user.id).await.map(drop);
    let shown = desk.chat.show_version(&sent.user.id).await.map(drop);
    for (refused, code) in [
        (retry, ErrorCode::Busy),
        (on, ErrorCode::NothingToSend),
        (removed, ErrorCode::Busy),
        (shown, ErrorCode::Busy),
    ] {
        assert_eq!(refused.unwrap_err().code, code);
    }
    // In another one all of it goes on.
    let (sink, more) = watched();
    desk.chat
        .go_on(again(&other, &id, "m"), sink)
        .await
        .unwrap();
    answered(&listener, whole(" and half")).await;
    rest(more).await;
    assert_eq!(
        texts(&desk, &other.conversation).await,
        ["elsewhere", "half and half"]
    );

    socket.write_all(whole("done").as_bytes()).await.unwrap();
    drop(socket);
    rest(events).await;
    let gone = desk.chat.remove_message(&sent.answers[0].id).await.unwrap();
    assert_eq!(gone.messages, []);
    assert_eq!(texts(&desk, &sent.conversation).await, ["here"]);
    // A question without an answer can be asked again.
    let asked = ChatRetryParams {
        message: sent.user.id.clone(),
        ..again(&sent, &id, "m")
    };
    let (sink, events) = watched();
    desk.chat.retry(asked, sink).await.unwrap();
    answered(&listener, whole("anew")).await;
    rest(events).await;
    let back = desk
        .chat
        .restore_message(&sent.answers[0].id)
        .await
        .unwrap();
    assert_eq!(back.messages[0].text, "done");
    assert_eq!(back.messages[0].versions.len(), 2);
}

#[tokio::test]
async fn an_answer_that_was_cut_goes_on_in_its_place_without_a_seam() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let ((first, _), _) = tokio::join!(
        ask(&desk, question(&id, "Count")),
        answered(&listener, cut("- one\n- two\n- th"))
    );
    let (sink, events) = watched();
    let on = desk
        .chat
        .go_on(again(&first, &id, "m"), sink)
        .await
        .unwrap();
    assert_eq!(on.answers[0].text, "- one\n- two\n- th");
    assert_eq!(on.answers[0].versions, Vec::<String>::new());
    let body = answered(&listener, whole("- two\n- three")).await;
    let messages = body["messages"].as_array().unwrap();
    assert_eq!(messages[1]["content"], "- one\n- two\n- th");
    assert_eq!(messages[2]["role"], "user");
    assert!(
        messages[2]["content"]
            .as_str()
            .unwrap()
            .ends_with("- two\n- th")
    );

    let events = rest(events).await;
    let (answer, error) = end(&events);
    assert_eq!(
        (error, answer.finish_reason.as_deref()),
        (None, Some("stop"))
    );
    let kept = desk.chat.conversation(&first.conversation).await.unwrap();
    assert_eq!(kept.messages[1].text, "- one\n- two\n- three");
    assert_eq!(kept.messages[1].state, MessageState::Complete);
    assert_eq!(markdown::to_html(&kept.messages[1].blocks), shown(&events));
    assert_eq!(kept.messages[1].versions, Vec::<String>::new());
    // The one that was cut is gone: it is all in this one.
    let before = desk.chat.source(&first.answers[0].id).await.unwrap_err();
    assert_eq!(before.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn one_that_begins_anew_stands_beside_and_says_so() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let begins = "The picture shows a harbour at dusk, with seven boats ";
    let ((first, _), _) = tokio::join!(
        ask(&desk, question(&id, "What?")),
        answered(&listener, cut(begins))
    );
    let (sink, events) = watched();
    let on = desk
        .chat
        .go_on(again(&first, &id, "m"), sink)
        .await
        .unwrap();
    let anew = "The picture shows a harbour at dusk, with a crane.";
    answered(&listener, whole(anew)).await;
    let events = rest(events).await;
    assert_eq!(notes(&events), [AnswerNote::BeganAnew]);
    let kept = desk.chat.conversation(&first.conversation).await.unwrap();
    assert_eq!(kept.messages[1].text, anew);
    assert_eq!(markdown::to_html(&kept.messages[1].blocks), shown(&events));
    let versions = [first.answers[0].id.clone(), on.answers[0].id.clone()];
    assert_eq!(kept.messages[1].versions, versions);
    let told = events.iter().rev().find_map(|event| match event {
        ChatEvent::Snapshot { message } => Some(message.versions.clone()),
        _ => None,
    });
    assert_eq!(told.as_deref(), Some(versions.as_slice()));
    assert_eq!(desk.chat.source(&versions[0]).await.unwrap(), begins);
}

#[tokio::test]
async fn one_that_fails_or_stops_on_the_way_keeps_all_there_was() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let ((first, _), _) = tokio::join!(
        ask(&desk, question(&id, "Go")),
        answered(&listener, cut("one two"))
    );
    let (sink, events) = watched();
    let on = desk
        .chat
        .go_on(again(&first, &id, "m"), sink)
        .await
        .unwrap();
    let error = "data: {\"error\":{\"message\":\"boom\"}}\n\n";
    answered(&listener, format!("{HEAD}{}{error}", delta(" three"))).await;
    assert!(end(&rest(events).await).1.is_some());
    assert_eq!(
        texts(&desk, &first.conversation).await,
        ["Go", "one two three"]
    );

    // And once more, from there.
    let (sink, mut events) = watched();
    desk.chat.go_on(again(&on, &id, "m"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    socket
        .write_all(format!("{HEAD}{}", delta(" four five six")).as_bytes())
        .await
        .unwrap();
    while !matches!(events.recv().await, Some(ChatEvent::Chunk { .. })) {}
    let sent = desk.chat.conversation(&first.conversation).await.unwrap();
    desk.chat.stop(&sent.messages[1].id);
    rest(events).await;
    let kept = desk.chat.conversation(&first.conversation).await.unwrap();
    assert_eq!(kept.messages[1].text, "one two three four five six");
    assert_eq!(kept.messages[1].state, MessageState::Stopped);
}

#[tokio::test]
async fn where_the_provider_has_a_field_for_it_no_words_are_said() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let manifest = serde_json::json!({"id": id, "name": "Own", "base_url": url,
        "allow_private": true, "prefill": "partial"});
    let (put, json) = (id.clone(), manifest.to_string());
    let put = desk.history.write(move |w| w.put_provider(&put, &json));
    put.await.unwrap();
    desk.accounts.read_again().await;
    let ((first, _), _) = tokio::join!(
        ask(&desk, question(&id, "Which?")),
        answered(&listener, cut("see Figure"))
    );
    let (sink, events) = watched();
    desk.chat
        .go_on(again(&first, &id, "m"), sink)
        .await
        .unwrap();
    let body = answered(&listener, whole("2 below")).await;
    let messages = body["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[1]["partial"], true);
    assert_eq!(messages[0].get("partial"), None);
    rest(events).await;
    assert_eq!(
        texts(&desk, &first.conversation).await,
        ["Which?", "see Figure2 below"]
    );
}

#[tokio::test]
async fn demo_goes_on_from_where_it_was() {
    let desk = desk();
    let demo = |text: &str| ChatSendParams {
        model: "demo".into(),
        ..question("demo", text)
    };
    let (whole, _) = ask(&desk, demo("Hello there")).await;
    let all = desk.chat.source(&whole.answers[0].id).await.unwrap();
    let (sink, mut events) = watched();
    let sent = desk.chat.send(demo("Hello there"), sink).await.unwrap();
    while !matches!(
        events.recv().await,
        Some(ChatEvent::Chunk { text: Some(_), .. })
    ) {}
    desk.chat.stop(&sent.answers[0].id);
    rest(events).await;
    let half = desk.chat.source(&sent.answers[0].id).await.unwrap();
    assert!(all.starts_with(&half) && half.len() < all.len());
    let (sink, events) = watched();
    let on = desk
        .chat
        .go_on(again(&sent, "demo", "demo"), sink)
        .await
        .unwrap();
    rest(events).await;
    assert_eq!(desk.chat.source(&on.answers[0].id).await.unwrap(), all);
}

#[tokio::test]
async fn a_conversation_begins_with_what_led_to_an_answer() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let ((first, _), _) = tokio::join!(
        ask(&desk, question(&id, "q1")),
        answered(&listener, whole("a1"))
    );
    let second = then(&first, question(&id, "q2"));
    tokio::join!(ask(&desk, second), answered(&listener, whole("a2")));
    let fork = desk
        .chat
        .fork(&first.answers[0].id)
        .await
        .unwrap()
        .conversation;
    assert_eq!(texts(&desk, &fork).await, ["q1", "a1"]);
    assert_eq!(list(&desk).await[0].id, fork);
    let third = ChatSendParams {
        conversation: Some(fork.clone()),
        ..question(&id, "q3")
    };
    tokio::join!(ask(&desk, third), answered(&listener, whole("a3")));
    assert_eq!(texts(&desk, &fork).await, ["q1", "a1", "q3", "a3"]);
    assert_eq!(
        texts(&desk, &first.conversation).await,
        ["q1", "a1", "q2", "a2"]
    );
}
