//! What the window shows, and what ends where nobody looks.

use protocol::*;
use tokio::io::AsyncWriteExt;

use crate::desk::*;

async fn unread(desk: &Desk) -> Vec<(String, bool)> {
    let rows = list(desk).await.into_iter();
    rows.map(|row| (row.id, row.unread)).collect()
}

#[tokio::test]
async fn an_answer_that_ends_where_nobody_looks_is_unread_until_it_is_opened() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    // Seen as it ends: the window shows it since it was sent.
    let (sink, events) = watched();
    let first = desk.chat.send(question(&id, "One"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    let answer = format!("{HEAD}{}{DONE}", delta("one"));
    socket.write_all(answer.as_bytes()).await.unwrap();
    drop(socket);
    rest(events).await;
    assert_eq!(unread(&desk).await, [(first.conversation.clone(), false)]);

    // The window shows the first one when the second one ends, and it fails.
    let (sink, events) = watched();
    let second = desk.chat.send(question(&id, "Two"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    desk.chat.open(&first.conversation).await.unwrap();
    let refused = "HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n";
    socket.write_all(refused.as_bytes()).await.unwrap();
    drop(socket);
    rest(events).await;
    let second = second.conversation;
    let row = |marked| (second.clone(), marked);
    assert!(unread(&desk).await.contains(&row(true)));
    assert!(
        !unread(&desk)
            .await
            .contains(&(first.conversation.clone(), true))
    );
    desk.chat.open(&second).await.unwrap();
    assert!(unread(&desk).await.contains(&row(false)));
    assert_eq!(
        desk.chat.last_open().await.unwrap().conversation,
        Some(second.clone())
    );

    // A new one is shown.
    desk.chat.leave().await;
    assert_eq!(desk.chat.last_open().await.unwrap().conversation, None);
}

#[tokio::test]
async fn what_is_typed_is_kept_until_it_is_sent() {
    let desk = desk();
    let typed = |conversation: Option<&str>, text: &str| DraftParams {
        conversation: conversation.map(str::to_owned),
        message: None,
        text: text.to_owned(),
    };
    desk.chat.keep_draft(typed(None, "Who?")).await.unwrap();
    assert_eq!(desk.chat.last_open().await.unwrap().draft, "Who?");
    let (sent, _) = ask(&desk, question("demo", "Who?")).await;
    let now = desk.chat.last_open().await.unwrap();
    let opened = Some(sent.conversation.clone());
    assert_eq!((now.draft.as_str(), &now.conversation), ("", &opened));

    let id = sent.conversation.as_str();
    desk.chat.keep_draft(typed(Some(id), "And?")).await.unwrap();
    assert_eq!(desk.chat.open(id).await.unwrap().draft, "And?");
    ask(&desk, then(&sent, question("demo", "And?"))).await;
    assert_eq!(desk.chat.open(id).await.unwrap().draft, "");
}

#[tokio::test]
async fn a_question_that_is_being_changed_is_kept_until_that_ends() {
    let desk = desk();
    let (sent, _) = ask(&desk, question("demo", "Who?")).await;
    let typed = |text: &str| DraftParams {
        conversation: None,
        message: Some(sent.user.id.clone()),
        text: text.to_owned(),
    };
    desk.chat.keep_draft(typed("Who is")).await.unwrap();
    desk.chat.keep_draft(typed("Who is it?")).await.unwrap();
    let kept = EditDraft {
        message: sent.user.id.clone(),
        text: "Who is it?".into(),
    };
    let id = sent.conversation.as_str();
    assert_eq!(desk.chat.open(id).await.unwrap().edits, [kept]);
    assert_eq!(desk.chat.open(id).await.unwrap().draft, "");
    desk.chat.keep_draft(typed("")).await.unwrap();
    assert_eq!(desk.chat.open(id).await.unwrap().edits, []);
    let gone = DraftParams {
        message: Some("gone".into()),
        ..typed("Who?")
    };
    desk.chat.keep_draft(gone).await.unwrap();
}

#[tokio::test]
async fn a_conversation_brings_back_who_was_asked_and_how_and_a_retry_asks_whom_it_says() {
    let desk = desk();
    let (url, _) = scripted([says("one"), says("two")]).await;
    let id = custom(&desk, &url).await;
    let mut first = question(&id, "One");
    first.model = "alpha".into();
    first.params.temperature = Some(0.5);
    let (sent, _) = ask(&desk, first.clone()).await;
    let opened = desk.chat.open(&sent.conversation).await.unwrap();
    assert_eq!(opened.provider.as_deref(), Some(id.as_str()));
    assert_eq!(opened.model.as_deref(), Some("alpha"));
    assert_eq!(opened.params, first.params);

    let (sink, events) = watched();
    let again = ChatRetryParams {
        message: sent.answers[0].id.clone(),
        provider: id.clone(),
        model: "beta".into(),
        params: first.params,
    };
    let again = desk.chat.retry(again, sink).await.unwrap();
    rest(events).await;
    assert_eq!(again.answers[0].answer.as_ref().unwrap().model, "beta");
    let opened = desk.chat.open(&sent.conversation).await.unwrap();
    assert_eq!(opened.model.as_deref(), Some("beta"));
}

#[tokio::test]
async fn a_model_that_is_to_be_switched_on_first_is_told_with_the_place_to_do_it() {
    let desk = desk();
    let said = "Your account 1 has not activated the model m. Please activate the model service in the Ark Console.";
    let (url, _) = scripted([error(404, "ModelNotOpen", said)]).await;
    let console = "https://console.example.com/models";
    let fields = serde_json::json!({"models_url": console, "keys_url": "https://a.example/keys"});
    let id = plugin(&desk, &url, fields).await;
    let (_, events) = ask(&desk, question(&id, "Go")).await;
    let failed = end(&events).1.unwrap();
    assert_eq!(failed.code, ErrorCode::ModelNotFound);
    assert_eq!(failed.args["about"], "not_activated");
    assert_eq!(failed.args["url"], console);
}
