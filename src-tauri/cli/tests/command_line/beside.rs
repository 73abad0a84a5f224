//! The app and the command line at once on one home.

use std::sync::{Arc, Barrier};

use app::{App, DRAFT, Ears};
use protocol::{
    AttachmentEvent, ChatEvent, ChatParams, ChatSendParams, ConversationsEvent, IpcError, Keep,
    KeySetParams, MessageState,
};
use tokio::sync::mpsc::unbounded_channel;

use crate::desk::{DONE, HEAD, Provider, cli, delta, home, pictures, png, run_with, send, told};

/// Listens to nothing.
struct Quiet;

impl Ears for Quiet {
    fn attachment(&self, _: AttachmentEvent) {}

    fn conversations(&self, _: ConversationsEvent) {}

    fn trouble(&self, error: IpcError) {
        panic!("{error:?}");
    }

    fn keyring(&self, _: protocol::KeyringEvent) {}
}

/// Asks with a picture as the window does; how it ended, and its text's id.
async fn ask(app: &App, text: &str, rgb: [u8; 3]) -> (ChatEvent, String) {
    let draft = app.composer.draft(DRAFT);
    draft.add_bytes("app.png".into(), png(rgb)).await;
    let attachments = draft.list().into_iter().map(|one| one.id).collect();
    let (tell, mut told) = unbounded_channel();
    let params = ChatSendParams {
        conversation: None,
        text: text.into(),
        attachments,
        provider: "keyed".into(),
        model: "app".into(),
        params: ChatParams::default(),
        preset: None,
        alone: false,
        copied_of: None,
    };
    let sink = Box::new(move |event| tell.send(event).is_ok());
    let sent = app.send(params, sink).await.unwrap();
    let mut last = None;
    while let Some(event) = told.recv().await {
        last = Some(event);
    }
    (last.unwrap(), sent.conversation)
}

#[test]
fn the_app_and_the_command_line_ask_at_once_and_neither_loses_anything() {
    let both = Arc::new(Barrier::new(2));
    let meet = Arc::clone(&both);
    let provider = Provider::start(move |socket, seen| {
        let who = seen.body["model"].as_str().unwrap().to_owned();
        send(
            socket,
            &format!("{HEAD}{}", delta(&format!("{who} began, "))),
        );
        // Twice, so that each is in the middle of its answer while the other is.
        if seen.body["messages"][0]["content"]
            .to_string()
            .contains("at once")
        {
            meet.wait();
            send(socket, &delta("goes on, "));
            meet.wait();
        }
        send(socket, &format!("{}{DONE}", delta("ended.")));
    });
    let home = home(&provider);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let opened = App::open(
        home.path(),
        runtime.handle().clone(),
        Arc::new(Quiet),
        Arc::new(app::Nobody),
    )
    .unwrap();
    assert_eq!(opened.notices, []);
    let app = opened.app;
    runtime.block_on(async {
        let key = KeySetParams {
            provider: "keyed".into(),
            label: "of the app".into(),
            key: "sk-app-0123456789abcdef".into(),
            keep: Keep::Session,
        };
        app.accounts.set_key(key).await.unwrap();
    });
    let file = home.path().join("blue.png");
    std::fs::write(&file, png([0, 0, 200])).unwrap();
    let mut beside = cli(home.path());
    beside
        .args([
            "ask",
            "-m",
            "keyed/cli",
            "--keep",
            "--key-stdin",
            "at once?",
            "-i",
        ])
        .arg(&file);
    let (output, (ended, own)) = std::thread::scope(|scope| {
        let beside = scope.spawn(move || run_with(&mut beside, b"sk-cli-0123456789abcdef"));
        let ended = runtime.block_on(ask(&app, "at once?", [200, 0, 0]));
        (beside.join().unwrap(), ended)
    });
    let whole = |who: &str| format!("{who} began, goes on, ended.");
    assert_eq!(told(&output), (0, whole("cli"), String::new()));
    let complete = |event: &ChatEvent| {
        matches!(
            event,
            ChatEvent::Finished {
                state: MessageState::Complete,
                ..
            }
        )
    };
    assert!(complete(&ended), "{ended:?}");

    // The command line has ended: the app's key is still its own, and it alone asks.
    let (again, _) = runtime.block_on(ask(&app, "and now?", [0, 200, 0]));
    assert!(complete(&again), "{again:?}");
    let mut keys: Vec<_> = provider
        .seen()
        .into_iter()
        .map(|seen| {
            assert_eq!(pictures(&seen.body).len(), 1);
            (seen.body["model"].as_str().unwrap().to_owned(), seen.key)
        })
        .collect();
    keys.sort();
    let of = |who: &str| (who.to_owned(), format!("sk-{who}-0123456789abcdef"));
    assert_eq!(keys, [of("app"), of("app"), of("cli")]);

    runtime.block_on(async {
        let (list, _) = app
            .history
            .read(|r| r.conversations(None, 9))
            .await
            .unwrap();
        assert_eq!(list.len(), 3);
        for one in &list {
            let id = one.id.clone();
            let branch = app.history.read(move |r| r.branch(&id)).await.unwrap();
            assert_eq!(branch.len(), 2);
            assert!(branch.iter().all(|one| one.state == MessageState::Complete));
            for picture in branch[0].pictures() {
                for hash in [&picture.hash, &picture.master] {
                    assert!(app.history.picture(hash).await.unwrap().is_some());
                }
            }
            assert_eq!(branch[0].pictures().count(), 1);
            if one.id == own {
                assert_eq!(branch[1].text, whole("app"));
            }
        }
        app.accounts.read_again().await;
        let labels = app
            .accounts
            .keys()
            .unwrap()
            .into_iter()
            .map(|key| key.label);
        assert_eq!(labels.collect::<Vec<_>>(), ["of the app"]);
        app.chat.end().await.unwrap();
    });
}
