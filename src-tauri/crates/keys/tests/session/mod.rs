//! A D-Bus session and home folder of a test's own, so that nothing of it meets the
//! keyring of whoever runs it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use keys::{Keys, Limits};

/// Under which the tests keep their keys.
pub const SERVICE: &str = "dev.dragoman.test";

const INSIDE: &str = "DRAGOMAN_SESSION_TEST";

/// True inside; outside, runs the test `name` again inside and passes on how it went.
pub fn inside(name: &str) -> bool {
    let mut session = Command::new("dbus-run-session");
    session.arg("--").arg(std::env::current_exe().unwrap());
    inside_of(session, name)
}

/// As [`inside`], by another command that runs this program.
pub fn inside_of(mut command: Command, name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let home = tempfile::tempdir().unwrap();
    command
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .env("HOME", home.path());
    for unset in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"] {
        command.env_remove(unset);
    }
    for folder in [
        "XDG_RUNTIME_DIR",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
    ] {
        let path = home.path().join(folder);
        std::fs::create_dir(&path).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&path, private).unwrap();
        command.env(folder, path);
    }
    let output = command.output().unwrap_or_else(|error| {
        panic!("dbus-run-session: {error}. Install the Debian packages dbus and gnome-keyring.")
    });
    assert!(
        output.status.success(),
        "{name} failed inside its session: {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    false
}

/// Starts the session's keyring unlocked, making one where there is none, in
/// place of a daemon that runs already. The first time it must come before
/// anything else talks to the keyring.
pub fn unlock() {
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--replace", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("gnome-keyring-daemon: {error}. Install the Debian package gnome-keyring.")
        });
    daemon.stdin.take().unwrap().write_all(b"test").unwrap();
    assert!(daemon.wait().unwrap().success());
}

/// Keys in that keyring. A machine under load may need long; none of these waits is
/// waited for.
pub fn keys() -> Keys {
    let limits = Limits {
        answer: Duration::from_secs(60),
        ..Limits::default()
    };
    Keys::open_with(SERVICE, limits)
}
