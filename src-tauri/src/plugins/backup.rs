//! Backups, and their way back. The person names each folder in a dialog of the shell:
//! nothing that the page says becomes a path.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use app::{App, Home, backup_state, is_backup_due, keys_to_enter};
use backup::{Error, Folder, KeyOf, Progress, Set, Wanted, Why};
use consent::Question;
use protocol::dates::{now, utc};
use protocol::{
    BackupFault, BackupFolder, BackupLookParams, BackupProgress, BackupSet, BackupSetParams,
    BackupState, ErrorCode, IpcError, Settings,
};
use settings::Preferences;
use tauri::{
    AppHandle, Manager, Runtime, State, async_runtime, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

use super::blocking::blocking;
use super::home::data;
use crate::{
    leaving::{For, Leaving},
    page,
};

/// How often the page is told how far it is.
const TOLD: Duration = Duration::from_millis(200);

/// How long after a start the first is made by itself, where one is due, and how often it is
/// asked whether one is.
const AFTER_START: Duration = Duration::from_secs(20);
const LOOKED: Duration = Duration::from_secs(10 * 60);

/// What goes on.
#[derive(Debug, Default)]
struct Backups {
    running: Mutex<Option<BackupProgress>>,
    is_stopped: AtomicBool,
    /// The folder that was looked into last.
    looked: Mutex<Option<PathBuf>>,
    /// It is asked by itself whether one is due.
    is_scheduled: AtomicBool,
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something goes on until it is dropped.
struct Running<R: Runtime> {
    app: AppHandle<R>,
    told: Instant,
}

impl<R: Runtime> Running<R> {
    fn begin(app: &AppHandle<R>, folder: &Path, restoring: bool) -> Result<Self, IpcError> {
        let backups = app.state::<Backups>();
        let mut running = locked(&backups.running);
        if running.is_some() {
            return Err(Error::new(folder, Why::Busy).into());
        }
        backups.is_stopped.store(false, Ordering::Relaxed);
        *running = Some(BackupProgress {
            restoring,
            done: 0,
            total: 0,
        });
        drop(running);
        tell(app);
        Ok(Self {
            app: app.clone(),
            told: Instant::now(),
        })
    }

    /// So far it is; whether it goes on.
    fn goes_on(&mut self, Progress { done, total }: Progress) -> bool {
        let backups = self.app.state::<Backups>();
        if let Some(running) = locked(&backups.running).as_mut() {
            (running.done, running.total) = (done, total);
        }
        if self.told.elapsed() >= TOLD {
            self.told = Instant::now();
            tell(&self.app);
        }
        !backups.is_stopped.load(Ordering::Relaxed)
    }
}

impl<R: Runtime> Drop for Running<R> {
    fn drop(&mut self) {
        *locked(&self.app.state::<Backups>().running) = None;
        tell(&self.app);
    }
}

fn tell<R: Runtime>(app: &AppHandle<R>) {
    if let Ok(state) = stands(app) {
        page::tell(app, "backup", state);
    }
}

fn stands<R: Runtime>(app: &AppHandle<R>) -> Result<BackupState, IpcError> {
    let home = data(&app.state::<Home>())?;
    let running = *locked(&app.state::<Backups>().running);
    Ok(BackupState {
        running,
        ..backup_state(&home)
    })
}

#[command]
async fn state<R: Runtime>(app: AppHandle<R>) -> Result<BackupState, IpcError> {
    blocking(move || stands(&app)).await
}

/// The folder that the person chooses; `None` for none.
async fn picked<R: Runtime>(app: &AppHandle<R>) -> Result<Option<PathBuf>, IpcError> {
    let dialog = page::dialog(app);
    let picked = blocking(move || Ok(dialog.blocking_pick_folder())).await?;
    Ok(picked.and_then(|path| path.into_path().ok()))
}

#[command]
async fn choose<R: Runtime>(app: AppHandle<R>) -> Result<Settings, IpcError> {
    let Some(path) = picked(&app).await? else {
        return Ok(app.state::<Preferences>().now());
    };
    let home = data(&app.state::<Home>())?;
    let folder = blocking(move || Ok(Folder::for_home(&path, &home)?)).await?;
    let folder = folder.path().to_owned().into_os_string().into_string();
    let folder = folder.map_err(|path| {
        let name = path.to_string_lossy();
        let message = format!("The path {name} cannot be kept: it is not Unicode. Rename it.");
        IpcError::new(ErrorCode::FileNotReadable, message).arg("name", name)
    })?;
    let preferences = app.state::<Preferences>();
    Ok(preferences.change(|settings| settings.backup.folder = Some(folder))?)
}

#[command]
async fn start<R: Runtime>(app: AppHandle<R>) -> Result<BackupState, IpcError> {
    blocking(move || {
        run(&app)?;
        stands(&app)
    })
    .await
}

/// Makes a backup where they go.
fn run<R: Runtime>(app: &AppHandle<R>) -> Result<(), IpcError> {
    let settings = app.state::<Preferences>().now();
    let home = data(&app.state::<Home>())?;
    let folder = own_folder(&settings)?;
    let mut running = Running::begin(app, &folder, false)?;
    let version = app.package_info().version.to_string();
    let mut goes_on = |progress| running.goes_on(progress);
    let services = app.state::<App>();
    services
        .back_up(&home, &settings, &folder, &version, &mut goes_on)
        .map(drop)
}

fn own_folder(settings: &Settings) -> Result<PathBuf, IpcError> {
    let folder = settings.backup.folder.as_ref().map(PathBuf::from);
    folder.ok_or_else(|| Error::new(Path::new(""), Why::Gone).into())
}

#[command]
async fn stop(backups: State<'_, Backups>) -> Result<(), IpcError> {
    backups.is_stopped.store(true, Ordering::Relaxed);
    Ok(())
}

#[command]
async fn look<R: Runtime>(
    app: AppHandle<R>,
    params: BackupLookParams,
) -> Result<Option<BackupFolder>, IpcError> {
    let path = match params.own {
        true => own_folder(&app.state::<Preferences>().now())?,
        false => match picked(&app).await? {
            Some(path) => path,
            None => return Ok(None),
        },
    };
    blocking(move || {
        let folder = Folder::of(&path)?;
        let sets = backup::sets(&folder)?;
        *locked(&app.state::<Backups>().looked) = Some(path);
        Ok(Some(BackupFolder {
            folder: folder.path().display().to_string(),
            sets: sets.into_iter().map(|set| shown(&app, set)).collect(),
        }))
    })
    .await
}

/// The folder that was looked into.
fn looked<R: Runtime>(app: &AppHandle<R>) -> Result<Folder, IpcError> {
    let looked = locked(&app.state::<Backups>().looked).clone();
    Ok(Folder::of(&looked.unwrap_or_default())?)
}

fn shown<R: Runtime>(app: &AppHandle<R>, set: Set) -> BackupSet {
    let services = app.state::<App>();
    let here = services.accounts.keys().unwrap_or_default();
    let is_here = |key: &KeyOf| here.iter().any(|one| one.id == key.id);
    let keys = set.keys.into_iter().filter(|key| !is_here(key));
    BackupSet {
        name: set.name,
        at: set.at,
        app: set.app,
        conversations: set.conversations,
        messages: set.messages,
        pictures: set.pictures,
        bytes: set.bytes,
        lost: set.lost,
        faults: set
            .faults
            .into_iter()
            .map(|fault| BackupFault {
                file: fault.file,
                missing: fault.is_missing,
            })
            .collect(),
        keys: keys_to_enter(&services.accounts, keys.collect()),
    }
}

#[command]
async fn set<R: Runtime>(
    app: AppHandle<R>,
    params: BackupSetParams,
) -> Result<BackupSet, IpcError> {
    blocking(move || {
        let set = backup::set(&looked(&app)?, Some(&params.name))?;
        Ok(shown(&app, set))
    })
    .await
}

#[command]
async fn restore<R: Runtime>(
    app: AppHandle<R>,
    services: State<'_, App>,
    params: BackupSetParams,
) -> Result<(), IpcError> {
    let home = data(&app.state::<Home>())?;
    services.may_restore(&home)?;
    let folder = looked(&app)?;
    let name = params.name;
    let (asked, of) = (folder.clone(), name.clone());
    let set = blocking(move || Ok(backup::set(&asked, Some(&of))?)).await?;
    let question = Question::Restore {
        when: utc(set.at),
        from: folder.path().display().to_string(),
        home: home.display().to_string(),
    };
    services.accounts.consent().ask(question).await?;
    let gathering = app.clone();
    blocking(move || {
        let mut running = Running::begin(&gathering, folder.path(), true)?;
        let wanted = Wanted {
            folder: &folder,
            set: Some(&name),
            without_broken: false,
        };
        let gathered = backup::prepare(&wanted, &home, &mut |progress| running.goes_on(progress));
        Ok(gathered.map(drop)?)
    })
    .await?;
    // What was gathered takes its place before the next opens anything.
    app.state::<Leaving>().begin(For::Window);
    app.exit(0);
    Ok(())
}

/// Makes backups by itself from now on, where that is chosen: one that was missed soon, and
/// not beside the start.
pub fn schedule<R: Runtime>(app: &AppHandle<R>) {
    let backups = app.state::<Backups>();
    if backups.is_scheduled.swap(true, Ordering::Relaxed) {
        return;
    }
    let app = app.clone();
    async_runtime::spawn(async move {
        tokio::time::sleep(AFTER_START).await;
        loop {
            let due = app.clone();
            let made = blocking(move || run_where_due(&due)).await;
            if let Err(error) = made {
                // The page shows it in the settings.
                eprintln!("dragoman: {error}");
            }
            tokio::time::sleep(LOOKED).await;
        }
    });
}

fn run_where_due<R: Runtime>(app: &AppHandle<R>) -> Result<(), IpcError> {
    let settings = app.state::<Preferences>().now();
    let state = stands(app)?;
    let is_due = is_backup_due(settings.backup.schedule, &state, now());
    match is_due && settings.backup.folder.is_some() && state.running.is_none() {
        true => run(app),
        false => Ok(()),
    }
}

/// The plugin `backup`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("backup")
        .setup(|app, _| {
            app.manage(Backups::default());
            Ok(())
        })
        .invoke_handler(generate_handler![
            state, choose, start, stop, look, set, restore
        ])
        .build()
}
