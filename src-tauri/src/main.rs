#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]
//! Starts Dragoman.

fn main() -> std::process::ExitCode {
    dragoman::run()
}
