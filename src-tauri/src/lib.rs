//! The desktop shell: a window, the plugins the page may call, and nothing that
//! thinks.

mod args;
mod clipboard;
mod confirm;
#[cfg(target_os = "linux")]
mod drops;
#[cfg(target_os = "linux")]
mod graphics;
mod input;
mod instance;
mod leaving;
mod page;
mod picking;
mod plugins;
#[cfg(not(target_os = "linux"))]
mod printing;
#[cfg(target_os = "linux")]
mod question;
mod quit;
mod replacing;
mod scheme;
mod services;
#[cfg(target_os = "linux")]
mod webview;
mod window;
mod words;

use std::process::ExitCode;
use std::sync::Arc;

use composer::Arrivals;
use protocol::Boot;
use tauri::{App, Builder, Context, Manager, RunEvent, Runtime, Wry};
use updates::{Source, Updates};

pub use ::app::{Confirm, Home};
pub use input::Input;

use args::{Asked, Start};
use words::Words;

/// The app's configuration, its page and its capabilities.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// The app with every plugin registered, on any runtime. With `home` all its
/// files are there; else where `DRAGOMAN_HOME` or the platform says. What is for the
/// person to allow is asked of `confirm`; else by dialogs of the system's.
///
/// # Errors
/// When the runtime cannot start: no display, no web view.
pub fn build<R: Runtime>(
    builder: Builder<R>,
    home: Option<Home>,
    confirm: Option<Arc<dyn Confirm>>,
) -> tauri::Result<App<R>> {
    build_with(builder, home, confirm, Start::default())
}

/// As [`build`]; what the start names waits for the page.
fn build_with<R: Runtime>(
    builder: Builder<R>,
    home: Option<Home>,
    confirm: Option<Arc<dyn Confirm>>,
    start: Start,
) -> tauri::Result<App<R>> {
    let home = home.unwrap_or_else(Home::from_environment);
    let arrivals = Arrivals::default();
    arrivals.put(start.outside.clone());
    builder
        .manage(arrivals)
        .plugin(instance::plugin(&home, start))
        .plugin(tauri_plugin_dialog::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .register_asynchronous_uri_scheme_protocol(scheme::NAME, scheme::answer)
        .setup(move |app| {
            let handle = app.handle();
            let dialogs = || Arc::new(confirm::Dialogs(handle.clone()));
            let asked = confirm.clone().unwrap_or_else(|| dialogs());
            let opened = services::open(handle, &home, asked)?;
            let data = home.data().unwrap_or_default();
            let version = env!("CARGO_PKG_VERSION");
            handle.manage(Updates::open(&data, Source::built_in(), version));
            let settings = opened.settings.now();
            let model = settings.model.as_deref();
            let boot = Boot {
                hello: plugins::desktop::greeting(handle, &opened.notices),
                providers: opened.app.accounts.providers_in_brief(model)?,
                settings,
            };
            let services = opened.app;
            handle.manage(Input::default());
            handle.manage(leaving::Leaving::default());
            handle.manage(home.clone());
            handle.manage(opened.settings);
            handle.manage(services.history.clone());
            handle.manage(services.accounts.clone());
            handle.manage(services.composer.clone());
            handle.manage(services.chat.clone());
            handle.manage(services);
            handle.plugin(plugins::settings::init())?;
            handle.plugin(plugins::desktop::init(opened.notices))?;
            handle.plugin(plugins::backup::init())?;
            handle.plugin(plugins::keys::init())?;
            handle.plugin(plugins::providers::init())?;
            handle.plugin(plugins::images::init())?;
            handle.plugin(plugins::history::init())?;
            handle.plugin(plugins::out::init())?;
            handle.plugin(plugins::chat::init())?;
            #[cfg(any(windows, target_os = "macos"))]
            handle.plugin(replacing::plugin())?;
            window::open(handle, &home, &boot)?;
            Ok(())
        })
        .build(context())
}

/// Runs the app until its window is closed.
pub fn run() -> ExitCode {
    let home = Home::from_environment();
    if leaving::is_last() {
        return leaving::finish(&home);
    }
    let folder = std::env::current_dir().ok();
    let mut start = match args::read(std::env::args_os().skip(1), folder.as_deref()) {
        Ok(Asked::Window(start)) => start,
        Ok(Asked::Help) => {
            println!("{}", args::help(Words::of_home(&home)));
            return ExitCode::SUCCESS;
        }
        Ok(Asked::Version) => {
            println!("dragoman {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Err(argument) => {
            let words = Words::of_home(&home);
            eprintln!(
                "{}\n\n{}",
                args::unknown(&argument, words),
                args::help(words)
            );
            return ExitCode::from(2);
        }
    };
    #[cfg(target_os = "linux")]
    graphics::settle(&home, start.safe_graphics);
    #[cfg(not(target_os = "linux"))]
    let _ = start.safe_graphics;
    // The toolkit takes them out of the environment as it starts.
    let token = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"];
    start.activation = token.iter().find_map(|name| std::env::var(name).ok());
    match build_with(Builder::<Wry>::default(), Some(home), None, start) {
        Ok(app) => {
            quit::on_signals(app.handle());
            app.run(|app, event| match event {
                RunEvent::Exit => quit::end(app),
                // “Open with”, and links, in the Finder.
                #[cfg(target_os = "macos")]
                RunEvent::Opened { urls } => {
                    let named: Vec<_> = urls.iter().map(|url| url.as_str().into()).collect();
                    instance::opened(app, composer::Outside::read(&named, &[], None));
                }
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Dragoman cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
