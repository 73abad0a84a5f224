//! Pictures in the composer, by their commands.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;

fn png(width: u32, height: u32, red: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([red, 90, 200]));
    tests::pictures::encode(&picture, image::ImageFormat::Png).unwrap()
}

fn list(page: &Page) -> Vec<Value> {
    let list = page.call("plugin:images|list", Value::Null).unwrap();
    list["attachments"].as_array().unwrap().clone()
}

fn names(page: &Page) -> Vec<String> {
    let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
    list(page).iter().map(name).collect()
}

/// Attaches pictures, as links that are fetched at once.
fn attach(page: &Page, pictures: &[(&str, Vec<u8>)]) -> Vec<String> {
    let web = Provider::start().unwrap();
    let one = |(name, bytes): &(&str, Vec<u8>)| {
        let found = Reply::new(200, "image/png").bytes(bytes);
        web.always(&format!("/{name}"), found);
        let url = json!({ "url": format!("{}/{name}", web.origin()) });
        page.call("plugin:images|add_link", url).unwrap();
        let id = list(page).pop().unwrap()["id"].clone();
        page.call("plugin:images|fetch", json!({ "id": id }))
            .unwrap();
        let now = list(page).pop().unwrap();
        assert_eq!(now["state"], "ready", "{now}");
        id.as_str().unwrap().to_owned()
    };
    pictures.iter().map(one).collect()
}

#[test]
fn attachments_are_ordered_taken_out_brought_back_and_cut() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    let given = [("a.png", png(60, 40, 1)), ("b.png", png(60, 40, 2))];
    let ids = attach(&page, &given);
    let order = json!({ "ids": [ids[1], ids[0]] });
    page.call("plugin:images|order", order).unwrap();
    assert_eq!(names(&page), ["b.png", "a.png"]);
    let first = json!({ "id": ids[1] });
    page.call("plugin:images|remove", first.clone()).unwrap();
    assert_eq!(names(&page), ["a.png"]);
    page.call("plugin:images|restore", first.clone()).unwrap();
    assert_eq!(names(&page), ["b.png", "a.png"]);
    let error = page.call("plugin:images|restore", first).unwrap_err();
    assert_eq!(error["code"], "attachment_not_ready");

    let area = json!({ "x": 10, "y": 5, "width": 20, "height": 15 });
    let crop = json!({ "id": ids[1], "area": area });
    page.call("plugin:images|crop", crop).unwrap();
    assert_eq!(names(&page), ["b.png", "b.png (part)", "a.png"]);
    let part = &list(&page)[1];
    assert_eq!(part["options"]["crop"], area);
    assert_eq!(
        (&part["picture"]["width"], &part["picture"]["height"]),
        (&json!(20), &json!(15))
    );

    let before = list(&page)[2]["picture"]["hash"].clone();
    let marks = json!([{ "type": "blur", "area": area }]);
    let options = json!({ "original": false, "whole": false, "crop": null, "marks": marks });
    let chosen = json!({ "id": ids[0], "options": options });
    page.call("plugin:images|options", chosen).unwrap();
    let now = &list(&page)[2];
    assert_eq!(now["options"]["marks"], marks);
    assert_eq!(now["state"], "ready");
    // One colour blurred is the same colour: the pixels stay, the choice is kept.
    assert!(before.is_string() && now["picture"]["master"].is_string());
}

#[test]
fn pictures_follow_the_model_that_is_chosen() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    attach(&page, &[("wide.png", png(3000, 1500, 7))]);
    let picture = list(&page)[0]["picture"].clone();
    assert_eq!(picture["width"], 2048);
    assert_eq!(picture["tokens"], Value::Null);
    assert_eq!(list(&page)[0]["thumbnail"], true);
    let nobody = json!({ "provider": "nobody", "model": "m", "detail": null });
    let error = page.call("plugin:images|target", nobody).unwrap_err();
    assert_eq!(error["code"], "provider_not_found");
    let ark = json!({ "provider": "ark", "model": "doubao-seed-1-6-251015", "detail": "low" });
    page.call("plugin:images|target", ark).unwrap();
    // It is fitted behind the answer; the event that tells needs a window.
    let begun = Instant::now();
    while list(&page)[0]["picture"]["tokens"].is_null() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never fitted");
        std::thread::yield_now();
    }
    let fitted = list(&page)[0]["picture"].clone();
    assert!(
        fitted["width"].as_u64() < picture["width"].as_u64(),
        "{fitted}"
    );
    assert_eq!(fitted["master"], picture["master"]);
}

#[test]
fn what_is_not_there_is_said_or_nothing_to_do() {
    let home = tempfile::tempdir().unwrap();
    let page = start(home.path());
    attach(&page, &[("a.png", png(60, 40, 1))]);
    // Nothing is being prepared.
    page.call("plugin:images|cancel", Value::Null).unwrap();
    assert_eq!(names(&page), ["a.png"]);
    let gone = json!({ "id": "gone", "take": true });
    page.call("plugin:images|take_folder", gone).unwrap();
    for (command, params, code) in [
        (
            "again",
            json!({ "message": "gone", "hash": "gone" }),
            "not_found",
        ),
        (
            "crop",
            json!({ "id": "gone", "area": { "x": 0, "y": 0, "width": 1, "height": 1 } }),
            "attachment_not_ready",
        ),
        ("restore", json!({ "id": "gone" }), "attachment_not_ready"),
    ] {
        let command = format!("plugin:images|{command}");
        let error = page.call(&command, params).unwrap_err();
        assert_eq!(error["code"], code, "{command}");
    }
}
