//! The program starts anew in its own place. Everything was forgotten: without a window, to
//! remove what that held open. A backup is to be brought back: before anything is open.

use std::env;
use std::process::{self, Command, ExitCode};
use std::sync::{Mutex, PoisonError};

use ::app::{Home, remove_rest};
use protocol::IpcError;

use crate::words::Words;

/// Set by this program for itself, to the id of its process: it is to remove the rest and
/// end.
const LAST: &str = "DRAGOMAN_FORGETS";

/// What the program starts anew for at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// To remove the rest of what is to be forgotten.
    Rest,
    /// To open what is there then.
    Window,
}

/// Whether the program is to start anew at its end.
#[derive(Debug, Default)]
pub struct Leaving(Mutex<Option<For>>);

impl Leaving {
    /// It is.
    pub fn begin(&self, to: For) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(to);
    }

    /// Is it, and what for?
    pub fn begun(&self) -> Option<For> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Is this the program that removes the rest?
pub fn is_last() -> bool {
    // One that takes the place of another has its id; what inherits the variable has not.
    let wanted = env::var(LAST).ok();
    wanted.is_some_and(|id| cfg!(not(unix)) || id == process::id().to_string())
}

/// Starts the program anew. To be called last of all.
pub fn again(to: For) {
    let started = env::current_exe().and_then(|program| {
        let mut next = Command::new(program);
        if to == For::Rest {
            next.env(LAST, process::id().to_string());
        }
        start(next)
    });
    if let Err(error) = started {
        eprintln!("dragoman: not started anew: {error}");
        if to == For::Rest {
            finish(&Home::from_environment());
        }
    }
}

/// Comes back only when it fails.
#[cfg(unix)]
fn start(mut next: Command) -> std::io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(&mut next))
}

#[cfg(not(unix))]
fn start(mut next: Command) -> std::io::Result<()> {
    next.spawn().map(drop)
}

/// Removes the rest, once the processes of the web view have ended.
pub fn finish(home: &Home) -> ExitCode {
    match remove(home) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dragoman: {error}");
            say(&error, Words::of_home(home));
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn remove(home: &Home) -> Result<(), IpcError> {
    use std::sync::mpsc;
    use std::time::Duration;

    /// They end as the connection to the program that was before does.
    const PATIENCE: Duration = Duration::from_secs(10);

    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let all = rustix::process::WaitOptions::empty();
        while rustix::process::wait(all).is_ok() {}
        let _ = done.send(());
    });
    // One that hangs keeps nothing else from going.
    let _ = ended.recv_timeout(PATIENCE);
    remove_rest(home)
}

/// Its files are held open until its processes have ended, and nobody tells of that.
#[cfg(not(target_os = "linux"))]
fn remove(home: &Home) -> Result<(), IpcError> {
    use std::time::Duration;

    for _ in 0..50 {
        if remove_rest(home).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    remove_rest(home)
}

/// Says what is left, where there is no window any more.
#[cfg(target_os = "linux")]
fn say(error: &IpcError, words: Words) {
    use gtk::prelude::{DialogExt, GtkWindowExt, MessageDialogExt};
    use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, Window};

    if gtk::init().is_err() {
        return;
    }
    let arg = |name: &str| error.args.get(name).map_or("", String::as_str);
    let chinese = "{path} 无法删除：{reason}。密钥已从密钥环中删除。请自行删除这个文件或文件夹。";
    let text = words
        .of(&error.message, chinese)
        .replace("{path}", arg("path"))
        .replace("{reason}", arg("reason"));
    let dialog = MessageDialog::new(
        None::<&Window>,
        DialogFlags::MODAL,
        MessageType::Warning,
        ButtonsType::Close,
        words.of("Not everything was removed", "没有全部删除"),
    );
    dialog.set_secondary_text(Some(&text));
    dialog.set_title("Dragoman");
    dialog.run();
    dialog.close();
}

#[cfg(not(target_os = "linux"))]
fn say(_: &IpcError, _: Words) {}
