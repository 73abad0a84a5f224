//! The dialog on Linux: GTK's own, made here, since the dialogs of the plugin press
//! the button that allows when Enter is pressed.

use std::cell::Cell;

use consent::Words;
use gtk::pango::WrapMode;
use gtk::prelude::*;
use gtk::{Container, Label, ResponseType};
use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::oneshot::Sender;

use crate::page;
use crate::question::Question;

/// Shows it; `tell` hears the answer, or is dropped where there is none.
pub fn show<R: Runtime>(app: &AppHandle<R>, words: Words, tell: Sender<bool>) {
    let handle = app.clone();
    let _ = app.run_on_main_thread(move || {
        // Without a desktop there is nobody to ask, and GTK would panic.
        if !gtk::is_initialized_main_thread() {
            return;
        }
        let window = handle.get_webview_window(page::WINDOW);
        let over = window.and_then(|window| window.gtk_window().ok());
        let question = Question {
            title: &words.title,
            text: &words.text,
            no: words.no,
            yes: words.yes,
        };
        let dialog = question.dialog(over.as_ref());
        dialog.set_title(&words.title);
        // A host without a blank in it must not be wider than the screen.
        if let Ok(area) = dialog.message_area().downcast::<Container>() {
            for label in area.children() {
                if let Ok(label) = label.downcast::<Label>() {
                    label.set_line_wrap_mode(WrapMode::WordChar);
                }
            }
        }
        if let Some(no) = dialog.widget_for_response(ResponseType::Cancel) {
            no.grab_focus();
        }
        let tell = Cell::new(Some(tell));
        dialog.connect_response(move |dialog, response| {
            // Closing it answers once more.
            if let Some(tell) = tell.take() {
                let _ = tell.send(response == ResponseType::Accept);
                dialog.close();
            }
        });
        dialog.show_all();
    });
}
