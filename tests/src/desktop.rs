//! A headless desktop for one test: X server and window manager, or a Wayland
//! compositor; D-Bus session, keyring, home folder. Several may run beside each other.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::process::{Program, mortal};
use crate::screen::{Screen, Server, Sway};
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

/// What a desktop shows its windows on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Display {
    /// Xvfb, with openbox.
    #[default]
    X11,
    /// sway.
    Wayland,
}

/// A running desktop; all of it ends when this value is dropped.
#[derive(Debug)]
pub struct Desktop {
    // Dropped first: nothing may write into the folder while it is removed.
    programs: Vec<Program>,
    server: Server,
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

/// As large as the X screen, and nothing on it but windows, which have no frames.
const SWAY_CONFIG: &str = "output HEADLESS-1 mode 1400x1000
xwayland disable
default_border none
focus_follows_mouse no
";

/// The user nobody, and its group.
const NOBODY: u32 = 65534;

/// How long a part of the desktop may take to come up.
const START: Duration = Duration::from_secs(30);

impl Desktop {
    /// Starts a desktop of 1400 × 1000 pixels.
    ///
    /// # Errors
    /// When a program of it is missing or does not come up.
    pub fn start(keyring: Keyring) -> Result<Self> {
        Self::start_on(Display::X11, keyring)
    }

    /// As [`Desktop::start`], on the display that is named.
    ///
    /// # Errors
    /// As there.
    pub fn start_on(display: Display, keyring: Keyring) -> Result<Self> {
        let folder = TempDir::with_prefix("dragoman-desktop-")?;
        let mut desktop = Self {
            programs: Vec::new(),
            server: Server::X11(String::new()),
            bus: String::new(),
            folder,
        };
        for name in ["run", "data", "config", "cache"] {
            DirBuilder::new().mode(0o700).create(desktop.path(name))?;
        }
        match display {
            Display::X11 => desktop.start_x()?,
            Display::Wayland => desktop.start_sway()?,
        }
        desktop.start_bus()?;
        // Before anything touches the bus: a keyring that is asked while locked stays broken.
        if keyring == Keyring::Unlocked {
            desktop.start_keyring()?;
        }
        if display == Display::X11 {
            desktop.start_window_manager()?;
        }
        Ok(desktop)
    }

    /// A path in the desktop's home folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where programs show their windows.
    pub fn server(&self) -> &Server {
        &self.server
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
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            // No accessibility bus: it would be started, and waited for.
            .env("NO_AT_BRIDGE", "1")
            .env("RUST_BACKTRACE", "1")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        match &self.server {
            Server::X11(display) => command.env("DISPLAY", display).env("GDK_BACKEND", "x11"),
            Server::Sway(sway) => command
                .env("WAYLAND_DISPLAY", &sway.display)
                .env("GDK_BACKEND", "wayland"),
        };
        command
    }

    fn start_x(&mut self) -> Result<()> {
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
        self.server = Server::X11(format!(":{number}"));
        self.programs.push(server);
        Ok(())
    }

    /// sway does not run as root, so there it runs as nobody, in a folder of its own.
    fn start_sway(&mut self) -> Result<()> {
        let folder = self.path("sway");
        DirBuilder::new().mode(0o700).create(&folder)?;
        let config = folder.join("config");
        fs::write(&config, SWAY_CONFIG)?;
        let mut command = mortal("sway");
        if rustix::process::geteuid().is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY))?;
            chown(&config, Some(NOBODY), Some(NOBODY))?;
            fs::set_permissions(self.folder.path(), fs::Permissions::from_mode(0o711))?;
            let nobody = NOBODY.to_string();
            command = mortal("setpriv");
            command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"]);
            command.args(["--pdeathsig", "KILL", "--", "sway"]);
        }
        command
            .arg("--config")
            .arg(&config)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", &folder)
            .env("XDG_RUNTIME_DIR", &folder)
            .env("WLR_BACKENDS", "headless")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env("WLR_RENDERER", "pixman")
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        self.programs.push(Program::start("sway", &mut command)?);
        let named = |start: &str| {
            let entries = fs::read_dir(&folder)?.flatten();
            let mut paths = entries.map(|entry| entry.path());
            anyhow::Ok(paths.find(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(start) && !name.ends_with(".lock")
            }))
        };
        let sway = wait::until("sway", || {
            let sockets = (named("wayland-")?, named("sway-ipc.")?);
            Ok(match sockets {
                (Some(display), Some(control)) => Some(Sway {
                    display,
                    control,
                    size: (1400, 1000),
                }),
                _ => None,
            })
        })?;
        self.server = Server::Sway(sway);
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
        let screen = Screen::open(&self.server)?;
        wait::until("the window manager", || {
            Ok(screen.has_window_manager()?.then_some(()))
        })
    }
}
