//! A screen of Wayland: sway says where windows are; a pointer and a keyboard of our own
//! are plugged into its seat, and stay there.

use std::cell::RefCell;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::{wl_pointer, wl_registry, wl_seat};
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::{
    zwp_virtual_keyboard_manager_v1, zwp_virtual_keyboard_v1,
};
use wayland_protocols_wlr::virtual_pointer::v1::client::{
    zwlr_virtual_pointer_manager_v1, zwlr_virtual_pointer_v1,
};
use zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1;
use zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1;
use zwp_virtual_keyboard_manager_v1::ZwpVirtualKeyboardManagerV1;
use zwp_virtual_keyboard_v1::ZwpVirtualKeyboardV1;

use super::geometry::{Point, Rect};
use super::key::Key;
use super::server::Sway;
use crate::wait;

/// An American keyboard, in the format of xkb.
const KEYMAP: &str = "xkb_keymap {
    xkb_keycodes { include \"evdev+aliases(qwerty)\" };
    xkb_types { include \"complete\" };
    xkb_compat { include \"complete\" };
    xkb_symbols { include \"pc+us+inet(evdev)\" };
};\0";

/// The left button (linux/input-event-codes.h).
const LEFT: u32 = 0x110;

/// A hand on the pointer and the keyboard of a seat.
#[derive(Debug)]
pub struct Screen {
    sway: Sway,
    queue: RefCell<EventQueue<Hand>>,
    pointer: ZwlrVirtualPointerV1,
    keyboard: ZwpVirtualKeyboardV1,
    start: Instant,
}

/// What the compositor says to it is of no interest.
#[derive(Debug)]
struct Hand;

impl Dispatch<wl_registry::WlRegistry, GlobalListContents> for Hand {
    fn event(
        _: &mut Self,
        _: &wl_registry::WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Hand: ignore wl_seat::WlSeat);
delegate_noop!(Hand: ignore ZwlrVirtualPointerManagerV1);
delegate_noop!(Hand: ignore ZwlrVirtualPointerV1);
delegate_noop!(Hand: ignore ZwpVirtualKeyboardManagerV1);
delegate_noop!(Hand: ignore ZwpVirtualKeyboardV1);

impl Screen {
    /// Plugs them in.
    ///
    /// # Errors
    /// When sway is gone.
    pub fn open(sway: &Sway) -> Result<Self> {
        let stream = UnixStream::connect(&sway.display)?;
        let connection = Connection::from_socket(stream)?;
        let (globals, mut queue) = registry_queue_init::<Hand>(&connection)?;
        let handle = queue.handle();
        let seat: wl_seat::WlSeat = globals.bind(&handle, 1..=7, ())?;
        let pointers: ZwlrVirtualPointerManagerV1 = globals.bind(&handle, 1..=2, ())?;
        let keyboards: ZwpVirtualKeyboardManagerV1 = globals.bind(&handle, 1..=1, ())?;
        let pointer = pointers.create_virtual_pointer(Some(&seat), &handle, ());
        let keyboard = keyboards.create_virtual_keyboard(&seat, &handle, ());
        let mut keymap = tempfile::tempfile()?;
        keymap.write_all(KEYMAP.as_bytes())?;
        let length = u32::try_from(KEYMAP.len())?;
        // 1 is the format of xkb.
        keyboard.keymap(1, keymap.as_fd(), length);
        queue.roundtrip(&mut Hand)?;
        Ok(Self {
            sway: sway.clone(),
            queue: RefCell::new(queue),
            pointer,
            keyboard,
            start: Instant::now(),
        })
    }

    /// Waits until sway has taken all of it.
    fn done(&self) -> Result<()> {
        self.queue.borrow_mut().roundtrip(&mut Hand)?;
        Ok(())
    }

    /// Milliseconds, as events count them.
    fn now(&self) -> u32 {
        u32::try_from(self.start.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    pub fn move_to(&self, to: Point) -> Result<()> {
        let (width, height) = self.sway.size;
        let at = |n: i16| u32::try_from(n).unwrap_or(0);
        self.pointer
            .motion_absolute(self.now(), at(to.x), at(to.y), width, height);
        self.pointer.frame();
        self.done()
    }

    pub fn press(&self) -> Result<()> {
        self.button(wl_pointer::ButtonState::Pressed)
    }

    pub fn release(&self) -> Result<()> {
        self.button(wl_pointer::ButtonState::Released)
    }

    fn button(&self, state: wl_pointer::ButtonState) -> Result<()> {
        self.pointer.button(self.now(), LEFT, state);
        self.pointer.frame();
        self.done()
    }

    pub fn keys(&self, keys: &[Key]) -> Result<()> {
        let codes: Result<Vec<u32>> = keys.iter().map(|key| code(*key)).collect();
        let codes = codes?;
        let mut held = 0;
        for (key, code) in keys.iter().zip(&codes) {
            self.keyboard.key(self.now(), *code, 1);
            held |= modifier(*key);
            self.keyboard.modifiers(held, 0, 0, 0);
        }
        for (key, code) in keys.iter().zip(&codes).rev() {
            self.keyboard.key(self.now(), *code, 0);
            held &= !modifier(*key);
            self.keyboard.modifiers(held, 0, 0, 0);
        }
        self.done()
    }

    pub fn window_of(&self, process: u32) -> Result<Rect> {
        let window = self.shown(process)?;
        let number = |name: &str| {
            let number = window.pointer(&format!("/rect/{name}"));
            number
                .and_then(Value::as_i64)
                .context("a window has a place")
        };
        Ok(Rect {
            origin: Point {
                x: i16::try_from(number("x")?)?,
                y: i16::try_from(number("y")?)?,
            },
            width: u16::try_from(number("width")?)?,
            height: u16::try_from(number("height")?)?,
        })
    }

    pub fn activate(&self, process: u32) -> Result<()> {
        self.shown(process)?;
        self.tell(&[&format!("[pid={process}]"), "focus"])?;
        wait::until("the focus", || {
            let window = self.shown(process)?;
            Ok((window.get("focused") == Some(&Value::Bool(true))).then_some(()))
        })
    }

    pub fn close(&self, process: u32) -> Result<()> {
        self.shown(process)?;
        self.tell(&[&format!("[pid={process}]"), "kill"]).map(drop)
    }

    /// The window of a process, as sway describes it.
    fn shown(&self, process: u32) -> Result<Value> {
        wait::until(format!("a window of process {process}"), || {
            let tree = self.tell(&["-t", "get_tree"])?;
            Ok(find(&serde_json::from_slice(&tree)?, process))
        })
    }

    fn tell(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let mut command = Command::new("swaymsg");
        command.arg("--raw").arg("--socket").arg(&self.sway.control);
        let output = command.args(arguments).stdin(Stdio::null()).output()?;
        ensure!(
            output.status.success(),
            "swaymsg {arguments:?}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        Ok(output.stdout)
    }
}

/// The window of a process, in a tree of sway.
fn find(node: &Value, process: u32) -> Option<Value> {
    if node.get("pid").and_then(Value::as_u64) == Some(process.into()) {
        return Some(node.clone());
    }
    let children = ["nodes", "floating_nodes"].into_iter();
    let mut children = children
        .filter_map(|name| node.get(name)?.as_array())
        .flatten();
    children.find_map(|child| find(child, process))
}

/// Codes of keys (linux/input-event-codes.h).
fn code(key: Key) -> Result<u32> {
    // Each row of letters counts on from its first.
    const ROWS: [(&str, u32); 4] = [
        ("1234567890", 2),
        ("qwertyuiop", 16),
        ("asdfghjkl", 30),
        ("zxcvbnm", 44),
    ];
    Ok(match key {
        Key::Escape => 1,
        Key::Tab => 15,
        Key::Enter => 28,
        Key::Control => 29,
        Key::Shift => 42,
        Key::Alt => 56,
        Key::Up => 103,
        Key::Left => 105,
        Key::Right => 106,
        Key::Char(letter) => {
            let found = ROWS
                .iter()
                .find_map(|(row, first)| Some((row.find(letter)?, first)));
            match found {
                Some((at, first)) => first + u32::try_from(at)?,
                None => bail!("the keyboard has no {key:?}"),
            }
        }
    })
}

/// The bit of a modifier, in xkb's order.
fn modifier(key: Key) -> u32 {
    match key {
        Key::Shift => 1,
        Key::Control => 4,
        Key::Alt => 8,
        _ => 0,
    }
}
