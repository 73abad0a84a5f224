//! A small window to drag from, as a file manager or a browser is.
//!
//! `drag-source files PATH…` offers files; `drag-source uris URI…` what these name, each
//! as it is written; `drag-source web URL` offers a picture's address and an `<img>`.
//! Says on stdout, a line each: `window X Y` when it is shown, `begin`, `action
//! copy|none` as the target answers, `dropped MS` when it lets go, in milliseconds since
//! the epoch, and `end taken|refused`.

use std::cell::Cell;
use std::env;
use std::ffi::OsString;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use gtk::gdk::{DragAction, ModifierType};
use gtk::glib::{self, Propagation};
use gtk::prelude::*;
use gtk::{EventBox, SelectionData, TargetEntry, TargetFlags, Window, WindowType};

/// What is dragged.
enum Load {
    Uris(Vec<String>),
    Web(String),
}

impl Load {
    fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Self> {
        match arguments.next().as_deref().and_then(|kind| kind.to_str()) {
            Some("files") => {
                let uris = arguments.map(|path| glib::filename_to_uri(path, None));
                let uris = uris.map(|uri| uri.map(String::from));
                Ok(Self::Uris(uris.collect::<Result<_, _>>()?))
            }
            Some("uris") => {
                let uris = arguments.map(OsString::into_string);
                let uris = uris.collect::<Result<_, _>>();
                Ok(Self::Uris(uris.ok().context("addresses are text")?))
            }
            Some("web") => {
                let url = arguments.next().and_then(|url| url.into_string().ok());
                Ok(Self::Web(url.context("web takes an address")?))
            }
            _ => bail!("usage: drag-source files PATH… | uris URI… | web URL"),
        }
    }

    /// The kinds of data offered; a kind's index is what `give` is asked for.
    fn targets(&self) -> Vec<TargetEntry> {
        let names: &[&str] = match self {
            Self::Uris(_) => &["text/uri-list"],
            Self::Web(_) => &["text/uri-list", "text/html"],
        };
        (0..)
            .zip(names)
            .map(|(i, name)| TargetEntry::new(name, TargetFlags::empty(), i))
            .collect()
    }

    fn give(&self, data: &SelectionData, kind: u32) {
        match self {
            Self::Uris(uris) => {
                let lines: String = uris.iter().map(|uri| format!("{uri}\r\n")).collect();
                data.set(&data.target(), 8, lines.as_bytes());
            }
            Self::Web(url) if kind == 0 => {
                data.set(&data.target(), 8, format!("{url}\r\n").as_bytes());
            }
            Self::Web(url) => {
                data.set(&data.target(), 8, format!("<img src=\"{url}\">").as_bytes());
            }
        }
    }
}

fn main() -> Result<()> {
    let load = Load::parse(env::args_os().skip(1))?;
    gtk::init()?;
    // Not managed: always in front, always at the same place. Wayland has no such thing.
    let is_wayland = env::var_os("WAYLAND_DISPLAY").is_some();
    let window = Window::new(if is_wayland {
        WindowType::Toplevel
    } else {
        WindowType::Popup
    });
    window.set_default_size(100, 60);
    let handle = EventBox::new();
    window.add(&handle);
    handle.drag_source_set(
        ModifierType::BUTTON1_MASK,
        &load.targets(),
        DragAction::COPY,
    );
    let refused = Rc::new(Cell::new(false));
    handle.connect_drag_begin(|_, context| {
        println!("begin");
        context.connect_drop_performed(|_, _| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            println!("dropped {}", now.unwrap_or_default().as_secs_f64() * 1e3);
        });
        context.connect_action_changed(|_, action| {
            let copies = action.contains(DragAction::COPY);
            println!("action {}", if copies { "copy" } else { "none" });
        });
    });
    handle.connect_drag_data_get(move |_, _, data, kind, _| load.give(data, kind));
    let failed = Rc::clone(&refused);
    handle.connect_drag_failed(move |_, _, _| {
        failed.set(true);
        Propagation::Stop
    });
    handle.connect_drag_end(move |_, _| {
        println!("end {}", if refused.get() { "refused" } else { "taken" });
    });
    window.connect_map_event(|window, _| {
        let (x, y) = window.window().map_or((0, 0), |window| {
            let (_, x, y) = window.origin();
            (x, y)
        });
        println!("window {x} {y}");
        Propagation::Proceed
    });
    window.move_(0, 0);
    window.show_all();
    gtk::main();
    Ok(())
}
