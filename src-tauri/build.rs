//! Declares the commands of each plugin, so that every one of them needs a
//! permission in `capabilities/`.

use tauri_build::{Attributes, InlinedPlugin};

fn main() {
    let plugins = [
        (
            "desktop",
            [
                "hello",
                "ready",
                "open",
                "copy",
                "check_updates",
                "data_folder",
                "open_data_folder",
                "forget_everything",
                "arrived",
            ]
            .as_slice(),
        ),
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
            "backup",
            ["state", "choose", "start", "stop", "look", "set", "restore"].as_slice(),
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
                "take_arrived",
            ]
            .as_slice(),
        ),
        (
            "history",
            [
                "list",
                "put_away",
                "last_open",
                "open",
                "leave",
                "keep_draft",
                "earlier",
                "source",
                "show",
                "remove_message",
                "restore_message",
                "fork",
                "search",
                "find",
                "show_message",
                "rename",
                "export",
                "set_params",
                "presets",
                "save_preset",
                "remove_preset",
                "order_presets",
                "remove",
                "restore",
                "erase",
                "empty_bin",
                "pin",
                "archive",
            ]
            .as_slice(),
        ),
        (
            "chat",
            [
                "send",
                "edit",
                "retry",
                "go_on",
                "attach",
                "stop",
                "load_picture",
                "size",
            ]
            .as_slice(),
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
