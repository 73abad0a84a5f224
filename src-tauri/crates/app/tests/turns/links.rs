//! Links to pictures: sent as they are, fetched, and refused.

use protocol::*;
use serde_json::json;

use crate::desk::*;

/// A server of pictures on loopback that gives these answers; its address.
async fn pictures_at(answers: impl IntoIterator<Item = Vec<u8>>) -> String {
    let (url, listener) = provider().await;
    let mut answers = answers.into_iter().collect::<Vec<_>>().into_iter();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let read = tokio::io::AsyncReadExt::read(&mut socket, &mut head)
                .await
                .unwrap();
            let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
            assert!(
                !head.contains("cookie") && !head.contains("referer"),
                "{head}"
            );
            let answer = answers.next().unwrap_or_default();
            let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, &answer).await;
        }
    });
    url.replace("/v1", "/cat.png")
}

fn found(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn redirect(to: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

fn link(desk: &Desk, url: &str) -> String {
    desk.attachments.add_link(url).unwrap();
    desk.attachments.list().pop().unwrap().id
}

#[tokio::test]
async fn where_links_are_taken_a_link_is_sent() {
    let desk = desk();
    let (url, log) = scripted([says("ok"), says("ok")]).await;
    let id = plugin(&desk, &url, json!({"limits": {"links": true}})).await;
    let address = "https://pictures.example/cat.png?x=1&y=%20";
    let attachment = link(&desk, address);
    let (sent, _) = ask(&desk, about(&id, "?", &[attachment])).await;
    let image = json!({"type": "image_url", "image_url": {"url": address}});
    assert_eq!(
        parts(&log.last(), "image_url"),
        std::slice::from_ref(&image)
    );
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.messages[0].links[0].host, "pictures.example");
    ask(&desk, then(&sent, question(&id, "again"))).await;
    assert_eq!(parts(&log.last(), "image_url"), [image]);
}

/// What README says of what is sent, and when.
#[tokio::test]
async fn nobody_is_asked_anything_before_a_person_asks() {
    let desk = desk();
    let (url, listener) = provider().await;
    let id = custom(&desk, &url).await;
    keys(&desk, &id, &["sk-aaaaaaaa-1"]).await;
    attach(&desk, "a.png", flat_png(40, 30, [1, 2, 3])).await;
    let address = url.replace("/v1", "/cat.png");
    let attachment = link(&desk, &address);
    let asked = about(&id, "What is it?", &[attachment]);
    desk.chat.conversation("none").await.unwrap_err();
    let address = listener.local_addr().unwrap();
    // Our own connection is the first there.
    let ours = tokio::net::TcpStream::connect(address).await.unwrap();
    let (_, first) = listener.accept().await.unwrap();
    assert_eq!(first, ours.local_addr().unwrap());

    // Then the link, and the provider, and nobody else.
    let picture = found(&flat_png(40, 30, [4, 5, 6]));
    let serve = async {
        let mut heads = Vec::new();
        for answer in [picture, says("ok").into_bytes()] {
            let (mut socket, head, _) = whole(&listener).await;
            heads.push(head.lines().next().unwrap().to_owned());
            let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, &answer).await;
            let _ = tokio::io::AsyncWriteExt::shutdown(&mut socket).await;
        }
        heads
    };
    let ((_, events), heads) = tokio::join!(ask(&desk, asked), serve);
    assert_eq!(end(&events).1, None);
    assert!(heads[0].starts_with("GET /cat.png "), "{heads:?}");
    assert!(
        heads[1].starts_with("POST /v1/chat/completions "),
        "{heads:?}"
    );
    let ours = tokio::net::TcpStream::connect(address).await.unwrap();
    let (_, next) = listener.accept().await.unwrap();
    assert_eq!(next, ours.local_addr().unwrap());
}

#[tokio::test]
async fn elsewhere_it_is_fetched_once_embedded_and_kept() {
    let desk = desk();
    let picture = flat_png(40, 30, [1, 2, 3]);
    let address = pictures_at([found(&picture)]).await;
    let (url, log) = scripted([says("ok"), says("ok")]).await;
    // A provider takes links, but none to this machine.
    let id = plugin(&desk, &url, json!({"limits": {"links": true}})).await;
    let attachment = link(&desk, &address);
    let (sent, events) = ask(&desk, about(&id, "?", &[attachment])).await;
    assert_eq!(end(&events).1, None);
    let image = json!({"type": "image_url", "image_url": {
        "url": drawing::data_url("image/png", &picture)}});
    assert_eq!(
        parts(&log.last(), "image_url"),
        std::slice::from_ref(&image)
    );
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.messages[0].pictures[0].name, "cat.png");
    assert!(kept.messages[0].links.is_empty());
    ask(&desk, then(&sent, question(&id, "again"))).await;
    assert_eq!(parts(&log.last(), "image_url"), [image]);
}

#[tokio::test]
async fn what_names_no_picture_fails_the_answer_and_keeps_the_question() {
    let page = b"<!doctype html><title>a cat</title>";
    let missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let large = b"HTTP/1.1 200 OK\r\ncontent-length: 30000000\r\nconnection: close\r\n\r\n";
    let inside = || redirect("http://192.168.1.1/cat.png");
    for (answers, why) in [
        (vec![found(page)], "type"),
        (vec![missing.to_vec()], "status"),
        (vec![large.to_vec()], "size"),
        (vec![redirect("https://pictures.example/cat.png")], "scheme"),
        (vec![inside()], "scheme"),
        (vec![redirect("ftp://127.0.0.1/cat.png")], "scheme"),
        (vec![redirect("/again"); 9], "redirect"),
        (vec![redirect("")], "redirect"),
    ] {
        let desk = desk();
        let address = pictures_at(answers).await;
        let (url, log) = scripted([]).await;
        let id = custom(&desk, &url).await;
        let attachment = link(&desk, &address);
        let (sent, events) = ask(&desk, about(&id, "What is it?", &[attachment])).await;
        let error = end(&events).1.unwrap();
        assert_eq!(error.code, ErrorCode::LinkNotRead);
        assert_eq!(error.args["why"], why, "{error}");
        assert!(address.contains(&error.args["host"]), "{error}");
        assert!(log.all().is_empty());
        let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
        assert_eq!(kept.messages[0].text, "What is it?");
        assert_eq!(kept.messages[0].links.len(), 1);
        assert_eq!(kept.messages[1].state, MessageState::Failed);
    }
}

#[tokio::test]
async fn a_link_that_failed_does_not_stop_the_conversation() {
    let desk = desk();
    let status = |line: &str| format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n").into_bytes();
    let (down, gone) = (status("503 Busy"), status("404 Gone"));
    let address = pictures_at([down.clone(), down, gone]).await;
    let (url, log) = scripted([says("ok"), says("ok"), says("ok")]).await;
    let id = custom(&desk, &url).await;
    let attachment = link(&desk, &address);
    let (sent, _) = ask(&desk, about(&id, "What is it?", &[attachment])).await;
    // A server that is down may be up again; a page that is gone stays away.
    for refused in [false, true] {
        let (_, events) = ask(&desk, then(&sent, question(&id, "Hello"))).await;
        assert_eq!(
            end(&events).0.notes,
            [AnswerNote::RefusedPicturesLeftOut { count: 1 }]
        );
        assert_eq!(pictures(&log.last()), 0);
        let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
        assert_eq!(kept.messages[0].links[0].refused, refused);
    }
}

#[tokio::test]
async fn a_preview_makes_it_a_picture() {
    let desk = desk();
    let picture = flat_png(40, 30, [1, 2, 3]);
    let address = pictures_at([b"nothing".to_vec(), redirect("/other"), found(&picture)]).await;
    let id = link(&desk, &address);
    let now = || desk.attachments.list().remove(0);
    let failed = desk.attachments.fetch(&id).await.unwrap_err();
    assert_eq!(failed.code, ErrorCode::LinkNotRead);
    assert_eq!(now().state, AttachmentState::Ready);
    assert!(now().link.is_some(), "it may still be sent as a link");
    desk.attachments.fetch(&id).await.unwrap();
    assert_eq!(now().link, None);
    let hash = now().picture.unwrap().hash;
    // Again, and of one that is not there: nothing to do.
    desk.attachments.fetch(&id).await.unwrap();
    desk.attachments.fetch("nowhere").await.unwrap();
    desk.attachments.remove(&id).await.unwrap();
    // Until then it can be brought back.
    desk.attachments.sent(&[]);
    written(&desk).await;
    assert_eq!(desk.history.picture(&hash).await.unwrap(), None);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_may_have_any_name_and_what_lies_elsewhere_is_said() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let desk = desk();
    let folder = desk.folder.path();
    // Latin-1 and GBK.
    for name in [&b"caf\xe9.png"[..], b"\xb0\xa1 1.png"] {
        let path = folder.join(OsStr::from_bytes(name));
        std::fs::write(&path, flat_png(40, 30, [1, 2, 3])).unwrap();
        desk.attachments.add_path(path).await;
    }
    for elsewhere in [
        "smb://me:pw@nas/b%20c.png",
        "mtp://Pixel_7/DCIM/d.jpg",
        "file://nas/e.png",
    ] {
        desk.attachments.add_path(elsewhere.into()).await;
    }
    let all = desk.attachments.list();
    let names: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
    let lossy = ["caf\u{fffd}.png", "\u{fffd}\u{fffd} 1.png"];
    assert_eq!(names, [lossy[0], lossy[1], "b c.png", "d.jpg", "e.png"]);
    for one in &all[..2] {
        assert_eq!(one.state, AttachmentState::Ready, "{:?}", one.error);
    }
    for (one, place) in all[2..]
        .iter()
        .zip(["smb://nas", "mtp://Pixel_7", "file://nas"])
    {
        let error = one.error.as_ref().unwrap();
        assert_eq!(
            (one.state, error.code),
            (AttachmentState::Failed, ErrorCode::FileElsewhere)
        );
        assert_eq!(error.args["place"], place);
    }
}

#[tokio::test]
async fn a_link_is_fetched_as_it_was_written() {
    let desk = desk();
    let (url, listener) = provider().await;
    let target = "/a%2Bb%2Fc%23d+e%26'f'.png?sig=a%2Bb%2F%3D&q=a+b";
    let address = url.replace("/v1", target);
    let id = link(&desk, &address);
    let asked = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut head = vec![0; 4096];
        let read = tokio::io::AsyncReadExt::read(&mut socket, &mut head);
        let read = read.await.unwrap();
        String::from_utf8_lossy(&head[..read]).into_owned()
    });
    let _ = desk.attachments.fetch(&id).await;
    let asked = asked.await.unwrap();
    let line = asked.lines().next().unwrap();
    assert_eq!(line, format!("GET {target} HTTP/1.1"));
    let link = desk.attachments.list().remove(0).link.unwrap();
    assert_eq!(link.url, address);
}

#[tokio::test]
async fn a_browsers_drop_is_a_link_or_holds_the_picture() {
    let desk = desk();
    let picture = flat_png(40, 30, [1, 2, 3]);
    for dropped in [
        "https://pictures.example/cat.png".to_owned(),
        "http://pictures.example/cat.png".to_owned(),
        drawing::data_url("image/png", &picture),
        "data:text/html,<p>".to_owned(),
    ] {
        desk.attachments.add_path(dropped.into()).await;
    }
    let all = desk.attachments.list();
    let states: Vec<_> = all.iter().map(|one| one.state).collect();
    use AttachmentState::{Failed, Ready};
    assert_eq!(states, [Ready, Failed, Ready, Failed]);
    assert_eq!(all[0].link.as_ref().unwrap().host, "pictures.example");
    let error = all[1].error.as_ref().unwrap();
    assert_eq!(
        (error.code, error.args["why"].as_str()),
        (ErrorCode::LinkNotRead, "scheme")
    );
    assert_eq!(all[2].picture.as_ref().unwrap().width, 40);
    assert_eq!(all[3].error.as_ref().unwrap().code, ErrorCode::NotAPicture);
    for refused in [
        "http://pictures.example/a.png",
        "cat.png",
        "file:///etc/passwd",
        "",
    ] {
        let error = desk.attachments.add_link(refused).unwrap_err();
        assert_eq!(error.code, ErrorCode::LinkNotRead, "{refused}");
    }
    assert_eq!(desk.attachments.list().len(), 4);
}

/// Answers with this text; who said it, and the question it answers.
async fn said(desk: &Desk, text: &str) -> (ChatSent, String) {
    let (url, _) = scripted([says(text)]).await;
    let id = custom(desk, &url).await;
    let (sent, _) = ask(desk, question(&id, "Show me")).await;
    written(desk).await;
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    let answer = kept.messages[1].id.clone();
    (sent, answer)
}

async fn load(desk: &Desk, message: &str, url: &str) -> Result<Picture, IpcError> {
    let params = LoadPictureParams {
        message: message.to_owned(),
        url: url.to_owned(),
    };
    let named = desk.chat.named_picture(&params).await?;
    desk.chat.load_picture(named).await
}

#[tokio::test]
async fn a_picture_that_an_answer_names_is_loaded_once_and_kept_with_it() {
    let desk = desk();
    let down = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n".to_vec();
    let picture = found(&flat_png(40, 30, [1, 2, 3]));
    let address = pictures_at([down, picture]).await;
    let (sent, answer) = said(&desk, &format!("Here: ![a cat]({address})")).await;
    let failed = load(&desk, &answer, &address).await.unwrap_err();
    assert_eq!(failed.args["why"], "status", "{failed}");
    let loaded = load(&desk, &answer, &address).await.unwrap();
    assert_eq!((loaded.width, loaded.link.as_ref()), (40, Some(&address)));
    // The server has nothing more to give.
    assert_eq!(load(&desk, &answer, &address).await.unwrap(), loaded);
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.messages[1].pictures[0].link, Some(address));
    assert_eq!(kept.messages[1].pictures[0].hash, loaded.hash);
    let bytes = desk.history.picture(&loaded.hash).await.unwrap();
    assert!(bytes.is_some());
}

#[tokio::test]
async fn only_what_stands_in_an_answer_as_a_picture_is_loaded() {
    let desk = desk();
    let address = pictures_at([]).await;
    let (sent, answer) = said(&desk, &format!("`![a]({address})` [a]({address})")).await;
    for message in [&answer, &sent.user.id] {
        let error = load(&desk, message, &address).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::NotFound);
    }
    let (_, answer) = said(&desk, "![a](http://192.168.1.1/a.png)").await;
    let error = load(&desk, &answer, "http://192.168.1.1/a.png").await;
    assert_eq!(error.unwrap_err().args["why"], "scheme");
}
