//! Pictures as a provider gets them: fitted, in pieces, cut out, marked, once.

use desk::*;
use protocol::*;

use crate::desk;

/// Noise, so that it neither shrinks to nothing nor looks like a drawing.
fn photo(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 1_u32;
    let picture = image::RgbImage::from_fn(width, height, |x, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 27) as u8;
        image::Rgb([(x % 200) as u8 + noise, 90 + noise, 40 + noise])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

/// Rows of its own colour each, so that a piece tells where it was.
fn screenshot(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |_, y| {
        image::Rgb([(y * 255 / height) as u8, 40, 200])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn attachment(desk: &Desk, id: &str) -> Attachment {
    let mut list = desk.attachments.list().into_iter();
    list.find(|one| one.id == id).unwrap()
}

fn picture(desk: &Desk, id: &str) -> Picture {
    let one = attachment(desk, id);
    assert_eq!(one.state, AttachmentState::Ready, "{one:?}");
    one.picture.unwrap()
}

/// The pictures of a request, decoded, in order.
fn decoded(body: &serde_json::Value) -> Vec<image::RgbImage> {
    let parts = parts(body, "image_url").into_iter();
    let each = parts.map(|part| {
        let url = part["image_url"]["url"].as_str().unwrap().to_owned();
        let (_, bytes) = drawing::parse_data_url(&url).unwrap();
        image::load_from_memory(&bytes).unwrap().into_rgb8()
    });
    each.collect()
}

async fn asked(desk: &Desk, params: ChatSendParams) -> ChatSent {
    let (sink, events) = watched();
    let sent = desk.chat.send(params, sink).await.unwrap();
    rest(events).await;
    sent
}

fn options(change: impl FnOnce(&mut PictureOptions)) -> PictureOptions {
    let mut options = PictureOptions::default();
    change(&mut options);
    options
}

fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
    Area {
        x,
        y,
        width,
        height,
    }
}

#[tokio::test]
async fn a_picture_is_made_once_for_each_target_and_its_master_is_kept() {
    let desk = desk();
    let bytes = photo(2600, 1000);
    let id = attach(&desk, "sea.jpg", bytes.clone()).await;
    let shown = picture(&desk, &id);
    assert_eq!((shown.original_width, shown.width), (2600, 2048));
    assert!(shown.done.contains(&Done::Resized), "{shown:?}");
    assert_ne!(shown.master, shown.hash);
    let (mime, master) = desk.history.picture(&shown.master).await.unwrap().unwrap();
    assert_eq!(mime, "image/jpeg");
    assert_eq!(image::load_from_memory(&master).unwrap().width(), 2600);
    assert!(attachment(&desk, &id).thumbnail);
    let (_, small) = desk.attachments.thumbnail(&id).unwrap();
    assert!(small.len() < 60_000);

    let made = desk.app.chat.ask().renditions().made();
    // The same bytes again, under another name: nothing is made, and both are sent.
    let twin = attach(&desk, "again.jpg", bytes).await;
    assert_eq!(picture(&desk, &twin).hash, shown.hash);
    assert_eq!(picture(&desk, &twin).name, "again.jpg");
    let (url, log) = scripted([says("a"), says("b"), says("c")]).await;
    let provider = custom(&desk, &url).await;
    let sent = asked(&desk, about(&provider, "What?", &[id, twin])).await;
    assert_eq!(pictures(&log.last()), 2);
    asked(&desk, then(&sent, question(&provider, "And now?"))).await;
    assert_eq!(pictures(&log.last()), 2);
    assert_eq!(
        desk.app.chat.ask().renditions().made(),
        made,
        "it was made again"
    );

    // Another model looks less closely: made for it, of the master.
    let (_, ark) = small_target(&desk, &sent).await;
    assert!(ark > made);
    asked(&desk, then(&sent, question(&provider, "Back?"))).await;
    assert_eq!(decoded(&log.last())[0].width(), 2048);
    assert_eq!(desk.app.chat.ask().renditions().made(), ark);
    let kept = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(kept.messages[0].pictures[0].master, shown.master);
}

/// Asks how large it were for a model that takes less; how many were made then.
async fn small_target(desk: &Desk, sent: &ChatSent) -> (u64, u64) {
    let again = PictureAgainParams {
        message: sent.user.id.clone(),
        hash: sent.user.pictures[0].hash.clone(),
    };
    desk.attachments.again(&again).await.unwrap();
    let id = desk.attachments.list().pop().unwrap().id;
    let before = picture(desk, &id);
    assert_eq!(before.tokens, None);
    let target = TargetParams {
        provider: "ark".into(),
        model: "doubao-1-5-vision-pro-32k-250115".into(),
        detail: Some("low".into()),
    };
    let fitted = desk.attachments.set_target(&target).unwrap();
    fitted.await;
    let now = picture(desk, &id);
    assert!(now.width < before.width, "{now:?}");
    assert!(now.tokens.is_some(), "{now:?}");
    desk.attachments.remove(&id).await.unwrap();
    (before.width.into(), desk.app.chat.ask().renditions().made())
}

#[tokio::test]
async fn a_long_picture_goes_in_pieces_in_order_or_whole() {
    let desk = desk();
    let id = attach(&desk, "chat.png", screenshot(600, 6000)).await;
    let tiles = picture(&desk, &id).tiles;
    assert!(tiles.len() > 2, "{tiles:?}");
    assert_eq!(tiles[0].area.y, 0);
    let end = tiles.last().unwrap().area;
    assert_eq!(end.y + end.height, 6000);
    let (url, log) = scripted([says("a"), says("b"), says("c")]).await;
    let provider = custom(&desk, &url).await;
    let sent = asked(&desk, about(&provider, "What?", std::slice::from_ref(&id))).await;
    let got = decoded(&log.last());
    assert_eq!(got.len(), tiles.len());
    let tops: Vec<_> = got.iter().map(|piece| piece.get_pixel(9, 0).0[0]).collect();
    assert!(tops.is_sorted() && tops[0] < 5, "{tops:?}");
    assert!(got.iter().all(|piece| piece.width() == 600));
    let shown = desk.chat.conversation(&sent.conversation).await.unwrap();
    assert_eq!(shown.messages[0].pictures[0].tiles, tiles);
    asked(&desk, then(&sent, question(&provider, "And?"))).await;
    assert_eq!(decoded(&log.last()).len(), tiles.len());

    let id = attach(&desk, "chat.png", screenshot(600, 6000)).await;
    let whole = options(|options| options.whole = true);
    desk.attachments.choose(&id, whole).await.unwrap();
    assert_eq!(picture(&desk, &id).tiles, []);
    asked(&desk, about(&provider, "What?", &[id])).await;
    assert_eq!(decoded(&log.last()).len(), 1);
}

#[tokio::test]
async fn a_request_that_holds_few_pictures_gets_a_long_one_whole() {
    let desk = desk();
    let id = attach(&desk, "chat.png", screenshot(600, 6000)).await;
    assert!(picture(&desk, &id).tiles.len() > 2);
    let (url, log) = scripted([says("a")]).await;
    let provider = limited(&desk, &url, serde_json::json!({ "images": 2 })).await;
    asked(&desk, about(&provider, "What?", &[id])).await;
    assert_eq!(decoded(&log.last()).len(), 1);
}

#[tokio::test]
async fn the_small_picture_comes_before_the_rest() {
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    let desk = desk();
    let renditions = desk.app.chat.ask().renditions().clone();
    let composer = composer::Composer::new(
        desk.history.clone(),
        desk.accounts.clone(),
        renditions,
        move |AttachmentEvent { draft, attachment }| {
            assert_eq!(draft, "other");
            let told = (attachment.state, attachment.thumbnail);
            sender.send(told).unwrap();
        },
    );
    let draft = composer.draft("other");
    draft.add_bytes("a.jpg".into(), photo(900, 600)).await;
    let mut events = Vec::new();
    while let Ok(event) = told.try_recv() {
        events.push(event);
    }
    use AttachmentState::{Preparing, Ready};
    assert_eq!(
        events,
        [(Preparing, false), (Preparing, true), (Ready, true)]
    );
}

#[tokio::test]
async fn a_part_and_marks_are_sent_and_the_original_stays() {
    let desk = desk();
    let id = attach(&desk, "shot.png", screenshot(400, 400)).await;
    let crop = CropParams {
        id: id.clone(),
        area: area(100, 300, 200, 1000),
    };
    desk.attachments.crop(&crop).await.unwrap();
    let list = desk.attachments.list();
    assert_eq!(list[1].name, "shot.png (part)");
    assert_eq!(list[1].options.crop, Some(area(100, 300, 200, 100)));
    assert!(list[1].thumbnail);
    let outside = CropParams {
        area: area(400, 0, 9, 9),
        ..crop
    };
    let error = desk.attachments.crop(&outside).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Parameter);

    let marks = options(|options| {
        let area = area(0, 0, 400, 50);
        options.marks = vec![Mark::Frame { area }];
    });
    let before = picture(&desk, &id);
    desk.attachments.choose(&id, marks).await.unwrap();
    let after = picture(&desk, &id);
    assert_eq!(after.master, before.master);
    assert_ne!(after.hash, before.hash);

    let (url, log) = scripted([says("a"), says("b")]).await;
    let provider = custom(&desk, &url).await;
    let sent = asked(&desk, about(&provider, "?", &[id, list[1].id.clone()])).await;
    let got = decoded(&log.last());
    assert_eq!((got[0].width(), got[1].dimensions()), (400, (200, 100)));
    assert_eq!(got[0].get_pixel(0, 0).0, [0xe5, 0x32, 0x2d]);
    assert!(got[1].get_pixel(0, 0).0[0] > 180, "another part");
    // Later turns keep both as they were sent.
    asked(&desk, then(&sent, question(&provider, "And?"))).await;
    let later = decoded(&log.last());
    assert_eq!(later[0].get_pixel(0, 0), got[0].get_pixel(0, 0));
    assert_eq!(later[1].dimensions(), (200, 100));
    let (_, master) = desk.history.picture(&before.master).await.unwrap().unwrap();
    let master = image::load_from_memory(&master).unwrap().into_rgb8();
    assert_eq!(master.get_pixel(0, 0).0, [0, 40, 200]);
}

/// A photo that lies on its side, by its EXIF.
fn on_its_side(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = photo(width, height);
    let mut exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    bytes.splice(2..2, exif);
    bytes
}

#[tokio::test]
async fn what_was_done_is_still_said_of_a_marked_picture() {
    let desk = desk();
    let id = attach(&desk, "phone.jpg", on_its_side(400, 300)).await;
    let before = picture(&desk, &id);
    assert_eq!((before.width, before.height), (300, 400));
    assert!(before.done.contains(&Done::Oriented), "{before:?}");
    let framed = Mark::Frame {
        area: area(10, 10, 100, 100),
    };
    let marked = options(|options| options.marks = vec![framed]);
    let cut = options(|options| options.crop = Some(area(0, 0, 200, 200)));
    for chosen in [marked, cut] {
        desk.attachments.choose(&id, chosen).await.unwrap();
        let after = picture(&desk, &id);
        for done in before.done.iter().chain([&Done::Reencoded]) {
            assert!(after.done.contains(done), "no {done:?} in {:?}", after.done);
        }
    }
    let plain = options(|_| ());
    desk.attachments.choose(&id, plain).await.unwrap();
    assert_eq!(picture(&desk, &id).done, before.done);
}

#[tokio::test]
async fn the_original_is_sent_where_the_limits_allow() {
    let desk = desk();
    let bytes = photo(2600, 1000);
    let id = attach(&desk, "sea.jpg", bytes.clone()).await;
    let original = options(|options| options.original = true);
    desk.attachments
        .choose(&id, original.clone())
        .await
        .unwrap();
    let now = picture(&desk, &id);
    assert_eq!((now.width, now.hash.as_str()), (2600, now.master.as_str()));
    let (url, log) = scripted([says("a")]).await;
    let provider = custom(&desk, &url).await;
    asked(&desk, about(&provider, "?", &[id])).await;
    assert_eq!(decoded(&log.last())[0].width(), 2600);

    // One provider takes no side over 2,000 pixels.
    let id = attach(&desk, "sea.jpg", bytes).await;
    let narrow = TargetParams {
        provider: limited(
            &desk,
            "http://127.0.0.1:9/v1",
            serde_json::json!({ "image_side": 2000 }),
        )
        .await,
        model: "m".into(),
        detail: None,
    };
    desk.attachments.set_target(&narrow).unwrap().await;
    let before = attachment(&desk, &id);
    let error = desk.attachments.choose(&id, original).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Parameter);
    assert!(error.args["range"].contains("2000"), "{error:?}");
    assert_eq!(attachment(&desk, &id), before);
    assert_eq!(picture(&desk, &id).width, 2000);
}

/// A provider that takes no more than this.
async fn limited(desk: &Desk, url: &str, limits: serde_json::Value) -> String {
    let id = custom(desk, url).await;
    let providers = desk.history.read(|r| r.providers()).await.unwrap();
    let found = providers.into_iter().find(|(found, _)| *found == id);
    let mut manifest: serde_json::Value = serde_json::from_str(&found.unwrap().1).unwrap();
    manifest["limits"] = limits;
    let (put, json) = (id.clone(), manifest.to_string());
    let put = desk.history.write(move |w| w.put_provider(&put, &json));
    put.await.unwrap();
    desk.accounts.read_again().await;
    id
}

#[tokio::test]
async fn what_was_taken_out_comes_back_until_the_next_turn() {
    let desk = desk();
    let mut ids = Vec::new();
    for n in 0..3 {
        let name = format!("{n}.png");
        ids.push(attach(&desk, &name, flat_png(30, 30, [n, 2, 3])).await);
    }
    let names = || -> Vec<String> {
        let list = desk.attachments.list().into_iter();
        list.map(|one| one.name).collect()
    };
    let master = picture(&desk, &ids[1]).master;
    desk.attachments.remove(&ids[1]).await.unwrap();
    assert_eq!(names(), ["0.png", "2.png"]);
    desk.attachments.restore(&ids[1]).unwrap();
    assert_eq!(names(), ["0.png", "1.png", "2.png"]);
    desk.attachments.order(&[ids[2].clone(), ids[0].clone()]);
    assert_eq!(names(), ["2.png", "0.png", "1.png"]);

    desk.attachments.remove(&ids[1]).await.unwrap();
    assert!(desk.history.picture(&master).await.unwrap().is_some());
    let (url, log) = scripted([says("a")]).await;
    let provider = custom(&desk, &url).await;
    let both = [ids[2].clone(), ids[0].clone()];
    asked(&desk, about(&provider, "?", &both)).await;
    let colours: Vec<_> = decoded(&log.last())
        .iter()
        .map(|one| one.get_pixel(5, 5).0[0])
        .collect();
    assert_eq!(colours, [2, 0]);
    assert_eq!(desk.history.picture(&master).await.unwrap(), None);
    let late = desk.attachments.restore(&ids[1]).unwrap_err();
    assert_eq!(late.code, ErrorCode::AttachmentNotReady);
    assert_eq!(names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_hundred_can_be_given_up_and_a_broken_one_fails_alone() {
    let desk = desk();
    let good = flat_png(64, 64, [1, 2, 3]);
    let broken = good[..good.len() / 2].to_vec();
    let mut work = Vec::new();
    for n in 0..100_u8 {
        let bytes = if n == 0 {
            broken.clone()
        } else {
            flat_png(64, 64, [n, 0, 0])
        };
        work.push(desk.attachments.add_bytes(format!("{n}.png"), bytes));
    }
    assert_eq!(desk.attachments.list().len(), 100, "all are listed at once");
    // Two are done; the rest is given up before its turn.
    let rest = work.split_off(2);
    for one in work {
        one.await;
    }
    desk.attachments.cancel().await.unwrap();
    for one in rest {
        one.await;
    }
    let states: Vec<_> = desk
        .attachments
        .list()
        .iter()
        .map(|one| one.state)
        .collect();
    assert_eq!(states, [AttachmentState::Failed, AttachmentState::Ready]);
}
