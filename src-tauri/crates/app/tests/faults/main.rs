//! What goes wrong below the history while an answer streams: nothing is lost, it is
//! said, and it goes on once the cause is gone.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../turns/desk.rs"]
#[allow(dead_code)]
mod desk;
#[allow(dead_code)]
mod fault;

use std::time::Duration;

use std::sync::Arc;

use accounts::Accounts;
use app::App;
use history::History;
use keys::Keys;
use protocol::*;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wire::{Client, Timeouts};

use desk::*;
use fault::{Bent, Disk, Held, alone, clock_was_ahead};

/// What the page is told.
#[derive(Debug)]
enum Heard {
    Changed(ConversationsEvent),
    Troubled(IpcError),
}

struct Ears(tokio::sync::mpsc::UnboundedSender<Heard>);

impl app::Ears for Ears {
    fn attachment(&self, _: AttachmentEvent) {}

    fn conversations(&self, event: ConversationsEvent) {
        let _ = self.0.send(Heard::Changed(event));
    }

    fn trouble(&self, error: IpcError) {
        let _ = self.0.send(Heard::Troubled(error));
    }

    fn keyring(&self, _: protocol::KeyringEvent) {}
}

/// A chat over a history in this folder, and what it tells.
fn chat_in(folder: &std::path::Path) -> (Asked, Accounts, UnboundedReceiver<Heard>) {
    let history = History::open(&folder.join("dragoman.db")).unwrap().history;
    let client = Client::new(Timeouts::default()).unwrap();
    let accounts = Accounts::new(history.clone(), Keys::open("dev.dragoman.test"), client);
    let (sender, heard) = unbounded_channel();
    let app = App::of(history, accounts.clone(), english(), Arc::new(Ears(sender)));
    (Asked(app), accounts, heard)
}

async fn provider_of(accounts: &Accounts, url: &str) -> String {
    let params = ProviderAddParams {
        name: "Loopback".into(),
        base_url: url.into(),
        allow_private: false,
    };
    accounts.add_provider(&params).await.unwrap().id
}

async fn last(chat: &Asked, id: &str) -> Message {
    chat.conversation(id).await.unwrap().messages.pop().unwrap()
}

/// Asks, fills the middle of the answer with `fault`, lets it end, and takes the fault
/// away: the state and text while it lasts, and after.
async fn through<F>(folder: &std::path::Path, fault: impl FnOnce() -> F, long: &str) {
    let (chat, accounts, mut heard) = chat_in(folder);
    let (url, listener) = provider().await;
    let id = provider_of(&accounts, &url).await;
    let (sink, mut events) = watched();
    let sent = chat.send(question(&id, "?"), sink).await.unwrap();
    let (mut socket, _) = request(&listener).await;
    let first = format!("{HEAD}{}", delta("before, "));
    socket.write_all(first.as_bytes()).await.unwrap();
    while !matches!(events.recv().await, Some(ChatEvent::Chunk { .. })) {}
    let lasts = fault();
    let then = format!("{}{DONE}", delta(long));
    socket.write_all(then.as_bytes()).await.unwrap();
    drop(socket);
    let end = rest(events).await.pop().unwrap();
    let ChatEvent::Failed { error, .. } = end else {
        panic!("{end:?}")
    };
    assert_eq!(error.code, ErrorCode::Storage);
    let whole = format!("before, {long}");
    let shown = last(&chat, &sent.conversation).await;
    assert_eq!(shown.state, MessageState::Failed);
    assert_eq!(shown.text, whole, "nothing of it is lost");
    // Another question is refused in words, and hangs nothing.
    let (sink, _) = watched();
    let refused = chat.send(then_of(&sent, &id), sink).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Storage);

    drop(lasts);
    let mut troubles = 0;
    loop {
        match heard.recv().await.unwrap() {
            Heard::Changed(event) if event.elsewhere => break,
            Heard::Troubled(error) => {
                assert_eq!(error.code, ErrorCode::Storage);
                troubles += 1;
            }
            Heard::Changed(_) => {}
        }
    }
    let kept = last(&chat, &sent.conversation).await;
    assert_eq!((kept.state, kept.error), (MessageState::Complete, None));
    assert_eq!(kept.text, whole);
    assert!(troubles <= 5, "said, and not over and over: {troubles}");
    chat.end().await.unwrap();
    let (chat, _, _) = chat_in(folder);
    assert_eq!(last(&chat, &sent.conversation).await.text, whole);
}

fn then_of(sent: &ChatSent, provider: &str) -> ChatSendParams {
    then(sent, question(provider, "and now?"))
}

/// Gives the room back when it is dropped.
struct Full<'a>(&'a Disk);

impl Drop for Full<'_> {
    fn drop(&mut self) {
        self.0.free();
    }
}

#[test]
fn a_disk_that_is_full_in_the_middle_of_an_answer() {
    if !alone("a_disk_that_is_full_in_the_middle_of_an_answer") {
        return;
    }
    let disk = Disk::new(6 << 20);
    let full = || {
        disk.fill();
        Full(&disk)
    };
    let long = "word ".repeat(20_000);
    block(through(disk.path(), full, long.trim_end()));
}

#[test]
fn a_database_that_another_process_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    block(through(folder.path(), || Held::new(&path), "after"));
}

#[test]
fn a_disk_that_is_slow_to_sync_loses_nothing_and_stops_nothing() {
    if !alone("a_disk_that_is_slow_to_sync_loses_nothing_and_stops_nothing") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    block(async {
        let (chat, accounts, _heard) = chat_in(folder.path());
        let (url, listener) = provider().await;
        let id = provider_of(&accounts, &url).await;
        let (sink, events) = watched();
        let sent = chat.send(question(&id, "?"), sink).await.unwrap();
        let (mut socket, _) = request(&listener).await;
        let wal = folder.path().join("dragoman.db-wal");
        let slow = Bent::slow(&wal, Duration::from_millis(700));
        let words: Vec<String> = (0..40).map(|n| format!("word {n} ")).collect();
        socket.write_all(HEAD.as_bytes()).await.unwrap();
        for word in &words {
            socket.write_all(delta(word).as_bytes()).await.unwrap();
        }
        socket.write_all(DONE.as_bytes()).await.unwrap();
        drop(socket);
        let (_, error) = end(&rest(events).await);
        assert_eq!(error, None);
        drop(slow);
        let kept = last(&chat, &sent.conversation).await;
        assert_eq!(kept.text, words.concat());
    });
}

#[test]
fn a_folder_that_is_read_only_is_said_when_it_is_opened() {
    if !alone("a_folder_that_is_read_only_is_said_when_it_is_opened") {
        return;
    }
    let disk = Disk::new(6 << 20);
    let path = disk.path().join("dragoman.db");
    block(async {
        let history = History::open(&path).unwrap().history;
        history.close().await.unwrap();
    });
    disk.set_read_only(true);
    let error = History::open(&path).unwrap_err();
    assert_eq!(IpcError::from(error).code, ErrorCode::Storage);
    disk.set_read_only(false);
    History::open(&path).unwrap();
}

#[test]
fn a_clock_that_went_back_hides_nothing_that_is_new() {
    let folder = tempfile::tempdir().unwrap();
    block(async {
        let (url, _) = scripted([says("old"), says("new")]).await;
        let (chat, accounts, _heard) = chat_in(folder.path());
        let id = provider_of(&accounts, &url).await;
        let (sink, events) = watched();
        chat.send(question(&id, "of the future"), sink)
            .await
            .unwrap();
        rest(events).await;
        chat.end().await.unwrap();
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        clock_was_ahead(&folder.path().join("dragoman.db"), year);

        let (chat, _, _heard) = chat_in(folder.path());
        let (sink, events) = watched();
        let sent = chat.send(question(&id, "of now"), sink).await.unwrap();
        rest(events).await;
        let params = ConversationListParams {
            of: ListOf::Listed,
            after: None,
            limit: 1,
        };
        let list = chat.conversations(params).await.unwrap();
        assert_eq!(
            list.conversations[0].id, sent.conversation,
            "it comes first"
        );
        assert!(list.more);
        assert_eq!(last(&chat, &sent.conversation).await.text, "new");
    });
}

fn block<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let done = runtime.block_on(work);
    // What waits for a disk is not waited for.
    runtime.shutdown_background();
    done
}
