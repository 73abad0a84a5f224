//! The harness itself: what it promises to the other tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use tests::clipboard::Clipboard;
use tests::desktop::Keyring;
use tests::drag::Drag;
use tests::screen::Key;
use tests::stage;
use tests::window::App;

/// A page that shows what reaches it.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>Probe</title>
<textarea data-testid="field" autofocus></textarea><p data-testid="said"></p>
<div data-testid="target" style="height:600px;background:#eee">here</div>
<script>
const said = document.querySelector('p')
addEventListener('paste', e => { said.textContent = 'paste:' + [...e.clipboardData.types].join() })
addEventListener('dragover', e => e.preventDefault())
addEventListener('drop', e => { e.preventDefault(); said.textContent = 'drop:' + e.dataTransfer.getData('text/uri-list') })
</script>"#;

fn probe(page: &std::path::Path) -> App {
    App {
        binary: PathBuf::from("/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"),
        args: vec!["--automation".to_owned(), format!("file://{}", page.display())],
        env: vec![],
    }
}

#[test]
fn a_window_takes_text_keys_drops_and_pastes() -> Result<()> {
    stage::play("harness", Keyring::Unlocked, |stage| {
        let page = stage.desktop.path("page.html");
        fs::write(&page, PAGE)?;
        let window = stage.open_app(&probe(&page))?;
        window.script("location.href = arguments[0]", &[format!("file://{}", page.display()).into()])?;
        let field = window.part("field");
        field.wait_shown()?;
        field.click()?;
        field.type_keys("你好 a")?;
        window.keys(&[Key::Char('b')])?;
        window.keys(&[Key::Shift, Key::Char('c')])?;
        tests::wait::until("the text", || Ok((field.value()? == "你好 abC").then_some(())))?;
        let picture = stage.desktop.path("图 片.png");
        fs::write(&picture, b"x")?;
        let _clipboard = Clipboard::files(&stage.desktop, &[&picture])?;
        window.keys(&[Key::Control, Key::Char('v')])?;
        println!("{}", window.part("said").wait_text(|t| t.starts_with("paste:"))?);
        let drag = Drag::files(&stage.desktop, &[&picture])?;
        drag.over(window.rect()?.center())?;
        drag.drop()?;
        println!("{}", window.part("said").wait_text(|t| t.starts_with("drop:"))?);
        window.screenshot(&stage.kept("shot.png"))?;
        window.close()?;
        Ok(())
    })
}
