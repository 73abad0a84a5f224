//! The page's process dies: out of memory, by a fault of the web view, by hand. What is
//! asked and answered lives in this process and goes on; the page is loaded again.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gtk::ResponseType;
use gtk::prelude::{Cast, DialogExt, GtkWindowExt, WidgetExt};
use protocol::Notice;
use tauri::{AppHandle, Manager, Runtime};
use webkit2gtk::{WebProcessTerminationReason as Reason, WebView, WebViewExt};

use crate::graphics::Attempt;
use crate::plugins::desktop;
use crate::question::Question;
use crate::words::Words;

/// So many within [`WHILE`], and it is not loaded again without being asked for.
const TOO_MANY: usize = 3;
const WHILE: Duration = Duration::from_secs(60);

/// When the page's process died lately.
#[derive(Default)]
struct Deaths(Vec<Instant>);

impl Deaths {
    /// One more. Is that too many?
    fn one_more(&mut self, now: Instant) -> bool {
        self.0
            .retain(|before| now.saturating_duration_since(*before) < WHILE);
        self.0.push(now);
        self.0.len() >= TOO_MANY
    }
}

/// Loads the page again whenever its process dies, and says so.
pub fn heed<R: Runtime>(view: &WebView, app: &AppHandle<R>) {
    let app = app.clone();
    let deaths = RefCell::new(Deaths::default());
    view.connect_web_process_terminated(move |view, reason| {
        eprintln!("dragoman: the page's process ended: {reason:?}");
        let attempt = app.try_state::<Arc<Attempt>>();
        if attempt.is_some_and(|attempt| attempt.failed()) {
            app.exit(0);
            return;
        }
        let out_of_memory = reason == Reason::ExceededMemoryLimit;
        if deaths.borrow_mut().one_more(Instant::now()) {
            deaths.take();
            ask(view, &app, out_of_memory);
        } else {
            load_again(view, &app, out_of_memory);
        }
    });
}

fn load_again<R: Runtime>(view: &WebView, app: &AppHandle<R>, out_of_memory: bool) {
    desktop::say_on_arrival(app, Notice::PageRestarted { out_of_memory });
    view.reload();
}

/// Says in a dialog of the system why no page is shown, since none can.
fn ask<R: Runtime>(view: &WebView, app: &AppHandle<R>, out_of_memory: bool) {
    let words = Words::now(app);
    let parent = view
        .toplevel()
        .and_then(|top| top.downcast::<gtk::Window>().ok());
    let reason = if out_of_memory {
        words.of(
            "It needed more memory than there is: close other programs first.",
            "内存不足:请先关闭其他程序。",
        )
    } else {
        words.of(
            "The system’s web view (WebKitGTK) crashed. If it goes on, start Dragoman with --safe-graphics.",
            "系统的网页组件(WebKitGTK)崩溃了。如果仍然如此,请用 --safe-graphics 启动 Dragoman。",
        )
    };
    let kept = words.of(
        "What you asked and what was answered is kept; an answer under way goes on.",
        "你的提问和已有的回答都已保存,进行中的回答会继续。",
    );
    let question = Question {
        title: words.of(
            "The page stopped three times within a minute",
            "页面在一分钟内停止了三次",
        ),
        text: &format!("{reason}\n\n{kept}"),
        no: words.of("Quit", "退出"),
        yes: words.of("Load again", "重新载入"),
    };
    eprintln!("dragoman: {}. {reason}", question.title);
    let dialog = question.dialog(parent.as_ref());
    dialog.set_default_response(ResponseType::Accept);
    let (view, app) = (view.clone(), app.clone());
    dialog.connect_response(move |dialog, response| {
        dialog.close();
        // Escape ends nothing.
        if response == ResponseType::Cancel {
            app.exit(0);
        } else {
            load_again(&view, &app, out_of_memory);
        }
    });
    dialog.show_all();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_within_a_minute_are_too_many() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut deaths = Deaths::default();
        let told: Vec<bool> = [0, 30, 61, 89, 200]
            .into_iter()
            .map(|seconds| deaths.one_more(at(seconds)))
            .collect();
        assert_eq!(told, [false, false, false, true, false]);
    }
}
