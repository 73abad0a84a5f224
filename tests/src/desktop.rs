//! A headless desktop for one test: X server, D-Bus session, keyring, window
//! manager, home folder. Several may run beside each other.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::process::{Program, mortal};
use crate::wait;

/// How the desktop's keyring stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keyring {
    /// gnome-keyring runs and is unlocked.
    #[default]
    Unlocked,
    /// A D-Bus session on which no Secret Service answers, nor can be started.
    Absent,
}

/// A running desktop; all of it ends when this value is dropped.
#[derive(Debug)]
pub struct Desktop {
    // Dropped first: nothing may write into the folder while it is removed.
    programs: Vec<Program>,
    display: String,
    bus: String,
    folder: TempDir,
}

/// Nothing is started by the bus, so a session holds only what a test put there.
const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=FOLDER</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// How long a part of the desktop may take to come up.
const START: Duration = Duration::from_secs(30);

impl Desktop {
    /// Starts a desktop of 1400 × 1000 pixels.
    ///
    /// # Errors
    /// When a program of it is missing or does not come up.
    pub fn start(keyring: Keyring) -> Result<Self> {
        let folder = TempDir::with_prefix("dragoman-desktop-")?;
        let mut desktop = Self {
            programs: Vec::new(),
            display: String::new(),
            bus: String::new(),
            folder,
        };
        for name in ["run", "data", "config", "cache"] {
            DirBuilder::new().mode(0o700).create(desktop.path(name))?;
        }
        desktop.start_screen()?;
        desktop.start_bus()?;
        // Before anything touches the bus: a keyring that is asked while locked stays broken.
        if keyring == Keyring::Unlocked {
            desktop.start_keyring()?;
        }
        desktop.start_window_manager()?;
        Ok(desktop)
    }

    /// A path in the desktop's home folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The X display, `:7` for example.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// A command that runs in this desktop and sees nothing of the machine's own.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = mortal(program.as_ref());
        command.env_clear();
        for name in ["PATH", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOME", self.folder.path())
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("LANG", "C.UTF-8")
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            // No accessibility bus: it would be started, and waited for.
            .env("NO_AT_BRIDGE", "1")
            .env("RUST_BACKTRACE", "1")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn start_screen(&mut self) -> Result<()> {
        let mut command = self.command("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1400x1000x24",
            "-nolisten",
            "tcp",
        ]);
        let server = Program::start("Xvfb", &mut command)?;
        let number = server.line(START, |line| line.trim().parse::<u32>().ok())?;
        self.display = format!(":{number}");
        self.programs.push(server);
        Ok(())
    }

    fn start_bus(&mut self) -> Result<()> {
        let config = self.path("bus.conf");
        let folder = self.path("run").display().to_string();
        fs::write(&config, BUS_CONFIG.replace("FOLDER", &folder))?;
        let mut command = self.command("dbus-daemon");
        command
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"]);
        let bus = Program::start("dbus-daemon", &mut command)?;
        self.bus = bus.line(START, |line| {
            line.starts_with("unix:").then(|| line.to_owned())
        })?;
        self.programs.push(bus);
        Ok(())
    }

    fn start_keyring(&mut self) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command
            .args(["--unlock", "--components=secrets", "--foreground"])
            .stdin(Stdio::piped());
        let mut keyring = Program::start("gnome-keyring-daemon", &mut command)?;
        let mut stdin = keyring.stdin().context("stdin is piped")?;
        stdin.write_all(b"test")?;
        drop(stdin);
        self.programs.push(keyring);
        wait::until("the keyring on the bus", || {
            let answer = self.call_bus("NameHasOwner", "org.freedesktop.secrets")?;
            Ok(answer.contains("boolean true").then_some(()))
        })
    }

    /// Calls a method of the bus itself that takes one string.
    fn call_bus(&self, method: &str, argument: &str) -> Result<String> {
        let output = self
            .command("dbus-send")
            .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"])
            .args([
                "/org/freedesktop/DBus",
                &format!("org.freedesktop.DBus.{method}"),
            ])
            .arg(format!("string:{argument}"))
            .output()?;
        ensure!(output.status.success(), "dbus-send {method} failed");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn start_window_manager(&mut self) -> Result<()> {
        let manager = Program::start("openbox", &mut self.command("openbox"))?;
        self.programs.push(manager);
        let screen = crate::screen::Screen::open(&self.display)?;
        wait::until("the window manager", || {
            Ok(screen.has_window_manager()?.then_some(()))
        })
    }
}
