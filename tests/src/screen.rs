//! The screen: where windows are, and a real pointer and keyboard.

mod geometry;
mod key;
mod server;
mod wayland;
mod x11;

use anyhow::{Result, bail};

pub use geometry::{Point, Rect};
pub use key::Key;
pub use server::{Server, Sway};

/// A screen, with a hand on its pointer and its keyboard.
#[derive(Debug)]
pub enum Screen {
    /// X.
    X11(Box<x11::Screen>),
    /// Wayland.
    Wayland(wayland::Screen),
}

impl Screen {
    /// Reaches for it.
    ///
    /// # Errors
    /// When it is gone.
    pub fn open(server: &Server) -> Result<Self> {
        Ok(match server {
            Server::X11(display) => Self::X11(Box::new(x11::Screen::open(display)?)),
            Server::Sway(sway) => Self::Wayland(wayland::Screen::open(sway)?),
        })
    }

    /// Has a window manager taken the screen?
    ///
    /// # Errors
    /// When the server is gone.
    pub fn has_window_manager(&self) -> Result<bool> {
        match self {
            Self::X11(screen) => screen.has_window_manager(),
            Self::Wayland(_) => Ok(true),
        }
    }

    /// Moves the pointer.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn move_to(&self, to: Point) -> Result<()> {
        match self {
            Self::X11(screen) => screen.move_to(to),
            Self::Wayland(screen) => screen.move_to(to),
        }
    }

    /// Presses the left button where the pointer is.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn press(&self) -> Result<()> {
        match self {
            Self::X11(screen) => screen.press(),
            Self::Wayland(screen) => screen.press(),
        }
    }

    /// Releases the left button.
    ///
    /// # Errors
    /// When the server is gone.
    pub fn release(&self) -> Result<()> {
        match self {
            Self::X11(screen) => screen.release(),
            Self::Wayland(screen) => screen.release(),
        }
    }

    /// Presses keys one after the other, then releases them in reverse: a
    /// single key, or a chord. Goes to the window that has the focus.
    ///
    /// # Errors
    /// When the keyboard has no such key.
    pub fn keys(&self, keys: &[Key]) -> Result<()> {
        match self {
            Self::X11(screen) => screen.keys(keys),
            Self::Wayland(screen) => screen.keys(keys),
        }
    }

    /// Where the window of a process is, once it is shown.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn window_of(&self, process: u32) -> Result<Rect> {
        match self {
            Self::X11(screen) => screen.window_of(process),
            Self::Wayland(screen) => screen.window_of(process),
        }
    }

    /// Brings the window of a process to the front and gives it the focus.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn activate(&self, process: u32) -> Result<()> {
        match self {
            Self::X11(screen) => screen.activate(process),
            Self::Wayland(screen) => screen.activate(process),
        }
    }

    /// Asks the window of a process to close, as its close button does.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn close(&self, process: u32) -> Result<()> {
        match self {
            Self::X11(screen) => screen.close(process),
            Self::Wayland(screen) => screen.close(process),
        }
    }

    /// Clicks with the right button.
    ///
    /// # Errors
    /// When the server is gone, or is not X.
    pub fn right_click(&self, at: Point) -> Result<()> {
        self.x11()?.right_click(at)
    }

    /// How many menus are open, and other windows that no window manager sees.
    ///
    /// # Errors
    /// When the server is gone, or is not X.
    pub fn menus(&self) -> Result<usize> {
        self.x11()?.menus()
    }

    /// Waits until a process shows so many windows, dialogs among them, and one of them
    /// has the focus.
    ///
    /// # Errors
    /// With how many there are, when it never does; when the server is not X.
    pub fn wait_windows(&self, process: u32, wanted: usize) -> Result<()> {
        self.x11()?.wait_windows(process, wanted)
    }

    /// Brings the dialog that a process shows over its window to the front and gives it
    /// the focus. Its title; `None` where there is none.
    ///
    /// # Errors
    /// When the server is gone or is not X, or the dialog goes meanwhile.
    pub fn activate_dialog(&self, process: u32) -> Result<Option<String>> {
        self.x11()?.activate_dialog(process)
    }

    /// How many pixels of the screen have a colour: red, green, blue.
    ///
    /// # Errors
    /// When the server is gone, or is not X.
    pub fn count_pixels(&self, colour: [u8; 3]) -> Result<usize> {
        self.x11()?.count_pixels(colour)
    }

    fn x11(&self) -> Result<&x11::Screen> {
        match self {
            Self::X11(screen) => Ok(screen),
            Self::Wayland(_) => bail!("only a screen of X can tell or do that"),
        }
    }
}
