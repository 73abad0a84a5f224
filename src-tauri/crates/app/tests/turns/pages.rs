//! PDFs as a provider gets them: a picture a page.

use desk::*;
use protocol::*;

use crate::desk;

/// Pages of 144 × 72 points, each grey all over, the first the darkest.
fn paper(pages: usize) -> Vec<u8> {
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", 3 + 2 * n)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{kids}]/Count {pages}>>"),
    ];
    for n in 0..pages {
        let grey = (n + 1) as f64 / (pages + 1) as f64;
        let content = format!("{grey} g 0 0 144 72 re f");
        let at = 4 + 2 * n;
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 144 72]/Contents {at} 0 R/Resources<<>>>>"
        ));
        let length = content.len();
        objects.push(format!("<</Length {length}>>stream\n{content}\nendstream"));
    }
    let mut out = String::from("%PDF-1.7\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (n, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let (size, start) = (objects.len() + 1, out.len());
    let tail = format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    (out + &table + &tail).into_bytes()
}

fn names(desk: &Desk) -> Vec<String> {
    let list = desk.attachments.list().into_iter();
    list.map(|attachment| attachment.name).collect()
}

#[tokio::test]
async fn each_page_is_a_picture_and_they_are_sent_in_order() {
    let desk = desk();
    attach(&desk, "first.png", flat_png(30, 30, [9, 9, 9])).await;
    let paper = desk.attachments.add_bytes("paper.pdf".to_owned(), paper(3));
    // What is dropped meanwhile comes after all of its pages.
    let last = desk
        .attachments
        .add_bytes("last.png".to_owned(), flat_png(30, 30, [250, 250, 250]));
    tokio::join!(paper, last);
    let wanted = [
        "first.png",
        "paper.pdf · 1",
        "paper.pdf · 2",
        "paper.pdf · 3",
        "last.png",
    ];
    assert_eq!(names(&desk), wanted);
    let list = desk.attachments.list();
    for page in &list[1..4] {
        assert_eq!(page.state, AttachmentState::Ready, "{page:?}");
        let picture = page.picture.as_ref().unwrap();
        assert_eq!((picture.width, picture.height), (400, 200));
        assert_eq!(picture.name, page.name);
        assert!(page.thumbnail);
    }
    let (url, log) = scripted([says("three pages")]).await;
    let provider = custom(&desk, &url).await;
    let ids: Vec<_> = list
        .iter()
        .map(|attachment| attachment.id.clone())
        .collect();
    ask(&desk, about(&provider, "What do they say?", &ids)).await;
    let sent = parts(&log.last(), "image_url").into_iter().map(|part| {
        let url = part["image_url"]["url"].as_str().unwrap().to_owned();
        let (_, bytes) = drawing::parse_data_url(&url).unwrap();
        image::load_from_memory(&bytes)
            .unwrap()
            .into_luma8()
            .get_pixel(5, 5)
            .0[0]
    });
    let greys: Vec<_> = sent.collect();
    assert!(greys.is_sorted(), "{greys:?}");
    assert_eq!((greys.len(), greys[1], greys[3]), (5, 64, 191));
}

#[tokio::test]
async fn of_a_long_one_the_first_pages_come_and_the_rest_is_said() {
    let desk = desk();
    let add = desk.attachments.add_bytes("book.pdf".to_owned(), paper(23));
    add.await;
    let list = desk.attachments.list();
    let ready = list
        .iter()
        .filter(|one| one.state == AttachmentState::Ready);
    assert_eq!((list.len(), ready.count()), (21, 20));
    assert_eq!(list[19].name, "book.pdf · 20");
    let error = list[20].error.as_ref().unwrap();
    assert_eq!(
        (list[20].name.as_str(), error.code),
        ("book.pdf", ErrorCode::PdfPages)
    );
    assert_eq!(
        (error.args["pages"].as_str(), error.args["taken"].as_str()),
        ("23", "20")
    );
    for part in ["book.pdf", "23 pages", "first 20", "PDF of their own"] {
        assert!(error.message.contains(part), "{}", error.message);
    }
}

#[tokio::test]
async fn one_page_keeps_its_name_and_what_cannot_be_opened_says_why() {
    let desk = desk();
    attach(&desk, "letter.pdf", paper(1)).await;
    assert_eq!(names(&desk), ["letter.pdf"]);
    let cut = desk
        .attachments
        .add_bytes("cut.pdf".to_owned(), b"%PDF-1.7\n".to_vec());
    cut.await;
    let cut = desk.attachments.list().pop().unwrap();
    assert_eq!(cut.state, AttachmentState::Failed);
    assert_eq!(cut.error.unwrap().code, ErrorCode::BrokenPicture);
}

#[tokio::test]
async fn pages_that_are_taken_out_are_not_prepared() {
    let desk = desk();
    let add = desk.attachments.add_bytes("paper.pdf".to_owned(), paper(6));
    desk.attachments.cancel().await.unwrap();
    add.await;
    assert_eq!(names(&desk), Vec::<String>::new());
}
