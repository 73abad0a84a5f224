//! Is there a first one, and does it answer? Asked before the plugin asks, which waits
//! for a first one without end, and ends this process whenever the answer comes.

use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use gtk::prelude::{DialogExt, GtkWindowExt};
use gtk::{ResponseType, Window};
use zbus::blocking::{Connection, fdo::DBusProxy};

use crate::question::Question;
use crate::words::Words;

/// How long it may take to show its window: one that is busy answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of asking.
enum First {
    /// There is none, or nobody can tell.
    None,
    /// It shows its window.
    Shown,
    /// It does not answer.
    Hangs,
}

/// Hands `opened`, a command line, to a first one. Ends this process where that one shows
/// its window, and where it hangs and the person wants no other beside it. Is this one
/// the first, then?
pub fn settle(id: &str, opened: Vec<String>, words: Words) -> bool {
    match ask(id, opened) {
        First::None => true,
        First::Shown => process::exit(0),
        First::Hangs if starts_beside(words) => false,
        First::Hangs => process::exit(1),
    }
}

fn ask(id: &str, opened: Vec<String>) -> First {
    // Both as tauri-plugin-single-instance makes them.
    let name = format!("{id}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let (done, shown) = mpsc::channel();
    thread::spawn(move || {
        let _ = done.send(show(&name, &path, opened));
    });
    match shown.recv_timeout(PATIENCE) {
        Ok(Ok(true)) => First::Shown,
        Ok(Ok(false)) => First::None,
        // It said no, or ended as it was asked: the plugin finds out.
        Ok(Err(error)) => {
            eprintln!("dragoman: cannot tell whether it runs already: {error}");
            First::None
        }
        Err(_) => First::Hangs,
    }
}

/// Has the first one show its window with what was `opened`. `false` where there is none.
fn show(name: &str, path: &str, opened: Vec<String>) -> zbus::Result<bool> {
    let Ok(bus) = Connection::session() else {
        return Ok(false);
    };
    if !DBusProxy::new(&bus)?.name_has_owner(name.try_into()?)? {
        return Ok(false);
    }
    // As on a command line, where the program stands first; its files name no folder.
    let words: Vec<_> = std::iter::once("dragoman".to_owned())
        .chain(opened)
        .collect();
    let interface = Some("org.SingleInstance.DBus");
    let body = (words, String::new());
    bus.call_method(Some(name), path, interface, "ExecuteCallback", &body)?;
    Ok(true)
}

/// Says that the first one hangs. Does the person want another beside it?
fn starts_beside(words: Words) -> bool {
    let question = Question {
        title: words.of(
            "Dragoman is open already, but does not answer",
            "Dragoman 已经打开,但没有响应",
        ),
        text: words.of(
            "You can start it a second time on the same conversations. What hangs can be ended in the system monitor.",
            "可以再打开一个,使用同样的会话。没有响应的那个可以在系统监视器里结束。",
        ),
        no: words.of("Cancel", "取消"),
        yes: words.of("Start another", "再打开一个"),
    };
    eprintln!("dragoman: {}. {}", question.title, question.text);
    if !gtk::is_initialized_main_thread() {
        return false;
    }
    let dialog = question.dialog(None::<&Window>);
    let answer = dialog.run();
    dialog.close();
    answer == ResponseType::Accept
}
