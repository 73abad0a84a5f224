//! A screen of X: its window manager says where windows are; a real pointer and
//! keyboard by XTEST.

use anyhow::{Context, Result, bail, ensure};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    self, Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat, MapState,
    Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::geometry::{Point, Rect};
use super::key::Key;
use crate::wait;

/// A connection to a display.
#[derive(Debug)]
pub struct Screen {
    connection: RustConnection,
    root: Window,
}

impl Screen {
    /// Connects to a display, `:7` for example.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn open(display: &str) -> Result<Self> {
        let (connection, index) = RustConnection::connect(Some(display))?;
        let root = connection
            .setup()
            .roots
            .get(index)
            .context("the display has a screen")?
            .root;
        Ok(Self { connection, root })
    }

    /// Has a window manager taken the screen?
    ///
    /// # Errors
    /// When the server is gone.
    pub fn has_window_manager(&self) -> Result<bool> {
        Ok(!self
            .property(self.root, "_NET_SUPPORTING_WM_CHECK", AtomEnum::WINDOW)?
            .is_empty())
    }

    /// Moves the pointer.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn move_to(&self, to: Point) -> Result<()> {
        self.fake(xproto::MOTION_NOTIFY_EVENT, 0, to)
    }

    /// Presses the left button where the pointer is.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn press(&self) -> Result<()> {
        self.fake(xproto::BUTTON_PRESS_EVENT, 1, Point { x: 0, y: 0 })
    }

    /// Releases the left button.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn release(&self) -> Result<()> {
        self.fake(xproto::BUTTON_RELEASE_EVENT, 1, Point { x: 0, y: 0 })
    }

    /// Presses keys one after the other, then releases them in reverse: a
    /// single key, or a chord. Goes to the window that has the focus.
    ///
    /// # Errors
    /// When the keyboard has no such key.
    pub fn keys(&self, keys: &[Key]) -> Result<()> {
        let codes: Result<Vec<u8>> = keys.iter().map(|key| self.keycode(*key)).collect();
        let codes = codes?;
        for code in &codes {
            self.fake(xproto::KEY_PRESS_EVENT, *code, Point { x: 0, y: 0 })?;
        }
        for code in codes.iter().rev() {
            self.fake(xproto::KEY_RELEASE_EVENT, *code, Point { x: 0, y: 0 })?;
        }
        Ok(())
    }

    /// Where the window of a process is, once it is shown.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn window_of(&self, process: u32) -> Result<Rect> {
        let window = self.shown(process)?;
        let size = self.connection.get_geometry(window)?.reply()?;
        let at = self
            .connection
            .translate_coordinates(window, self.root, 0, 0)?
            .reply()?;
        let origin = Point {
            x: at.dst_x,
            y: at.dst_y,
        };
        Ok(Rect {
            origin,
            width: size.width,
            height: size.height,
        })
    }

    /// Brings the window of a process to the front and gives it the focus.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn activate(&self, process: u32) -> Result<()> {
        self.bring_up(self.shown(process)?)
    }

    /// Brings the dialog that a process shows over its window to the front and gives it
    /// the focus. Its title; `None` where there is none.
    ///
    /// # Errors
    /// When the server is gone, or the dialog goes meanwhile.
    pub fn activate_dialog(&self, process: u32) -> Result<Option<String>> {
        for window in self.windows_of(process)? {
            let over = self.property(window, "WM_TRANSIENT_FOR", AtomEnum::WINDOW)?;
            if over.is_empty() {
                continue;
            }
            self.bring_up(window)?;
            return self.title(window).map(Some);
        }
        Ok(None)
    }

    /// Asks the window of a process to close, as its close button does.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn close(&self, process: u32) -> Result<()> {
        let window = self.shown(process)?;
        self.tell_manager(window, "_NET_CLOSE_WINDOW")
    }

    /// Clicks with the right button.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn right_click(&self, at: Point) -> Result<()> {
        self.move_to(at)?;
        self.fake(xproto::BUTTON_PRESS_EVENT, 3, Point { x: 0, y: 0 })?;
        self.fake(xproto::BUTTON_RELEASE_EVENT, 3, Point { x: 0, y: 0 })
    }

    /// How many menus are open, and other windows that no window manager sees.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn menus(&self) -> Result<usize> {
        let mut menus = 0;
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            let found = self.connection.get_window_attributes(window)?.reply();
            // One that is gone by now has none.
            let Ok(found) = found else { continue };
            if found.override_redirect && found.map_state == MapState::VIEWABLE {
                menus += 1;
            }
        }
        Ok(menus)
    }

    /// Waits until a process shows so many windows, dialogs among them, and one of them
    /// has the focus.
    ///
    /// # Errors
    /// With how many there are, when it never does.
    pub fn wait_windows(&self, process: u32, wanted: usize) -> Result<()> {
        wait::until(format!("{wanted} windows of process {process}"), || {
            let windows = self.windows_of(process)?;
            let active = self.property(self.root, "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW)?;
            let focused = active
                .first()
                .is_some_and(|active| windows.contains(active));
            ensure!(
                windows.len() == wanted && focused,
                "there are {}",
                windows.len()
            );
            Ok(Some(()))
        })
    }

    /// How many pixels of the screen have a colour: red, green, blue.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn count_pixels(&self, colour: [u8; 3]) -> Result<usize> {
        let size = self.connection.get_geometry(self.root)?.reply()?;
        let (width, height) = (size.width, size.height);
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0)?
            .reply()?;
        let [red, green, blue] = colour;
        // A screen of 24 bits on this machine's own byte order: blue, green, red, nothing.
        let wanted = [blue, green, red];
        let pixels = image.data.chunks_exact(4);
        Ok(pixels.filter(|pixel| pixel.starts_with(&wanted)).count())
    }

    fn shown(&self, process: u32) -> Result<Window> {
        wait::until(format!("a window of process {process}"), || {
            Ok(self.windows_of(process)?.first().copied())
        })
    }

    fn windows_of(&self, process: u32) -> Result<Vec<Window>> {
        let mut owned = Vec::new();
        for window in self.property(self.root, "_NET_CLIENT_LIST", AtomEnum::WINDOW)? {
            let owner = self.property(window, "_NET_WM_PID", AtomEnum::CARDINAL)?;
            if owner.first() == Some(&process) {
                owned.push(window);
            }
        }
        Ok(owned)
    }

    fn bring_up(&self, window: Window) -> Result<()> {
        self.tell_manager(window, "_NET_ACTIVE_WINDOW")?;
        wait::until("the focus", || {
            let active = self.property(self.root, "_NET_ACTIVE_WINDOW", AtomEnum::WINDOW)?;
            Ok((active.first() == Some(&window)).then_some(()))
        })
    }

    fn title(&self, window: Window) -> Result<String> {
        let (name, kind) = (self.atom("_NET_WM_NAME")?, self.atom("UTF8_STRING")?);
        let reply = self
            .connection
            .get_property(false, window, name, kind, 0, 1024)?
            .reply()?;
        Ok(String::from_utf8_lossy(&reply.value).into_owned())
    }

    /// A request of a pager (source indication 2) to the window manager.
    fn tell_manager(&self, window: Window, message: &str) -> Result<()> {
        let kind = self.atom(message)?;
        let event = ClientMessageEvent::new(32, window, kind, [0, 2, 0, 0, 0]);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection
            .send_event(false, self.root, mask, event)?
            .check()?;
        Ok(())
    }

    /// Sends an input event and waits until the server has taken it.
    fn fake(&self, kind: u8, detail: u8, at: Point) -> Result<()> {
        let request = self
            .connection
            .xtest_fake_input(kind, detail, 0, self.root, at.x, at.y, 0)?;
        request.check()?;
        Ok(())
    }

    fn keycode(&self, key: Key) -> Result<u8> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self
            .connection
            .get_keyboard_mapping(first, last - first + 1)?
            .reply()?;
        let row = usize::from(map.keysyms_per_keycode.max(1));
        let wanted = keysym(key);
        let index = map
            .keysyms
            .chunks(row)
            .position(|keysyms| keysyms.first() == Some(&wanted));
        match index.and_then(|index| u8::try_from(index).ok()) {
            Some(index) => Ok(first + index),
            None => bail!("the keyboard has no {key:?}"),
        }
    }

    fn atom(&self, name: &str) -> Result<Atom> {
        Ok(self
            .connection
            .intern_atom(false, name.as_bytes())?
            .reply()?
            .atom)
    }

    fn property(&self, window: Window, name: &str, kind: AtomEnum) -> Result<Vec<u32>> {
        let name = self.atom(name)?;
        let reply = self
            .connection
            .get_property(false, window, name, kind, 0, 1024)?
            .reply()?;
        Ok(reply.value32().map(Iterator::collect).unwrap_or_default())
    }
}

/// X11/keysymdef.h
fn keysym(key: Key) -> u32 {
    match key {
        Key::Enter => 0xff0d,
        Key::Escape => 0xff1b,
        Key::Tab => 0xff09,
        Key::Shift => 0xffe1,
        Key::Control => 0xffe3,
        Key::Alt => 0xffe9,
        Key::Up => 0xff52,
        Key::Left => 0xff51,
        Key::Right => 0xff53,
        Key::Char(letter) => letter.into(),
    }
}
