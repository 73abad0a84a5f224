//! Which way the window is drawn: settled before GTK starts, and once more where no
//! page came of it.
//!
//! `WebKitGTK` draws through the graphics card. With some drivers the window then stays
//! empty, the page's process dies at once, or the compositor ends the whole program
//! with “Error 71 (Protocol error)” (tauri-apps/tauri#9304, #9394, #10702). Nobody is
//! told in time, so each start is noted in a file until its page has answered.

mod record;

use std::env;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use ::app::Home;

use record::{Drawing, Record};

/// What makes `WebKitGTK` draw without the graphics card: buffers that it does not
/// share with the card, and pages that the card does not put together.
const SWITCHES: [&str; 2] = [
    "WEBKIT_DISABLE_DMABUF_RENDERER",
    "WEBKIT_DISABLE_COMPOSITING_MODE",
];

/// Set by this program for itself: what was settled.
const SETTLED: &str = "DRAGOMAN_DRAWING";

/// How long a page may take to answer. A cold start on a slow machine takes seconds.
const PATIENCE: Duration = Duration::from_secs(45);

/// Chooses how the window is drawn, `safe` where the person asks for it, and starts
/// the program anew with what that takes. A variable that the person set stands.
pub fn settle(home: &Home, safe: bool) {
    if env::var_os(SETTLED).is_some() {
        return;
    }
    if safe {
        start_anew("asked", &SWITCHES);
    } else if SWITCHES.iter().all(|name| env::var_os(name).is_none()) {
        match read(note(home).as_deref()).next(now()) {
            Drawing::Safe => start_anew(Drawing::Safe.word(), &SWITCHES),
            // Blank windows are known where it meets this driver, and on most versions.
            Drawing::Usual if Path::new("/proc/driver/nvidia/version").exists() => {
                start_anew(Drawing::Usual.word(), &SWITCHES[..1]);
            }
            Drawing::Usual => {}
        }
    }
}

/// Comes back only when it fails; the app then starts as it is.
fn start_anew(settled: &str, switches: &[&str]) {
    if let Ok(program) = env::current_exe() {
        let _ = Command::new(program)
            .args(env::args_os().skip(1))
            .env(SETTLED, settled)
            .envs(switches.iter().map(|name| (name, "1")))
            .exec();
    }
}

/// One start: from the window that opens to the page that answers.
pub struct Attempt {
    /// How it is drawn and where that is noted; `None` where the person chose.
    noted: Option<(Drawing, PathBuf)>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Answered,
    /// Nothing came; the program shall start anew.
    Failed,
}

impl Attempt {
    /// Notes that a window opens.
    pub fn begin(home: &Home) -> Self {
        let drawing = match env::var(SETTLED) {
            Ok(word) => Drawing::read(&word),
            Err(_) if SWITCHES.iter().any(|name| env::var_os(name).is_some()) => None,
            Err(_) => Some(Drawing::Usual),
        };
        let noted = drawing.zip(note(home));
        if let Some((drawing, note)) = &noted {
            let mut record = read(Some(note));
            record.next(now());
            record.begins(*drawing);
            write(note, &record);
        }
        Self {
            noted,
            state: Mutex::new(State::Waiting),
            changed: Condvar::new(),
        }
    }

    /// The page has answered: this way of drawing works.
    pub fn answered(&self) {
        let mut state = self.state();
        if *state != State::Waiting {
            return;
        }
        *state = State::Answered;
        self.changed.notify_all();
        if let Some((drawing, note)) = &self.noted {
            let mut record = read(Some(note));
            record.answered(*drawing);
            write(note, &record);
        }
    }

    /// The page's process died. Should the program end, to be started anew by
    /// [`Attempt::again`]? Not once a page had answered, and not twice.
    pub fn failed(&self) -> bool {
        self.gives_up(&mut self.state())
    }

    /// Waits for the page. Should the program end, as in [`Attempt::failed`]?
    pub fn waits_in_vain(&self) -> bool {
        let waiting = |state: &mut State| *state == State::Waiting;
        let mut state = self
            .changed
            .wait_timeout_while(self.state(), PATIENCE, waiting)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        self.gives_up(&mut state)
    }

    fn gives_up(&self, state: &mut State) -> bool {
        let usual = matches!(self.noted, Some((Drawing::Usual, _)));
        if *state != State::Waiting || !usual {
            return false;
        }
        *state = State::Failed;
        self.changed.notify_all();
        true
    }

    /// Is the program to be started anew?
    pub fn has_failed(&self) -> bool {
        *self.state() == State::Failed
    }

    /// Starts the program anew, without the graphics card. To be called last of all.
    pub fn again(&self) {
        if let Some((_, note)) = &self.noted {
            let mut record = read(Some(note));
            record.next(now());
            write(note, &record);
        }
        eprintln!("dragoman: no page came; starting again without the graphics card");
        start_anew(Drawing::Safe.word(), &SWITCHES);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where it is noted which way of drawing is being tried.
fn note(home: &Home) -> Option<PathBuf> {
    Some(home.data()?.join("webview").join("drawing"))
}

fn read(note: Option<&Path>) -> Record {
    let text = note.and_then(|note| fs::read_to_string(note).ok());
    Record::read(&text.unwrap_or_default())
}

/// What cannot be noted is not: the window opens all the same.
fn write(note: &Path, record: &Record) {
    let _ = match record.text() {
        Some(text) => fs::write(note, text),
        None => fs::remove_file(note),
    };
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(0, |time| time.as_secs())
}
