//! A paste by the keyboard, held back until the owner of the clipboard has answered. The
//! web view asks it in the middle of an event of the page, which would stand still as
//! long as an owner hangs.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    time::Duration,
};

use gtk::{
    Clipboard, SelectionData, Widget,
    gdk::{self, EventKey, ModifierType, keys::constants as key},
    glib::{self, Propagation},
    prelude::*,
};
use tauri::{Runtime, WebviewWindow};

use super::kinds;

/// Longest that the owner may take; keys that are pressed meanwhile wait behind it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The key that has a V on it, whatever the layout (evdev, and 8 as X counts).
const V: u16 = 47 + 8;

/// Holds pastes back in a window; `silent` hears of each that never came.
///
/// # Errors
/// When the window is gone.
pub fn hold<R: Runtime>(
    window: &WebviewWindow<R>,
    silent: impl Fn() + Send + 'static,
) -> tauri::Result<()> {
    window.with_webview(move |view| {
        let view: Widget = view.inner().upcast();
        let hold = Rc::new(Hold {
            view: view.clone(),
            silent: Box::new(silent),
            waiting: RefCell::default(),
            passed: RefCell::default(),
            passes: Cell::default(),
        });
        let pressed = Rc::clone(&hold);
        view.connect_key_press_event(move |_, event| pressed.heard(event));
        view.connect_key_release_event(move |_, event| hold.heard(event));
    })
}

struct Hold {
    view: Widget,
    silent: Box<dyn Fn()>,
    /// The paste that waits, and the keys behind it.
    waiting: RefCell<VecDeque<EventKey>>,
    /// The keys that the view had last. What its page makes nothing of, it sends around
    /// once more, and takes the next key that it hears for that.
    passed: RefCell<VecDeque<Mark>>,
    /// A key that waited is given to the view.
    passes: Cell<bool>,
}

/// What tells one event of a key from the next: whether it is pressed, when, and which.
type Mark = (bool, u32, u16);

/// Most that are remembered of the keys that passed.
const PASSED: usize = 64;

impl Hold {
    fn heard(self: &Rc<Self>, event: &EventKey) -> Propagation {
        if self.passes.get() || self.comes_again(event) {
            return Propagation::Proceed;
        }
        let is_first = self.waiting.borrow().is_empty();
        if is_first && !is_paste(event) {
            self.remember(event);
            return Propagation::Proceed;
        }
        self.waiting.borrow_mut().push_back(event.clone());
        if is_first {
            self.ask();
        }
        Propagation::Stop
    }

    /// Asks the owner for what the page will ask: what it has, and its words.
    fn ask(self: &Rc<Self>) {
        let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        let is_over = Rc::new(Cell::new(false));
        let over = {
            let (hold, is_over) = (Rc::clone(self), Rc::clone(&is_over));
            move |answered: bool| {
                if !is_over.replace(true) {
                    hold.go_on(answered);
                }
            }
        };
        let late = over.clone();
        glib::timeout_add_local_once(PATIENCE, move || late(false));
        clipboard.request_contents(&gdk::Atom::intern("TARGETS"), move |clipboard, data| {
            next(clipboard, words(data), over);
        });
    }

    /// Gives the view what waited; the paste only where it was answered.
    fn go_on(self: &Rc<Self>, answered: bool) {
        let paste = self.waiting.borrow_mut().pop_front();
        match paste {
            Some(paste) if answered => self.pass(&paste),
            _ => (self.silent)(),
        }
        while let Some(event) = self.first() {
            if is_paste(&event) {
                return self.ask();
            }
            self.waiting.borrow_mut().pop_front();
            self.pass(&event);
        }
    }

    fn first(&self) -> Option<EventKey> {
        self.waiting.borrow().front().cloned()
    }

    fn remember(&self, event: &EventKey) {
        let mut passed = self.passed.borrow_mut();
        passed.push_back(mark(event));
        if passed.len() > PASSED {
            passed.pop_front();
        }
    }

    fn comes_again(&self, event: &EventKey) -> bool {
        let mut passed = self.passed.borrow_mut();
        let at = passed.iter().position(|one| *one == mark(event));
        at.is_some_and(|at| passed.remove(at).is_some())
    }

    fn pass(&self, event: &EventKey) {
        self.remember(event);
        self.passes.set(true);
        self.view.event(event);
        self.passes.set(false);
    }
}

/// Asks for these kinds one after the other, and says when all were answered.
fn next(clipboard: &Clipboard, mut kinds: Vec<String>, over: impl Fn(bool) + 'static) {
    match kinds.pop() {
        Some(kind) => {
            clipboard.request_contents(&gdk::Atom::intern(&kind), move |clipboard, _| {
                next(clipboard, kinds, over);
            });
        }
        None => over(true),
    }
}

/// What is offered that the page asks for.
fn words(targets: &SelectionData) -> Vec<String> {
    let mut kinds = kinds::names(targets);
    kinds.retain(|kind| kinds::is_words(kind));
    kinds
}

fn is_press(event: &EventKey) -> bool {
    event.event_type() == gdk::EventType::KeyPress
}

fn mark(event: &EventKey) -> Mark {
    (is_press(event), event.time(), event.hardware_keycode())
}

fn is_paste(event: &EventKey) -> bool {
    if !is_press(event) {
        return false;
    }
    let held = event.state();
    let key = event.keyval();
    let is_v = matches!(key, key::v | key::V) || event.hardware_keycode() == V;
    (held.contains(ModifierType::CONTROL_MASK) && is_v)
        || (held.contains(ModifierType::SHIFT_MASK) && key == key::Insert)
        || key == key::Paste
}
