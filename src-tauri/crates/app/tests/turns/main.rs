//! Turns against a provider on loopback and against Demo, with the real
//! history in a file.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod answered;
mod bin;
mod branches;
mod desk;
mod failover;
mod fitting;
mod hostile;
mod links;
mod old;
mod pages;
mod params;
mod presets;
mod titles;
mod videos;
mod ways_out;
mod window;

use std::sync::Arc;

use app::App;
use chat::{Of, Question};
use desk::*;
use history::History;
use protocol::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn an_answer_streams_ends_once_and_is_kept() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, events) = watched();
    let sent = desk
        .chat
        .send(question(&id, "Say hello"), sink)
        .await
        .unwrap();
    assert_eq!(sent.answers[0].state, MessageState::Streaming);

    let (mut socket, body) = request(&listener).await;
    assert_eq!(
        body["messages"],
        serde_json::json!([{"role": "user", "content": "Say hello"}])
    );
    assert_eq!(body["stream"], true);
    socket
        .write_all(format!("{HEAD}{}{}{DONE}", delta("**Hel"), delta("lo**")).as_bytes())
        .await
        .unwrap();
    drop(socket);

    let events = rest(events).await;
    assert!(
        matches!(events[0], ChatEvent::Started { .. }),
        "{:?}",
        events[0]
    );
    assert_eq!(events.iter().filter(|event| is_terminal(event)).count(), 1);
    let ChatEvent::Finished { state, answer } = events.last().unwrap() else {
        panic!("{:?}", events.last())
    };
    assert_eq!(*state, MessageState::Complete);
    assert_eq!(answer.answered_by.as_deref(), Some("m-real"));
    assert_eq!(
        shown(&events),
        markdown::to_html(&markdown::render("**Hello**"))
    );

    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.title, "Say hello");
    assert_eq!(kept.messages[1].text, "**Hello**");
    assert_eq!(kept.messages[1].state, MessageState::Complete);
}

#[tokio::test]
async fn stop_keeps_the_words_and_hangs_up() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, mut events) = watched();
    let sent = desk.chat.send(question(&id, "Count"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    socket
        .write_all(format!("{HEAD}{}", delta("one two")).as_bytes())
        .await
        .unwrap();
    while !matches!(
        events.recv().await.unwrap(),
        ChatEvent::Chunk { text: Some(_), .. }
    ) {}

    desk.chat.stop(&sent.answers[0].id);
    let events = rest(events).await;
    assert!(matches!(
        events.last(),
        Some(ChatEvent::Finished {
            state: MessageState::Stopped,
            ..
        })
    ));
    let mut end = [0; 1];
    assert!(
        matches!(socket.read(&mut end).await, Ok(0) | Err(_)),
        "the request goes on"
    );
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.messages[1].text, "one two");
    assert_eq!(kept.messages[1].state, MessageState::Stopped);
    desk.chat.stop(&sent.answers[0].id);
}

#[tokio::test]
async fn an_error_keeps_what_had_come_and_the_providers_words() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, events) = watched();
    let sent = desk.chat.send(question(&id, "Go"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    let error = "data: {\"error\":{\"message\":\"上游炸了\",\"code\":\"boom\"}}\n\n";
    socket
        .write_all(format!("{HEAD}{}{error}", delta("half")).as_bytes())
        .await
        .unwrap();
    drop(socket);
    let events = rest(events).await;
    let Some(ChatEvent::Failed { error, .. }) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!(
        error.detail.as_ref().unwrap().message.as_deref(),
        Some("上游炸了")
    );
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.messages[1].text, "half");
    assert_eq!(kept.messages[1].state, MessageState::Failed);
    assert_eq!(kept.messages[1].error.as_ref(), Some(error));

    // Another try stands in its place, under the same question.
    let (sink, events) = watched();
    let retry = ChatRetryParams {
        message: sent.answers[0].id.clone(),
        provider: id,
        model: "m".into(),
        params: ChatParams::default(),
    };
    let again = desk.chat.retry(retry, sink).await.unwrap();
    assert_eq!(again.answers[0].parent, sent.answers[0].parent);
    let (mut socket, body) = request(&listener).await;
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
    socket
        .write_all(format!("{HEAD}{}{DONE}", delta("whole")).as_bytes())
        .await
        .unwrap();
    drop(socket);
    rest(events).await;
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(
        kept.messages
            .iter()
            .map(|m| m.text.as_str())
            .collect::<Vec<_>>(),
        ["Go", "whole"]
    );
}

#[tokio::test]
async fn attaching_midway_sees_the_same_answer() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, mut events) = watched();
    let sent = desk.chat.send(question(&id, "List"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    socket
        .write_all(format!("{HEAD}{}", delta("- one\n- two\n")).as_bytes())
        .await
        .unwrap();
    let mut first = vec![events.recv().await.unwrap()];
    while !matches!(first.last(), Some(ChatEvent::Chunk { text: Some(_), .. })) {
        first.push(events.recv().await.unwrap());
    }
    let (late, late_events) = watched();
    desk.chat.attach(&sent.answers[0].id, late).await.unwrap();
    socket
        .write_all(format!("{}{DONE}", delta("- three\n\nend")).as_bytes())
        .await
        .unwrap();
    drop(socket);

    first.extend(rest(events).await);
    let late_events = rest(late_events).await;
    assert!(matches!(late_events[0], ChatEvent::Snapshot { .. }));
    assert_eq!(shown(&late_events), shown(&first));
    assert_eq!(
        late_events
            .iter()
            .filter(|event| is_terminal(event))
            .count(),
        1
    );

    // After its end there is a snapshot of what was kept, and nothing else.
    let (after, after_events) = watched();
    desk.chat.attach(&sent.answers[0].id, after).await.unwrap();
    let after_events = rest(after_events).await;
    assert_eq!(after_events.len(), 1);
    assert_eq!(shown(&after_events), shown(&first));
}

#[tokio::test]
async fn one_answer_a_conversation_several_at_once() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, events) = watched();
    let one = desk.chat.send(question(&id, "one"), sink).await.unwrap();
    let (mut first, _) = request(&listener).await;

    let (sink, _) = watched();
    let again = ChatSendParams {
        conversation: Some(one.conversation.clone()),
        ..question(&id, "again")
    };
    let busy = desk.chat.send(again, sink).await.unwrap_err();
    assert_eq!(busy.code, ErrorCode::Busy);

    let (sink, other_events) = watched();
    let two = desk.chat.send(question(&id, "two"), sink).await.unwrap();
    let (mut second, _) = request(&listener).await;
    assert_ne!(one.conversation, two.conversation);
    assert_eq!(list(&desk).await.iter().filter(|c| c.answering).count(), 2);
    second
        .write_all(format!("{HEAD}{}{DONE}", delta("second")).as_bytes())
        .await
        .unwrap();
    drop(second);
    rest(other_events).await;
    first
        .write_all(format!("{HEAD}{}{DONE}", delta("first")).as_bytes())
        .await
        .unwrap();
    drop(first);
    rest(events).await;
    let text = async |id: &str| {
        desk.chat.conversation(id).await.unwrap().messages[1]
            .text
            .clone()
    };
    assert_eq!(
        (text(&one.conversation).await, text(&two.conversation).await),
        ("first".into(), "second".into())
    );
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_and_nothing_is_saved() {
    let desk = desk();
    let mut refused = Vec::new();
    let too_hot = ChatParams {
        temperature: Some(2.5),
        ..ChatParams::default()
    };
    for params in [
        question("demo", "  "),
        ChatSendParams {
            model: String::new(),
            ..question("demo", "hi")
        },
        question("chenyu", "hi"),
        question("nobody", "hi"),
        ChatSendParams {
            params: too_hot,
            ..question("demo", "hi")
        },
        ChatSendParams {
            attachments: vec!["gone".into()],
            ..question("demo", "hi")
        },
    ] {
        let (sink, _) = watched();
        refused.push(desk.chat.send(params, sink).await.unwrap_err().code);
    }
    assert_eq!(
        refused,
        [
            ErrorCode::NothingToSend,
            ErrorCode::ModelMissing,
            ErrorCode::KeyMissing,
            ErrorCode::ProviderNotFound,
            ErrorCode::Parameter,
            ErrorCode::AttachmentNotReady,
        ]
    );
    assert!(list(&desk).await.is_empty());
}

#[tokio::test]
async fn demo_answers_truly_about_the_picture_that_was_sent() {
    let desk = desk();
    let picture = flat_png(320, 200, [0x2f, 0x6f, 0x86]);
    desk.attachments.add_bytes("sea.png".into(), picture).await;
    let attachment = desk.attachments.list().remove(0);
    assert_eq!(attachment.state, AttachmentState::Ready, "{attachment:?}");

    let (sink, events) = watched();
    let params = ChatSendParams {
        attachments: vec![attachment.id],
        model: "demo".into(),
        ..question("demo", "What is this?")
    };
    let sent = desk.chat.send(params, sink).await.unwrap();
    assert!(
        desk.attachments.list().is_empty(),
        "sent pictures leave the composer"
    );
    let events = rest(events).await;
    assert!(matches!(
        events.last(),
        Some(ChatEvent::Finished {
            state: MessageState::Complete,
            ..
        })
    ));
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    let text = &kept.messages[1].text;
    for fact in ["Demo", "PNG", "320 × 200", "#2f6f86"] {
        assert!(text.contains(fact), "{fact} is missing in: {text}");
    }
    assert_eq!(kept.messages[0].pictures[0].name, "sea.png");
}

#[tokio::test]
async fn an_answer_open_when_the_app_died_is_interrupted_with_its_text() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, _events) = watched();
    let sent = desk.chat.send(question(&id, "Go"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    socket
        .write_all(format!("{HEAD}{}", delta("so far")).as_bytes())
        .await
        .unwrap();
    let id = sent.answers[0].id.clone();
    let so_far = async |history: &History| {
        let id = id.clone();
        history.read(move |r| r.message(&id)).await.unwrap()
    };
    while so_far(&desk.history).await.text != "so far" {
        tokio::task::yield_now().await;
    }
    // The file as the death of the process would leave it, opened by the next one.
    let copy = desk.folder.path().join("after");
    std::fs::create_dir(&copy).unwrap();
    for file in ["dragoman.db", "dragoman.db-wal"] {
        std::fs::copy(desk.folder.path().join(file), copy.join(file)).unwrap();
    }
    let reopened = History::open(&copy.join("dragoman.db")).unwrap().history;
    let message = so_far(&reopened).await;
    assert_eq!(
        (message.state, message.text.as_str()),
        (MessageState::Interrupted, "so far")
    );
}

#[tokio::test]
async fn one_question_is_asked_of_several_models_side_by_side() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let of = |model: &str| Of {
        provider: id.clone(),
        model: model.into(),
    };
    let question = Question {
        text: "Which?".into(),
        of: vec![of("one"), of("two")],
        ..Question::default()
    };
    let ((first, first_events), (second, second_events)) = (watched(), watched());
    let sent = desk
        .chat
        .0
        .chat
        .send(question, vec![first.into(), second.into()]);
    let sent = sent.await.unwrap();
    assert_eq!(sent.answers.len(), 2);
    let mut sockets = Vec::new();
    for _ in 0..2 {
        let (socket, body) = request(&listener).await;
        sockets.push((body["model"].as_str().unwrap().to_owned(), socket));
    }
    sockets.sort_by(|a, b| a.0.cmp(&b.0));
    // Another question waits for both.
    let (sink, _) = watched();
    let early = then(&sent, self::question(&id, "And?"));
    let busy = desk.chat.send(early, sink).await.unwrap_err();
    assert_eq!(busy.code, ErrorCode::Busy);

    // The first is stopped, the second goes on.
    desk.chat.stop(&sent.answers[0].id);
    assert!(matches!(
        rest(first_events).await.last(),
        Some(ChatEvent::Finished {
            state: MessageState::Stopped,
            ..
        })
    ));
    let (model, mut socket) = sockets.pop().unwrap();
    assert_eq!(model, "two");
    let answer = format!("{HEAD}{}{DONE}", delta("two"));
    socket.write_all(answer.as_bytes()).await.unwrap();
    drop(socket);
    rest(second_events).await;
    let mut kept = Vec::new();
    for answer in &sent.answers {
        let id = answer.id.clone();
        let message = desk.history.read(move |r| r.message(&id)).await.unwrap();
        assert_eq!(message.parent.as_ref(), Some(&sent.user.id));
        kept.push((message.state, message.text, message.answer.unwrap().model));
    }
    let (one, two) = (MessageState::Stopped, MessageState::Complete);
    assert_eq!(
        kept,
        [
            (one, String::new(), "one".to_owned()),
            (two, "two".to_owned(), "two".to_owned())
        ]
    );
}

#[test]
fn services_can_be_shared() {
    fn shared<T: Clone + Send + Sync>() {}
    shared::<App>();
}
