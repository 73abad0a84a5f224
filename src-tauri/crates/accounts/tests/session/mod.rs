//! A D-Bus session and home folder of a test's own, so that nothing of it meets the
//! keyring of whoever runs it.

use std::io::Write;
use std::process::{Command, Stdio};

const INSIDE: &str = "DRAGOMAN_SESSION_TEST";

/// True inside; outside, runs the test `name` again inside and passes on how it went.
pub fn inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("dbus-run-session");
    command
        .arg("--")
        .arg(std::env::current_exe().unwrap())
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

/// Starts the session's keyring, unlocked.
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
