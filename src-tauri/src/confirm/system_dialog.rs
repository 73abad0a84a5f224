//! The dialog of macOS and Windows.

use consent::Words;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::{
    DialogExt, MessageDialogButtons, MessageDialogKind, MessageDialogResult,
};
use tokio::sync::oneshot::Sender;

use crate::page;

/// Shows it; `tell` hears the answer, or is dropped where there is none.
pub fn show<R: Runtime>(app: &AppHandle<R>, words: Words, tell: Sender<bool>) {
    let (yes, no) = (words.yes.to_owned(), words.no.to_owned());
    let dialog = app
        .dialog()
        .message(words.text)
        .title(words.title)
        .kind(MessageDialogKind::Warning)
        // Enter presses the first, and a dialog that is closed answers with the last.
        .buttons(MessageDialogButtons::YesNoCancelCustom(
            no.clone(),
            yes.clone(),
            no,
        ));
    let dialog = match app.get_webview_window(page::WINDOW) {
        Some(window) => dialog.parent(&window),
        None => dialog,
    };
    dialog.show_with_result(move |result| {
        let _ = tell.send(result == MessageDialogResult::Custom(yes));
    });
}
