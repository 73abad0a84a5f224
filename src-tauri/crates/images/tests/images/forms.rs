//! Forms of PDF files whose fields say what they hold, and not how it looks.

use images::{Caps, page};

use crate::kinds::pdf_file;

/// Which of three buttons, side by side, are marked as on: what their field says, and
/// what each of them does.
fn marked(field: &str, buttons: [&str; 3]) -> [bool; 3] {
    let plain = |text: String| (text.into_bytes(), Vec::new());
    let mut objects = vec![
        plain("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>".to_owned()),
        plain("<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned()),
        plain(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 120 40]/Annots[5 0 R 6 0 R 7 0 R]>>".to_owned(),
        ),
        plain(format!(
            "<</FT/Btn/T(choice)/Kids[5 0 R 6 0 R 7 0 R]{field}>>"
        )),
    ];
    for (n, button) in buttons.iter().enumerate() {
        objects.push(plain(format!(
            "<</Type/Annot/Subtype/Widget/Parent 4 0 R/Rect[{} 10 {} 30]{button}>>",
            n * 40 + 10,
            n * 40 + 30
        )));
    }
    // An appearance: what it looks like does not matter here.
    let drawn = b"<</Type/XObject/Subtype/Form/BBox[0 0 20 20]/Length 0>>".to_vec();
    objects.push((drawn, b"stream\n\nendstream".to_vec()));
    let png = page("form.pdf", &pdf_file(&objects), 1, &Caps::default()).unwrap();
    let image = image::load_from_memory(&png).unwrap().into_luma8();
    let third = image.width() / 3;
    [0, 1, 2].map(|n| {
        let part = image::imageops::crop_imm(&image, n * third, 0, third, image.height());
        part.to_image().pixels().any(|pixel| pixel.0[0] < 90)
    })
}

/// Flag of radio buttons (ISO 32000-1, table 226).
const RADIO: &str = "/Ff 32768";
/// Appearances by the name of a state, on an object of their own.
const STATES: [&str; 3] = [
    "/AP<</N<</a 8 0 R/Off 8 0 R>>>>",
    "/AP<</N<</b 8 0 R/Off 8 0 R>>>>",
    "/AP<</N<</c 8 0 R>>>>",
];
const NUMBERS: [&str; 3] = [
    "/AP<</N<</0 8 0 R>>>>",
    "/AP<</N<</1 8 0 R>>>>",
    "/AP<</N<</2 8 0 R>>>>",
];
const BARE: [&str; 3] = [""; 3];
const NONE: [bool; 3] = [false; 3];
const SECOND: [bool; 3] = [false, true, false];

#[test]
fn of_a_group_of_buttons_only_the_chosen_one_is_on() {
    for kind in [RADIO, ""] {
        let marked = |field: &str, buttons| marked(&format!("{kind}{field}"), buttons);
        assert_eq!(marked("/V/b", STATES), SECOND, "{kind}");
        assert_eq!(marked("/V/Off", STATES), NONE, "{kind}");
        assert_eq!(marked("", STATES), NONE, "{kind}");
        // Its name, where what it stands for is listed: either is a value.
        let listed = "/Opt[(a) <FEFF0062> (c)]";
        for value in ["/V/1", "/V(b)"] {
            for buttons in [NUMBERS, BARE] {
                let field = format!("{value}{listed}");
                assert_eq!(marked(&field, buttons), SECOND, "{kind} {field}");
            }
        }
        // A name is asked before a place.
        assert_eq!(marked("/V/b/Opt[(x)(y)(b)]", STATES), SECOND, "{kind}");
        // Nobody can tell which of them it is.
        assert_eq!(marked("/V/b", BARE), NONE, "{kind}");
        assert_eq!(marked("/V/d", STATES), NONE, "{kind}");
    }
}

#[test]
fn each_check_box_is_on_by_its_own_value() {
    let on = marked("", ["/V/Yes", "/V/Off", "/V/On/AP<</N<</On 8 0 R>>>>"]);
    assert_eq!(on, [true, false, true]);
    let stated = marked("/V/b", ["/AS/a", "/AS/Off", "/AS/c"]);
    assert_eq!(
        stated,
        [true, false, true],
        "a state is asked before a value"
    );
}
