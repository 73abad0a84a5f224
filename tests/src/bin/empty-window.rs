//! An empty Tauri window, which `cargo xtask bench` measures the app against:
//! the same Tauri with the same features, and a page that is one text field.
//! Says `ready` on stderr when the field can be used.

use std::borrow::Cow;

use tauri::http::Response;
use tauri::test::{mock_context, noop_assets};
use tauri::{Builder, WebviewUrl, WebviewWindowBuilder};

/// The page tells that it is usable by asking for a picture.
const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>Empty</title>\
    <textarea autofocus></textarea><script src=\"/ready.js\"></script>";

/// After the first frame: what a user would call ready.
const SCRIPT: &str =
    "requestAnimationFrame(() => setTimeout(() => { new Image().src = '/ready' }))";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page = "empty://localhost/".parse()?;
    Builder::default()
        .register_uri_scheme_protocol("empty", |_, request| {
            let (kind, body) = match request.uri().path() {
                "/" => ("text/html", PAGE),
                "/ready.js" => ("text/javascript", SCRIPT),
                "/ready" => {
                    eprintln!("empty-window: ready");
                    ("text/plain", "")
                }
                _ => ("text/plain", ""),
            };
            let body = Cow::Borrowed(body.as_bytes());
            Response::builder()
                .header("Content-Type", kind)
                .body(body)
                .unwrap_or_default()
        })
        .setup(move |app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::CustomProtocol(page))
                .title("Empty")
                .inner_size(1120.0, 800.0)
                .build()?;
            Ok(())
        })
        .run(mock_context(noop_assets()))?;
    Ok(())
}
