//! What the tests of the whole app stand on: a scripted provider on a real
//! socket, a headless desktop of its own for each test, the app's real window
//! driven by WebDriver, real drags, a real clipboard and a real keyring.
//!
//! A test of the window starts with [`stage::play`].

pub mod clipboard;
pub mod desktop;
pub mod drag;
pub mod input_method;
pub mod mock;
#[cfg(feature = "shell")]
pub mod page;
pub mod pictures;
pub mod process;
pub mod provider;
pub mod screen;
pub mod site;
pub mod stage;
pub mod steps;
pub mod wait;
pub mod webdriver;
pub mod window;
