//! What shows windows.

use std::path::PathBuf;

/// Where programs show their windows.
#[derive(Debug, Clone)]
pub enum Server {
    /// An X display, `:7` for example.
    X11(String),
    /// A Wayland compositor.
    Sway(Sway),
}

/// A running sway.
#[derive(Debug, Clone)]
pub struct Sway {
    /// The socket that programs show windows through.
    pub display: PathBuf,
    /// The socket that it is told things through.
    pub control: PathBuf,
    /// Pixels across and down.
    pub size: (u32, u32),
}
