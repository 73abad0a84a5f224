//! Conversations that are removed while something goes on in them.

use protocol::*;
use tokio::io::AsyncWriteExt;

use crate::desk::*;

async fn ids(desk: &Desk, of: ListOf) -> Vec<String> {
    let params = ConversationListParams {
        of,
        after: None,
        limit: 9,
    };
    let list = desk.chat.conversations(params).await.unwrap();
    list.conversations.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn an_answer_under_way_is_stopped_with_its_text_before_its_conversation_goes() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, mut events) = watched();
    let sent = desk.chat.send(question(&id, "Go on"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    let some = format!("{HEAD}{}", delta("as far as this"));
    socket.write_all(some.as_bytes()).await.unwrap();
    // Some of it is on the screen.
    while !matches!(events.recv().await.unwrap(), ChatEvent::Chunk { .. }) {}

    let all = vec![sent.conversation.clone()];
    desk.chat.remove(all.clone()).await.unwrap();
    assert_eq!(ids(&desk, ListOf::Listed).await, Vec::<String>::new());
    assert_eq!(ids(&desk, ListOf::Bin).await, all);
    assert_eq!(desk.chat.last_open().await.unwrap().conversation, None);
    let gone = desk.chat.open(&sent.conversation).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
    rest(events).await;
    written(&desk).await;
    assert_eq!(ids(&desk, ListOf::Listed).await, Vec::<String>::new());

    desk.chat.restore(all.clone()).await.unwrap();
    assert_eq!(ids(&desk, ListOf::Listed).await, all);
    let back = desk.chat.open(&sent.conversation).await.unwrap();
    assert_eq!(back.messages[1].state, MessageState::Stopped);
    assert_eq!(back.messages[1].text, "as far as this");
}

#[tokio::test]
async fn the_bin_is_emptied_and_nothing_else_goes() {
    let desk = desk();
    let mut asked = Vec::new();
    for text in ["one", "two", "three"] {
        let demo = ChatSendParams {
            model: "demo".into(),
            ..question("demo", text)
        };
        let (sent, _) = ask(&desk, demo).await;
        asked.push(sent.conversation);
    }
    let archived = vec![asked[2].clone()];
    desk.chat.archive(archived.clone(), true).await.unwrap();
    desk.chat.remove(vec![asked[0].clone()]).await.unwrap();
    let counts = desk.chat.put_away().await.unwrap();
    assert_eq!((counts.archived, counts.bin), (1, 1));
    desk.chat.empty_bin().await.unwrap();
    assert_eq!(ids(&desk, ListOf::Bin).await, Vec::<String>::new());
    assert_eq!(ids(&desk, ListOf::Archived).await, archived);
    assert_eq!(ids(&desk, ListOf::Listed).await, [asked[1].clone()]);
    let late = desk.chat.restore(vec![asked[0].clone()]).await.unwrap_err();
    assert_eq!(late.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_question_in_an_archived_conversation_brings_it_back_into_the_list() {
    let desk = desk();
    let demo = |text: &str, conversation: Option<&String>| ChatSendParams {
        model: "demo".into(),
        conversation: conversation.cloned(),
        ..question("demo", text)
    };
    let (first, _) = ask(&desk, demo("one", None)).await;
    let (second, _) = ask(&desk, demo("two", None)).await;
    let all = vec![first.conversation.clone(), second.conversation.clone()];
    desk.chat.pin(all.clone(), true).await.unwrap();
    desk.chat.archive(all, true).await.unwrap();
    assert_eq!(ids(&desk, ListOf::Listed).await, Vec::<String>::new());
    ask(&desk, demo("and?", Some(&first.conversation))).await;
    assert_eq!(ids(&desk, ListOf::Listed).await, [first.conversation]);
    assert_eq!(ids(&desk, ListOf::Archived).await, [second.conversation]);
}
