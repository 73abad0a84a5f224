//! Files that break what reads them: each is one file that is refused, and the next is
//! read as ever.

use super::desk::*;
use super::*;

/// A picture that makes a decoder do this, in builds for tests.
fn trial(word: &str) -> Vec<u8> {
    let mut bytes = flat_png(40, 30, [9, 9, 9]);
    bytes.extend_from_slice(format!("\ndragoman-trial {word}").as_bytes());
    bytes
}

async fn attached(desk: &Desk, name: &str, bytes: Vec<u8>) -> Attachment {
    desk.attachments.add_bytes(name.into(), bytes).await;
    desk.attachments.list().pop().unwrap()
}

#[tokio::test]
async fn a_file_that_breaks_its_decoder_is_one_refused_file() {
    let desk = desk();
    let id = attach(&desk, "before.png", flat_png(40, 30, [1, 2, 3])).await;
    for word in ["crash", "panic", "stack", "memory"] {
        let name = format!("{word}.png");
        let refused = attached(&desk, &name, trial(word)).await;
        assert_eq!(refused.state, AttachmentState::Failed, "{word}");
        let error = refused.error.unwrap();
        assert!(error.message.contains(&name), "{error:?}");
        assert_ne!(error.code, ErrorCode::PictureReader, "{error:?}");
        let next = attached(&desk, "next.png", flat_png(40, 30, [4, 5, 6])).await;
        assert_eq!(next.state, AttachmentState::Ready, "after {word}");
    }
    // All that was read before and since can be asked about.
    let (url, log) = scripted([says("Fine.")]).await;
    let provider = custom(&desk, &url).await;
    let last = desk.attachments.list().pop().unwrap().id;
    let (_, events) = ask(&desk, about(&provider, "?", &[id, last])).await;
    assert_eq!(end(&events).1, None);
    assert_eq!(pictures(&log.last()), 2);
}

#[tokio::test]
async fn a_decoder_reaches_no_file() {
    let desk = desk();
    let secret = desk.folder.path().join("secret.txt");
    std::fs::write(&secret, "secret").unwrap();
    let asked = format!("open {}", secret.display());
    let refused = attached(&desk, "open.png", trial(&asked)).await;
    assert_eq!(refused.state, AttachmentState::Failed, "{refused:?}");
    let next = attached(&desk, "next.png", flat_png(40, 30, [4, 5, 6])).await;
    assert_eq!(next.state, AttachmentState::Ready);
}
