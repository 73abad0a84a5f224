//! Declares the commands of each plugin, so that every one of them needs a
//! permission in `capabilities/`.

use tauri_build::{Attributes, InlinedPlugin};

fn main() {
    let plugins = [
        ("desktop", ["hello", "ready", "open", "copy"].as_slice()),
        (
            "settings",
            [
                "get",
                "set",
                "network",
                "set_proxy_password",
                "choose_ca",
                "clear_ca",
            ]
            .as_slice(),
        ),
        (
            "keys",
            [
                "status", "stop", "list", "set", "test", "choose", "order", "probe", "rename",
                "remove", "orphans", "adopt", "discard",
            ]
            .as_slice(),
        ),
        (
            "providers",
            [
                "list",
                "add",
                "update",
                "remove",
                "models",
                "refresh",
                "set_model",
                "share_rate_limit",
                "manifest",
                "save",
                "copy",
                "import",
                "export",
                "plugins",
            ]
            .as_slice(),
        ),
        (
            "images",
            [
                "list",
                "pick",
                "paste",
                "add_link",
                "fetch",
                "remove",
                "restore",
                "order",
                "target",
                "options",
                "crop",
                "again",
                "save",
                "cancel",
                "take_folder",
            ]
            .as_slice(),
        ),
        (
            "history",
            [
                "list",
                "last_open",
                "open",
                "leave",
                "keep_draft",
                "earlier",
                "source",
                "rename",
                "export",
                "set_params",
                "remove",
            ]
            .as_slice(),
        ),
        (
            "chat",
            ["send", "retry", "attach", "stop", "load_picture", "size"].as_slice(),
        ),
    ];
    let attributes = plugins
        .into_iter()
        .fold(Attributes::new(), |attributes, (name, commands)| {
            attributes.plugin(name, InlinedPlugin::new().commands(commands))
        });
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
