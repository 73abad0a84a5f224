//! Titles by a model, for who switched that on.

use std::sync::Arc;

use protocol::*;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::desk::*;

/// Tells what becomes of the list.
struct List(UnboundedSender<ConversationSummary>);

impl app::Ears for List {
    fn attachment(&self, _: AttachmentEvent) {}

    fn conversations(&self, event: ConversationsEvent) {
        for row in event.upserted {
            let _ = self.0.send(row);
        }
    }

    fn trouble(&self, _: IpcError) {}

    fn keyring(&self, _: KeyringEvent) {}
}

fn told() -> (Desk, UnboundedReceiver<ConversationSummary>) {
    let (sender, rows) = unbounded_channel();
    (desk_told(Arc::new(List(sender))), rows)
}

async fn titled(rows: &mut UnboundedReceiver<ConversationSummary>, title: &str) {
    while rows.recv().await.unwrap().title != title {}
}

fn chosen(provider: &str) -> impl Fn() -> Option<TitleModel> + Send + Sync + 'static {
    let provider = provider.to_owned();
    move || {
        Some(TitleModel {
            provider: provider.clone(),
            model: "small".into(),
        })
    }
}

#[tokio::test]
async fn a_model_names_a_conversation_once_from_its_first_question_and_answer() {
    let (desk, mut rows) = told();
    let answer = format!("It shows boats. {}", "And more of them. ".repeat(100));
    let (url, log) = scripted([
        says(&answer),
        says("**Title:** \"Boats at dusk.\""),
        says("Seven."),
    ])
    .await;
    let id = custom(&desk, &url).await;
    desk.chat.titled_by(chosen(&id));
    let picture = attach(&desk, "boats.png", flat_png(40, 30, [9, 9, 9])).await;
    let question = about(&id, "What is in this picture?", &[picture]);
    let (sent, _) = ask(&desk, question).await;
    titled(&mut rows, "Boats at dusk").await;

    let asked = log.last();
    assert_eq!(asked["model"], "small");
    assert_eq!(pictures(&asked), 0);
    let text = asked["messages"].to_string();
    assert!(text.contains("What is in this picture?") && text.contains("It shows boats."));
    assert!(text.len() < 1_200, "{} bytes", text.len());
    // Nothing of it stands in the history, and the next answer asks for none.
    assert_eq!(list(&desk).await.len(), 1);
    ask(&desk, then(&sent, crate::question(&id, "How many?"))).await;
    written(&desk).await;
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(
        (kept.messages.len(), kept.title.as_str()),
        (4, "Boats at dusk")
    );
    assert_eq!(log.all().len(), 3);
}

#[tokio::test]
async fn what_the_person_named_is_never_renamed() {
    let (desk, mut rows) = told();
    let (url, log) = scripted([says("Yes."), says("A title")]).await;
    let id = custom(&desk, &url).await;
    let (sent, _) = ask(&desk, question(&id, "Is it?")).await;
    written(&desk).await;
    desk.chat.rename(&sent.conversation, "Mine").await.unwrap();
    titled(&mut rows, "Mine").await;
    let of = sent.conversation.clone();
    let could = desk.history.read(move |r| r.untitled(&of)).await.unwrap();
    assert_eq!(could, None);
    let of = sent.conversation.clone();
    let named = desk.history.write(move |w| w.entitle(&of, "Theirs"));
    assert!(!named.await.unwrap());
    assert_eq!(list(&desk).await[0].title, "Mine");
    assert_eq!(log.all().len(), 1);
}
