use super::*;

fn made(text: &str) -> String {
    let document = Document::parse(text).unwrap();
    plain(text, &document).unwrap_or_else(|| text.to_owned())
}

/// What the first element with this attribute holds in it.
fn attribute(text: &str, name: &str) -> String {
    let made = made(text);
    let document = Document::parse(&made).unwrap();
    let mut all = document.descendants();
    all.find_map(|node| node.attribute(name))
        .unwrap()
        .to_owned()
}

fn sheet(text: &str) -> String {
    let made = made(text);
    let document = Document::parse(&made).unwrap();
    let sheet = document.descendants().find(is_sheet);
    sheet.unwrap().text().unwrap().trim().to_owned()
}

#[test]
fn colours_are_written_as_the_drawer_knows_them() {
    for (modern, known) in [
        ("light-dark(#dc2828, var(--x, #121212))", "#dc2828"),
        (
            "light-dark(rgb(0, 0, 0), rgb(255, 255, 255))",
            "rgb(0, 0, 0)",
        ),
        ("rgb(1 2 3 / 100%)", "#010203"),
        ("rgb(255 0 0 / 0.5)", "#ff000080"),
        ("rgba(1, 2, 3, 0.5)", "rgba(1, 2, 3, 0.5)"),
        ("hsl(120 100% 50%)", "#00ff00"),
        ("hwb(0 0% 0%)", "#ff0000"),
        ("oklch(1 0 0)", "#ffffff"),
        ("color(srgb 0 1 0)", "#00ff00"),
        ("var(--none, var(--neither, blue))", "blue"),
        ("var(--a)", "#ff0000"),
        ("var(--c)", "#ff0000"),
        ("var(--loop)", ""),
        ("url(#a)", "url(#a)"),
        ("rgb(1 2", "rgb(1 2"),
        ("red", "red"),
    ] {
        let svg = format!(
            "<svg style='--a: #ff0000; --b: var(--a); --loop: var(--loop)'><style>:root{{--c:var(--b)}}</style><g fill='{modern}'><text>rgb(1 2 3)</text></g></svg>"
        );
        assert_eq!(attribute(&svg, "fill"), known, "{modern}");
        assert!(made(&svg).contains("<text>rgb(1 2 3)"));
    }
}

#[test]
fn what_holds_under_no_condition_that_is_met_is_left_out() {
    for (condition, holds) in [
        ("(prefers-color-scheme: dark)", false),
        ("(prefers-color-scheme:light)", true),
        ("screen", true),
        ("print, screen", true),
        ("print", false),
        ("(max-width: 400px)", false),
        ("(forced-colors: active)", false),
    ] {
        let svg = format!(
            "<svg><style>.a{{fill:oklch(1 0 0)}}@media {condition}{{.b{{fill:rgb(1 2 3)}}}}.c{{x:y}}</style></svg>"
        );
        let right = if holds { ".b{fill:#010203}" } else { "" };
        assert_eq!(
            sheet(&svg),
            format!(".a{{fill:#ffffff}}{right}.c{{x:y}}"),
            "{condition}"
        );
    }
}

#[test]
fn a_variable_holds_what_the_theme_that_is_there_says() {
    let themes = ":root{--c:#111111}[data-theme='dark']{--c:#222222}.a{--c:#333333}.b{--c:#444444}";
    for (root, part, is) in [
        ("", "", "#111111"),
        ("data-theme='dark'", "", "#222222"),
        ("", "class='a'", "#333333"),
        ("", "class='b'", "#444444"),
        ("class='a'", "", "#333333"),
        ("", "class='a' style='--c: #555555'", "#555555"),
    ] {
        let svg =
            format!("<svg {root}><style>{themes}</style><g {part}><p fill='var(--c)'/></g></svg>");
        assert_eq!(attribute(&svg, "fill"), is, "{root} {part}");
    }
    let svg = format!("<svg><style>{themes}.p{{fill:var(--c)}}</style><g class='p'/></svg>");
    assert!(sheet(&svg).ends_with(".p{fill:#111111}"));
    let svg =
        "<svg><style>.q{--d:#666666}.r{--d:#777777}.p{fill:var(--d)}</style><g class='q'/></svg>";
    assert!(sheet(svg).ends_with(".p{fill:#666666}"));
}

#[test]
fn quotes_and_signs_in_a_value_stay_what_they_are() {
    let svg = "<svg><style>:root{--f:\"Inter\",sans-serif}</style><text style=\"font-family:var(--f)\">x</text></svg>";
    assert_eq!(attribute(svg, "style"), "font-family:\"Inter\",sans-serif");
    let svg = "<svg><text style=\"--f:&quot;A &amp; B&quot;; font-family:var(--f)\">x</text></svg>";
    assert!(attribute(svg, "style").ends_with("font-family:\"A & B\""));
}

#[test]
fn a_style_sheet_may_stand_in_a_section_of_its_own() {
    let svg = "<svg><style type='text/css'>\n<![CDATA[ .a>b{fill:oklch(1 0 0)} ]]></style></svg>";
    assert_eq!(sheet(svg), ".a>b{fill:#ffffff}");
}

#[test]
fn what_grows_without_end_ends() {
    let mut style = String::from("--v0: ");
    style.push_str(&"x".repeat(2000));
    for n in 1..40 {
        let own = format!("var(--v{})", n - 1);
        style.push_str(&format!("; --v{n}: {}", own.repeat(20)));
    }
    let made = made(&format!(
        "<svg style='{style}'><g fill='var(--v39)'/></svg>"
    ));
    assert!(made.len() < 64 << 20, "{}", made.len());
}
