#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]
//! Starts Dragoman.

fn main() -> std::process::ExitCode {
    // Pages of a PDF are drawn by a process of their own, which is this one then.
    if let Some(done) = images::drawn_apart() {
        return done;
    }
    dragoman::run()
}
