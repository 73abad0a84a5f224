//! Every way out of a turn: the history that takes nothing, the end of the app, a
//! fault of our own, another process.

use std::sync::{Mutex, mpsc};

use history::{NewTurn, Piece};
use tokio::sync::mpsc::unbounded_channel;

use super::desk::*;
use super::*;

/// What the listener was told.
#[derive(Default)]
struct Told {
    changed: Vec<ConversationsEvent>,
    troubled: Vec<IpcError>,
}

struct Ears(Arc<Mutex<Told>>, tokio::sync::mpsc::UnboundedSender<()>);

impl app::Ears for Ears {
    fn attachment(&self, _: AttachmentEvent) {}

    fn conversations(&self, event: ConversationsEvent) {
        self.0.lock().unwrap().changed.push(event);
        let _ = self.1.send(());
    }

    fn trouble(&self, error: IpcError) {
        self.0.lock().unwrap().troubled.push(error);
        let _ = self.1.send(());
    }

    fn keyring(&self, _: protocol::KeyringEvent) {}
}

fn text_of(message: &Message) -> (MessageState, &str) {
    (message.state, message.text.as_str())
}

async fn last(chat: &Asked, id: &str) -> Message {
    chat.conversation(id).await.unwrap().messages.pop().unwrap()
}

#[tokio::test]
async fn an_answer_that_cannot_be_kept_stays_and_is_kept_when_there_is_room() {
    let desk = desk();
    let told = Arc::new(Mutex::new(Told::default()));
    let (sender, mut heard) = unbounded_channel();
    let ears = Ears(Arc::clone(&told), sender);
    let app = App::of(
        desk.history.clone(),
        desk.accounts.clone(),
        english(),
        Arc::new(ears),
    );
    let chat = Asked(app);
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, events) = watched();
    let sent = chat.send(question(&id, "?"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    // Another program writes, and does not stop: nothing can be kept.
    let path = desk.folder.path().join("dragoman.db");
    let (free, freed) = mpsc::channel::<()>();
    let (taken, is_taken) = mpsc::channel();
    let other = std::thread::spawn(move || {
        let other = rusqlite::Connection::open(path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        taken.send(()).unwrap();
        freed.recv().unwrap();
        other.execute_batch("ROLLBACK").unwrap();
    });
    is_taken.recv().unwrap();
    socket
        .write_all(format!("{HEAD}{}{DONE}", delta("all of it")).as_bytes())
        .await
        .unwrap();
    drop(socket);
    let events = rest(events).await;
    assert_eq!(shown(&events), "<p>all of it</p>\n");
    let (_, error) = end(&events);
    assert_eq!(error.unwrap().code, ErrorCode::Storage);

    // It is over: on the screen, in memory, and nothing waits.
    let kept = last(&chat, &sent.conversation).await;
    assert_eq!(text_of(&kept), (MessageState::Failed, "all of it"));
    let source = chat.source(&kept.id).await.unwrap();
    assert_eq!(source, "all of it");
    assert!(!told.lock().unwrap().changed.last().unwrap().upserted[0].answering);

    free.send(()).unwrap();
    other.join().unwrap();
    loop {
        heard.recv().await.unwrap();
        if told
            .lock()
            .unwrap()
            .changed
            .iter()
            .any(|event| event.elsewhere)
        {
            break;
        }
    }
    let kept = last(&chat, &sent.conversation).await;
    assert_eq!(text_of(&kept), (MessageState::Complete, "all of it"));
    assert_eq!(kept.error, None);
}

#[tokio::test]
async fn the_end_of_the_app_keeps_every_word_and_closes_the_history() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sink, mut events) = watched();
    let sent = desk.chat.send(question(&id, "?"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    socket
        .write_all(format!("{HEAD}{}", delta("so far")).as_bytes())
        .await
        .unwrap();
    while !matches!(events.recv().await, Some(ChatEvent::Chunk { .. })) {}
    desk.chat.end().await.unwrap();
    let told = rest(events).await;
    assert!(matches!(
        told.last(),
        Some(ChatEvent::Finished {
            state: MessageState::Interrupted,
            ..
        })
    ));
    assert!(desk.chat.conversation(&sent.conversation).await.is_err());
    let names = std::fs::read_dir(desk.folder.path()).unwrap();
    let mut names: Vec<_> = names
        .map(|name| name.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name.contains(".run-"));
    assert_eq!(names, Vec::<String>::new(), "nothing is left to mend");
    let again = History::open(&desk.folder.path().join("dragoman.db")).unwrap();
    let id = sent.answers[0].id.clone();
    let kept = again.history.read(move |r| r.message(&id)).await.unwrap();
    assert_eq!(
        (kept.state, kept.text.as_str()),
        (MessageState::Interrupted, "so far")
    );
}

#[tokio::test]
async fn a_fault_of_our_own_ends_the_turn_with_its_text() {
    let desk = desk();
    let (url, _) = scripted([says("first words")]).await;
    let id = custom(&desk, &url).await;
    let (ended, mut end) = unbounded_channel();
    let sink: chat::Sink = Box::new(move |event| {
        if matches!(event, ChatEvent::Chunk { .. }) {
            // Dropped with the turn that it takes along.
            let _ended = ended.clone();
            panic!("on purpose");
        }
        true
    });
    let sent = desk.chat.send(question(&id, "?"), sink).await.unwrap();
    let _: Option<()> = end.recv().await;
    let message = loop {
        let message = last(&desk.chat, &sent.conversation).await;
        if message.state != MessageState::Streaming {
            break message;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(text_of(&message), (MessageState::Failed, "first words"));
    assert_eq!(message.error.unwrap().code, ErrorCode::Internal);
    // The conversation goes on.
    let (url, _) = scripted([says("second")]).await;
    let other = custom(&desk, &url).await;
    let (_, events) = ask(&desk, then(&sent, question(&other, "again"))).await;
    assert_eq!(shown(&events), "<p>second</p>\n");
}

fn new_turn(text: &str) -> NewTurn {
    NewTurn {
        conversation: None,
        text: text.into(),
        parts: vec![],
        answers: vec![Answer::default()],
        params: ChatParams::default(),
    }
}

#[tokio::test]
async fn a_row_that_nobody_writes_is_interrupted_and_can_be_asked_on() {
    let desk = desk();
    let turn = desk.history.write(|w| w.begin_turn(new_turn("?"))).await;
    let turn = turn.unwrap();
    let (id, flushed) = (
        turn.answers[0].id.clone(),
        [Piece::Text("90 of 680".into())],
    );
    let flush = desk.history.write(move |w| w.flush(&id, &flushed));
    assert!(flush.await.unwrap());
    let message = last(&desk.chat, &turn.conversation).await;
    assert_eq!(text_of(&message), (MessageState::Interrupted, "90 of 680"));
    let (url, log) = scripted([says("more")]).await;
    let asked = ChatSendParams {
        conversation: Some(turn.conversation),
        ..question(&custom(&desk, &url).await, "and?")
    };
    ask(&desk, asked).await;
    assert_eq!(log.last()["messages"][1]["content"], "90 of 680");
}

#[tokio::test]
async fn an_answer_that_another_process_writes_is_followed_to_its_end() {
    let desk = desk();
    let path = desk.folder.path().join("dragoman.db");
    let other = History::open(&path).unwrap().history;
    let turn = other.write(|w| w.begin_turn(new_turn("?"))).await.unwrap();
    let id = turn.answers[0].id.clone();
    let grow = |text: &str| {
        let (id, pieces) = (id.clone(), [Piece::Text(text.to_owned())]);
        other.write(move |w| w.flush(&id, &pieces))
    };
    grow("so ").await.unwrap();
    let (sink, mut events) = watched();
    desk.chat.attach(&id, sink).await.unwrap();
    let mut seen = Vec::new();
    while let Some(event) = events.recv().await {
        let ChatEvent::Snapshot { message } = event else {
            panic!("{event:?}")
        };
        if seen.is_empty() {
            grow("far").await.unwrap();
            let (id, end) = (id.clone(), MessageState::Complete);
            let close =
                other.write(move |w| w.close(&id, end, "so far", "", &Answer::default(), None));
            assert!(close.await.unwrap());
        }
        seen.push((message.state, message.text));
    }
    assert_eq!(seen[0], (MessageState::Streaming, "so ".to_owned()));
    let end = (MessageState::Complete, "so far".to_owned());
    assert_eq!(seen.last(), Some(&end));
}

#[tokio::test]
async fn a_second_question_while_one_begins_is_refused_and_others_go_on() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    let (sent, _) = {
        let (sink, events) = watched();
        (
            desk.chat.send(question(&id, "one"), sink).await.unwrap(),
            events,
        )
    };
    let _held = request(&listener).await;
    let (sink, _) = watched();
    let again = then(&sent, question(&id, "two"));
    let busy = desk.chat.send(again, sink).await.unwrap_err();
    assert_eq!(busy.code, ErrorCode::Busy);
    let (sink, _) = watched();
    desk.chat
        .send(question(&id, "elsewhere"), sink)
        .await
        .unwrap();
}

#[tokio::test]
async fn the_small_picture_of_a_list_is_made_once() {
    let desk = desk();
    attach(&desk, "a.png", flat_png(400, 300, [9, 9, 9])).await;
    let hash = desk.attachments.list()[0].picture.clone().unwrap().hash;
    let (mime, bytes) = desk.app.composer.small(&hash).await.unwrap();
    assert!(mime.starts_with("image/"));
    let small = image::load_from_memory(&bytes).unwrap();
    assert_eq!((small.width(), small.height()), (96, 72));
    written(&desk).await;
    let of = hash.clone();
    let kept = desk.history.read(move |r| r.small(&of)).await.unwrap();
    assert_eq!(kept.unwrap().1, bytes);
    assert!(desk.app.composer.small("nothing").await.is_none());
}
