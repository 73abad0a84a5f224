//! A real Chinese input method: fcitx5 with pinyin, as people type with it.

use std::fs;

use anyhow::Result;

use crate::desktop::Desktop;
use crate::process::Program;
use crate::wait;
use crate::window::App;

/// One group with pinyin alone, so that it is on from the first key.
const PROFILE: &str = "[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=pinyin
Layout=

[GroupOrder]
0=Default
";

/// What asks other machines, or needs what this desktop has not.
const WITHOUT: &str = "--disable=cloudpinyin,notifications,notificationitem,wayland,waylandim";

/// A running input method; it ends when this value is dropped.
#[derive(Debug)]
pub struct InputMethod<'a> {
    desktop: &'a Desktop,
    #[expect(dead_code, reason = "held for its drop")]
    program: Program,
}

impl<'a> InputMethod<'a> {
    /// Starts it on a desktop, and waits until it can be asked.
    ///
    /// # Errors
    /// When it is missing or does not come up.
    pub fn start(desktop: &'a Desktop) -> Result<Self> {
        let folder = desktop.path("config").join("fcitx5");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("profile"), PROFILE)?;
        let program = Program::start("fcitx5", desktop.command("fcitx5").arg(WITHOUT))?;
        let method = Self { desktop, program };
        wait::until("the input method", || {
            Ok((!method.asked(&[])?.is_empty()).then_some(()))
        })?;
        Ok(method)
    }

    /// Waits until pinyin is what keys go to in the field that has the focus.
    ///
    /// # Errors
    /// When the field has no input method.
    pub fn wait_on(&self) -> Result<()> {
        wait::until("pinyin in the field", || {
            Ok((self.asked(&["-n"])? == "pinyin").then_some(()))
        })
    }

    fn asked(&self, arguments: &[&str]) -> Result<String> {
        let mut remote = self.desktop.command("fcitx5-remote");
        let output = remote.args(arguments).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The app as a desktop with this input method starts it.
    #[must_use]
    pub fn with(mut app: App) -> App {
        for (name, value) in [("GTK_IM_MODULE", "fcitx"), ("XMODIFIERS", "@im=fcitx")] {
            app.env.push((name.to_owned(), value.to_owned()));
        }
        app
    }
}
