//! What must be settled before GTK starts.

/// Blank windows are known where WebKitGTK's DMABUF renderer meets an NVIDIA
/// driver (tauri-apps/tauri#9304): there the app starts itself anew with that
/// renderer off. A value the user set stands.
#[cfg(target_os = "linux")]
pub fn avoid_blank_windows() {
    use std::{env, os::unix::process::CommandExt, path::Path, process::Command};

    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let nvidia = Path::new("/proc/driver/nvidia/version").exists();
    if !nvidia || env::var_os(SWITCH).is_some() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        // Comes back only when it fails; the app then starts as it is.
        let _ = Command::new(program)
            .args(env::args_os().skip(1))
            .env(SWITCH, "1")
            .exec();
    }
}

/// Nothing to settle here.
#[cfg(not(target_os = "linux"))]
pub fn avoid_blank_windows() {}
