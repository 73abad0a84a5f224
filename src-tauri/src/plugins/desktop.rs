//! The desktop around the page: links, the clipboard, what happened at start.

use std::sync::{Mutex, MutexGuard, PoisonError};

use accounts::Accounts;
use app::{App, Home, size_of};
use composer::Arrivals;
use consent::Question;
use protocol::{
    Arrived, CopyParams, DataFolder, ErrorCode, Hello, IpcError, Notice, OpenParams, UpdateCheck,
};
use settings::Preferences;
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_opener::OpenerExt;

use updates::Updates;

use super::blocking::blocking;
use super::home::data;
use crate::{
    clipboard, input,
    leaving::{For, Leaving},
    page, replacing,
};

/// Says on stderr when the page can be used, for measuring.
const BENCH: &str = "DRAGOMAN_BENCH";

/// What the page is told of the start.
struct Desktop {
    notices: Vec<Notice>,
    /// For the page that comes next, and for no other.
    on_arrival: Mutex<Vec<Notice>>,
}

/// Who we are, and what happened at start.
pub fn greeting<R: Runtime>(app: &AppHandle<R>, notices: &[Notice]) -> Hello {
    let updates = app.try_state::<Updates>();
    Hello {
        updates: updates.is_some_and(|updates| updates.is_known()),
        installs_updates: replacing::is_possible(),
        version: app.package_info().version.to_string(),
        locale: settings::locale(),
        platform: std::env::consts::OS.to_owned(),
        notices: notices.to_vec(),
    }
}

#[command]
async fn hello<R: Runtime>(
    app: AppHandle<R>,
    desktop: State<'_, Desktop>,
) -> Result<Hello, IpcError> {
    #[cfg(target_os = "linux")]
    if let Some(attempt) = app.try_state::<std::sync::Arc<crate::graphics::Attempt>>() {
        attempt.answered();
    }
    let mut hello = greeting(&app, &desktop.notices);
    hello.notices.append(&mut locked(&desktop.on_arrival));
    Ok(hello)
}

/// Tells the page something as soon as it has been loaded again.
#[cfg(target_os = "linux")]
pub fn say_on_arrival<R: Runtime>(app: &AppHandle<R>, notice: Notice) {
    if let Some(desktop) = app.try_state::<Desktop>() {
        locked(&desktop.on_arrival).push(notice);
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[command]
async fn ready<R: Runtime>(app: AppHandle<R>) -> Result<(), IpcError> {
    look_for_updates(&app);
    super::backup::schedule(&app);
    if std::env::var_os(BENCH).is_some() {
        eprintln!("dragoman: ready");
    }
    Ok(())
}

#[command]
async fn open<R: Runtime>(app: AppHandle<R>, params: OpenParams) -> Result<(), IpcError> {
    let refused = |reason: &str| {
        IpcError::new(
            ErrorCode::Internal,
            format!("This link was not opened: {reason}."),
        )
    };
    let address = chat::destination(&params.url)
        .ok_or_else(|| refused("only https, http and mailto links are opened"))?;
    let url = tauri::Url::parse(&address).map_err(|_| refused("it is not an address"))?;
    let question = Question::Open {
        url: url.as_str().to_owned(),
    };
    input::meant(&app, question).await?;
    app.opener()
        .open_url(url.as_str(), None::<&str>)
        .map_err(|_| refused("the system has no program for it"))
}

#[command]
async fn copy<R: Runtime>(app: AppHandle<R>, params: CopyParams) -> Result<(), IpcError> {
    clipboard::copy(&app, params.text.into()).await
}

#[command]
async fn arrived(arrivals: State<'_, Arrivals>) -> Result<Arrived, IpcError> {
    Ok(arrivals.tell())
}

#[command]
async fn check_updates(
    accounts: State<'_, Accounts>,
    updates: State<'_, Updates>,
) -> Result<UpdateCheck, IpcError> {
    let newer = updates.check(&accounts).await?;
    Ok(UpdateCheck { newer })
}

/// Puts the newer version in the place of this one, and starts it.
#[command]
async fn install_update<R: Runtime>(app: AppHandle<R>) -> Result<(), IpcError> {
    replacing::replace(&app).await
}

/// Asks whether there is a newer version, where the person wants that at each start.
fn look_for_updates<R: Runtime>(app: &AppHandle<R>) {
    let is_wanted = app.state::<Preferences>().now().check_updates;
    if !is_wanted || !app.state::<Updates>().is_due() {
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let accounts = app.state::<Accounts>();
        match app.state::<Updates>().check(&accounts).await {
            Ok(Some(newer)) => page::tell(&app, "notice", Notice::NewVersion { newer }),
            Ok(None) => {}
            // Nobody pressed for it, and it is tried again another day.
            Err(error) => eprintln!("dragoman: {error}"),
        }
    });
}

#[command]
async fn data_folder(home: State<'_, Home>) -> Result<DataFolder, IpcError> {
    let folder = data(&home)?;
    blocking(move || {
        Ok(DataFolder {
            bytes: size_of(&folder),
            path: folder.display().to_string(),
        })
    })
    .await
}

#[command]
async fn open_data_folder<R: Runtime>(
    app: AppHandle<R>,
    home: State<'_, Home>,
) -> Result<(), IpcError> {
    let folder = data(&home)?.display().to_string();
    let question = Question::Open {
        url: folder.clone(),
    };
    input::meant(&app, question).await?;
    app.opener()
        .open_path(folder.as_str(), None::<&str>)
        .map_err(|_| {
            let message = format!("The system has no program that shows {folder}.");
            IpcError::new(ErrorCode::Internal, message)
        })
}

#[command]
async fn forget_everything<R: Runtime>(
    app: AppHandle<R>,
    services: State<'_, App>,
    home: State<'_, Home>,
) -> Result<(), IpcError> {
    let folder = data(&home)?;
    services.may_forget()?;
    let question = Question::Forget {
        folder: folder.display().to_string(),
    };
    services.accounts.consent().ask(question).await?;
    services.forget_everything(&folder).await?;
    app.state::<Leaving>().begin(For::Rest);
    app.exit(0);
    Ok(())
}

/// The plugin `desktop`.
pub fn init<R: Runtime>(notices: Vec<Notice>) -> TauriPlugin<R> {
    Builder::new("desktop")
        .setup(move |app, _| {
            app.manage(Desktop {
                notices,
                on_arrival: Mutex::default(),
            });
            Ok(())
        })
        .invoke_handler(generate_handler![
            hello,
            ready,
            open,
            copy,
            check_updates,
            install_update,
            data_folder,
            open_data_folder,
            forget_everything,
            arrived
        ])
        .build()
}
