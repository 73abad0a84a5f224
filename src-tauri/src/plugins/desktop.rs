//! The desktop around the page: links, the clipboard, what happened at start.

use std::sync::{Mutex, PoisonError};

use arboard::Clipboard;
use protocol::{CopyParams, ErrorCode, Hello, IpcError, Notice, OpenParams};
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_opener::OpenerExt;

/// Says on stderr when the page can be used, for measuring.
const BENCH: &str = "DRAGOMAN_BENCH";

/// What the page is told, and the clipboard, which on X11 and Wayland serves
/// what was copied only as long as it lives.
struct Desktop {
    notices: Vec<Notice>,
    clipboard: Mutex<Option<Clipboard>>,
}

/// Who we are, and what happened at start.
pub fn greeting<R: Runtime>(app: &AppHandle<R>, notices: &[Notice]) -> Hello {
    Hello {
        version: app.package_info().version.to_string(),
        locale: settings::locale(),
        platform: std::env::consts::OS.to_owned(),
        notices: notices.to_vec(),
    }
}

#[command]
async fn hello<R: Runtime>(
    app: AppHandle<R>,
    desktop: State<'_, Desktop>,
) -> Result<Hello, IpcError> {
    Ok(greeting(&app, &desktop.notices))
}

#[command]
async fn ready() -> Result<(), IpcError> {
    if std::env::var_os(BENCH).is_some() {
        eprintln!("dragoman: ready");
    }
    Ok(())
}

#[command]
async fn open<R: Runtime>(app: AppHandle<R>, params: OpenParams) -> Result<(), IpcError> {
    let refused = |reason: &str| {
        IpcError::new(
            ErrorCode::Internal,
            format!("This link was not opened: {reason}."),
        )
    };
    let address = chat::destination(&params.url)
        .ok_or_else(|| refused("only https, http and mailto links are opened"))?;
    let url = tauri::Url::parse(&address).map_err(|_| refused("it is not an address"))?;
    app.opener()
        .open_url(url.as_str(), None::<&str>)
        .map_err(|_| refused("the system has no program for it"))
}

#[command]
async fn copy<R: Runtime>(app: AppHandle<R>, params: CopyParams) -> Result<(), IpcError> {
    let copied = tauri::async_runtime::spawn_blocking(move || {
        let desktop = app.state::<Desktop>();
        let mut clipboard = desktop
            .clipboard
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if clipboard.is_none() {
            *clipboard = Some(Clipboard::new()?);
        }
        match clipboard.as_mut() {
            Some(clipboard) => clipboard.set_text(params.text),
            None => Ok(()),
        }
    });
    match copied.await {
        Ok(Ok(())) => Ok(()),
        _ => Err(IpcError::new(
            ErrorCode::Internal,
            "The clipboard cannot be reached.",
        )),
    }
}

/// The plugin `desktop`.
pub fn init<R: Runtime>(notices: Vec<Notice>) -> TauriPlugin<R> {
    Builder::new("desktop")
        .setup(move |app, _| {
            app.manage(Desktop {
                notices,
                clipboard: Mutex::default(),
            });
            Ok(())
        })
        .invoke_handler(generate_handler![hello, ready, open, copy])
        .build()
}
