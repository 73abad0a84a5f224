//! Pictures, videos and links come in: by drop, by dialog, by paste. The page never
//! names a path.

use std::path::{Path, PathBuf};

use arboard::Clipboard;
use chat::Attachments;
use image::{ExtendedColorType, ImageEncoder, codecs::png};
use protocol::{AddLinkParams, AttachmentIdParams, AttachmentList, DragEvent, ErrorCode, IpcError};
use tauri::{
    AppHandle, Emitter, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_dialog::DialogExt;

use crate::window::MAIN;

/// Endings the dialog offers; what a file is, its bytes say.
const ENDINGS: [&str; 11] = [
    "jpg", "jpeg", "png", "webp", "gif", "bmp", "jfif", "mp4", "mov", "webm", "avi",
];

#[command]
async fn list(attachments: State<'_, Attachments>) -> Result<AttachmentList, IpcError> {
    Ok(AttachmentList {
        attachments: attachments.list(),
    })
}

#[command]
async fn pick<R: Runtime>(app: AppHandle<R>) -> Result<(), IpcError> {
    let mut dialog = app
        .dialog()
        .file()
        .add_filter("Pictures, videos", &ENDINGS)
        .add_filter("*", &["*"]);
    if let Some(window) = app.get_webview_window(MAIN) {
        dialog = dialog.set_parent(&window);
    }
    let handle = app.clone();
    dialog.pick_files(move |picked| {
        let paths = picked
            .unwrap_or_default()
            .into_iter()
            .filter_map(|path| path.into_path().ok());
        attach(&handle, paths.collect());
    });
    Ok(())
}

#[command]
async fn paste<R: Runtime>(app: AppHandle<R>) -> Result<(), IpcError> {
    let found = tauri::async_runtime::spawn_blocking(clipboard).await;
    match found {
        Ok(Some(Pasted::Files(paths))) => attach(&app, paths),
        Ok(Some(Pasted::Bitmap(bytes))) => {
            let attachments = app.state::<Attachments>().inner().clone();
            tauri::async_runtime::spawn(attachments.add_bytes("clipboard.png".to_owned(), bytes));
        }
        Ok(Some(Pasted::Address(address))) => attach(&app, vec![PathBuf::from(address)]),
        _ => {
            return Err(IpcError::new(
                ErrorCode::ClipboardEmpty,
                "The clipboard holds no picture. Copy a picture or a picture file, then paste again.",
            ));
        }
    }
    Ok(())
}

#[command]
async fn add_link(
    attachments: State<'_, Attachments>,
    params: AddLinkParams,
) -> Result<(), IpcError> {
    attachments.add_link(&params.url)
}

#[command]
async fn fetch(
    attachments: State<'_, Attachments>,
    params: AttachmentIdParams,
) -> Result<(), IpcError> {
    attachments.fetch(&params.id).await
}

#[command]
async fn remove(
    attachments: State<'_, Attachments>,
    params: AttachmentIdParams,
) -> Result<(), IpcError> {
    attachments.remove(&params.id)
}

/// What the clipboard gave.
enum Pasted {
    Files(Vec<PathBuf>),
    Bitmap(Vec<u8>),
    /// The address of a picture: a link or a data URL.
    Address(String),
}

fn clipboard() -> Option<Pasted> {
    let mut clipboard = Clipboard::new().ok()?;
    if let Ok(paths) = clipboard.get().file_list()
        && !paths.is_empty()
    {
        return Some(Pasted::Files(paths));
    }
    let Ok(bitmap) = clipboard.get().image() else {
        let html = clipboard.get().html().ok()?;
        return chat::picture_in_html(&html).map(Pasted::Address);
    };
    let (width, height) = (
        u32::try_from(bitmap.width).ok()?,
        u32::try_from(bitmap.height).ok()?,
    );
    let mut bytes = Vec::new();
    png::PngEncoder::new_with_quality(
        &mut bytes,
        png::CompressionType::Fast,
        png::FilterType::Adaptive,
    )
    .write_image(&bitmap.bytes, width, height, ExtendedColorType::Rgba8)
    .ok()?;
    Some(Pasted::Bitmap(bytes))
}

/// Something is dragged over the window.
pub fn drag_entered<R: Runtime>(app: &AppHandle<R>, count: usize) {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let _ = app.emit_to(MAIN, "drag", DragEvent::Enter { count });
}

/// It left the window.
pub fn drag_left<R: Runtime>(app: &AppHandle<R>) {
    let _ = app.emit_to(MAIN, "drag", DragEvent::Leave);
}

/// It was dropped on the window.
pub fn dropped<R: Runtime>(app: &AppHandle<R>, paths: &[PathBuf]) {
    drag_left(app);
    // A provider's file is no picture; a relative path is none that was dropped.
    let is_plugin = |path: &PathBuf| {
        path.is_absolute()
            && path
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("json"))
    };
    let (plugins, pictures): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(is_plugin);
    if !plugins.is_empty() {
        super::providers::dropped(app, plugins);
    }
    attach(app, pictures);
}

/// Lists all of them at once, in order, and prepares each as its turn comes.
fn attach<R: Runtime>(app: &AppHandle<R>, paths: Vec<impl AsRef<Path>>) {
    let attachments = app.state::<Attachments>();
    for path in paths {
        tauri::async_runtime::spawn(attachments.add_path(path.as_ref().to_path_buf()));
    }
}

/// The plugin `images`.
pub fn init<R: Runtime>(attachments: Attachments) -> TauriPlugin<R> {
    Builder::new("images")
        .setup(move |app, _| {
            app.manage(attachments);
            Ok(())
        })
        .invoke_handler(generate_handler![
            list, pick, paste, add_link, fetch, remove
        ])
        .build()
}
